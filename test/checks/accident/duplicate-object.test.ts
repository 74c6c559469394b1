import { expect, test } from '@jest/globals';
import {
  Cluster,
  ConfigMap,
  fluxAnnotations,
  GitRef,
  GitRepository,
  Kustomization,
  Layer,
  ManifestFile,
  Namespace,
  Secret,
  Source,
} from 'cdk8s-flux-fleet';
import type { LayerProps } from 'cdk8s-flux-fleet';
import { duplicateObject } from '../../../lib/checks/accident/duplicate-object.js';
import type { ClusterModel } from '../../../lib/model/cluster-model.js';
import { findingsOf, testFleet } from '../../support/fleet.js';
import { tempDir, writeFiles } from '../../support/temp-dir.js';
import { join } from 'node:path';
import { object, rulesOf } from '../support.js';
import { accidentsIn, accidentsInLayer, toldBy } from './support.js';

test('one object in two layers is told, with both places', () => {
  const findings = accidentsIn((cluster) => {
    for (const name of ['a', 'b']) new ConfigMap(new Layer(cluster, name, { namespace: 'apps' }), 'settings');
  });
  expect(findings).toMatchObject([
    {
      rule: 'duplicate-object',
      what: 'ConfigMap "apps/settings" is there twice in the cluster "test": two Kustomizations overwrite each other for ever, and when one lets go of it, it is deleted',
      given: 'test/a/settings in the layer "a" and test/b/settings in the layer "b"',
      where: { construct: 'test/b/settings' },
    },
  ]);
});

test('one object twice in one layer is told', () => {
  const findings = accidentsInLayer((layer) => {
    for (const id of ['one', 'two']) new ConfigMap(layer, id, { name: 'settings' });
  });
  expect(rulesOf(findings)).toEqual(['duplicate-object']);
});

test('one object in two versions of its API is one object', () => {
  const findings = accidentsInLayer((layer) => {
    for (const version of ['v1', 'v2']) {
      object(layer, version, {
        apiVersion: `example.com/${version}`,
        kind: 'ClusterThing',
        metadata: { name: 'thing' },
      });
    }
  });
  expect(rulesOf(findings)).toEqual(['duplicate-object']);
});

test('three of one object are two findings', () => {
  const findings = accidentsInLayer((layer) => {
    for (const id of ['one', 'two', 'three']) new ConfigMap(layer, id, { name: 'settings' });
  });
  expect(rulesOf(findings)).toEqual(['duplicate-object', 'duplicate-object']);
});

test('an object that clashes with the Kustomization of a layer is told', () => {
  const findings = accidentsIn((cluster) => {
    const layer = new Layer(cluster, 'base', { namespace: 'flux-system' });
    object(layer, 'base', {
      apiVersion: 'kustomize.toolkit.fluxcd.io/v1',
      kind: 'Kustomization',
      spec: { interval: '5m', prune: true, path: './', sourceRef: { kind: 'GitRepository', name: 'flux-system' } },
    });
  });
  expect(rulesOf(findings)).toContain('duplicate-object');
});

test('an object from a file is told with its line', () => {
  const directory = tempDir();
  writeFiles(directory, {
    'a.yaml':
      'apiVersion: v1\nkind: Namespace\nmetadata:\n  name: a\n---\napiVersion: v1\nkind: Namespace\nmetadata:\n  name: a\n',
  });
  const [finding] = accidentsInLayer((layer) => new ManifestFile(layer, 'file', { file: join(directory, 'a.yaml') }));
  expect(finding!.where!.file).toMatch(/a\.yaml:6$/);
  expect(finding!.given).toMatch(/a\.yaml:1\) in the layer "base" and .*a\.yaml:6\) in the layer "base"/);
});

test('objects that differ in group, kind, namespace or name are fine', () => {
  const findings = accidentsInLayer((layer) => {
    new ConfigMap(layer, 'settings');
    new ConfigMap(layer, 'other-name');
    new ConfigMap(layer, 'other-namespace', { name: 'settings', namespace: 'other' });
    object(layer, 'other-kind', { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'settings' } });
    object(layer, 'other-group', {
      apiVersion: 'example.com/v1',
      kind: 'ConfigMap',
      metadata: { name: 'settings', namespace: 'base' },
    });
  });
  expect(findings).toEqual([]);
});

test('one object on two clusters is fine', () => {
  const fleet = testFleet();
  for (const name of ['a', 'b']) new Namespace(new Layer(new Cluster(fleet, name), 'base'), 'base');
  expect(findingsOf(() => fleet.files())).toEqual([]);
});

test('one object on two targets of a hub is fine', () => {
  const findings = accidentsIn((cluster) => {
    for (const name of ['shop-1', 'shop-2']) {
      const layer = new Layer(cluster, name, { kubeConfig: { secretRef: Secret.fromName(name) } });
      new Namespace(layer, 'apps');
    }
  });
  expect(findings).toEqual([]);
});

test('kubeconfigs under two keys of one Secret are two targets', () => {
  const findings = accidentsIn((cluster) => {
    for (const key of ['shop-1', 'shop-2']) {
      const secretRef = { ...Secret.fromName('shops'), key };
      new Namespace(new Layer(cluster, key, { kubeConfig: { secretRef } }), 'apps');
    }
  });
  expect(findings).toEqual([]);
});

