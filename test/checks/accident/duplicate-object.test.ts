import { expect, test } from '@jest/globals';
import {
  Cluster,
  ConfigMap,
  GitRef,
  Kustomization,
  Layer,
  ManifestFile,
  Namespace,
  Secret,
  Source,
} from 'cdk8s-flux-fleet';
import { findingsOf, testFleet } from '../../support/fleet.js';
import { tempDir, writeFiles } from '../../support/temp-dir.js';
import { join } from 'node:path';
import { findingsIn, findingsInLayer, object, rulesOf } from '../support.js';

test('one object in two layers is told, with both places', () => {
  const findings = findingsIn((cluster) => {
    for (const name of ['a', 'b']) new ConfigMap(new Layer(cluster, name, { namespace: 'apps' }), 'settings');
  });
  expect(findings).toMatchObject([
    {
      rule: 'duplicate-object',
      what: 'ConfigMap "apps/settings" is there twice in the cluster "test"',
      given: 'test/a/settings in the layer "a" and test/b/settings in the layer "b"',
      where: { construct: 'test/b/settings' },
    },
  ]);
});

test('one object twice in one layer is told', () => {
  const findings = findingsInLayer((layer) => {
    for (const id of ['one', 'two']) new ConfigMap(layer, id, { name: 'settings' });
  });
  expect(rulesOf(findings)).toEqual(['duplicate-object']);
});

test('one object in two versions of its API is one object', () => {
  const findings = findingsInLayer((layer) => {
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
  const findings = findingsInLayer((layer) => {
    for (const id of ['one', 'two', 'three']) new ConfigMap(layer, id, { name: 'settings' });
  });
  expect(rulesOf(findings)).toEqual(['duplicate-object', 'duplicate-object']);
});

test('an object that clashes with the Kustomization of a layer is told', () => {
  const findings = findingsIn((cluster) => {
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
  const [finding] = findingsInLayer((layer) => new ManifestFile(layer, 'file', { file: join(directory, 'a.yaml') }));
  expect(finding!.where!.file).toMatch(/a\.yaml:6$/);
  expect(finding!.given).toMatch(/a\.yaml:1\) in the layer "base" and .*a\.yaml:6\) in the layer "base"/);
});

test('objects that differ in group, kind, namespace or name are fine', () => {
  const findings = findingsInLayer((layer) => {
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
  const findings = findingsIn((cluster) => {
    for (const name of ['shop-1', 'shop-2']) {
      const layer = new Layer(cluster, name, { kubeConfig: { secretRef: Secret.fromName(name) } });
      new Namespace(layer, 'apps');
    }
  });
  expect(findings).toEqual([]);
});

test('kubeconfigs under two keys of one Secret are two targets', () => {
  const findings = findingsIn((cluster) => {
    for (const key of ['shop-1', 'shop-2']) {
      const secretRef = { ...Secret.fromName('shops'), key };
      new Namespace(new Layer(cluster, key, { kubeConfig: { secretRef } }), 'apps');
    }
  });
  expect(findings).toEqual([]);
});

test('one object twice on one target of a hub is told', () => {
  const findings = findingsIn((cluster) => {
    for (const name of ['a', 'b']) {
      const layer = new Layer(cluster, name, { kubeConfig: { secretRef: Secret.fromName('shop-1') } });
      new Namespace(layer, 'apps');
    }
  });
  expect(rulesOf(findings)).toEqual(['duplicate-object']);
});

test('a second source of Flux itself is told: it would take over the cluster', () => {
  const findings = findingsIn((cluster) => {
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
  const findings = findingsInLayer((layer) => {
    const source = Source.fromName('GitRepository', 'flux-system');
    new Kustomization(layer, 'flux-system', { namespace: 'flux-system', source, path: './other' });
  });
  expect(rulesOf(findings)).toEqual(['duplicate-object']);
});
