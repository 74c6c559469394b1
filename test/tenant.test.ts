import { ApiObject } from 'cdk8s';
import * as kplus from 'cdk8s-plus-33';
import { expect, test } from '@jest/globals';
import {
  ArtifactGenerator,
  Cluster,
  ConfigMap,
  GitRef,
  GitRepository,
  HelmRelease,
  InfraComponent,
  Kustomization,
  Layer,
  Namespace,
  OCIRef,
  ResourceSet,
  Secret,
  ServiceAccount,
  Source,
  Tenant,
} from 'cdk8s-flux-fleet';
import type { TenantNamespaceProps, TenantProps } from 'cdk8s-flux-fleet';
import { parseAllDocuments } from 'yaml';
import { objectsIn } from './flux/objects.js';
import { ALL_CONTROLLERS, filesOf, findingsOf, testCluster, testFleet } from './support/fleet.js';

const TEAM = Source.git({ url: 'https://github.com/acme/dev-team', ref: GitRef.branch('main') });
const CHART = Source.oci({ url: 'oci://ghcr.io/acme/charts/web', ref: OCIRef.semver('1.x') });

test('defaults', () => {
  const cluster = testCluster();
  new Tenant(cluster, 'dev-team', { namespaces: ['apps'], source: TEAM, path: './staging' });
  const files = filesOf(cluster);
  expect(`# dev-team.yaml\n${files['dev-team.yaml']}# tenants/dev-team/dev-team.yaml\n${tenantFile(cluster)}`)
    .toMatchInlineSnapshot(`
   "# dev-team.yaml
   apiVersion: kustomize.toolkit.fluxcd.io/v1
   kind: Kustomization
   metadata:
     labels:
       toolkit.fluxcd.io/tenant: dev-team
     name: dev-team
     namespace: flux-system
   spec:
     interval: 10m
     path: ./dist/clusters/test/tenants/dev-team
     prune: true
     retryInterval: 2m
     serviceAccountName: kustomize-controller
     sourceRef:
       kind: GitRepository
       name: flux-system
   # tenants/dev-team/dev-team.yaml
   apiVersion: v1
   kind: Namespace
   metadata:
     annotations:
       kustomize.toolkit.fluxcd.io/prune: disabled
     labels:
       pod-security.kubernetes.io/enforce: baseline
       toolkit.fluxcd.io/tenant: dev-team
     name: apps
   ---
   apiVersion: v1
   kind: ServiceAccount
   metadata:
     labels:
       toolkit.fluxcd.io/tenant: dev-team
     name: dev-team
     namespace: apps
   ---
   apiVersion: rbac.authorization.k8s.io/v1
   kind: RoleBinding
   metadata:
     labels:
       toolkit.fluxcd.io/tenant: dev-team
     name: dev-team-reconciler
     namespace: apps
   roleRef:
     apiGroup: rbac.authorization.k8s.io
     kind: ClusterRole
     name: admin
   subjects:
     - kind: ServiceAccount
       name: dev-team
       namespace: apps
   ---
   apiVersion: source.toolkit.fluxcd.io/v1
   kind: GitRepository
   metadata:
     labels:
       toolkit.fluxcd.io/tenant: dev-team
     name: dev-team
     namespace: apps
   spec:
     interval: 5m
     ref:
       branch: main
     url: https://github.com/acme/dev-team
   ---
   apiVersion: kustomize.toolkit.fluxcd.io/v1
   kind: Kustomization
   metadata:
     labels:
       toolkit.fluxcd.io/tenant: dev-team
     name: dev-team
     namespace: apps
   spec:
     interval: 10m
     path: ./staging
     prune: true
     retryInterval: 2m
     serviceAccountName: dev-team
     sourceRef:
       kind: GitRepository
       name: dev-team
   "
  `);
});

test('a tenant without a source has its namespaces and rights, and syncs nothing', () => {
  expect(kindsOf({ namespaces: ['apps'] })).toEqual([
    'Namespace apps',
    'ServiceAccount apps/dev-team',
    'RoleBinding apps/dev-team-reconciler',
  ]);
});

test('a tenant like that of flux create tenant', () => {
  const cluster = testCluster();
  new Tenant(cluster, 'dev-team', {
    namespaces: ['apps'],
    role: 'cluster-admin',
    reconcilerUser: true,
    podSecurity: false,
    prune: true,
  });
  expect(tenantFile(cluster)).toMatchInlineSnapshot(`
   "apiVersion: v1
   kind: Namespace
   metadata:
     labels:
       toolkit.fluxcd.io/tenant: dev-team
     name: apps
   ---
   apiVersion: v1
   kind: ServiceAccount
   metadata:
     labels:
       toolkit.fluxcd.io/tenant: dev-team
     name: dev-team
     namespace: apps
   ---
   apiVersion: rbac.authorization.k8s.io/v1
   kind: RoleBinding
   metadata:
     labels:
       toolkit.fluxcd.io/tenant: dev-team
     name: dev-team-reconciler
     namespace: apps
   roleRef:
     apiGroup: rbac.authorization.k8s.io
     kind: ClusterRole
     name: cluster-admin
   subjects:
     - apiGroup: rbac.authorization.k8s.io
       kind: User
       name: gotk:apps:reconciler
     - kind: ServiceAccount
       name: dev-team
       namespace: apps
   "
  `);
});

