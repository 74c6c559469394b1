import { expect, test } from '@jest/globals';
import { tenantClusterAdmin } from '../../../lib/checks/reach/tenant-cluster-admin.js';
import { account, bind, judge, namespace, object } from './support.js';

const TENANT = [namespace('apps', 'dev-team'), account('apps', 'dev-team')];

function whats(root: readonly object[]): string[] {
  return judge(tenantClusterAdmin, { root }).map((f) => f.what);
}

test('a tenant that is cluster-admin rules all others', () => {
  expect(judge(tenantClusterAdmin, { root: [...TENANT, bind('apps/dev-team', 'cluster-admin')] })).toEqual([
    {
      rule: 'tenant-cluster-admin',
      what: 'ClusterRoleBinding "dev-team-cluster-admin" lets the account apps/dev-team of the tenant "dev-team" do everything on the cluster: whoever writes to the tenant’s source reads every Secret and rules every other tenant',
      expected: 'rights in the namespaces of the tenant: a RoleBinding in each, to the role "admin"',
      given: 'the ClusterRole "cluster-admin" on the whole cluster',
      fix: 'bind the role in the tenant’s namespaces; if these are people who rule the cluster anyway, allow it with that reason',
      cluster: 'test',
      where: { construct: undefined, code: undefined },
    },
  ]);
});

test('in its own namespace it may have that role', () => {
  expect(whats([...TENANT, bind('apps/dev-team', 'cluster-admin', 'apps')])).toEqual([]);
});

test('a component’s account is the platform’s', () => {
  expect(
    whats([namespace('kyverno'), account('kyverno', 'kyverno'), bind('kyverno/kyverno', 'cluster-admin')]),
  ).toEqual([]);
});

test('an account in flux-system is a tenant’s where it carries the label', () => {
  const flux = account('flux-system', 'flux-infra') as { metadata: object };
  const admin = bind('flux-system/flux-infra', 'cluster-admin');
  expect(whats([flux, admin])).toEqual([]);
  Object.assign(flux.metadata, { labels: { 'toolkit.fluxcd.io/tenant': 'infra' } });
  expect(whats([flux, admin])).toHaveLength(1);
});

test('a role of another name that allows everything is the same', () => {
  const god = object('rbac.authorization.k8s.io/v1', 'ClusterRole', 'god', undefined, {
    rules: [{ verbs: ['*'], apiGroups: ['*'], resources: ['*'] }],
  });
  expect(whats([...TENANT, god, bind('apps/dev-team', 'god')])).toHaveLength(1);
});

test('a binding for a group of accounts is told once, with how many tenants it is about', () => {
  const group = bind('apps/dev-team', 'cluster-admin') as { subjects: object[] };
  group.subjects = [{ kind: 'Group', name: 'system:serviceaccounts' }];
  expect(whats([...TENANT, namespace('ops', 'ops'), account('ops', 'ops'), group])).toEqual([
    expect.stringContaining(
      'lets the account apps/dev-team of the tenant "dev-team" and 1 more account of tenants do everything',
    ),
  ]);
});

test('an account that only the binding names is the tenant’s too, for the namespace is', () => {
  expect(whats([...TENANT, bind('apps/default', 'cluster-admin')])).toEqual([
    expect.stringContaining('lets the account apps/default of the tenant "dev-team" do everything on the cluster'),
  ]);
  expect(whats([...TENANT, namespace('kyverno'), bind('kyverno/default', 'cluster-admin')])).toEqual([]);
});

test.each([
  ['User', 'system:anonymous'],
  ['Group', 'system:unauthenticated'],
])('the %s %s is whoever says nothing of himself, a tenant’s pods among them', (kind, name) => {
  const binding = bind('apps/dev-team', 'cluster-admin') as { subjects: object[] };
  binding.subjects = [{ kind, name }];
  expect(whats([...TENANT, binding])).toHaveLength(1);
});
