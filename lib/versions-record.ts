import type { IConstruct } from 'constructs';

/** A comment that lets image-automation-controller write a version: `# {"$imagepolicy": "flux-system:kyverno:tag"}`. */
export interface VersionMarker {
  /** The version that it stands behind. */
  readonly version: string;
  /** Namespace of the ImagePolicy. */
  readonly namespace: string;
  /** Name of the ImagePolicy. */
  readonly policy: string;
  /** What of the image is written; undefined for all of it, `name:tag`. */
  readonly field: 'tag' | 'name' | 'digest' | undefined;
  /** Line of the file. */
  readonly line: number;
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
  /** The cluster that it is for, where a hub applies it elsewhere; '' for the cluster itself. */
  readonly target: string;
  /** Whether it goes, because its tenant is offboarding. */
  readonly isLeaving: boolean;
  readonly files: readonly VersionsFile[];
}

const READ = Symbol.for('cdk8s-flux-fleet.VersionsRead');
const USES = Symbol.for('cdk8s-flux-fleet.VersionsUses');
type Global = { [READ]?: Set<VersionsFile> };
type Known = { [READ]?: ReadonlySet<VersionsFile>; [USES]?: Map<string, VersionsUse> };

/** Begins to remember the files of versions that are read while apps are loaded. */
export function startVersions(): void {
  (globalThis as Global)[READ] = new Set<VersionsFile>();
}

/** Ends that. The apps keep what was read for them, so that nothing of a run stays behind. */
export function attachVersions(apps: Iterable<object>): void {
  const read = (globalThis as Global)[READ];
  for (const app of apps) Object.defineProperty(app, READ, { value: read, configurable: true });
  delete (globalThis as Global)[READ];
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
export function recordVersions(apps: readonly object[]): VersionsRecord {
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
export function versionsUsesOf(app: object): VersionsUse[] {
  return [...((app as Known)[USES]?.values() ?? [])];
}
