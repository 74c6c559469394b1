import type { Finding } from '../../finding.js';
import type { ClusterModel, LayerModel, ObjectModel } from '../../model/cluster-model.js';
import type { SharedObjects } from '../../model/shared-objects.js';
import type { JsonObject } from '../../yaml/normalize.js';
import type { UnitModel } from '../app.js';

/** The line of the user's code that made something, known only where the constructs are. */
type Code = () => string | undefined;

/** A unit as text, which costs a third of what a copy object by object does; and the lines of code, which stay behind. */
export interface Packed {
  readonly text: string;
  /** Texts of objects that were met on an earlier cluster: from now on they go by number. */
  readonly shared: readonly string[];
  readonly codes: readonly Code[];
}

/** The fields of an object that most objects have not. */
type Rest = Omit<ObjectModel, 'object' | 'construct' | 'code' | 'namespace'>;

/** An object, or the number of a shared one; its construct, its namespace, and what else it has. */
type PlainObject = readonly [JsonObject | number, string | null, string | null, Partial<Rest>?];

interface PlainLayer extends Omit<LayerModel, 'objects' | 'kustomization' | 'code'> {
  readonly objects: readonly PlainObject[];
  /** Where it stands among the objects, by layer and place; it is the very object, and rules look for that. */
  readonly kustomization?: readonly [number, number] | { readonly alone: PlainObject };
}

type PlainUnit =
  | { readonly cluster: Omit<ClusterModel, 'layers' | 'crds'>; readonly layers: readonly PlainLayer[] }
  | { readonly layers: readonly PlainLayer[] };

/** The numbers of shared objects; a few thousand are what all clusters of a fleet have. */
const MOST = 20_000;
/** An object that comes again after more clusters than this is no shared one. */
const REMEMBERED = 4;

/**
 * Makes texts of units. Of an object that several clusters have, which then is the very same one, only its number goes over,
 * from its second time on.
 */
export class Packer {
  private readonly numbers = new Map<JsonObject, number>();
  /** The objects of the last units, the newest first. */
  private recent: readonly ReadonlySet<JsonObject>[] = [];

  /** CRDs are left out: a fleet gives the same ones to all its clusters. */
  pack(model: UnitModel): Packed {
    const codes: Code[] = [];
    const shared: string[] = [];
    const met = new Set<JsonObject>();
    const given = 'layers' in model ? model.layers : model.cluster.layers;
    const plain = (on: ObjectModel): PlainObject => {
      codes.push(on.code);
      return plainObject(on, this.numberOf(on.object, met, shared) ?? on.object);
    };
    const layers = given.map((l) => plainLayer(l, codes, plain));
    const places = placesOf(given);
    const all = layers.map((layer, i): PlainLayer => {
      const { kustomization } = given[i]!;
      if (!kustomization) return layer;
      return { ...layer, kustomization: places.get(kustomization) ?? { alone: plain(kustomization) } };
    });
    this.recent = [met, ...this.recent.slice(0, REMEMBERED - 1)];
    if ('layers' in model) return { text: JSON.stringify({ layers: all } satisfies PlainUnit), shared, codes };
    const { crds: _crds, layers: _layers, ...cluster } = model.cluster;
    return { text: JSON.stringify({ cluster, layers: all } satisfies PlainUnit), shared, codes };
  }

  /** The number of a shared object; undefined for one that was not met before. */
  private numberOf(object: JsonObject, met: Set<JsonObject>, shared: string[]): number | undefined {
    const known = this.numbers.get(object);
    if (known !== undefined) return known;
    if (this.numbers.size === MOST || !this.recent.some((objects) => objects.has(object))) {
      met.add(object);
      return undefined;
    }
    const number = this.numbers.size;
    this.numbers.set(object, number);
    shared.push(JSON.stringify(object));
    return number;
  }
}

