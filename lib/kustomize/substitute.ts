import { isDeepStrictEqual } from 'node:util';
import { identityOf } from '../model/identity.js';
import type { ClusterModel, FieldPath, LayerModel, ObjectModel } from '../model/cluster-model.js';
import type { ClusterState } from '../model/cluster-state.js';
import { kindsIn } from '../model/crd-kinds.js';
import type { JsonSchema } from '../model/kinds.js';
import { fieldType } from './field-type.js';
import type { JsonObject, JsonValue } from '../yaml/normalize.js';
import { BadSubstitution, evaluate, UNKNOWN } from './envsubst.js';
import { BadYaml, readScalar, writeScalar } from './go-scalar.js';
import type { Position } from './go-scalar.js';

/** The variables that Flux substitutes in the objects of a layer. */
export interface Variables {
  /** By name; undefined where it is defined, but nobody can say as what. */
  readonly values: ReadonlyMap<string, string | undefined>;
  /** False where there may be more: a Secret or ConfigMap of which nobody says what is in it. */
  readonly complete: boolean;
}

/** A place where the text is not what Flux reads as text. */
export interface Retyped {
  readonly field: FieldPath;
  /** The text as it stands in the object, with its variables. */
  readonly given: string;
  /** The text with the values of its variables, which was meant. */
  readonly text: string;
  /** What Flux reads instead. */
  readonly value: JsonValue;
}

/** A place where Flux cannot go on, so that it applies nothing of the layer. */
export interface Failure {
  readonly field: FieldPath;
  readonly given: string;
  /** What Flux's own words are. */
  readonly error: string;
  /** Whether envsubst fails on the text itself, or YAML on what came of it. */
  readonly by: 'envsubst' | 'yaml';
}

/** An object after substitution. */
export interface Substituted {
  /**
   * The object as Flux applies it; the very same where nothing changes. Where a text became something else and the
   * schema wants text ({@link spoiled}), it is the text that was meant.
   */
  readonly object: JsonObject;
  /** Names of variables that are not defined, each once. */
  readonly undefined: readonly string[];
  /** Where they are: each name with its first place. */
  readonly places: ReadonlyMap<string, FieldPath>;
  /** Whether some text still has variables, because their values are not known. */
  readonly unknown: boolean;
  /** Texts that became something else, although the schema wants text there. */
  readonly spoiled: readonly Retyped[];
  readonly failures: readonly Failure[];
}

const SUBSTITUTE = 'kustomize.toolkit.fluxcd.io/substitute';

/** True for an object that says it is to be left alone. */
export function optsOut(object: JsonObject): boolean {
  const { labels, annotations } = metadataOf(object);
  return labels?.[SUBSTITUTE] === 'disabled' || annotations?.[SUBSTITUTE] === 'disabled';
}

/** What Flux makes of an object of a layer that substitutes: text for text, in the YAML that kustomize has built. */
export function substituteObject(object: JsonObject, variables: Variables, ownSchema?: JsonSchema): Substituted {
  return substitute(object, variables, (field) => fieldType(object, field, ownSchema) === 'string');
}

/** The same, exactly as Flux applies it, whatever the schema wants. */
export function substituteExactly(object: JsonObject, variables: Variables): Substituted {
  return substitute(object, variables, () => false);
}

function substitute(object: JsonObject, variables: Variables, wantsText: (field: FieldPath) => boolean): Substituted {
  if (!hasDollar(object) || optsOut(object)) return { ...NOTHING, object };
  const walk = new Walk(variables, wantsText);
  const result = walk.map(object, []);
  return {
    object: isDeepStrictEqual(result, object) ? object : result,
    undefined: [...walk.places.keys()],
    places: walk.places,
    unknown: walk.unknown,
    spoiled: walk.spoiled,
    failures: walk.failures,
  };
}

const NOTHING = { undefined: [], places: new Map(), unknown: false, spoiled: [], failures: [] } as const;

