import { accessSync, constants } from 'node:fs';
import { dirname, relative } from 'node:path';
import { FleetError, isFleetError } from '../../finding.js';
import { changedMeanwhile, codeOf, isAbsent, isSystemError, notRestored, unwritable } from './errors.js';
import { isSame, kindAt, ownerOfFile, stampOf, statOf } from './operations.js';
import type { FileOperations, Stamp } from './operations.js';
import type { StageDirectory } from './stage.js';

/** A file that is to be written, or a directory that is new: the content waits in the stage directory. */
export interface Change {
  readonly target: string;
  readonly staged: string;
  /** The file as it was when it was compared; undefined for a new one */
  readonly before?: Stamp;
}

/** One of our own files that is to go. */
export interface Removal {
  readonly target: string;
  readonly owner: string;
}

/** Everything that a commit does. */
export interface Plan {
  readonly outdir: string;
  readonly changes: readonly Change[];
  readonly removals: readonly Removal[];
  /** Our own files that stand where a directory is needed, or in a directory that stands where a file is needed */
  readonly blockers: readonly Removal[];
}

/** Left there, because a directory that stays empty harms nobody: not empty, gone, in use, or not ours to remove. */
const LEAVE_DIRECTORY = ['ENOTEMPTY', 'EEXIST', 'ENOENT', 'EBUSY', 'EPERM', 'EACCES'];

interface Undo {
  readonly path: string;
  /** Where the old content is as long as it is not back */
  readonly kept?: string;
  readonly run: () => void;
}

/** Does the operations of a commit one after the other, and takes all of them back if one fails. */
export class Journal {
  readonly #undo: Undo[] = [];
  readonly #directories = new Set<string>();
  /** What is being done at the moment, for the text of an error */
  #now = { what: 'written', path: '' };

  constructor(
    private readonly files: FileOperations,
    private readonly stage: StageDirectory,
  ) {}

  /** Carries out the plan; after an error everything is as before, and the error says so. */
  run(plan: Plan): void {
    try {
      this.#prepare(plan);
      this.#removeAll(plan.outdir, plan.blockers);
      for (const { target } of plan.changes) this.#makeDirectories(dirname(target));
      for (const change of plan.changes) this.#place(change);
      this.#removeAll(plan.outdir, plan.removals);
    } catch (error) {
      throw this.#undoAll(error);
    }
  }

