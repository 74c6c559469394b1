import type { JsonObject, JsonValue } from '../yaml/normalize.js';
import type { ClusterState, KustomizationState, ObjectState, Wanted } from './cluster-state.js';
import { identityOf } from './identity.js';
import { lookup } from './kinds.js';
import { isCopied, isNamed, madeOf } from './made.js';
import type { MadeObject } from './made.js';

/** How it is known that an object is on a cluster. */
export type Presence =
  /** The fleet emits it. */
  | { readonly by: 'fleet'; readonly state: ObjectState }
  /** Flux's installation brings it: the directory flux-system, and what Flux's controllers run as. */
  | { readonly by: 'installation' }
  /** Every cluster of Kubernetes has it. */
  | { readonly by: 'kubernetes' }
  /** A controller makes it of an object that the fleet emits; undefined where the installation has that one. */
  | { readonly by: 'controller'; readonly of: ObjectState | undefined }
  /** Somebody declares it: `fromName`, or flux-fleet.yaml. */
  | { readonly by: 'declaration' };

/** How it is known that an object is on a cluster; undefined where nobody says that it is. */
export function presenceOf(cluster: ClusterState, wanted: Wanted): Presence | undefined {
  return presence(cluster, wanted, true);
}

/** The same; an original of copies is no copy itself, or the search would not end. */
function presence(cluster: ClusterState, wanted: Wanted, copies: boolean): Presence | undefined {
  const state = cluster.find(wanted);
  if (state) return { by: 'fleet', state };
  if (ofKubernetes(wanted)) return { by: 'kubernetes' };
  if (isInstalled(cluster, wanted)) return { by: 'installation' };
  const made = makersOf(cluster, wanted).find((m) => (copies || !m.object.copyOf) && isMade(cluster, m.object, wanted));
  if (made) return { by: 'controller', of: made.by };
  return cluster.declared(wanted) ? { by: 'declaration' } : undefined;
}

/** The keys of a ConfigMap or Secret; undefined where they are not known. */
export function keysOf(cluster: ClusterState, wanted: Wanted): readonly string[] | undefined {
  const state = cluster.find(wanted);
  if (state) return dataKeys(state.object);
  const installed = installedObjects(cluster).find((o) => isObject(o, wanted));
  if (installed && wanted.target === '') return dataKeys(installed);
  const made = makersOf(cluster, wanted).filter(({ object }) => isMade(cluster, object, wanted));
  if (made.length > 0) return made.length === 1 ? made[0]!.object.keys : undefined;
  return cluster.declared(wanted)?.keys;
}

function dataKeys(object: JsonObject): string[] {
  return ['data', 'stringData', 'binaryData'].flatMap((field) => Object.keys(object[field] ?? {}));
}

/** Namespaces and roles of every cluster. */
const NAMESPACES = new Set(['default', 'kube-system', 'kube-public', 'kube-node-lease', 'flux-system']);
const ROLES = new Set(['cluster-admin', 'admin', 'edit', 'view']);

function ofKubernetes({ kind, name, namespace }: Wanted): boolean {
  switch (kind) {
    case 'Namespace':
      return NAMESPACES.has(name);
    case 'ClusterRole':
      return ROLES.has(name) || name.startsWith('system:');
    case 'Role':
      return (namespace === 'kube-system' || namespace === 'kube-public') && name.includes(':');
    case 'ServiceAccount':
      return name === 'default' || namespace === 'kube-system';
    case 'ConfigMap':
      return name === 'kube-root-ca.crt' || namespace === 'kube-system' || namespace === 'kube-public';
    default:
      return false;
  }
}

const FLUX = 'flux-system';
const SOURCE_KINDS = new Set(['GitRepository', 'OCIRepository', 'Bucket']);
const CONTROLLER =
  /^(source|kustomize|helm|notification|image-reflector|image-automation)-controller$|^source-watcher$/;

/** What `flux bootstrap`, `flux install` or the Flux Operator bring; behind a kubeConfig, whatever Flux there may have. */
function isInstalled(cluster: ClusterState, wanted: Wanted): boolean {
  const { kind, name, namespace, target } = wanted;
  if (target === '' && installedObjects(cluster).some((o) => isObject(o, wanted))) return true;
  if (kind === 'ClusterRole') return /^(crd-controller|flux-(edit|view))-flux-system$|^flux-operator/.test(name);
  if (namespace !== FLUX) return false;
  if (kind === 'ServiceAccount') {
    if (name === 'flux-operator') return target !== '' || usesOperator(cluster);
    return CONTROLLER.test(name) && (target !== '' || hasController(cluster, name));
  }
  if (name !== FLUX) return false;
  if (kind === 'Kustomization') return true;
  if (SOURCE_KINDS.has(kind)) return target !== '' || (cluster.source?.kind ?? kind) === kind;
  // `flux bootstrap` makes it for the source; where Flux is installed otherwise, somebody says it.
  return kind === 'Secret' && !usesOperator(cluster) && (cluster.source?.kind ?? 'GitRepository') === 'GitRepository';
}

