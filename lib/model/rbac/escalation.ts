import type { JsonObject } from '../../yaml/normalize.js';
import { identityOf } from '../identity.js';
import { may } from './access.js';
import type { Access, Account } from './access.js';
import { BUILT_IN_GROUPS } from './default-roles.js';
import { notCovered, policyRule } from './policy-rule.js';
import type { PolicyRule } from './policy-rule.js';

const RBAC = 'rbac.authorization.k8s.io';

const EVERYTHING: readonly PolicyRule[] = [
  { verbs: ['*'], apiGroups: ['*'], resources: ['*'], resourceNames: [], nonResourceURLs: [] },
  { verbs: ['*'], apiGroups: [], resources: [], resourceNames: [], nonResourceURLs: ['*'] },
];

/**
 * What an account would give away with a role or binding without having it itself, in words: the API server refuses
 * that, unless the account may `escalate` the role or `bind` it. Undefined where it does not, or where that is not known.
 */
export function escalation(access: Access, account: Account, object: JsonObject): string | undefined {
  const { group, kind, name, namespace } = identityOf(object);
  if (group !== RBAC) return undefined;
  const isRole = kind === 'Role' || kind === 'ClusterRole';
  const granted = isRole ? rulesOfRole(object) : rulesOfBinding(access, object, namespace);
  if (granted === undefined) return undefined;
  const ref = isRole ? { kind, name } : ((object.roleRef ?? {}) as { kind: string; name: string });
  const explicit = may(access, account, {
    verb: isRole ? 'escalate' : 'bind',
    group: RBAC,
    resource: ref.kind === 'Role' ? 'roles' : 'clusterroles',
    namespace,
    name: ref.name,
  });
  if (explicit !== 'no') return undefined;
  const own = access
    .bindingsOf(account)
    .filter((b) => b.namespace === undefined || (namespace !== undefined && b.namespace === namespace));
  if (own.some((b) => b.rules === undefined)) return undefined;
  const missing = notCovered(
    own.flatMap((b) => b.rules ?? []),
    granted,
  );
  const open = own.some((b) => b.open);
  // What charts add to a role that gathers others is of their own groups.
  const sure = missing.filter((m) => !open || m.apiGroups.every((g) => g === '*' || BUILT_IN_GROUPS.has(g)));
  return sure.length === 0 ? undefined : inWords(sure);
}

function rulesOfRole(role: JsonObject): readonly PolicyRule[] | undefined {
  const { clusterRoleSelectors } = (role.aggregationRule ?? {}) as { clusterRoleSelectors?: unknown[] };
  if (clusterRoleSelectors && clusterRoleSelectors.length > 0) return EVERYTHING;
  if (JSON.stringify(role.rules ?? []).includes('${')) return undefined;
  return Array.isArray(role.rules) ? (role.rules as unknown[]).map(policyRule) : [];
}

function rulesOfBinding(
  access: Access,
  binding: JsonObject,
  namespace: string | undefined,
): readonly PolicyRule[] | undefined {
  if (binding.kind !== 'RoleBinding' && binding.kind !== 'ClusterRoleBinding') return undefined;
  const { kind = '', name = '' } = (binding.roleRef ?? {}) as { kind?: string; name?: string };
  return access.rulesOf({ kind, name }, namespace)?.rules;
}

function pathInWords(url: string): string {
  return url === '*' ? 'all paths' : `the path ${url}`;
}

function resourceInWords(resource: string, group: string): string {
  if (resource === '*' && group === '*') return 'all resources';
  return group === '' ? resource : `${resource}.${group}`;
}

/** The first few of them, the verbs of one resource together. */
function inWords(missing: readonly PolicyRule[]): string {
  const byObject = new Map<string, string[]>();
  for (const { verbs, apiGroups, resources, resourceNames, nonResourceURLs } of missing) {
    const [group = ''] = apiGroups;
    const [url] = nonResourceURLs;
    const what = url !== undefined ? pathInWords(url) : resourceInWords(resources[0]!, group);
    const named = resourceNames.length === 0 ? what : `${what} "${resourceNames[0]}"`;
    byObject.set(named, [...(byObject.get(named) ?? []), verbs[0]!]);
  }
  const all = [...byObject].map(([what, verbs]) => `${verbs.includes('*') ? 'all verbs on' : verbs.join('|')} ${what}`);
  return all.length > 3 ? `${all.slice(0, 3).join(', ')} and ${all.length - 3} more` : all.join(', ');
}
