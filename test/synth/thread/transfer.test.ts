import { expect, test } from '@jest/globals';
import {
  allow,
  Cluster,
  GitRef,
  InfraComponent,
  Kustomization,
  Layer,
  Namespace,
  Repository,
  Source,
  Tenant,
} from 'cdk8s-flux-fleet';
import type { ClusterModel } from '../../../lib/model/cluster-model.js';
import { ClusterState } from '../../../lib/model/cluster-state.js';
import type { SynthApp } from '../../../lib/synth/app.js';
import { pack, unpack, withCode } from '../../../lib/synth/thread/transfer.js';
import { testFleet } from '../../support/fleet.js';

/** A cluster with everything that a model can have. */
function modelOf(app: SynthApp): ReturnType<typeof unpack> {
  const [unit] = [...app.units()];
  return unit!.build([]);
}

function clusterModel(): ClusterModel {
  const fleet = testFleet();
  const cluster = new Cluster(fleet, 'one', { variables: { A: 'b' }, labels: { region: 'eu' } });
  const addon = new InfraComponent(cluster, 'addon', { namespace: 'addon' });
  allow(addon, { rule: 'prune-unguarded', reason: 'it holds nothing' });
  new Namespace(addon.configs, 'more', { labels: { '80': 'a', __proto__x: 'b' } });
  new Tenant(cluster, 'team', {
    namespaces: ['team'],
    source: Source.git({ url: 'https://github.com/acme/team', ref: GitRef.branch('main') }),
    path: './',
    dependsOn: [addon],
  });
  return (modelOf(fleet) as { cluster: ClusterModel }).cluster;
}

/** Without functions, which never are the same. */
function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}

test('a cluster is the same after it has been text', () => {
  const cluster = clusterModel();
  const again = unpack(pack({ cluster }).text, []);
  expect(plain(again)).toEqual(plain({ cluster: { ...cluster, crds: [] } }));
});

test('the directories of a repository are the same after they have been text', () => {
  const repository = new Repository({ name: 'infra' });
  new Namespace(new Layer(repository, 'base'), 'a');
  const model = modelOf(repository);
  expect(plain(unpack(pack(model).text, []))).toEqual(plain(model));
});

test('the Kustomization of a layer is again the very object that stands in its parent', () => {
  const { cluster } = unpack(pack({ cluster: clusterModel() }).text, []) as { cluster: ClusterModel };
  const objects = new Set(cluster.layers.flatMap((l) => l.objects));
  const own = cluster.layers.map((l) => l.kustomization).filter((k) => k !== undefined);
  expect(own).toHaveLength(cluster.layers.length - 1);
  expect(own.every((k) => objects.has(k))).toBe(true);
  // Those that a tenant has beside its layer are others.
  const names = (state: ClusterModel) => new ClusterState(state).kustomizations.map((k) => k.id);
  expect(names(cluster)).toEqual(names(clusterModel()));
});

test('the CRDs are the ones that are given, not copies', () => {
  const crds = [{ kind: 'CustomResourceDefinition' }];
  const { cluster } = unpack(pack({ cluster: { ...clusterModel(), crds } }).text, crds) as { cluster: ClusterModel };
  expect(cluster.crds).toBe(crds);
});

test('a finding gets the line of the code that made what it is about', () => {
  const fleet = testFleet();
  const layer = new Layer(new Cluster(fleet, 'one'), 'layer');
  new Kustomization(layer, 'k', { namespace: 'a', source: Source.fromName('GitRepository', 'g'), path: './' });
  const { cluster } = modelOf(fleet) as { cluster: ClusterModel };
  const { text, codes } = pack({ cluster });
  const again = (unpack(text, []) as { cluster: ClusterModel }).cluster;
  const on = (model: ClusterModel) => model.layers.find((l) => l.name === 'layer')!.objects[0]!;
  const finding = { rule: 'a', what: 'b', where: { construct: 'one/layer/k', code: on(again).code() } };
  expect(withCode([finding, { rule: 'c', what: 'd' }], codes)).toEqual([
    { ...finding, where: { construct: 'one/layer/k', code: on(cluster).code() } },
    { rule: 'c', what: 'd' },
  ]);
  expect(on(cluster).code()).toMatch(/transfer\.test\.ts:\d+:\d+$/);
});
