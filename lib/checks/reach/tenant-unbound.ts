import { FLUX_NAMESPACE, reconcilersOf, tenancyOf, tenantOfReconciler } from '../../model/accounts.js';
import type { Reconciler } from '../../model/accounts.js';
import type { ClusterState } from '../../model/cluster-state.js';
import type { Rule, RuleFinding } from '../rule.js';
import { fullNameOf, isPatchedFor } from '../shared/reconciler.js';

/** Without lockdown a tenant's Kustomizations and HelmReleases name an account: else they are applied as the controller. */
export const tenantUnbound: Rule = {
  id: 'tenant-unbound',
  title: 'Nothing of a tenant is applied with the rights of Flux’s controllers.',
  *check(cluster) {
    if (cluster.partial) return;
    for (const r of reconcilersOf(cluster)) {
      yield* ofSource(cluster, r);
      if (r.identity !== 'controller' || isPatchedFor(r, 'serviceAccountName')) continue;
      const tenant = tenantOfReconciler(cluster, r);
      if (tenant === undefined || isOfThePlatform(r)) continue;
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

/**
 * A release that stands among the fleet's own files: who writes there rules the cluster anyway. Namespaces of platform
 * teams carry the tenants' label too.
 */
function isOfThePlatform({ kind, parent }: Reconciler): boolean {
  if (kind !== 'HelmRelease' || parent === undefined) return false;
  const spec = parent.kustomization?.object.spec as { sourceRef?: SourceRef } | undefined;
  return spec?.sourceRef === undefined || spec.sourceRef.name === FLUX_NAMESPACE;
}

/** The platform applies what a tenant writes: from a source in the tenant's namespace, where nothing forbids that. */
function* ofSource(cluster: ClusterState, r: Reconciler): Generator<RuleFinding> {
  if (cluster.lockdown || r.namespace !== FLUX_NAMESPACE || isPatchedFor(r, 'serviceAccountName')) return;
  const isFlux = r.account?.namespace === FLUX_NAMESPACE && CONTROLLERS.includes(r.account.name);
  if (!isFlux || (r.identity !== 'controller' && r.identity !== 'named')) return;
  const { sourceRef, chartRef, chart } = r.spec as Spec;
  const source = sourceRef ?? chartRef ?? chart?.spec?.sourceRef;
  const tenant = source?.namespace === undefined ? undefined : tenancyOf(cluster, r.target).tenantOf(source.namespace);
  if (tenant === undefined) return;
  yield {
    on: r.on,
    field: ['spec', 'serviceAccountName'],
    what: `${fullNameOf(r)} applies as ${r.account.name}, which is cluster-admin, what the tenant "${tenant}" writes: whoever writes to its source rules the cluster`,
    expected: 'spec.serviceAccountName, an account with rights in the namespaces of the tenant only',
    given: `${source!.kind} "${source!.namespace}/${source!.name}", applied as ${r.account.name}`,
    fix: `put it into the namespace ${source!.namespace} with an account of that namespace, and turn the lockdown on`,
  };
}

const CONTROLLERS = ['kustomize-controller', 'helm-controller'];

interface SourceRef {
  readonly kind?: string;
  readonly name?: string;
  readonly namespace?: string;
}

interface Spec {
  readonly sourceRef?: SourceRef;
  readonly chartRef?: SourceRef;
  readonly chart?: { readonly spec?: { readonly sourceRef?: SourceRef } };
}
