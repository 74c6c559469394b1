import type { LayerModel } from './cluster-model.js';
import { identityOf, isKind } from './identity.js';
import type { JsonObject, JsonValue } from '../yaml/normalize.js';

const GROUP = 'kustomize.toolkit.fluxcd.io';
const PRUNE = `${GROUP}/prune`;
const SSA = `${GROUP}/ssa`;
const RECONCILE = `${GROUP}/reconcile`;

/**
 * What keeps Flux from deleting an object, as an annotation or a label; `IfNotPresent` does not.
 *
 * @see https://fluxcd.io/flux/components/kustomize/kustomizations/#controlling-the-apply-behavior-of-resources
 */
const GUARDS: readonly (readonly [string, string])[] = [
  [PRUNE, 'disabled'],
  [RECONCILE, 'disabled'],
  [SSA, 'ignore'],
];

/** The groups of Flux's kinds. */
const FLUX_GROUPS = /^(?:[a-z]+\.toolkit|source\.extensions)\.fluxcd\.io$/;

/** The keys in text that may be a patch of operations, where a `/` is written `~1`. */
const SAYS_GUARD = /kustomize\.toolkit\.fluxcd\.io(?:\/|~1)(?:prune|reconcile|ssa)\b/;

interface Spec {
  readonly prune?: unknown;
  readonly deletionPolicy?: unknown;
  readonly patches?: unknown;
  readonly commonMetadata?: JsonObject;
}

/** True where Flux deletes what leaves the layer's files, or what it holds when its Kustomization is deleted. */
export function deletesObjects(layer: LayerModel): boolean {
  // Both bootstrap and the operator write the root's Kustomization with `prune: true`.
  if (layer.kustomization === undefined) return layer.parent === undefined && layer.directory === '';
  const { prune, deletionPolicy } = specOf(layer);
  return prune === true || deletionPolicy === 'Delete' || deletionPolicy === 'WaitForTermination';
}

/** True where Flux leaves the object alone when it is no longer in the files, or where that cannot be told. */
export function isGuarded(object: JsonObject, layer: LayerModel): boolean {
  const { commonMetadata, patches } = specOf(layer);
  const guards = (bag: JsonObject) => GUARDS.some(([key, value]) => mayEqual(bag[key], value));
  if (bagsOf(object.metadata).some(guards)) return true;
  if (commonMetadata !== undefined && bagsOf(commonMetadata).some(guards)) return true;
  return patches !== undefined && SAYS_GUARD.test(JSON.stringify(patches));
}

/** True for an object that says itself that it is not to be pruned. */
export function saysGuard({ metadata }: JsonObject): boolean {
  return bagsOf(metadata).some((bag) => equals(bag[PRUNE], 'disabled'));
}

/** True for an object that Flux makes where it is not there, or not at all: it overwrites nobody's. */
export function keepsOthersFields({ metadata }: JsonObject): boolean {
  return bagsOf(metadata).some(
    (bag) => equals(bag[SSA], 'ifnotpresent') || equals(bag[SSA], 'ignore') || equals(bag[RECONCILE], 'disabled'),
  );
}

/** True for what only Flux's own installation has: its namespace and its CRDs. */
export function isOfFlux(object: JsonObject): boolean {
  if (isKind(object, '', 'Namespace')) return identityOf(object).name === 'flux-system';
  const { group } = (object.spec ?? {}) as { group?: unknown };
  return isKind(object, 'apiextensions.k8s.io', 'CustomResourceDefinition') && FLUX_GROUPS.test(String(group));
}

/** True where the text of a kustomization.yaml puts the guard on what it builds. */
export function buildsGuard(kustomization: JsonObject): boolean {
  const text = JSON.stringify(kustomization);
  return /kustomize\.toolkit\.fluxcd\.io(?:\/|~1)prune\b/.test(text) && /disabled/i.test(text);
}

const NO_BAGS: JsonObject[] = [];

function specOf(layer: LayerModel): Spec {
  return (layer.kustomization?.object.spec ?? {}) as Spec;
}

function bagsOf(metadata: JsonValue | undefined): JsonObject[] {
  const { labels, annotations } = (metadata ?? {}) as { labels?: JsonObject | null; annotations?: JsonObject | null };
  // Most objects have neither, and rules ask this of each.
  if (!labels) return annotations ? [annotations] : NO_BAGS;
  return annotations ? [labels, annotations] : [labels];
}

/** What is substituted on the cluster may be anything. */
function mayEqual(given: unknown, value: string): boolean {
  return equals(given, value) || (typeof given === 'string' && given.includes('${'));
}

/** As Flux compares: case does not matter. */
function equals(given: unknown, value: string): boolean {
  return typeof given === 'string' && given.toLowerCase() === value;
}
