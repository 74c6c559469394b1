import { didYouMean } from '../../model/did-you-mean.js';
import type { ClusterState, ObjectState, Wanted } from '../../model/cluster-state.js';
import { chartMayBring, mayAppear, presenceOf } from '../../model/presence.js';
import { CLUSTER_SCOPED } from '../../model/references.js';
import type { Reference } from '../../model/references.js';
import type { Rule, RuleFinding } from '../rule.js';
import { nameOf } from '../rule.js';

/** A reference with the object that holds it, and what it asks the cluster for. */
export interface Need {
  readonly state: ObjectState;
  readonly reference: Reference;
  readonly wanted: Wanted;
}

/** What the objects of a cluster need of these kinds. */
export function needsOf(cluster: ClusterState, kinds: readonly string[]): Need[] {
  const byKind = cluster.once('needs by kind', () => {
    const map = new Map<string, Need[]>();
    for (const state of cluster.objects) {
      for (const reference of cluster.shared.referencesOf(state.object)) {
        // What is behind a kubeConfig that is given here may be another cluster's.
        if (reference.remote) continue;
        const { kind, group, name, namespace } = reference;
        const need = { state, reference, wanted: { kind, group, name, namespace, target: state.target } };
        const same = map.get(kind);
        if (same) same.push(need);
        else map.set(kind, [need]);
      }
    }
    return map;
  });
  return kinds.flatMap((kind) => byKind.get(kind) ?? []);
}

/** Those of which nothing says that they are there, and nothing may bring them; each once for an object. */
export function* missing(cluster: ClusterState, kinds: readonly string[]): Generator<Need> {
  // Directories that somebody else applies: what they need may be anywhere.
  if (cluster.partial) return;
  const told = new Map<ObjectState, Set<string>>();
  for (const need of needsOf(cluster, kinds)) {
    const { state, reference, wanted } = need;
    if (reference.optional || !isMissing(cluster, state, wanted) || isOfPlatform(cluster, need)) continue;
    const known = told.get(state) ?? new Set<string>();
    told.set(state, known);
    const id = [wanted.kind, wanted.namespace ?? '', wanted.name].join('\n');
    if (known.has(id)) continue;
    known.add(id);
    yield need;
  }
}

/**
 * Where nobody says what is on the cluster, what made the cluster may have put its facts there for variables, such as
 * Terraform does; unless a name that is near shows what was meant.
 */
function isOfPlatform(cluster: ClusterState, { reference, wanted }: Need): boolean {
  if (isDeclared(cluster) || wanted.kind !== 'ConfigMap' || reference.field[1] !== 'postBuild') return false;
  const here = knownOf(cluster, wanted).filter((o) => o.namespace === wanted.namespace && o.target === wanted.target);
  return (
    didYouMean(
      wanted.name,
      here.map((o) => o.name),
    ) === undefined
  );
}

/** True where nothing says that it is there, and nothing may bring it. */
export function isMissing(cluster: ClusterState, state: ObjectState, wanted: Wanted): boolean {
  if (wanted.namespace === undefined && !CLUSTER_SCOPED.has(wanted.kind)) return false;
  if (BY_HAND.has(wanted.kind) && !isDeclared(cluster)) return false;
  return (
    presenceOf(cluster, wanted) === undefined &&
    !mayAppear(cluster, wanted, state) &&
    !(isAfterCharts(state, wanted) && chartMayBring(cluster, wanted))
  );
}

/** Kinds that people make by hand, because they must not stand in Git. */
const BY_HAND = new Set(['Secret']);

/** Whether somebody says of the cluster what is there besides: in code, or by a flux-fleet.yaml. */
export function isDeclared({ fleet, exists }: ClusterState): boolean {
  return fleet !== '' || exists.length > 0;
}

/** What Flux itself reads has to be there first; what runs, and a release that waits for others, may use what charts bring. */
function isAfterCharts({ id, object }: ObjectState, { kind }: Wanted): boolean {
  if (CLUSTER_SCOPED.has(kind) || !/(^|\.)fluxcd\.(io|controlplane\.io)$/.test(id.group)) return true;
  const { dependsOn } = (object.spec ?? {}) as { dependsOn?: readonly unknown[] };
  return id.kind === 'HelmRelease' && dependsOn !== undefined && dependsOn.length > 0;
}

