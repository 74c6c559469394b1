import { ApiObject, Lazy } from 'cdk8s';
import * as kplus from 'cdk8s-plus-33';
import type { Construct } from 'constructs';
import { expect, test } from '@jest/globals';
import {
  Cluster,
  ConfigMap,
  GitRepository,
  GitRef,
  HelmRelease,
  InfraComponent,
  Layer,
  Namespace,
  OCIRef,
  Repository,
  RoleBinding,
  ServiceAccount,
  Source,
  Tenant,
} from 'cdk8s-flux-fleet';
import type { LayerProps } from 'cdk8s-flux-fleet';
import { filesOf, findingsOf, testCluster, testFleet } from './support/fleet.js';

const OCI = Source.oci({ url: 'oci://ghcr.io/acme/policies', ref: OCIRef.tag('v1') });

test('defaults', () => {
  const cluster = testCluster();
  new Namespace(new Layer(cluster, 'base'), 'base');
  const files = filesOf(cluster);
  expect(texts(files, ['kustomization.yaml', 'base.yaml', 'layers/base/kustomization.yaml', 'layers/base/base.yaml']))
    .toMatchInlineSnapshot(`
   "# kustomization.yaml
   apiVersion: kustomize.config.k8s.io/v1beta1
   kind: Kustomization
   resources:
     - base.yaml
     - flux-system
   # base.yaml
   apiVersion: kustomize.toolkit.fluxcd.io/v1
   kind: Kustomization
   metadata:
     name: base
     namespace: flux-system
   spec:
     interval: 10m
     path: ./dist/clusters/test/layers/base
     prune: true
     retryInterval: 2m
     serviceAccountName: kustomize-controller
     sourceRef:
       kind: GitRepository
       name: flux-system
   # layers/base/kustomization.yaml
   apiVersion: kustomize.config.k8s.io/v1beta1
   kind: Kustomization
   resources:
     - base.yaml
   # layers/base/base.yaml
   apiVersion: v1
   kind: Namespace
   metadata:
     annotations:
       kustomize.toolkit.fluxcd.io/prune: disabled
     name: base
   "
  `);
});

test('name and directory may be others than the id', () => {
  const cluster = testCluster();
  new Namespace(new Layer(cluster, 'base', { name: 'platform-base', directory: './platform/base/' }), 'base');
  const files = filesOf(cluster);
  expect(Object.keys(files)).toEqual(
    expect.arrayContaining(['platform-base.yaml', 'platform/base/platform-base.yaml']),
  );
  expect(files['platform-base.yaml']).toContain('path: ./dist/clusters/test/platform/base\n');
});

test('options are those of the Kustomization', () => {
  const cluster = testCluster();
  new Namespace(new Layer(cluster, 'base', { interval: '1m', prune: false, force: true, suspend: false }), 'base');
  expect(filesOf(cluster)['base.yaml']).toMatch(/force: true\n {2}interval: 1m\n {2}path: .*\n {2}prune: false\n/);
});

test('suspend is written only when it is true, so that it never undoes a flux suspend', () => {
  const cluster = testCluster();
  new Namespace(new Layer(cluster, 'off', { suspend: false }), 'off');
  new Namespace(new Layer(cluster, 'on', { suspend: true }), 'on');
  const files = filesOf(cluster);
  expect([files['off.yaml']!.includes('suspend'), files['on.yaml']!.includes('suspend: true')]).toEqual([false, true]);
});

test('a short interval needs no retryInterval', () => {
  const cluster = testCluster();
  new Namespace(new Layer(cluster, 'base', { interval: '2m' }), 'base');
  expect(filesOf(cluster)['base.yaml']).not.toContain('retryInterval');
});

// What it waits for

test('a layer depends on another', () => {
  const { cluster, base } = clusterWithBase();
  new Namespace(new Layer(cluster, 'apps', { dependsOn: [base] }), 'apps');
  expect(dependenciesOf(cluster, 'apps')).toEqual(['base']);
});

test('a component as target means its last layer', () => {
  const { cluster } = clusterWithBase();
  const both = new InfraComponent(cluster, 'both', { namespace: 'both' });
  new Namespace(new Layer(cluster, 'apps', { dependsOn: [both] }), 'apps');
  new ConfigMap(both.configs, 'settings');
  expect(dependenciesOf(cluster, 'apps')).toEqual(['both-configs']);
});

