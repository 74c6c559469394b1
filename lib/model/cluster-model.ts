import type { Where } from '../finding.js';
import type { ExternalObject } from '../reference.js';
import type { JsonObject } from '../yaml/normalize.js';

/** An object that Flux applies, and where it comes from. */
export interface ObjectModel {
  readonly object: JsonObject;
  /** Path of the construct that made it. */
  readonly construct: string | undefined;
  /** Line of the user's code; asked for only when there is something to say. */
  readonly code: () => string | undefined;
  /** File that it was read from, with its line. */
  readonly file?: string;
  /** Text that is written in place of the object: an encrypted Secret. */
  readonly verbatim?: string;
  /** What is allowed for it although a rule says otherwise. */
  readonly allowed: readonly { readonly rule: string; readonly reason: string }[];
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
  readonly allowed: readonly { readonly rule: string; readonly reason: string }[];
  /** Whether some of its objects could not be made, which was told already. */
  readonly incomplete: boolean;
}

/** One file of the directory flux-system. */
export type SystemFile = { readonly objects: readonly JsonObject[] } | { readonly placeholder: string };

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
}

/** Where an object or a layer is, for a finding; not asked before there is one, because a line of code is costly. */
export function whereIs(model: ObjectModel | LayerModel): Where {
  return { construct: model.construct, code: model.code(), ...('file' in model && { file: model.file }) };
}