// Namespaces

test('each namespace has an account of its own, with rights there only', () => {
  const objects = objectsOf({ namespaces: ['apps', 'jobs'] });
  expect(objects.filter((o) => o.kind === 'ServiceAccount').map(nameOf)).toEqual(['apps/dev-team', 'jobs/dev-team']);
  expect(objects.filter((o) => o.kind === 'RoleBinding').map((o) => [o.metadata.namespace, o.subjects])).toEqual([
    ['apps', [{ kind: 'ServiceAccount', name: 'dev-team', namespace: 'apps' }]],
    ['jobs', [{ kind: 'ServiceAccount', name: 'dev-team', namespace: 'jobs' }]],
  ]);
});

test('what the tenant says of namespaces holds for all, and what a namespace says over it', () => {
  const objects = objectsOf({
    namespaces: [
      'apps',
      {
        name: 'jobs',
        podSecurity: 'privileged',
        role: 'view',
        serviceAccountName: 'runner',
        roleBindingName: 'runner-view',
        labels: { tier: 'batch' },
      },
    ],
    podSecurity: 'restricted',
    role: 'edit',
    labels: { tier: 'web' },
  });
  expect(
    objects.map((o) => [o.kind, nameOf(o), o.metadata.labels?.tier, o.metadata.labels?.[PSS], o.roleRef?.name]),
  ).toEqual([
    ['Namespace', 'apps', 'web', 'restricted', undefined],
    ['Namespace', 'jobs', 'batch', 'privileged', undefined],
    ['ServiceAccount', 'apps/dev-team', undefined, undefined, undefined],
    ['ServiceAccount', 'jobs/runner', undefined, undefined, undefined],
    ['RoleBinding', 'apps/dev-team-reconciler', undefined, undefined, 'edit'],
    ['RoleBinding', 'jobs/runner-view', undefined, undefined, 'view'],
  ]);
});

test('a namespace that others make is not made here', () => {
  expect(kindsOf({ namespaces: ['apps', { name: 'jobs', createNamespace: false }] })).toEqual([
    'Namespace apps',
    'ServiceAccount apps/dev-team',
    'ServiceAccount jobs/dev-team',
    'RoleBinding apps/dev-team-reconciler',
    'RoleBinding jobs/dev-team-reconciler',
  ]);
});

test('one account over several namespaces is said explicitly', () => {
  const objects = objectsOf({ namespaces: ['apps', 'jobs'], sharedServiceAccount: true });
  expect(objects.filter((o) => o.kind === 'ServiceAccount').map(nameOf)).toEqual(['apps/dev-team']);
  expect(objects.filter((o) => o.kind === 'RoleBinding').map((o) => [o.metadata.namespace, o.subjects])).toEqual([
    ['apps', [{ kind: 'ServiceAccount', name: 'dev-team', namespace: 'apps' }]],
    ['jobs', [{ kind: 'ServiceAccount', name: 'dev-team', namespace: 'apps' }]],
  ]);
});

test('namespaces are guarded against pruning, unless the code says otherwise', () => {
  const objects = objectsOf({ namespaces: ['apps', { name: 'scratch', prune: true }] });
  expect(objects.filter((o) => o.kind === 'Namespace').map((o) => [nameOf(o), o.metadata.annotations])).toEqual([
    ['apps', { 'kustomize.toolkit.fluxcd.io/prune': 'disabled' }],
    ['scratch', undefined],
  ]);
});

test.each([
  ['baseline', undefined],
  ['restricted', 'restricted'],
] as const)('Pod Security is %s where the code says %s', (level, podSecurity) => {
  const [namespace] = objectsOf({ namespaces: ['apps'], podSecurity });
  expect(namespace!.metadata.labels).toEqual({ [PSS]: level, [TENANT]: 'dev-team' });
});

test('Pod Security can be left to the cluster', () => {
  const [namespace] = objectsOf({ namespaces: ['apps'], podSecurity: false });
  expect(namespace!.metadata.labels).toEqual({ [TENANT]: 'dev-team' });
});