test('a component without configs as target means its controllers', () => {
  const { cluster } = clusterWithBase();
  const component = new InfraComponent(cluster, 'monitoring', { namespace: 'monitoring' });
  new Namespace(new Layer(cluster, 'apps', { dependsOn: [component] }), 'apps');
  expect(dependenciesOf(cluster, 'apps')).toEqual(['monitoring-controllers']);
});

test('a component as owner means its first layer', () => {
  const { cluster, base } = clusterWithBase();
  const component = new InfraComponent(cluster, 'monitoring', { namespace: 'monitoring', dependsOn: [base] });
  new ConfigMap(component.configs, 'settings');
  expect(dependenciesOf(cluster, 'monitoring-controllers')).toEqual(['base']);
  expect(dependenciesOf(cluster, 'monitoring-configs')).toEqual(['monitoring-controllers']);
});

test('the controllers of a component may be named, although it has configs', () => {
  const { cluster } = clusterWithBase();
  const component = new InfraComponent(cluster, 'monitoring', { namespace: 'monitoring' });
  new ConfigMap(component.configs, 'settings');
  new Namespace(new Layer(cluster, 'apps', { dependsOn: [component.controllers] }), 'apps');
  expect(dependenciesOf(cluster, 'apps')).toEqual(['monitoring-controllers']);
});

test('a tenant with a layer of its own as target and as owner means that layer', () => {
  const { cluster, base } = clusterWithBase();
  const tenant = new Tenant(cluster, 'dev-team', { namespaces: ['dev'], dependsOn: [base] });
  new Namespace(new Layer(cluster, 'apps', { dependsOn: [tenant] }), 'apps');
  expect([dependenciesOf(cluster, 'dev-team'), dependenciesOf(cluster, 'apps')]).toEqual([['base'], ['dev-team']]);
});

test('a tenant in a shared layer as target and as owner means the shared layer', () => {
  const { cluster, base } = clusterWithBase();
  const tenants = new Layer(cluster, 'tenants');
  new Tenant(tenants, 'ops', { namespaces: ['ops'] });
  const tenant = new Tenant(tenants, 'dev-team', { namespaces: ['dev'], dependsOn: [base] });
  new Namespace(new Layer(cluster, 'apps', { dependsOn: [tenant] }), 'apps');
  expect([dependenciesOf(cluster, 'tenants'), dependenciesOf(cluster, 'apps')]).toEqual([['base'], ['tenants']]);
});

test('a tenant cannot wait for another one of the same layer', () => {
  const tenants = new Layer(testCluster(), 'tenants');
  const ops = new Tenant(tenants, 'ops', { namespaces: ['ops'] });
  new Tenant(tenants, 'dev-team', { namespaces: ['dev'], dependsOn: [ops] });
  expect(findingsIn(tenants)).toMatchObject([{ rule: 'dependency-cycle', given: '"tenants" depends on "tenants"' }]);
});

test('dependencies stand in the order of the code, each once', () => {
  const { cluster, base } = clusterWithBase();
  const first = new Layer(cluster, 'z-first');
  new Namespace(first, 'z-first');
  const tenants = new Layer(cluster, 'tenants', { dependsOn: [first] });
  new Tenant(tenants, 'a', { namespaces: ['a'], dependsOn: [base, first] });
  new Tenant(tenants, 'b', { namespaces: ['b'], dependsOn: [base] });
  expect(dependenciesOf(cluster, 'tenants')).toEqual(['z-first', 'base']);
});

test('a dependency may have a condition of its own', () => {
  const { cluster, base } = clusterWithBase();
  const readyExpr = "dep.metadata.labels['app/version'] == self.metadata.labels['app/version']";
  new Namespace(new Layer(cluster, 'apps', { dependsOn: [{ on: base, readyExpr }] }), 'apps');
  expect(filesOf(cluster)['apps.yaml']).toContain(`  dependsOn:\n    - name: base\n      readyExpr: `);
  expect(filesOf(cluster)['apps.yaml']).toContain(readyExpr);
});

