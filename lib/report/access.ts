import type { Colors } from 'picocolors/types.js';
import { groupBy } from '../group-by.js';
import { defaultAccount, FLUX_NAMESPACE, reconcilersOf, tenancyOf } from '../model/accounts.js';
import type { Reconciler } from '../model/accounts.js';
import { whereIs } from '../model/cluster-model.js';
import type { ClusterModel } from '../model/cluster-model.js';
import { ClusterState } from '../model/cluster-state.js';
import { accessOf, accountOfUser, allowsEverything, userOf } from '../model/rbac/access.js';
import type { Access, Account, Binding, Subject } from '../model/rbac/access.js';
import { BUILT_IN_GROUPS, DEFAULT_ROLES } from '../model/rbac/default-roles.js';
import { ruleAllows } from '../model/rbac/policy-rule.js';
import type { PolicyRule, ResourceRequest } from '../model/rbac/policy-rule.js';
import { resources } from '../model/resources.js';
import { SYSTEM_NAMESPACES, waysOut } from '../model/rbac/ways-out.js';

/** Who may do what on the clusters of a fleet. */
export interface AccessReport {
  readonly clusters: readonly ClusterAccess[];
}

/** Who may do what on one cluster. */
export interface ClusterAccess {
  readonly name: string;
  /** The kubeConfig that leads to it, where a hub applies to it. */
  readonly kubeConfig?: string;
  readonly lockdown: boolean;
  /** The account of what names none; none means the controller itself. */
  readonly defaultAccount?: string;
  /** What is applied as Flux’s controllers, who may do everything. */
  readonly controllers: readonly string[];
  /** What is applied to other clusters. */
  readonly elsewhere: readonly string[];
  /** The accounts of tenants first, then the platform's, then people and groups. */
  readonly accounts: readonly AccountAccess[];
}

/** What one account, person or group has. */
export interface AccountAccess {
  readonly kind: 'ServiceAccount' | 'User' | 'Group';
  readonly namespace?: string;
  readonly name: string;
  readonly tenant?: string;
  readonly rights: readonly Right[];
  /** What Flux applies as it. */
  readonly applies: readonly string[];
}

/** What a binding gives. */
export interface Right {
  readonly role: string;
  /** Undefined for the whole cluster. */
  readonly namespace?: string;
  readonly binding: string;
  /** The file of the binding, with its line. */
  readonly at?: string;
  /** Whether the role is here or one that every cluster has. */
  readonly known: boolean;
  /** Whether it allows everything. */
  readonly everything: boolean;
  /** What it may change and what it may only read, by their plurals. */
  readonly writes: readonly string[];
  readonly reads: readonly string[];
  /** What makes others of it, or reaches what is others'. */
  readonly waysOut: readonly string[];
}

/** Somebody who may do what was asked for, or may perhaps. */
export interface Able {
  readonly who: string;
  readonly kind: 'ServiceAccount' | 'User' | 'Group';
  readonly tenant?: string;
  /** A namespace; undefined for all. */
  readonly namespace?: string;
  readonly role: string;
  readonly binding: string;
  readonly at?: string;
  /** `perhaps` where the role is not here, or charts may add to it. */
  readonly sure: 'yes' | 'perhaps';
  /** Names that it is limited to. */
  readonly names?: readonly string[];
}

const CHANGING = ['create', 'patch', 'update', 'delete', 'deletecollection'];
const READING = ['get', 'list', 'watch'];
/** So many of a kind are told by name. */
const NAMED = 8;

/** What everybody has on the clusters. */
export function accessReport(models: readonly ClusterModel[]): AccessReport {
  return { clusters: models.map((model) => new ClusterState(model)).flatMap((c) => targetsOf(c).map((t) => of(c, t))) };
}

/** Who may do something, cluster by cluster; without a namespace, anywhere. */
export function whoCan(
  models: readonly ClusterModel[],
  asked: Omit<ResourceRequest, 'name'>,
): { cluster: string; kubeConfig?: string; able: Able[] }[] {
  return models
    .map((model) => new ClusterState(model))
    .flatMap((cluster) =>
      targetsOf(cluster).map((target) => ({
        cluster: cluster.name,
        ...(target !== '' && { kubeConfig: target }),
        able: ableOn(cluster, target, asked),
      })),
    );
}

// ---- what they have ------------------------------------------------------------------------------------------------

/** The cluster itself, and those of a hub that have objects of their own. */
function targetsOf(cluster: ClusterState): string[] {
  return [...new Set(['', ...cluster.layers.map((l) => l.target)])];
}