test('quota, limits and network policy stand in each namespace', () => {
  const cluster = testCluster();
  new Tenant(cluster, 'dev-team', {
    namespaces: ['apps', { name: 'jobs', quota: { pods: 100 } }],
    quota: { 'limits.memory': '64Gi', pods: 50 },
    limits: [{ defaultRequest: { cpu: '100m' } }],
    networkPolicy: { allow: ['same-namespace', 'dns'] },
  });
  const objects = parse(tenantFile(cluster));
  expect(objects.filter((o) => o.kind === 'ResourceQuota').map((o) => [nameOf(o), o.spec?.hard])).toEqual([
    ['apps/dev-team', { 'limits.memory': '64Gi', pods: '50' }],
    ['jobs/dev-team', { pods: '100' }],
  ]);
  expect(
    objects.filter((o) => ['LimitRange', 'NetworkPolicy'].includes(o.kind)).map((o) => `${o.kind} ${nameOf(o)}`),
  ).toEqual([
    'LimitRange apps/dev-team',
    'LimitRange jobs/dev-team',
    'NetworkPolicy apps/deny-by-default',
    'NetworkPolicy jobs/deny-by-default',
  ]);
});

test('an empty network policy denies all', () => {
  const policy = objectsOf({ namespaces: ['apps'], networkPolicy: {} }).find((o) => o.kind === 'NetworkPolicy');
  expect(policy!.spec).toEqual({ podSelector: {}, policyTypes: ['Ingress', 'Egress'] });
});

test('secrets for pulling images stand on the account, and exist', () => {
  const cluster = testCluster();
  new Tenant(cluster, 'dev-team', { namespaces: ['apps'], imagePullSecrets: [Secret.fromName('registry')] });
  expect(tenantFile(cluster)).toContain(
    'kind: ServiceAccount\nmetadata:\n  labels:\n    toolkit.fluxcd.io/tenant: dev-team\n  name: dev-team\n  namespace: apps\nimagePullSecrets:\n  - name: registry\n',
  );
  expect(filesOf(cluster)['flux-fleet.yaml']).toContain(
    'exists:\n  - kind: Secret\n    name: registry\n    namespace: apps\n',
  );
});

test('others get the role too where the code says so', () => {
  const binding = objectsOf({
    namespaces: ['apps'],
    reconcilerUser: true,
    subjects: [{ kind: 'Group', name: 'developers' }],
    role: { kind: 'Role', name: 'deployer' },
  }).find((o) => o.kind === 'RoleBinding')!;
  expect(binding.roleRef).toMatchObject({ kind: 'Role', name: 'deployer' });
  expect(binding.subjects).toEqual([
    { apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: 'gotk:apps:reconciler' },
    { kind: 'ServiceAccount', name: 'dev-team', namespace: 'apps' },
    { apiGroup: 'rbac.authorization.k8s.io', kind: 'Group', name: 'developers' },
  ]);
});

// What is synced

test('options of the sync are those of its Kustomization', () => {
  const sync = objectsOf({
    namespaces: ['apps'],
    source: TEAM,
    path: './staging',
    sync: { name: 'web', interval: '1m', prune: false, targetNamespace: 'apps' },
  }).find((o) => o.kind === 'Kustomization')!;
  expect(sync).toMatchObject({
    metadata: { name: 'web', namespace: 'apps' },
    spec: { interval: '1m', prune: false, targetNamespace: 'apps', path: './staging', serviceAccountName: 'dev-team' },
  });
});

test('a sync per namespace has the account and a source of that namespace', () => {
  const sync = (namespace: string): TenantNamespaceProps => ({ name: namespace, sync: { path: `./${namespace}` } });
  const objects = objectsOf({ namespaces: [sync('backend'), sync('frontend')], source: TEAM });
  expect(objects.filter((o) => o.kind === 'Kustomization')).toMatchObject(
    ['backend', 'frontend'].map((name) => ({
      metadata: { name, namespace: name },
      spec: { path: `./${name}`, sourceRef: { kind: 'GitRepository', name }, serviceAccountName: 'dev-team' },
    })),
  );
  expect(objects.filter((o) => o.kind === 'GitRepository').map(nameOf)).toEqual([
    'backend/backend',
    'frontend/frontend',
  ]);
});

test('instances of one app have each a namespace and variables of their own', () => {
  const instance = (name: string): TenantNamespaceProps => ({
    name: `shop-${name}`,
    sync: { path: './deploy', targetNamespace: `shop-${name}`, postBuild: { substitute: { INSTANCE: name } } },
  });
  const objects = objectsOf({ namespaces: ['blue', 'green'].map(instance), source: TEAM });
  expect(objects.filter((o) => o.kind === 'Kustomization').map((o) => [nameOf(o), o.spec])).toMatchObject([
    ['shop-blue/shop-blue', { targetNamespace: 'shop-blue', postBuild: { substitute: { INSTANCE: 'blue' } } }],
    ['shop-green/shop-green', { targetNamespace: 'shop-green', postBuild: { substitute: { INSTANCE: 'green' } } }],
  ]);
});

