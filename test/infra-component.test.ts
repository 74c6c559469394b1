import type { Construct } from 'constructs';
import { expect, test } from '@jest/globals';
import {
  Cluster,
  ConfigMap,
  HelmRelease,
  InfraComponent,
  Layer,
  Namespace,
  OCIRef,
  ServiceAccount,
  Source,
  Tenant,
} from 'cdk8s-flux-fleet';
import type { InfraComponentProps } from 'cdk8s-flux-fleet';
import { filesOf, findingsOf, testCluster, testFleet } from './support/fleet.js';

const CHART = Source.oci({ url: 'oci://ghcr.io/acme/charts/monitoring', ref: OCIRef.semver('1.x') });
const ARTIFACT = Source.oci({ url: 'oci://ghcr.io/acme/manifests/monitoring', ref: OCIRef.tag('v1') });
const CONTROLLERS = 'infrastructure/monitoring/controllers/monitoring-controllers.yaml';
const CONFIGS = 'infrastructure/monitoring/configs/monitoring-configs.yaml';

test('defaults', () => {
  const cluster = testCluster();
  const monitoring = new InfraComponent(cluster, 'monitoring', { namespace: 'monitoring' });
  new HelmRelease(monitoring.controllers, 'prometheus', { chartRef: CHART });
  new ConfigMap(monitoring.configs, 'dashboards', { data: { 'a.json': '{}' } });
  const files = filesOf(cluster);
  const paths = ['monitoring-controllers.yaml', 'monitoring-configs.yaml', CONTROLLERS, CONFIGS];
  expect(texts(files, paths)).toMatchInlineSnapshot(`
   "# monitoring-controllers.yaml
   apiVersion: kustomize.toolkit.fluxcd.io/v1
   kind: Kustomization
   metadata:
     name: monitoring-controllers
     namespace: flux-system
   spec:
     interval: 10m
     path: ./dist/clusters/test/infrastructure/monitoring/controllers
     prune: true
     retryInterval: 2m
     serviceAccountName: kustomize-controller
     sourceRef:
       kind: GitRepository
       name: flux-system
     timeout: 5m
     wait: true
   # monitoring-configs.yaml
   apiVersion: kustomize.toolkit.fluxcd.io/v1
   kind: Kustomization
   metadata:
     name: monitoring-configs
     namespace: flux-system
   spec:
     dependsOn:
       - name: monitoring-controllers
     interval: 10m
     path: ./dist/clusters/test/infrastructure/monitoring/configs
     prune: true
     retryInterval: 2m
     serviceAccountName: kustomize-controller
     sourceRef:
       kind: GitRepository
       name: flux-system
   # infrastructure/monitoring/controllers/monitoring-controllers.yaml
   apiVersion: v1
   kind: Namespace
   metadata:
     annotations:
       kustomize.toolkit.fluxcd.io/prune: disabled
     name: monitoring
   ---
   apiVersion: v1
   kind: ServiceAccount
   metadata:
     name: flux
     namespace: monitoring
   ---
   apiVersion: rbac.authorization.k8s.io/v1
   kind: ClusterRoleBinding
   metadata:
     name: flux-monitoring
   roleRef:
     apiGroup: rbac.authorization.k8s.io
     kind: ClusterRole
     name: cluster-admin
   subjects:
     - kind: ServiceAccount
       name: flux
       namespace: monitoring
   ---
   apiVersion: helm.toolkit.fluxcd.io/v2
   kind: HelmRelease
   metadata:
     name: prometheus
     namespace: monitoring
   spec:
     chartRef:
       kind: OCIRepository
       name: prometheus
     interval: 30m
     serviceAccountName: flux
   ---
   apiVersion: source.toolkit.fluxcd.io/v1
   kind: OCIRepository
   metadata:
     name: prometheus
     namespace: monitoring
   spec:
     interval: 5m
     ref:
       semver: "1.x"
     url: oci://ghcr.io/acme/charts/monitoring
   # infrastructure/monitoring/configs/monitoring-configs.yaml
   apiVersion: v1
   kind: ConfigMap
   metadata:
     name: dashboards
     namespace: monitoring
   data:
     a.json: "{}"
   "
  `);
});

