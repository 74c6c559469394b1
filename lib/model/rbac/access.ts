import type { JsonObject } from '../../yaml/normalize.js';
import type { ClusterState, ObjectState } from '../cluster-state.js';
import { selects } from '../label-selector.js';
import type { LabelSelector } from '../label-selector.js';
import { pluralOf } from '../plural.js';
import { BUILT_IN_GROUPS, DEFAULT_BINDINGS, DEFAULT_ROLES } from './default-roles.js';
import type { RoleData } from './default-roles.js';
import { policyRule, ruleAllows } from './policy-rule.js';
import type { PathRequest, PolicyRule, ResourceRequest } from './policy-rule.js';

/** A service account. */
export interface Account {
  readonly namespace: string;
  readonly name: string;
}

/** Whom a binding is for, as the API server knows them. */
export interface Subject {
  readonly kind: 'User' | 'Group';
  /** A service account is the user `system:serviceaccount:<namespace>:<name>`. */
  readonly name: string;
}

/** A binding with what it gives. */
export interface Binding {
  readonly name: string;
  /** Where it holds; undefined for the whole cluster. */
  readonly namespace: string | undefined;
  readonly role: { readonly kind: string; readonly name: string };
  readonly subjects: readonly Subject[];
  /** What it allows; undefined where the role is not known. */
  readonly rules: readonly PolicyRule[] | undefined;
  /** Whether charts may add to the role: it gathers what carries a label. */
  readonly open: boolean;
  /** The object; undefined for a binding that every cluster has. */
  readonly state: ObjectState | undefined;
}

/** Whether somebody may do something; `unknown` where that depends on what is not here. */
export type Answer = 'yes' | 'no' | 'unknown';

/** What is allowed on a cluster, or on one of a hub's. */
export interface Access {
  /** All bindings, those that every cluster has first. */
  readonly bindings: readonly Binding[];
  /** The bindings that somebody has rights from, their groups' among them. */
  bindingsOf(who: Account | Subject): readonly Binding[];
  /** What a role allows; undefined where it is not known. */
  rulesOf(role: { readonly kind: string; readonly name: string }, namespace: string | undefined): Rules | undefined;
}

/** What a role allows, and whether charts may add to it. */
export interface Rules {
  readonly rules: readonly PolicyRule[];
  readonly open: boolean;
}

const RBAC = 'rbac.authorization.k8s.io';

/** What is allowed on the cluster (`target` ''), or on one that a hub reconciles. */
export function accessOf(cluster: ClusterState, target: string): Access {
  return cluster.once(`access ${target}`, () => accessFrom(cluster, target));
}

/** Whether somebody may do something, by what is known of their bindings. */
export function may(access: Access, who: Account | Subject, request: ResourceRequest | PathRequest): Answer {
  const namespace = 'path' in request ? undefined : request.namespace;
  const inScope = access
    .bindingsOf(who)
    .filter((b) => b.namespace === undefined || (namespace !== undefined && b.namespace === namespace));
  if (inScope.some((b) => b.rules?.some((rule) => ruleAllows(rule, request)))) return 'yes';
  const ownGroup = !('path' in request) && !BUILT_IN_GROUPS.has(request.group);
  const isUnknown = inScope.some((b) => b.rules === undefined || (b.open && ownGroup));
  return isUnknown ? 'unknown' : 'no';
}

/** Whether they may do everything on the cluster. */
export function isClusterAdmin(access: Access, who: Account | Subject): boolean {
  return access.bindingsOf(who).some((b) => b.namespace === undefined && b.rules?.some(allowsEverything));
}

/** Whether a rule allows everything with every object. */
export function allowsEverything(rule: PolicyRule): boolean {
  const { verbs, apiGroups, resources, resourceNames } = rule;
  return resourceNames.length === 0 && verbs.includes('*') && apiGroups.includes('*') && resources.includes('*');
}