test('a tenant of several namespaces that share a source, and one more for updates with a secret of its own', () => {
  const cluster = testCluster();
  const url = 'https://github.com/acme/apps';
  const ref = GitRef.branch('main');
  const read = Source.git({ name: 'apps', url, ref, secretRef: Secret.fromName('apps-read', ['password']) });
  const write = Source.git({ name: 'apps', url, ref, secretRef: Secret.fromName('apps-write', ['password']) });
  const component = (name: string): TenantNamespaceProps => ({
    name,
    sync: { name: 'apps', path: `./components/${name}` },
  });
  new Tenant(cluster, 'apps', {
    serviceAccountName: 'flux',
    source: read,
    namespaces: [
      component('backend'),
      component('frontend'),
      { name: 'apps-update', sync: { name: 'apps', source: write, path: './update' } },
    ],
  });
  const objects = parse(tenantFile(cluster, 'apps'));
  expect(objects.filter((o) => o.kind === 'GitRepository').map((o) => [nameOf(o), o.spec?.secretRef])).toEqual([
    ['apps-update/apps', { name: 'apps-write' }],
    ['backend/apps', { name: 'apps-read' }],
    ['frontend/apps', { name: 'apps-read' }],
  ]);
  expect(
    objects.filter((o) => o.kind === 'Kustomization').map((o) => [nameOf(o), o.spec?.path, o.spec?.serviceAccountName]),
  ).toEqual([
    ['apps-update/apps', './update', 'flux'],
    ['backend/apps', './components/backend', 'flux'],
    ['frontend/apps', './components/frontend', 'flux'],
  ]);
  // Who only reads never sees the secret that writes.
  expect(filesOf(cluster)['flux-fleet.yaml']!.match(/name: apps-.*\n.*namespace: .*/g)).toEqual([
    'name: apps-write\n    namespace: apps-update',
    'name: apps-read\n    namespace: backend',
    'name: apps-read\n    namespace: frontend',
  ]);
});

test('a sync of the whole tenant and one of a namespace stand side by side', () => {
  const objects = objectsOf({
    namespaces: ['apps', { name: 'jobs', sync: { path: './jobs' } }],
    source: TEAM,
    path: './apps',
  });
  expect(objects.filter((o) => o.kind === 'Kustomization').map((o) => [nameOf(o), o.spec?.path])).toEqual([
    ['apps/dev-team', './apps'],
    ['jobs/jobs', './jobs'],
  ]);
});

test('a tenant may pull from a source that stands in the tree', () => {
  const cluster = testCluster();
  const layer = new Layer(cluster, 'tenants', { namespace: 'apps' });
  const source = new GitRepository(layer, 'team', {
    url: 'https://github.com/acme/dev-team',
    ref: GitRef.branch('main'),
  });
  new Tenant(layer, 'dev-team', { namespaces: ['apps'], source, path: './' });
  const objects = parse(filesOf(cluster)['layers/tenants/tenants.yaml']!);
  expect(objects.filter((o) => o.kind === 'GitRepository').map(nameOf)).toEqual(['apps/team']);
  expect(objects.find((o) => o.kind === 'Kustomization')!.spec!.sourceRef).toEqual({
    kind: 'GitRepository',
    name: 'team',
  });
});

test('runtimeInfo brings the variables of the cluster into the namespace of the tenant', () => {
  const cluster = testCluster({ variables: { DOMAIN: 'example.com' } });
  const props = { namespaces: ['apps'], source: TEAM, path: './staging', sync: { runtimeInfo: true } };
  new Tenant(cluster, 'dev-team', props);
  const objects = parse(tenantFile(cluster));
  expect(objects.find((o) => o.kind === 'ConfigMap')).toMatchObject({
    metadata: {
      name: 'flux-runtime-info',
      namespace: 'apps',
      labels: { 'reconcile.fluxcd.io/watch': 'Enabled', 'toolkit.fluxcd.io/runtime': 'true' },
    },
    data: { DOMAIN: 'example.com' },
  });
  expect(objects.find((o) => o.kind === 'Kustomization')!.spec!.postBuild).toEqual({
    substituteFrom: [{ kind: 'ConfigMap', name: 'flux-runtime-info' }],
  });
  expect(filesOf(cluster)['flux-runtime-info.yaml']).toBeUndefined();
});

// What users put under the tenant

test('everything under the tenant carries its label: what it makes, what users add, and sources', () => {
  const cluster = testCluster({ variables: { DOMAIN: 'example.com' } });
  const props = { namespaces: ['apps', 'jobs'], source: TEAM, path: './staging', sync: { runtimeInfo: true } };
  const tenant = new Tenant(cluster, 'dev-team', props);
  new ConfigMap(tenant, 'settings');
  new kplus.ConfigMap(tenant, 'plus', { metadata: { name: 'plus' } });
  new ApiObject(tenant, 'bare', { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'bare' } });
  new HelmRelease(tenant, 'web', { chartRef: CHART });
  const objects = parse(tenantFile(cluster));
  const without = objects.filter((o) => o.metadata.labels?.[TENANT] !== 'dev-team');
  expect(objects.length).toBeGreaterThan(12);
  expect(without.map((o) => `${o.kind} ${nameOf(o)}`)).toEqual([]);
});