function hasController({ components }: ClusterState, name: string): boolean {
  return components.length === 0 || components.includes(name);
}

function usesOperator(cluster: ClusterState): boolean {
  return (
    installedObjects(cluster).some((o) => o.kind === 'FluxInstance') ||
    cluster.ofKind(OPERATOR, 'FluxInstance').length > 0
  );
}

const OPERATOR = 'fluxcd.controlplane.io';

function installedObjects(cluster: ClusterState): readonly JsonObject[] {
  return cluster.once('installed objects', () =>
    Object.values(cluster.system.files).flatMap((f) => ('objects' in f ? f.objects : [])),
  );
}

function isObject(object: JsonObject, { kind, name, namespace }: Wanted): boolean {
  const id = identityOf(object);
  return id.kind === kind && id.name === name && id.namespace === namespace;
}

/** What is made, and of which object; undefined for one of Flux's installation. */
interface Maker {
  readonly by: ObjectState | undefined;
  readonly target: string;
  readonly object: MadeObject;
}

/** What may be made under this name, before it is asked where. */
function makersOf(cluster: ClusterState, { kind, name, target }: Wanted): readonly Maker[] {
  const { exact, patterns } = cluster.once('what is made', () => {
    const index = { exact: new Map<string, Maker[]>(), patterns: new Map<string, Maker[]>() };
    for (const maker of makers(cluster)) {
      const { object } = maker;
      const [map, key] =
        typeof object.name === 'string'
          ? [index.exact, `${object.kind}/${object.name}`]
          : [index.patterns, object.kind];
      map.set(key, [...(map.get(key) ?? []), maker]);
    }
    return index;
  });
  const all = [...(exact.get(`${kind}/${name}`) ?? []), ...(patterns.get(kind) ?? [])];
  return all.filter((m) => m.target === target && isNamed(m.object.name, name));
}

function makers(cluster: ClusterState): readonly Maker[] {
  return cluster.once('makers', () => [
    ...cluster.objects.flatMap((by) => allMade(by.object).map((object) => ({ by, target: by.target, object }))),
    ...installedObjects(cluster).flatMap((installed) =>
      allMade(installed).map((object) => ({ by: undefined, target: '', object })),
    ),
  ]);
}

/** What is made of an object, and of that in turn: a ResourceSet makes Certificates, and they Secrets. */
function allMade(object: JsonObject): MadeObject[] {
  return madeOf(object).flatMap((m) => [m, ...(m.object ? allMade(m.object) : [])]);
}

function isMade(cluster: ClusterState, made: MadeObject, wanted: Wanted): boolean {
  const { namespace, target } = wanted;
  if (!isNamed(made.namespace, namespace)) return false;
  if (made.inNamespace && namespace !== undefined && !made.inNamespace(namespace, namespaceLabels(cluster, wanted))) {
    return false;
  }
  const { copyOf } = made;
  if (!copyOf) return true;
  if (copyOf.namespace === namespace) return false;
  const original = presence(
    cluster,
    { kind: wanted.kind, name: wanted.name, namespace: copyOf.namespace, target },
    false,
  );
  if (original?.by !== 'fleet') return original !== undefined;
  const own = labelsOf(original.state.object);
  return Object.entries(copyOf.matchLabels).every(([key, value]) => own[key] === value);
}

/** Labels of a namespace; undefined where the fleet does not emit it. */
function namespaceLabels(
  cluster: ClusterState,
  { namespace = '', target }: Wanted,
): Record<string, string> | undefined {
  const state = cluster.find({ kind: 'Namespace', name: namespace, target });
  return state && { 'kubernetes.io/metadata.name': namespace, ...labelsOf(state.object) };
}

function labelsOf(object: JsonObject): Record<string, string> {
  return ((object.metadata as JsonObject | undefined)?.labels ?? {}) as Record<string, string>;
}

/**
 * True where something of which the content is not known may bring an object that nothing known brings:
 * - a Kustomization that points to a source that is not here, in namespaces in which it has rights. One that may write
 *   everywhere is not taken to write into flux-system, which is Flux's own;
 * - an object of a kind that is not known, which names it or begins its name;
 * - a controller that copies Secrets and ConfigMaps of that name from another namespace.
 *
 * What `user` brings about, comes after it: a source does not get its Secret from what it fetches. And no account comes
 * from what is applied with the rights of some namespaces only.
 */
