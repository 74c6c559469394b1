import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  Alert,
  ArtifactGenerator,
  assignShard,
  ConfigMap,
  Flux,
  GitRef,
  HelmRelease,
  HelmRepository,
  InfraComponent,
  Kustomization,
  Layer,
  Provider,
  Repository,
  Secret,
  Source,
  Tenant,
} from 'cdk8s-flux-fleet';
import type { Cluster } from 'cdk8s-flux-fleet';
import { errorOf, objectIn, objectsIn } from './flux/objects.js';
import { ALL_CONTROLLERS, filesOf, findingsOf, testCluster } from './support/fleet.js';

const GIT = Source.git({ url: 'https://github.com/acme/app', ref: GitRef.branch('main') });
const KEY = 'sharding.fluxcd.io/key';

/** The shard of each object of a cluster, by kind and name. */
function shardsOf(cluster: Cluster, key = KEY): Record<string, string | undefined> {
  const objects = Object.entries(filesOf(cluster))
    .filter(([path]) => !path.startsWith('flux-') && !path.endsWith('kustomization.yaml'))
    .flatMap(([, text]) => objectsIn(text));
  const nameOf = ({ kind, metadata: { namespace = '', name } }: (typeof objects)[0]): string =>
    `${kind} ${namespace}/${name}`;
  return Object.fromEntries(objects.map((o) => [nameOf(o), o.metadata.labels?.[key]]));
}

test('a layer with a shard gives it to its Kustomization and to the Flux objects in it, and to no others', () => {
  const cluster = testCluster();
  const layer = new Layer(cluster, 'layer', { shard: 'shard1', namespace: 'apps' });
  new ConfigMap(layer, 'settings');
  new Kustomization(layer, 'web', { source: GIT, path: './' });
  const eventSources = [{ kind: 'Kustomization', name: '*' }] as const;
  new Alert(layer, 'failures', { provider: Provider.fromName('chat'), eventSources });
  expect(shardsOf(cluster)).toEqual({
    'Kustomization flux-system/layer': 'shard1',
    'Kustomization apps/web': 'shard1',
    'GitRepository apps/web': 'shard1',
    'Alert apps/failures': 'shard1',
    'ConfigMap apps/settings': undefined,
  });
});

test('a layer that points to a source gives the shard to the source too', () => {
  const cluster = testCluster();
  new Layer(cluster, 'web', { shard: 'shard1', source: GIT, path: './' });
  expect(shardsOf(cluster)).toEqual({
    'Kustomization flux-system/web': 'shard1',
    'GitRepository flux-system/web': 'shard1',
  });
});

test('a layer within a layer is of the same shard, unless it says another', () => {
  const cluster = testCluster();
  const outer = new Layer(cluster, 'outer', { shard: 'shard1' });
  new Layer(outer, 'inner', { source: GIT, path: './' });
  new Layer(outer, 'elsewhere', { shard: 'shard2', source: GIT, path: './' });
  new Layer(cluster, 'plain', { source: GIT, path: './' });
  expect(shardsOf(cluster)).toMatchObject({
    'Kustomization flux-system/outer': 'shard1',
    'Kustomization flux-system/inner': 'shard1',
    'Kustomization flux-system/elsewhere': 'shard2',
    'Kustomization flux-system/plain': undefined,
  });
});

test('a tenant with a shard gives it to its Flux objects and to its own layer', () => {
  const cluster = testCluster();
  new Tenant(cluster, 'dev-team', { namespaces: ['apps'], shard: 'shard1', source: GIT, path: './' });
  expect(shardsOf(cluster)).toEqual({
    'Kustomization flux-system/dev-team': 'shard1',
    'Kustomization apps/dev-team': 'shard1',
    'GitRepository apps/dev-team': 'shard1',
    'Namespace /apps': undefined,
    'ServiceAccount apps/dev-team': undefined,
    'RoleBinding apps/dev-team-reconciler': undefined,
  });
});

test('a tenant in a layer that it shares has a shard for itself', () => {
  const cluster = testCluster();
  const layer = new Layer(cluster, 'tenants');
  new Tenant(layer, 'a', { namespaces: ['a'], shard: 'shard1', source: GIT, path: './' });
  new Tenant(layer, 'b', { namespaces: ['b'], source: GIT, path: './' });
  expect(shardsOf(cluster)).toMatchObject({
    'Kustomization flux-system/tenants': undefined,
    'Kustomization a/a': 'shard1',
    'GitRepository a/a': 'shard1',
    'Kustomization b/b': undefined,
    'GitRepository b/b': undefined,
  });
});

