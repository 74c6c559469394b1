import { ApiObject, JsonPatch, Lazy } from 'cdk8s';
import type { Construct } from 'constructs';
import { expect, test } from '@jest/globals';
import { ConfigMap, HelmRelease, Layer, OCIRef, Source } from 'cdk8s-flux-fleet';
import { filesOf, findingsOf, testCluster } from '../support/fleet.js';

const CHART = Source.oci({ url: 'oci://ghcr.io/acme/charts/web', ref: OCIRef.semver('1.x') });

test('keys are sorted, apiVersion, kind and metadata first', () => {
  const text = rendered((layer) =>
    object(layer, { spec: { z: 1, a: { c: 1, b: 1 } }, data: {}, kind: 'ClusterThing', apiVersion: 'example.com/v1' }),
  );
  expect(text).toBe(
    'apiVersion: example.com/v1\nkind: ClusterThing\nmetadata:\n  name: thing\ndata: {}\nspec:\n  a:\n    b: 1\n    c: 1\n  z: 1\n',
  );
});

test('null survives, undefined does not', () => {
  const text = rendered((layer) =>
    object(layer, { spec: { gone: undefined, kept: null, list: [null, { gone: undefined }] } }),
  );
  expect(text).toContain('spec:\n  kept: null\n  list:\n    - null\n    - {}\n');
});

test('null survives in Helm values of our own construct, which Helm takes as: no default', () => {
  const text = rendered(
    (layer) => new HelmRelease(layer, 'web', { namespace: 'web', chartRef: CHART, values: { a: null } }),
  );
  expect(text).toContain('  values:\n    a: null\n');
});

test('lazy values are asked for when the fleet is synthesized, wherever they stand', () => {
  let port = 1;
  const cluster = testCluster();
  const layer = new Layer(cluster, 'base', { namespace: 'base' });
  object(layer, { spec: { ports: [Lazy.any({ produce: () => ({ port }) })] } });
  port = 8080;
  expect(filesOf(cluster)['layers/base/base.yaml']).toContain('ports:\n    - port: 8080\n');
});

test('patches of cdk8s are applied to what is written', () => {
  const text = rendered((layer) => {
    const settings = new ConfigMap(layer, 'settings', { data: { a: '1', b: '2' } });
    settings.addJsonPatch(JsonPatch.replace('/data/a', 'patched'), JsonPatch.remove('/data/b'));
  });
  expect(text).toContain('data:\n  a: patched\n');
  expect(text).not.toContain('b:');
});

test('metadata that is added later is written', () => {
  const text = rendered((layer) => {
    const settings = new ConfigMap(layer, 'settings');
    settings.metadata.addLabel('team', 'web');
    settings.metadata.addAnnotation('note', 'x');
  });
  expect(text).toContain('metadata:\n  annotations:\n    note: x\n  labels:\n    team: web\n  name: settings\n');
});

test('a class that renders itself, as cdk8s import makes them, is asked', () => {
  class Imported extends ApiObject {
    constructor(scope: Construct) {
      super(scope, 'thing', { apiVersion: 'example.com/v1', kind: 'ClusterThing', metadata: { name: 'thing' } });
    }
    override toJson(): object {
      return { ...(super.toJson() as object), spec: { renamed: true } };
    }
  }
  expect(rendered((layer) => new Imported(layer))).toContain('spec:\n  renamed: true\n');
});

test.each([
  ['a date', () => new Date(0), 'an ISO string'],
  ['a function', () => () => 1, undefined],
  ['a number that is none', () => NaN, 'a finite number'],
  ['a bigint', () => 1n, undefined],
  ['a map', () => new Map(), undefined],
  ['a cycle', cyclic, undefined],
])('%s is refused with its place', (_, value, expected) => {
  const cluster = testCluster();
  object(new Layer(cluster, 'base', { namespace: 'base' }), { spec: { deep: { value: value() } } });
  const [finding] = findingsOf(() => filesOf(cluster));
  expect(finding).toMatchObject({ where: { construct: 'test/base/thing' } });
  expect(finding!.what).toMatch(/^spec\.deep\.value.* of ClusterThing "thing" cannot be written as YAML$/);
  if (expected !== undefined) expect(finding!.expected).toBe(expected);
});

test('an object that cannot be rendered is told once, and its layer is not called empty', () => {
  const cluster = testCluster();
  object(new Layer(cluster, 'base', { namespace: 'base' }), { spec: { since: new Date(0) } });
  expect(findingsOf(() => filesOf(cluster)).map((f) => f.rule)).toEqual(['object-not-plain']);
});

test('a lazy value that throws is told with the object', () => {
  const cluster = testCluster();
  const fail: unknown = Lazy.any({
    produce: () => {
      throw new Error('no such image');
    },
  });
  object(new Layer(cluster, 'base', { namespace: 'base' }), { spec: { image: fail } });
  new ConfigMap(cluster.layers[0]!, 'settings');
  expect(findingsOf(() => filesOf(cluster))).toMatchObject([
    { rule: 'object-unrenderable', given: 'no such image', where: { construct: 'test/base/thing' } },
  ]);
});

test('a patch that does not fit is told with the object', () => {
  const cluster = testCluster();
  const layer = new Layer(cluster, 'base', { namespace: 'base' });
  new ConfigMap(layer, 'settings').addJsonPatch(JsonPatch.replace('/data/missing', 'x'));
  new ConfigMap(layer, 'other');
  expect(findingsOf(() => filesOf(cluster))).toMatchObject([
    { rule: 'object-unrenderable', where: { construct: 'test/base/settings' } },
  ]);
});

/** The text of a layer `base` that the test fills. */
function rendered(fill: (layer: Layer) => unknown): string {
  const cluster = testCluster();
  fill(new Layer(cluster, 'base', { namespace: 'base' }));
  return filesOf(cluster)['layers/base/base.yaml']!;
}

function object(layer: Layer, data: object): ApiObject {
  return new ApiObject(layer, 'thing', {
    apiVersion: 'example.com/v1',
    kind: 'ClusterThing',
    metadata: { name: 'thing' },
    ...data,
  });
}

function cyclic(): unknown {
  const value: Record<string, unknown> = {};
  value['itself'] = value;
  return value;
}
