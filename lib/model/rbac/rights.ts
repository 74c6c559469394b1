import { FLUX_NAMESPACE, reconcilersOf, tenantOfReconciler } from '../accounts.js';
import type { ClusterState } from '../cluster-state.js';
import { accessOf } from './access.js';
import type { Access, Account, Binding, Subject } from './access.js';

/**
 * Whether the rights of an account are given here, so that what is not given is not allowed: something binds it, or it
 * is made here and nothing that the platform applies from elsewhere could bind it.
 */
export function isKnownAccount(cluster: ClusterState, target: string, account: Account): boolean {
  if (`${account.namespace}${account.name}`.includes('${')) return false;
  if (ownBindings(accessOf(cluster, target), account).length > 0) return true;
  const wanted = { kind: 'ServiceAccount', name: account.name, namespace: account.namespace, target, group: '' };
  return cluster.find(wanted) !== undefined && !platformAppliesUnknown(cluster, target);
}

/** The bindings of an account that somebody made, not those that every account has. */
export function ownBindings(access: Access, who: Account | Subject): readonly Binding[] {
  return access.bindingsOf(who).filter((b) => b.state !== undefined);
}

/** What somebody has, in words: `admin in apps, cluster-admin on the cluster`. */
export function rightsInWords(access: Access, who: Account | Subject): string {
  const byRole = new Map<string, string[]>();
  for (const { role, namespace } of ownBindings(access, who)) {
    byRole.set(role.name, [...(byRole.get(role.name) ?? []), namespace ?? '']);
  }
  const all = [...byRole].map(([role, places]) =>
    places.includes('') ? `${role} on the cluster` : `${role} in ${[...new Set(places)].sort().join(', ')}`,
  );
  return all.length === 0 ? 'no rights at all' : all.join('; ');
}

/** Whether the platform applies something from elsewhere, which may bind accounts. */
function platformAppliesUnknown(cluster: ClusterState, target: string): boolean {
  return cluster.once(`platform applies unknown ${target}`, () =>
    reconcilersOf(cluster).some(
      (r) =>
        r.kind === 'Kustomization' &&
        (r.layer?.target ?? r.target) === target &&
        (r.layer === undefined || r.layer.incomplete || (r.layer.facts?.remote.length ?? 0) > 0) &&
        (r.namespace === FLUX_NAMESPACE || tenantOfReconciler(cluster, r) === undefined),
    ),
  );
}
