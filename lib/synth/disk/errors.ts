import { types } from 'node:util';
import { displayPath } from '../../display-path.js';
import { FleetError } from '../../finding.js';
import type { Finding } from '../../finding.js';
import { markerLine } from './marker.js';

/** The code of a system error, for example `ENOENT`. */
export function codeOf(error: unknown): string | undefined {
  return types.isNativeError(error) ? (error as NodeJS.ErrnoException).code : undefined;
}

/** True for an error of the operating system; all others are mistakes in the code, and are shown as they are. */
export function isSystemError(error: unknown): boolean {
  return types.isNativeError(error) && 'syscall' in error;
}

/** True for errors that say that there is no such file. */
export function isAbsent(error: unknown): boolean {
  return ['ENOENT', 'ENOTDIR'].includes(codeOf(error) ?? '');
}

/** Node's text without the paths, which may be those of staged files: `ENOSPC: no space left on device (write)`. */
export function systemText(error: unknown): string {
  if (!types.isNativeError(error)) return String(error);
  return error.message.replace(/, (\w+)( '[\s\S]*)?$/, ' ($1)');
}

const FIXES: Readonly<Record<string, string>> = {
  ENOSPC: 'free space on the disk that holds this file, then synthesize again',
  EDQUOT: 'free space within your quota on the disk that holds this file, then synthesize again',
  EROFS: 'mount the file system for writing, or give another output directory',
  EACCES: 'give this user the right to read and write there (a run as root leaves files behind that belong to root)',
  EPERM: 'give this user the right to read and write there (a run as root leaves files behind that belong to root)',
  EXDEV: 'unmount the file system that is mounted inside of the output directory, or give that as output directory',
  EBUSY: 'close the program that holds this file open, then synthesize again',
  ENOTDIR: 'move away the file that stands where a directory is needed',
  EEXIST: 'move away what stands where a directory is needed',
  EISDIR: 'move away the directory that stands where a file is needed',
  ENAMETOOLONG: 'give the object or the layer a shorter name',
};

/** The system refused to read, write or remove something. `done` says what was tried and how things stand now. */
export function unwritable(done: string, path: string, error: unknown): FleetError {
  return new FleetError({
    rule: 'output-unwritable',
    what: done,
    given: systemText(error),
    fix: FIXES[codeOf(error) ?? ''] ?? 'mend what the system says, then synthesize again',
    where: { file: displayPath(path) },
  });
}

/** Runs one operation; a system error comes out as a {@link FleetError} that names the file. */
export function attempt<T>(what: string, path: string, operation: () => T): T {
  try {
    return operation();
  } catch (error) {
    throw isSystemError(error) ? unwritable(what, path, error) : error;
  }
}

/** What stands in the way of a file is not ours. */
export function foreign(path: string, given: string, owner: string): Finding {
  return {
    rule: 'output-foreign-file',
    what: 'a file of the output would overwrite something that this library did not write',
    expected: `nothing there, or a file whose first line is: ${markerLine(owner)}`,
    given,
    fix: 'delete it if this output is to take its place (Git keeps it); else move it away, or give the object another name',
    where: { file: displayPath(path) },
  };
}

/** Files of this unit belong to somebody else; one finding per owner, because it is often the whole directory. */
export function otherOwner(owner: string, other: string, paths: readonly string[]): Finding {
  const more = paths.length - 1;
  return {
    rule: 'output-other-owner',
    what: `files that ${owner} would write belong to ${other}`,
    expected: `files whose first line is: ${markerLine(owner)}`,
    given: `first line: ${markerLine(other)}${more > 0 ? `\n(and in ${more} more file${more > 1 ? 's' : ''})` : ''}`,
    fix: `if ${other} still declares this directory, give yours another name; if ${owner} takes it over, replace the first line of these files by the expected one, commit, and synthesize again`,
    where: { file: displayPath(paths[0]!) },
  };
}

/** Writing through a link would leave the output directory. */
export function symlink(path: string, target: string, expected: 'a directory' | 'a file'): Finding {
  return {
    rule: 'output-symlink',
    what: 'a path of the output leads through a symbolic link',
    expected: `${expected}: what is written through a link lands somewhere else, and Flux leaves links out`,
    given: `a link to ${target}`,
    fix: `remove the link${expected === 'a directory' ? ' and move the directory that it points to here' : ''}, then synthesize again`,
    where: { file: displayPath(path) },
  };
}

/** A disk that ignores case has the file under another spelling. */
export function otherSpelling(present: string, path: string): Finding {
  const [from, to] = [displayPath(present), displayPath(path)];
  return {
    rule: 'output-path-clash',
    what: 'a file of the output is on disk under another spelling, and this disk ignores case',
    expected: to,
    given: from,
    fix: `git mv '${from}' '${to}' (or rename the file, if Git does not know it), then synthesize again`,
    where: { file: from },
  };
}

/** Two units share a directory: each would remove the other's files. */
export function unitOverlap(first: string, second: string, owners: readonly [string, string]): FleetError {
  const name = (root: string) => (root === '' ? 'the whole output directory' : `"${root}"`);
  return new FleetError({
    rule: 'output-path-clash',
    what: `${name(first)} of ${owners[0]} and ${name(second)} of ${owners[1]} overlap`,
    expected: 'a directory of its own for every cluster and repository, also on a disk that ignores case',
    fix: 'rename one of the two clusters, or give the repository an output directory of its own',
  });
}

/** Somebody else wrote while this run was under way. */
export function changedMeanwhile(path: string): FleetError {
  return new FleetError({
    rule: 'output-changed',
    what: 'a file of the output changed while this run was under way, which therefore gave up',
    fix: 'wait until the other program is done (a second synth, an editor, git), then synthesize again',
    where: { file: displayPath(path) },
  });
}

/** The worst case: after an error some old contents could not be put back. They are kept, and this says where. */
export function notRestored(lost: readonly { path: string; kept?: string }[]): Finding {
  const rows = lost.map(({ path, kept }) => {
    const place = kept === undefined ? 'is new and could not be removed' : `its old content is in ${displayPath(kept)}`;
    return `${displayPath(path)}: ${place}`;
  });
  return {
    rule: 'output-not-restored',
    what: 'and not everything could be put back as it was: do not commit or publish the output directory',
    given: rows.join('\n'),
    fix: 'copy these old contents back (or use git restore), remove the directory that kept them, then synthesize again',
  };
}
