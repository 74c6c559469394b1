import { reconcilersOf } from '../../model/accounts.js';
import type { Reconciler } from '../../model/accounts.js';
import type { ObjectModel } from '../../model/cluster-model.js';
import type { ClusterState } from '../../model/cluster-state.js';
import { fullName, identityOf } from '../../model/identity.js';
import type { Identity } from '../../model/identity.js';
import { scopeOf } from '../../model/kinds.js';
import { accessOf, isClusterAdmin, may, resourceOf } from '../../model/rbac/access.js';
import type { Access, Account, Binding } from '../../model/rbac/access.js';
import { escalation } from '../../model/rbac/escalation.js';
import type { ResourceRequest } from '../../model/rbac/policy-rule.js';
import { isKnownAccount, rightsInWords } from '../../model/rbac/rights.js';
import { nameOf } from '../rule.js';
import type { Rule, RuleFinding } from '../rule.js';
import { fullNameOf } from '../shared/reconciler.js';

/** What keeps Flux from applying, or from deleting what is no longer in the files. */
const SSA = 'kustomize.toolkit.fluxcd.io/ssa';
const PRUNE = 'kustomize.toolkit.fluxcd.io/prune';

/** What Helm does with the Secrets in which it keeps a release. */
const STORAGE_VERBS = ['create', 'get', 'list', 'update', 'delete'];

const WRITE_VERBS = ['create', 'patch', 'update', '*'];

/** Everything that a Kustomization or HelmRelease applies is within the rights of its account. */
export const forbidden: Rule = {
  id: 'forbidden',
  title: 'An account may apply everything that Flux applies as it.',
  *check(cluster) {
    if (cluster.partial) return;
    for (const r of reconcilersOf(cluster)) {
      if (!r.account || (r.identity !== 'named' && r.identity !== 'default')) continue;
      const access = accessOf(cluster, r.target);
      if (isClusterAdmin(access, r.account) || !isKnownAccount(cluster, r.target, r.account)) continue;
      // An account without any binding is the rule account-not-named's.
      if (r.identity === 'default' && !access.bindingsOf(r.account).some((b) => b.state)) continue;
      if (r.kind === 'HelmRelease') yield* ofRelease(access, r, r.account);
      else yield* ofKustomization(cluster, withoutOwnGifts(cluster, access, r), r, r.account);
    }
  },
};

/** What an account has before it applies anything: a binding that it applies itself cannot be what lets it do so. */
function withoutOwnGifts(cluster: ClusterState, access: Access, r: Reconciler): Access {
  const applied = appliedBy(cluster).get(accountKey(r));
  const isGift = ({ state }: Binding): boolean => state !== undefined && applied?.has(state.on) === true;
  if (!applied || !access.bindings.some(isGift)) return access;
  return { ...access, bindingsOf: (who) => access.bindingsOf(who).filter((b) => !isGift(b)) };
}

/** The bindings that each account applies by its Kustomizations; those that apply none are left out. */
function appliedBy(cluster: ClusterState): ReadonlyMap<string, ReadonlySet<ObjectModel>> {
  return cluster.once('bindings by who applies them', () => {
    const map = new Map<string, Set<ObjectModel>>();
    for (const r of reconcilersOf(cluster)) {
      if (r.kind !== 'Kustomization' || !r.account || (r.identity !== 'named' && r.identity !== 'default')) continue;
      for (const on of r.layer?.objects ?? []) {
        if (on.object.kind !== 'RoleBinding' && on.object.kind !== 'ClusterRoleBinding') continue;
        const own = map.get(accountKey(r)) ?? new Set();
        map.set(accountKey(r), own.add(on));
      }
    }
    return map;
  });
}

function accountKey({ target, account }: Reconciler): string {
  return [target, account?.namespace, account?.name].join('\n');
}

/** Objects of a Kustomization that may not be applied for one and the same reason. */
interface Refused {
  readonly verbs: readonly string[];
  readonly resource: string;
  readonly place: string;
  readonly objects: ObjectModel[];
}

function* ofKustomization(
  cluster: ClusterState,
  access: Access,
  r: Reconciler,
  account: Account,
): Generator<RuleFinding> {
  const refused = new Map<string, Refused>();
  // What a hub applies to another cluster is judged there.
  for (const on of r.layer?.target === r.target ? r.layer.objects : []) {
    const asked = requestsFor(cluster, r, on);
    if (!asked) continue;
    const verbs = asked.requests.filter((request) => may(access, account, request) === 'no').map((q) => q.verb);
    if (verbs.length > 0) {
      const { resource, group } = asked.requests[0]!;
      const named = group === '' ? resource : `${resource}.${group}`;
      const key = [verbs.join(), named, asked.place].join('\n');
      const entry = refused.get(key) ?? { verbs, resource: named, place: asked.place, objects: [] };
      entry.objects.push(on);
      refused.set(key, entry);
    } else {
      const missing = escalation(access, account, on.object);
      if (missing !== undefined) yield escalates(r, account, on, missing);
    }
  }
  for (const entry of refused.values()) yield notAllowed(access, r, account, entry);
}

