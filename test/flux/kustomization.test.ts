import { expect, test } from '@jest/globals';
import { ConfigMap, GitRef, Kustomization, Layer, Secret, Source, Tenant } from 'cdk8s-flux-fleet';
import type { KustomizationProps } from 'cdk8s-flux-fleet';
import { parse } from 'yaml';
import { filesOf, findingsOf, testCluster, yamlOf } from '../support/fleet.js';
import { errorOf, objectIn, specOf } from './objects.js';

const SOURCE = Source.fromName('GitRepository', 'app');
const MINIMAL = { namespace: 'apps', source: SOURCE, path: './staging' };

/** The spec of a Kustomization with these props over the minimal ones. */
function spec(props: Partial<KustomizationProps> = {}): Record<string, unknown> {
  return specOf((layer) => new Kustomization(layer, 'app', { ...MINIMAL, ...props }));
}

test('defaults', () => {
  expect(
    yamlOf(
      (layer) =>
        new Kustomization(layer, 'app', {
          namespace: 'apps',
          source: Source.git({ url: 'https://github.com/acme/app', ref: GitRef.branch('main') }),
          path: './staging',
        }),
    ),
  ).toMatchInlineSnapshot(`
   "apiVersion: source.toolkit.fluxcd.io/v1
   kind: GitRepository
   metadata:
     name: app
     namespace: apps
   spec:
     interval: 5m
     ref:
       branch: main
     url: https://github.com/acme/app
   ---
   apiVersion: kustomize.toolkit.fluxcd.io/v1
   kind: Kustomization
   metadata:
     name: app
     namespace: apps
   spec:
     interval: 10m
     path: ./staging
     prune: true
     retryInterval: 2m
     sourceRef:
       kind: GitRepository
       name: app
   "
  `);
});

test('name, labels and annotations are those of the object', () => {
  const props = { ...MINIMAL, name: 'the-app', labels: { team: 'a' }, annotations: { note: 'b' } };
  expect(parse(yamlOf((layer) => new Kustomization(layer, 'app', props)))).toMatchObject({
    apiVersion: 'kustomize.toolkit.fluxcd.io/v1',
    kind: 'Kustomization',
    metadata: { name: 'the-app', namespace: 'apps', labels: { team: 'a' }, annotations: { note: 'b' } },
  });
});

test('options land in its spec', () => {
  const options = {
    interval: '1h',
    retryInterval: '5m',
    timeout: '3m',
    prune: false,
    suspend: true,
    targetNamespace: 'apps',
    serviceAccountName: 'applier',
    decryption: { secretRef: Secret.fromName('age') },
  };
  expect(spec(options)).toEqual({
    ...options,
    decryption: { provider: 'sops', secretRef: { name: 'age' } },
    sourceRef: { kind: 'GitRepository', name: 'app' },
    path: './staging',
  });
});

test('the fields in "spec" win over all options and defaults', () => {
  expect(spec({ interval: '1h', spec: { interval: '7m', path: './elsewhere' } })).toMatchObject({
    interval: '7m',
    path: './elsewhere',
    prune: true,
  });
});

test('waits for others of its namespace by name, and for those of other namespaces by both', () => {
  const cluster = testCluster();
  const layer = new Layer(cluster, 'layer');
  const database = new Kustomization(layer, 'database', { ...MINIMAL, namespace: 'data' });
  const config = new Kustomization(layer, 'config', { ...MINIMAL, path: './config' });
  new Kustomization(layer, 'app', {
    ...MINIMAL,
    dependsOn: [config, { on: database, readyExpr: "dep.status.phase == 'Ready'" }],
  });
  expect(objectIn(filesOf(cluster)['layers/layer/layer.yaml'], 'Kustomization', 'app').spec['dependsOn']).toEqual([
    { name: 'config' },
    { name: 'database', namespace: 'data', readyExpr: "dep.status.phase == 'Ready'" },
  ]);
});

test('a dependency may be added later, and the other one then waits until it is ready', () => {
  const cluster = testCluster();
  const layer = new Layer(cluster, 'layer');
  const app = new Kustomization(layer, 'app', MINIMAL);
  const config = new Kustomization(layer, 'config', { ...MINIMAL, path: './config' });
  app.addDependsOn(config);
  const file = filesOf(cluster)['layers/layer/layer.yaml'];
  expect(objectIn(file, 'Kustomization', 'app').spec).toMatchObject({ dependsOn: [{ name: 'config' }] });
  expect(objectIn(file, 'Kustomization', 'app').spec).not.toHaveProperty('wait');
  expect(objectIn(file, 'Kustomization', 'config').spec).toMatchObject({ wait: true, timeout: '5m' });
});

test('refuses Kustomizations that wait for each other', () => {
  const cluster = testCluster();
  const layer = new Layer(cluster, 'layer');
  const app = new Kustomization(layer, 'app', MINIMAL);
  const config = new Kustomization(layer, 'config', { ...MINIMAL, path: './config', dependsOn: [app] });
  app.addDependsOn(config);
  expect(findingsOf(() => filesOf(cluster))).toMatchObject([{ rule: 'dependency-cycle' }]);
});