test('the same dependency with two conditions is refused at once', () => {
  const { cluster, base } = clusterWithBase();
  const dependsOn = [{ on: base, readyExpr: 'self.status.a' }, base];
  expect(findingsOf(() => new Layer(cluster, 'apps', { dependsOn }))).toMatchObject([
    { rule: 'dependency-twice', given: 'self.status.a and none', where: { construct: 'test/apps' } },
  ]);
});

test('cdk8s’ own dependencies between constructs are refused: Flux would not see them', () => {
  const { cluster, base } = clusterWithBase();
  const apps = new Layer(cluster, 'apps');
  new Namespace(apps, 'apps');
  apps.node.addDependency(base);
  expect(findingsIn(apps)).toMatchObject([
    { rule: 'cdk8s-dependency', given: 'node.addDependency(test/base)', where: { construct: 'test/apps' } },
  ]);
});

test('addDependsOn adds a dependency later', () => {
  const { cluster, base } = clusterWithBase();
  const apps = new Layer(cluster, 'apps');
  new Namespace(apps, 'apps');
  apps.addDependsOn(base);
  expect(dependenciesOf(cluster, 'apps')).toEqual(['base']);
});

test('cdk8s’ own addDependency means dependsOn', () => {
  const { cluster, base } = clusterWithBase();
  const component = new InfraComponent(cluster, 'monitoring', { namespace: 'monitoring' });
  const apps = new Layer(cluster, 'apps');
  new Namespace(apps, 'apps');
  apps.addDependency(base, component);
  expect(dependenciesOf(cluster, 'apps')).toEqual(['base', 'monitoring-controllers']);
});

test.each<[string, (cluster: Cluster, base: Layer) => Construct]>([
  ['an object', (_, base) => new Namespace(base, 'other')],
  ['a cluster', (cluster) => cluster],
])('%s is nothing that a layer can wait for', (_, target) => {
  const { cluster, base } = clusterWithBase();
  const apps = new Layer(cluster, 'apps');
  expect(findingsOf(() => apps.addDependency(target(cluster, base))).map((f) => f.where?.construct)).toEqual([
    'test/apps',
  ]);
});

test('a dependency on another cluster is refused at once, where the code says it', () => {
  const fleet = testFleet();
  const there = new Layer(new Cluster(fleet, 'hub'), 'base');
  const here = new Cluster(fleet, 'shop');
  expect(findingsOf(() => new Layer(here, 'apps', { dependsOn: [there] }))).toMatchObject([
    {
      rule: 'dependency-elsewhere',
      expected: 'a layer, component or tenant of the cluster "shop"',
      given: 'hub/base, of the cluster "hub"',
      where: { construct: 'shop/apps', code: expect.stringMatching(/^test\/layer\.test\.ts:\d+:\d+/) },
    },
  ]);
});

test('a dependency on another fleet is refused at once', () => {
  const { base } = clusterWithBase();
  expect(findingsOf(() => new Layer(testCluster(), 'apps', { dependsOn: [base] })).map((f) => f.rule)).toEqual([
    'dependency-elsewhere',
  ]);
});

// When it is ready

test('a layer that something depends on waits for what it applies, and not for ever', () => {
  const { cluster, base } = clusterWithBase();
  new Namespace(new Layer(cluster, 'apps', { dependsOn: [base] }), 'apps');
  expect(waitOf(cluster, 'base')).toEqual({ wait: true, timeout: '5m' });
  expect(waitOf(cluster, 'apps')).toEqual({});
});

test('a layer with health checks waits for these alone, although something depends on it', () => {
  const healthChecks = [{ apiVersion: 'apps/v1', kind: 'Deployment', name: 'web', namespace: 'base' }];
  const { cluster, base } = clusterWithBase({ healthChecks });
  new Namespace(new Layer(cluster, 'apps', { dependsOn: [base] }), 'apps');
  expect(waitOf(cluster, 'base')).toEqual({ timeout: '5m' });
  expect(filesOf(cluster)['base.yaml']).toContain('healthChecks:\n    - apiVersion: apps/v1\n');
});

test('wait: false is respected, although something depends on it', () => {
  const { cluster, base } = clusterWithBase({ wait: false });
  new Namespace(new Layer(cluster, 'apps', { dependsOn: [base] }), 'apps');
  expect(waitOf(cluster, 'base')).toEqual({});
});