function of(cluster: ClusterState, target: string): ClusterAccess {
  const access = accessOf(cluster, target);
  const here = reconcilersOf(cluster).filter((r) => r.target === target);
  const account = target === '' ? defaultAccount(cluster) : undefined;
  return {
    name: cluster.name,
    ...(target !== '' && { kubeConfig: target }),
    lockdown: cluster.lockdown,
    ...(account !== undefined && { defaultAccount: account }),
    controllers: here.filter(isController).map(nameOf),
    elsewhere: here.filter((r) => r.identity === 'elsewhere').map(nameOf),
    accounts: whoIsThere(cluster, target, access)
      .map((who) => accountAccess(cluster, target, access, who))
      .filter((a) => a.rights.length > 0 || a.applies.length > 0)
      .sort(byRank),
  };
}

/** Everybody whom a binding names, or as whom something is applied; Flux's controllers are told by themselves. */
function whoIsThere(cluster: ClusterState, target: string, access: Access): Subject[] {
  const bound = access.bindings.filter((b) => b.state !== undefined).flatMap((b) => b.subjects);
  const applying = reconcilersOf(cluster)
    .filter((r) => r.target === target && r.identity !== 'elsewhere' && r.account)
    .map((r) => r.account!);
  const users = [...applying, ...tenancyOf(cluster, target).accounts].map(userOf);
  const all = [...bound, ...users.map((name): Subject => ({ kind: 'User', name }))];
  const unique = new Map(all.map((s) => [`${s.kind} ${s.name}`, s]));
  return [...unique.values()].filter(({ kind, name }) => kind !== 'User' || !isFlux(accountOfUser(name)));
}

function isFlux(account: Account | undefined): boolean {
  return account?.namespace === FLUX_NAMESPACE && ['kustomize-controller', 'helm-controller'].includes(account.name);
}

function isController(r: Reconciler): boolean {
  return r.identity !== 'elsewhere' && isFlux(r.account);
}

function nameOf({ kind, id }: Reconciler): string {
  return `${kind} ${id}`;
}

function accountAccess(cluster: ClusterState, target: string, access: Access, subject: Subject): AccountAccess {
  const account = subject.kind === 'User' ? accountOfUser(subject.name) : undefined;
  const tenant = account && tenancyOf(cluster, target).tenantOfAccount(account);
  const own = access.bindingsOf(account ?? subject).filter((b) => b.state !== undefined);
  const reconcilers = reconcilersOf(cluster).filter(
    (r) =>
      r.target === target &&
      r.identity !== 'elsewhere' &&
      account !== undefined &&
      r.account?.namespace === account.namespace &&
      r.account.name === account.name,
  );
  return {
    ...(account ? { kind: 'ServiceAccount' as const, ...account } : { kind: subject.kind, name: subject.name }),
    ...(tenant !== undefined && { tenant }),
    rights: own.map((b) => rightOf(cluster, target, b, account, tenant)),
    applies: reconcilers.map(nameOf),
  };
}

function rightOf(
  cluster: ClusterState,
  target: string,
  binding: Binding,
  account: Account | undefined,
  tenant: string | undefined,
): Right {
  const { role, namespace, rules = [], state } = binding;
  const everything = rules.some(allowsEverything);
  const whose = namespace === undefined ? undefined : tenancyOf(cluster, target).tenantOf(namespace);
  const isOwn =
    namespace !== undefined &&
    (namespace === account?.namespace ||
      (tenant === undefined ? !SYSTEM_NAMESPACES.includes(namespace) : whose === tenant));
  const at = whereIs(state!.on).file;
  return {
    role: role.name,
    ...(namespace !== undefined && { namespace }),
    binding: binding.name,
    ...(at !== undefined && { at }),
    known: binding.rules !== undefined,
    everything,
    writes: resourcesWith(rules, CHANGING),
    reads: resourcesWith(rules, READING).filter((r) => !resourcesWith(rules, CHANGING).includes(r)),
    waysOut: isOwn || everything ? [] : waysOut(rules, namespace === undefined).map((way) => way.what),
  };
}

/** The plurals of which rules allow one of the verbs, those of groups that are not Kubernetes' own with their group. */
function resourcesWith(rules: readonly PolicyRule[], verbs: readonly string[]): string[] {
  const found = rules
    .filter((rule) => rule.verbs.some((verb) => verb === '*' || verbs.includes(verb)))
    .flatMap((rule) =>
      rule.apiGroups.flatMap((group) =>
        rule.resources.map((resource) => {
          const full = BUILT_IN_GROUPS.has(group) && resource !== '*' ? resource : `${resource}.${group || 'core'}`;
          return rule.resourceNames.length === 0 ? full : `${full} (${rule.resourceNames.join(', ')})`;
        }),
      ),
    );
  return [...new Set(found)].sort();
}

