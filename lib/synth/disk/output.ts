import type { Stats } from 'node:fs';
import { realpathSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Finding } from '../../finding.js';
import { FleetError } from '../../finding.js';
import { compareUnit } from './compare.js';
import type { OutputFile, OutputUnit } from './compare.js';
import { attempt, isAbsent } from './errors.js';
import { displayPath } from '../../display-path.js';
import { SYSTEM_FILES, kindAt, listOrNothing, ownerOfFile, stampOf } from './operations.js';
import type { FileOperations } from './operations.js';
import { Journal } from './journal.js';
import type { Change, Removal } from './journal.js';
import { checkFilePaths, checkUnitPaths, joinPath, pathBelow } from './paths.js';
import { StageDirectory, StageTree, removeLeftovers } from './stage.js';
import { UnitRoots } from './units.js';
import { BootstrapFiles } from './gotk.js';

export type { OutputFile, OutputUnit } from './compare.js';
export type { FileOperations } from './operations.js';
export { markerLine, ownerOf } from './marker.js';

/** What a commit has done; the paths are posix, relative to the output directory, and sorted. */
export interface OutputSummary {
  readonly written: number;
  readonly unchanged: number;
  readonly removed: number;
  /** Empty where nobody asked for paths. */
  readonly writtenPaths: string[];
  readonly removedPaths: string[];
}

/** Options of an {@link OutputTransaction}. */
export interface OutputOptions {
  /**
   * The normal output directory, for example `dist`, where the output goes somewhere else this time: files of Flux's
   * bootstrap are copied from there.
   */
  readonly copyFrom?: string;
  /**
   * Whether the summary lists paths: a fleet of thousands has more of them than memory should hold for nothing.
   *
   * @default true
   */
  readonly paths?: boolean;
  /** Replaces single operations on the disk; for tests. */
  readonly operations?: Partial<FileOperations>;
}

/**
 * Brings an output directory to a new state, all or nothing: first every unit is compared and staged, then all is
 * committed. It writes and removes only files whose first line is the marker of the unit's owner, and touches nothing if
 * nothing changes.
 */
export class OutputTransaction {
  readonly #outdir: string;
  readonly #operations: FileOperations;
  readonly #stage: StageDirectory;
  readonly #bootstrap: BootstrapFiles;
  readonly #units = new UnitRoots();
  readonly #changes: Change[] = [];
  readonly #listsPaths: boolean;
  readonly #writtenPaths: string[] = [];
  #written = 0;
  readonly #removals: (Removal & { readonly path: string; readonly first: boolean })[] = [];
  #unchanged = 0;
  #state: 'open' | 'refused' | 'over' = 'open';