test('only layers that are used are made', () => {
  const cluster = testCluster();
  const controllers = new InfraComponent(cluster, 'a');
  new Namespace(controllers.controllers, 'a');
  const configs = new InfraComponent(cluster, 'b');
  new Namespace(configs.configs, 'b');
  expect(rootFiles(cluster)).toEqual(['a-controllers.yaml', 'b-configs.yaml']);
  expect([controllers, configs].map((c) => c.layers.map((l) => l.name))).toEqual([['a-controllers'], ['b-configs']]);
});

test('a component without controllers waits with its configs for nothing of its own', () => {
  const cluster = testCluster();
  new Namespace(new InfraComponent(cluster, 'monitoring').configs, 'monitoring');
  expect(filesOf(cluster)['monitoring-configs.yaml']).not.toContain('dependsOn');
});

test('the Kustomization of the controllers keeps its name when configs come', () => {
  const build = (withConfigs: boolean) => {
    const cluster = testCluster();
    const monitoring = new InfraComponent(cluster, 'monitoring', { namespace: 'monitoring' });
    if (withConfigs) new ConfigMap(monitoring.configs, 'dashboards');
    return filesOf(cluster);
  };
  const [before, after] = [build(false), build(true)];
  expect(after[CONTROLLERS]).toBe(before[CONTROLLERS]);
  expect(Object.keys(after)).toEqual(expect.arrayContaining(Object.keys(before)));
});

test('the order of first use does not matter', () => {
  const build = (stages: readonly ('controllers' | 'configs')[]) => {
    const cluster = testCluster();
    const base = new Layer(cluster, 'base');
    new Namespace(base, 'base');
    const monitoring = new InfraComponent(cluster, 'monitoring', { dependsOn: [base] });
    for (const stage of stages) new ServiceAccount(monitoring[stage], stage, { namespace: 'base' });
    return filesOf(cluster);
  };
  expect(build(['configs', 'controllers'])).toEqual(build(['controllers', 'configs']));
});

test('its layers may be named and placed by the code, so that a fleet can be adopted', () => {
  const cluster = testCluster();
  const monitoring = new InfraComponent(cluster, 'monitoring', {
    namespace: 'monitoring',
    controllers: { name: 'monitoring', directory: 'monitoring/base' },
    configs: { name: 'dashboards' },
  });
  new ConfigMap(monitoring.configs, 'dashboards');
  const files = filesOf(cluster);
  expect(files['monitoring.yaml']).toContain('path: ./dist/clusters/test/monitoring/base\n');
  expect(files['dashboards.yaml']).toContain('dependsOn:\n    - name: monitoring\n');
});

test('options of the component hold for both layers, those of a layer over them', () => {
  const cluster = testCluster();
  const monitoring = new InfraComponent(cluster, 'monitoring', {
    namespace: 'monitoring',
    interval: '1h',
    timeout: '9m',
    configs: { interval: '5m' },
  });
  new ConfigMap(monitoring.configs, 'dashboards');
  const files = filesOf(cluster);
  expect(files['monitoring-controllers.yaml']).toMatch(/interval: 1h\n[^]*timeout: 9m\n/);
  expect(files['monitoring-configs.yaml']).toMatch(/interval: 5m\n[^]*timeout: 9m\n/);
});

test('labels of the component stand on everything in it and on its Kustomizations', () => {
  const cluster = testCluster();
  const monitoring = new InfraComponent(cluster, 'monitoring', { namespace: 'monitoring', labels: { area: 'sre' } });
  new HelmRelease(monitoring.controllers, 'prometheus', { chartRef: CHART });
  new ConfigMap(monitoring.configs, 'dashboards');
  const files = filesOf(cluster);
  for (const path of ['monitoring-controllers.yaml', 'monitoring-configs.yaml', CONTROLLERS, CONFIGS]) {
    for (const object of files[path]!.split('---\n')) expect(object).toContain('  labels:\n    area: sre\n');
  }
});