/** True where some text of a value has a dollar: all else stays as it is. */
export function hasDollar(value: JsonValue): boolean {
  if (typeof value === 'string') return value.includes('$');
  if (typeof value !== 'object' || value === null) return false;
  if (Array.isArray(value)) return value.some(hasDollar);
  // Asked of every object: entries would be made for nothing.
  for (const key in value) if (key.includes('$') || hasDollar(value[key]!)) return true;
  return false;
}

class Walk {
  readonly places = new Map<string, FieldPath>();
  readonly spoiled: Retyped[] = [];
  readonly failures: Failure[] = [];
  unknown = false;

  constructor(
    private readonly variables: Variables,
    private readonly wantsText: (field: FieldPath) => boolean,
  ) {}

  map(source: JsonObject, path: FieldPath): JsonObject {
    const entries = Object.entries(source).map(([key, value]): [string, JsonValue] => {
      const field = [...path, key];
      const name = key.includes('$') ? this.text(key, field, 'key') : key;
      return [typeof name === 'object' ? key : String(name), this.value(value, field, 'value')];
    });
    return Object.fromEntries(entries);
  }

  private value(value: JsonValue, path: FieldPath, position: Position): JsonValue {
    if (!hasDollar(value)) return value;
    if (Array.isArray(value)) return value.map((item, i) => this.value(item, [...path, i], 'item'));
    return typeof value === 'string' ? this.text(value, path, position) : this.map(value as JsonObject, path);
  }

  private text(given: string, field: FieldPath, position: Position): JsonValue {
    try {
      const raw = writeScalar(given, position);
      const { text, missing, unknown } = evaluate(raw, (name) => this.lookup(name));
      for (const name of missing) if (!this.places.has(name)) this.places.set(name, field);
      if (missing.length > 0) return given;
      if (unknown) this.unknown = true;
      const value = readScalar(text, position);
      if (position === 'key' && typeof value === 'object') throw new BadYaml('a key that is no text');
      if (typeof value === 'string' || position === 'key' || unknown || !this.wantsText(field)) return value;
      this.spoiled.push({ field, given, text, value });
      return text;
    } catch (e) {
      const by = e instanceof BadSubstitution ? 'envsubst' : e instanceof BadYaml ? 'yaml' : undefined;
      if (!by) throw e;
      this.failures.push({ field, given, error: (e as Error).message, by });
      return given;
    }
  }

  private lookup(name: string): string | typeof UNKNOWN | undefined {
    const { values, complete } = this.variables;
    if (values.has(name)) return values.get(name) ?? UNKNOWN;
    return complete ? undefined : UNKNOWN;
  }
}

// ---- variables ----------------------------------------------------------------------------------------------------

/** What a Kustomization says of its variables. */
interface PostBuild {
  readonly substitute?: Readonly<Record<string, unknown>>;
  readonly substituteFrom?: readonly SubstituteFrom[];
  readonly substituteStrategy?: string;
}

/** A ConfigMap or Secret whose keys are variables. */
export interface SubstituteFrom {
  readonly kind: string;
  readonly name: string;
  readonly optional?: boolean;
}

/** What is known of such an object: its values by key, or only its keys, or nothing (undefined). */
export type Source = ReadonlyMap<string, string | undefined> | undefined;

/** The part of a cluster that variables come from. */
export type VariableSources = Pick<ClusterModel, 'layers' | 'exists'>;

/** The variables of a layer; undefined where its Kustomization substitutes nothing, or is not here. */
export function variablesOf(cluster: VariableSources, layer: LayerModel): Variables | undefined {
  const kustomization = layer.kustomization?.object;
  if (!kustomization) return undefined;
  const target = cluster.layers.find((l) => l.name === layer.parent)?.target ?? '';
  const namespace = identityOf(kustomization).namespace ?? 'flux-system';
  return variablesFrom(kustomization, (ref) => sourceOf(cluster, ref, namespace, target));
}

