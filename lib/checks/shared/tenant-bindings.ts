import { tenancyOf } from '../../model/accounts.js';
import type { Tenancy } from '../../model/accounts.js';
import type { ClusterState, ObjectState } from '../../model/cluster-state.js';
import { accessOf } from '../../model/rbac/access.js';
import type { Account, Binding, Subject } from '../../model/rbac/access.js';
import { SYSTEM_NAMESPACES } from '../../model/rbac/ways-out.js';

/** Whom the API server takes those for who say nothing of themselves: a tenant's pods may do that too. */
const NOBODY: readonly Subject[] = [
  { kind: 'User', name: 'system:anonymous' },
  { kind: 'Group', name: 'system:unauthenticated' },
];

/** A binding, and the accounts of tenants that have rights from it where it reaches further than their namespaces. */
export interface TenantBinding {
  readonly binding: Binding & { readonly state: ObjectState };
  readonly accounts: readonly Account[];
}

/** The bindings that give an account of a tenant something on the whole cluster, or in a namespace that is not its own. */
export function bindingsBeyond(cluster: ClusterState): readonly TenantBinding[] {
  return cluster.once('tenant bindings', () => {
    const found = new Map<Binding, Account[]>();
    for (const target of new Set(cluster.layers.map((l) => l.target))) {
      const access = accessOf(cluster, target);
      const tenancy = tenancyOf(cluster, target);
      const ofAll = NOBODY.flatMap((who) => access.bindingsOf(who));
      for (const account of tenancy.accounts) {
        const own = access.bindingsOf(account);
        for (const binding of ofAll.length === 0 ? own : new Set([...own, ...ofAll])) {
          if (binding.state && isBeyond(tenancy, account, binding)) {
            found.set(binding, [...(found.get(binding) ?? []), account]);
          }
        }
      }
    }
    return [...found].map(([binding, accounts]) => ({ binding: binding as TenantBinding['binding'], accounts }));
  });
}

function isBeyond(tenancy: Tenancy, account: Account, { namespace }: Binding): boolean {
  if (namespace === undefined) return true;
  if (namespace === account.namespace || namespace.includes('${')) return false;
  if (SYSTEM_NAMESPACES.includes(namespace)) return true;
  return tenancy.isKnown(namespace) && tenancy.tenantOf(namespace) !== tenancy.tenantOfAccount(account);
}

/** `the account apps/dev-team of the tenant "dev-team"`, or how many there are. */
export function tenantsInWords(cluster: ClusterState, { binding, accounts }: TenantBinding): string {
  const [{ namespace, name } = { namespace: '', name: '' }, ...others] = accounts;
  const tenant = tenancyOf(cluster, binding.state.target).tenantOfAccount({ namespace, name });
  const first = `the account ${namespace}/${name} of the tenant "${tenant}"`;
  if (others.length === 0) return first;
  return `${first} and ${others.length} more ${others.length === 1 ? 'account' : 'accounts'} of tenants`;
}
