import { Construct } from 'constructs';
import { expect, test } from '@jest/globals';
import { Cluster, ConfigMap, Flux, GitRef, Layer, Namespace, OCIRef, Secret, Source, Tenant } from 'cdk8s-flux-fleet';
import type { ClusterProps, FleetProps } from 'cdk8s-flux-fleet';
import { filesOf, findingsOf, testCluster, testFleet } from './support/fleet.js';

import { tempDir } from './support/temp-dir.js';
const OCI = Source.oci({ url: 'oci://ghcr.io/acme/fleet', ref: OCIRef.tag('latest') });
const BUCKET = Source.bucket({ bucketName: 'fleet', endpoint: 's3.example.com' });

test('defaults', () => {
  const files = filesOf(testCluster());
  expect(`${files['flux-fleet.yaml']}---\n${files['kustomization.yaml']}`).toMatchInlineSnapshot(`
   "cluster: test
   components:
     - source-controller
     - kustomize-controller
     - helm-controller
     - notification-controller
   environment: test
   fleet: test
   fluxFleet: v1
   lockdown: true
   path: ./dist/clusters/test
   ---
   apiVersion: kustomize.config.k8s.io/v1beta1
   kind: Kustomization
   resources:
     - flux-system
   "
  `);
});

test('everything that is said of a cluster stands in flux-fleet.yaml', () => {
  const cluster = testCluster({
    environment: 'production',
    labels: { region: 'eu', tier: 'gold' },
    variables: { DOMAIN: 'example.com' },
    lockdown: false,
    path: './clusters/eu',
    kubernetesVersion: '1.34',
    fluxVersion: '2.9',
    flux: Flux.bootstrap({ components: ['kustomize-controller', 'source-controller', 'image-reflector-controller'] }),
    exists: [
      { kind: 'Secret', name: 'sops-age', namespace: 'flux-system', keys: ['age.agekey'] },
      { kind: 'CustomResourceDefinition', name: 'gateways.gateway.networking.k8s.io' },
    ],
  });
  expect(filesOf(cluster)['flux-fleet.yaml']).toMatchInlineSnapshot(`
   "cluster: test
   components:
     - source-controller
     - kustomize-controller
     - image-reflector-controller
   environment: production
   exists:
     - kind: CustomResourceDefinition
       name: gateways.gateway.networking.k8s.io
     - keys:
         - age.agekey
       kind: Secret
       name: sops-age
       namespace: flux-system
   fleet: test
   fluxFleet: v1
   fluxVersion: "2.9"
   kubernetesVersion: "1.34"
   labels:
     region: eu
     tier: gold
   lockdown: false
   path: ./clusters/eu
   variables:
     DOMAIN: example.com
   "
  `);
});

test('nobody applies flux-fleet.yaml', () => {
  const files = filesOf(withLayer(testCluster()));
  const listings = Object.entries(files).filter(([path]) => path.endsWith('kustomization.yaml'));
  expect(listings.length).toBeGreaterThan(2);
  for (const [, text] of listings) expect(text).not.toContain('flux-fleet.yaml');
});

test('an object that exists is listed once, with all keys that anybody reads', () => {
  const cluster = testCluster({
    exists: [
      { kind: 'Secret', name: 'token', namespace: 'flux-system', keys: ['username'] },
      { kind: 'Secret', name: 'token', namespace: 'flux-system', keys: ['password'] },
      { kind: 'Secret', name: 'token', namespace: 'other' },
    ],
  });
  expect(filesOf(cluster)['flux-fleet.yaml']).toContain(
    [
      'exists:',
      '  - keys:',
      '      - password',
      '      - username',
      '    kind: Secret',
      '    name: token',
      '    namespace: flux-system',
      '  - kind: Secret',
      '    name: token',
      '    namespace: other',
      'fleet: test',
    ].join('\n'),
  );
});

