import { expect, test } from '@jest/globals';
import { ConfigMap, GitRef, Layer, Secret, Source } from 'cdk8s-flux-fleet';
import type { KustomizationOptions } from 'cdk8s-flux-fleet';
import { parse } from 'yaml';
import { filesOf, findingsOf, testCluster } from '../support/fleet.js';
import { errorOf, objectIn } from './objects.js';

const SOURCE = Source.git({ url: 'https://github.com/acme/app', ref: GitRef.branch('main'), name: 'app' });

/** The files of a cluster with a layer `layer` that has these options. */
function files(options: KustomizationOptions, dependents = 0): Record<string, string> {
  const cluster = testCluster();
  const layer = new Layer(cluster, 'layer', { source: SOURCE, path: './deploy', ...options });
  for (let i = 0; i < dependents; i++) {
    new Layer(cluster, `dependent-${i}`, { source: SOURCE, path: `./other/${i}`, dependsOn: [layer] });
  }
  return filesOf(cluster);
}

/** The spec of the Kustomization of such a layer. */
function spec(options: KustomizationOptions = {}, dependents = 0): Record<string, unknown> {
  return objectIn(files(options, dependents)['layer.yaml'], 'Kustomization').spec;
}

test('defaults', () => {
  expect(files({})['layer.yaml']).toMatchInlineSnapshot(`
   "apiVersion: kustomize.toolkit.fluxcd.io/v1
   kind: Kustomization
   metadata:
     name: layer
     namespace: flux-system
   spec:
     interval: 10m
     path: ./deploy
     prune: true
     retryInterval: 2m
     serviceAccountName: kustomize-controller
     sourceRef:
       kind: GitRepository
       name: app
   "
  `);
});

test('defaults where something depends on it: it waits, and has a timeout', () => {
  expect(files({}, 1)['layer.yaml']).toMatchInlineSnapshot(`
   "apiVersion: kustomize.toolkit.fluxcd.io/v1
   kind: Kustomization
   metadata:
     name: layer
     namespace: flux-system
   spec:
     interval: 10m
     path: ./deploy
     prune: true
     retryInterval: 2m
     serviceAccountName: kustomize-controller
     sourceRef:
       kind: GitRepository
       name: app
     timeout: 5m
     wait: true
   "
  `);
});

test('every option lands in its field', () => {
  const options: Required<Omit<KustomizationOptions, 'spec' | 'runtimeInfo'>> = {
    interval: '1h',
    retryInterval: '3m',
    timeout: '10m',
    prune: false,
    wait: true,
    healthChecks: [{ apiVersion: 'apps/v1', kind: 'Deployment', name: 'web', namespace: 'apps' }],
    healthCheckExprs: [
      {
        apiVersion: 'example.com/v1',
        kind: 'Widget',
        current: "status.phase == 'Ready'",
        failed: "status.phase == 'Failed'",
        inProgress: "status.phase == 'Pending'",
      },
    ],
    deletionPolicy: 'WaitForTermination',
    force: true,
    suspend: true,
    decryption: { provider: 'sops', secretRef: Secret.fromName('age'), serviceAccountName: 'decryptor' },
    postBuild: {
      substitute: { DOMAIN: 'example.com' },
      substituteFrom: [{ from: ConfigMap.fromName('vars') }, { from: Secret.fromName('secret-vars'), optional: true }],
      substituteStrategy: 'WithVariables',
    },
    patches: [{ patch: '- op: remove\n  path: /spec/replicas\n', target: { kind: 'Deployment' } }],
    images: [{ name: 'app', newName: 'ghcr.io/acme/app', newTag: 'v2', digest: `sha256:${'0'.repeat(64)}` }],
    components: ['../components/ha'],
    ignoreMissingComponents: true,
    targetNamespace: 'apps',
    commonMetadata: { labels: { team: 'a' }, annotations: { note: 'b' } },
    namePrefix: 'pre-',
    nameSuffix: '-post',
    kubeConfig: { secretRef: { ...Secret.fromName('remote'), key: 'value.yaml' } },
    serviceAccountName: 'applier',
    ignore: [{ paths: ['/spec/replicas'], target: { kind: 'Deployment' } }],
    buildMetadata: ['originAnnotations'],
  };
  expect(spec(options)).toEqual({
    interval: '1h',
    retryInterval: '3m',
    timeout: '10m',
    prune: false,
    wait: true,
    healthChecks: [{ apiVersion: 'apps/v1', kind: 'Deployment', name: 'web', namespace: 'apps' }],
    healthCheckExprs: [
      {
        apiVersion: 'example.com/v1',
        kind: 'Widget',
        current: "status.phase == 'Ready'",
        failed: "status.phase == 'Failed'",
        inProgress: "status.phase == 'Pending'",
      },
    ],
    deletionPolicy: 'WaitForTermination',
    force: true,
    suspend: true,
    decryption: { provider: 'sops', secretRef: { name: 'age' }, serviceAccountName: 'decryptor' },
    postBuild: {
      substitute: { DOMAIN: 'example.com' },
      substituteFrom: [
        { kind: 'ConfigMap', name: 'vars' },
        { kind: 'Secret', name: 'secret-vars', optional: true },
      ],
      substituteStrategy: 'WithVariables',
    },
    patches: [{ patch: '- op: remove\n  path: /spec/replicas\n', target: { kind: 'Deployment' } }],
    images: [{ name: 'app', newName: 'ghcr.io/acme/app', newTag: 'v2', digest: `sha256:${'0'.repeat(64)}` }],
    components: ['../components/ha'],
    ignoreMissingComponents: true,
    targetNamespace: 'apps',
    commonMetadata: { labels: { team: 'a' }, annotations: { note: 'b' } },
    namePrefix: 'pre-',
    nameSuffix: '-post',
    kubeConfig: { secretRef: { name: 'remote', key: 'value.yaml' } },
    serviceAccountName: 'applier',
    ignore: [{ paths: ['/spec/replicas'], target: { kind: 'Deployment' } }],
    buildMetadata: ['originAnnotations'],
    // What is no option: where the files come from.
    sourceRef: { kind: 'GitRepository', name: 'app' },
    path: './deploy',
  });
});

