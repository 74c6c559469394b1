import type { JsonObject } from '../yaml/normalize.js';
import type { LayerModel } from './cluster-model.js';
import type { ClusterState, ObjectState } from './cluster-state.js';
import { pluralOf } from './plural.js';

/** An admission policy, as far as it can be read. */
export interface AdmissionPolicy {
  readonly state: ObjectState;
  /** The layers that have to be ready before it judges: its own, and that of its binding. */
  readonly layers: readonly LayerModel[];
  /** Whether it refuses, and does not only report. */
  readonly refuses: boolean;
  /** The kinds of Flux that it judges. */
  readonly kinds: readonly string[];
  readonly places: readonly Place[];
}

/** Where a policy holds: all that is said has to be true. */
interface Place {
  readonly namespaces: readonly string[] | undefined;
  readonly not: readonly string[];
  readonly selector: Selector | undefined;
}

interface Selector {
  readonly matchLabels?: Readonly<Record<string, string>>;
  readonly matchExpressions?: readonly {
    readonly key: string;
    readonly operator: string;
    readonly values?: readonly string[];
  }[];
}

const FLUX_KINDS = [
  ...['GitRepository', 'OCIRepository', 'HelmRepository', 'HelmChart', 'Bucket', 'Kustomization', 'HelmRelease'],
  ...['ImageRepository', 'ImagePolicy', 'ImageUpdateAutomation', 'Alert', 'Provider', 'Receiver'],
];

/** The admission policies of Kubernetes and Kyverno that judge kinds of Flux. */
export function policiesOf(cluster: ClusterState): readonly AdmissionPolicy[] {
  return cluster.once('admission policies', () => [
    ...['ClusterPolicy', 'Policy'].flatMap((kind) => cluster.ofKind('kyverno.io', kind).map(kyvernoPolicy)),
    ...validatingPolicies(cluster),
  ]);
}

/** Whether a policy judges what is in a namespace, as far as it says so itself. */
export function guards({ places, state }: AdmissionPolicy, namespace: JsonObject, target: string): boolean {
  if (state.target !== target) return false;
  const { name, labels } = namespace.metadata as { name: string; labels?: Record<string, string> };
  return places.some(
    (p) =>
      (p.namespaces === undefined || p.namespaces.some((n) => isLike(n, name))) &&
      !p.not.some((n) => isLike(n, name)) &&
      (p.selector === undefined || selects(p.selector, { ...labels, 'kubernetes.io/metadata.name': name })),
  );
}

// ---- Kyverno ------------------------------------------------------------------------------------------------------

interface KyvernoResources {
  readonly kinds?: readonly string[];
  readonly namespaces?: readonly string[];
  readonly namespaceSelector?: Selector;
}
interface KyvernoMatch {
  readonly any?: readonly { readonly resources?: KyvernoResources }[];
  readonly all?: readonly { readonly resources?: KyvernoResources }[];
  readonly resources?: KyvernoResources;
}
interface KyvernoRule {
  readonly match?: KyvernoMatch;
  readonly exclude?: KyvernoMatch;
  readonly validate?: { readonly failureAction?: string };
}

function kyvernoPolicy(state: ObjectState): AdmissionPolicy {
  const spec = (state.object.spec ?? {}) as { rules?: readonly KyvernoRule[]; validationFailureAction?: string };
  const rules = (spec.rules ?? []).filter((rule) => rule.validate !== undefined);
  const refusing = rules.filter((r) =>
    /^enforce$/i.test(r.validate?.failureAction ?? spec.validationFailureAction ?? 'Audit'),
  );
  const own = state.id.kind === 'Policy' ? [state.id.namespace ?? ''] : undefined;
  const read = refusing.flatMap((rule) => {
    const not = resourcesOf(rule.exclude).flatMap((r) => r.namespaces ?? []);
    return resourcesOf(rule.match).map((resources) => ({ not, resources }));
  });
  const flux = read.filter(({ resources }) => fluxKinds(resources.kinds ?? []).length > 0);
  return {
    state,
    layers: [state.layer],
    refuses: refusing.length > 0,
    kinds: flux.flatMap(({ resources }) => fluxKinds(resources.kinds ?? [])),
    places: flux.map(({ not, resources }) => ({
      namespaces: own ?? resources.namespaces,
      not,
      selector: resources.namespaceSelector,
    })),
  };
}

