import { expect, test } from '@jest/globals';
import { JsonPatch } from 'cdk8s';
import {
  ConfigMap,
  HelmRelease,
  Layer,
  Manifest,
  Namespace,
  Secret,
  ServiceAccount,
  Source,
  Tenant,
} from 'cdk8s-flux-fleet';
import { parse } from 'yaml';
import { objectMeta } from '../lib/manifest.js';
import { filesOf, findingsOf, testCluster, yamlOf } from './support/fleet.js';
import { errorOf, objectIn } from './flux/objects.js';

const WIDGET = { apiVersion: 'example.com/v1', kind: 'Widget', metadata: { name: 'w', namespace: 'apps' } };

test('defaults: an object is written as it was said, with its keys in order', () => {
  const props = { ...WIDGET, spec: { b: 1, a: { d: [], c: {} } } };
  expect(yamlOf((layer) => new Manifest(layer, 'w', props))).toMatchInlineSnapshot(`
   "apiVersion: example.com/v1
   kind: Widget
   metadata:
     name: w
     namespace: apps
   spec:
     a:
       c: {}
       d: []
     b: 1
   "
  `);
});

test('nulls survive, as values, in lists and below', () => {
  const spec = { a: null, b: [null, { c: null }], d: { e: null } };
  expect(parse(yamlOf((layer) => new Manifest(layer, 'w', { ...WIDGET, spec })))).toEqual({ ...WIDGET, spec });
});

test('empty maps, lists and texts survive, and what is undefined is left out', () => {
  const spec = { a: {}, b: [], c: '', d: 0, e: false, f: undefined };
  expect(parse(yamlOf((layer) => new Manifest(layer, 'w', { ...WIDGET, spec })))).toEqual({
    ...WIDGET,
    spec: { a: {}, b: [], c: '', d: 0, e: false },
  });
});

test('patches of cdk8s are applied, and nulls survive those, too', () => {
  const cluster = testCluster();
  const widget = new Manifest(new Layer(cluster, 'layer'), 'w', { ...WIDGET, spec: { a: null, b: 1 } });
  widget.addJsonPatch(JsonPatch.replace('/spec/b', 2), JsonPatch.add('/spec/c', null));
  expect(objectIn(filesOf(cluster)['layers/layer/layer.yaml'], 'Widget').spec).toEqual({ a: null, b: 2, c: null });
});

test('name and namespace: what is said wins over id and scope', () => {
  const cluster = testCluster();
  const layer = new Layer(cluster, 'layer', { namespace: 'infra' });
  const [own, said] = [new ConfigMap(layer, 'a'), new ConfigMap(layer, 'b', { name: 'the-b', namespace: 'apps' })];
  expect([own.name, own.namespace]).toEqual(['a', 'infra']);
  expect([said.name, said.namespace]).toEqual(['the-b', 'apps']);
  expect(new Namespace(layer, 'n').metadata.namespace).toBeUndefined();
});

test('labels: what is said wins over those of the layer and the tenant', () => {
  const cluster = testCluster();
  const layer = new Layer(cluster, 'layer', { labels: { team: 'layer', tier: 'layer' } });
  const tenant = new Tenant(layer, 'dev-team', { namespaces: ['apps'] });
  new ConfigMap(tenant, 'settings', { labels: { team: 'own' } });
  expect(objectIn(filesOf(cluster)['layers/layer/layer.yaml'], 'ConfigMap').metadata.labels).toEqual({
    team: 'own',
    tier: 'layer',
    'toolkit.fluxcd.io/tenant': 'dev-team',
  });
});

test('labels and annotations are copies', () => {
  const labels = { a: '1' };
  const meta = objectMeta(new Layer(testCluster(), 'layer'), 'x', 'ConfigMap', { labels, annotations: labels });
  labels.a = '2';
  expect(meta).toEqual({ name: 'x', labels: { a: '1' }, annotations: { a: '1' } });
});

test('externals are the objects that it refers to and that the fleet does not emit', () => {
  const layer = new Layer(testCluster(), 'layer', { namespace: 'apps' });
  const own = new Secret(layer, 'own');
  const external = Secret.fromName('theirs', ['key']);
  const widget = new Manifest(layer, 'w', WIDGET, { refs: [own, undefined, external] });
  expect(widget.externals).toEqual([external]);
  expect(new Manifest(layer, 'v', WIDGET).externals).toEqual([]);
});

test('an object of another copy of this library is known, too', () => {
  const layer = new Layer(testCluster(), 'layer');
  expect(Manifest.isManifest(new ConfigMap(layer, 'a'))).toBe(true);
  expect(Manifest.isManifest({ [Symbol.for('cdk8s-flux-fleet.Manifest')]: true })).toBe(true);
  expect(Manifest.isManifest(layer)).toBe(false);
  expect(Manifest.isManifest(undefined)).toBe(false);
});

test('a value that is made at synth sees what was added after the object', () => {
  const cluster = testCluster();
  const layer = new Layer(cluster, 'layer', { namespace: 'apps' });
  const values: Record<string, unknown> = { a: 1 };
  new HelmRelease(layer, 'app', { chart: { chart: 'app', source: Source.fromName('HelmRepository', 'c') }, values });
  values['b'] = null;
  expect(objectIn(filesOf(cluster)['layers/layer/layer.yaml'], 'HelmRelease').spec['values']).toEqual({
    a: 1,
    b: null,
  });
});

test('refuses a name that is none', () => {
  const layer = new Layer(testCluster(), 'layer');
  expect(errorOf(() => new ConfigMap(layer, 'settings', { name: 'My Settings' }))).toMatchInlineSnapshot(`
   "the name of this ConfigMap is not a DNS subdomain name [invalid-name]
     expected  at most 253 lower-case letters, digits, "-" and ".", with a letter or digit at both ends
     given     "My Settings"
     construct test/layer/settings
     at        test/manifest.test.ts:<line>, called from test/manifest.test.ts:<line>
     fix       write "my-settings""
  `);
});

test('refuses a namespace that is none', () => {
  const layer = new Layer(testCluster(), 'layer');
  expect(findingsOf(() => new ConfigMap(layer, 'settings', { namespace: 'a.b' }))).toMatchObject([
    { rule: 'invalid-name', what: 'the namespace of this ConfigMap is not a DNS label', fix: 'write "a-b"' },
  ]);
});

test('refuses the same object twice, and names both', () => {
  const cluster = testCluster();
  new ConfigMap(new Layer(cluster, 'one', { namespace: 'apps' }), 'settings');
  new ConfigMap(new Layer(cluster, 'two', { namespace: 'apps' }), 'settings');
  expect(findingsOf(() => filesOf(cluster))).toMatchObject([
    {
      rule: 'duplicate-object',
      given: 'test/one/settings in the layer "one" and test/two/settings in the layer "two"',
    },
  ]);
});

test('two objects that want one id are refused, with the way out', () => {
  const build = () =>
    yamlOf((layer) => {
      new Namespace(layer, 'apps');
      new ServiceAccount(layer, 'apps', { namespace: 'apps' });
    });
  expect(findingsOf(build)).toMatchObject([
    {
      rule: 'duplicate-name',
      fix: expect.stringContaining("new ServiceAccount(scope, 'apps-serviceaccount', { name: 'apps'"),
    },
  ]);
});