function byRank(a: AccountAccess, b: AccountAccess): number {
  const rank = (x: AccountAccess): string =>
    [
      x.tenant === undefined ? (x.kind === 'ServiceAccount' ? 1 : 2) : 0,
      x.tenant ?? '',
      x.namespace ?? '',
      x.name,
    ].join('\n');
  return rank(a) < rank(b) ? -1 : 1;
}

function ableOn(cluster: ClusterState, target: string, asked: Omit<ResourceRequest, 'name'>): Able[] {
  const tenancy = tenancyOf(cluster, target);
  const custom = !BUILT_IN_GROUPS.has(asked.group);
  const wholeOnly = isWithoutNamespace(cluster, asked);
  return accessOf(cluster, target).bindings.flatMap((binding) => {
    const { namespace, role, state, rules } = binding;
    if (asked.namespace !== undefined && namespace !== undefined && namespace !== asked.namespace) return [];
    if (wholeOnly && namespace !== undefined) return [];
    const matching = (rules ?? []).filter((rule) => ruleAllows({ ...rule, resourceNames: [] }, asked));
    const sure = matching.length > 0;
    if (!sure && rules !== undefined && !(binding.open && custom)) return [];
    const limited = sure && matching.every((rule) => rule.resourceNames.length > 0);
    const at = state && whereIs(state.on).file;
    return binding.subjects.map((subject): Able => {
      const account = subject.kind === 'User' ? accountOfUser(subject.name) : undefined;
      const tenant = account && tenancy.tenantOfAccount(account);
      return {
        who: account ? `${account.namespace}/${account.name}` : subject.name,
        kind: account ? 'ServiceAccount' : subject.kind,
        ...(tenant !== undefined && { tenant }),
        ...(namespace !== undefined && { namespace }),
        ...{ role: role.name, binding: binding.name, ...(at !== undefined && { at }) },
        sure: sure ? 'yes' : 'perhaps',
        ...(limited && { names: [...new Set(matching.flatMap((rule) => rule.resourceNames))] }),
      };
    });
  });
}

/** What names a Namespace: the API server asks for such a request in that namespace. */
const OF_ONE_NAMESPACE = ['get', 'patch', 'update', 'delete'];

/** Whether a request is in no namespace, so that no RoleBinding allows it. */
function isWithoutNamespace(cluster: ClusterState, { verb, group, resource }: Omit<ResourceRequest, 'name'>): boolean {
  const [plural = ''] = resource.split('/', 1);
  if (group === '' && plural === 'namespaces') return !OF_ONE_NAMESPACE.includes(verb);
  const isIt = (r: { group?: string; plural?: string }): boolean => r.group === group && r.plural === plural;
  const scopes = cluster
    .ofKind('apiextensions.k8s.io', 'CustomResourceDefinition')
    .map((o) => (o.object.spec ?? {}) as { group?: string; names?: { plural?: string }; scope?: string })
    .filter((spec) => isIt({ group: spec.group, plural: spec.names?.plural }))
    .map((spec) => spec.scope);
  const scope = scopes[0] ?? resources().find(isIt)?.scope;
  return scope === 'Cluster' || (group === '' && ['users', 'groups'].includes(plural));
}

// ---- for people ----------------------------------------------------------------------------------------------------

/** How it is printed. */
export interface AccessOptions {
  readonly colors: Colors;
  /** Where lines are broken. */
  readonly width: number;
}

/** The report as a person reads it. */
export function formatAccess({ clusters }: AccessReport, options: AccessOptions): string {
  return clusters.map((c) => formatCluster(c, options)).join('\n\n');
}

function formatCluster(c: ClusterAccess, { colors, width }: AccessOptions): string {
  const lines = heading(c.name, c.kubeConfig, colors);
  if (c.kubeConfig === undefined) {
    lines.push(...wrap(defaultInWords(c), '', width), '');
    lines.push(...wrap('Flux itself: kustomize-controller and helm-controller are cluster-admin', '', width));
    if (c.controllers.length > 0) lines.push(...wrap(`apply ${few(c.controllers)}`, '    ', width));
    if (c.elsewhere.length > 0) lines.push(...wrap(`to other clusters: ${few(c.elsewhere)}`, '    ', width));
  }
  let group = '';
  for (const a of c.accounts) {
    const title = groupOf(a);
    if (title !== group) lines.push('', colors.bold(title));
    group = title;
    lines.push(`  ${a.kind === 'ServiceAccount' ? `${a.namespace}/${a.name}` : `${a.kind} ${a.name}`}`);
    if (a.rights.length === 0) lines.push('    no rights at all');
    for (const right of a.rights) lines.push(...formatRight(right, colors, width));
    if (a.applies.length > 0) lines.push(...wrap(`applies ${few(a.applies)}`, '    ', width));
  }
  if (c.accounts.length === 0) lines.push('', 'nobody else has rights from these files');
  return lines.join('\n');
}