// Namespace and account

test('under lockdown the component has an account of its own, which its HelmReleases run as', () => {
  const cluster = testCluster({ lockdown: true });
  const monitoring = new InfraComponent(cluster, 'monitoring', { namespace: 'monitoring' });
  new HelmRelease(monitoring.controllers, 'prometheus', { chartRef: CHART });
  const text = filesOf(cluster)[CONTROLLERS]!;
  expect(kindsIn(text)).toEqual([
    'Namespace monitoring',
    'ServiceAccount flux',
    'ClusterRoleBinding flux-monitoring',
    'HelmRelease prometheus',
    'OCIRepository prometheus',
  ]);
  expect(text).toContain('  serviceAccountName: flux\n');
});

test('without lockdown there is a namespace and no account', () => {
  const cluster = testCluster({ lockdown: false });
  const monitoring = new InfraComponent(cluster, 'monitoring', { namespace: 'monitoring' });
  new HelmRelease(monitoring.controllers, 'prometheus', { chartRef: CHART });
  const text = filesOf(cluster)[CONTROLLERS]!;
  expect(kindsIn(text)).toEqual(['Namespace monitoring', 'HelmRelease prometheus', 'OCIRepository prometheus']);
  expect(text).not.toContain('serviceAccountName');
});

test('the account and its role can be said', () => {
  const cluster = testCluster({ lockdown: false });
  const monitoring = new InfraComponent(cluster, 'monitoring', {
    namespace: { name: 'monitoring', serviceAccountName: 'installer', clusterRole: 'monitoring-installer' },
  });
  new HelmRelease(monitoring.controllers, 'prometheus', { chartRef: CHART });
  const text = filesOf(cluster)[CONTROLLERS]!;
  expect(text).toContain('kind: ClusterRole\n  name: monitoring-installer\nsubjects:\n  - kind: ServiceAccount\n');
  expect(text).toContain('  serviceAccountName: installer\n');
});

test('under lockdown the account can be left out', () => {
  const cluster = testCluster();
  const monitoring = new InfraComponent(cluster, 'monitoring', {
    namespace: { name: 'monitoring', serviceAccountName: false },
  });
  new HelmRelease(monitoring.controllers, 'prometheus', { chartRef: CHART });
  const text = filesOf(cluster)[CONTROLLERS]!;
  expect(kindsIn(text)).not.toContain('ServiceAccount flux');
  expect(text).not.toContain('serviceAccountName');
});

test('the namespace has the labels, annotations and Pod Security Standard that are said', () => {
  const cluster = testCluster();
  new InfraComponent(cluster, 'monitoring', {
    namespace: {
      name: 'monitoring',
      podSecurity: 'privileged',
      labels: { team: 'sre' },
      annotations: { 'example.com/a': 'b' },
    },
  });
  expect(filesOf(cluster)[CONTROLLERS]!.split('---\n')[0]).toMatchInlineSnapshot(`
   "apiVersion: v1
   kind: Namespace
   metadata:
     annotations:
       example.com/a: b
       kustomize.toolkit.fluxcd.io/prune: disabled
     labels:
       pod-security.kubernetes.io/enforce: privileged
       team: sre
     name: monitoring
   "
  `);
});

test('a HelmRelease in flux-system runs as helm-controller under lockdown', () => {
  const cluster = testCluster();
  const monitoring = new InfraComponent(cluster, 'monitoring');
  new HelmRelease(monitoring.controllers, 'prometheus', {
    namespace: 'flux-system',
    targetNamespace: 'monitoring',
    storageNamespace: 'monitoring',
    chartRef: CHART,
  });
  expect(filesOf(cluster)[CONTROLLERS]).toContain('  serviceAccountName: helm-controller\n');
});

