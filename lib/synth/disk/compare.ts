import { readFileSync, readlinkSync } from 'node:fs';
import type { Stats } from 'node:fs';
import { join } from 'node:path';
import type { Finding } from '../../finding.js';
import { attempt, foreign, otherOwner, otherSpelling, symlink } from './errors.js';
import { kindAt, ownerOfFile, readTree, statOf } from './operations.js';
import type { EntryKind, FileOperations } from './operations.js';
import { ancestorsOf, foldPath, isWithin, joinPath, pathBelow } from './paths.js';
import type { BootstrapFiles } from './gotk.js';
import { markerLine, ownerOf } from './marker.js';

/** A directory of the output with one owner: a cluster's, or a repository's whole output. */
export interface OutputUnit {
  /** Stands in the first line of every file, for example `fleet "staging"` or `repository "infra"`. */
  readonly owner: string;
  /** Posix path relative to the output directory, for example `clusters/staging`; '' for a repository. */
  readonly root: string;
  /** Directories (posix, relative to `root`) that are never looked into. */
  readonly exclude?: readonly string[];
}

/** A file as it should be. */
export interface OutputFile {
  /** The content without the marker line, which the writer puts in front. */
  readonly text: string;
  /** Stands in for a file that others write (`flux bootstrap`): written only where there is none. */
  readonly placeholder?: boolean;
}

/** What the comparison needs from the transaction. */
export interface CompareContext {
  readonly outdir: string;
  readonly operations: FileOperations;
  readonly bootstrap: BootstrapFiles;
  /** Takes a file that is new or differs; `before` is the one on disk. */
  readonly change: (path: string, content: string | Buffer, before: Stats | undefined) => void;
}

/** The outcome for one unit; the paths are relative to its root. Where there are findings, nothing may be written. */
export interface Comparison {
  readonly findings: readonly Finding[];
  readonly unchanged: number;
  readonly removals: readonly string[];
  /** Removals that have to come first: files where a directory is needed, or in a directory where a file is needed. */
  readonly blockers: readonly string[];
}

/** Compares a unit's files, whose paths have been checked, with the disk. Changes nothing there. */
export function compareUnit(
  unit: OutputUnit,
  files: ReadonlyMap<string, OutputFile>,
  context: CompareContext,
): Comparison {
  const inTheWay = obstacleAbove(unit, context.outdir);
  if (inTheWay !== undefined) return { findings: [inTheWay], unchanged: 0, removals: [], blockers: [] };
  return new UnitComparison(unit, files, context).run();
}

/** A link or a file where the unit's own directory should be, or one above it. */
function obstacleAbove(unit: OutputUnit, outdir: string): Finding | undefined {
  if (unit.root === '') return undefined;
  for (const directory of [...ancestorsOf(unit.root), unit.root]) {
    const path = join(outdir, directory);
    const kind = kindAt(path);
    if (kind === undefined) return undefined;
    if (kind !== 'directory') return obstacle(path, kind, 'a directory', unit.owner);
  }
  return undefined;
}

function obstacle(path: string, kind: EntryKind, expected: 'a directory' | 'a file', owner: string): Finding {
  if (kind === 'link') return symlink(path, readlinkSync(path), expected);
  const given = { file: 'a file where a directory is needed', directory: 'a directory that is not empty' };
  return foreign(path, kind === 'other' ? 'neither a file nor a directory that may be read' : given[kind], owner);
}

class UnitComparison {
  readonly #top: string;
  readonly #tree: ReadonlyMap<string, EntryKind>;
  readonly #marker: string;
  readonly #findings: Finding[] = [];
  readonly #ofOthers = new Map<string, string[]>();
  readonly #stale = new Set<string>();
  /** Directories of which it is known that nothing is there. */
  readonly #absent = new Set<string>();
  #unchanged = 0;

  constructor(
    private readonly unit: OutputUnit,
    private readonly files: ReadonlyMap<string, OutputFile>,
    private readonly context: CompareContext,
  ) {
    this.#top = join(context.outdir, unit.root);
    this.#tree = readTree(context.operations, this.#top, new Set(unit.exclude));
    this.#marker = `${markerLine(unit.owner)}\n`;
  }