export function mayAppear(cluster: ClusterState, wanted: Wanted, user?: ObjectState): boolean {
  return (
    unknownContents(cluster).some((c) => fills(c, wanted) && isTrusted(c, wanted) && !(user && needs(c, user))) ||
    isMentioned(cluster, wanted) ||
    mayBeCopied(cluster, wanted)
  );
}

/** Those who run as an account of a namespace do not make the accounts that others give rights to. */
function isTrusted({ namespaces }: UnknownContent, { kind }: Wanted): boolean {
  return kind !== 'ServiceAccount' || namespaces === 'all';
}

/** True where a Helm chart may bring it: charts bring anything of their release's namespace, and what has none. */
export function chartMayBring(cluster: ClusterState, { kind, name, namespace, target }: Wanted): boolean {
  const releases = cluster.once('releases', () => [
    ...cluster.ofKind('helm.toolkit.fluxcd.io', 'HelmRelease').map((o) => releaseOf(o.object, o.target)),
    ...makers(cluster).flatMap(({ object: { object }, target: on }) =>
      object?.kind === 'HelmRelease' ? [releaseOf(object, on)] : [],
    ),
  ]);
  const own = releases.filter((r) => r.target === undefined || r.target === target);
  // Few charts make namespaces, and those that do are told which.
  if (kind === 'Namespace') return own.some((r) => r.texts.has(name));
  return own.some(
    (r) => namespace === undefined || r.namespace === undefined || r.namespace === namespace || r.texts.has(namespace),
  );
}

interface Release {
  /** Undefined where it is another cluster, or not known. */
  readonly target: string | undefined;
  readonly namespace: string | undefined;
  /** What its values say. */
  readonly texts: ReadonlySet<string>;
}