test('objects of the component stand in its namespace, those of its configs too', () => {
  const cluster = testCluster();
  const monitoring = new InfraComponent(cluster, 'monitoring', { namespace: 'monitoring' });
  new ConfigMap(monitoring.configs, 'dashboards');
  new ConfigMap(monitoring.configs, 'elsewhere', { namespace: 'grafana' });
  expect(filesOf(cluster)[CONFIGS]!.match(/namespace: .*/g)).toEqual(['namespace: grafana', 'namespace: monitoring']);
});

test('a HelmRelease in a component without any namespace is refused', () => {
  const cluster = testCluster();
  new HelmRelease(new InfraComponent(cluster, 'monitoring').controllers, 'prometheus', { chartRef: CHART });
  expect(findingsOf(() => filesOf(cluster)).map((f) => f.rule)).toContain('object-without-namespace');
});

// Order

test('it depends on what it is said to, with its first layer', () => {
  const cluster = testCluster();
  const base = new Layer(cluster, 'base');
  new Namespace(base, 'base');
  const monitoring = new InfraComponent(cluster, 'monitoring', { namespace: 'monitoring', dependsOn: [base] });
  new ConfigMap(monitoring.configs, 'dashboards');
  const files = filesOf(cluster);
  expect(files['monitoring-controllers.yaml']).toContain('dependsOn:\n    - name: base\n  interval');
  expect(files['monitoring-configs.yaml']).toContain('dependsOn:\n    - name: monitoring-controllers\n  interval');
});

test('its first layer is its configs where there are no controllers', () => {
  const cluster = testCluster();
  const base = new Layer(cluster, 'base');
  new Namespace(base, 'base');
  new Namespace(new InfraComponent(cluster, 'monitoring', { dependsOn: [base] }).configs, 'monitoring');
  expect(filesOf(cluster)['monitoring-configs.yaml']).toContain('dependsOn:\n    - name: base\n');
});

test('addDependsOn adds a dependency after its layers are made', () => {
  const cluster = testCluster();
  const base = new Layer(cluster, 'base');
  new Namespace(base, 'base');
  const monitoring = new InfraComponent(cluster, 'monitoring', { namespace: 'monitoring' });
  new ConfigMap(monitoring.configs, 'dashboards');
  monitoring.addDependsOn(base);
  expect(filesOf(cluster)['monitoring-controllers.yaml']).toContain('dependsOn:\n    - name: base\n');
});

test('controllers that are used last still take over the dependencies of the component', () => {
  const cluster = testCluster();
  const base = new Layer(cluster, 'base');
  new Namespace(base, 'base');
  const monitoring = new InfraComponent(cluster, 'monitoring', { dependsOn: [base] });
  new Namespace(monitoring.configs, 'configs');
  new Namespace(monitoring.controllers, 'controllers');
  const files = filesOf(cluster);
  expect(files['monitoring-controllers.yaml']).toContain('dependsOn:\n    - name: base\n  interval');
  expect(files['monitoring-configs.yaml']).toContain('dependsOn:\n    - name: monitoring-controllers\n  interval');
});

test('one of its layers may depend on more by itself', () => {
  const cluster = testCluster();
  const base = new Layer(cluster, 'base');
  new Namespace(base, 'base');
  const monitoring = new InfraComponent(cluster, 'monitoring', { namespace: 'monitoring' });
  new ConfigMap(monitoring.configs, 'dashboards');
  monitoring.configs.addDependsOn(base);
  expect(filesOf(cluster)['monitoring-configs.yaml']).toContain(
    'dependsOn:\n    - name: base\n    - name: monitoring-controllers\n',
  );
});

test('something of another cluster is refused at once', () => {
  const there = new Layer(testCluster(), 'base');
  const props = { dependsOn: [there] };
  expect(findingsOf(() => new InfraComponent(testCluster(), 'monitoring', props)).map((f) => f.rule)).toEqual([
    'dependency-elsewhere',
  ]);
});

// Content from elsewhere

