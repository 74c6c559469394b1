import { isDeepStrictEqual } from 'node:util';
import type { ClusterModel, LayerModel, ObjectModel } from '../model/cluster-model.js';
import { identityOf } from '../model/identity.js';
import type { JsonObject } from '../yaml/normalize.js';
import { findKustomize } from './command.js';
import { applyOptions, changesObjects, withCommonMetadata } from './options.js';
import type { KustomizationSpec } from './options.js';
import { hasDollar, substituteObject, variablesOf } from './substitute.js';
import type { VariableSources } from './substitute.js';

/**
 * A cluster with its objects as Flux applies them: with the options of their layer's Kustomization, and with its
 * variables. Where that changes nothing, it is the very same model.
 */
export function effectiveCluster(model: ClusterModel): ClusterModel {
  const layers = [...model.layers];
  const changed = new Map<ObjectModel, ObjectModel>();
  for (const [i, emitted] of model.layers.entries()) {
    // A parent comes first, and may change the Kustomization of the layer.
    const kustomization = emitted.kustomization && changed.get(emitted.kustomization);
    if (kustomization) layers[i] = { ...emitted, kustomization };
    layers[i] = effectiveLayer(layers[i]!, { layers, exists: model.exists }, changed);
  }
  return layers.every((layer, i) => layer === model.layers[i]) ? model : { ...model, layers };
}

/** An object as its layer's kustomize builds it, and as the layer emits it. */
interface Built {
  readonly on: ObjectModel;
  readonly object: JsonObject;
}

function effectiveLayer(
  layer: LayerModel,
  cluster: VariableSources,
  changed: Map<ObjectModel, ObjectModel>,
): LayerModel {
  const spec = (layer.kustomization?.object.spec ?? {}) as KustomizationSpec;
  const defined = variablesOf(cluster, layer);
  if (!defined && spec.commonMetadata === undefined && !changesObjects(spec)) return layer; // mostly the case
  const { built, error } = withOptions(layer.objects, spec);
  const variables = defined && built.some((b) => hasDollar(b.object)) ? defined : undefined;
  const objects = built.map(({ on, object }) => {
    const substituted = variables ? unlessEqual(object, substituteObject(object, variables).object) : object;
    // Flux sets these last, so that there are no variables in them.
    const final = unlessEqual(on.object, withCommonMetadata(substituted, spec));
    if (final === on.object) return on;
    const renamed = identityOf(object).name !== identityOf(on.object).name;
    const effective = {
      ...on,
      object: final,
      ...(substituted !== object && { unsubstituted: object }),
      ...(renamed && { written: on.object }),
    };
    changed.set(on, effective);
    return effective;
  });
  const isSame = objects.length === layer.objects.length && objects.every((on, i) => on === layer.objects[i]);
  if (isSame && error === undefined) return layer;
  const facts = error === undefined ? undefined : { path: layer.directory ?? '', exists: true, error, remote: [] };
  return { ...layer, objects, ...(facts && { facts }) };
}

function unlessEqual(before: JsonObject, after: JsonObject): JsonObject {
  return before === after || isDeepStrictEqual(before, after) ? before : after;
}

/** The objects after the options of their Kustomization; as they are where kustomize is not here, or fails. */
function withOptions(
  objects: readonly ObjectModel[],
  { commonMetadata: _, ...options }: KustomizationSpec,
): { readonly built: readonly Built[]; readonly error?: string } {
  const emitted = objects.map((on) => ({ on, object: on.object }));
  if (objects.length === 0 || !changesObjects(options)) return { built: emitted };
  const result = applyOptions(
    objects.map((o) => o.object),
    options,
  );
  if (Array.isArray(result)) return { built: paired(objects, result) };
  return { built: emitted, ...(findKustomize() && { error: result.error }) };
}

/** What was built with what it was built from: both are in the same order, but patches may have deleted some. */
function paired(emitted: readonly ObjectModel[], built: readonly JsonObject[]): Built[] {
  const all = emitted.length === built.length;
  let next = 0;
  return built.map((object) => {
    while (!all && next < emitted.length - 1 && !isFrom(object, emitted[next]!.object)) next++;
    return { on: emitted[next++]!, object };
  });
}

function isFrom(object: JsonObject, emitted: JsonObject): boolean {
  const [built, from] = [identityOf(object), identityOf(emitted)];
  return built.kind === from.kind && built.name.includes(from.name);
}
