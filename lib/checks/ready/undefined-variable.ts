import { didYouMean } from '../../model/did-you-mean.js';
import type { LayerModel, ObjectModel } from '../../model/cluster-model.js';
import type { ClusterState } from '../../model/cluster-state.js';
import type { JsonValue } from '../../yaml/normalize.js';
import { nameOf } from '../rule.js';
import type { Rule } from '../rule.js';

/** The beginning of `${NAME}`, with what makes a default follow; `$${` is an escape. */
const VARIABLE = /\$\$\{|\$\{#?([_a-zA-Z][_a-zA-Z0-9]*)(:?[-=+])?/g;
const SUBSTITUTE = 'kustomize.toolkit.fluxcd.io/substitute';

interface Reference {
  readonly kind: string;
  readonly name: string;
  readonly optional?: boolean;
}

/**
 * Every variable in a layer whose Kustomization substitutes is defined: Flux 2.9 refuses to build one that is not.
 *
 * @see https://fluxcd.io/flux/components/kustomize/kustomizations/#post-build-variable-substitution
 */
export const undefinedVariable: Rule = {
  id: 'undefined-variable',
  *check(cluster) {
    for (const layer of cluster.layers) {
      const defined = definedIn(cluster, layer);
      if (!defined) continue;
      for (const on of layer.objects) {
        for (const name of undefinedNames(on, defined)) {
          const meant = didYouMean(name, defined);
          yield {
            on,
            what: `\${${name}} in ${nameOf(on)} is defined nowhere, and the layer "${layer.name}" substitutes variables`,
            expected: [...defined].sort().join(', ') || 'no variable: none is defined',
            given: name,
            fix: `${meant === undefined ? 'define it in postBuild or in the cluster’s variables' : `write \${${meant}}`}; write $\${${name}} where it is no variable of Flux`,
          };
        }
      }
    }
  },
};

/** Names that a layer's Kustomization defines; undefined where it does not substitute, or where they cannot be known. */
function definedIn(cluster: ClusterState, layer: LayerModel): Set<string> | undefined {
  const spec = layer.kustomization?.object.spec as
    { postBuild?: { substitute?: object; substituteFrom?: Reference[] } } | undefined;
  if (!spec?.postBuild) return undefined;
  const names = new Set(Object.keys(spec.postBuild.substitute ?? {}));
  const target = cluster.layers.find((l) => l.name === layer.parent)?.target ?? '';
  for (const ref of spec.postBuild.substituteFrom ?? []) {
    const keys = keysOf(cluster, ref, target);
    if (!keys) return undefined;
    for (const key of keys) names.add(key);
  }
  return names;
}

/**
 * Keys of a ConfigMap or Secret in flux-system, on the cluster of the layer's Kustomization, from the fleet or as
 * declared; undefined where nobody says.
 */
function keysOf(cluster: ClusterState, ref: Reference, target: string): readonly string[] | undefined {
  for (const { object } of cluster.layers.filter((l) => l.target === target).flatMap((l) => l.objects)) {
    const { name, namespace } = (object.metadata ?? {}) as { name?: string; namespace?: string };
    if (object.kind === ref.kind && name === ref.name && namespace === 'flux-system') {
      return [...Object.keys(object.data ?? {}), ...Object.keys(object.stringData ?? {})];
    }
  }
  const declared = cluster.exists.find(
    (e) =>
      (e.target ?? '') === target &&
      e.kind === ref.kind &&
      e.name === ref.name &&
      (e.namespace ?? 'flux-system') === 'flux-system',
  );
  return declared?.keys;
}

function undefinedNames(on: ObjectModel, defined: ReadonlySet<string>): Set<string> {
  const { labels, annotations } = (on.object.metadata ?? {}) as Record<string, Record<string, string> | undefined>;
  if (labels?.[SUBSTITUTE] === 'disabled' || annotations?.[SUBSTITUTE] === 'disabled') return new Set();
  const missing = new Set<string>();
  for (const text of textsIn(on.object)) {
    for (const [, name, fallback] of text.matchAll(VARIABLE)) {
      if (name !== undefined && fallback === undefined && !defined.has(name)) missing.add(name);
    }
  }
  return missing;
}

function* textsIn(value: JsonValue): Generator<string> {
  if (typeof value === 'string') {
    if (value.includes('${')) yield value;
  } else if (typeof value === 'object' && value !== null) {
    for (const [key, child] of Object.entries(value)) {
      if (key.includes('${')) yield key;
      yield* textsIn(child);
    }
  }
}
