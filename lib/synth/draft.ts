import type { IConstruct } from 'constructs';
import { allowedHere } from '../allow.js';
import type { Finding } from '../finding.js';
import type { SourceUse } from '../flux/source.js';
import type { Layer } from '../layer.js';
import type { ExistingObject, LayerModel, ObjectModel } from '../model/cluster-model.js';
import { codeAt, codeOf, originOf } from '../origin.js';
import { isExternal } from '../reference.js';
import type { NamedObject } from '../reference.js';
import type { JsonObject } from '../yaml/normalize.js';
import type { UnitObjects } from './known-objects.js';
import type { Surroundings } from './surroundings.js';

/** Name of the Kustomization and of the layer that stand for the cluster's root. */
export const ROOT = 'flux-system';

/** A layer while it is filled. */
export interface Draft extends Omit<LayerModel, 'objects' | 'kustomization' | 'incomplete'> {
  incomplete: boolean;
  objects: ObjectModel[];
  kustomization: ObjectModel | undefined;
}

/** A source that an object brings along, and where its user stands. */
export interface PlacedUse extends SourceUse {
  readonly layer: string;
  readonly target: string;
  readonly namespace: string;
  readonly user: IConstruct;
}

/** What objects and layers need besides themselves, as it is gathered; and what is wrong with them. */
export interface Needs {
  readonly around: Surroundings;
  /** The objects of the unit, each there once for all units that have it. */
  readonly objects: UnitObjects;
  /** The label by which Flux's controllers divide the work. */
  readonly key: string;
  readonly uses: PlacedUse[];
  readonly external: ExistingObject[];
  readonly findings: Finding[];
}

/** A layer of a cluster or of a repository, still empty. */
export function layerDraft(around: Surroundings, layer: Layer, root: string | undefined): Draft {
  const { name, directory, target } = layer;
  const { namespace } = around.below(layer);
  return draft(around, layer, {
    name,
    parent: root === undefined ? undefined : (layer.parent?.name ?? root),
    directory,
    namespace,
    target,
  });
}

/** A layer that is filled later. */
export function draft(
  around: Surroundings,
  construct: IConstruct,
  fields: Pick<Draft, 'name' | 'parent' | 'directory' | 'namespace' | 'target'>,
): Draft {
  const { name, parent, directory, namespace, target } = fields;
  const { allowed, code } = around.below(construct);
  return {
    name,
    parent,
    directory,
    namespace,
    target,
    objects: [],
    allowed,
    code,
    incomplete: false,
    kustomization: undefined,
    construct: construct.node.path,
  };
}

/** An object as a model, with what its construct says of it. */
export function modelOf(
  around: Surroundings,
  construct: IConstruct,
  object: JsonObject,
  fileName?: string,
): ObjectModel {
  const { node } = construct;
  const above = around.below(node.scope);
  const { allowed, namespace } = above;
  const origin = originOf(construct);
  // Of the construct itself nothing may be held: a cluster's tree is dropped when its model is there.
  const code = origin ? () => codeAt(origin) : above.code;
  const model: ObjectModel =
    fileName === undefined
      ? { object, construct: node.path, code, allowed, namespace }
      : { object, construct: node.path, code, allowed, namespace, fileName };
  const { metadata } = node;
  if (metadata.length === 0) return model;
  const file = metadata.find((m) => m.type === 'flux-fleet:file')?.data as string | undefined;
  return {
    ...model,
    allowed: [...allowedHere(construct), ...above.allowed],
    ...(file !== undefined && { file }),
  };
}

/** Where a construct is, for a finding. */
export function whereOf(construct: IConstruct): { construct: string; code: string | undefined } {
  return { construct: construct.node.path, code: codeOf(construct) };
}

/** Of the objects referred to, those that others make, each with its namespace, and with its cluster where that is another. */
export function inNamespace(
  refs: readonly (NamedObject | undefined)[],
  namespace: string,
  target = '',
): ExistingObject[] {
  if (refs.length === 0) return [];
  // By a convention that nearly all keep, the kinds called Cluster… stand in no namespace.
  return refs
    .filter((r) => r !== undefined)
    .filter(isExternal)
    .map((r) =>
      /^(Cluster|ValidatingAdmissionPolicy$)/.test(r.kind) ? r : { ...r, namespace: r.namespace ?? namespace },
    )
    .map((r) => (target === '' ? r : { ...r, target }));
}
