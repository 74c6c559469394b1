import * as fs from 'node:fs';
import { hostname } from 'node:os';
import { dirname, join, sep } from 'node:path';
import { attempt, codeOf } from './errors.js';
import type { FileOperations } from './operations.js';
import { STAGE_NAME } from './paths.js';

/** This file makes a stage directory ours, and keeps Git from looking at what a killed run leaves behind. */
const OWN_FILE = '.gitignore';
/** Directories that this run makes or empties: a killed run can leave them behind without anything in them. */
const DIRECTORIES = 'directories';
const OWN_TEXT = /^# flux-fleet stage (\{.*\})\n\*\n$/;
const DAY_MS = 86_400_000;

interface StageOwner {
  readonly host: string;
  readonly started: number;
}

/**
 * The directory inside the output directory (so on the same file system) that holds new files until they are all there,
 * and old ones until the new ones are in place. It lies outside of all clusters, and Git ignores it; single files in it have
 * no `.yaml` in their name, and whole new directories ({@link StageTree}) stand under a number. It is made at the first
 * file.
 */
export class StageDirectory {
  #path: string | undefined;
  #madeOutdir: string | undefined;
  #next = 0;

  constructor(
    private readonly outdir: string,
    private readonly files: FileOperations,
  ) {}

  /** A path inside that is not in use. */
  reserve(): string {
    return join((this.#path ??= this.#make()), String(this.#next++));
  }

  /** Remembers directories (relative to the output directory), so that after a kill the next run removes the empty ones. */
  note(directories: readonly string[]): void {
    this.#path ??= this.#make();
    this.files.write(join(this.#path, DIRECTORIES), JSON.stringify(directories));
  }

  /** Removes the directory; and the output directory too, if it was made for it and `withOutdir` is given. */
  discard(withOutdir: boolean): void {
    if (this.#path !== undefined) remove(this.#path);
    if (withOutdir && this.#madeOutdir !== undefined) removeEmpty(this.outdir, this.#madeOutdir);
    this.#path = this.#madeOutdir = undefined;
  }

  /** Leaves the directory to the user: no later run cleans it away. For old contents that could not be put back. */
  abandon(): void {
    if (this.#path !== undefined) fs.rmSync(join(this.#path, OWN_FILE), { force: true });
    this.#path = undefined;
  }

  #make(): string {
    return attempt('the output directory cannot be written; nothing in it has changed', this.outdir, () => {
      this.#madeOutdir ??= fs.mkdirSync(this.outdir, { recursive: true });
      const path = fs.mkdtempSync(join(this.outdir, `.flux-fleet-${process.pid}-`));
      this.#path = path;
      const owner: StageOwner = { host: hostname(), started: Date.now() };
      this.files.write(join(path, OWN_FILE), `# flux-fleet stage ${JSON.stringify(owner)}\n*\n`);
      return path;
    });
  }
}

/** A directory that is staged whole, because nothing stands at its place yet. */
export class StageTree {
  #staged: string | undefined;
  readonly #made = new Set<string>();

  constructor(
    private readonly stage: StageDirectory,
    private readonly files: FileOperations,
    /** Where the directory is to be. */
    readonly target: string,
  ) {}

  /** Where it is until then; it is made at the first file. */
  get staged(): string {
    return (this.#staged ??= this.stage.reserve());
  }

  /** Writes a file that is to be in the directory; true for the first one. */
  write(path: string, content: string | Uint8Array): boolean {
    const isFirst = this.#staged === undefined;
    const at = this.staged + path.slice(this.target.length);
    this.#makeDirectory(dirname(at));
    this.files.write(at, content);
    return isFirst;
  }

  #makeDirectory(directory: string): void {
    if (this.#made.has(directory)) return;
    if (directory !== this.staged) this.#makeDirectory(dirname(directory));
    this.files.makeDirectory(directory);
    this.#made.add(directory);
  }
}

/** Removes what killed runs left in the output directory; what a live process is working on stays. */
export function removeLeftovers(outdir: string): void {
  for (const entry of listOrNothing(outdir)) {
    const pid = STAGE_NAME.exec(entry.name)?.[1];
    if (pid === undefined || !entry.isDirectory()) continue;
    const path = join(outdir, entry.name);
    const text = readOrNothing(join(path, OWN_FILE));
    if (text === '') removeBarelyMade(path, Number(pid));
    else if (isLeftover(text, Number(pid))) finish(outdir, path);
  }
}

/** Does what a killed run did not come to: removes the directories that it left empty, and its stage directory. */
function finish(outdir: string, stage: string): void {
  const directories = parse(readOrNothing(join(stage, DIRECTORIES)));
  const paths = (Array.isArray(directories) ? directories : []).map((path) => join(outdir, String(path)));
  for (const path of paths.sort((a, b) => b.length - a.length)) {
    try {
      // Only an empty directory can be removed like this; and one that a link leads to is none of ours.
      if (path.startsWith(outdir + sep) && fs.realpathSync(path) === path) fs.rmdirSync(path);
    } catch {
      // It is in use, or gone.
    }
  }
  remove(stage);
}

function isLeftover(text: string, pid: number): boolean {
  const owner = parseOwner(text);
  if (owner === undefined) return false;
  // Another machine or container that shares this disk: its processes cannot be seen from here, but no synth takes a day.
  if (owner.host !== hostname()) return Date.now() - owner.started > DAY_MS;
  // In a container every run may have the same process id.
  if (pid === process.pid) return owner.started < Date.now() - process.uptime() * 1000 - 5000;
  return !isAlive(pid);
}

function parseOwner(text: string): StageOwner | undefined {
  const owner = parse(OWN_TEXT.exec(text)?.[1] ?? '') as Partial<StageOwner> | undefined;
  return typeof owner?.host === 'string' && typeof owner.started === 'number' ? (owner as StageOwner) : undefined;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Killed between the making of the directory and its first file. Never recursive: whatever else is in it stays. */
function removeBarelyMade(path: string, pid: number): void {
  if (isAlive(pid)) return;
  try {
    if (!fs.readdirSync(path).every((name) => name === OWN_FILE)) return;
    fs.rmSync(join(path, OWN_FILE), { force: true });
    fs.rmdirSync(path);
  } catch {
    // It harms nobody; a later run tries again.
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return codeOf(error) !== 'ESRCH';
  }
}

function listOrNothing(directory: string): fs.Dirent[] {
  try {
    return fs.readdirSync(directory, { withFileTypes: true });
  } catch {
    return [];
  }
}

function readOrNothing(path: string): string {
  try {
    return fs.readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

/** What makes the directory ours goes last: killed in the middle of this, a later run still knows that it may go on. */
function remove(path: string): void {
  try {
    for (const name of fs.readdirSync(path)) {
      if (name !== OWN_FILE) fs.rmSync(join(path, name), { recursive: true });
    }
    fs.rmSync(path, { recursive: true, force: true });
  } catch {
    // It harms nobody; a later run tries again.
  }
}

/** Removes the directory and those above it up to `last`, as long as they are empty. */
function removeEmpty(directory: string, last: string): void {
  try {
    for (let at = directory; at.startsWith(last); at = dirname(at)) fs.rmdirSync(at);
  } catch {
    // Somebody else has put something there.
  }
}
