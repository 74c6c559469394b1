import type { PatchSpec } from './patch.js';
import type { FluxComponent } from './controllers.js';
import type { Sharding } from '../scope.js';
import type { Source } from './source.js';

/** What an installation needs to know of the cluster that it is for. */
export interface InstallationTarget {
  /** Name of the cluster, for messages. */
  readonly cluster: string;
  /** Place of the cluster's directory in the source. */
  readonly path: string;
  /** What the cluster pulls from. */
  readonly source: Source;
  /** Service account of tenants' objects that name none; undefined without lockdown. */
  readonly lockdownAccount: string | undefined;
  /** Intervals that are said for the cluster, where its source and its root Kustomization say none themselves. */
  readonly intervals: { readonly source: string | undefined; readonly root: string | undefined };
}

/** One file of the directory flux-system. */
export type InstallationFile =
  | { readonly objects: readonly object[] }
  /** A file that `flux bootstrap` writes; ours is there only until it does. */
  | { readonly placeholder: string };

/** How Flux gets onto a cluster: `Flux.bootstrap` or `Flux.operator`. */
export interface FluxInstallation {
  readonly mode: 'bootstrap' | 'operator';
  /** The controllers on the cluster. */
  readonly components: readonly FluxComponent[];
  /** Registry that their images come from. */
  readonly registry: string;
  /** How the controllers divide the work, where the code says so. */
  readonly sharding?: Sharding;
  /**
   * Checks that the cluster can be installed so.
   *
   * @throws FleetError where it cannot, such as a bootstrap from OCI
   */
  check(target: InstallationTarget): void;
  /** Files of the directory flux-system, by name, besides its kustomization.yaml. */
  files(target: InstallationTarget): Record<string, InstallationFile>;
  /** What its kustomization.yaml says besides the list of files. */
  kustomization(target: InstallationTarget): {
    readonly patches?: readonly PatchSpec[];
    readonly transformers?: readonly string[];
  };
}
