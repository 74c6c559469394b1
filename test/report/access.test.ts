import { expect, test } from '@jest/globals';
import pc from 'picocolors';
import { accessReport, formatAccess, formatWhoCan, whoCan } from '../../lib/report/access.js';
import { account, bind, helmRelease, kustomization, modelOf, namespace, role } from '../checks/reach/support.js';
import type { TestCluster } from '../checks/reach/support.js';

const PRINT = { colors: pc.createColors(false), width: 80 };
const TENANT = [
  namespace('apps', 'dev-team'),
  account('apps', 'dev-team'),
  bind('apps/dev-team', 'admin', 'apps'),
  kustomization('apps', 'dev-team', { serviceAccountName: 'dev-team' }),
];

function text(cluster: TestCluster): string {
  return formatAccess(accessReport([modelOf(cluster)]), PRINT);
}

test('a tenant with its rights and what is applied as it', () => {
  expect(text({ root: TENANT })).toBe(
    `test
────
What names no account is applied as the account "default" of its namespace.

Flux itself: kustomize-controller and helm-controller are cluster-admin
    apply Kustomization flux-system

Tenant dev-team
  apps/dev-team
    admin in apps
    applies Kustomization apps/dev-team`,
  );
});

test('the platform and people come behind the tenants', () => {
  const people = bind('apps/x', 'view') as { subjects: object[] };
  people.subjects = [{ kind: 'Group', name: 'devs' }];
  const platform = [
    account('kyverno', 'kyverno'),
    bind('kyverno/kyverno', 'cluster-admin'),
    helmRelease('kyverno', 'kyverno', { serviceAccountName: 'kyverno' }),
  ];
  expect(
    text({ root: [people, ...platform, ...TENANT] })
      .split('\n\n')
      .slice(3)
      .join('\n\n'),
  ).toBe(
    `Platform
  kyverno/kyverno
    ! cluster-admin on the cluster
      everything
    applies HelmRelease kyverno/kyverno

People and groups
  Group devs
    view on the cluster`,
  );
});

test('roles of one’s own are told by what they allow, and ways out are marked', () => {
  const own = [role('tools', ['get,list core secrets,nodes', '* example.com widgets']), bind('apps/dev-team', 'tools')];
  expect(text({ root: [...TENANT, ...own] })).toContain(
    `    ! tools on the cluster
      writes widgets.example.com
      reads nodes, secrets
      may read Secrets
    admin in apps`,
  );
});

test('everything in a namespace includes the Namespace itself', () => {
  const cluster = { root: [bind('apps/dev-team', 'cluster-admin', 'apps')] };
  expect(text(cluster)).toContain(
    '    cluster-admin in apps\n      everything there, the labels of the Namespace included',
  );
});

test('a role that is not here, and an account without rights, are told as such', () => {
  const root = [bind('apps/one', 'made-elsewhere', 'apps'), helmRelease('apps', 'x', { serviceAccountName: 'two' })];
  expect(text({ root })).toContain(
    `  apps/one
    made-elsewhere in apps
      what this role allows is not known here
  apps/two
    no rights at all
    applies HelmRelease apps/x`,
  );
});

test('no line is wider than the page but a place that has no room', () => {
  const names = Array.from({ length: 30 }, (_, i) => kustomization('flux-system', `layer-number-${i}`));
  const lines = text({ root: names, lockdown: false }).split('\n');
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80);
  expect(lines.join('\n')).toContain('24 more');
});

test('as data there is the same', () => {
  const [cluster] = accessReport([modelOf({ root: TENANT })]).clusters;
  expect(cluster).toMatchObject({
    name: 'test',
    lockdown: true,
    defaultAccount: 'default',
    controllers: ['Kustomization flux-system'],
    accounts: [
      {
        kind: 'ServiceAccount',
        namespace: 'apps',
        name: 'dev-team',
        tenant: 'dev-team',
        rights: [{ role: 'admin', namespace: 'apps', known: true, everything: false, waysOut: [] }],
        applies: ['Kustomization apps/dev-team'],
      },
    ],
  });
});

test('who can: with the role, the place and the names that it is limited to', () => {
  const named = role('one-secret', ['get core secrets'], 'apps') as { rules: { resourceNames?: string[] }[] };
  named.rules[0]!.resourceNames = ['token'];
  const models = [modelOf({ root: [...TENANT, named, bind('apps/robot', 'one-secret', 'apps', 'Role')] })];
  const asked = { verb: 'get', group: '', resource: 'secrets', namespace: 'apps' };
  expect(formatWhoCan(whoCan(models, asked), asked, PRINT)).toBe(
    `test
────
may get secrets in apps:
  flux-system/kustomize-controller
    cluster-admin on the cluster
  flux-system/helm-controller
    cluster-admin on the cluster
  apps/dev-team (tenant dev-team)
    admin in apps
  apps/robot (tenant dev-team)
    one-secret in apps, only token`,
  );
});

test('who can: what depends on charts and on roles that are not here is told as perhaps', () => {
  const models = [modelOf({ root: [...TENANT, bind('apps/x', 'made-elsewhere')] })];
  const asked = { verb: 'create', group: 'cert-manager.io', resource: 'certificates' };
  const able = whoCan(models, asked)[0]!.able.filter((a) => !a.who.startsWith('flux-system/'));
  expect(able).toMatchObject([
    { who: 'apps/x', sure: 'perhaps' },
    { who: 'apps/dev-team', sure: 'perhaps', namespace: 'apps' },
  ]);
});

test.each([
  ['create', '', 'namespaces', 0],
  ['list', '', 'namespaces', 0],
  ['patch', '', 'namespaces', 1],
  ['create', 'rbac.authorization.k8s.io', 'clusterroles', 0],
  ['impersonate', '', 'users', 0],
  ['impersonate', '', 'serviceaccounts', 1],
  ['create', 'rbac.authorization.k8s.io', 'roles', 1],
])('who can %s %s %s: a RoleBinding allows nothing that is in no namespace', (verb, group, resource, count) => {
  const models = [modelOf({ root: [...TENANT, bind('apps/dev-team', 'cluster-admin', 'apps')] })];
  const { able } = whoCan(models, { verb, group, resource, namespace: 'apps' })[0]!;
  expect(able.filter((a) => a.role === 'cluster-admin' && a.namespace === 'apps')).toHaveLength(count);
});

test('who can: the scope of a kind of one’s own is that of its CRD', () => {
  const crd = (scope: string) => ({
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'things.example.com' },
    spec: { group: 'example.com', names: { kind: 'Thing', plural: 'things' }, scope },
  });
  const asked = { verb: 'create', group: 'example.com', resource: 'things', namespace: 'apps' };
  const able = (scope: string) =>
    whoCan([modelOf({ root: [crd(scope), bind('apps/dev-team', 'cluster-admin', 'apps')] })], asked)[0]!.able.map(
      (a) => a.who,
    );
  expect(able('Namespaced')).toContain('apps/dev-team');
  expect(able('Cluster')).not.toContain('apps/dev-team');
});
