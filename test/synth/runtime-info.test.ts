import { expect, test } from '@jest/globals';
import { ConfigMap, GitRef, HelmRelease, Kustomization, Layer, OCIRef, Secret, Source, Tenant } from 'cdk8s-flux-fleet';
import type { Cluster } from 'cdk8s-flux-fleet';
import { filesOf, findingsOf, testCluster } from '../support/fleet.js';

const SOURCE = Source.git({ url: 'https://github.com/acme/apps', ref: GitRef.branch('main') });
const CHART = Source.oci({ url: 'oci://ghcr.io/acme/charts/web', ref: OCIRef.semver('1.x') });
const VARIABLES = { DOMAIN: 'example.com', REPLICAS: '3' };

test('the variables of the cluster stand beside its layers where one of them substitutes', () => {
  const cluster = testCluster({ variables: VARIABLES });
  new Layer(cluster, 'apps', { source: SOURCE, path: './', runtimeInfo: true });
  expect(filesOf(cluster)['flux-runtime-info.yaml']).toMatchInlineSnapshot(`
   "apiVersion: v1
   kind: ConfigMap
   metadata:
     annotations:
       kustomize.toolkit.fluxcd.io/ssa: Merge
     labels:
       reconcile.fluxcd.io/watch: Enabled
       toolkit.fluxcd.io/runtime: "true"
     name: flux-runtime-info
     namespace: flux-system
   data:
     DOMAIN: example.com
     REPLICAS: "3"
   "
  `);
  expect(filesOf(cluster)['kustomization.yaml']).toContain('- flux-runtime-info.yaml\n');
});

test('where nothing substitutes there is no ConfigMap', () => {
  const cluster = testCluster({ variables: VARIABLES });
  new Layer(cluster, 'apps', { source: SOURCE, path: './' });
  expect(placesOf(cluster)).toEqual({});
});

test('it is there once for all layers', () => {
  const cluster = testCluster({ variables: VARIABLES });
  for (const name of ['a', 'b']) new Layer(cluster, name, { source: SOURCE, path: `./${name}`, runtimeInfo: true });
  expect(placesOf(cluster)).toEqual({ 'flux-runtime-info.yaml': ['flux-system'] });
});

test('it is there once for each namespace of a tenant that substitutes', () => {
  const cluster = testCluster({ variables: VARIABLES });
  const sync = (name: string) => ({ name, sync: { path: `./${name}`, runtimeInfo: true } });
  new Tenant(cluster, 'dev-team', { namespaces: [sync('apps'), sync('jobs'), 'quiet'], source: SOURCE });
  expect(placesOf(cluster)).toEqual({ 'tenants/dev-team/dev-team.yaml': ['apps', 'jobs'] });
});

test('a copy that is declared to exist is not emitted: a policy makes it', () => {
  const cluster = testCluster({ variables: VARIABLES });
  const copy = ConfigMap.fromName('flux-runtime-info', Object.keys(VARIABLES));
  const sync = { path: './', postBuild: { substituteFrom: [{ from: copy }] } };
  new Tenant(cluster, 'dev-team', { namespaces: ['apps'], source: SOURCE, sync });
  new Layer(cluster, 'apps', { source: SOURCE, path: './', runtimeInfo: true });
  expect(placesOf(cluster)).toEqual({ 'flux-runtime-info.yaml': ['flux-system'] });
  expect(filesOf(cluster)['flux-fleet.yaml']).toContain('name: flux-runtime-info\n    namespace: apps\n');
});

test('it stands in the namespace that its Kustomization gets from the layer around it', () => {
  const cluster = testCluster({ variables: VARIABLES });
  const layer = new Layer(cluster, 'apps', { namespace: 'apps' });
  new Kustomization(layer, 'web', { source: SOURCE, path: './', runtimeInfo: true });
  expect(placesOf(cluster)).toEqual({ 'layers/apps/apps.yaml': ['apps'] });
});