function releaseOf(object: JsonObject, target: string): Release {
  const spec = (object.spec ?? {}) as JsonObject;
  const namespace = (spec.targetNamespace as string | undefined) ?? identityOf(object).namespace;
  return {
    target: spec.kubeConfig === undefined ? target : undefined,
    namespace: namespace === undefined || /<<|\$\{/.test(namespace) ? undefined : namespace,
    texts: new Set(textsIn(spec.values ?? null)),
  };
}

/** A Kustomization of which it is not known what it applies. */
interface UnknownContent {
  readonly kustomization: KustomizationState | undefined;
  /** Undefined where it is not known which cluster it is for. */
  readonly target: string | undefined;
  /** Namespaces that it may write into. */
  readonly namespaces: ReadonlySet<string> | 'all';
  /** What is in no namespace, too. */
  readonly everywhere: boolean;
}

function fills({ target, namespaces, everywhere }: UnknownContent, wanted: Wanted): boolean {
  if (target !== undefined && target !== wanted.target) return false;
  if (wanted.namespace === undefined)
    return everywhere && !(wanted.kind === 'Namespace' && NAMESPACES.has(wanted.name));
  return namespaces === 'all' ? wanted.namespace !== FLUX : namespaces.has(wanted.namespace);
}

/** Whether the content comes only after an object is there and ready. */
function needs({ kustomization }: UnknownContent, { id, target: on }: ObjectState): boolean {
  if (!kustomization) return false;
  const { name, namespace, target } = kustomization;
  if (id.kind === 'Kustomization' && id.name === name && id.namespace === namespace && on === target) return true;
  const sourceRef = (kustomization.spec.sourceRef ?? {}) as { kind?: string; name?: string; namespace?: string };
  return (
    sourceRef.kind === id.kind &&
    sourceRef.name === id.name &&
    (sourceRef.namespace ?? namespace) === id.namespace &&
    on === target
  );
}

function unknownContents(cluster: ClusterState): readonly UnknownContent[] {
  return cluster.once('unknown contents', () => [
    ...cluster.kustomizations.filter((k) => !isKnown(k)).map((k) => unknownContent(cluster, k)),
    ...makers(cluster).flatMap(({ object: { object }, target }) =>
      object?.kind === 'Kustomization' ? [ofTemplate(object, target)] : [],
    ),
  ]);
}

function isKnown({ layer }: KustomizationState): boolean {
  if (layer?.directory === undefined || layer.incomplete) return false;
  const { facts } = layer;
  return facts === undefined || (facts.exists && facts.error === undefined && facts.remote.length === 0);
}

function unknownContent(cluster: ClusterState, kustomization: KustomizationState): UnknownContent {
  const { spec, layer, target } = kustomization;
  const on = layer?.target ?? (spec.kubeConfig === undefined ? target : undefined);
  const rights = rightsOf(cluster, kustomization);
  const { targetNamespace } = spec;
  return {
    kustomization,
    target: on,
    namespaces: typeof targetNamespace === 'string' ? new Set([targetNamespace]) : rights,
    everywhere: rights === 'all',
  };
}

function ofTemplate(object: JsonObject, target: string): UnknownContent {
  const spec = (object.spec ?? {}) as JsonObject;
  const { namespace } = identityOf(object);
  const place = (spec.targetNamespace ?? (spec.serviceAccountName === undefined ? undefined : namespace)) as
    string | undefined;
  const isSaid = place !== undefined && !/<<|\$\{/.test(place);
  return { kustomization: undefined, target, namespaces: isSaid ? new Set([place]) : 'all', everywhere: !isSaid };
}

/** Namespaces in which the account of a Kustomization has rights, by the bindings of the fleet. */
function rightsOf(cluster: ClusterState, k: KustomizationState): ReadonlySet<string> | 'all' {
  const said = k.spec.serviceAccountName;
  const name = typeof said === 'string' ? said : cluster.lockdown ? 'default' : undefined;
  if (name === undefined || k.spec.kubeConfig !== undefined) return 'all';
  const account = { kind: 'ServiceAccount', name, namespace: k.namespace, target: k.target };
  const presence = presenceOf(cluster, account);
  if (presence?.by === 'installation') return 'all';
  // Whoever makes an account elsewhere binds it there as well.
  if (presence && presence.by !== 'fleet' && presence.by !== 'kubernetes') return 'all';
  return boundNamespaces(cluster).get(`${k.target}\n${k.namespace}\n${name}`) ?? NOWHERE;
}

const NOWHERE: ReadonlySet<string> = new Set();

/** For each service account the namespaces in which it is bound; `all` where on the whole cluster. */
function boundNamespaces(cluster: ClusterState): ReadonlyMap<string, ReadonlySet<string> | 'all'> {
  return cluster.once('namespaces in which accounts are bound', () => {
    const bound = new Map<string, Set<string> | 'all'>();
    const bindings = [...cluster.ofKind(RBAC, 'ClusterRoleBinding'), ...cluster.ofKind(RBAC, 'RoleBinding')];
    for (const { object, id, target } of bindings) {
      for (const s of (object.subjects ?? []) as (JsonObject | null)[]) {
        if (s?.kind !== 'ServiceAccount') continue;
        const account = `${target}\n${(s.namespace ?? id.namespace) as string}\n${s.name as string}`;
        const before = bound.get(account);
        if (id.kind === 'ClusterRoleBinding') bound.set(account, 'all');
        else if (before !== 'all' && id.namespace !== undefined)
          bound.set(account, (before ?? new Set()).add(id.namespace));
      }
    }
    return bound;
  });
}

const RBAC = 'rbac.authorization.k8s.io';

/** Whether an object of a kind that nothing is known of says the name: its controller may make it. */
function isMentioned(cluster: ClusterState, { kind, group, name, namespace, target }: Wanted): boolean {
  const { texts, names } = cluster.once('what unknown kinds say', () => {
    const said = { texts: new Set<string>(), names: new Map<string, string[]>() };
    for (const { object, id, target: on } of cluster.objects) {
      if (lookup(id.apiVersion, id.kind) !== 'unknown-group') continue;
      for (const text of textsIn(object.spec ?? null)) said.texts.add(`${on}\n${text}`);
      const key = `${on}\n${id.namespace ?? ''}`;
      said.names.set(key, [...(said.names.get(key) ?? []), id.name]);
    }
    return said;
  });
  // Few operators make a source; those that do are given it whole, and with its kind.
  if (group === 'source.toolkit.fluxcd.io' && !texts.has(`${target}\n${kind}`)) return false;
  const own = names.get(`${target}\n${namespace ?? ''}`) ?? [];
  return texts.has(`${target}\n${name}`) || own.some((n) => n !== '' && name.includes(n));
}

function mayBeCopied(cluster: ClusterState, { kind, name, target }: Wanted): boolean {
  if (kind !== 'Secret' && kind !== 'ConfigMap') return false;
  const copied = cluster.once('copied objects', () => {
    const names = new Set<string>();
    for (const { object, id, target: on } of cluster.objects) {
      if (!isCopied(object)) continue;
      names.add([on, id.kind, id.name].join('\n'));
      for (const made of madeOf(object))
        if (typeof made.name === 'string') names.add([on, made.kind, made.name].join('\n'));
    }
    return names;
  });
  return (
    copied.has([target, kind, name].join('\n')) || cluster.ofKind('policies.kyverno.io', 'GeneratingPolicy').length > 0
  );
}

function* textsIn(value: JsonValue): Generator<string> {
  if (typeof value === 'string') yield value;
  else if (typeof value === 'object' && value !== null) {
    for (const [key, child] of Object.entries(value)) {
      yield key;
      yield* textsIn(child);
    }
  }
}