test('its controllers may come from a source, and its configs from the code', () => {
  const cluster = testCluster();
  const kyverno = new InfraComponent(cluster, 'kyverno', { source: ARTIFACT, path: './install' });
  new Namespace(kyverno.configs, 'policies');
  const files = filesOf(cluster);
  expect(files['kyverno-controllers.yaml']).toContain('path: ./install\n');
  expect(files['kyverno-controllers.yaml']).toContain('sourceRef:\n    kind: OCIRepository\n');
  expect(files['kyverno-configs.yaml']).toContain('dependsOn:\n    - name: kyverno-controllers\n');
});

test('its configs may come from a source too', () => {
  const cluster = testCluster();
  const props: InfraComponentProps = {
    source: ARTIFACT,
    path: './install',
    configs: { source: ARTIFACT, path: './config' },
  };
  new InfraComponent(cluster, 'kyverno', props);
  const files = filesOf(cluster);
  expect(files['kyverno-controllers.yaml']).toContain('path: ./install\n');
  expect(files['kyverno-configs.yaml']).toContain('path: ./config\n');
});

test('a path without a source is refused', () => {
  const component = () => new InfraComponent(testCluster(), 'kyverno', { path: './install' });
  expect(findingsOf(component).map((f) => f.rule)).toEqual(['layer-source']);
});

test('a namespace beside a source is refused, because nothing could make it first', () => {
  const props = { source: ARTIFACT, path: './', namespace: 'kyverno' };
  expect(findingsOf(() => new InfraComponent(testCluster(), 'kyverno', props)).map((f) => f.rule)).toEqual([
    'component-namespace',
  ]);
});

test('CRDs that its charts bring are listed in flux-fleet.yaml', () => {
  const cluster = testCluster();
  new InfraComponent(cluster, 'b', { namespace: 'b', provides: ['policies.kyverno.io'] });
  new InfraComponent(cluster, 'a', {
    namespace: 'a',
    provides: ['certificates.cert-manager.io', 'policies.kyverno.io'],
  });
  expect(filesOf(cluster)['flux-fleet.yaml']).toContain(
    'provides:\n  - certificates.cert-manager.io\n  - policies.kyverno.io\n',
  );
});

// Place

test('in a layer its Kustomizations are applied by that layer', () => {
  const cluster = testCluster();
  const infrastructure = new Layer(cluster, 'infrastructure');
  const monitoring = new InfraComponent(infrastructure, 'monitoring', { namespace: 'monitoring' });
  new ConfigMap(monitoring.configs, 'dashboards');
  const files = filesOf(cluster);
  expect(rootFiles(cluster)).toEqual(['infrastructure.yaml']);
  expect(files['layers/infrastructure/kustomization.yaml']).toContain(
    'resources:\n  - monitoring-configs.yaml\n  - monitoring-controllers.yaml\n',
  );
  expect(Object.keys(files)).toEqual(expect.arrayContaining([CONTROLLERS, CONFIGS]));
});

test('an object directly on the component is refused, with what to write', () => {
  const cluster = testCluster();
  const monitoring = new InfraComponent(cluster, 'monitoring', { namespace: 'monitoring' });
  new ConfigMap(monitoring, 'dashboards');
  expect(findingsOf(() => filesOf(cluster))).toMatchObject([
    {
      rule: 'object-without-layer',
      given: 'the component "test/monitoring"',
      fix: 'use component.controllers or component.configs as its scope',
      where: { construct: 'test/monitoring/dashboards' },
    },
  ]);
});

test('in a layer too, an object directly on the component is refused', () => {
  const cluster = testCluster();
  const monitoring = new InfraComponent(new Layer(cluster, 'outer'), 'monitoring', { namespace: 'monitoring' });
  new ConfigMap(monitoring, 'dashboards');
  expect(findingsOf(() => filesOf(cluster)).map((f) => f.rule)).toEqual(['object-without-layer']);
});

