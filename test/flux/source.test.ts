import { expect, test } from '@jest/globals';
import {
  GitRef,
  GitRepository,
  HelmRelease,
  Kustomization,
  Layer,
  OCIRef,
  OCIRepository,
  Secret,
  Source,
  Tenant,
} from 'cdk8s-flux-fleet';
import type { Cluster, SourceLike } from 'cdk8s-flux-fleet';
import { parse } from 'yaml';
import { filesOf, findingsOf, testCluster } from '../support/fleet.js';
import { errorOf, objectIn, objectsIn } from './objects.js';

const GIT = { url: 'https://github.com/acme/app', ref: GitRef.branch('main') };

/** The file of the layer `layer`. */
function layerFile(cluster: Cluster): string {
  return filesOf(cluster)['layers/layer/layer.yaml'] ?? '';
}

/** Adds a Kustomization that uses the source. */
function user(layer: Layer, name: string, namespace: string, source: SourceLike): Kustomization {
  return new Kustomization(layer, `${namespace}-${name}`, { name, namespace, source, path: `./${name}` });
}

/** The names of the objects of a kind in a file, with their namespaces. */
function namesOf(text: string | undefined, kind: string): string[] {
  return objectsIn(text)
    .filter((o) => o.kind === kind)
    .map((o) => `${o.metadata.namespace}/${o.metadata.name}`);
}

test('the object of each kind of source, as it stands in the cluster', () => {
  expect(Source.git(GIT).toObject('a', 'apps')).toEqual({
    apiVersion: 'source.toolkit.fluxcd.io/v1',
    kind: 'GitRepository',
    metadata: { name: 'a', namespace: 'apps' },
    spec: { interval: '5m', url: 'https://github.com/acme/app', ref: { branch: 'main' } },
  });
  expect(Source.oci({ url: 'oci://ghcr.io/acme/a', ref: OCIRef.tag('v1') }).toObject('a', 'apps')).toEqual({
    apiVersion: 'source.toolkit.fluxcd.io/v1',
    kind: 'OCIRepository',
    metadata: { name: 'a', namespace: 'apps' },
    spec: { interval: '5m', url: 'oci://ghcr.io/acme/a', ref: { tag: 'v1' } },
  });
  expect(Source.helm({ url: 'https://charts.example.com' }).toObject('a', 'apps')).toEqual({
    apiVersion: 'source.toolkit.fluxcd.io/v1',
    kind: 'HelmRepository',
    metadata: { name: 'a', namespace: 'apps' },
    spec: { interval: '1h', url: 'https://charts.example.com' },
  });
  expect(Source.bucket({ bucketName: 'b', endpoint: 'minio.example.com' }).toObject('a', 'apps', { x: 'y' })).toEqual({
    apiVersion: 'source.toolkit.fluxcd.io/v1',
    kind: 'Bucket',
    metadata: { name: 'a', namespace: 'apps', labels: { x: 'y' } },
    spec: { interval: '5m', bucketName: 'b', endpoint: 'minio.example.com' },
  });
});

test('a source without a name is called as its user, and stands beside it', () => {
  const cluster = testCluster();
  user(new Layer(cluster, 'layer'), 'web', 'apps', Source.git(GIT));
  const file = layerFile(cluster);
  expect(namesOf(file, 'GitRepository')).toEqual(['apps/web']);
  expect(objectIn(file, 'Kustomization').spec['sourceRef']).toEqual({ kind: 'GitRepository', name: 'web' });
});

test('a source without a name becomes one object for each of its users', () => {
  const cluster = testCluster();
  const layer = new Layer(cluster, 'layer');
  const source = Source.git(GIT);
  user(layer, 'web', 'apps', source);
  user(layer, 'api', 'apps', source);
  expect(namesOf(layerFile(cluster), 'GitRepository')).toEqual(['apps/api', 'apps/web']);
});

test('a source with a name is one object for all of its users in a namespace', () => {
  const cluster = testCluster();
  const layer = new Layer(cluster, 'layer');
  const source = Source.git({ ...GIT, name: 'app' });
  user(layer, 'web', 'apps', source);
  user(layer, 'api', 'apps', source);
  const file = layerFile(cluster);
  expect(namesOf(file, 'GitRepository')).toEqual(['apps/app']);
  for (const name of ['web', 'api']) {
    expect(objectIn(file, 'Kustomization', name).spec['sourceRef']).toEqual({ kind: 'GitRepository', name: 'app' });
  }
});

test('two values that say the same of the same name are one object', () => {
  const cluster = testCluster();
  const layer = new Layer(cluster, 'layer');
  user(layer, 'web', 'apps', Source.git({ ...GIT, name: 'app' }));
  user(layer, 'api', 'apps', Source.git({ name: 'app', ref: GitRef.branch('main'), url: GIT.url }));
  expect(namesOf(layerFile(cluster), 'GitRepository')).toEqual(['apps/app']);
});

