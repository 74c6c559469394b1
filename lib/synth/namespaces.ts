import type { Finding } from '../finding.js';
import { identityOf } from '../model/identity.js';
import { lookup, scopeOf } from '../model/kinds.js';
import type { Scope } from '../model/kinds.js';
import { whereIs } from '../model/cluster-model.js';
import type { ObjectModel } from '../model/cluster-model.js';
import type { Draft, Needs } from './draft.js';
import type { JsonObject } from '../yaml/normalize.js';

/**
 * Writes the namespace into every namespaced object that says none, from the layer, component or tenant around it; and
 * finds those that have none, and cluster-scoped ones that have one.
 */
export function placeNamespaces(
  layers: Draft[],
  { objects, findings }: Pick<Needs, 'objects' | 'findings'>,
  crds: readonly JsonObject[] = [],
): void {
  const own = scopesOfOwnKinds(layers, crds);
  for (const layer of layers) {
    for (let i = 0; i < layer.objects.length; i++) {
      const model = layer.objects[i]!;
      const placed = withSubjects(placeOne(model, own, findings));
      if (placed === model) continue;
      layer.objects[i] = { ...placed, object: objects.at(model.construct!).normalize(placed.object) };
    }
  }
}

function placeOne(model: ObjectModel, own: ReadonlyMap<string, Scope>, findings: Finding[]): ObjectModel {
  const { object } = model;
  const { apiVersion, group, kind, name, namespace } = identityOf(object);
  const scope = (own.size > 0 ? own.get(`${group}/${kind}`) : undefined) ?? scopeOf(apiVersion, kind);
  if (scope === 'Namespaced' && namespace === undefined) {
    if (model.namespace === undefined) {
      findings.push({
        rule: 'object-without-namespace',
        what: `${kind} "${name}" has no namespace`,
        expected: 'metadata.namespace, or a namespace of the layer, component or tenant around it',
        given: 'nothing',
        fix: 'write the namespace: where Flux would put it depends on who applies it',
        where: whereIs(model),
      });
      return model;
    }
    return {
      ...model,
      object: { ...object, metadata: sorted({ ...(object.metadata as JsonObject), namespace: model.namespace }) },
    };
  }
  if (scope === undefined && namespace === undefined && model.namespace !== undefined && needsSaying(model)) {
    findings.push({
      rule: 'scope-unknown',
      what: `${kind} "${name}" has no namespace, and nobody knows whether its kind needs one`,
      expected: `metadata.namespace, since what stands around it is for the namespace "${model.namespace}"`,
      given: `${apiVersion} ${kind}, which no known schema covers`,
      fix: `write namespace: "${model.namespace}"; for a kind without namespaces, allow(object, { rule: 'scope-unknown', reason: … })`,
      where: whereIs(model),
    });
  }
  if (scope === 'Cluster' && namespace !== undefined) {
    findings.push({
      rule: 'namespace-on-cluster-scoped',
      what: `${kind} "${name}" has a namespace, but its kind has none`,
      expected: 'no metadata.namespace',
      given: JSON.stringify(namespace),
      fix: 'leave the namespace out',
      where: whereIs(model),
    });
  }
  return model;
}

/**
 * Of kinds that nothing is known of, those called Cluster… have no namespace, by a convention that all keep; the others
 * must say theirs, or be allowed to have none.
 */
function needsSaying({ object, allowed }: ObjectModel): boolean {
  const { apiVersion, kind } = identityOf(object);
  if (kind === '' || apiVersion === '' || kind.startsWith('Cluster')) return false;
  return lookup(apiVersion, kind) === 'unknown-group' && !allowed.some((a) => a.rule === 'scope-unknown');
}

/**
 * Writes the namespace into the service accounts of a RoleBinding that say none; kustomize would fill it in, but plain
 * YAML has to say it. In a ClusterRoleBinding there is none to take, which a rule tells.
 */
function withSubjects(model: ObjectModel): ObjectModel {
  const subjects = model.object.subjects;
  if (!Array.isArray(subjects)) return model;
  const { group, namespace } = identityOf(model.object);
  if (group !== 'rbac.authorization.k8s.io' || model.verbatim !== undefined) return model;
  const isIncomplete = (s: JsonObject) => s.kind === 'ServiceAccount' && s.namespace === undefined;
  const incomplete = (subjects as JsonObject[]).filter((s) => s !== null && isIncomplete(s));
  if (incomplete.length === 0 || namespace === undefined) return model;
  const filled = (subjects as JsonObject[]).map((s) =>
    s !== null && isIncomplete(s) ? sorted({ ...s, namespace }) : s,
  );
  return { ...model, object: { ...model.object, subjects: filled } };
}

/** Scopes of the kinds whose CRDs are given, or brought by the cluster's own layers. */
function scopesOfOwnKinds(layers: readonly Draft[], crds: readonly JsonObject[]): Map<string, Scope> {
  const scopes = new Map<string, Scope>();
  const emitted: JsonObject[] = [];
  for (const { objects } of layers) for (const model of objects) if (isCrd(model)) emitted.push(model.object);
  for (const object of [...crds.filter((crd) => isCrd({ object: crd })), ...emitted]) {
    const spec = object.spec as { group?: string; names?: { kind?: string }; scope?: Scope } | undefined;
    if (spec?.group !== undefined && spec.names?.kind !== undefined && spec.scope) {
      scopes.set(`${spec.group}/${spec.names.kind}`, spec.scope);
    }
  }
  return scopes;
}

function isCrd({ object }: Pick<ObjectModel, 'object'>): boolean {
  return object.kind === 'CustomResourceDefinition';
}

function sorted(meta: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(meta).sort(([a], [b]) => (a < b ? -1 : 1)));
}