test('wait: true is respected, although nothing depends on it', () => {
  const { cluster } = clusterWithBase({ wait: true, timeout: '20m' });
  expect(waitOf(cluster, 'base')).toEqual({ wait: true, timeout: '20m' });
});

test('the controllers of a component wait, because its configs depend on them', () => {
  const cluster = testCluster();
  new ConfigMap(new InfraComponent(cluster, 'monitoring', { namespace: 'monitoring' }).configs, 'settings');
  expect(waitOf(cluster, 'monitoring-controllers')).toEqual({ wait: true, timeout: '5m' });
  expect(waitOf(cluster, 'monitoring-configs')).toEqual({});
});

// Layers in layers

test('nested layers lie side by side, and the outer one applies the Kustomization of the inner one', () => {
  const cluster = testCluster();
  const outer = new Layer(cluster, 'infrastructure');
  new Namespace(new Layer(outer, 'networking'), 'networking');
  const files = filesOf(cluster);
  expect(texts(files, ['kustomization.yaml', 'layers/infrastructure/kustomization.yaml'])).toMatchInlineSnapshot(`
   "# kustomization.yaml
   apiVersion: kustomize.config.k8s.io/v1beta1
   kind: Kustomization
   resources:
     - flux-system
     - infrastructure.yaml
   # layers/infrastructure/kustomization.yaml
   apiVersion: kustomize.config.k8s.io/v1beta1
   kind: Kustomization
   resources:
     - networking.yaml
   "
  `);
  expect(files['layers/infrastructure/networking.yaml']).toContain('path: ./dist/clusters/test/layers/networking\n');
  expect(Object.keys(files)).toContain('layers/networking/networking.yaml');
  expect(Object.keys(files)).not.toContain('networking.yaml');
});

test('the Kustomizations of components and tenants in a layer are applied by that layer', () => {
  const cluster = testCluster();
  const outer = new Layer(cluster, 'infrastructure');
  new ConfigMap(new InfraComponent(outer, 'monitoring', { namespace: 'monitoring' }).configs, 'settings');
  expect(Object.keys(filesOf(cluster)).filter((path) => /^(layers|infrastructure)\//.test(path))).toEqual([
    'infrastructure/monitoring/configs/kustomization.yaml',
    'infrastructure/monitoring/configs/monitoring-configs.yaml',
    'infrastructure/monitoring/controllers/kustomization.yaml',
    'infrastructure/monitoring/controllers/monitoring-controllers.yaml',
    'layers/infrastructure/kustomization.yaml',
    'layers/infrastructure/monitoring-configs.yaml',
    'layers/infrastructure/monitoring-controllers.yaml',
  ]);
});

test('a layer of layers is the one barrier for what depends on all of them', () => {
  const cluster = testCluster();
  const outer = new Layer(cluster, 'infrastructure');
  for (const name of ['networking', 'storage']) new Namespace(new Layer(outer, name), name);
  new Namespace(new Layer(cluster, 'apps', { dependsOn: [outer] }), 'apps');
  expect(waitOf(cluster, 'infrastructure')).toEqual({ wait: true, timeout: '5m' });
  expect(dependenciesOf(cluster, 'apps')).toEqual(['infrastructure']);
});

test('objects of an outer layer do not get into the inner one', () => {
  const cluster = testCluster();
  const outer = new Layer(cluster, 'outer');
  new Namespace(outer, 'of-outer');
  new Namespace(new Layer(outer, 'inner'), 'of-inner');
  const files = filesOf(cluster);
  expect(files['layers/outer/outer.yaml']).toContain('name: of-outer\n');
  expect(files['layers/outer/outer.yaml']).not.toContain('of-inner');
  expect(files['layers/inner/inner.yaml']).not.toContain('of-outer');
});

// Content from elsewhere

test('a layer may come from a source, which then stands beside it', () => {
  const cluster = testCluster();
  new Layer(cluster, 'policies', { source: OCI, path: './' });
  const files = filesOf(cluster);
  expect(texts(files, ['policies.yaml', 'shared-sources.yaml'])).toMatchInlineSnapshot(`
   "# policies.yaml
   apiVersion: kustomize.toolkit.fluxcd.io/v1
   kind: Kustomization
   metadata:
     name: policies
     namespace: flux-system
   spec:
     interval: 10m
     path: ./
     prune: true
     retryInterval: 2m
     serviceAccountName: kustomize-controller
     sourceRef:
       kind: OCIRepository
       name: policies
   # shared-sources.yaml
   apiVersion: source.toolkit.fluxcd.io/v1
   kind: OCIRepository
   metadata:
     name: policies
     namespace: flux-system
   spec:
     interval: 5m
     ref:
       tag: v1
     url: oci://ghcr.io/acme/policies
   "
  `);
  expect(Object.keys(files).filter((path) => path.startsWith('layers/'))).toEqual([]);
});