function plainLayer(
  { objects, kustomization: _, code, ...layer }: LayerModel,
  codes: Code[],
  plain: (on: ObjectModel) => PlainObject,
): PlainLayer {
  codes.push(code);
  return { ...layer, objects: objects.map(plain) };
}

function plainObject(on: ObjectModel, object: JsonObject | number): PlainObject {
  const rest = restOf(on);
  const [construct, namespace] = [on.construct ?? null, on.namespace ?? null];
  return rest ? [object, construct, namespace, rest] : [object, construct, namespace];
}

/** What an object has that most have not. */
function restOf(on: ObjectModel): Partial<Rest> | undefined {
  let count = 0;
  for (const _ in on) count++;
  if (count === 5 && on.allowed.length === 0) return undefined; // its five fields that all have, mostly
  const { object: _, construct: _construct, code: _code, namespace: _namespace, allowed, ...others } = on;
  return allowed.length > 0 ? { ...others, allowed } : others;
}

/** Where the Kustomizations of layers stand among the objects. */
function placesOf(layers: readonly LayerModel[]): ReadonlyMap<ObjectModel, readonly [number, number]> {
  const kustomizations = new Set(layers.map((l) => l.kustomization));
  const places = new Map<ObjectModel, readonly [number, number]>();
  for (let i = 0; i < layers.length; i++) {
    const { objects } = layers[i]!;
    for (let j = 0; j < objects.length; j++) if (kustomizations.has(objects[j])) places.set(objects[j]!, [i, j]);
  }
  return places;
}

/** Makes units of texts again. */
export class Unpacker {
  private readonly objects: JsonObject[] = [];

  /** Objects that several clusters have are added to `shared`. */
  constructor(private readonly shared: SharedObjects) {}

  /** The lines of code of the unit are tokens, which {@link withCode} makes lines of. */
  unpack({ text, shared }: Pick<Packed, 'text' | 'shared'>, crds: readonly JsonObject[]): UnitModel {
    for (const object of shared) this.add(JSON.parse(object) as JsonObject);
    const unit = JSON.parse(text) as PlainUnit;
    const layers = this.layersOf(unit.layers);
    return 'cluster' in unit ? { cluster: { ...unit.cluster, layers, crds } } : { layers };
  }

  private add(object: JsonObject): void {
    this.objects.push(object);
    this.shared.add(object);
  }

  private layersOf(layers: readonly PlainLayer[]): LayerModel[] {
    let next = 0;
    const full = ([object, construct, namespace, rest]: PlainObject): ObjectModel => ({
      object: typeof object === 'number' ? this.objects[object]! : object,
      construct: construct ?? undefined,
      code: tokenOf(next++),
      allowed: NOTHING,
      namespace: namespace ?? undefined,
      ...rest,
    });
    const made = layers.map(({ objects, ...layer }) => ({ layer, code: tokenOf(next++), objects: objects.map(full) }));
    return made.map(({ layer: { kustomization, ...layer }, code, objects }): LayerModel => {
      const own = kustomization && ('alone' in kustomization ? full(kustomization.alone) : placed(made, kustomization));
      return Object.assign(layer, { code, objects, kustomization: own });
    });
  }
}

const NOTHING: ObjectModel['allowed'] = [];

function placed(
  layers: readonly { readonly objects: readonly ObjectModel[] }[],
  [layer, place]: readonly [number, number],
): ObjectModel {
  return layers[layer]!.objects[place]!;
}

/** A line of code begins with the name of a file, and none begins so. */
const TOKEN = '\u0001';

function tokenOf(code: number): Code {
  return () => TOKEN + String(code);
}

/** The findings with the lines of code that their tokens stand for. */
export function withCode(findings: readonly Finding[], codes: readonly Code[]): Finding[] {
  return findings.map((finding) => {
    const code = finding.where?.code;
    if (!code?.startsWith(TOKEN)) return finding;
    return { ...finding, where: { ...finding.where, code: codes[Number(code.slice(TOKEN.length))]!() } };
  });
}