test('common labels of a namespace stand on all that it gets, and on what users add there', () => {
  const cluster = testCluster();
  const namespaces = ['apps', { name: 'updates', commonLabels: { role: 'automation' }, sync: { path: './updates' } }];
  const tenant = new Tenant(cluster, 'dev-team', { namespaces, source: TEAM, path: './' });
  new ConfigMap(tenant.namespaces[1]!, 'extra', { data: { a: 'b' } });
  const labelled = objectsIn(filesOf(cluster)['tenants/dev-team/dev-team.yaml'])
    .filter((o) => o.metadata.labels?.['role'] === 'automation')
    .map((o) => `${o.kind} ${o.metadata.namespace ?? ''}/${o.metadata.name}`);
  expect(labelled).toEqual([
    'Namespace /updates',
    'ServiceAccount updates/dev-team',
    'RoleBinding updates/dev-team-reconciler',
    'ConfigMap updates/extra',
    'GitRepository updates/updates',
    'Kustomization updates/updates',
  ]);
});

test('what users add stands in the first namespace of the tenant, with its account', () => {
  const cluster = testCluster();
  const tenant = new Tenant(cluster, 'dev-team', { namespaces: ['apps', 'jobs'] });
  new HelmRelease(tenant, 'web', { chartRef: CHART });
  new Kustomization(tenant, 'more', { source: TEAM, path: './more' });
  const added = parse(tenantFile(cluster)).filter((o) => ['HelmRelease', 'Kustomization'].includes(o.kind));
  expect(added.map((o) => [nameOf(o), o.spec?.serviceAccountName])).toEqual([
    ['apps/web', 'dev-team'],
    ['apps/more', 'dev-team'],
  ]);
});

test('what users add in another namespace of the tenant has the account of that one', () => {
  const cluster = testCluster();
  const namespaces = ['apps', { name: 'jobs', serviceAccountName: 'runner' }];
  new HelmRelease(new Tenant(cluster, 'dev-team', { namespaces }), 'web', { namespace: 'jobs', chartRef: CHART });
  expect(parse(tenantFile(cluster)).find((o) => o.kind === 'HelmRelease')!.spec!.serviceAccountName).toBe('runner');
});

test('a tenant may have layers and components of its own', () => {
  const cluster = testCluster();
  const tenant = new Tenant(cluster, 'dev-team', { namespaces: ['apps'] });
  new ConfigMap(new Layer(tenant, 'dev-team-settings'), 'settings');
  new HelmRelease(new InfraComponent(tenant, 'web').controllers, 'web', { chartRef: CHART });
  const files = filesOf(cluster);
  expect(Object.keys(files).filter((path) => path.startsWith('tenants/dev-team/'))).toEqual([
    'tenants/dev-team/dev-team-settings.yaml',
    'tenants/dev-team/dev-team.yaml',
    'tenants/dev-team/kustomization.yaml',
    'tenants/dev-team/web-controllers.yaml',
  ]);
  for (const path of [
    'layers/dev-team-settings/dev-team-settings.yaml',
    'infrastructure/web/controllers/web-controllers.yaml',
  ]) {
    for (const o of parse(files[path]!))
      expect([o.metadata.namespace, o.metadata.labels]).toEqual(['apps', { [TENANT]: 'dev-team' }]);
  }
});

// Place

test('given a cluster, a tenant gets a layer of its own', () => {
  const cluster = testCluster();
  const tenant = new Tenant(cluster, 'dev-team', { namespaces: ['apps'] });
  expect([tenant.layer.name, tenant.layer.directory]).toEqual(['dev-team', 'tenants/dev-team']);
});

test('given a layer, a tenant stands in that, beside others', () => {
  const cluster = testCluster();
  const tenants = new Layer(cluster, 'tenants');
  new Tenant(tenants, 'dev-team', { namespaces: ['apps'] });
  new Tenant(tenants, 'ops', { namespaces: ['ops'] });
  const files = filesOf(cluster);
  expect(Object.keys(files).filter((path) => path.startsWith('tenants/'))).toEqual([]);
  expect(
    parse(files['layers/tenants/tenants.yaml']!).map((o) => `${o.kind} ${nameOf(o)} ${o.metadata.labels?.[TENANT]}`),
  ).toEqual([
    'Namespace apps dev-team',
    'Namespace ops ops',
    'ServiceAccount apps/dev-team dev-team',
    'ServiceAccount ops/ops ops',
    'RoleBinding apps/dev-team-reconciler dev-team',
    'RoleBinding ops/ops-reconciler ops',
  ]);
});

test('on a cluster and in a layer a tenant has the same objects', () => {
  const props = { namespaces: ['apps', 'jobs'], source: TEAM, path: './', quota: { pods: 5 } };
  const own = testCluster();
  new Tenant(own, 'dev-team', props);
  const shared = testCluster();
  new Tenant(new Layer(shared, 'tenants'), 'dev-team', props);
  expect(filesOf(shared)['layers/tenants/tenants.yaml']).toBe(tenantFile(own));
});

