import { reconcilersOf, tenantOfReconciler } from '../../model/accounts.js';
import type { Rule } from '../rule.js';
import { fullNameOf } from '../shared/reconciler.js';

/** What Flux applies for a tenant, it applies to this cluster. */
export const remoteKubeconfig: Rule = {
  id: 'remote-kubeconfig',
  title: 'Nothing of a tenant is applied to another cluster.',
  severity: 'warning',
  *check(cluster) {
    if (cluster.partial) return;
    for (const r of reconcilersOf(cluster)) {
      const tenant = r.identity === 'elsewhere' ? tenantOfReconciler(cluster, r) : undefined;
      if (tenant === undefined) continue;
      const who = r.account && `system:serviceaccount:${r.account.namespace}:${r.account.name}`;
      yield {
        on: r.on,
        field: ['spec', 'kubeConfig'],
        what: `${fullNameOf(r)} of the tenant "${tenant}" is applied to another cluster, ${who === undefined ? 'with all the rights that its kubeconfig has there' : `where Flux acts as ${who}, which the kubeconfig has to be allowed to impersonate`}: no RBAC of this cluster holds it`,
        expected: 'no spec.kubeConfig',
        given: JSON.stringify(r.spec['kubeConfig']),
        fix: 'let a Flux on that cluster apply it, or allow it where the tenant owns that cluster; TenantPolicies refuses it on the cluster unless it says remoteKubeConfig: true',
      };
    }
  },
};
