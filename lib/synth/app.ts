import type { Rule } from '../checks/rule.js';
import type { ClusterModel, LayerModel } from '../model/cluster-model.js';
import type { Finding } from '../finding.js';
import { attachVersions, startVersions } from '../versions-record.js';
import type { JsonObject } from '../yaml/normalize.js';
import type { KnownObjects } from './known-objects.js';

/** How the objects of a layer are divided into files: one for all, one for each, or one for each in a directory per kind. */
export const FILE_LAYOUTS = ['layer', 'object', 'kind'] as const;
export type FileLayout = (typeof FILE_LAYOUTS)[number];

/** A unit as plain data: a cluster, or the layers of a repository, which knows nothing of clusters. */
export type UnitModel = { readonly cluster: ClusterModel } | { readonly layers: readonly LayerModel[] };

/** One directory of the output that is built, checked and staged as a whole: a cluster, or a repository. */
export interface SynthUnit {
  /** Name of the cluster or repository. */
  readonly name: string;
  /** `cluster "staging"` or `repository "infra"`, for messages and progress. */
  readonly label: string;
  /** Directory relative to the output directory, '' for all of it. */
  readonly root: string;
  readonly layout: FileLayout;
  /** Labels by which the unit can be selected; a repository has none, and is selected by its name. */
  readonly labels?: Readonly<Record<string, string>>;
  /** Rules of the user's own. */
  readonly rules: readonly Rule[];
  /** CRDs of kinds that its objects may have although nothing emits these CRDs. */
  readonly crds: readonly JsonObject[];
  /** Where the code declares it. */
  readonly code: () => string | undefined;
  /**
   * Builds the unit as plain data; what is wrong with its constructs is added to the findings. Afterwards nothing of
   * the constructs is needed any more.
   *
   * @param known the objects of the units that were built before
   */
  build(findings: Finding[], known: KnownObjects): UnitModel;
}

/** A fleet or a repository: what an app declares. */
export interface SynthApp {
  /** Stands in the first line of each of its files, such as `fleet "staging"`. */
  readonly owner: string;
  /** Output directory that the code asks for; the command line and cdk8s win. */
  readonly saidOutdir: string | undefined;
  /** Its units, one after the other. None is built before it is asked to, so counting them costs next to nothing. */
  units(): Iterable<SynthUnit>;
}

const APP = Symbol.for('cdk8s-flux-fleet.App');
const RUN = Symbol.for('cdk8s-flux-fleet.Run');
type Global = { [RUN]?: Set<SynthApp> };

/** Marks a construct as something that can be synthesized. */
export function defineApp(app: SynthApp): void {
  Object.defineProperty(app, APP, { value: true, enumerable: false });
}

/** True for a fleet or repository, also when another copy of this library made it. */
export function isApp(x: unknown): x is SynthApp {
  return typeof x === 'object' && x !== null && APP in x;
}

/**
 * Collects the apps that ask to be synthesized while modules are loaded, so that all of them are checked before
 * anything is written. On the global object, because the apps may come with a copy of the library of their own.
 */
export function startRun(): Set<SynthApp> {
  startVersions();
  return ((globalThis as Global)[RUN] = new Set<SynthApp>());
}

/** Ends the collecting. The apps keep what was read for them, so that nothing of the run stays behind. */
export function endRun(): void {
  attachVersions((globalThis as Global)[RUN] ?? []);
  delete (globalThis as Global)[RUN];
}

/** Hands an app to the run; false where none is open. */
export function joinRun(app: SynthApp): boolean {
  const run = (globalThis as Global)[RUN];
  run?.add(app);
  return run !== undefined;
}