test('a layer may come from a source that stands in the tree', () => {
  const { cluster, base } = clusterWithBase();
  const repository = new GitRepository(base, 'policies', {
    namespace: 'flux-system',
    url: 'https://github.com/acme/policies',
    ref: GitRef.branch('main'),
  });
  new Layer(cluster, 'policies', { source: repository, path: './all', dependsOn: [base] });
  const files = filesOf(cluster);
  expect(files['policies.yaml']).toContain('sourceRef:\n    kind: GitRepository\n    name: policies\n');
  expect(files['shared-sources.yaml']).toBeUndefined();
});

test('a layer may come from a source that others make', () => {
  const cluster = testCluster();
  new Layer(cluster, 'policies', { source: Source.fromName('ExternalArtifact', 'policies'), path: './' });
  const files = filesOf(cluster);
  expect(files['policies.yaml']).toContain('sourceRef:\n    kind: ExternalArtifact\n    name: policies\n');
  expect(files['shared-sources.yaml']).toBeUndefined();
});

test.each([
  ['a path without a source', { path: './' }, 'layer-source'],
  ['a source without a path', { source: OCI }, 'source-path'],
  ['a path that leads out of the source', { source: OCI, path: '../x' }, 'source-path'],
])('%s is refused', (_, props, rule) => {
  expect(findingsOf(() => new Layer(testCluster(), 'policies', props)).map((f) => f.rule)).toEqual([rule]);
});

// Labels and namespace

test('labels stand on all objects of the layer, of layers in it, and on the Kustomizations', () => {
  const cluster = testCluster();
  const outer = new Layer(cluster, 'outer', { labels: { team: 'platform' } });
  new Namespace(outer, 'of-outer');
  new kplus.ConfigMap(outer, 'bare', { metadata: { name: 'bare', namespace: 'of-outer' } });
  new HelmRelease(outer, 'release', { namespace: 'of-outer', chartRef: OCI });
  new Namespace(new Layer(outer, 'inner', { labels: { tier: 'gold' } }), 'of-inner');
  const files = filesOf(cluster);
  expect(labelsIn(files['outer.yaml']!)).toEqual(['team: platform']);
  expect(labelsIn(files['layers/outer/outer.yaml']!)).toEqual(Array(4).fill('team: platform'));
  expect(labelsIn(files['layers/outer/inner.yaml']!)).toEqual(['team: platform\n    tier: gold']);
  expect(labelsIn(files['layers/inner/inner.yaml']!)).toEqual(['team: platform\n    tier: gold']);
});

test('the nearest label wins, and that of the object itself over all', () => {
  const cluster = testCluster();
  const outer = new Layer(cluster, 'outer', { labels: { team: 'outer', tier: 'outer', area: 'outer' } });
  const inner = new Layer(outer, 'inner', { labels: { team: 'inner', tier: 'inner' } });
  new Namespace(inner, 'apps', { labels: { team: 'apps' } });
  expect(labelsIn(filesOf(cluster)['layers/inner/inner.yaml']!)).toEqual([
    'area: outer\n    team: apps\n    tier: inner',
  ]);
});

test('labels stand in metadata only, not in selectors and pod templates', () => {
  const cluster = testCluster();
  const layer = new Layer(cluster, 'web', { namespace: 'web', labels: { team: 'web' } });
  new ApiObject(layer, 'web', {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'web' },
    spec: { selector: { app: 'web' }, ports: [{ port: 80 }] },
  });
  expect(filesOf(cluster)['layers/web/web.yaml']).toContain('  selector:\n    app: web\n');
});