  /** The output directory need not exist; it may be a link. Leftovers of killed runs in it are removed. */
  constructor(outdir: string, options: OutputOptions = {}) {
    this.#outdir = realDirectory(outdir);
    this.#operations = { ...SYSTEM_FILES, ...options.operations };
    this.#listsPaths = options.paths ?? true;
    this.#stage = new StageDirectory(this.#outdir, this.#operations);
    const copyFrom = options.copyFrom === undefined ? undefined : realDirectory(options.copyFrom);
    this.#bootstrap = new BootstrapFiles(this.#outdir, copyFrom === this.#outdir ? undefined : copyFrom);
    removeLeftovers(this.#outdir);
  }

  /**
   * Compares all the files of one unit (by path relative to its root) with the disk, and keeps what differs until the
   * commit. After an error nothing can be committed, but other units can still be staged, to find their errors as well.
   */
  stage(unit: OutputUnit, files: ReadonlyMap<string, OutputFile>): void {
    if (this.#state === 'over') throw new Error('This transaction is over: nothing can be staged any more.');
    try {
      const top = join(this.#outdir, unit.root);
      attempt('the output directory cannot be read; nothing has changed', top, () => this.#stageUnit(unit, files));
    } catch (error) {
      this.#state = 'refused';
      throw error;
    }
  }

  #stageUnit(unit: OutputUnit, files: ReadonlyMap<string, OutputFile>): void {
    const exclude = unit.exclude ?? [];
    refuse(checkUnitPaths(unit.root, exclude));
    refuse(checkFilePaths(unit.root, exclude, files.keys()));
    this.#units.claim(unit);
    const tree = this.#newTree(unit.root);
    const { findings, unchanged, removals, blockers } = compareUnit(unit, files, {
      outdir: this.#outdir,
      operations: this.#operations,
      bootstrap: this.#bootstrap,
      change: (path, content, before) => this.#change(path, content, before, tree),
    });
    refuse(findings);
    this.#unchanged += unchanged;
    this.#scheduleRemovals(unit, blockers, true);
    this.#scheduleRemovals(unit, removals, false);
  }

  /** Where nothing of a unit is there yet, all of it is staged as one directory, which one rename puts into its place. */
  #newTree(root: string): StageTree | undefined {
    const target = join(this.#outdir, root);
    if (root === '' || kindAt(target) !== undefined) return undefined;
    return new StageTree(this.#stage, this.#operations, target);
  }

  #change(path: string, content: string | Buffer, before: Stats | undefined, tree: StageTree | undefined): void {
    const target = pathBelow(this.#outdir, path);
    this.#written++;
    if (this.#listsPaths) this.#writtenPaths.push(path);
    attempt('a file of the output cannot be written; nothing has changed', target, () => {
      if (tree) {
        if (tree.write(target, content)) this.#changes.push({ target: tree.target, staged: tree.staged });
        return;
      }
      const staged = this.#stage.reserve();
      this.#operations.write(staged, content, before && before.mode & 0o7777);
      this.#changes.push({ target, staged, before: stampOf(before) });
    });
  }

  #scheduleRemovals(unit: OutputUnit, paths: readonly string[], first: boolean): void {
    for (const relative of paths) {
      const path = joinPath(unit.root, relative);
      this.#removals.push({ path, target: join(this.#outdir, path), owner: unit.owner, first });
    }
  }

  /** Makes the output directory what was staged. After an error it is as it was before. */
  commit(): OutputSummary {
    if (this.#state !== 'open') {
      const why = this.#state === 'over' ? 'it is over' : 'a unit was refused; roll it back';
      throw new Error(`This transaction cannot be committed: ${why}.`);
    }
    this.#state = 'over';
    const blockers = this.#removals.filter(({ first }) => first);
    const removals = this.#removals.filter(({ first }) => !first);
    let committed = false;
    try {
      const plan = { outdir: this.#outdir, changes: this.#changes, removals, blockers };
      new Journal(this.#operations, this.#stage).run(plan);
      committed = true;
    } finally {
      this.#stage.discard(!committed);
    }
    return {
      written: this.#written,
      unchanged: this.#unchanged,
      removed: this.#removals.length,
      writtenPaths: this.#writtenPaths.sort(),
      removedPaths: this.#listsPaths ? this.#removals.map(({ path }) => path).sort() : [],
    };
  }

  /** Forgets what was staged, and removes the stage directory. May be called at any time and more than once. */
  rollback(): void {
    if (this.#state === 'over') return;
    this.#state = 'over';
    this.#stage.discard(true);
  }
}

function refuse(findings: readonly Finding[]): void {
  if (findings.length > 0) throw new FleetError(findings);
}

/** The directory itself where there is a link to it; the path as it is where there is nothing yet. */
function realDirectory(path: string): string {
  return attempt('the output directory cannot be used; nothing has changed', resolve(path), () => {
    let real: string;
    try {
      real = realpathSync(path);
    } catch (error) {
      if (isAbsent(error)) return resolve(path);
      throw error;
    }
    if (statSync(real).isDirectory()) return real;
    throw new FleetError({
      rule: 'output-unwritable',
      what: 'the output directory is no directory',
      expected: 'a directory, or nothing there yet',
      given: 'a file',
      fix: 'move that file away, or give another output directory',
      where: { file: displayPath(real) },
    });
  });
}

/** A cluster's directory on disk. */
export interface ClusterOnDisk {
  readonly root: string;
  /** Whose it is; undefined if its files name several owners. */
  readonly owner: string | undefined;
}

/**
 * The directories `clusters/<name>` with files of ours that nobody declares, for the report. `declared` are roots, such as
 * `clusters/staging`. Reads the first line of each `kustomization.yaml` and changes nothing.
 */
export function listOtherClusters(outdir: string, declared: ReadonlySet<string>): ClusterOnDisk[] {
  return listOrNothing(SYSTEM_FILES, join(outdir, 'clusters'))
    .filter((entry) => entry.isDirectory() && !declared.has(`clusters/${entry.name}`))
    .map(({ name }) => ({ root: `clusters/${name}`, owners: ownersOf(join(outdir, 'clusters', name)) }))
    .filter(({ owners }) => owners.length > 0)
    .map(({ root, owners }) => ({ root, owner: owners.length === 1 ? owners[0] : undefined }))
    .sort((a, b) => (a.root < b.root ? -1 : 1));
}

function ownersOf(directory: string): string[] {
  const owner = ownerOfFile(join(directory, 'kustomization.yaml'));
  if (owner !== undefined) return [owner];
  const owners = listOrNothing(SYSTEM_FILES, directory).map(
    (entry) => entry.isFile() && ownerOfFile(join(directory, entry.name)),
  );
  return [...new Set(owners)].filter((o): o is string => typeof o === 'string');
}