  run(): Comparison {
    for (const [path, kind] of this.#tree) {
      if (kind !== 'file' || this.files.has(path)) continue;
      if (ownerOfFile(join(this.#top, path)) === this.unit.owner) this.#stale.add(path);
    }
    const directories = directoriesOf(this.files.keys());
    for (const directory of directories) this.#checkDirectory(directory);
    for (const [path, file] of this.files) {
      const at = pathBelow(this.#top, path);
      attempt('a file of the output cannot be read; nothing has changed', at, () => this.#compare(path, at, file));
    }
    for (const [owner, paths] of this.#ofOthers) this.#findings.push(otherOwner(this.unit.owner, owner, paths));
    const blocks = (path: string) => directories.has(path) || [...ancestorsOf(path)].some((d) => this.files.has(d));
    return {
      findings: this.#findings,
      unchanged: this.#unchanged,
      removals: [...this.#stale].filter((path) => !blocks(path)),
      blockers: [...this.#stale].filter(blocks),
    };
  }

  #checkDirectory(path: string): void {
    const kind = this.#tree.get(path);
    if (kind === undefined || kind === 'directory' || this.#stale.has(path)) return;
    this.#findings.push(obstacle(join(this.#top, path), kind, 'a directory', this.unit.owner));
  }

  #compare(path: string, at: string, file: OutputFile): void {
    const kind = this.#tree.get(path) ?? this.#unlisted(path, at);
    if (kind === undefined) return this.#compareNew(path, file);
    if (kind === 'refused') return;
    if (kind === 'file') return this.#compareExisting(path, at, file);
    if (kind === 'directory' && this.#becomesEmpty(path)) return this.#compareNew(path, file);
    this.#findings.push(obstacle(at, kind, 'a file', this.unit.owner));
  }

  /**
   * What stands at a path that the listing does not have. A disk that ignores case finds a file by another spelling: to
   * write it and to remove the old spelling would be to lose it.
   */
  #unlisted(path: string, at: string): EntryKind | 'refused' | undefined {
    const kind = this.#isAbsent(directoryOf(path)) ? undefined : kindAt(at);
    if (kind === undefined) return undefined;
    const key = foldPath(path);
    const spelling = [...this.#tree.keys()].find((other) => foldPath(other) === key);
    if (spelling === undefined) return kind;
    this.#findings.push(otherSpelling(join(this.#top, spelling), at));
    return 'refused';
  }

  /** True for a directory that is not there: a new cluster has hundreds of files, and none has to be looked for. */
  #isAbsent(directory: string): boolean {
    if (this.#absent.has(directory)) return true;
    if (this.#tree.has(directory) || (directory === '' && this.#tree.size > 0)) return false;
    const above = directory === '' ? undefined : directoryOf(directory);
    const isAbsent = (above !== undefined && this.#isAbsent(above)) || kindAt(join(this.#top, directory)) === undefined;
    if (isAbsent) this.#absent.add(directory);
    return isAbsent;
  }

  /** Is everything in this directory ours, and to be removed? */
  #becomesEmpty(directory: string): boolean {
    for (const [path, kind] of this.#tree) {
      if (path !== directory && isWithin(path, directory) && kind !== 'directory' && !this.#stale.has(path))
        return false;
    }
    return [...this.#stale].some((path) => isWithin(path, directory));
  }

  #compareNew(path: string, file: OutputFile): void {
    const placed = joinPath(this.unit.root, path);
    const standIn = file.placeholder ? this.context.bootstrap.standIn(placed) : undefined;
    if (standIn?.kind === 'refused') this.#findings.push(standIn.finding);
    else if (standIn?.kind === 'copy') this.context.change(placed, standIn.bytes, undefined);
    else this.context.change(placed, this.#marker + file.text, undefined);
  }

  #compareExisting(path: string, at: string, file: OutputFile): void {
    if (file.placeholder) {
      this.#unchanged++;
      return;
    }
    const content = this.#marker + file.text;
    if (isText(at, content)) {
      this.#unchanged++;
      return;
    }
    // The state before the reading: what somebody writes after it is noticed at the commit.
    const before = statOf(at);
    const given = readFileSync(at);
    const owner = ownerOf(given);
    if (owner === undefined) {
      this.#findings.push(foreign(at, describe(given), this.unit.owner));
    } else if (owner !== this.unit.owner) {
      const paths = this.#ofOthers.get(owner);
      if (paths === undefined) this.#ofOthers.set(owner, [at]);
      else paths.push(at);
    } else {
      this.context.change(joinPath(this.unit.root, path), content, before);
    }
  }
}

/** All directories that are above some of the files. */
function directoriesOf(files: Iterable<string>): ReadonlySet<string> {
  const directories = new Set<string>();
  for (const file of files) {
    // What is above one that is known is known too.
    for (let path = directoryOf(file); path !== '' && !directories.has(path); path = directoryOf(path)) {
      directories.add(path);
    }
  }
  return directories;
}

function directoryOf(path: string): string {
  const end = path.lastIndexOf('/');
  return end === -1 ? '' : path.slice(0, end);
}

/** Whether a file is, byte for byte, this text. What stands for a byte that is no text might be in the text itself. */
function isText(path: string, text: string): boolean {
  return (
    readFileSync(path, 'utf8') === text && (!text.includes('\uFFFD') || readFileSync(path).equals(Buffer.from(text)))
  );
}

/** A foreign file by its first line. */
function describe(content: Buffer): string {
  if (content.length === 0) return 'an empty file';
  const line = content.toString('utf8', 0, 400).split(/\r?\n/, 1)[0]!;
  // eslint-disable-next-line no-control-regex -- bytes that would disturb a terminal
  const shown = line.replace(/[\x00-\x1f\x7f\uFFFD]/g, '?');
  return `first line: ${shown.length > 100 ? `${shown.slice(0, 97)}...` : shown}`;
}