test('a tenant stands on the clusters that the code gives it to, and on no others', () => {
  const fleet = testFleet();
  const places: Record<string, readonly string[]> = { eu: ['red', 'blue'], us: ['red'], test: [] };
  for (const [name, teams] of Object.entries(places)) {
    const cluster = new Cluster(fleet, name);
    for (const team of teams) new Tenant(cluster, team, { namespaces: [team] });
  }
  const files = Object.keys(fleet.files()).filter((path) => /\/tenants\/.*\/(red|blue)\.yaml$/.test(path));
  expect(files).toEqual([
    'clusters/eu/tenants/blue/blue.yaml',
    'clusters/eu/tenants/red/red.yaml',
    'clusters/us/tenants/red/red.yaml',
  ]);
});

test('its Kustomization on the cluster runs with the rights of Flux, its sync with those of the tenant', () => {
  const cluster = testCluster();
  new Tenant(cluster, 'dev-team', { namespaces: ['apps'], source: TEAM, path: './' });
  expect(filesOf(cluster)['dev-team.yaml']).toContain('serviceAccountName: kustomize-controller\n');
  expect(parse(tenantFile(cluster)).find((o) => o.kind === 'Kustomization')!.spec!.serviceAccountName).toBe('dev-team');
});

test('without lockdown the sync of a tenant still runs with the rights of the tenant', () => {
  const cluster = testCluster({ lockdown: false });
  new Tenant(cluster, 'dev-team', { namespaces: ['apps'], source: TEAM, path: './' });
  expect(parse(tenantFile(cluster)).find((o) => o.kind === 'Kustomization')!.spec!.serviceAccountName).toBe('dev-team');
});

// Leaving

test('offboarding takes what reconciles for the tenant, and leaves its accounts and rights', () => {
  const build = (offboarding: boolean) => {
    const cluster = testCluster({ variables: { DOMAIN: 'example.com' } });
    const tenant = new Tenant(cluster, 'dev-team', {
      namespaces: ['apps', { name: 'jobs', sync: { path: './jobs' } }],
      source: TEAM,
      path: './staging',
      sync: { runtimeInfo: true },
      offboarding,
    });
    new HelmRelease(tenant, 'web', { chartRef: CHART });
    new HelmRelease(tenant, 'db', {
      chart: { chart: 'db', version: '1.x', source: Source.helm({ url: 'https://charts.example.com' }) },
    });
    return parse(tenantFile(cluster)).map((o) => `${o.kind} ${nameOf(o)}`);
  };
  const [before, after] = [build(false), build(true)];
  expect(before.filter((o) => !after.includes(o))).toEqual([
    'ConfigMap apps/flux-runtime-info',
    'GitRepository apps/dev-team',
    'GitRepository jobs/jobs',
    'HelmRelease apps/db',
    'HelmRelease apps/web',
    'HelmRepository apps/db',
    'Kustomization apps/dev-team',
    'Kustomization jobs/jobs',
    'OCIRepository apps/web',
  ]);
  expect(after).toEqual([
    'Namespace apps',
    'Namespace jobs',
    'ServiceAccount apps/dev-team',
    'ServiceAccount jobs/dev-team',
    'RoleBinding apps/dev-team-reconciler',
    'RoleBinding jobs/dev-team-reconciler',
  ]);
});

test('offboarding takes the objects of the operator and of source-watcher that reconcile for the tenant', () => {
  const cluster = testCluster({ flux: ALL_CONTROLLERS });
  const tenant = new Tenant(cluster, 'dev-team', { namespaces: ['apps'], offboarding: true });
  const source = new GitRepository(tenant, 'mono', { url: 'https://github.com/acme/mono', ref: GitRef.branch('main') });
  const artifacts = [{ name: 'chart', copy: [{ from: '@mono/**', to: '@artifact/' }] }] as const;
  new ArtifactGenerator(tenant, 'parts', { sources: { mono: source }, artifacts });
  new ResourceSet(tenant, 'previews', { inputs: [{ id: '1' }], resources: [] });
  expect(parse(tenantFile(cluster)).map((o) => o.kind)).toEqual(['Namespace', 'ServiceAccount', 'RoleBinding']);
});

test('what refers to an object that offboarding takes is told', () => {
  const cluster = testCluster();
  const tenant = new Tenant(cluster, 'dev-team', { namespaces: ['apps'], offboarding: true });
  const source = new GitRepository(tenant, 'mono', { url: 'https://github.com/acme/mono', ref: GitRef.branch('main') });
  new Kustomization(new Layer(cluster, 'platform', { namespace: 'apps' }), 'base', { source, path: './' });
  expect(findingsOf(() => filesOf(cluster))).toMatchObject([
    {
      rule: 'reference-leaving',
      what: '"base" refers to a GitRepository that goes, because its tenant is offboarding',
      given: 'GitRepository "mono" of the tenant "dev-team"',
      where: { construct: 'test/platform/base' },
    },
  ]);
});

