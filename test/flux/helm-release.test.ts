import { expect, test } from '@jest/globals';
import {
  ConfigMap,
  GitRef,
  HelmRelease,
  HelmRepository,
  InfraComponent,
  Layer,
  OCIRef,
  Secret,
  Source,
  Tenant,
} from 'cdk8s-flux-fleet';
import type { HelmReleaseProps } from 'cdk8s-flux-fleet';
import { parse } from 'yaml';
import { filesOf, findingsOf, testCluster, yamlOf } from '../support/fleet.js';
import { errorOf, objectIn, objectsIn, specOf } from './objects.js';

const CHARTS = Source.fromName('HelmRepository', 'charts');
const MINIMAL = { namespace: 'apps', chart: { chart: 'app', source: CHARTS } };

/** The spec of a release with these props over the minimal ones. */
function spec(props: Partial<HelmReleaseProps> = {}): Record<string, unknown> {
  return specOf((layer) => new HelmRelease(layer, 'app', { ...MINIMAL, ...props }));
}

test('defaults with a chart', () => {
  expect(
    yamlOf(
      (layer) =>
        new HelmRelease(layer, 'app', {
          namespace: 'apps',
          chart: { chart: 'app', version: '1.x', source: Source.helm({ url: 'https://charts.example.com' }) },
        }),
    ),
  ).toMatchInlineSnapshot(`
   "apiVersion: helm.toolkit.fluxcd.io/v2
   kind: HelmRelease
   metadata:
     name: app
     namespace: apps
   spec:
     chart:
       spec:
         chart: app
         sourceRef:
           kind: HelmRepository
           name: app
         version: "1.x"
     interval: 30m
   ---
   apiVersion: source.toolkit.fluxcd.io/v1
   kind: HelmRepository
   metadata:
     name: app
     namespace: apps
   spec:
     interval: 1h
     url: https://charts.example.com
   "
  `);
});

test('defaults with a chartRef', () => {
  expect(
    yamlOf(
      (layer) =>
        new HelmRelease(layer, 'app', {
          namespace: 'apps',
          chartRef: Source.oci({ url: 'oci://ghcr.io/acme/charts/app', ref: OCIRef.semver('1.x') }),
        }),
    ),
  ).toMatchInlineSnapshot(`
   "apiVersion: helm.toolkit.fluxcd.io/v2
   kind: HelmRelease
   metadata:
     name: app
     namespace: apps
   spec:
     chartRef:
       kind: OCIRepository
       name: app
     interval: 30m
   ---
   apiVersion: source.toolkit.fluxcd.io/v1
   kind: OCIRepository
   metadata:
     name: app
     namespace: apps
   spec:
     interval: 5m
     ref:
       semver: "1.x"
     url: oci://ghcr.io/acme/charts/app
   "
  `);
});