/** The user that a service account is. */
export function userOf({ namespace, name }: Account): string {
  return `system:serviceaccount:${namespace}:${name}`;
}

/** The service account that a user is; undefined for a person. */
export function accountOfUser(user: string): Account | undefined {
  const [, namespace, name] = /^system:serviceaccount:([^:]+):([^:]+)$/.exec(user) ?? [];
  return namespace === undefined || name === undefined ? undefined : { namespace, name };
}

/** The plural by which roles name a kind. */
export function resourceOf(cluster: ClusterState, group: string, kind: string): string {
  const plurals = cluster.once('plurals of CRDs', () => {
    const map = new Map<string, string>();
    for (const { object } of cluster.ofKind('apiextensions.k8s.io', 'CustomResourceDefinition')) {
      const { group: of, names } = (object.spec ?? {}) as {
        group?: string;
        names?: { kind?: string; plural?: string };
      };
      if (names?.kind !== undefined && names.plural !== undefined) map.set(`${of}/${names.kind}`, names.plural);
    }
    return map;
  });
  return plurals.get(`${group}/${kind}`) ?? pluralOf(kind);
}

function accessFrom(cluster: ClusterState, target: string): Access {
  const onTarget = (kind: string): ObjectState[] => cluster.ofKind(RBAC, kind).filter((o) => o.target === target);
  const roles = new Map(onTarget('Role').map((o) => [`${o.id.namespace}/${o.id.name}`, ownRules(o.object)]));
  const clusterRoles = clusterRolesOf(onTarget('ClusterRole'));
  const gathered = new Map<string, Rules | undefined>();

  const rulesOf: Access['rulesOf'] = ({ kind, name }, namespace) => {
    if (kind === 'Role') {
      const rules = roles.get(`${namespace}/${name}`);
      return rules && { rules, open: false };
    }
    if (kind !== 'ClusterRole') return undefined;
    if (!gathered.has(name)) gathered.set(name, clusterRules(name, clusterRoles));
    return gathered.get(name);
  };
  const bindingOf = (state: ObjectState): Binding => {
    const namespace = state.id.kind === 'RoleBinding' ? (state.id.namespace ?? state.on.namespace) : undefined;
    const { kind = '', name = '' } = (state.object.roleRef ?? {}) as { kind?: string; name?: string };
    const found = rulesOf({ kind, name }, namespace);
    return {
      name: state.id.name,
      namespace,
      role: { kind, name },
      subjects: subjectsOf(state.object, namespace),
      rules: found?.rules,
      open: found?.open ?? false,
      state,
    };
  };
  const bindings = [
    ...defaultBindings(rulesOf),
    ...onTarget('ClusterRoleBinding').map(bindingOf),
    ...onTarget('RoleBinding').map(bindingOf),
  ];
  const bySubject = new Map<string, Binding[]>();
  for (const binding of bindings) {
    const { subjects } = binding;
    for (const key of subjects.length === 1 ? [keyOf(subjects[0]!)] : new Set(subjects.map(keyOf))) {
      const same = bySubject.get(key);
      if (same) same.push(binding);
      else bySubject.set(key, [binding]);
    }
  }
  // Asked again and again, for a few hundred accounts: no key is made of the two names.
  const ofAccounts = new Map<string, Map<string, readonly Binding[]>>();
  const bindingsOf: Access['bindingsOf'] = (who) => {
    if ('kind' in who) return bySubject.get(keyOf(who)) ?? [];
    let known = ofAccounts.get(who.namespace);
    if (!known) {
      known = new Map();
      ofAccounts.set(who.namespace, known);
    }
    let found = known.get(who.name);
    if (!found) {
      const all = keysOfAccount(who).flatMap((key) => bySubject.get(key) ?? []);
      found = all.length > 1 ? [...new Set(all)] : all;
      known.set(who.name, found);
    }
    return found;
  };
  return { bindings, rulesOf, bindingsOf };
}