test('a component with a shard gives it to both of its layers', () => {
  const cluster = testCluster();
  const component = new InfraComponent(cluster, 'ingress', { shard: 'shard1', namespace: 'ingress' });
  const chartRef = Source.fromName('OCIRepository', 'ingress');
  new HelmRelease(component.controllers, 'ingress', { chartRef });
  new ConfigMap(component.configs, 'settings');
  expect(shardsOf(cluster)).toMatchObject({
    'Kustomization flux-system/ingress-controllers': 'shard1',
    'Kustomization flux-system/ingress-configs': 'shard1',
    'HelmRelease ingress/ingress': 'shard1',
    'ServiceAccount ingress/flux': undefined,
    'ConfigMap ingress/settings': undefined,
  });
});

test('a label that an object has of its own wins', () => {
  const cluster = testCluster();
  const layer = new Layer(cluster, 'layer', { shard: 'shard1', namespace: 'apps' });
  const source = Source.fromName('GitRepository', 'app');
  new Kustomization(layer, 'web', { source, path: './', labels: { [KEY]: 'shard2' } });
  expect(shardsOf(cluster)).toMatchObject({ 'Kustomization apps/web': 'shard2' });
});

test('a source that users of different shards share has none', () => {
  const cluster = testCluster();
  const source = Source.git({ url: 'https://github.com/acme/app', ref: GitRef.branch('main'), name: 'app' });
  new Layer(cluster, 'a', { shard: 'shard1', source, path: './a' });
  new Layer(cluster, 'b', { shard: 'shard2', source, path: './b' });
  expect(shardsOf(cluster)).toEqual({
    'Kustomization flux-system/a': 'shard1',
    'Kustomization flux-system/b': 'shard2',
    'GitRepository flux-system/app': undefined,
  });
});

test('a source that users of one shard share has it', () => {
  const cluster = testCluster();
  const source = Source.git({ url: 'https://github.com/acme/app', ref: GitRef.branch('main'), name: 'app' });
  new Layer(cluster, 'a', { shard: 'shard1', source, path: './a' });
  new Layer(cluster, 'b', { shard: 'shard1', source, path: './b' });
  expect(shardsOf(cluster)).toMatchObject({ 'GitRepository flux-system/app': 'shard1' });
});

test('a directory of a repository can be for a shard', () => {
  const repository = new Repository({ name: 'apps' });
  const layer = new Layer(repository, 'web', { shard: 'shard1', namespace: 'apps' });
  new Kustomization(layer, 'web', { source: GIT, path: './' });
  const file = repository.files()['web/web.yaml'];
  expect(objectIn(file, 'Kustomization').metadata.labels).toEqual({ [KEY]: 'shard1' });
  expect(objectIn(file, 'GitRepository').metadata.labels).toEqual({ [KEY]: 'shard1' });
});

const SHARDED = Flux.operator({ sharding: { shards: ['shard1', 'shard2'] } });

test('a shard that the operator makes is fine', () => {
  const cluster = testCluster({ flux: SHARDED });
  new Layer(cluster, 'web', { shard: 'shard2', source: GIT, path: './' });
  expect(shardsOf(cluster)).toMatchObject({ 'Kustomization flux-system/web': 'shard2' });
});

test('the label is the one that the operator divides by', () => {
  const cluster = testCluster({ flux: Flux.operator({ sharding: { key: 'acme.com/shard', shards: ['a'] } }) });
  new Layer(cluster, 'web', { shard: 'a', source: GIT, path: './' });
  expect(shardsOf(cluster, 'acme.com/shard')).toMatchObject({ 'Kustomization flux-system/web': 'a' });
  expect(shardsOf(cluster)).toMatchObject({ 'Kustomization flux-system/web': undefined });
});

test('a shard that the operator does not make is refused, and the nearest one named', () => {
  const cluster = testCluster({ flux: SHARDED });
  const layer = (): unknown => new Layer(cluster, 'web', { shard: 'shrad1', source: GIT, path: './' });
  expect(errorOf(layer)).toMatchInlineSnapshot(`
   "no controllers run for the shard "shrad1", so nothing of it would be reconciled [unknown-shard]
     expected  shard1, shard2
     given     shrad1
     construct test/web
     at        test/shard.test.ts:<line>, called from test/shard.test.ts:<line>
     fix       write "shard1""
  `);
});