test('every prop lands in its field', () => {
  const passed = {
    interval: '1h',
    timeout: '10m',
    releaseName: 'the-release',
    targetNamespace: 'target',
    storageNamespace: 'storage',
    serviceAccountName: 'installer',
    install: {
      crds: 'CreateReplace',
      createNamespace: false,
      timeout: '7m',
      strategy: { name: 'RetryOnFailure', retryInterval: '1m' },
    },
    upgrade: {
      crds: 'CreateReplace',
      timeout: '8m',
      cleanupOnFail: true,
      remediation: { retries: 3, remediateLastFailure: true, strategy: 'rollback' },
      chartNameChangeStrategy: 'Reinstall',
    },
    test: { enable: true, timeout: '1m', filters: [{ name: 'slow', exclude: true }] },
    rollback: { timeout: '2m', cleanupOnFail: true },
    uninstall: { timeout: '3m', keepHistory: true, deletionPropagation: 'foreground' },
    driftDetection: {
      mode: 'enabled',
      ignore: [{ paths: ['/spec/replicas'], target: { kind: 'Deployment' } }],
    },
    postRenderers: [{ kustomize: { patches: [{ patch: '- op: remove\n  path: /spec\n', target: { kind: 'Pod' } }] } }],
    postRenderStrategy: 'combined',
    healthCheckExprs: [{ apiVersion: 'example.com/v1', kind: 'Widget', current: 'true' }],
    maxHistory: 3,
    commonMetadata: { labels: { team: 'a' }, annotations: { note: 'b' } },
    kubeConfig: { secretRef: { name: 'remote', key: 'value.yaml' } },
    suspend: true,
    values: { replicas: 2, ingress: { enabled: false } },
  } as const;
  const chart = {
    chart: './charts/app',
    version: '1.2.x',
    interval: '5m',
    reconcileStrategy: 'Revision',
    valuesFiles: ['values.yaml', 'values-prod.yaml'],
    ignoreMissingValuesFiles: true,
  } as const;
  const props = {
    ...passed,
    name: 'the-app',
    namespace: 'apps',
    labels: { team: 'a' },
    annotations: { note: 'b' },
    chart: {
      ...chart,
      source: Source.fromName('GitRepository', 'charts', 'shared'),
      verify: { provider: 'cosign', secretRef: Secret.fromName('cosign-keys') },
    },
    valuesFrom: [
      { from: ConfigMap.fromName('defaults') },
      { from: Secret.fromName('login'), valuesKey: 'password', targetPath: 'auth.password', literal: true },
      { from: ConfigMap.fromName('perhaps'), optional: true },
    ],
  } as unknown as HelmReleaseProps;
  expect(parse(yamlOf((layer) => new HelmRelease(layer, 'app', props), { lockdown: false }))).toEqual({
    apiVersion: 'helm.toolkit.fluxcd.io/v2',
    kind: 'HelmRelease',
    metadata: { name: 'the-app', namespace: 'apps', labels: { team: 'a' }, annotations: { note: 'b' } },
    spec: {
      ...passed,
      chart: {
        spec: {
          ...chart,
          sourceRef: { kind: 'GitRepository', name: 'charts', namespace: 'shared' },
          verify: { provider: 'cosign', secretRef: { name: 'cosign-keys' } },
        },
      },
      valuesFrom: [
        { kind: 'ConfigMap', name: 'defaults' },
        { kind: 'Secret', name: 'login', valuesKey: 'password', targetPath: 'auth.password', literal: true },
        { kind: 'ConfigMap', name: 'perhaps', optional: true },
      ],
    },
  });
});

test('"suspend: false" is not written: it would undo a "flux suspend" on the cluster', () => {
  expect(spec({ suspend: false })).not.toHaveProperty('suspend');
});

test('the fields in "spec" win over all props and defaults', () => {
  expect(spec({ interval: '1h', spec: { interval: '7m', persistentClient: false } })).toMatchObject({
    interval: '7m',
    persistentClient: false,
    chart: { spec: { chart: 'app' } },
  });
});

test('a null among the values survives into the YAML: it deletes a default of the chart', () => {
  const values = { livenessProbe: { httpGet: null }, nodeSelector: null, list: [null, 1] };
  expect(spec({ values })['values']).toEqual(values);
  expect(yamlOf((layer) => new HelmRelease(layer, 'app', { ...MINIMAL, values }))).toContain('httpGet: null');
});

test('values may hold what Flux or Helm read otherwise, and come out as they went in', () => {
  const values = { on: 'no', version: '1.10', mode: '0644', empty: {}, none: [], text: 'a: b\n# c\n' };
  expect(spec({ values })['values']).toEqual(values);
});

test('the source of a chart stands beside the release and is called as it', () => {
  const cluster = testCluster();
  const source = Source.git({ url: 'https://github.com/acme/charts', ref: GitRef.tag('v1') });
  new HelmRelease(new Layer(cluster, 'layer'), 'app', { ...MINIMAL, chart: { chart: './app', source } });
  const file = filesOf(cluster)['layers/layer/layer.yaml'];
  expect(objectIn(file, 'GitRepository').metadata).toEqual({ name: 'app', namespace: 'apps' });
  expect(objectIn(file, 'HelmRelease').spec).toMatchObject({
    chart: { spec: { chart: './app', sourceRef: { kind: 'GitRepository', name: 'app' } } },
  });
});

test('waits for releases of its namespace by name, and for those of other namespaces by both', () => {
  const cluster = testCluster();
  const layer = new Layer(cluster, 'layer');
  const database = new HelmRelease(layer, 'database', { ...MINIMAL, namespace: 'data' });
  const cache = new HelmRelease(layer, 'cache', MINIMAL);
  new HelmRelease(layer, 'app', { ...MINIMAL, dependsOn: [cache, { on: database, readyExpr: 'dep.status.x == 1' }] });
  expect(objectIn(filesOf(cluster)['layers/layer/layer.yaml'], 'HelmRelease', 'app').spec['dependsOn']).toEqual([
    { name: 'cache' },
    { name: 'database', namespace: 'data', readyExpr: 'dep.status.x == 1' },
  ]);
});

