import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { join, relative, resolve, sep } from 'node:path';
import { promisify } from 'node:util';
import { FleetError } from '../finding.js';

const execute = promisify(execFile);

/** A temporary directory for as long as it is used; it is gone afterwards, also where the user interrupts. */
export async function withScratch<T>(use: (scratch: string, signal: AbortSignal) => Promise<T>): Promise<T> {
  const scratch = realpathSync(mkdtempSync(join(tmpdir(), 'flux-fleet-check-')));
  const remove = (): void => rmSync(scratch, { recursive: true, force: true, maxRetries: 3 });
  const aborted = new AbortController();
  const stop = (name: NodeJS.Signals): void => {
    aborted.abort();
    remove();
    process.exit(128 + constants.signals[name]);
  };
  process.once('SIGINT', stop).once('SIGTERM', stop);
  try {
    return await use(scratch, aborted.signal);
  } finally {
    process.off('SIGINT', stop).off('SIGTERM', stop);
    remove();
  }
}

/** The top of the Git repository that a directory is in; undefined where it is in none. */
export async function topOf(directory: string): Promise<string | undefined> {
  try {
    return (await git(directory, ['rev-parse', '--show-toplevel'])).replace(/\n$/, '');
  } catch {
    return undefined;
  }
}

/**
 * Writes a repository as it was in a revision into a temporary directory; the working tree and the index stay as they
 * are. Not by `git archive`, which leaves out what `.gitattributes` marks as `export-ignore`: Flux does not.
 *
 * @returns the directory's own place in it
 * @throws FleetError where the directory is in no repository, or the revision does not exist or has no such directory
 */
export async function exportRevision(
  directory: string,
  revision: string,
  scratch: string,
  signal: AbortSignal,
): Promise<string> {
  const top = await topOf(directory);
  if (top === undefined) {
    throw new FleetError({
      rule: 'no-repository',
      what: `--revision ${revision} needs a Git repository`,
      expected: 'a directory of a working copy, and git in the PATH',
      given: directory,
    });
  }
  const commit = await commitOf(top, revision);
  const below = relative(realpathSync(top), realpathSync(directory)).replaceAll(sep, '/');
  const tree = join(scratch, 'tree');
  const run = (...args: string[]): Promise<string> =>
    git(top, args, { signal, env: { GIT_INDEX_FILE: join(scratch, 'index') } });
  if (below !== '' && (await run('ls-tree', '-d', commit, '--', below)) === '') throw noSuchDirectory(below, revision);
  await run('read-tree', commit);
  await run('checkout-index', '--all', `--prefix=${tree}/`);
  mkdirSync(tree, { recursive: true });
  return resolve(tree, below);
}

async function commitOf(top: string, revision: string): Promise<string> {
  try {
    return (await git(top, ['rev-parse', '--verify', '--quiet', '--end-of-options', `${revision}^{commit}`])).trim();
  } catch {
    throw new FleetError({
      rule: 'no-revision',
      what: 'there is no such revision',
      expected: 'a branch, tag or commit that this working copy has',
      given: revision,
      fix: 'fetch it first; in CI, check out with the full history (`fetch-depth: 0`)',
    });
  }
}

function noSuchDirectory(below: string, revision: string): FleetError {
  return new FleetError({
    rule: 'no-directory',
    what: `the directory is not in the revision ${revision}`,
    expected: 'a directory that was committed',
    given: below,
  });
}

interface GitOptions {
  readonly env?: NodeJS.ProcessEnv;
  readonly signal?: AbortSignal;
}

async function git(directory: string, args: readonly string[], { env, signal }: GitOptions = {}): Promise<string> {
  const options = { env: { ...process.env, ...env }, signal, maxBuffer: 64 * 1024 * 1024 };
  const { stdout } = await execute('git', ['-C', directory, ...args], options);
  return stdout;
}