test.each([
  ['30m', '2m'],
  ['2m1s', '2m'],
  ['121s', '2m'],
  ['2m', undefined],
  ['120s', undefined],
  ['1m', undefined],
  ['0.5h', '2m'],
])('with the interval %s a failure is tried again after %s', (interval, retryInterval) => {
  expect(spec({ interval })['retryInterval']).toBe(retryInterval);
});

test('a retry interval that is said stays, also where the interval is shorter', () => {
  expect(spec({ interval: '1m', retryInterval: '5m' })).toMatchObject({ interval: '1m', retryInterval: '5m' });
});

test('has a timeout only where it waits for something', () => {
  const healthChecks = [{ apiVersion: 'apps/v1', kind: 'Deployment', name: 'web', namespace: 'apps' }];
  expect(spec()).not.toHaveProperty('timeout');
  expect(spec({ wait: false })).not.toHaveProperty('timeout');
  expect(spec({ wait: true })).toHaveProperty('timeout', '5m');
  expect(spec({ healthChecks })).toHaveProperty('timeout', '5m');
  expect(spec({ healthChecks: [] })).not.toHaveProperty('timeout');
  expect(spec({ wait: true, timeout: '15m' })).toHaveProperty('timeout', '15m');
  expect(spec({ timeout: '15m' })).toHaveProperty('timeout', '15m');
});

test('waits where something depends on it, unless health checks say what to wait for', () => {
  const healthChecks = [{ apiVersion: 'apps/v1', kind: 'Deployment', name: 'web', namespace: 'apps' }];
  expect(spec({}, 0)).not.toHaveProperty('wait');
  expect(spec({}, 2)).toHaveProperty('wait', true);
  expect(spec({ healthChecks }, 1)).not.toHaveProperty('wait');
  expect(spec({ healthChecks, wait: true }, 1)).toHaveProperty('wait', true);
  expect(spec({ wait: false }, 1)).not.toHaveProperty('wait');
});

test('what it waits for is named, with the condition that counts', () => {
  const cluster = testCluster();
  const one = new Layer(cluster, 'one', { source: SOURCE, path: './one' });
  const two = new Layer(cluster, 'two', { source: SOURCE, path: './two' });
  const dependsOn = [two, { on: one, readyExpr: "dep.metadata.labels['x'] == 'y'" }];
  new Layer(cluster, 'layer', { source: SOURCE, path: './deploy', dependsOn });
  const files = filesOf(cluster);
  expect(objectIn(files['layer.yaml'], 'Kustomization').spec['dependsOn']).toEqual([
    { name: 'two' },
    { name: 'one', readyExpr: "dep.metadata.labels['x'] == 'y'" },
  ]);
  expect(objectIn(files['one.yaml'], 'Kustomization').spec).not.toHaveProperty('dependsOn');
});

test('prunes unless it is told not to', () => {
  expect(spec()).toHaveProperty('prune', true);
  expect(spec({ prune: false })).toHaveProperty('prune', false);
});

test('"suspend: false" is not written: it would undo a "flux suspend" on the cluster', () => {
  expect(spec({ suspend: false })).not.toHaveProperty('suspend');
  expect(spec({ suspend: true })).toHaveProperty('suspend', true);
});

test('decrypts with sops where nothing else is said', () => {
  expect(spec({ decryption: {} })['decryption']).toEqual({ provider: 'sops' });
  expect(spec({ decryption: { secretRef: Secret.fromName('age') } })['decryption']).toEqual({
    provider: 'sops',
    secretRef: { name: 'age' },
  });
});