test('a ConfigMap of the fleet that values come from is watched, so that Flux reconciles when it changes', () => {
  const cluster = testCluster();
  const layer = new Layer(cluster, 'layer', { namespace: 'apps' });
  const from = new ConfigMap(layer, 'values', { data: { 'values.yaml': 'a: 1\n' }, labels: { team: 'a' } });
  new ConfigMap(layer, 'others', { data: { 'values.yaml': 'a: 1\n' } });
  new HelmRelease(layer, 'app', { ...MINIMAL, valuesFrom: [{ from }] });
  const file = filesOf(cluster)['layers/layer/layer.yaml'];
  expect(objectIn(file, 'ConfigMap', 'values').metadata.labels).toEqual({
    'reconcile.fluxcd.io/watch': 'Enabled',
    team: 'a',
  });
  expect(objectIn(file, 'ConfigMap', 'others').metadata).not.toHaveProperty('labels');
});

test('a ConfigMap of the same name in another namespace is not watched', () => {
  const cluster = testCluster();
  const layer = new Layer(cluster, 'layer');
  new ConfigMap(layer, 'values', { namespace: 'elsewhere', data: { 'values.yaml': 'a: 1\n' } });
  new HelmRelease(layer, 'app', { ...MINIMAL, valuesFrom: [{ from: ConfigMap.fromName('values') }] });
  const file = filesOf(cluster)['layers/layer/layer.yaml'];
  expect(objectIn(file, 'ConfigMap', 'values').metadata).not.toHaveProperty('labels');
});

test('what it needs of others is declared, without what may be missing', () => {
  const cluster = testCluster();
  const source = Source.helm({ url: 'oci://ghcr.io/acme/charts', secretRef: Secret.fromName('registry') });
  new HelmRelease(new Layer(cluster, 'layer'), 'app', {
    namespace: 'apps',
    chart: { chart: 'app', source, verify: { provider: 'cosign', secretRef: Secret.fromName('cosign-keys') } },
    valuesFrom: [
      { from: ConfigMap.fromName('defaults', ['values.yaml']) },
      { from: Secret.fromName('perhaps'), optional: true },
    ],
  });
  const { exists } = parse(filesOf(cluster)['flux-fleet.yaml']!) as { exists: object[] };
  expect(exists).toEqual([
    { kind: 'ConfigMap', namespace: 'apps', name: 'defaults', keys: ['values.yaml'] },
    { kind: 'Secret', namespace: 'apps', name: 'cosign-keys' },
    { kind: 'Secret', namespace: 'apps', name: 'registry' },
  ]);
});

// ---- Whose rights ----------------------------------------------------------------------------------------------

test('in a namespace of a tenant it runs as the account of the tenant there', () => {
  const cluster = testCluster();
  const tenant = new Tenant(cluster, 'dev-team', {
    namespaces: ['apps', { name: 'data', serviceAccountName: 'data-team' }],
  });
  new HelmRelease(tenant, 'web', { chart: MINIMAL.chart });
  new HelmRelease(tenant, 'db', { chart: MINIMAL.chart, namespace: 'data' });
  const file = filesOf(cluster)['tenants/dev-team/dev-team.yaml'];
  expect(objectIn(file, 'HelmRelease', 'web')).toMatchObject({
    metadata: { namespace: 'apps' },
    spec: { serviceAccountName: 'dev-team' },
  });
  expect(objectIn(file, 'HelmRelease', 'db')).toMatchObject({
    metadata: { namespace: 'data' },
    spec: { serviceAccountName: 'data-team' },
  });
});

test('in the namespace of a component it runs as the account of the component', () => {
  const cluster = testCluster();
  const component = new InfraComponent(cluster, 'dns', { namespace: 'dns-system' });
  new HelmRelease(component.controllers, 'dns', { chart: MINIMAL.chart });
  const file = filesOf(cluster)['infrastructure/dns/controllers/dns-controllers.yaml'];
  expect(objectIn(file, 'HelmRelease')).toMatchObject({
    metadata: { namespace: 'dns-system' },
    spec: { serviceAccountName: 'flux' },
  });
  expect(objectIn(file, 'ServiceAccount').metadata).toEqual({ name: 'flux', namespace: 'dns-system' });
});