test('objects that say no namespace get that of the layer, those that say one keep it', () => {
  const cluster = testCluster();
  const layer = new Layer(cluster, 'base', { namespace: 'base' });
  new ServiceAccount(layer, 'own');
  new ServiceAccount(layer, 'other', { namespace: 'elsewhere' });
  new Namespace(layer, 'base');
  expect(namespacesIn(filesOf(cluster)['layers/base/base.yaml']!)).toEqual(['base -', 'own base', 'other elsewhere']);
});

test('the namespace of a layer holds for the layers in it, until one says another', () => {
  const cluster = testCluster();
  const outer = new Layer(cluster, 'outer', { namespace: 'outer' });
  new ServiceAccount(new Layer(outer, 'inner'), 'a');
  new ServiceAccount(new Layer(outer, 'another', { namespace: 'another' }), 'a');
  const files = filesOf(cluster);
  expect(namespacesIn(files['layers/inner/inner.yaml']!)).toEqual(['a outer']);
  expect(namespacesIn(files['layers/another/another.yaml']!)).toEqual(['a another']);
});

test('the Kustomization of a layer stands in flux-system, whatever namespace its objects have', () => {
  const cluster = testCluster();
  new ServiceAccount(new Layer(cluster, 'base', { namespace: 'base' }), 'a');
  expect(namespacesIn(filesOf(cluster)['base.yaml']!)).toEqual(['base flux-system']);
});

test('a subject of a RoleBinding gets the namespace of the layer', () => {
  const cluster = testCluster();
  const layer = new Layer(cluster, 'base', { namespace: 'base' });
  new RoleBinding(layer, 'view', { role: 'view', subjects: [{ kind: 'ServiceAccount', name: 'a' }] });
  expect(filesOf(cluster)['layers/base/base.yaml']).toContain('name: a\n    namespace: base\n');
});

test('a namespaced object without any namespace is refused', () => {
  const layer = new Layer(testCluster(), 'base');
  new ServiceAccount(layer, 'a');
  expect(findingsIn(layer)).toMatchObject([
    {
      rule: 'object-without-namespace',
      what: 'ServiceAccount "a" has no namespace',
      where: { construct: 'test/base/a' },
    },
  ]);
});

test('a cluster-scoped object with a namespace is refused', () => {
  const layer = new Layer(testCluster(), 'base');
  new ApiObject(layer, 'a', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'a', namespace: 'b' } });
  expect(findingsIn(layer).map((f) => f.rule)).toEqual(['namespace-on-cluster-scoped']);
});

// Names

test('a generated name is refused where the code makes the object', () => {
  const layer = new Layer(testCluster(), 'base');
  expect(findingsOf(() => new ApiObject(layer, 'web', { apiVersion: 'v1', kind: 'ConfigMap' }))).toMatchObject([
    {
      rule: 'object-without-name',
      what: 'an object has no name: ConfigMap',
      where: { construct: 'test/base/web', code: expect.stringMatching(/^test\/layer\.test\.ts:\d+:\d+/) },
    },
  ]);
});

test('a generated name is refused for objects of cdk8s-plus too', () => {
  const layer = new Layer(testCluster(), 'base', { namespace: 'base' });
  expect(findingsOf(() => new kplus.Deployment(layer, 'web', {})).map((f) => f.rule)).toEqual(['object-without-name']);
});

test('objects of cdk8s-plus with names work, and get the namespace of the layer', () => {
  const cluster = testCluster();
  const layer = new Layer(cluster, 'web', { namespace: 'web', labels: { team: 'web' } });
  const settings = new kplus.ConfigMap(layer, 'settings', { metadata: { name: 'settings' }, data: { greeting: 'hi' } });
  const web = new kplus.Deployment(layer, 'web', { metadata: { name: 'web' }, replicas: 2 });
  web.addContainer({ image: 'nginx:1.29', portNumber: 8080, envFrom: [kplus.Env.fromConfigMap(settings)] });
  web.exposeViaService({ name: 'web', ports: [{ port: 80, targetPort: 8080 }] });
  const text = filesOf(cluster)['layers/web/web.yaml']!;
  expect(namespacesIn(text)).toEqual(['settings web', 'web web', 'web web']);
  expect(labelsIn(text)).toEqual(['team: web', 'team: web', 'team: web']);
});

