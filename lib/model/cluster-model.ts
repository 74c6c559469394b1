import type { Where } from '../finding.js';
import type { ExternalObject } from '../reference.js';
import type { JsonObject } from '../yaml/normalize.js';

/** The way to a field, such as `['spec', 'dependsOn', 0, 'name']`. */
export type FieldPath = readonly (string | number)[];

/** What is allowed although a rule says otherwise. */
export interface Allowance {
  readonly rule: string;
  readonly reason: string;
  /** The last day on which it holds, `YYYY-MM-DD`. */
  readonly until?: string;
  /** Only for this object, `Kind/namespace/name`. */
  readonly object?: string;
}

/** An object that Flux applies, and where it comes from. */
export interface ObjectModel {
  readonly object: JsonObject;
  /** Path of the construct that made it. */
  readonly construct: string | undefined;
  /** Line of the user's code; asked for only when there is something to say. */
  readonly code: () => string | undefined;
  /** File that it was read from, with its line. */
  readonly file?: string;
  /** Line of a field in the file that it was read from, or of the object where the field is not there. */
  readonly lineOf?: (path: FieldPath) => number | undefined;
  /** What it was before variables were substituted, where that made a difference. */
  readonly unsubstituted?: JsonObject;
  /** What it was before kustomize built it, where that gave it another name. */
  readonly written?: JsonObject;
  /** Text that is written in place of the object: an encrypted Secret. */
  readonly verbatim?: string;
  /** What is allowed for it although a rule says otherwise. */
  readonly allowed: readonly Allowance[];
  /** Namespace that it gets where it says none. */
  readonly namespace: string | undefined;
  /** File of the layer's directory that it must be written to. */
  readonly fileName?: string;
}

/** An object that is there although nothing here emits it, and on which of a hub's clusters. */
export interface ExistingObject extends ExternalObject {
  /** The kubeConfig that leads to the cluster; undefined for the cluster itself. */
  readonly target?: string;
}

/** What is known of the directory that a Kustomization names, where it was read from files. */
export interface DirectoryFacts {
  /** The directory, relative to the root of its source. */
  readonly path: string;
  readonly exists: boolean;
  /** Whether there is a file in its place. */
  readonly isFile?: true;
  /** What takes it away from the artifact: the pattern, and where that is said. */
  readonly ignoredBy?: string;
  /** What kustomize says where it cannot build it. */
  readonly error?: string;
  /** What it loads from other places; nothing is known of that. */
  readonly remote: readonly string[];
}

/** A directory, and the Flux Kustomization that applies it. */
export interface LayerModel {
  /** Name of the Kustomization in flux-system; `flux-system` for the cluster's root. */
  readonly name: string;
  /** The layer that applies this one's Kustomization; undefined for the root. */
  readonly parent: string | undefined;
  /** Directory relative to the cluster's, '' for the root; undefined where the Kustomization points to a source. */
  readonly directory: string | undefined;
  /** The cluster that its objects are for, where a hub reconciles for others; '' for the cluster itself. */
  readonly target: string;
  /** Namespace of objects that say none; files of its objects do not name it. */
  readonly namespace: string | undefined;
  /** The objects of the directory, the Kustomizations of layers below it among them. */
  readonly objects: readonly ObjectModel[];
  /** The layer's own Kustomization; undefined for the root. */
  readonly kustomization: ObjectModel | undefined;
  readonly construct: string | undefined;
  readonly code: () => string | undefined;
  /** What is allowed for it although a rule says otherwise. */
  readonly allowed: readonly Allowance[];
  /** Whether some of its objects are not known: they could not be made or built, which is told elsewhere. */
  readonly incomplete: boolean;
  /** What is known of its directory; undefined for a layer that is being synthesized. */
  readonly facts?: DirectoryFacts;
}

/** One file of the directory flux-system. */
export type SystemFile =
  | { readonly objects: readonly JsonObject[] }
  | {
      readonly placeholder: string;
      /** Where it was read. */
      readonly file?: string;
      /** Whether Git knows of manifests in its place; asked for only where it matters. */
      readonly hadManifests?: () => boolean;
    };

/** Everything of one cluster, as plain data: what checks judge and what is written. */
export interface ClusterModel {
  readonly name: string;
  /** What messages call it: `the cluster "staging"`. */
  readonly label: string;
  readonly fleet: string;
  readonly environment: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly variables: Readonly<Record<string, string>>;
  readonly kubernetesVersion: string | undefined;
  readonly fluxVersion: string | undefined;
  readonly components: readonly string[];
  readonly lockdown: boolean;
  /** Place of the cluster's directory in its source. */
  readonly path: string;
  /** What the cluster pulls from; undefined where that is not known. */
  readonly source: { readonly kind: string; readonly spec: Readonly<Record<string, unknown>> } | undefined;
  /** The root first, parents before children. */
  readonly layers: readonly LayerModel[];
  /** The directory flux-system: its files, and what its kustomization.yaml says. */
  readonly system: { readonly files: Readonly<Record<string, SystemFile>>; readonly kustomization: JsonObject };
  /** Objects that are on the cluster although nothing here emits them. */
  readonly exists: readonly ExistingObject[];
  /** CRDs that components bring in charts and artifacts. */
  readonly provides: readonly string[];
  /** CRDs of kinds that objects may have although nothing here emits these CRDs. */
  readonly crds?: readonly JsonObject[];
  /** True for directories that some cluster applies, of which nothing else is known. */
  readonly partial: boolean;
  /** Files with manifests in the cluster's directory that nothing applies; undefined where none were read. */
  readonly unreached?: readonly string[];
}

/** What messages call a layer: where files were read nobody knows the word, but everybody its Kustomization. */
export function unitOf({ facts }: Pick<LayerModel, 'facts'>): 'layer' | 'Kustomization' {
  return facts === undefined ? 'layer' : 'Kustomization';
}

/** `the Kustomization "apps"` for a layer that was read from files, `the layer "apps"` for one of the code. */
export function layerName(layer: Pick<LayerModel, 'name' | 'facts'>): string {
  return `the ${unitOf(layer)} "${layer.name}"`;
}

/** Where an object or a layer is, for a finding; not asked before there is one, because a line of code is costly. */
export function whereIs(model: ObjectModel | LayerModel, field: FieldPath = []): Where {
  // A layer that was read from files has its place where its Kustomization has.
  const { file, lineOf } = 'objects' in model ? ((model.kustomization ?? {}) as Partial<ObjectModel>) : model;
  const line = lineOf?.(field);
  const place = file === undefined || line === undefined ? file : `${file}:${line}`;
  return { construct: model.construct, code: model.code(), ...(place !== undefined && { file: place }) };
}