  /**
   * Finds a directory that may not be written before the first file is touched, and notes those that are made or emptied.
   */
  #prepare(plan: Plan): void {
    const emptied = above(plan, [...plan.blockers, ...plan.removals]);
    const made = above(plan, plan.changes).filter((directory) => kindAt(directory) !== 'directory');
    for (const directory of new Set([...plan.changes, ...plan.removals].map(({ target }) => dirname(target)))) {
      this.#now = { what: 'written', path: directory };
      if (kindAt(directory) === 'directory') checkAccess(directory);
    }
    this.#now = { what: 'written', path: plan.outdir };
    const noted = [...new Set([...emptied, ...made])];
    if (noted.length > 0) this.stage.note(noted.map((directory) => relative(plan.outdir, directory)));
  }

  #makeDirectories(directory: string): void {
    if (this.#directories.has(directory)) return;
    const kind = kindAt(directory);
    // A link that appeared since the comparison would lead out of the output directory.
    if (kind === 'link') throw changedMeanwhile(directory);
    if (kind !== 'directory') this.#makeDirectory(directory, 3);
    this.#directories.add(directory);
  }

  #makeDirectory(directory: string, attempts: number): void {
    this.#makeDirectories(dirname(directory));
    this.#now = { what: 'created', path: directory };
    try {
      this.files.makeDirectory(directory);
      this.#undo.push({ path: directory, run: () => this.#removeIfEmpty(directory) });
    } catch (error) {
      // Another process may make `clusters/` at the same moment, or remove it, because it has emptied it.
      if (codeOf(error) === 'EEXIST' && kindAt(directory) === 'directory') return;
      if (codeOf(error) !== 'ENOENT' || attempts === 0) throw error;
      this.#directories.clear();
      this.#makeDirectory(directory, attempts - 1);
    }
  }

  /** Keeps the old content, then moves the new one into its place in one step. */
  #place({ target, staged, before }: Change): void {
    this.#now = { what: 'written', path: target };
    if (!isSame(before, stampOf(statOf(target)))) throw changedMeanwhile(target);
    const kept = before && this.stage.reserve();
    if (kept !== undefined) this.#keep(target, kept);
    this.#moveIn(staged, target, 3);
    this.#undo.push({
      path: target,
      kept,
      // What is new goes back to where it came from, a directory with all that is in it.
      run: () => this.files.rename(kept ?? target, kept === undefined ? staged : target),
    });
  }

  #moveIn(staged: string, target: string, attempts: number): void {
    this.#now = { what: 'written', path: target };
    try {
      this.files.rename(staged, target);
    } catch (error) {
      // Another process may have removed `clusters/` at this moment, because it has emptied it.
      if (codeOf(error) !== 'ENOENT' || attempts === 0 || kindAt(staged) === undefined) throw error;
      this.#directories.clear();
      this.#makeDirectories(dirname(target));
      this.#moveIn(staged, target, attempts - 1);
    }
  }

  #keep(target: string, kept: string): void {
    try {
      this.files.link(target, kept);
    } catch {
      this.files.copy(target, kept); // Not every file system has hard links.
    }
  }

  #removeAll(outdir: string, removals: readonly Removal[]): void {
    for (const removal of removals) this.#remove(removal);
    const emptied = [...new Set(removals.map(({ target }) => dirname(target)))].sort((a, b) => b.length - a.length);
    for (const directory of emptied) {
      for (let at = directory; at !== outdir && this.#removeDirectory(at); at = dirname(at));
    }
  }

  #remove({ target, owner }: Removal): void {
    this.#now = { what: 'removed', path: target };
    if (ownerOfFile(target) !== owner) throw changedMeanwhile(target);
    const kept = this.stage.reserve();
    this.files.rename(target, kept);
    this.#undo.push({ path: target, kept, run: () => this.files.rename(kept, target) });
  }

  /** Removes a directory that our removals have emptied; false if it has to stay. */
  #removeDirectory(directory: string): boolean {
    this.#now = { what: 'removed', path: directory };
    const mode = statOf(directory)?.mode;
    if (!this.#removeIfEmpty(directory)) return false;
    this.#undo.push({ path: directory, run: () => this.files.makeDirectory(directory, mode && mode & 0o7777) });
    return true;
  }

  #removeIfEmpty(directory: string): boolean {
    try {
      this.files.removeDirectory(directory);
      return true;
    } catch (error) {
      if (LEAVE_DIRECTORY.includes(codeOf(error) ?? '')) return false;
      throw error;
    }
  }

  /** Puts everything back, the last first, and makes the error that says how things stand. */
  #undoAll(error: unknown): unknown {
    const lost = this.#undo.reverse().filter((undo) => !succeeds(undo));
    const end = lost.length === 0 ? '; everything is as it was before' : '';
    const { what, path } = this.#now;
    const cause = isSystemError(error)
      ? unwritable(`a path of the output cannot be ${what}${end}`, path, error)
      : error;
    if (lost.length === 0) return cause;
    this.stage.abandon();
    return new FleetError([...(isFleetError(cause) ? cause.findings : []), notRestored(lost)]);
  }
}

/** Refuses a directory that may not be written. One that another process has just removed, is made again. */
function checkAccess(directory: string): void {
  try {
    accessSync(directory, constants.W_OK | constants.X_OK);
  } catch (error) {
    if (!isAbsent(error)) throw error;
  }
}

/** All the directories between the output directory and these files. */
function above(plan: Plan, files: readonly { readonly target: string }[]): string[] {
  const found = new Set<string>();
  for (const { target } of files) {
    for (let at = dirname(target); at !== plan.outdir && !found.has(at); at = dirname(at)) found.add(at);
  }
  return [...found];
}

function succeeds(undo: Undo): boolean {
  try {
    undo.run();
    return true;
  } catch (error) {
    return undo.kept === undefined && isAbsent(error); // A new file that is gone already
  }
}