test('without lockdown a component has no account, and its release none', () => {
  const cluster = testCluster({ lockdown: false });
  const component = new InfraComponent(cluster, 'dns', { namespace: 'dns-system' });
  new HelmRelease(component.controllers, 'dns', { chart: MINIMAL.chart });
  const file = filesOf(cluster)['infrastructure/dns/controllers/dns-controllers.yaml'];
  expect(objectIn(file, 'HelmRelease').spec).not.toHaveProperty('serviceAccountName');
  expect(objectsIn(file).map((o) => o.kind)).toEqual(['Namespace', 'HelmRelease']);
});

test('in flux-system it runs as helm-controller under lockdown, and without lockdown with the controller’s rights', () => {
  const fill = (layer: Layer): unknown => new HelmRelease(layer, 'app', { ...MINIMAL, namespace: 'flux-system' });
  expect(specOf(fill)).toHaveProperty('serviceAccountName', 'helm-controller');
  expect(specOf(fill, { lockdown: false })).not.toHaveProperty('serviceAccountName');
});

test('in other namespaces it names no account: under lockdown it then has no rights', () => {
  expect(spec()).not.toHaveProperty('serviceAccountName');
});

test('an account that is said wins', () => {
  const cluster = testCluster();
  const tenant = new Tenant(cluster, 'dev-team', { namespaces: ['apps'] });
  new HelmRelease(tenant, 'web', { chart: MINIMAL.chart, serviceAccountName: 'web-installer' });
  const file = filesOf(cluster)['tenants/dev-team/dev-team.yaml'];
  expect(objectIn(file, 'HelmRelease').spec).toHaveProperty('serviceAccountName', 'web-installer');
});

// ---- What is refused -------------------------------------------------------------------------------------------

test('refuses both chart and chartRef', () => {
  const chartRef = Source.fromName('OCIRepository', 'app');
  expect(errorOf(() => spec({ chartRef }))).toMatchInlineSnapshot(`
   "this HelmRelease has both chart and chartRef [helm-chart]
     expected  exactly one of chart (a chart in a HelmRepository, GitRepository or Bucket) and chartRef (an OCIRepository)
     given     chart and chartRef
     construct test/layer/app
     at        test/flux/helm-release.test.ts:<line>, called from test/flux/helm-release.test.ts:<line>
     fix       leave one of them out"
  `);
});

test('refuses neither chart nor chartRef', () => {
  expect(findingsOf(() => spec({ chart: undefined }))).toMatchObject([
    { rule: 'helm-chart', what: 'this HelmRelease has neither chart nor chartRef' },
  ]);
});

test('a chart without a source is refused where it is said', () => {
  const chart = { chart: 'web', source: undefined as never };
  expect(
    findingsOf(() => yamlOf((layer) => new HelmRelease(layer, 'web', { namespace: 'apps', chart }))),
  ).toMatchObject([{ rule: 'helm-chart', what: 'the chart of this HelmRelease has no source' }]);
});

test('refuses a chart from a kind of source that has no charts', () => {
  const source = Source.oci({ url: 'oci://ghcr.io/acme/charts/app', ref: OCIRef.tag('v1') });
  expect(findingsOf(() => filesOfRelease({ chart: { chart: 'app', source } }))).toMatchObject([
    { rule: 'invalid-field', what: expect.stringContaining('spec.chart.spec.sourceRef.kind') },
  ]);
  expect(findingsOf(() => spec({ chart: undefined, chartRef: CHARTS }))).toMatchObject([
    { rule: 'invalid-field', what: expect.stringContaining('spec.chartRef.kind') },
  ]);
});

/** The files of a cluster with a release, for what is not one object. */
function filesOfRelease(props: Partial<HelmReleaseProps>): Record<string, string> {
  const cluster = testCluster();
  new HelmRelease(new Layer(cluster, 'layer'), 'app', { ...MINIMAL, ...props });
  return filesOf(cluster);
}

