import { reconcilersOf, tenantOfReconciler } from '../../model/accounts.js';
import type { Rule } from '../rule.js';
import { fullNameOf, isPatchedFor } from '../shared/reconciler.js';

/** Without lockdown a tenant's Kustomizations and HelmReleases name an account: else they are applied as the controller. */
export const tenantUnbound: Rule = {
  id: 'tenant-unbound',
  title: 'Nothing of a tenant is applied with the rights of Flux’s controllers.',
  *check(cluster) {
    if (cluster.partial) return;
    for (const r of reconcilersOf(cluster)) {
      if (r.identity !== 'controller' || isPatchedFor(r, 'serviceAccountName')) continue;
      const tenant = tenantOfReconciler(cluster, r);
      if (tenant === undefined) continue;
      yield {
        on: r.on,
        field: ['spec', 'serviceAccountName'],
        what: `${fullNameOf(r)} of the tenant "${tenant}" names no service account: Flux applies it as ${r.account!.name}, which is cluster-admin, so that whoever writes to its source rules the cluster`,
        expected: `spec.serviceAccountName, an account of the namespace ${r.namespace}`,
        given: 'none, and the controllers have no --default-service-account',
        fix: 'write serviceAccountName, and turn the lockdown on, so that what tenants add later is held by it too',
      };
    }
  },
};
