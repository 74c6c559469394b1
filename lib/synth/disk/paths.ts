import { sep } from 'node:path';
import type { Finding } from '../../finding.js';

/** Names of our stage directories: process and random part. */
export const STAGE_NAME = /^\.flux-fleet-(\d+)-([A-Za-z0-9]{6})$/;

const MAX_NAME_BYTES = 255;

/** True for a directory that is never looked into, and in which therefore nothing may be written. */
export function isClosed(name: string): boolean {
  return /^(\.git|node_modules)$/i.test(name) || STAGE_NAME.test(name);
}

/** Two paths with the same key are one file on a disk that ignores case. */
export function foldPath(path: string): string {
  return LOWER_ASCII.test(path) ? path : path.normalize('NFC').toLowerCase();
}

/** Most paths are so, and then nothing has to be made of them. */
const LOWER_ASCII = /^[ -@[-~]*$/;

/** The directories above a relative posix path, the outermost first; without the path itself and without ''. */
export function* ancestorsOf(path: string): Generator<string> {
  for (let i = path.indexOf('/'); i >= 0; i = path.indexOf('/', i + 1)) yield path.slice(0, i);
}

/** Joins two relative posix paths, of which the first may be ''. */
export function joinPath(root: string, path: string): string {
  return root === '' ? path : path === '' ? root : `${root}/${path}`;
}

/** The path on disk of what stands at a checked, relative posix path: as `join`, which would look at each character of both. */
export function pathBelow(directory: string, path: string): string {
  const local = sep === '/' ? path : path.replaceAll('/', sep);
  return directory.endsWith(sep) ? directory + local : directory + sep + local;
}

/** Is the path this directory, or below it? */
export function isWithin(path: string, directory: string): boolean {
  return directory === '' || path === directory || path.startsWith(`${directory}/`);
}

/** What is wrong with a relative posix path; undefined for a good one. */
function faultOf(path: string): string | undefined {
  if (path.startsWith('/') || /^[A-Za-z]:/.test(path)) return 'it is absolute';
  return firstOf(path.split('/'), faultOfName);
}

function faultOfName(name: string): string | undefined {
  if (name.includes('\\')) return 'it has a backslash';
  // eslint-disable-next-line no-control-regex -- these are what it looks for
  if (/[\x00-\x1f\x7f]/.test(name)) return 'it has a control character';
  if (name === '') return 'it has an empty name';
  if (name === '.' || name === '..') return `it has a name "${name}"`;
  if (name.length * 3 > MAX_NAME_BYTES && Buffer.byteLength(name) > MAX_NAME_BYTES)
    return `a name in it is ${Buffer.byteLength(name)} bytes long`;
  return isClosed(name) ? `nothing is written into "${name}"` : undefined;
}

function badPath(path: string, root: string, fault: string): Finding {
  return {
    rule: 'output-path',
    what: `${JSON.stringify(path)} is no path inside ${root === '' ? 'the output directory' : root}: ${fault}`,
    expected: `names of at most ${MAX_NAME_BYTES} bytes joined by "/", none of them empty, ".", "..", ".git" or "node_modules"`,
    fix: 'rename the object, the layer or the cluster whose name is in this path',
  };
}

/** Findings about the paths of a unit alone, before anything on disk is looked at. */
export function checkUnitPaths(root: string, exclude: readonly string[]): Finding[] {
  const all = root === '' ? exclude : [root, ...exclude];
  return all.flatMap((path) => {
    const fault = faultOf(path);
    return fault === undefined ? [] : [badPath(path, path === root ? '' : root, fault)];
  });
}

interface Spelled {
  readonly path: string;
  readonly kind: 'file' | 'directory';
  /** The file that brought it here */
  readonly file: string;
}

/** Findings about the paths of a unit's files: no good path, or two that cannot stand side by side on every disk. */
export function checkFilePaths(root: string, exclude: readonly string[], paths: Iterable<string>): Finding[] {
  const findings: Finding[] = [];
  const seen = new Map<string, Spelled>();
  /** Directories with nothing wrong about them: most files stand beside others. */
  const fine = new Set<string>();
  const clashOf = (mine: Spelled): Finding | undefined => {
    const key = foldPath(mine.path);
    const theirs = seen.get(key);
    if (theirs === undefined) seen.set(key, mine);
    return theirs && (theirs.path !== mine.path || theirs.kind !== mine.kind) ? clash(root, theirs, mine) : undefined;
  };
  for (const file of paths) {
    const end = file.lastIndexOf('/');
    const directory = end === -1 ? '' : file.slice(0, end);
    const isFine = fine.has(directory);
    const closed = isFine ? undefined : exclude.find((other) => isWithin(file, other));
    const fault = isFine ? faultOfName(file.slice(end + 1)) : faultOf(file);
    if (fault !== undefined || closed !== undefined) {
      findings.push(badPath(file, root, fault ?? `"${closed}" belongs to somebody else`));
      continue;
    }
    const directories = isFine
      ? []
      : [...ancestorsOf(file)].map((path) => ({ path, kind: 'directory', file }) as const);
    const all: Spelled[] = [...directories, { path: file, kind: 'file', file }];
    // One finding per pair of files is enough.
    const found = firstOf(all, clashOf);
    if (found) findings.push(found);
    else fine.add(directory);
  }
  return findings;
}

function firstOf<T, R>(items: readonly T[], find: (item: T) => R | undefined): R | undefined {
  for (const item of items) {
    const found = find(item);
    if (found !== undefined) return found;
  }
  return undefined;
}

function clash(root: string, a: Spelled, b: Spelled): Finding {
  const [first, second] = [joinPath(root, a.file), joinPath(root, b.file)];
  const both = `"${first}" and "${second}"`;
  const where = { file: second };
  const [rule, fix] = ['output-path-clash', 'rename one of the two objects or layers'];
  if (a.kind !== b.kind) {
    const expected = 'a path that is a file or a directory, not both';
    return { rule, what: `${both} cannot both exist: one is a directory of the other`, expected, fix, where };
  }
  const expected = 'paths that differ in more than upper and lower case';
  return { rule, what: `${both} are one ${a.kind} on a disk that ignores case`, expected, fix, where };
}
