import type { Finding } from '../../finding.js';
import type { ClusterModel, LayerModel, ObjectModel } from '../../model/cluster-model.js';
import type { JsonObject } from '../../yaml/normalize.js';
import type { UnitModel } from '../app.js';

/** The line of the user's code that made something, known only where the constructs are. */
type Code = () => string | undefined;

/** A unit as text, which costs a third of what a copy object by object does; and the lines of code, which stay behind. */
export interface Packed {
  readonly text: string;
  readonly codes: readonly Code[];
}

/** An object or a layer without functions; its line is a number. */
type Plain<T> = Omit<T, 'code'> & { readonly code: number };

interface PlainLayer extends Plain<Omit<LayerModel, 'objects' | 'kustomization'>> {
  readonly objects: readonly Plain<ObjectModel>[];
  /** Where it stands among the objects, by layer and place; it is the very object, and rules look for that. */
  readonly kustomization?: readonly [number, number] | Plain<ObjectModel>;
}

type PlainUnit =
  | { readonly cluster: Omit<ClusterModel, 'layers' | 'crds'> & { readonly layers: readonly PlainLayer[] } }
  | { readonly layers: readonly PlainLayer[] };

/** A unit as text. CRDs are left out: a fleet gives the same ones to all its clusters. */
export function pack(model: UnitModel): Packed {
  const codes: Code[] = [];
  const layers = plainLayers('layers' in model ? model.layers : model.cluster.layers, codes);
  if ('layers' in model) return { text: JSON.stringify({ layers } satisfies PlainUnit), codes };
  const { crds: _, ...cluster } = model.cluster;
  return { text: JSON.stringify({ cluster: { ...cluster, layers } } satisfies PlainUnit), codes };
}

function plainLayers(layers: readonly LayerModel[], codes: Code[]): PlainLayer[] {
  const plain = <T extends { readonly code: Code }>(model: T): Plain<T> => ({
    ...model,
    code: codes.push(model.code) - 1,
  });
  const kustomizations = new Set(layers.map((l) => l.kustomization));
  const places = new Map<ObjectModel, [number, number]>();
  for (const [i, layer] of layers.entries()) {
    for (const [j, on] of layer.objects.entries()) if (kustomizations.has(on)) places.set(on, [i, j]);
  }
  return layers.map(({ objects, kustomization, ...layer }): PlainLayer => ({
    ...plain(layer),
    objects: objects.map(plain),
    ...(kustomization && { kustomization: places.get(kustomization) ?? plain(kustomization) }),
  }));
}

/** The unit again. Its lines of code are tokens, which {@link withCode} makes lines of. */
export function unpack(text: string, crds: readonly JsonObject[]): UnitModel {
  const unit = JSON.parse(text) as PlainUnit;
  if ('layers' in unit) return { layers: fullLayers(unit.layers) };
  return { cluster: { ...unit.cluster, layers: fullLayers(unit.cluster.layers), crds } };
}

function fullLayers(layers: readonly PlainLayer[]): LayerModel[] {
  const full = <T extends { readonly code: number }>(model: T): Omit<T, 'code'> & { readonly code: Code } => {
    const token = tokenOf(model.code);
    return Object.assign(model, { code: () => token });
  };
  const objects = layers.map((layer) => layer.objects.map(full) as ObjectModel[]);
  return layers.map(({ kustomization, ...layer }, i) => {
    const own = Array.isArray(kustomization)
      ? objects[(kustomization as [number, number])[0]]![(kustomization as [number, number])[1]]
      : kustomization && full(kustomization as Plain<ObjectModel>);
    return { ...full(layer), objects: objects[i]!, kustomization: own };
  });
}

/** A line of code begins with the name of a file, and none begins so. */
const TOKEN = '\u0001';

function tokenOf(code: number): string {
  return TOKEN + String(code);
}

/** The findings with the lines of code that their tokens stand for. */
export function withCode(findings: readonly Finding[], codes: readonly Code[]): Finding[] {
  return findings.map((finding) => {
    const code = finding.where?.code;
    if (!code?.startsWith(TOKEN)) return finding;
    return { ...finding, where: { ...finding.where, code: codes[Number(code.slice(TOKEN.length))]!() } };
  });
}