test('it does not move when another layer of that namespace substitutes too', () => {
  const build = (names: readonly string[]) => {
    const cluster = testCluster({ variables: VARIABLES });
    for (const name of names) {
      const layer = new Layer(cluster, name, { namespace: 'apps' });
      new Kustomization(layer, name, { source: SOURCE, path: `./${name}`, runtimeInfo: true });
    }
    return findingsOf(() => filesOf(cluster)).length > 0 ? 'refused' : placesOf(cluster);
  };
  expect(build(['b', 'a'])).toEqual(build(['a', 'b']));
});

test('a tenant that leaves leaves none behind', () => {
  const cluster = testCluster({ variables: VARIABLES });
  const props = { namespaces: ['apps'], source: SOURCE, path: './', sync: { runtimeInfo: true } };
  new Tenant(cluster, 'dev-team', { ...props, offboarding: true });
  expect(placesOf(cluster)).toEqual({});
});

test('a ConfigMap of that name that the code makes is told as a second one', () => {
  const cluster = testCluster({ variables: VARIABLES });
  const layer = new Layer(cluster, 'base', { namespace: 'flux-system', runtimeInfo: true });
  new ConfigMap(layer, 'flux-runtime-info', { data: { A: '1' } });
  expect(findingsOf(() => filesOf(cluster)).map((f) => f.rule)).toEqual(['duplicate-object']);
});

test('ConfigMaps and Secrets that Flux reads are watched', () => {
  const cluster = testCluster();
  const layer = new Layer(cluster, 'web', { namespace: 'web' });
  const values = new ConfigMap(layer, 'values', { data: { 'values.yaml': 'a: 1' } });
  const facts = new ConfigMap(layer, 'facts', { data: { A: '1' } });
  new ConfigMap(layer, 'unread', { data: { A: '1' } });
  new HelmRelease(layer, 'web', { chartRef: CHART, valuesFrom: [{ from: values }] });
  new Kustomization(layer, 'more', { source: SOURCE, path: './', postBuild: { substituteFrom: [{ from: facts }] } });
  const text = filesOf(cluster)['layers/web/web.yaml']!;
  const watched = text
    .split('---\n')
    .filter((o) => o.includes('  labels:\n    reconcile.fluxcd.io/watch: Enabled\n'))
    .map((o) => /^ {2}name: (.*)$/m.exec(o)![1]);
  expect(watched).toEqual(['facts', 'values']);
});

test('a ConfigMap of the same name in another namespace is not watched', () => {
  const cluster = testCluster();
  const layer = new Layer(cluster, 'web', { namespace: 'web' });
  const values = new ConfigMap(layer, 'values', { data: { 'values.yaml': 'a: 1' } });
  new ConfigMap(layer, 'other', { name: 'values', namespace: 'other', data: {} });
  new HelmRelease(layer, 'web', { chartRef: CHART, valuesFrom: [{ from: values }] });
  expect(filesOf(cluster)['layers/web/web.yaml']!.match(/reconcile\.fluxcd\.io\/watch/g)).toHaveLength(1);
});

test('a Secret of the code that Flux reads is watched too', () => {
  const cluster = testCluster();
  const layer = new Layer(cluster, 'web', { namespace: 'web' });
  const values = new Secret(layer, 'values', { stringData: { a: 'x' }, plaintextBecause: 'A demo.' });
  new HelmRelease(layer, 'web', { chartRef: CHART, valuesFrom: [{ from: values, valuesKey: 'a' }] });
  expect(filesOf(cluster)['layers/web/web.yaml']).toContain(
    'kind: Secret\nmetadata:\n  labels:\n    reconcile.fluxcd.io/watch: Enabled\n',
  );
});