test('secrets that sources and layers refer to are among what exists', () => {
  const cluster = testCluster();
  new Layer(cluster, 'remote', {
    source: Source.git({
      url: 'https://github.com/acme/policies',
      ref: GitRef.branch('main'),
      secretRef: Secret.fromName('policies', ['username', 'password']),
    }),
    path: './',
    decryption: { secretRef: Secret.fromName('sops-age') },
  });
  expect(filesOf(cluster)['flux-fleet.yaml']).toContain(
    [
      'exists:',
      '  - keys:',
      '      - password',
      '      - username',
      '    kind: Secret',
      '    name: policies',
      '    namespace: flux-system',
      '  - kind: Secret',
      '    name: sops-age',
      '    namespace: flux-system',
    ].join('\n'),
  );
});

test('labels of a cluster stand on no object', () => {
  const files = filesOf(withLayer(testCluster({ labels: { region: 'eu' } })));
  expect(Object.keys(files).filter((path) => files[path]!.includes('region'))).toEqual(['flux-fleet.yaml']);
});

// Lockdown

test('under lockdown layers run as kustomize-controller', () => {
  const cluster = withLayer(testCluster());
  expect(cluster.lockdown).toBe(true);
  expect(filesOf(cluster)['base.yaml']).toContain('serviceAccountName: kustomize-controller\n');
});

test('the account of tenants’ objects that name none can be chosen', () => {
  const files = filesOf(testCluster({ lockdown: { defaultServiceAccount: 'nobody' } }));
  expect(files['flux-system/kustomization.yaml']).toContain('value: "--default-service-account=nobody"\n');
});

test('without lockdown nothing is patched, no layer names an account, and Flux is still never pruned', () => {
  const cluster = withLayer(testCluster({ lockdown: false }));
  const files = filesOf(cluster);
  expect(cluster.lockdown).toBe(false);
  expect(files['base.yaml']).not.toContain('serviceAccountName');
  expect(files['flux-system/kustomization.yaml']).toMatchInlineSnapshot(`
   "apiVersion: kustomize.config.k8s.io/v1beta1
   kind: Kustomization
   resources:
     - gotk-components.yaml
     - gotk-sync.yaml
   transformers:
     - |
       apiVersion: builtin
       kind: AnnotationsTransformer
       metadata:
         name: never-prune
       annotations:
         kustomize.toolkit.fluxcd.io/prune: disabled
       fieldSpecs:
         - path: metadata/annotations
           create: true
   "
  `);
});

test('lockdown is no matter of chance: an account that is no name is refused', () => {
  const props = { lockdown: { defaultServiceAccount: '' } };
  expect(findingsOf(() => testCluster(props)).map((f) => f.rule)).toEqual(['invalid-name']);
});

// Path

test.each<[string, Partial<FleetProps>, ClusterProps, string]>([
  ['Git', {}, {}, './dist/clusters/test'],
  ['an artifact', { source: OCI }, { flux: Flux.operator() }, './'],
  ['a bucket', { source: BUCKET }, { flux: Flux.operator() }, './'],
])('in %s the path of a cluster has a default', (_, fleet, props, path) => {
  expect(new Cluster(testFleet(fleet), 'test', props).path).toBe(path);
});

test('a path of its own moves every layer, and no file', () => {
  const [before, after] = [filesOf(withLayer(testCluster())), filesOf(withLayer(testCluster({ path: './eu/test' })))];
  const moved = Object.entries(before).map(([path, text]) => [
    path,
    text.replaceAll('./dist/clusters/test', './eu/test'),
  ]);
  expect(before['base.yaml']).toContain('path: ./dist/clusters/test/layers/base\n');
  expect(after).toEqual(Object.fromEntries(moved));
});

test('a path of its own moves no layer that comes from a source', () => {
  const cluster = testCluster({ path: './eu/test' });
  new Layer(cluster, 'remote', { source: OCI, path: './policies' });
  expect(filesOf(cluster)['remote.yaml']).toContain('path: ./policies\n');
});

test('in an artifact the paths of layers begin at its root', () => {
  const cluster = withLayer(new Cluster(testFleet({ source: OCI }), 'test', { flux: Flux.operator() }));
  expect(filesOf(cluster)['base.yaml']).toContain('path: ./layers/base\n');
});