function resourcesOf(match: KyvernoMatch | undefined): KyvernoResources[] {
  const all = [...(match?.any ?? []), ...(match?.all ?? []), ...(match?.resources ? [match] : [])];
  return all.flatMap(({ resources }) => resources ?? []);
}

/** The kinds of Flux among `GitRepository`, `v1/Namespace`, `source.toolkit.fluxcd.io/*\/GitRepository`. */
function fluxKinds(kinds: readonly string[]): string[] {
  const names = kinds.map((kind) => kind.split('/').at(-1)!);
  return FLUX_KINDS.filter((kind) => names.some((name) => isLike(name, kind)));
}

// ---- Kubernetes ---------------------------------------------------------------------------------------------------

interface MatchConstraints {
  readonly resourceRules?: readonly {
    readonly apiGroups?: readonly string[];
    readonly resources?: readonly string[];
  }[];
  readonly namespaceSelector?: Selector;
}

/** Each policy with each of its bindings, without which it judges nothing. */
function validatingPolicies(cluster: ClusterState): AdmissionPolicy[] {
  const group = 'admissionregistration.k8s.io';
  const policies = new Map(
    cluster.ofKind(group, 'ValidatingAdmissionPolicy').map((p) => [`${p.target}\n${p.id.name}`, p]),
  );
  return cluster.ofKind(group, 'ValidatingAdmissionPolicyBinding').flatMap((binding): AdmissionPolicy[] => {
    const bound = (binding.object.spec ?? {}) as {
      policyName?: string;
      validationActions?: readonly string[];
      matchResources?: MatchConstraints;
    };
    const state = policies.get(`${binding.target}\n${bound.policyName}`);
    if (!state) return [];
    const spec = (state.object.spec ?? {}) as { matchConstraints?: MatchConstraints };
    const kinds = (spec.matchConstraints?.resourceRules ?? [])
      .filter((r) => r.apiGroups?.some((g) => g === '*' || g.endsWith('.toolkit.fluxcd.io')))
      .flatMap((r) => FLUX_KINDS.filter((k) => r.resources?.some((name) => name === '*' || name === pluralOf(k))));
    const selectors = [spec.matchConstraints?.namespaceSelector, bound.matchResources?.namespaceSelector];
    return [
      {
        state,
        layers: [...new Set([state.layer, binding.layer])],
        refuses: bound.validationActions?.includes('Deny') === true,
        kinds,
        places: [{ namespaces: undefined, not: [], selector: bothOf(selectors) }],
      },
    ];
  });
}

function bothOf(selectors: readonly (Selector | undefined)[]): Selector {
  return {
    matchExpressions: selectors.flatMap((s) => [
      ...Object.entries(s?.matchLabels ?? {}).map(([key, value]) => ({ key, operator: 'In', values: [value] })),
      ...(s?.matchExpressions ?? []),
    ]),
  };
}

function selects({ matchLabels, matchExpressions }: Selector, labels: Readonly<Record<string, string>>): boolean {
  const isLabelled = Object.entries(matchLabels ?? {}).every(([key, value]) => isLike(value, labels[key] ?? ''));
  return (
    isLabelled &&
    (matchExpressions ?? []).every(({ key, operator, values }) => {
      const value = labels[key];
      if (operator === 'Exists') return value !== undefined;
      if (operator === 'DoesNotExist') return value === undefined;
      const isIn = value !== undefined && values?.includes(value) === true;
      return operator === 'In' ? isIn : !isIn;
    })
  );
}

/** Kyverno's wildcards: `*` for any text, `?` for one character. */
function isLike(pattern: string, text: string): boolean {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`).test(text);
}