test('a token is resolved when the fleet is synthesized', () => {
  let image = 'nginx:1';
  const cluster = testCluster();
  new ConfigMap(new Layer(cluster, 'web', { namespace: 'web' }), 'settings', {
    data: { image: Lazy.any({ produce: () => image }) as string },
  });
  image = 'nginx:2';
  expect(filesOf(cluster)['layers/web/web.yaml']).toContain('image: nginx:2\n');
});

test('a null in Helm values survives', () => {
  const cluster = testCluster();
  const layer = new Layer(cluster, 'web', { namespace: 'web' });
  new HelmRelease(layer, 'web', { chartRef: OCI, values: { resources: { limits: null } } });
  expect(filesOf(cluster)['layers/web/web.yaml']).toContain('resources:\n      limits: null\n');
});

test.each([
  ['a name that is no DNS label', { name: 'my.layer' }, 'invalid-name'],
  ['an interval that is no duration', { interval: '5 minutes' }, 'invalid-duration'],
  ['a timeout that is no duration', { timeout: '1d' }, 'invalid-duration'],
  ['a namespace that is no DNS label', { namespace: 'My' }, 'invalid-name'],
  ['a directory above the cluster', { directory: '../other' }, 'layer-directory'],
  ['a directory above the cluster, in the middle', { directory: 'a/../../b' }, 'layer-directory'],
  ['an absolute directory', { directory: '/etc' }, 'layer-directory'],
  ['the directory of the cluster itself', { directory: './' }, 'layer-directory'],
  ['the directory of Flux', { directory: 'flux-system/mine' }, 'layer-directory'],
])('%s is refused', (_, props: LayerProps, rule) => {
  expect(findingsOf(() => new Layer(testCluster(), 'base', props)).map((f) => f.rule)).toEqual([rule]);
});

test('a layer in a repository is a directory at its root', () => {
  const repository = new Repository({ name: 'infra' });
  new Namespace(new Layer(repository, 'base'), 'base');
  expect(Object.keys(repository.files())).toEqual(['base/base.yaml', 'base/kustomization.yaml']);
});

function clusterWithBase(props: LayerProps = {}): { cluster: Cluster; base: Layer } {
  const cluster = testCluster();
  const base = new Layer(cluster, 'base', props);
  new Namespace(base, 'base');
  return { cluster, base };
}

function texts(files: Record<string, string>, paths: readonly string[]): string {
  return paths.map((path) => `# ${path}\n${files[path]}`).join('');
}

/** What a layer of the cluster depends on, as its Kustomization has it. */
function dependenciesOf(cluster: Cluster, layer: string): string[] {
  const block = /\n {2}dependsOn:\n((?: {4}.*\n)*)/.exec(kustomizationOf(cluster, layer))?.[1] ?? '';
  return [...block.matchAll(/- name: (.*)/g)].map((m) => m[1]!);
}

function waitOf(cluster: Cluster, layer: string): { wait?: boolean; timeout?: string } {
  const text = kustomizationOf(cluster, layer);
  const [, timeout] = /\n {2}timeout: (.*)/.exec(text) ?? [];
  return { ...(text.includes('\n  wait: true\n') && { wait: true }), ...(timeout !== undefined && { timeout }) };
}

function kustomizationOf(cluster: Cluster, layer: string): string {
  const text = filesOf(cluster)[`${layer}.yaml`];
  expect(text).toContain('kind: Kustomization\n');
  return text!;
}

function findingsIn(layer: Layer) {
  return findingsOf(() => filesOf(layer.node.scope as Cluster));
}

/** The labels of each object of a file. */
function labelsIn(text: string): string[] {
  return text.split('---\n').map((o) => /\n {2}labels:\n {4}((?:.*\n {4})*.*)\n {2}\w/.exec(o)?.[1] ?? 'none');
}

/** `name namespace` of each object of a file. */
function namespacesIn(text: string): string[] {
  return text.split('---\n').map((o) => {
    const [, name] = /\n {2}name: (.*)/.exec(o)!;
    return `${name} ${/\n {2}namespace: (.*)/.exec(o)?.[1] ?? '-'}`;
  });
}

test('a layer in a directory of Flux, with other case, is refused at once', () => {
  expect(findingsOf(() => new Layer(testCluster(), 'b', { directory: 'Flux-System' })).map((f) => f.rule)).toEqual([
    'layer-directory',
  ]);
});
