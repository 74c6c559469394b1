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
import { KnownObjects } from '../../../lib/synth/known-objects.js';
import { Packer, Unpacker, withCode } from '../../../lib/synth/thread/transfer.js';
import type { Packed } from '../../../lib/synth/thread/transfer.js';
import { SharedObjects } from '../../../lib/model/shared-objects.js';
import type { JsonObject } from '../../../lib/yaml/normalize.js';
import type { UnitModel } from '../../../lib/synth/app.js';
import { testFleet } from '../../support/fleet.js';

/** A cluster with everything that a model can have. */
function modelOf(app: SynthApp, known = new KnownObjects()): UnitModel {
  const [unit] = [...app.units()];
  return unit!.build([], known);
}

function clusterModel(known?: KnownObjects): ClusterModel {
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
  return (modelOf(fleet, known) as { cluster: ClusterModel }).cluster;
}

const pack = (model: UnitModel): Packed => new Packer().pack(model);
const unpack = (packed: Packed, crds: readonly JsonObject[] = []): UnitModel =>
  new Unpacker(new SharedObjects()).unpack(packed, crds);

/** Without functions, which never are the same. */
function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}

test('a cluster is the same after it has been text', () => {
  const cluster = clusterModel();
  const again = unpack(pack({ cluster }));
  expect(plain(again)).toEqual(plain({ cluster: { ...cluster, crds: [] } }));
});

test('the directories of a repository are the same after they have been text', () => {
  const repository = new Repository({ name: 'infra' });
  new Namespace(new Layer(repository, 'base'), 'a');
  const model = modelOf(repository);
  expect(plain(unpack(pack(model)))).toEqual(plain(model));
});

test('the Kustomization of a layer is again the very object that stands in its parent', () => {
  const { cluster } = unpack(pack({ cluster: clusterModel() })) as { cluster: ClusterModel };
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
  const { cluster } = unpack(pack({ cluster: { ...clusterModel(), crds } }), crds) as { cluster: ClusterModel };
  expect(cluster.crds).toBe(crds);
});

test('a finding gets the line of the code that made what it is about', () => {
  const fleet = testFleet();
  const layer = new Layer(new Cluster(fleet, 'one'), 'layer');
  new Kustomization(layer, 'k', { namespace: 'a', source: Source.fromName('GitRepository', 'g'), path: './' });
  const { cluster } = modelOf(fleet) as { cluster: ClusterModel };
  const packed = pack({ cluster });
  const again = (unpack(packed) as { cluster: ClusterModel }).cluster;
  const on = (model: ClusterModel) => model.layers.find((l) => l.name === 'layer')!.objects[0]!;
  const finding = { rule: 'a', what: 'b', where: { construct: 'one/layer/k', code: on(again).code() } };
  expect(withCode([finding, { rule: 'c', what: 'd' }], packed.codes)).toEqual([
    { ...finding, where: { construct: 'one/layer/k', code: on(cluster).code() } },
    { rule: 'c', what: 'd' },
  ]);
  expect(on(cluster).code()).toMatch(/transfer\.test\.ts:\d+:\d+$/);
});

test('what several clusters have goes over once more when it comes again, then by number, and is one object there', () => {
  const [packer, shared] = [new Packer(), new SharedObjects()];
  const unpacker = new Unpacker(shared);
  const known = new KnownObjects();
  const all = [1, 2, 3].map(() => {
    const cluster = clusterModel(known);
    const packed = packer.pack({ cluster });
    const again = unpacker.unpack(packed, []) as { cluster: ClusterModel };
    expect(plain(again)).toEqual(plain({ cluster: { ...cluster, crds: [] } }));
    return { packed, objects: again.cluster.layers.flatMap((l) => l.objects.map((o) => o.object)) };
  });
  const [first, second, third] = all as [(typeof all)[0], (typeof all)[0], (typeof all)[0]];
  expect(all.map(({ packed }) => packed.shared.length)).toEqual([0, first.objects.length, 0]);
  expect(third.packed.text.length).toBeLessThan(first.packed.text.length);
  expect(third.objects.every((object, i) => object === second.objects[i])).toBe(true);
  expect(third.objects.every((object) => shared.factsOf(object) !== undefined)).toBe(true);
});

test('an object that comes again only after many others is no shared one', () => {
  const [packer, known] = [new Packer(), new KnownObjects()];
  const unit = (n: number): UnitModel => {
    const repository = new Repository({ name: `infra-${n}` });
    new Namespace(new Layer(repository, 'base'), `a${n % 5}`);
    return modelOf(repository, known);
  };
  expect([0, 1, 2, 3, 4, 5, 6].map((n) => packer.pack(unit(n)).shared.length)).toEqual([0, 0, 0, 0, 0, 0, 0]);
  expect([7, 7].map((n) => packer.pack(unit(n)).shared.length)).toEqual([0, 1]);
});
