import { variableNames } from '../../kustomize/envsubst.js';
import { hasDollar, optsOut, variablesOf } from '../../kustomize/substitute.js';
import type { ClusterState } from '../../model/cluster-state.js';
import type { FieldPath, LayerModel, ObjectModel } from '../../model/cluster-model.js';
import type { JsonValue } from '../../yaml/normalize.js';
import { formatPointer } from '../../yaml/normalize.js';
import { nameOf } from '../rule.js';
import type { Rule, RuleFinding } from '../rule.js';
import { hasEnvironment } from '../../kustomize/foreign-text.js';

/**
 * What is meant as a variable of Flux stands in a layer that substitutes: elsewhere the text `${NAME}` itself reaches the
 * cluster.
 *
 * @see https://fluxcd.io/flux/components/kustomize/kustomizations/#post-build-variable-substitution
 */
export const variableNotSubstituted: Rule = {
  id: 'variable-not-substituted',
  title: 'A variable that the cluster defines stands where a Kustomization substitutes.',
  severity: 'warning',
  *check(cluster) {
    if (cluster.partial) return;
    const known = definedNames(cluster);
    if (known.size === 0) return;
    for (const layer of cluster.layers) {
      // The root's own Kustomization is Flux's, and may substitute by a patch that is not seen here.
      if (!layer.kustomization || variablesOf(cluster, layer)) continue;
      for (const on of layer.objects) {
        if (!hasDollar(on.object) || optsOut(on.object) || isForOthers(on.object.kind)) continue;
        yield* variablesIn(on, layer, known);
        yield* escapesIn(on, layer);
      }
    }
  },
};

function* variablesIn(on: ObjectModel, layer: LayerModel, known: ReadonlyMap<string, string>): Generator<RuleFinding> {
  const seen = new Set<string>();
  for (const { field, text } of linesIn(on.object)) {
    for (const name of variableNames(text)) {
      const by = known.get(name);
      if (by === undefined || seen.has(name) || hasEnvironment(on.object, name)) continue;
      seen.add(name);
      yield {
        on,
        field,
        what: `\${${name}} in ${nameOf(on)} reaches the cluster as it stands: ${nameOf(layer)} substitutes nothing`,
        expected: `spec.postBuild in that Kustomization, because ${by} defines ${name}`,
        given: `${formatPointer(field)}: ${text}`,
        fix: 'let it substitute (postBuild, runtimeInfo), or annotate the object with kustomize.toolkit.fluxcd.io/substitute: disabled where the text is meant',
      };
    }
  }
}

function* escapesIn(on: ObjectModel, layer: LayerModel): Generator<RuleFinding> {
  const found = linesIn(on.object).find(({ text }) => ESCAPED.test(text));
  if (!found) return;
  const [escaped] = ESCAPED.exec(found.text)!;
  yield {
    on,
    field: found.field,
    what: `${escaped} in ${nameOf(on)} keeps both dollars: ${nameOf(layer)} substitutes nothing`,
    expected: `${escaped.slice(1)}, or spec.postBuild in that Kustomization`,
    given: `${formatPointer(found.field)}: ${found.text}`,
    fix: `write ${escaped.slice(1)}: two dollars are one only where Flux substitutes`,
  };
}

const ESCAPED = /(?<!\$)\$\$\{[A-Za-z_]\w*\}/;

/** Kinds whose text is for others, or for nobody to read. */
function isForOthers(kind: JsonValue | undefined): boolean {
  return typeof kind !== 'string' || ['Secret', 'CustomResourceDefinition', 'ResourceSet'].includes(kind);
}

/** What defines each variable that some layer of the cluster substitutes. */
function definedNames(cluster: ClusterState): Map<string, string> {
  const names = new Map<string, string>();
  const define = (layer: LayerModel) => {
    for (const name of variablesOf(cluster, layer)?.values.keys() ?? []) {
      if (!names.has(name)) names.set(name, nameOf(layer));
    }
  };
  for (const layer of cluster.layers) define(layer);
  for (const name of Object.keys(cluster.variables)) names.set(name, cluster.label);
  return names;
}

/** The texts of one line: a whole script or dashboard has names of its own. */
function linesIn(value: JsonValue, field: FieldPath = []): { field: FieldPath; text: string }[] {
  if (typeof value === 'string') return value.includes('${') && !value.includes('\n') ? [{ field, text: value }] : [];
  if (typeof value !== 'object' || value === null) return [];
  const entries = Array.isArray(value) ? value.map((item, i) => [i, item] as const) : Object.entries(value);
  return entries.flatMap(([step, part]) => linesIn(part, [...field, step]));
}