test('shared by two namespaces it is one object in each', () => {
  const cluster = testCluster();
  const layer = new Layer(cluster, 'layer');
  const source = Source.git({ ...GIT, name: 'app' });
  user(layer, 'web', 'blue', source);
  user(layer, 'web', 'green', source);
  const file = layerFile(cluster);
  expect(namesOf(file, 'GitRepository')).toEqual(['blue/app', 'green/app']);
  for (const k of objectsIn(file).filter((o) => o.kind === 'Kustomization')) {
    expect(k.spec['sourceRef']).toEqual({ kind: 'GitRepository', name: 'app' });
  }
});

test('a Kustomization and a HelmRelease share one object, too', () => {
  const cluster = testCluster();
  const layer = new Layer(cluster, 'layer');
  const source = Source.git({ ...GIT, name: 'app' });
  user(layer, 'web', 'apps', source);
  new HelmRelease(layer, 'api', { namespace: 'apps', chart: { chart: './charts/api', source } });
  expect(namesOf(layerFile(cluster), 'GitRepository')).toEqual(['apps/app']);
});

test('used twice in flux-system it is one object at the root of the cluster, where no layer owns it', () => {
  const cluster = testCluster();
  const source = Source.oci({ url: 'oci://ghcr.io/acme/infra', ref: OCIRef.tag('v1'), name: 'infra' });
  new Layer(cluster, 'dns', { source, path: './dns' });
  new Layer(cluster, 'ingress', { source, path: './ingress' });
  const files = filesOf(cluster);
  expect(files['shared-sources.yaml']).toMatchInlineSnapshot(`
   "apiVersion: source.toolkit.fluxcd.io/v1
   kind: OCIRepository
   metadata:
     name: infra
     namespace: flux-system
   spec:
     interval: 5m
     ref:
       tag: v1
     url: oci://ghcr.io/acme/infra
   "
  `);
  expect(parse(files['kustomization.yaml']!)).toMatchObject({
    resources: ['dns.yaml', 'flux-system', 'ingress.yaml', 'shared-sources.yaml'],
  });
  expect(objectIn(files['dns.yaml'], 'Kustomization').spec).toMatchObject({
    path: './dns',
    sourceRef: { kind: 'OCIRepository', name: 'infra' },
  });
});

test('used in two layers and another namespace it stands in the layer that the other one waits for', () => {
  const cluster = testCluster();
  const source = Source.git({ ...GIT, name: 'app' });
  const first = new Layer(cluster, 'first');
  const second = new Layer(cluster, 'second', { dependsOn: [first] });
  user(second, 'api', 'apps', source);
  user(first, 'web', 'apps', source);
  const files = filesOf(cluster);
  expect(namesOf(files['layers/first/first.yaml'], 'GitRepository')).toEqual(['apps/app']);
  expect(namesOf(files['layers/second/second.yaml'], 'GitRepository')).toEqual([]);
});

test('refuses to choose between two layers that do not wait for each other', () => {
  const cluster = testCluster();
  const source = Source.git({ ...GIT, name: 'app' });
  user(new Layer(cluster, 'first'), 'web', 'apps', source);
  user(new Layer(cluster, 'second'), 'api', 'apps', source);
  expect(findingsOf(() => filesOf(cluster))).toMatchObject([{ rule: 'source-place', given: 'first, second' }]);
});

test('refuses two definitions of one name in one namespace', () => {
  const cluster = testCluster();
  const layer = new Layer(cluster, 'layer');
  user(layer, 'web', 'apps', Source.git({ ...GIT, name: 'app' }));
  user(layer, 'api', 'apps', Source.git({ ...GIT, name: 'app', interval: '1m' }));
  expect(errorOf(() => filesOf(cluster))).toMatchInlineSnapshot(`
   "two different sources want to be the GitRepository "app" in apps [source-conflict]
     expected  one definition of it, or two names
     given     test/layer/apps-web and test/layer/apps-api
     construct test/layer/apps-web
     at        test/flux/source.test.ts:<line>
     fix       say the source once as a value and use that, or give one of them another name"
  `);
});

test('two definitions of one name in two namespaces are two objects', () => {
  const cluster = testCluster();
  const layer = new Layer(cluster, 'layer');
  user(layer, 'web', 'blue', Source.git({ ...GIT, name: 'app' }));
  user(layer, 'web', 'green', Source.git({ ...GIT, name: 'app', interval: '1m' }));
  expect(objectsIn(layerFile(cluster)).filter((o) => o.kind === 'GitRepository')).toMatchObject([
    { metadata: { namespace: 'blue' }, spec: { interval: '5m' } },
    { metadata: { namespace: 'green' }, spec: { interval: '1m' } },
  ]);
});

