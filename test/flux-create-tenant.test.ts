import { expect, test } from '@jest/globals';
import { Layer, Tenant } from 'cdk8s-flux-fleet';
import type { TenantProps } from 'cdk8s-flux-fleet';
import { filesOf, testCluster } from './support/fleet.js';
import { objectsIn } from './flux/objects.js';

/** What makes a tenant as `flux create tenant` makes it, and not as is safe. */
const AS_FLUX: TenantProps = {
  namespaces: ['apps'],
  role: 'cluster-admin',
  reconcilerUser: true,
  podSecurity: false,
  prune: true,
};

const LABELS = { 'toolkit.fluxcd.io/tenant': 'dev-team' };

const NAMESPACE = { apiVersion: 'v1', kind: 'Namespace', metadata: { labels: LABELS, name: 'apps' } };

function serviceAccount(name: string): object {
  return { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { labels: LABELS, name, namespace: 'apps' } };
}

function roleBinding(role: string, account: string): object {
  return {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'RoleBinding',
    metadata: { labels: LABELS, name: 'dev-team-reconciler', namespace: 'apps' },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: role },
    subjects: [
      { apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: 'gotk:apps:reconciler' },
      { kind: 'ServiceAccount', name: account, namespace: 'apps' },
    ],
  };
}

// The objects that `flux create tenant dev-team --with-namespace=apps --export` prints, with further arguments.
const PRINTED: [args: string, props: Partial<TenantProps>, objects: object[]][] = [
  ['', {}, [NAMESPACE, serviceAccount('dev-team'), roleBinding('cluster-admin', 'dev-team')]],
  [
    '--cluster-role=custom-role',
    { role: 'custom-role' },
    [NAMESPACE, serviceAccount('dev-team'), roleBinding('custom-role', 'dev-team')],
  ],
  [
    '--with-service-account=flux-tenant',
    { serviceAccountName: 'flux-tenant' },
    [NAMESPACE, serviceAccount('flux-tenant'), roleBinding('cluster-admin', 'flux-tenant')],
  ],
  [
    '--skip-namespace',
    { createNamespace: false },
    [serviceAccount('dev-team'), roleBinding('cluster-admin', 'dev-team')],
  ],
];

test.each(PRINTED)('the same objects as "flux create tenant %s"', (_args, props, objects) => {
  const cluster = testCluster();
  new Tenant(cluster, 'dev-team', { ...AS_FLUX, ...props });
  expect(objectsIn(filesOf(cluster)['tenants/dev-team/dev-team.yaml'])).toEqual(objects);
});

test.each(PRINTED)('the same objects in a layer of many tenants: "flux create tenant %s"', (_args, props, objects) => {
  const cluster = testCluster();
  new Tenant(new Layer(cluster, 'tenants'), 'dev-team', { ...AS_FLUX, ...props });
  expect(objectsIn(filesOf(cluster)['layers/tenants/tenants.yaml'])).toEqual(objects);
});