test.each([
  ['interval', { interval: '5 minutes' }],
  ['timeout', { timeout: '5 minutes' }],
  ['chart.interval', { chart: { ...MINIMAL.chart, interval: '5 minutes' } }],
  ['install.timeout', { install: { timeout: '5 minutes' } }],
  ['upgrade.timeout', { upgrade: { timeout: '5 minutes' } }],
  ['test.timeout', { test: { timeout: '5 minutes' } }],
  ['rollback.timeout', { rollback: { timeout: '5 minutes' } }],
  ['uninstall.timeout', { uninstall: { timeout: '5 minutes' } }],
])('refuses a wrong duration as %s', (field, props) => {
  expect(findingsOf(() => spec(props))).toMatchObject([
    { rule: 'invalid-duration', what: `'${field}' is not a Go duration`, fix: 'write "5m"' },
  ]);
});

test.each(['', 'x'.repeat(54)])('refuses the release name %j, which Helm would refuse', (releaseName) => {
  expect(findingsOf(() => spec({ releaseName }))).toMatchObject([{ rule: 'release-name' }]);
});

test('takes a release name of 53 characters', () => {
  expect(spec({ releaseName: 'x'.repeat(53) })).toHaveProperty('releaseName', 'x'.repeat(53));
});

test.each([[['a']], ['a: 1'], [null]])('refuses values that are no map: %j', (values) => {
  expect(findingsOf(() => spec({ values: values as unknown as Record<string, unknown> }))).toMatchObject([
    { rule: 'values-not-a-map', given: JSON.stringify(values) },
  ]);
});

test('refuses a value that YAML cannot say, and names its place', () => {
  const [first] = findingsOf(() => spec({ values: { at: [1, new Date(0)] } }));
  expect(first).toMatchObject({
    rule: 'object-not-plain',
    what: 'spec.values.at[1] of HelmRelease "app" cannot be written as YAML',
  });
});

test('refuses a Secret among the values, with its values in clear', () => {
  const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'x' }, stringData: { password: 'p' } };
  expect(findingsOf(() => spec({ values: { extraObjects: [secret] } }))).toMatchObject([
    { rule: 'plaintext-secret', given: 'values of stringData.password' },
  ]);
});

test('a source construct of another namespace is referred to with its namespace', () => {
  const cluster = testCluster({ lockdown: false });
  const layer = new Layer(cluster, 'layer');
  const source = new HelmRepository(layer, 'charts', { namespace: 'flux-system', url: 'https://charts.example.com' });
  new HelmRelease(layer, 'app', { ...MINIMAL, chart: { chart: 'app', source } });
  expect(objectIn(filesOf(cluster)['layers/layer/layer.yaml'], 'HelmRelease').spec).toMatchObject({
    chart: { spec: { sourceRef: { kind: 'HelmRepository', name: 'charts', namespace: 'flux-system' } } },
  });
});

const RETRY = { name: 'RetryOnFailure', retryInterval: '2m' } as const;

test.each<Partial<HelmReleaseProps>>([
  { install: { strategy: RETRY, remediation: { retries: 3 } } },
  { upgrade: { strategy: RETRY, remediation: { retries: 3 } } },
  { upgrade: { strategy: RETRY, remediation: { strategy: 'rollback' } } },
  { install: { strategy: { name: 'RemediateOnFailure', retryInterval: '2m' } } },
])('refuses %j: retries and repairs exclude each other', (props) => {
  const chartRef = Source.fromName('OCIRepository', 'app');
  const make = (): unknown =>
    yamlOf((layer) => new HelmRelease(layer, 'app', { namespace: 'apps', chartRef, ...props }));
  expect(findingsOf(make)).toMatchObject([{ rule: 'helm-strategy', where: { construct: 'test/layer/app' } }]);
});

test.each<Partial<HelmReleaseProps>>([
  { install: { strategy: RETRY }, upgrade: { strategy: RETRY } },
  { upgrade: { strategy: RETRY, remediation: { ignoreTestFailures: true } } },
  { install: { strategy: { name: 'RemediateOnFailure' }, remediation: { retries: -1 } } },
])('takes %j', (props) => {
  const chartRef = Source.fromName('OCIRepository', 'app');
  const fill = (layer: Layer): unknown => new HelmRelease(layer, 'app', { namespace: 'apps', chartRef, ...props });
  expect(specOf(fill)).toMatchObject(props);
});