test.each<[string, (cluster: Cluster) => unknown]>([
  ['tenant on a cluster', (c) => new Tenant(c, 'a', { namespaces: ['a'], shard: 'shard9x' })],
  ['tenant in a layer', (c) => new Tenant(new Layer(c, 'l'), 'a', { namespaces: ['a'], shard: 'shard9x' })],
  ['component', (c) => new InfraComponent(c, 'a', { shard: 'shard9x' })],
  ['layer of a component', (c) => new InfraComponent(c, 'a', { configs: { shard: 'shard9x' } }).configs],
])('a %s of a shard that is not made is refused', (_, make) => {
  expect(findingsOf(() => make(testCluster({ flux: SHARDED }))).map((f) => f.rule)).toEqual(['unknown-shard']);
});

test('refuses a shard that can be no name', () => {
  expect(findingsOf(() => new Layer(testCluster(), 'web', { shard: 'Shard 1' }))).toMatchObject([
    { rule: 'invalid-name', given: '"Shard 1"', fix: 'write "shard-1"' },
  ]);
});

test('every Flux object of a tenant is of its shard: source, Kustomization, release, chart, repository, generator', () => {
  const cluster = testCluster({ flux: ALL_CONTROLLERS });
  const tenant = new Tenant(cluster, 'a', { namespaces: ['a'], shard: 'shard1', source: GIT, path: './' });
  const source = new HelmRepository(tenant, 'charts', { url: 'https://charts.example.com' });
  new HelmRelease(tenant, 'web', { chart: { chart: 'web', version: '1.x', source } });
  new HelmRelease(tenant, 'db', {
    chart: { chart: 'db', version: '1.x', source: Source.helm({ url: 'oci://acme.com/db' }) },
  });
  const copy = [{ from: '@app/**', to: '@artifact/' }] as const;
  new ArtifactGenerator(tenant, 'parts', { sources: { app: GIT }, artifacts: [{ name: 'part', copy }] });
  const shards = Object.entries(shardsOf(cluster));
  const flux = shards.filter(([name]) => !/^(Namespace|ServiceAccount|RoleBinding) /.test(name));
  expect(flux).toEqual(flux.map(([name]) => [name, 'shard1']));
  expect(flux.map(([name]) => name).sort()).toEqual([
    'ArtifactGenerator a/parts',
    'GitRepository a/a',
    'GitRepository a/parts-app',
    'HelmRelease a/db',
    'HelmRelease a/web',
    'HelmRepository a/charts',
    'HelmRepository a/db',
    'Kustomization a/a',
    'Kustomization flux-system/a',
  ]);
  const file = filesOf(cluster)['tenants/a/a.yaml'];
  const releases = objectsIn(file).filter((o) => o.kind === 'HelmRelease');
  expect(releases.map((r) => (r.spec['chart'] as { metadata: object }).metadata)).toEqual([
    { labels: { [KEY]: 'shard1' } },
    { labels: { [KEY]: 'shard1' } },
  ]);
});

// Division among shards

const SHARDS = ['shard1', 'shard2', 'shard3'];

/** The shard of each Kustomization in flux-system of a cluster with these tenants, by name. */
function layerShards(tenants: readonly string[], shards?: readonly string[]): Record<string, string | undefined> {
  const cluster = testCluster({ shards });
  new Layer(cluster, 'platform', { source: GIT, path: './' });
  for (const name of tenants) new Tenant(cluster, name, { namespaces: [name], source: GIT, path: './' });
  const layers = Object.entries(shardsOf(cluster)).filter(([name]) => name.startsWith('Kustomization flux-system/'));
  return Object.fromEntries(layers.map(([name, shard]) => [name.split('/')[1]!, shard] as const));
}

test('a cluster divides tenants and components among its shards, and leaves layers to the main controllers', () => {
  const cluster = testCluster({ shards: SHARDS });
  new Layer(cluster, 'platform', { source: GIT, path: './' });
  new Tenant(cluster, 'dev-team', { namespaces: ['dev'], source: GIT, path: './' });
  new Tenant(cluster, 'web-team', { namespaces: ['web'], source: GIT, path: './' });
  const component = new InfraComponent(cluster, 'ingress', { namespace: 'ingress' });
  new HelmRelease(component.controllers, 'ingress', { chartRef: Source.fromName('OCIRepository', 'ingress') });
  expect(shardsOf(cluster)).toMatchInlineSnapshot(`
   {
     "ClusterRoleBinding /flux-ingress": undefined,
     "GitRepository dev/dev-team": "shard3",
     "GitRepository flux-system/platform": undefined,
     "GitRepository web/web-team": "shard1",
     "HelmRelease ingress/ingress": "shard2",
     "Kustomization dev/dev-team": "shard3",
     "Kustomization flux-system/dev-team": "shard3",
     "Kustomization flux-system/ingress-controllers": "shard2",
     "Kustomization flux-system/platform": undefined,
     "Kustomization flux-system/web-team": "shard1",
     "Kustomization web/web-team": "shard1",
     "Namespace /dev": undefined,
     "Namespace /ingress": undefined,
     "Namespace /web": undefined,
     "RoleBinding dev/dev-team-reconciler": undefined,
     "RoleBinding web/web-team-reconciler": undefined,
     "ServiceAccount dev/dev-team": undefined,
     "ServiceAccount ingress/flux": undefined,
     "ServiceAccount web/web-team": undefined,
   }
  `);
});

