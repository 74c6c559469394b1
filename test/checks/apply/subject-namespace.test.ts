import { expect, test } from '@jest/globals';
import { subjectNamespace } from '../../../lib/checks/apply/subject-namespace.js';
import { kustomization, yamlFindings } from '../../support/yaml-cluster.js';

/** What is said of a binding with these subjects. */
function findings(kind: string, subjects: readonly (object | null)[] | undefined, spec: object = {}) {
  const binding = {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind,
    metadata: { name: 'viewers', ...(kind === 'RoleBinding' && { namespace: 'web' }) },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'view' },
    subjects,
  };
  return yamlFindings(subjectNamespace, {
    'flux-system': kustomization('web', spec),
    web: JSON.stringify(binding),
  });
}

const ACCOUNT = { kind: 'ServiceAccount', name: 'web' };

test('an account without its namespace is told', () => {
  expect(findings('ClusterRoleBinding', [{ ...ACCOUNT, namespace: 'web' }, ACCOUNT])).toMatchObject([
    {
      rule: 'subject-namespace',
      what: 'ClusterRoleBinding "viewers" names the service account "web" without its namespace: the API server refuses it',
      expected: expect.stringContaining('subjects[1].namespace'),
    },
  ]);
});

test.each([
  ['ClusterRoleBinding', [{ ...ACCOUNT, namespace: 'web' }]],
  ['ClusterRoleBinding', [{ kind: 'Group', name: 'team', apiGroup: 'rbac.authorization.k8s.io' }, null]],
  ['ClusterRoleBinding', undefined],
  // Here it is the namespace of the binding.
  ['RoleBinding', [ACCOUNT]],
])('%s %j is right', (kind, subjects) => {
  expect(findings(kind, subjects)).toEqual([]);
});

test('a targetNamespace fills it in', () => {
  expect(findings('ClusterRoleBinding', [ACCOUNT], { targetNamespace: 'web' })).toEqual([]);
});
