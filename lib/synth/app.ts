import type { ClusterModel, LayerModel } from '../model/cluster-model.js';
import type { IConstruct } from 'constructs';
import type { Finding } from '../finding.js';
import type { VersionMarker } from '../versions.js';

/** How the objects of a layer are divided into files: one for all, one for each, or one for each in a directory per kind. */
export const FILE_LAYOUTS = ['layer', 'object', 'kind'] as const;
export type FileLayout = (typeof FILE_LAYOUTS)[number];

/** A unit as plain data: a cluster, or the layers of a repository, which knows nothing of clusters. */
export type UnitModel = { readonly cluster: ClusterModel } | { readonly layers: readonly LayerModel[] };

/** One directory of the output that is built, checked and staged as a whole: a cluster, or a repository. */
export interface SynthUnit {
  /** `cluster "staging"` or `repository "infra"`, for messages and progress. */
  readonly label: string;
  /** Directory relative to the output directory, '' for all of it. */
  readonly root: string;
  readonly layout: FileLayout;
  /** Labels by which the unit can be selected. */
  readonly labels: Readonly<Record<string, string>>;
  /** Where the code declares it. */
  readonly code: () => string | undefined;
  /**
   * Builds the unit as plain data; what is wrong with its constructs is added to the findings. Afterwards nothing of
   * the constructs is needed any more.
   */
  build(findings: Finding[]): UnitModel;
}

/** A fleet or a repository: what an app declares. */
export interface SynthApp {
  /** Stands in the first line of each of its files, such as `fleet "staging"`. */
  readonly owner: string;
  /** Output directory that the code asks for; the command line and cdk8s win. */
  readonly saidOutdir: string | undefined;
  /** Its units, one after the other: a large fleet makes each only when it is asked for. */
  units(): Iterable<SynthUnit>;
}

/** A file of versions, as far as a run has to know it. */
export interface VersionsFile {
  /** Absolute path. */
  readonly file: string;
  readonly markers: readonly VersionMarker[];
}

/** An automation that was given files of versions. */
export interface VersionsUse {
  /** The cluster that it stands in; undefined in a repository. */
  readonly cluster: string | undefined;
  readonly files: readonly VersionsFile[];
}

const APP = Symbol.for('cdk8s-flux-fleet.App');
const RUN = Symbol.for('cdk8s-flux-fleet.Run');
const READ = Symbol.for('cdk8s-flux-fleet.VersionsRead');
const USES = Symbol.for('cdk8s-flux-fleet.VersionsUses');
type Global = { [RUN]?: Set<SynthApp>; [READ]?: Set<VersionsFile> };
type Known = { [READ]?: ReadonlySet<VersionsFile>; [USES]?: Map<string, VersionsUse> };

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
  (globalThis as Global)[READ] = new Set<VersionsFile>();
  return ((globalThis as Global)[RUN] = new Set<SynthApp>());
}

/** Ends the collecting. The apps keep what was read for them, so that nothing of the run stays behind. */
export function endRun(): void {
  const { [RUN]: run, [READ]: read } = globalThis as Global;
  for (const app of run ?? []) Object.defineProperty(app, READ, { value: read, configurable: true });
  delete (globalThis as Global)[RUN];
  delete (globalThis as Global)[READ];
}

/** Hands an app to the run; false where none is open. */
export function joinRun(app: SynthApp): boolean {
  const run = (globalThis as Global)[RUN];
  run?.add(app);
  return run !== undefined;
}

/** Remembers that a file of versions was read, where a run is open. */
export function noteVersions(file: VersionsFile): void {
  (globalThis as Global)[READ]?.add(file);
}

/** Files of versions that are read while a run builds its units, and before. */
export interface VersionsRecord {
  /** The files that were read for the apps: while they were loaded, and since. */
  read(): VersionsFile[];
  /** Ends the recording. */
  end(): void;
}

/** Records the files of versions that are read from now on: a large fleet reads some only when it makes a cluster. */
export function recordVersions(apps: readonly SynthApp[]): VersionsRecord {
  const global = globalThis as Global;
  const outer = global[READ];
  const read = new Set(apps.flatMap((app) => [...((app as Known)[READ] ?? [])]));
  global[READ] = read;
  return {
    read: () => [...read],
    end: () => {
      if (outer) global[READ] = outer;
      else delete global[READ];
    },
  };
}

/** Remembers that an automation edits these files; a large fleet may make it more than once. */
export function noteVersionsUse(automation: IConstruct, use: VersionsUse): void {
  const root = automation.node.root as Known;
  if (!root[USES]) Object.defineProperty(root, USES, { value: new Map(), enumerable: false });
  root[USES]!.set(automation.node.path, use);
}

/** The automations of an app that were given files of versions. */
export function versionsUsesOf(app: SynthApp): VersionsUse[] {
  return [...((app as Known)[USES]?.values() ?? [])];
}