test('an empty component is refused', () => {
  const cluster = testCluster();
  new InfraComponent(cluster, 'monitoring');
  expect(findingsOf(() => filesOf(cluster))).toMatchObject([
    { rule: 'empty-layer', where: { construct: 'test/monitoring' } },
  ]);
});

test('a layer that was asked for and stayed empty is refused', () => {
  const cluster = testCluster();
  const monitoring = new InfraComponent(cluster, 'monitoring', { namespace: 'monitoring' });
  expect(monitoring.configs.name).toBe('monitoring-configs');
  expect(findingsOf(() => filesOf(cluster))).toMatchObject([
    { rule: 'layer-content', where: { construct: 'test/monitoring/configs' } },
  ]);
});

test.each([
  ['a name that is no DNS label', () => new InfraComponent(testCluster(), 'Monitoring'), 'invalid-name'],
  ['a fleet as its scope', () => new InfraComponent(testFleet(), 'monitoring'), 'component-place'],
  [
    'an interval that is no duration',
    () => new InfraComponent(testCluster(), 'a', { interval: '1 day' }),
    'invalid-duration',
  ],
  ['the name of another component', () => twice(), 'duplicate-name'],
  ['a tenant on it', () => tenantOn(), 'tenant-place'],
])('%s is refused at once', (_, make, rule) => {
  expect(findingsOf(make).map((f) => f.rule)).toEqual([rule]);
});

test('a component is what a class of the user extends', () => {
  class Monitoring extends InfraComponent {
    constructor(scope: Construct, props: { readonly replicas: number }) {
      super(scope, 'monitoring', { namespace: 'monitoring' });
      new HelmRelease(this.controllers, 'prometheus', { chartRef: CHART, values: { replicas: props.replicas } });
    }
  }
  const cluster = testCluster();
  new Monitoring(cluster, { replicas: 3 });
  expect(filesOf(cluster)[CONTROLLERS]).toContain('  values:\n    replicas: 3\n');
});

test('clusters may run different versions of a component, or be without it', () => {
  const fleet = testFleet();
  for (const [name, version] of Object.entries({ dev: '>=1.0.0-0', prod: '1.4.2', edge: undefined })) {
    const cluster = new Cluster(fleet, name);
    new Namespace(new Layer(cluster, 'base'), 'base');
    if (version === undefined) continue;
    const monitoring = new InfraComponent(cluster, 'monitoring', { namespace: 'monitoring' });
    const source = Source.helm({ url: 'https://charts.example.com' });
    new HelmRelease(monitoring.controllers, 'prometheus', { chart: { chart: 'prometheus', version, source } });
  }
  const files = fleet.files();
  const versionOn = (name: string) =>
    /^ {6}version: "(.*)"$/m.exec(files[`clusters/${name}/${CONTROLLERS}`] ?? '')?.[1];
  expect(['dev', 'prod', 'edge'].map(versionOn)).toEqual(['>=1.0.0-0', '1.4.2', undefined]);
  expect(Object.keys(files).filter((path) => path.startsWith('clusters/edge/') && path.includes('monitoring'))).toEqual(
    [],
  );
});

function twice(): void {
  const cluster = testCluster();
  new InfraComponent(cluster, 'monitoring');
  new InfraComponent(cluster, 'monitoring');
}

function tenantOn(): void {
  new Tenant(new InfraComponent(testCluster(), 'monitoring'), 'dev-team', { namespaces: ['dev'] });
}

function texts(files: Record<string, string>, paths: readonly string[]): string {
  return paths.map((path) => `# ${path}\n${files[path]}`).join('');
}

/** The files of the Kustomizations that the cluster's root applies. */
function rootFiles(cluster: Cluster): string[] {
  const own = ['kustomization.yaml', 'flux-fleet.yaml'];
  return Object.keys(filesOf(cluster)).filter((path) => !path.includes('/') && !own.includes(path));
}

function kindsIn(text: string): string[] {
  return text.split('---\n').map((o) => `${/^kind: (.*)/m.exec(o)![1]} ${/^ {2}name: (.*)/m.exec(o)![1]}`);
}
