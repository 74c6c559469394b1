import { execFileSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import type { Finding } from '../../finding.js';
import { attempt, codeOf, isAbsent, systemText } from './errors.js';
import { displayPath } from '../../display-path.js';

/**
 * What is written for a file of Flux's bootstrap that is not on disk: the placeholder, a copy of the real one, or nothing,
 * because it is lost (or it cannot be known whether it is).
 */
export type StandIn =
  | { readonly kind: 'placeholder' }
  | { readonly kind: 'copy'; readonly bytes: Buffer }
  | { readonly kind: 'refused'; readonly finding: Finding };

/** Decides about the files that `flux bootstrap` writes into our directories, where they are missing. */
export class BootstrapFiles {
  readonly #head: HeadFiles;
  readonly #normalHead: HeadFiles | undefined;

  /** `copyFrom`: the normal output directory, if the output goes somewhere else this time. */
  constructor(
    private readonly outdir: string,
    private readonly copyFrom: string | undefined,
  ) {
    this.#head = new HeadFiles(outdir);
    this.#normalHead = copyFrom === undefined ? undefined : new HeadFiles(copyFrom);
  }

  /** For a path (posix, relative to the output directory) at which there is nothing. */
  standIn(path: string): StandIn {
    const refused = findLost(this.#head, this.outdir, path);
    if (refused !== undefined) return { kind: 'refused', finding: refused };
    if (this.copyFrom === undefined || this.#normalHead === undefined) return { kind: 'placeholder' };
    const bytes = readOrNothing(join(this.copyFrom, path));
    if (bytes !== undefined) return { kind: 'copy', bytes };
    const lost = findLost(this.#normalHead, this.copyFrom, path);
    return lost === undefined ? { kind: 'placeholder' } : { kind: 'refused', finding: lost };
  }
}

function findLost(head: HeadFiles, directory: string, path: string): Finding | undefined {
  const answer = head.has(path);
  if (answer === false) return undefined;
  const file = displayPath(join(directory, path));
  return answer === true ? lost(file) : unknown(file, answer.failure);
}

function lost(file: string): Finding {
  return {
    rule: 'output-lost-bootstrap-file',
    what: "a file that flux bootstrap wrote is in Git's HEAD, but not on disk",
    expected: "the file of HEAD; a placeholder in its place would drop Flux's own manifests from Git",
    // From HEAD, not from the index: that helps after `git rm` too.
    fix: `git restore --source=HEAD ${/[^\w./-]/.test(file) ? `'${file.replaceAll("'", "'\\''")}'` : file}\n(or commit its removal first, if this cluster is to be bootstrapped anew)`,
    where: { file },
  };
}

function unknown(file: string, failure: string): Finding {
  return {
    rule: 'output-git-failed',
    what: 'a file of flux bootstrap is not on disk, and Git does not say whether HEAD has it',
    given: failure,
    fix: 'make "git ls-tree HEAD" work in this directory as this user, then synthesize again',
    where: { file },
  };
}

function readOrNothing(path: string): Buffer | undefined {
  return attempt('a file of flux bootstrap cannot be copied from the normal output directory', path, () => {
    try {
      return readFileSync(path);
    } catch (error) {
      if (isAbsent(error)) return undefined;
      throw error;
    }
  });
}

type Answer = boolean | { readonly failure: string };

/** Which files Git's HEAD has in a directory that need not be on disk itself. Asks Git once for each file name. */
class HeadFiles {
  readonly #byName = new Map<string, ReadonlySet<string> | { readonly failure: string }>();

  constructor(private readonly directory: string) {}

  has(path: string): Answer {
    const name = path.slice(path.lastIndexOf('/') + 1);
    let found = this.#byName.get(name);
    if (found === undefined) this.#byName.set(name, (found = this.#read(name)));
    return 'failure' in found ? found : found.has(path);
  }

  /** All the paths of this file name at once: one process for a fleet of thousands, and little to remember. */
  #read(name: string): ReadonlySet<string> | { readonly failure: string } {
    const base = existingDirectory(this.directory);
    const below = relative(base, this.directory).replaceAll(sep, '/');
    const prefix = below === '' ? '' : `${below}/`;
    try {
      const paths = git(base, ['ls-tree', '-r', '-z', '--name-only', 'HEAD', ...(prefix === '' ? [] : ['--', prefix])]);
      const ours = paths.split('\0').filter((path) => path === prefix + name || path.endsWith(`/${name}`));
      return new Set(ours.map((path) => path.slice(prefix.length)));
    } catch (error) {
      return isWithoutHead(error) ? new Set() : { failure: stderrOf(error) };
    }
  }
}

/** The directory, or the nearest one above it that exists: all of dist/ may have been deleted. */
function existingDirectory(path: string): string {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) return path;
  const above = dirname(path);
  return above === path ? path : existingDirectory(above);
}

function git(directory: string, args: readonly string[]): string {
  const env: NodeJS.ProcessEnv = { ...process.env, LC_ALL: 'C' };
  // Set inside of Git hooks, where the first one is often relative to a directory that is not ours.
  for (const name of ['GIT_DIR', 'GIT_WORK_TREE', 'GIT_COMMON_DIR', 'GIT_INDEX_FILE', 'GIT_PREFIX']) delete env[name];
  return execFileSync('git', ['-C', directory, ...args], {
    env,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    maxBuffer: Infinity,
  });
}

/** No Git, no repository, or no commit in it: then nothing can be lost. */
function isWithoutHead(error: unknown): boolean {
  return codeOf(error) === 'ENOENT' || /not a git repository|Not a valid object name HEAD/i.test(stderrOf(error));
}

function stderrOf(error: unknown): string {
  const text = (error as { stderr?: unknown }).stderr;
  if (typeof text === 'string' && text.trim() !== '') return text.trim();
  return systemText(error);
}