function heading(name: string, kubeConfig: string | undefined, colors: Colors): string[] {
  const text = kubeConfig === undefined ? name : `${name}, behind the kubeConfig ${kubeConfig}`;
  return [colors.bold(text), colors.bold('─'.repeat(text.length))];
}

function defaultInWords(c: ClusterAccess): string {
  return c.defaultAccount === undefined
    ? 'No default account: what names no account is applied as Flux itself.'
    : `What names no account is applied as the account "${c.defaultAccount}" of its namespace.`;
}

function groupOf(a: AccountAccess): string {
  if (a.tenant !== undefined) return `Tenant ${a.tenant}`;
  return a.kind === 'ServiceAccount' ? 'Platform' : 'People and groups';
}

function formatRight(right: Right, colors: Colors, width: number): string[] {
  const { role, namespace, at, everything } = right;
  const place = namespace === undefined ? 'on the cluster' : `in ${namespace}`;
  const wide = right.waysOut.length > 0 || (everything && namespace === undefined);
  const text = `${wide ? '! ' : ''}${role} ${place}`;
  const lines = beside(`    ${wide ? colors.red(text) : text}`, `    ${text}`.length, at, width, colors);
  if (!right.known) return [...lines, '      what this role allows is not known here'];
  if (everything) {
    return [
      ...lines,
      `      everything${namespace === undefined ? '' : ' there, the labels of the Namespace included'}`,
    ];
  }
  if (!Object.hasOwn(DEFAULT_ROLES, role)) {
    if (right.writes.length > 0) lines.push(...wrap(`writes ${right.writes.join(', ')}`, '      ', width));
    if (right.reads.length > 0) lines.push(...wrap(`reads ${right.reads.join(', ')}`, '      ', width));
  }
  if (right.waysOut.length > 0) lines.push(...wrap(`may ${right.waysOut.join('; ')}`, '      ', width));
  return lines;
}

/** Something with its place at the right edge, or below it where it does not fit. */
function beside(text: string, length: number, at: string | undefined, width: number, colors: Colors): string[] {
  if (at === undefined) return [text];
  const space = width - length - at.length;
  return space >= 2 ? [`${text}${' '.repeat(space)}${colors.dim(at)}`] : [text, `      ${colors.dim(at)}`];
}

/** What is applied, by kind: a few of them by name, the rest as a number. */
function few(all: readonly string[]): string {
  const byKind = groupBy(all, (name) => name.slice(0, name.indexOf(' ')));
  return [...byKind]
    .map(([kind, same]) => {
      const names = same.map((name) => name.slice(kind.length + 1));
      const told = names.length <= NAMED ? names : [...names.slice(0, NAMED - 1), `${names.length - NAMED + 1} more`];
      return `${kind}${names.length === 1 ? '' : 's'} ${told.join(', ')}`;
    })
    .join('; ');
}

function wrap(text: string, indent: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last === undefined) lines.push(`${indent}${word}`);
    else if (last.length + 1 + word.length <= width) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(`${indent}  ${word}`);
  }
  return lines;
}

/** Who may do something, as a person reads it. */
export function formatWhoCan(
  clusters: ReturnType<typeof whoCan>,
  asked: Omit<ResourceRequest, 'name'>,
  { colors, width }: AccessOptions,
): string {
  const what = `${asked.verb} ${asked.resource}${asked.group === '' ? '' : `.${asked.group}`}`;
  const where = asked.namespace === undefined ? '' : ` in ${asked.namespace}`;
  return clusters
    .map(({ cluster, kubeConfig, able }) => {
      const lines = [...heading(cluster, kubeConfig, colors), `may ${what}${where}:`];
      if (able.length === 0) lines.push('  nobody that these files know of');
      for (const a of able) {
        const who = `${a.kind === 'ServiceAccount' ? '' : `${a.kind} `}${a.who}`;
        const tenant = a.tenant === undefined ? '' : ` (tenant ${a.tenant})`;
        lines.push(...beside(`  ${who}${tenant}`, `  ${who}${tenant}`.length, a.at, width, colors));
        const place = a.namespace === undefined ? 'on the cluster' : `in ${a.namespace}`;
        const names = a.names === undefined ? '' : `, only ${a.names.join(', ')}`;
        const perhaps = a.sure === 'yes' ? '' : ', perhaps: what the role allows depends on what is not here';
        lines.push(...wrap(`${a.role} ${place}${names}${perhaps}`, '    ', width));
      }
      return lines.join('\n');
    })
    .join('\n\n');
}