/** The finding for what is missing: `consequence` says what becomes of it on the cluster. */
export function findingFor(
  cluster: ClusterState,
  { state, reference, wanted }: Pick<Need, 'state' | 'wanted'> & { readonly reference: Pick<Reference, 'field'> },
  consequence: string,
): RuleFinding {
  const { kind, name } = wanted;
  return {
    on: state.on,
    field: reference.field,
    what: `${nameOf(state)} needs ${titleOf(wanted)}, which nothing makes: ${consequence}`,
    expected: expected(cluster, wanted),
    given: name,
    fix: [
      `correct the name, or add the ${kind}; if others make it, declare it in the flux-fleet.yaml of the cluster, or by exists in its code:`,
      ...declaration(wanted),
    ].join('\n'),
  };
}

/** `the Secret "apps/login"`. */
function titleOf({ kind, name, namespace }: Wanted): string {
  return `the ${kind} "${namespace === undefined ? name : `${namespace}/${name}`}"`;
}

/** What is there instead: a name that is near, or the same name elsewhere. */
function expected(cluster: ClusterState, wanted: Wanted): string {
  const { kind, name, namespace, target } = wanted;
  const all = knownOf(cluster, wanted);
  const here = all.filter((o) => o.namespace === namespace && o.target === target).map((o) => o.name);
  const meant = didYouMean(name, here);
  const place = namespace === undefined ? '' : ` in ${namespace}`;
  if (meant !== undefined) return `${a(kind)} that is there${place}: did you mean "${meant}"?`;
  const elsewhere = all.filter((o) => o.name === name && o.namespace !== namespace && o.target === target);
  const others = [...new Set(elsewhere.map((o) => o.namespace))].sort();
  if (others.length > 0) {
    return `${a(kind)}${place}: there is one of this name in ${others.join(', ')}, and it is not looked for there`;
  }
  const known = [...new Set(here)].sort();
  if (known.length === 0) return `${a(kind)} of this name${place}: there is none`;
  return `${a(kind)} of this name${place}; there ${known.length === 1 ? 'is' : 'are'} ${some(known)}`;
}

function a(kind: string): string {
  return `${/^[AEIOU]/.test(kind) ? 'an' : 'a'} ${kind}`;
}

function some(names: readonly string[]): string {
  return names.length > 8 ? `${names.slice(0, 8).join(', ')} and ${names.length - 8} more` : names.join(', ');
}

/** Every object of a kind that is emitted or declared. */
function knownOf(
  cluster: ClusterState,
  { kind, group = '' }: Wanted,
): readonly { readonly name: string; readonly namespace: string | undefined; readonly target: string }[] {
  return [
    ...cluster.ofKind(group, kind).map(({ id, target }) => ({ name: id.name, namespace: id.namespace, target })),
    ...cluster.exists
      .filter((e) => e.kind === kind)
      .map(({ name, namespace, target }) => ({ name, namespace, target: target ?? '' })),
  ];
}

/** The lines by which flux-fleet.yaml says that it is there. */
function declaration({ kind, name, namespace, target }: Wanted): string[] {
  return [
    'exists:',
    `  - kind: ${kind}`,
    `    name: ${name}`,
    ...(namespace === undefined ? [] : [`    namespace: ${namespace}`]),
    ...(target === '' ? [] : [`    kubeConfig: ${target}`]),
  ];
}

/** A rule about references to some kinds. */
export interface ReferenceRule extends Pick<Rule, 'id' | 'title' | 'severity'> {
  readonly kinds: readonly string[];
  /** What becomes of the object on the cluster. */
  readonly consequence: (need: Need, cluster: ClusterState) => string;
  /** Which references it is about. */
  readonly only?: (need: Need) => boolean;
}

/** The rule that what is referred to is there. */
export function referenceRule({ id, title, severity, kinds, consequence, only }: ReferenceRule): Rule {
  return {
    id,
    ...(title !== undefined && { title }),
    ...(severity !== undefined && { severity }),
    *check(cluster) {
      for (const need of missing(cluster, kinds)) {
        if (only?.(need) !== false) yield findingFor(cluster, need, consequence(need, cluster));
      }
    },
  };
}

/** `group/Kind` of the object that refers. */
export function userOf({ state: { id } }: Need): string {
  return `${id.group}/${id.kind}`;
}
