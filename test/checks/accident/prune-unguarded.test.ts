import { expect, test } from '@jest/globals';
import { allow, fluxAnnotations, Layer, Namespace, Secret } from 'cdk8s-flux-fleet';
import type { Finding, LayerProps } from 'cdk8s-flux-fleet';
import { pruneUnguarded } from '../../../lib/checks/accident/prune-unguarded.js';
import { object } from '../support.js';
import { toldBy } from './support.js';

const CLAIM = { apiVersion: 'v1', kind: 'PersistentVolumeClaim', spec: {} };
const GUARD = fluxAnnotations({ prune: false });

/** What is said of a layer `base` that the test fills. */
function toldInLayer(fill: (layer: Layer) => unknown, props: LayerProps = {}): readonly Finding[] {
  return toldBy(pruneUnguarded, (cluster) => fill(new Layer(cluster, 'base', { namespace: 'base', ...props })));
}

test('a claim without a guard is told, as a warning', () => {
  expect(toldInLayer((layer) => object(layer, 'data', CLAIM))).toMatchObject([
    {
      rule: 'prune-unguarded',
      severity: 'warning',
      what: 'Flux deletes PersistentVolumeClaim "base/data" when it leaves the files of the layer "base", and with it the data on its volume, unless the volume is retained',
      expected: 'the annotation kustomize.toolkit.fluxcd.io/prune: disabled',
    },
  ]);
});

test('a claim with a guard is fine', () => {
  expect(
    toldInLayer((layer) => object(layer, 'data', { ...CLAIM, metadata: { name: 'data', annotations: GUARD } })),
  ).toEqual([]);
});

test('a claim in a layer that does not prune is fine', () => {
  expect(toldInLayer((layer) => object(layer, 'data', CLAIM), { prune: false })).toEqual([]);
});

test('a claim in a layer that deletes all when it goes is told, though it does not prune', () => {
  expect(toldInLayer((layer) => object(layer, 'data', CLAIM), { prune: false, deletionPolicy: 'Delete' })).toHaveLength(
    1,
  );
});

test('a guard that the layer adds to all its objects counts', () => {
  expect(toldInLayer((layer) => object(layer, 'data', CLAIM), { commonMetadata: { annotations: GUARD } })).toEqual([]);
});

test.each([
  ['PersistentVolume', 'v1', { persistentVolumeReclaimPolicy: 'Delete' }],
  [
    'StatefulSet',
    'apps/v1',
    { persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Delete' }, volumeClaimTemplates: [{}] },
  ],
  ['CustomResourceDefinition', 'apiextensions.k8s.io/v1', { names: { kind: 'Widget' } }],
  ['Cluster', 'postgresql.cnpg.io/v1', { instances: 3 }],
  ['PostgresCluster', 'postgres-operator.crunchydata.com/v1beta1', {}],
  ['Elasticsearch', 'elasticsearch.k8s.elastic.co/v1', {}],
])('a %s of %s with %j holds data', (kind, apiVersion, spec) => {
  expect(
    toldInLayer((layer) => object(layer, 'data', { apiVersion, kind, metadata: metadataOf(kind), spec })),
  ).toHaveLength(1);
});

test.each([
  ['PersistentVolume', 'v1', { persistentVolumeReclaimPolicy: 'Retain' }],
  ['PersistentVolume', 'v1', {}],
  ['StatefulSet', 'apps/v1', { volumeClaimTemplates: [{}] }],
  ['StatefulSet', 'apps/v1', { persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Delete' } }],
  ['Elasticsearch', 'elasticsearch.k8s.elastic.co/v1', { volumeClaimDeletePolicy: 'DeleteOnScaledownOnly' }],
  ['Cluster', 'cluster.x-k8s.io/v1beta1', {}],
  ['Deployment', 'apps/v1', {}],
  ['Namespace', 'v1', {}],
])('a %s of %s with %j is left alone', (kind, apiVersion, spec) => {
  expect(toldInLayer((layer) => object(layer, 'data', { apiVersion, kind, metadata: metadataOf(kind), spec }))).toEqual(
    [],
  );
});

test('a namespace that takes along what is guarded in it is told', () => {
  const told = toldBy(pruneUnguarded, (cluster) => {
    new Namespace(new Layer(cluster, 'namespaces'), 'shop', { prune: true });
    const shop = new Layer(cluster, 'shop');
    object(shop, 'data', { ...CLAIM, metadata: { name: 'data', namespace: 'shop', annotations: GUARD } });
  });
  expect(told.map((f) => f.what)).toEqual([
    'Flux deletes Namespace "shop" when it leaves the files of the layer "namespaces", and with it PersistentVolumeClaim "shop/data", which is guarded itself, and all else that is in it',
  ]);
});

test('a namespace of the same name on another cluster of a hub takes nothing along', () => {
  const told = toldBy(pruneUnguarded, (cluster) => {
    const secretRef = Secret.fromName('shop-1');
    new Namespace(new Layer(cluster, 'namespaces', { kubeConfig: { secretRef } }), 'shop', { prune: true });
    object(new Layer(cluster, 'shop'), 'data', {
      ...CLAIM,
      metadata: { name: 'data', namespace: 'shop', annotations: GUARD },
    });
  });
  expect(told).toEqual([]);
});

test('a CRD of Flux is left to flux-prunable', () => {
  const spec = { group: 'kustomize.toolkit.fluxcd.io', names: { kind: 'Kustomization' } };
  const crd = { apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition', spec };
  expect(toldInLayer((layer) => object(layer, 'kustomizations', crd))).toEqual([]);
});

test('of a directory that clusters elsewhere apply nothing is known', () => {
  const told = toldBy(
    pruneUnguarded,
    (cluster) => object(new Layer(cluster, 'base', { namespace: 'base' }), 'data', CLAIM),
    {},
    (model) => ({ ...model, partial: true }),
  );
  expect(told).toEqual([]);
});

test('it can be allowed', () => {
  const told = toldInLayer((layer) => {
    allow(object(layer, 'cache', CLAIM), { rule: 'prune-unguarded', reason: 'A cache, which fills again by itself.' });
  });
  expect(told).toEqual([]);
});

function metadataOf(kind: string): object {
  const namespaced = !['PersistentVolume', 'CustomResourceDefinition', 'Namespace'].includes(kind);
  return { name: 'data', ...(namespaced && { namespace: 'base' }) };
}