test('who does not want to be watched says so', () => {
  const cluster = testCluster();
  const layer = new Layer(cluster, 'web', { namespace: 'web' });
  const labels = { 'reconcile.fluxcd.io/watch': 'Disabled' };
  const values = new ConfigMap(layer, 'values', { labels, data: { 'values.yaml': 'a: 1' } });
  new HelmRelease(layer, 'web', { chartRef: CHART, valuesFrom: [{ from: values }] });
  expect(filesOf(cluster)['layers/web/web.yaml']).toContain('reconcile.fluxcd.io/watch: Disabled\n');
});

/** The namespaces of the ConfigMaps flux-runtime-info, by file. */
function placesOf(cluster: Cluster): Record<string, string[]> {
  const result: Record<string, string[]> = {};
  for (const [path, text] of Object.entries(filesOf(cluster))) {
    for (const [, namespace] of text.matchAll(/^ {2}name: flux-runtime-info\n {2}namespace: (.*)$/gm)) {
      result[path] = [...(result[path] ?? []), namespace!];
    }
  }
  return result;
}

test('what a hub applies elsewhere finds the variables there, and what it applies at home does here', () => {
  const cluster = testCluster({ variables: VARIABLES });
  const edge = new Layer(cluster, 'edge', {
    namespace: 'flux-system',
    kubeConfig: { secretRef: Secret.fromName('edge') },
  });
  new Kustomization(edge, 'apps', { source: SOURCE, path: './', runtimeInfo: true });
  new Layer(cluster, 'apps', { source: SOURCE, path: './', runtimeInfo: true });
  expect(placesOf(cluster)).toEqual({
    'flux-runtime-info.yaml': ['flux-system'],
    'layers/edge/edge.yaml': ['flux-system'],
  });
});

test('a ConfigMap that a release of another cluster reads is not watched', () => {
  const cluster = testCluster();
  const edge = new Layer(cluster, 'edge', { namespace: 'apps', kubeConfig: { secretRef: Secret.fromName('edge') } });
  const home = new Layer(cluster, 'home', { namespace: 'apps' });
  const data = { 'values.yaml': 'a: b' };
  const [from] = [edge, home].map((layer) => new ConfigMap(layer, 'values', { data }));
  new HelmRelease(edge, 'web', { chartRef: CHART, valuesFrom: [{ from: from! }] });
  const files = filesOf(cluster);
  expect(files['layers/edge/edge.yaml']).toContain('reconcile.fluxcd.io/watch');
  expect(files['layers/home/home.yaml']).not.toContain('reconcile.fluxcd.io/watch');
});

test('a copy that is declared to exist elsewhere does not stand for the one of the hub', () => {
  const cluster = testCluster({ variables: VARIABLES });
  const kubeConfig = { secretRef: Secret.fromName('edge') };
  const edge = new Layer(cluster, 'edge', { namespace: 'flux-system', kubeConfig });
  const copy = ConfigMap.fromName('flux-runtime-info', Object.keys(VARIABLES));
  new Kustomization(edge, 'apps', { source: SOURCE, path: './', postBuild: { substituteFrom: [{ from: copy }] } });
  new Layer(cluster, 'apps', { source: SOURCE, path: './', runtimeInfo: true });
  expect(placesOf(cluster)).toEqual({ 'flux-runtime-info.yaml': ['flux-system'] });
});

test('the order of a tenant and another user in its namespace makes no difference', () => {
  const build = (tenantFirst: boolean) => {
    const cluster = testCluster({ variables: VARIABLES });
    const layer = new Layer(cluster, 'tenants', { namespace: 'apps' });
    const sync = { runtimeInfo: true };
    const steps = [
      () => new Tenant(layer, 'dev-team', { namespaces: ['apps'], source: SOURCE, path: './', sync }),
      () => new Kustomization(layer, 'platform', { source: SOURCE, path: './', runtimeInfo: true }),
    ];
    for (const step of tenantFirst ? steps : steps.reverse()) step();
    return filesOf(cluster);
  };
  expect(build(true)).toEqual(build(false));
});