test('the label of a tenant is on the source that only the tenant uses', () => {
  const cluster = testCluster();
  new Tenant(cluster, 'dev-team', { namespaces: ['apps'], source: Source.git(GIT), path: './staging' });
  const file = filesOf(cluster)['tenants/dev-team/dev-team.yaml'];
  expect(objectIn(file, 'GitRepository').metadata).toEqual({
    name: 'dev-team',
    namespace: 'apps',
    labels: { 'toolkit.fluxcd.io/tenant': 'dev-team' },
  });
});

test('its secrets are declared in each namespace that it stands in', () => {
  const cluster = testCluster();
  const layer = new Layer(cluster, 'layer');
  const source = Source.git({ ...GIT, name: 'app', secretRef: Secret.fromName('deploy-key', ['identity']) });
  user(layer, 'web', 'blue', source);
  user(layer, 'web', 'green', source);
  new Layer(cluster, 'infra', { source, path: './infra' });
  expect(parse(filesOf(cluster)['flux-fleet.yaml']!)).toMatchObject({
    exists: ['blue', 'flux-system', 'green'].map((namespace) => ({
      kind: 'Secret',
      namespace,
      name: 'deploy-key',
      keys: ['identity'],
    })),
  });
});

test('a source of others is referred to and declared, never emitted', () => {
  const cluster = testCluster();
  const layer = new Layer(cluster, 'layer');
  user(layer, 'web', 'apps', Source.fromName('OCIRepository', 'theirs'));
  new HelmRelease(layer, 'api', {
    namespace: 'apps',
    chart: { chart: 'api', source: Source.fromName('HelmRepository', 'charts') },
  });
  const files = filesOf(cluster);
  const file = files['layers/layer/layer.yaml'];
  expect(objectsIn(file).map((o) => o.kind)).toEqual(['HelmRelease', 'Kustomization']);
  expect(objectIn(file, 'Kustomization').spec['sourceRef']).toEqual({ kind: 'OCIRepository', name: 'theirs' });
  expect(parse(files['flux-fleet.yaml']!)).toMatchObject({
    exists: [
      { kind: 'HelmRepository', namespace: 'apps', name: 'charts' },
      { kind: 'OCIRepository', namespace: 'apps', name: 'theirs' },
    ],
  });
});

test('a source of others in another namespace is declared there, and the reference names the namespace', () => {
  const cluster = testCluster({ lockdown: false });
  const layer = new Layer(cluster, 'layer');
  user(layer, 'web', 'apps', Source.fromName('GitRepository', 'flux-system', 'flux-system'));
  const files = filesOf(cluster);
  expect(objectIn(files['layers/layer/layer.yaml'], 'Kustomization').spec['sourceRef']).toEqual({
    kind: 'GitRepository',
    name: 'flux-system',
    namespace: 'flux-system',
  });
  expect(parse(files['flux-fleet.yaml']!)).toMatchObject({
    exists: [{ kind: 'GitRepository', namespace: 'flux-system', name: 'flux-system' }],
  });
});

test('a source of others in its own namespace needs no namespace in the reference', () => {
  const cluster = testCluster();
  user(new Layer(cluster, 'layer'), 'web', 'apps', Source.fromName('GitRepository', 'theirs', 'apps'));
  expect(objectIn(layerFile(cluster), 'Kustomization').spec['sourceRef']).toEqual({
    kind: 'GitRepository',
    name: 'theirs',
  });
});

test('a construct as source stands where it was made, once', () => {
  const cluster = testCluster();
  const layer = new Layer(cluster, 'layer', { namespace: 'apps' });
  const repository = new GitRepository(layer, 'app', GIT);
  user(layer, 'web', 'apps', repository);
  user(layer, 'api', 'apps', repository);
  const file = layerFile(cluster);
  expect(namesOf(file, 'GitRepository')).toEqual(['apps/app']);
  expect(objectIn(file, 'Kustomization', 'web').spec['sourceRef']).toEqual({ kind: 'GitRepository', name: 'app' });
});

test('a construct of another namespace gives the reference its namespace', () => {
  const cluster = testCluster({ lockdown: false });
  const layer = new Layer(cluster, 'layer');
  const repository = new OCIRepository(layer, 'shared', {
    namespace: 'flux-system',
    url: 'oci://ghcr.io/acme/shared',
    ref: OCIRef.tag('v1'),
  });
  user(layer, 'web', 'apps', repository);
  new HelmRelease(layer, 'chart', { namespace: 'apps', chartRef: repository });
  const file = layerFile(cluster);
  const reference = { kind: 'OCIRepository', name: 'shared', namespace: 'flux-system' };
  expect(objectIn(file, 'Kustomization').spec['sourceRef']).toEqual(reference);
  expect(objectIn(file, 'HelmRelease').spec['chartRef']).toEqual(reference);
});

test('a mistake in a value is told where the value is made', () => {
  expect(findingsOf(() => Source.git({ ...GIT, interval: 'often' }))).toMatchObject([
    { rule: 'invalid-duration', where: { code: expect.stringContaining('test/flux/source.test.ts:') } },
  ]);
});
