import { expect, test } from '@jest/globals';
import { ClusterRoleBinding, Layer, RoleBinding, Tenant } from 'cdk8s-flux-fleet';
import type { RoleBindingProps } from 'cdk8s-flux-fleet';
import { parse } from 'yaml';
import { filesOf, findingsOf, testCluster, yamlOf } from '../support/fleet.js';
import { errorOf, objectIn } from '../flux/objects.js';

const MINIMAL = { namespace: 'apps', role: 'view', subjects: [{ kind: 'ServiceAccount', name: 'reader' }] } as const;

/** A binding with these props over the minimal ones, as the YAML has it. */
function binding(props: Partial<RoleBindingProps> = {}): Record<string, unknown> {
  return parse(yamlOf((layer) => new RoleBinding(layer, 'readers', { ...MINIMAL, ...props }))) as Record<
    string,
    unknown
  >;
}

test('defaults', () => {
  expect(
    yamlOf(
      (layer) =>
        new RoleBinding(layer, 'readers', {
          namespace: 'apps',
          role: 'view',
          subjects: [{ kind: 'ServiceAccount', name: 'reader' }],
        }),
    ),
  ).toMatchInlineSnapshot(`
   "apiVersion: rbac.authorization.k8s.io/v1
   kind: RoleBinding
   metadata:
     name: readers
     namespace: apps
   roleRef:
     apiGroup: rbac.authorization.k8s.io
     kind: ClusterRole
     name: view
   subjects:
     - kind: ServiceAccount
       name: reader
       namespace: apps
   "
  `);
});

test('defaults on the whole cluster', () => {
  expect(
    yamlOf(
      (layer) =>
        new ClusterRoleBinding(layer, 'readers', {
          role: 'view',
          subjects: [{ kind: 'ServiceAccount', name: 'reader', namespace: 'apps' }],
        }),
    ),
  ).toMatchInlineSnapshot(`
   "apiVersion: rbac.authorization.k8s.io/v1
   kind: ClusterRoleBinding
   metadata:
     name: readers
   roleRef:
     apiGroup: rbac.authorization.k8s.io
     kind: ClusterRole
     name: view
   subjects:
     - kind: ServiceAccount
       name: reader
       namespace: apps
   "
  `);
});

test('name, labels and annotations are those of the object', () => {
  const meta = { name: 'the-readers', namespace: 'apps', labels: { team: 'a' }, annotations: { note: 'b' } };
  expect(binding(meta)['metadata']).toEqual(meta);
});

test('a role that is a string is a ClusterRole; another one is said', () => {
  const apiGroup = 'rbac.authorization.k8s.io';
  expect(binding({ role: 'admin' })['roleRef']).toEqual({ apiGroup, kind: 'ClusterRole', name: 'admin' });
  expect(binding({ role: { kind: 'Role', name: 'own' } })['roleRef']).toEqual({ apiGroup, kind: 'Role', name: 'own' });
});

test('people and groups get the API group, service accounts their namespace', () => {
  const subjects = [
    { kind: 'User', name: 'jane' },
    { kind: 'Group', name: 'oidc:team' },
    { kind: 'ServiceAccount', name: 'reader' },
    { kind: 'ServiceAccount', name: 'reader', namespace: 'elsewhere' },
  ] as const;
  expect(binding({ subjects })['subjects']).toEqual([
    { apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: 'jane' },
    { apiGroup: 'rbac.authorization.k8s.io', kind: 'Group', name: 'oidc:team' },
    { kind: 'ServiceAccount', name: 'reader', namespace: 'apps' },
    { kind: 'ServiceAccount', name: 'reader', namespace: 'elsewhere' },
  ]);
});

test('the namespace of a service account follows that of the layer or tenant around the binding', () => {
  const cluster = testCluster();
  const { role, subjects } = MINIMAL;
  new RoleBinding(new Layer(cluster, 'layer', { namespace: 'infra' }), 'readers', { role, subjects });
  new RoleBinding(new Tenant(cluster, 'dev-team', { namespaces: ['apps'] }), 'readers', { role, subjects });
  const files = filesOf(cluster);
  expect(objectIn(files['layers/layer/layer.yaml'], 'RoleBinding')).toMatchObject({
    metadata: { namespace: 'infra' },
    subjects: [{ namespace: 'infra' }],
  });
  expect(objectIn(files['tenants/dev-team/dev-team.yaml'], 'RoleBinding', 'readers')).toMatchObject({
    metadata: { namespace: 'apps' },
    subjects: [{ namespace: 'apps' }],
  });
});

test('takes names that only RBAC has', () => {
  expect(binding({ name: 'system:dev-team:readers' })['metadata']).toMatchObject({ name: 'system:dev-team:readers' });
});

test('a binding on the whole cluster gets no namespace of the layer around it', () => {
  const cluster = testCluster();
  new ClusterRoleBinding(new Layer(cluster, 'layer', { namespace: 'infra' }), 'readers', {
    name: 'oidc:readers',
    labels: { team: 'a' },
    annotations: { note: 'b' },
    role: 'view',
    subjects: [{ kind: 'Group', name: 'oidc:team' }],
  });
  expect(objectIn(filesOf(cluster)['layers/layer/layer.yaml'], 'ClusterRoleBinding').metadata).toEqual({
    name: 'oidc:readers',
    labels: { team: 'a' },
    annotations: { note: 'b' },
  });
});

test('refuses a service account without a namespace on the whole cluster', () => {
  const cluster = testCluster();
  const layer = new Layer(cluster, 'layer', { namespace: 'infra' });
  const subjects = [
    { kind: 'Group', name: 'oidc:team' },
    { kind: 'ServiceAccount', name: 'reader' },
  ] as const;
  expect(errorOf(() => new ClusterRoleBinding(layer, 'readers', { role: 'view', subjects }))).toMatchInlineSnapshot(`
   "the service account "reader" in a ClusterRoleBinding has no namespace [subject-namespace]
     construct test/layer/readers
     at        test/kubernetes/role-binding.test.ts:<line>, called from test/kubernetes/role-binding.test.ts:<line>
     fix       say the namespace of the service account"
  `);
});

test('refuses a namespace that is no name', () => {
  expect(findingsOf(() => binding({ namespace: 'Apps' }))).toMatchObject([
    { rule: 'invalid-name', what: 'the namespace of this RoleBinding is not a DNS label' },
  ]);
});

test('refuses a binding without a role', () => {
  expect(findingsOf(() => binding({ role: undefined }))[0]).toMatchObject({ rule: 'invalid-field' });
});