test('another cluster may be named by a ConfigMap', () => {
  expect(spec({ kubeConfig: { configMapRef: ConfigMap.fromName('remote') } })['kubeConfig']).toEqual({
    configMapRef: { name: 'remote' },
  });
});

test('runtimeInfo substitutes from flux-runtime-info first, so that all others win', () => {
  const { postBuild } = spec({
    runtimeInfo: true,
    postBuild: { substitute: { A: 'x' }, substituteFrom: [{ from: ConfigMap.fromName('vars') }] },
  });
  expect(postBuild).toEqual({
    substitute: { A: 'x' },
    substituteFrom: [
      { kind: 'ConfigMap', name: 'flux-runtime-info' },
      { kind: 'ConfigMap', name: 'vars' },
    ],
  });
  expect(spec({ runtimeInfo: true })['postBuild']).toEqual({
    substituteFrom: [{ kind: 'ConfigMap', name: 'flux-runtime-info' }],
  });
  expect(spec({ runtimeInfo: false })).not.toHaveProperty('postBuild');
});

test('runtimeInfo emits the variables of the cluster beside the Kustomization', () => {
  const cluster = testCluster({ variables: { CLUSTER_DOMAIN: 'preview.example.com' } });
  new Layer(cluster, 'layer', { source: SOURCE, path: './deploy', runtimeInfo: true });
  expect(parse(filesOf(cluster)['flux-runtime-info.yaml']!)).toMatchObject({
    kind: 'ConfigMap',
    metadata: { name: 'flux-runtime-info', namespace: 'flux-system' },
    data: { CLUSTER_DOMAIN: 'preview.example.com' },
  });
});

test('the fields in "spec" win over all options and defaults', () => {
  const result = spec({ interval: '1h', prune: true, spec: { interval: '7m', prune: false, force: true } });
  expect(result).toMatchObject({ interval: '7m', prune: false, force: true, path: './deploy' });
});

test('a field in "spec" that the CRD does not have is refused', () => {
  expect(findingsOf(() => spec({ spec: { validation: 'client' } }))).toMatchObject([
    {
      rule: 'invalid-field',
      what: 'spec.validation of Kustomization "flux-system/layer" is not what its kind takes: the API server refuses it',
    },
  ]);
});

test('what it needs of others is declared in flux-system, without what may be missing', () => {
  const { exists } = parse(
    files({
      decryption: { secretRef: Secret.fromName('age', ['age.agekey']) },
      kubeConfig: { secretRef: Secret.fromName('remote') },
      postBuild: {
        substituteFrom: [
          { from: ConfigMap.fromName('vars', ['DOMAIN']) },
          { from: Secret.fromName('perhaps'), optional: true },
        ],
      },
    })['flux-fleet.yaml']!,
  ) as { exists: object[] };
  expect(exists).toEqual([
    { kind: 'ConfigMap', namespace: 'flux-system', name: 'vars', keys: ['DOMAIN'] },
    { kind: 'Secret', namespace: 'flux-system', name: 'age', keys: ['age.agekey'] },
    { kind: 'Secret', namespace: 'flux-system', name: 'remote' },
  ]);
});

test.each(['interval', 'retryInterval', 'timeout'] as const)('refuses a wrong duration as %s', (field) => {
  expect(findingsOf(() => spec({ [field]: '5 min' }))).toMatchObject([
    { rule: 'invalid-duration', what: `'${field}' is not a Go duration`, given: '"5 min"', fix: 'write "5m"' },
  ]);
});

test('refuses a deletion policy that Flux does not know', () => {
  expect(errorOf(() => spec({ deletionPolicy: 'Keep' as 'Orphan' }))).toMatchInlineSnapshot(`
   "'deletionPolicy' has no such value [invalid-value]
     expected  MirrorPrune, Delete, WaitForTermination, Orphan
     given     "Keep"
     construct test/layer
     at        test/flux/kustomization-options.test.ts:<line>, called from test/flux/kustomization-options.test.ts:<line>"
  `);
});

test('refuses a target namespace that is no name', () => {
  expect(findingsOf(() => spec({ targetNamespace: 'Apps' }))).toMatchObject([
    { rule: 'invalid-name', fix: 'write "apps"' },
  ]);
});

test.each([
  ['cluster-domain', 'write "cluster_domain"'],
  ['2ND', 'write "_2ND"'],
  ['a.b', 'write "a_b"'],
])('refuses the variable %s, which Flux could not substitute', (name, fix) => {
  expect(findingsOf(() => spec({ postBuild: { substitute: { [name]: 'x' } } }))).toMatchObject([
    { rule: 'variable-name', given: JSON.stringify(name), fix },
  ]);
});

test.each(['DOMAIN', 'domain', '_x', 'A1'])('takes the variable %s', (name) => {
  expect(spec({ postBuild: { substitute: { [name]: 'x' } } })['postBuild']).toEqual({ substitute: { [name]: 'x' } });
});