test.each(['../elsewhere', './a/../../b', '/clusters/test', '', 'dist\\clusters'])('the path %j is refused', (path) => {
  expect(findingsOf(() => testCluster({ path })).map((f) => f.rule)).toEqual(['cluster-path']);
});

// Variables

test('variables are text at synth', () => {
  const cluster = new Cluster(testFleet(), 'test', { variables: { DOMAIN: 'example.com' } });
  const domain: string = cluster.variables.DOMAIN;
  expect(domain).toBe('example.com');
});

test('a variable that the cluster has not is an error of types, and of the run with what was meant', () => {
  const cluster = new Cluster(testFleet(), 'test', { variables: { CLUSTER_DOMAIN: 'example.com', REGION: 'eu' } });
  // @ts-expect-error There is no such variable.
  const ask = () => cluster.variables.CLUSTER_DOMIAN as string;
  expect(findingsOf(ask)).toMatchObject([
    {
      rule: 'unknown-variable',
      what: 'the cluster has no variable CLUSTER_DOMIAN',
      expected: 'CLUSTER_DOMAIN, REGION',
      fix: 'write CLUSTER_DOMAIN',
      where: { construct: 'test', code: expect.stringMatching(/^test\/cluster\.test\.ts:\d+:\d+/) },
    },
  ]);
});

test('a variable in small letters that the cluster has not is an error too, and not a hole in the YAML', () => {
  const cluster = new Cluster(testFleet(), 'test', { variables: { domain: 'example.com' } });
  // @ts-expect-error There is no such variable.
  expect(findingsOf(() => cluster.variables.region as string).map((f) => f.rule)).toEqual(['unknown-variable']);
});

test('variables can be printed, copied and compared', () => {
  const { variables } = new Cluster(testFleet(), 'test', { variables: { DOMAIN: 'example.com' } });
  expect(JSON.stringify(variables)).toBe('{"DOMAIN":"example.com"}');
  expect({ ...variables }).toEqual({ DOMAIN: 'example.com' });
  expect(Object.keys(variables)).toEqual(['DOMAIN']);
});

test('variables of a cluster do not follow what they were made from', () => {
  const said = { DOMAIN: 'example.com' };
  const cluster = new Cluster(testFleet(), 'test', { variables: said });
  said.DOMAIN = 'changed.example.com';
  expect(cluster.variables.DOMAIN).toBe('example.com');
});

test.each([
  ['a name that Flux cannot substitute', { 'CLUSTER-DOMAIN': 'x' }, 'variable-name'],
  ['a value that is no text', { REPLICAS: 3 as never }, 'variable-value'],
])('a variable with %s is refused', (_, variables: Record<string, string>, rule) => {
  expect(findingsOf(() => testCluster({ variables })).map((f) => f.rule)).toEqual([rule]);
});

// Place and name

test('a cluster stands in a fleet', () => {
  expect(findingsOf(() => new Cluster(testCluster(), 'inner')).map((f) => f.rule)).toEqual(['cluster-place']);
});

test('two clusters of one name are refused, with the place of the first', () => {
  const fleet = testFleet();
  new Cluster(fleet, 'test');
  expect(findingsOf(() => new Cluster(fleet, 'test'))).toMatchObject([
    {
      rule: 'duplicate-name',
      given: expect.stringMatching(/^there is already a cluster "test", from test\/cluster\.test\.ts:\d+/),
      where: { construct: 'test' },
    },
  ]);
});

test.each(['Test', 'test_1', 'test.eu', '-test', '', 'x'.repeat(64)])('the name %j is refused', (name) => {
  expect(findingsOf(() => new Cluster(testFleet(), name)).map((f) => f.rule)).toEqual(['invalid-name']);
});

test.each(['flux-system', 'kustomization', 'flux-fleet'])('a layer named "%s" is refused', (name) => {
  expect(findingsOf(() => new Layer(testCluster(), name)).map((f) => f.rule)).toEqual(['reserved-name']);
});