/** Who a service account is: a user, and its groups, which it has also where Flux acts in its name. */
function keysOfAccount(account: Account): string[] {
  return [
    `User\n${userOf(account)}`,
    'Group\nsystem:serviceaccounts',
    `Group\nsystem:serviceaccounts:${account.namespace}`,
    'Group\nsystem:authenticated',
  ];
}

function subjectsOf(binding: JsonObject, namespace: string | undefined): Subject[] {
  const subjects = Array.isArray(binding.subjects) ? (binding.subjects as (Record<string, unknown> | null)[]) : [];
  return subjects.flatMap((s): Subject[] => {
    if (s === null) return [];
    if (typeof s.name !== 'string') return [];
    if (s.kind === 'User' || s.kind === 'Group') return [{ kind: s.kind, name: s.name }];
    const place = typeof s.namespace === 'string' && s.namespace !== '' ? s.namespace : namespace;
    if (s.kind !== 'ServiceAccount' || place === undefined) return [];
    return [{ kind: 'User', name: userOf({ namespace: place, name: s.name }) }];
  });
}

function defaultBindings(rulesOf: Access['rulesOf']): Binding[] {
  return DEFAULT_BINDINGS.map(({ name, role, groups, controllers }) => {
    const roleRef = { kind: 'ClusterRole', name: role };
    const users = (controllers ?? []).map((c) => userOf({ namespace: 'flux-system', name: c }));
    const subjects = [
      ...(groups ?? []).map((group): Subject => ({ kind: 'Group', name: group })),
      ...users.map((user): Subject => ({ kind: 'User', name: user })),
    ];
    const found = rulesOf(roleRef, undefined);
    const open = found?.open ?? false;
    return { name, namespace: undefined, role: roleRef, subjects, rules: found?.rules, open, state: undefined };
  });
}

/** A cluster role; its rules are undefined where they depend on what is substituted on the cluster. */
interface ClusterRole extends Omit<RoleData, 'rules'> {
  readonly rules: readonly PolicyRule[] | undefined;
}

function clusterRolesOf(states: readonly ObjectState[]): ReadonlyMap<string, ClusterRole> {
  const roles = new Map<string, ClusterRole>(Object.entries(DEFAULT_ROLES));
  for (const { id, object } of states) {
    const metadata = (object.metadata ?? {}) as { labels?: Record<string, string> };
    const { clusterRoleSelectors } = (object.aggregationRule ?? {}) as { clusterRoleSelectors?: LabelSelector[] };
    roles.set(id.name, {
      labels: metadata.labels ?? {},
      rules: ownRules(object),
      ...(clusterRoleSelectors && clusterRoleSelectors.length > 0 && { gathers: clusterRoleSelectors }),
    });
  }
  return roles;
}

/** The rules of a role's own; undefined where Flux substitutes something in them. */
function ownRules(role: JsonObject): readonly PolicyRule[] | undefined {
  if (JSON.stringify(role.rules ?? []).includes('${')) return undefined;
  return Array.isArray(role.rules) ? (role.rules as unknown[]).map(policyRule) : [];
}

/** The rules of a cluster role: its own, or those of all roles that it gathers, which may gather others. */
function clusterRules(name: string, roles: ReadonlyMap<string, ClusterRole>): Rules | undefined {
  const role = roles.get(name);
  if (!role) return undefined;
  if (!role.gathers) return role.rules && { rules: role.rules, open: false };
  const rules: PolicyRule[] = [];
  const seen = new Set([name]);
  const gather = (selectors: readonly LabelSelector[]): void => {
    for (const [other, found] of roles) {
      if (seen.has(other) || !selectors.some((selector) => selects(selector, found.labels))) continue;
      seen.add(other);
      if (found.gathers) gather(found.gathers);
      else rules.push(...(found.rules ?? []));
    }
  };
  gather(role.gathers);
  return { rules, open: true };
}

function keyOf({ kind, name }: Subject): string {
  return `${kind}\n${name}`;
}