/** The same, for a Kustomization whose ConfigMaps and Secrets the caller finds. */
export function variablesFrom(kustomization: JsonObject, find: (ref: SubstituteFrom) => Source): Variables | undefined {
  const postBuild = postBuildOf(kustomization);
  if (!postBuild) return undefined;
  const values = new Map<string, string | undefined>();
  let complete = true;
  for (const ref of postBuild.substituteFrom ?? []) {
    const found = find(ref);
    if (found) {
      for (const [name, value] of found) values.set(name, oneLine(value));
    } else {
      // It may define anything, also what is defined before.
      complete = false;
      for (const name of values.keys()) values.set(name, undefined);
    }
  }
  for (const [name, value] of Object.entries(postBuild.substitute ?? {})) {
    values.set(name, typeof value === 'string' && !value.includes('${') ? oneLine(value) : undefined);
  }
  if (values.size === 0 && complete && postBuild.substituteStrategy !== 'Always') return undefined;
  return { values, complete };
}

/** What a Kustomization says of its variables, where that has the form it should have. */
export function postBuildOf(kustomization: JsonObject): PostBuild | undefined {
  const { postBuild } = (kustomization.spec ?? {}) as { postBuild?: PostBuild | null };
  return typeof postBuild === 'object' && postBuild !== null ? postBuild : undefined;
}

function oneLine(value: string | undefined): string | undefined {
  return value?.replaceAll('\n', '');
}

/** What is known of a ConfigMap or Secret on the cluster of a Kustomization. */
export function sourceOf(
  { layers, exists }: VariableSources,
  { kind, name }: SubstituteFrom,
  namespace: string,
  target: string,
): Source {
  const isIt = (o: { kind: string; name: string; namespace?: string | undefined }) =>
    o.kind === kind && o.name === name && (o.namespace ?? 'flux-system') === namespace;
  for (const { object } of layers.filter((l) => l.target === target).flatMap((l) => l.objects)) {
    if (object.kind === kind && isIt(identityOf(object))) return contentOf(object);
  }
  const keys = exists.filter((e) => (e.target ?? '') === target && isIt(e)).flatMap((e) => e.keys ?? []);
  return keys.length > 0 ? new Map(keys.map((key) => [key, undefined])) : undefined;
}

/** The keys of a ConfigMap or Secret with the values that are known; those of a Secret are for nobody to read here. */
function contentOf(object: JsonObject): Map<string, string | undefined> {
  if (object.kind === 'Secret') {
    const keys = ['data', 'stringData'].flatMap((field) => Object.keys(object[field] ?? {}));
    return new Map(keys.map((key) => [key, undefined]));
  }
  // Of these Flux does not change what is there already.
  const { annotations } = metadataOf(object);
  const fixed = !['IfNotPresent', 'Ignore'].includes(annotations?.['kustomize.toolkit.fluxcd.io/ssa'] ?? '');
  const data = Object.entries((object.data ?? {}) as JsonObject);
  return new Map(
    data.map(([key, value]) => [
      key,
      // What is substituted itself may have another value on the cluster.
      fixed && typeof value === 'string' && !value.includes('$') ? value : undefined,
    ]),
  );
}

function metadataOf(object: JsonObject): Record<string, Record<string, string> | undefined> {
  return (object.metadata ?? {}) as Record<string, Record<string, string> | undefined>;
}

/** An object of a layer, and what its variables become. */
export interface ObjectSubstitution extends Substituted {
  readonly on: ObjectModel;
  readonly layer: LayerModel;
  readonly variables: Variables;
  /** The object with its variables. */
  readonly given: JsonObject;
}

/** The objects of a cluster that have variables, or what looks like one, in layers that substitute; for rules. */
export function substitutionsOf(cluster: ClusterState): readonly ObjectSubstitution[] {
  return cluster.once('substitutions', () =>
    cluster.layers.flatMap((layer) => {
      const variables = variablesOf(cluster, layer);
      if (!variables) return [];
      const objects = layer.objects.filter((on) => hasDollar(on.unsubstituted ?? on.object));
      return objects.map((on): ObjectSubstitution => {
        const given = on.unsubstituted ?? on.object;
        const ownSchema = kindsIn(cluster, layer.target).ownSchema(given);
        return { ...substituteObject(given, variables, ownSchema), on, layer, variables, given };
      });
    }),
  );
}
