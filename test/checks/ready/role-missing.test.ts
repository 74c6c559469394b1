import { expect, test } from '@jest/globals';
import { findingsInLayer, object } from '../support.js';

/** What is said of a binding to a role. */
function findings(kind: string, name: string, more: readonly object[] = []) {
  const found = findingsInLayer((layer) => {
    more.forEach((data, i) => object(layer, `more-${i}`, data));
    object(layer, 'ci', {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'RoleBinding',
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind, name },
      subjects: [{ kind: 'ServiceAccount', name: 'default', namespace: 'base' }],
    });
  });
  return found.filter((f) => f.rule === 'role-missing');
}

const ROLE = { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'Role', metadata: { name: 'ci' }, rules: [] };
const CHART = {
  apiVersion: 'helm.toolkit.fluxcd.io/v2',
  kind: 'HelmRelease',
  metadata: { name: 'chart', namespace: 'other' },
  spec: { interval: '1h', serviceAccountName: 'default' },
};

test('a Role that is not there is told', () => {
  expect(findings('Role', 'ci')).toMatchObject([
    {
      what: 'RoleBinding "base/ci" needs the Role "base/ci", which nothing makes: the binding gives no rights, and everything that its subjects do is forbidden',
    },
  ]);
  expect(findings('Role', 'ci', [ROLE])).toEqual([]);
});

test.each(['admin', 'view', 'system:auth-delegator', 'flux-edit-flux-system'])(
  'the ClusterRole %s is there',
  (name) => {
    expect(findings('ClusterRole', name)).toEqual([]);
    expect(findings('Role', name)).toHaveLength(1);
  },
);

test('a chart may bring a ClusterRole, and a Role only of its namespace', () => {
  expect(findings('ClusterRole', 'ci')).toHaveLength(1);
  expect(findings('ClusterRole', 'ci', [CHART])).toEqual([]);
  expect(findings('Role', 'ci', [CHART])).toHaveLength(1);
});