/** What the API server is asked for an object; undefined where nothing is, or where that is not known. */
function requestsFor(
  cluster: ClusterState,
  r: Reconciler,
  on: ObjectModel,
): { requests: ResourceRequest[]; place: string } | undefined {
  const id = identityOf(on.object);
  const { annotations } = (on.object.metadata ?? {}) as { annotations?: Record<string, unknown> };
  const scope = scopeOf(id.apiVersion, id.kind);
  const namespace = scope === 'Cluster' ? undefined : (id.namespace ?? on.namespace);
  if (annotations?.[SSA] === 'Ignore' || scope === undefined || (scope === 'Namespaced' && namespace === undefined)) {
    return undefined;
  }
  if (`${id.name}${namespace}`.includes('${')) return undefined;
  const resource = resourceOf(cluster, id.group, id.kind);
  const base = { group: id.group, resource, name: id.name };
  // The path of a Namespace has its name where others have their namespace; it is created like all that have none.
  const inside = isNamespace(id) ? id.name : namespace;
  const prunes = r.spec.prune === true && annotations?.[PRUNE] !== 'disabled';
  return {
    requests: [
      { ...base, verb: 'create', namespace },
      ...['patch', ...(prunes ? ['delete'] : [])].map((verb) => ({ ...base, verb, namespace: inside })),
    ],
    place: namespace === undefined ? 'on the cluster' : `in ${namespace}`,
  };
}

function isNamespace({ group, kind }: Identity): boolean {
  return group === '' && kind === 'Namespace';
}

function notAllowed(
  access: Access,
  r: Reconciler,
  account: Account,
  { verbs, resource, place, objects }: Refused,
): RuleFinding {
  const [on] = objects as [ObjectModel];
  const others = objects.slice(1).map((o) => fullName(identityOf(o.object)));
  const more = others.length === 0 ? '' : ` and ${others.length} more of its kind`;
  const onlyDelete = verbs.join() === 'delete';
  const who = `${account.namespace}/${account.name}`;
  return {
    on,
    what: onlyDelete
      ? `${fullNameOf(r)} prunes as ${who}, which may not delete ${nameOf(on)}${more}: when it leaves the files, the API server forbids it and the Kustomization is no longer ready`
      : `${fullNameOf(r)} is applied as ${who}, which may not ${inWords(verbs, 'or')} ${nameOf(on)}${more}: the API server forbids it, and the Kustomization never becomes ready`,
    expected: `the right to ${inWords(verbs)} ${resource} ${place}`,
    given: rightsInWords(access, account),
    fix:
      place === 'on the cluster'
        ? 'let the platform apply what belongs to the whole cluster, or bind the account to a ClusterRole for just that'
        : `put it into a namespace of the account, or bind the account to a role ${place}`,
  };
}

function escalates(r: Reconciler, { namespace, name }: Account, on: ObjectModel, missing: string): RuleFinding {
  return {
    on,
    what: `${fullNameOf(r)} is applied as ${namespace}/${name}, which gives with ${nameOf(on)} more than it has: the API server refuses an escalation, and the Kustomization never becomes ready`,
    expected: 'a role whose rights the account has itself, there',
    given: `rights that it lacks: ${missing}`,
    fix: 'let the platform apply it, give less, or allow the account to bind just that role (verb "bind" with resourceNames)',
  };
}

/** What helm-controller does as the account whatever the chart has: it keeps the release, and makes its objects. */
function* ofRelease(access: Access, r: Reconciler, account: Account): Generator<RuleFinding> {
  const { storageNamespace, targetNamespace } = r.spec;
  const storage = typeof storageNamespace === 'string' ? storageNamespace : r.namespace;
  const target = typeof targetNamespace === 'string' ? targetNamespace : r.namespace;
  const who = `${account.namespace}/${account.name}`;
  const given = rightsInWords(access, account);
  const verbs = STORAGE_VERBS.filter(
    (verb) => may(access, account, { verb, group: '', resource: 'secrets', namespace: storage }) === 'no',
  );
  if (verbs.length > 0 && !storage.includes('${')) {
    yield {
      on: r.on,
      field: storage === r.namespace ? ['spec', 'serviceAccountName'] : ['spec', 'storageNamespace'],
      what: `${fullNameOf(r)} runs as ${who}, which may not ${inWords(verbs, 'or')} Secrets in ${storage}, where Helm keeps the release: nothing of the chart is installed`,
      expected: `the right to ${inWords(verbs)} secrets in ${storage}`,
      given,
      fix: `bind the account to the role "admin" in ${storage}, or say a storageNamespace where it has rights`,
    };
  }
  if (target === storage || target.includes('${') || writesAnything(access, account, target)) return;
  yield {
    on: r.on,
    field: ['spec', 'targetNamespace'],
    what: `${fullNameOf(r)} installs into ${target} as ${who}, which may write nothing there: the API server forbids all of the chart`,
    expected: `a binding for ${who} in ${target}`,
    given,
    fix: `bind the account to the role "admin" in ${target}, or put the HelmRelease into ${target} with an account of that namespace`,
  };
}

/** Whether an account may write at least something in a namespace, as far as is known. */
function writesAnything(access: Access, account: Account, namespace: string): boolean {
  return access
    .bindingsOf(account)
    .filter((b) => b.state !== undefined && (b.namespace === undefined || b.namespace === namespace))
    .some((b) => b.rules === undefined || b.rules.some((rule) => rule.verbs.some((v) => WRITE_VERBS.includes(v))));
}

function inWords(verbs: readonly string[], last: 'and' | 'or' = 'and'): string {
  return verbs.length < 2 ? (verbs[0] ?? '') : `${verbs.slice(0, -1).join(', ')} ${last} ${verbs.at(-1)}`;
}
