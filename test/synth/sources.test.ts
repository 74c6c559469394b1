import { expect, test } from '@jest/globals';
import {
  GitRef,
  HelmRelease,
  HelmRepository,
  Kustomization,
  Layer,
  Namespace,
  OCIRef,
  Secret,
  Source,
  Tenant,
} from 'cdk8s-flux-fleet';
import type { Cluster } from 'cdk8s-flux-fleet';
import { filesOf, findingsOf, testCluster } from '../support/fleet.js';

const CHARTS = Source.helm({ name: 'charts', url: 'https://charts.example.com' });
const POLICIES = Source.oci({ name: 'policies', url: 'oci://ghcr.io/acme/policies', ref: OCIRef.tag('v1') });

test('a source stands beside the one that uses it, and is called like it', () => {
  const cluster = testCluster();
  release(new Layer(cluster, 'web', { namespace: 'web' }), 'web', Source.helm({ url: 'https://charts.example.com' }));
  expect(sourcesIn(cluster)).toEqual({ 'layers/web/web.yaml': ['web/web'] });
  expect(filesOf(cluster)['layers/web/web.yaml']).toContain(
    'sourceRef:\n        kind: HelmRepository\n        name: web\n',
  );
});

test('a source with a name is emitted once for all that use it in a namespace', () => {
  const cluster = testCluster();
  const layer = new Layer(cluster, 'web', { namespace: 'web' });
  for (const name of ['a', 'b', 'c']) release(layer, name, CHARTS);
  expect(sourcesIn(cluster)).toEqual({ 'layers/web/web.yaml': ['web/charts'] });
});

test('a source is emitted once per namespace that uses it, because lockdown forbids to look across', () => {
  const cluster = testCluster();
  for (const name of ['a', 'b']) release(new Layer(cluster, name, { namespace: name }), name, CHARTS);
  expect(sourcesIn(cluster)).toEqual({ 'layers/a/a.yaml': ['a/charts'], 'layers/b/b.yaml': ['b/charts'] });
});

test('a source of flux-system stands beside the layers, so that it never moves when another user comes', () => {
  const build = (...names: string[]) => {
    const cluster = testCluster();
    for (const name of names) new Layer(cluster, name, { source: POLICIES, path: `./${name}` });
    return filesOf(cluster)['shared-sources.yaml'];
  };
  expect(build('a')).toBe(build('b', 'a'));
});

test('a source of flux-system stands beside the layers although its user stands in one', () => {
  const cluster = testCluster();
  const outer = new Layer(cluster, 'outer');
  new Layer(outer, 'inner', { source: POLICIES, path: './' });
  release(new Layer(cluster, 'web', { namespace: 'flux-system' }), 'web', CHARTS);
  expect(sourcesIn(cluster)).toEqual({ 'shared-sources.yaml': ['flux-system/charts', 'flux-system/policies'] });
});

test('of layers that use one source, the one that the others wait for owns it', () => {
  const cluster = testCluster();
  const last = new Layer(cluster, 'last', { namespace: 'web' });
  const middle = new Layer(cluster, 'middle', { namespace: 'web' });
  const first = new Layer(cluster, 'first', { namespace: 'web' });
  middle.addDependsOn(first);
  last.addDependsOn(middle);
  for (const layer of [last, middle, first]) release(layer, layer.name, CHARTS);
  expect(sourcesIn(cluster)).toEqual({ 'layers/first/first.yaml': ['web/charts'] });
});

test('where no layer comes first, nobody owns the source, and that is told with what to write', () => {
  const cluster = testCluster();
  for (const name of ['b', 'a']) release(new Layer(cluster, name, { namespace: 'web' }), name, CHARTS);
  expect(findingsOf(() => filesOf(cluster))).toMatchObject([
    {
      rule: 'source-place',
      what: 'the HelmRepository "charts" in web is used by several layers, and none of them can own it',
      given: 'a, b',
      where: { construct: 'test/b/b' },
    },
  ]);
});

test('what that says to write works', () => {
  const cluster = testCluster();
  const first = new Layer(cluster, 'first', { namespace: 'web' });
  const charts = new HelmRepository(first, 'charts', { url: 'https://charts.example.com' });
  for (const name of ['a', 'b']) {
    release(new Layer(cluster, name, { namespace: 'web', dependsOn: [first] }), name, charts);
  }
  expect(sourcesIn(cluster)).toEqual({ 'layers/first/first.yaml': ['web/charts'] });
});

test('layers for two targets of a hub have each a source of their own', () => {
  const cluster = testCluster();
  for (const name of ['shop-1', 'shop-2']) {
    const layer = new Layer(cluster, name, { namespace: 'web', kubeConfig: { secretRef: Secret.fromName(name) } });
    release(layer, 'web', CHARTS);
  }
  expect(sourcesIn(cluster)).toEqual({
    'layers/shop-1/shop-1.yaml': ['web/charts'],
    'layers/shop-2/shop-2.yaml': ['web/charts'],
  });
});