test('what refers to an object in a layer that offboarding takes is told', () => {
  const cluster = testCluster();
  const tenant = new Tenant(cluster, 'dev-team', { namespaces: ['apps'], offboarding: true });
  const from = new ConfigMap(new Layer(tenant, 'settings'), 'web-values', { data: { 'values.yaml': '' } });
  const platform = new Layer(cluster, 'platform', { namespace: 'apps' });
  new HelmRelease(platform, 'web', { chartRef: CHART, valuesFrom: [{ from }] });
  expect(findingsOf(() => filesOf(cluster))).toMatchObject([
    { rule: 'reference-leaving', given: 'ConfigMap "web-values" of the tenant "dev-team"' },
  ]);
});

test('offboarding lifts the guard of the namespaces, so that the second commit takes them', () => {
  const objects = objectsOf({ namespaces: ['apps', { name: 'kept', prune: false }], offboarding: true });
  expect(objects.filter((o) => o.kind === 'Namespace').map((o) => [nameOf(o), o.metadata.annotations])).toEqual([
    ['apps', undefined],
    ['kept', { 'kustomize.toolkit.fluxcd.io/prune': 'disabled' }],
  ]);
});

test('offboarding takes the layers and components of the tenant too, and its own layer stays', () => {
  const cluster = testCluster();
  const tenant = new Tenant(cluster, 'dev-team', { namespaces: ['apps'], offboarding: true });
  new ConfigMap(new Layer(tenant, 'dev-team-settings'), 'settings');
  new HelmRelease(new InfraComponent(tenant, 'web').controllers, 'web', { chartRef: CHART });
  expect(Object.keys(filesOf(cluster)).filter((path) => !path.startsWith('flux-system/'))).toEqual([
    'dev-team.yaml',
    'flux-fleet.yaml',
    'kustomization.yaml',
    'tenants/dev-team/dev-team.yaml',
    'tenants/dev-team/kustomization.yaml',
  ]);
});

test('offboarding one tenant of a layer changes nothing for the others', () => {
  const build = (offboarding: boolean) => {
    const cluster = testCluster();
    const tenants = new Layer(cluster, 'tenants');
    new Tenant(tenants, 'dev-team', { namespaces: ['apps'], source: TEAM, path: './', offboarding });
    new Tenant(tenants, 'ops', { namespaces: ['ops'], source: TEAM, path: './' });
    return parse(filesOf(cluster)['layers/tenants/tenants.yaml']!).filter((o) => o.metadata.labels?.[TENANT] === 'ops');
  };
  expect(build(true)).toEqual(build(false));
});

test('what waits for a layer that offboarding takes is told', () => {
  const cluster = testCluster();
  const tenant = new Tenant(cluster, 'dev-team', { namespaces: ['apps'], offboarding: true });
  const own = new Layer(tenant, 'dev-team-settings');
  new ConfigMap(own, 'settings');
  new Namespace(new Layer(cluster, 'other', { dependsOn: [own] }), 'other');
  expect(findingsOf(() => filesOf(cluster)).map((f) => f.rule)).toEqual(['dependency-missing']);
});

// What is refused

test('a source without a path is refused: nothing of it would be applied', () => {
  expect(findingsOf(() => tenantWith({ namespaces: ['apps'], source: TEAM }))).toMatchObject([
    { rule: 'tenant-sync', what: 'the tenant has a source but no path: nothing of it would be applied' },
  ]);
});

test.each<[string, TenantProps, string]>([
  ['a path without a source', { namespaces: ['apps'], path: './' }, 'tenant-sync'],
  ['a sync of a namespace without a path', { namespaces: [{ name: 'apps', sync: {} }], source: TEAM }, 'tenant-sync'],
  ['a path that leads out of the source', { namespaces: ['apps'], source: TEAM, path: '../x' }, 'source-path'],
  ['no namespace', { namespaces: [] }, 'tenant-namespaces'],
  ['a namespace twice', { namespaces: ['apps', { name: 'apps' }] }, 'duplicate-name'],
  ['a namespace that is no DNS label', { namespaces: ['Apps'] }, 'invalid-name'],
  ['the namespace of Flux, where rights are those of Flux,', { namespaces: ['flux-system'] }, 'tenant-namespaces'],
  ['an account that is no name', { namespaces: ['apps'], serviceAccountName: 'dev team' }, 'invalid-name'],
  [
    'an interval that is no duration',
    { namespaces: ['apps'], source: TEAM, path: './', sync: { interval: '5' } },
    'invalid-duration',
  ],
  [
    'a Pod Security Standard that there is not',
    { namespaces: ['apps'], podSecurity: 'strict' as never },
    'invalid-value',
  ],
])('%s is refused at once', (_, props, rule) => {
  expect(findingsOf(() => tenantWith(props)).map((f) => f.rule)).toEqual([rule]);
});