test('a layer cannot take the name of another, wherever they stand', () => {
  const cluster = testCluster();
  new Layer(cluster, 'base');
  expect(findingsOf(() => new Layer(new Layer(cluster, 'outer'), 'base'))).toMatchObject([
    { rule: 'duplicate-name', where: { construct: 'test/outer/base' } },
  ]);
});

test('constructs group what stands in a cluster, and change nothing', () => {
  const plain = testCluster();
  new Namespace(new Layer(plain, 'base'), 'base');
  new Tenant(plain, 'dev-team', { namespaces: ['apps'] });
  const grouped = testCluster();
  const group = new Construct(grouped, 'group');
  new Namespace(new Layer(group, 'base'), 'base');
  new Tenant(group, 'dev-team', { namespaces: ['apps'] });
  expect(filesOf(grouped)).toEqual(filesOf(plain));
});

test('the layers of a cluster are known in the order in which they were made', () => {
  const cluster = testCluster();
  const outer = new Layer(cluster, 'outer');
  new Layer(outer, 'inner');
  new Tenant(cluster, 'dev-team', { namespaces: ['apps'] });
  expect(cluster.layers.map((l) => l.name)).toEqual(['outer', 'inner', 'dev-team']);
});

// Installation

test.each([
  ['an artifact', OCI, 'an OCIRepository'],
  ['a bucket', BUCKET, 'a Bucket'],
])('a bootstrap from %s is refused', (_, source, given) => {
  expect(findingsOf(() => new Cluster(testFleet({ source }), 'test'))).toMatchObject([
    { rule: 'bootstrap-source', what: `the cluster is bootstrapped, but its fleet pulls from ${given}` },
  ]);
});

function withLayer(cluster: Cluster): Cluster {
  new ConfigMap(new Layer(cluster, 'base', { namespace: 'base' }), 'settings');
  return cluster;
}

test('clusters that pull one directory are refused', () => {
  const source = Source.oci({ url: 'oci://ghcr.io/acme/fleet', ref: OCIRef.tag('latest') });
  const fleet = testFleet({ source, outdir: tempDir() });
  for (const name of ['a', 'b']) new Cluster(fleet, name, { flux: Flux.operator() });
  expect(findingsOf(() => fleet.synth())).toMatchObject([{ rule: 'same-sync', where: { construct: 'b' } }]);
});

test('clusters may have each an artifact of their own', () => {
  const fleet = testFleet({ outdir: tempDir() });
  for (const name of ['a', 'b']) {
    const source = Source.oci({ url: `oci://ghcr.io/acme/${name}`, ref: OCIRef.tag('latest') });
    new Cluster(fleet, name, { source, flux: Flux.operator() });
  }
  expect(findingsOf(() => fleet.synth())).toEqual([]);
  expect(fleet.files()['clusters/b/flux-system/flux-instance.yaml']).toContain('url: oci://ghcr.io/acme/b');
});

test('the credentials of the sync are declared', () => {
  const secretRef = Secret.fromName('flux-system');
  const source = Source.git({ url: 'https://github.com/acme/fleet', ref: GitRef.branch('main'), secretRef });
  const fleet = testFleet({ source });
  new Cluster(fleet, 'a');
  expect(fleet.files()['clusters/a/flux-fleet.yaml']).toContain(
    'kind: Secret\n    name: flux-system\n    namespace: flux-system',
  );
});

test.each([['kubernetesVersion'], ['fluxVersion']])('%s is a version or a range', (field) => {
  for (const version of ['2.9', 'v1.34.1+k3s1', '2.x', '>=2.7 <2.9']) {
    expect(findingsOf(() => testCluster({ [field]: version }))).toEqual([]);
  }
  for (const version of ['latest', '', 2.9]) {
    expect(findingsOf(() => testCluster({ [field]: version as string }))).toMatchObject([
      { rule: 'invalid-value', what: `${field} of this cluster is no version` },
    ]);
  }
});