test('one object twice on one target of a hub is told', () => {
  const findings = accidentsIn((cluster) => {
    for (const name of ['a', 'b']) {
      const layer = new Layer(cluster, name, { kubeConfig: { secretRef: Secret.fromName('shop-1') } });
      new Namespace(layer, 'apps');
    }
  });
  expect(rulesOf(findings)).toEqual(['duplicate-object']);
});

test('a second source of Flux itself is told: it would take over the cluster', () => {
  const findings = accidentsIn((cluster) => {
    const source = Source.git({
      name: 'flux-system',
      url: 'https://github.com/acme/other',
      ref: GitRef.branch('main'),
    });
    new Layer(cluster, 'other', { source, path: './' });
  });
  expect(findings).toHaveLength(1);
});

test('a second Kustomization of Flux itself is told as such', () => {
  const findings = accidentsInLayer((layer) => {
    const source = Source.fromName('GitRepository', 'flux-system');
    new Kustomization(layer, 'flux-system', { namespace: 'flux-system', source, path: './other' });
  });
  expect(rulesOf(findings)).toEqual(['duplicate-object']);
});

test.each([[{ ssa: 'IfNotPresent' as const }], [{ ssa: 'Ignore' as const }], [{ reconcile: false }]])(
  'a second object with %j overwrites nobody’s',
  (how) => {
    const findings = accidentsIn((cluster) => {
      new ConfigMap(new Layer(cluster, 'a', { namespace: 'apps' }), 'settings');
      new ConfigMap(new Layer(cluster, 'b', { namespace: 'apps' }), 'settings', { annotations: fluxAnnotations(how) });
    });
    expect(findings).toEqual([]);
  },
);

test('in one layer such a second object is told all the same: kustomize refuses it', () => {
  const findings = accidentsInLayer((layer) => {
    new ConfigMap(layer, 'one', { name: 'settings' });
    new ConfigMap(layer, 'two', { name: 'settings', annotations: fluxAnnotations({ reconcile: false }) });
  });
  expect(rulesOf(findings)).toEqual(['duplicate-object']);
});

const REPOSITORY = Source.git({ url: 'https://github.com/acme/apps', ref: GitRef.branch('main') });

test('two Kustomizations of one path of one source are told', () => {
  const findings = accidentsIn((cluster) => {
    const source = new GitRepository(new Layer(cluster, 'sources'), 'apps', {
      ...{ namespace: 'flux-system', url: 'https://github.com/acme/apps', ref: GitRef.branch('main') },
    });
    for (const [name, path] of [
      ['one', './shop'],
      ['two', 'shop/'],
      ['three', './bar'],
    ] as const) {
      new Layer(cluster, name, { source, path });
    }
  });
  expect(findings).toMatchObject([
    {
      rule: 'duplicate-object',
      what: 'the Kustomizations "one" and "two" apply the same: they overwrite each other for ever, and when one goes, it deletes what the other holds',
      given: 'path "shop/" of GitRepository "apps", both times',
      where: { construct: 'test/two' },
    },
  ]);
});

test.each<[string, LayerProps, LayerProps]>([
  ['namespaces', { targetNamespace: 'a' }, { targetNamespace: 'b' }],
  ['variables', { postBuild: { substitute: { A: '1' } } }, { postBuild: { substitute: { A: '2' } } }],
  [
    'clusters',
    { kubeConfig: { secretRef: Secret.fromName('a') } },
    { kubeConfig: { secretRef: Secret.fromName('b') } },
  ],
  ['names', { namePrefix: 'a-' }, { namePrefix: 'b-' }],
])('one path for different %s is fine', (_, first, second) => {
  const findings = accidentsIn((cluster) => {
    for (const [name, props] of [
      ['one', first],
      ['two', second],
    ] as const) {
      new Layer(cluster, name, { source: REPOSITORY, path: './shop', ...props });
    }
  });
  expect(findings).toEqual([]);
});

/** The model as if its files had been read: two Kustomizations of one directory. */
function asRead(model: ClusterModel): ClusterModel {
  const [root, ...layers] = model.layers;
  const facts = { path: 'shop', exists: true, remote: [] };
  const spec = { path: './shop', prune: true, sourceRef: { kind: 'GitRepository', name: 'flux-system' } };
  return {
    ...model,
    layers: [
      root!,
      ...layers.map((l) => ({
        ...l,
        facts,
        kustomization: { ...l.kustomization!, object: { ...l.kustomization!.object, spec } },
      })),
    ],
  };
}

test('a directory that two Kustomizations apply is one finding, not one for each of its objects', () => {
  const told = toldBy(
    duplicateObject,
    (cluster) => {
      for (const name of ['one', 'two']) {
        const layer = new Layer(cluster, name, { namespace: 'shop' });
        for (const id of ['a', 'b', 'c']) new ConfigMap(layer, id);
      }
    },
    {},
    asRead,
  );
  expect(told.map((f) => f.what)).toEqual([
    'the Kustomizations "one" and "two" apply the same: they overwrite each other for ever, and when one goes, it deletes what the other holds',
  ]);
});