test('a sync in a namespace of others is refused', () => {
  const props = { namespaces: ['apps'], source: TEAM, path: './', sync: { namespace: 'kube-system' } };
  expect(findingsOf(() => tenantWith(props))).toMatchObject([
    { rule: 'tenant-sync', expected: 'apps', given: '"kube-system"' },
  ]);
});

test('a sync in a namespace of the tenant that has no account says where the account is', () => {
  const props = { namespaces: ['apps', 'jobs'], sharedServiceAccount: true, source: TEAM, path: './' };
  const [finding] = findingsOf(() => tenantWith({ ...props, sync: { namespace: 'jobs' } }));
  expect(finding!.what).not.toContain('not the tenant’s');
  expect(finding!.expected).not.toContain('jobs');
});

test('two tenants of one name are refused, and the text speaks of tenants', () => {
  const cluster = testCluster();
  new Tenant(cluster, 'dev-team', { namespaces: ['apps'] });
  const [finding] = findingsOf(() => new Tenant(cluster, 'dev-team', { namespaces: ['other'] }));
  expect(finding).toMatchObject({ rule: 'duplicate-name', where: { construct: 'test/dev-team' } });
  expect(finding!.given).toContain('tenant');
});

test('two tenants of one name in different layers are refused', () => {
  const cluster = testCluster();
  new Tenant(new Layer(cluster, 'a'), 'dev-team', { namespaces: ['apps'] });
  const second = () => {
    new Tenant(new Layer(cluster, 'b'), 'dev-team', { namespaces: ['jobs'] });
    return filesOf(cluster);
  };
  expect(findingsOf(second).map((f) => f.rule)).toEqual(['duplicate-name']);
});

test('two tenants with one namespace are refused', () => {
  const cluster = testCluster();
  new Tenant(cluster, 'dev-team', { namespaces: ['apps'] });
  new Tenant(cluster, 'ops', { namespaces: ['apps'] });
  expect(findingsOf(() => filesOf(cluster))).toMatchObject([
    {
      rule: 'duplicate-object',
      what: 'Namespace "apps" is there twice in the cluster "test": two Kustomizations overwrite each other for ever, and when one lets go of it, it is deleted',
    },
  ]);
});

test('a tenant and a layer cannot have one name', () => {
  const cluster = testCluster();
  new Layer(cluster, 'outer', { name: 'dev-team' });
  expect(findingsOf(() => new Tenant(cluster, 'dev-team', { namespaces: ['apps'] })).map((f) => f.rule)).toEqual([
    'duplicate-name',
  ]);
});

test('a tenant stands on a cluster or in a layer', () => {
  expect(findingsOf(() => new Tenant(testFleet(), 'dev-team', { namespaces: ['apps'] })).map((f) => f.rule)).toEqual([
    'tenant-place',
  ]);
});

test('something of another cluster to wait for is refused at once', () => {
  const there = new Layer(testCluster(), 'base');
  const tenant = () => new Tenant(testCluster(), 'dev-team', { namespaces: ['apps'], dependsOn: [there] });
  expect(findingsOf(tenant).map((f) => f.rule)).toEqual(['dependency-elsewhere']);
});

test('an object of the tenant that clashes with one of the user is told', () => {
  const cluster = testCluster();
  const tenant = new Tenant(cluster, 'dev-team', { namespaces: ['apps'] });
  new ServiceAccount(tenant, 'mine', { name: 'dev-team' });
  expect(findingsOf(() => filesOf(cluster)).map((f) => f.rule)).toEqual(['duplicate-object']);
});

const TENANT = 'toolkit.fluxcd.io/tenant';
const PSS = 'pod-security.kubernetes.io/enforce';

interface Parsed {
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Record<string, string>;
    readonly annotations?: Record<string, string>;
  };
  readonly spec?: Record<string, unknown>;
  readonly roleRef?: { readonly name: string };
  readonly subjects?: readonly object[];
}

function tenantWith(props: TenantProps): Cluster {
  const cluster = testCluster();
  new Tenant(cluster, 'dev-team', props);
  return cluster;
}

function tenantFile(cluster: Cluster, tenant = 'dev-team'): string {
  return filesOf(cluster)[`tenants/${tenant}/${tenant}.yaml`]!;
}

function parse(text: string): Parsed[] {
  return parseAllDocuments(text).map((d) => d.toJS() as Parsed);
}

/** The objects of a tenant `dev-team`. */
function objectsOf(props: TenantProps): Parsed[] {
  return parse(tenantFile(tenantWith(props)));
}

function kindsOf(props: TenantProps): string[] {
  return objectsOf(props).map((o) => `${o.kind} ${nameOf(o)}`);
}

function nameOf({ metadata: { name, namespace } }: Parsed): string {
  return namespace === undefined ? name : `${namespace}/${name}`;
}