test('two different sources of one name and namespace are told', () => {
  const cluster = testCluster();
  const layer = new Layer(cluster, 'web', { namespace: 'web' });
  release(layer, 'a', CHARTS);
  release(layer, 'b', Source.helm({ name: 'charts', url: 'https://other.example.com' }));
  expect(findingsOf(() => filesOf(cluster))).toMatchObject([
    {
      rule: 'source-conflict',
      what: 'two different sources want to be the HelmRepository "charts" in web',
      given: 'test/web/a and test/web/b',
    },
  ]);
});

test('two values that say the same are one source', () => {
  const cluster = testCluster();
  const layer = new Layer(cluster, 'web', { namespace: 'web' });
  for (const name of ['a', 'b'])
    release(layer, name, Source.helm({ name: 'charts', url: 'https://charts.example.com' }));
  expect(sourcesIn(cluster)).toEqual({ 'layers/web/web.yaml': ['web/charts'] });
});

test('a source as a value and one in the tree of the same name are told', () => {
  const cluster = testCluster();
  const layer = new Layer(cluster, 'web', { namespace: 'web' });
  new HelmRepository(layer, 'charts', { url: 'https://charts.example.com' });
  release(layer, 'web', CHARTS);
  expect(findingsOf(() => filesOf(cluster)).map((f) => f.rule)).toEqual(['duplicate-object']);
});

test('a source carries the labels that all its users have around them', () => {
  const cluster = testCluster();
  const layer = new Layer(cluster, 'web', { namespace: 'web', labels: { area: 'web' } });
  release(new Tenant(layer, 'dev-team', { namespaces: ['web'] }), 'a', CHARTS);
  expect(sourceText(cluster)).toContain('labels:\n    area: web\n    toolkit.fluxcd.io/tenant: dev-team\n');
  release(layer, 'b', CHARTS);
  expect(sourceText(cluster)).toContain('labels:\n    area: web\n  name: charts\n');
});

test('secrets of a source are known where it stands', () => {
  const cluster = testCluster();
  const source = Source.git({
    url: 'https://github.com/acme/web',
    ref: GitRef.branch('main'),
    secretRef: Secret.fromName('web-read'),
  });
  const layer = new Layer(cluster, 'web', { namespace: 'web' });
  new Kustomization(layer, 'here', { source, path: './' });
  new Kustomization(layer, 'there', { namespace: 'other', source, path: './' });
  expect(filesOf(cluster)['flux-fleet.yaml']).toContain(
    'exists:\n  - kind: Secret\n    name: web-read\n    namespace: other\n  - kind: Secret\n    name: web-read\n    namespace: web\n',
  );
});

test('a source that others make is never emitted, and known to exist', () => {
  const cluster = testCluster({ lockdown: false });
  const source = Source.fromName('GitRepository', 'web', 'sources');
  new Kustomization(new Layer(cluster, 'web', { namespace: 'web' }), 'web', { source, path: './' });
  expect(sourcesIn(cluster)).toEqual({});
  expect(filesOf(cluster)['layers/web/web.yaml']).toContain(
    'sourceRef:\n    kind: GitRepository\n    name: web\n    namespace: sources\n',
  );
  expect(filesOf(cluster)['flux-fleet.yaml']).toContain(
    '- kind: GitRepository\n    name: web\n    namespace: sources\n',
  );
});

test('a source of a tenant that leaves goes with it', () => {
  const cluster = testCluster();
  new Tenant(cluster, 'dev-team', { namespaces: ['apps'], source: CHARTS, path: './', offboarding: true });
  new Namespace(new Layer(cluster, 'base'), 'base');
  expect(sourcesIn(cluster)).toEqual({});
});

test('the order of the users changes nothing', () => {
  const build = (names: readonly string[]) => {
    const cluster = testCluster();
    const first = new Layer(cluster, 'a', { namespace: 'web' });
    const layers: Record<string, Layer> = {
      a: first,
      b: new Layer(cluster, 'b', { namespace: 'web', dependsOn: [first] }),
    };
    for (const name of names) release(layers[name.charAt(0)]!, name, CHARTS);
    return filesOf(cluster);
  };
  expect(build(['b2', 'b1', 'a1'])).toEqual(build(['a1', 'b1', 'b2']));
});

function release(scope: Layer | Tenant, name: string, source: Source | HelmRepository): void {
  new HelmRelease(scope, name, { chart: { chart: name, version: '1.x', source } });
}

/** `namespace/name` of the sources, by file. */
function sourcesIn(cluster: Cluster): Record<string, string[]> {
  const result: Record<string, string[]> = {};
  for (const [path, text] of Object.entries(filesOf(cluster))) {
    for (const document of text.split('---\n').filter((d) => d.startsWith('apiVersion: source.toolkit.fluxcd.io'))) {
      const [, name] = /^ {2}name: (.*)$/m.exec(document)!;
      const [, namespace] = /^ {2}namespace: (.*)$/m.exec(document)!;
      result[path] = [...(result[path] ?? []), `${namespace}/${name}`];
    }
  }
  return result;
}

function sourceText(cluster: Cluster): string {
  const documents = filesOf(cluster)['layers/web/web.yaml']!.split('---\n');
  return documents.find((d) => d.startsWith('apiVersion: source.toolkit.fluxcd.io'))!;
}