test('a cluster without shards divides nothing', () => {
  expect(layerShards(['dev-team'])).toEqual({ platform: undefined, 'dev-team': undefined });
});

test('what says a shard, or stands in something that does, keeps it', () => {
  const cluster = testCluster({ shards: SHARDS });
  const layer = new Layer(cluster, 'tenants', { shard: 'shard9' });
  new Tenant(layer, 'a', { namespaces: ['a'], source: GIT, path: './' });
  new Tenant(cluster, 'b', { namespaces: ['b'], shard: 'shard8', source: GIT, path: './' });
  expect(shardsOf(cluster)).toMatchObject({ 'Kustomization a/a': 'shard9', 'Kustomization b/b': 'shard8' });
});

test('a tenant in a layer that it shares is divided too', () => {
  const cluster = testCluster({ shards: SHARDS });
  new Tenant(new Layer(cluster, 'tenants'), 'dev-team', { namespaces: ['a'], source: GIT, path: './' });
  expect(shardsOf(cluster)).toMatchObject({
    'Kustomization flux-system/tenants': undefined,
    'Kustomization a/dev-team': assignShard('dev-team', SHARDS),
  });
});

test('what is for another cluster is not divided: its controllers are not known', () => {
  const cluster = testCluster({ shards: SHARDS });
  const kubeConfig = { secretRef: Secret.fromName('edge') };
  new Tenant(new Layer(cluster, 'edge', { kubeConfig }), 'a', { namespaces: ['a'], source: GIT, path: './' });
  const component = new InfraComponent(cluster, 'ingress', { kubeConfig });
  new HelmRelease(component.controllers, 'ingress', {
    namespace: 'apps',
    chartRef: Source.fromName('OCIRepository', 'ingress'),
  });
  expect(Object.values(shardsOf(cluster)).filter((shard) => shard !== undefined)).toEqual([]);
});

test('tenants that come and go move nobody, and a shard that comes moves tenants only to itself', () => {
  const names = fc.uniqueArray(fc.stringMatching(/^t[a-z0-9]{1,8}$/), { minLength: 1, maxLength: 6 });
  fc.assert(
    fc.property(names, names, (some, others) => {
      const before = layerShards(some, SHARDS);
      expect(layerShards([...new Set([...others, ...some])], SHARDS)).toMatchObject(before);
      const after = layerShards(some, [...SHARDS, 'shard4']);
      for (const name of some) expect([before[name], 'shard4']).toContain(after[name]);
    }),
    { numRuns: 10 },
  );
});

test('assignShard gives what a cluster gives', () => {
  expect(assignShard('dev-team', SHARDS)).toBe(layerShards(['dev-team'], SHARDS)['dev-team']);
});

test('shards that the operator does not make are refused', () => {
  const make = (): unknown => testCluster({ flux: SHARDED, shards: ['shard1', 'shard3'] });
  expect(findingsOf(make)).toMatchObject([{ rule: 'unknown-shard', expected: 'shard1, shard2' }]);
});

test.each<[string, readonly string[], object]>([
  ['none', [], { rule: 'shards', given: '[]' }],
  ['one twice', ['a', 'b', 'a'], { rule: 'shards', what: '\'shards\' names the shard "a" twice' }],
  ['one that can be no name', ['a', 'Shard 1'], { rule: 'invalid-name', given: '"Shard 1"', fix: 'write "shard-1"' }],
])('shards of which there is %s are refused', (_, shards, finding) => {
  expect(findingsOf(() => assignShard('dev-team', shards))).toMatchObject([finding]);
  expect(findingsOf(() => testCluster({ shards }))).toMatchObject([finding]);
});

test('something without a name gets no shard', () => {
  expect(errorOf(() => assignShard('', SHARDS))).toMatchInlineSnapshot(`
   "a shard is to be assigned to something without a name [invalid-name]
     expected  a name, such as that of a tenant
     given     ""
     at        test/shard.test.ts:<line>, called from test/shard.test.ts:<line>"
  `);
});