test('in a namespace of a tenant it runs as the account of the tenant', () => {
  const cluster = testCluster();
  const tenant = new Tenant(cluster, 'dev-team', { namespaces: ['apps', 'data'] });
  new Kustomization(tenant, 'web', { source: SOURCE, path: './web' });
  new Kustomization(tenant, 'db', { source: SOURCE, path: './db', namespace: 'data' });
  const file = filesOf(cluster)['tenants/dev-team/dev-team.yaml'];
  expect(objectIn(file, 'Kustomization', 'web')).toMatchObject({
    metadata: { namespace: 'apps' },
    spec: { serviceAccountName: 'dev-team' },
  });
  expect(objectIn(file, 'Kustomization', 'db')).toMatchObject({
    metadata: { namespace: 'data' },
    spec: { serviceAccountName: 'dev-team' },
  });
});

test('in flux-system it runs as kustomize-controller under lockdown, and without lockdown with the controller’s rights', () => {
  const fill = (layer: Layer): unknown => new Kustomization(layer, 'app', { ...MINIMAL, namespace: 'flux-system' });
  expect(specOf(fill)).toHaveProperty('serviceAccountName', 'kustomize-controller');
  expect(specOf(fill, { lockdown: false })).not.toHaveProperty('serviceAccountName');
});

test('in other namespaces it names no account: under lockdown it then has no rights', () => {
  expect(spec()).not.toHaveProperty('serviceAccountName');
});

test('runtimeInfo emits the variables of the cluster into its namespace', () => {
  const cluster = testCluster({ variables: { CLUSTER_DOMAIN: 'preview.example.com' } });
  const layer = new Layer(cluster, 'layer');
  new Kustomization(layer, 'app', { ...MINIMAL, runtimeInfo: true });
  new Kustomization(layer, 'other', { ...MINIMAL, path: './other', runtimeInfo: true });
  expect(objectIn(filesOf(cluster)['layers/layer/layer.yaml'], 'ConfigMap')).toMatchInlineSnapshot(`
   {
     "apiVersion": "v1",
     "data": {
       "CLUSTER_DOMAIN": "preview.example.com",
     },
     "kind": "ConfigMap",
     "metadata": {
       "annotations": {
         "kustomize.toolkit.fluxcd.io/ssa": "Merge",
       },
       "labels": {
         "reconcile.fluxcd.io/watch": "Enabled",
         "toolkit.fluxcd.io/runtime": "true",
       },
       "name": "flux-runtime-info",
       "namespace": "apps",
     },
   }
  `);
});

test('what it needs of others is declared in its namespace', () => {
  const cluster = testCluster();
  new Kustomization(new Layer(cluster, 'layer'), 'app', {
    ...MINIMAL,
    decryption: { secretRef: Secret.fromName('age') },
    postBuild: { substituteFrom: [{ from: ConfigMap.fromName('vars') }] },
  });
  expect(parse(filesOf(cluster)['flux-fleet.yaml']!)).toMatchObject({
    exists: [
      { kind: 'ConfigMap', namespace: 'apps', name: 'vars' },
      { kind: 'GitRepository', namespace: 'apps', name: 'app' },
      { kind: 'Secret', namespace: 'apps', name: 'age' },
    ],
  });
});

test('a ConfigMap of the fleet that it substitutes from is watched', () => {
  const cluster = testCluster();
  const layer = new Layer(cluster, 'layer', { namespace: 'apps' });
  const from = new ConfigMap(layer, 'vars', { data: { DOMAIN: 'example.com' } });
  new ConfigMap(layer, 'others', { data: { DOMAIN: 'example.com' } });
  new Kustomization(layer, 'app', { ...MINIMAL, postBuild: { substituteFrom: [{ from }] } });
  const file = filesOf(cluster)['layers/layer/layer.yaml'];
  expect(objectIn(file, 'ConfigMap', 'vars').metadata.labels).toEqual({ 'reconcile.fluxcd.io/watch': 'Enabled' });
  expect(objectIn(file, 'ConfigMap', 'others').metadata).not.toHaveProperty('labels');
});

test.each(['./', '.', './staging', 'staging', './a/..b/c'])('takes the path %s', (path) => {
  expect(spec({ path })).toMatchObject({ path });
});

test('refuses a path that is missing, which would apply everything', () => {
  expect(errorOf(() => spec({ path: undefined }))).toMatchInlineSnapshot(`
   "the path in the source is missing [source-path]
     expected  a directory relative to the root of the source, without ".."
     given     nothing
     construct test/layer/app
     at        test/flux/kustomization.test.ts:<line>, called from test/flux/kustomization.test.ts:<line>
     fix       write "./" to apply all of the source"
  `);
});

test.each([
  ['', 'the path in the source is missing'],
  ['/staging', 'the path leads out of the source'],
  ['..', 'the path leads out of the source'],
  ['./staging/../../other', 'the path leads out of the source'],
  ['staging\\eu', 'the path leads out of the source'],
])('refuses the path %j', (path, what) => {
  expect(findingsOf(() => spec({ path }))).toMatchObject([{ rule: 'source-path', what }]);
});

test('refuses a wrong duration and suggests a right one', () => {
  expect(findingsOf(() => spec({ interval: '12 hours' }))).toMatchObject([
    { rule: 'invalid-duration', fix: 'write "12h"', where: { construct: 'test/layer/app' } },
  ]);
});
