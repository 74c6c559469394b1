import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach } from '@jest/globals';
import { FleetError } from '../../lib/finding.js';

/** Files by posix path. */
export type Files = Record<string, string>;

const made: string[] = [];

afterEach(() => {
  for (const path of made.splice(0)) fs.rmSync(path, { recursive: true, force: true });
});

/** A directory of its own for one test, removed after it. */
export function tempDir(): string {
  const path = fs.realpathSync(fs.mkdtempSync(join(tmpdir(), 'flux-fleet-test-')));
  made.push(path);
  return path;
}

/** Writes files below a directory; a path that ends in "/" makes an empty directory. */
export function writeFiles(directory: string, files: Readonly<Files>): void {
  for (const [path, text] of Object.entries(files)) {
    const at = join(directory, path);
    fs.mkdirSync(path.endsWith('/') ? at : dirname(at), { recursive: true });
    if (!path.endsWith('/')) fs.writeFileSync(at, text);
  }
}

/** Every entry below a directory, sorted. Directories end in "/", links are shown as "-> target". */
function entriesOf(directory: string, below = ''): string[] {
  return fs
    .readdirSync(join(directory, below), { withFileTypes: true })
    .map((entry) => (entry.isDirectory() ? `${below}${entry.name}/` : `${below}${entry.name}`))
    .sort()
    .flatMap((path) => (path.endsWith('/') ? [path, ...entriesOf(directory, path)] : [path]));
}

/** The contents of all files below a directory; empty directories as `path/`. */
export function readFiles(directory: string): Files {
  const all = entriesOf(directory);
  const files: Files = {};
  for (const path of all) {
    const at = join(directory, path);
    if (!path.endsWith('/')) {
      files[path] = fs.lstatSync(at).isSymbolicLink() ? `-> ${fs.readlinkSync(at)}` : fs.readFileSync(at, 'utf8');
    } else if (!all.some((other) => other !== path && other.startsWith(path))) {
      files[path] = '';
    }
  }
  return files;
}

/** What changes if anything at all touches a directory: content, inode, mode and times of every file and directory. */
export function stateOf(directory: string): Record<string, string> {
  const state: Record<string, string> = {};
  for (const path of ['', ...entriesOf(directory)]) {
    const at = join(directory, path);
    const { ino, mode, mtimeNs } = fs.lstatSync(at, { bigint: true });
    const content = fs.lstatSync(at).isFile() ? fs.readFileSync(at, 'base64') : '';
    state[path] = [ino, mode, mtimeNs, content].join(' ');
  }
  return state;
}

/** The same without the directory itself, in which a stage directory may come and go. */
export function stateBelow(directory: string): Record<string, string> {
  const state = stateOf(directory);
  delete state[''];
  return state;
}

/** The text of the FleetError that an operation throws, with the directory replaced by `<dir>`. */
export function errorText(directory: string, operation: () => unknown): string {
  try {
    operation();
  } catch (error) {
    if (!(error instanceof FleetError)) throw error;
    return error.message.replaceAll(directory, '<dir>').replace(/\.flux-fleet-\d+-\w{6}/g, '.flux-fleet-<stage>');
  }
  throw new Error('It did not throw.');
}

/** Runs git with an identity, and without the settings of this machine. */
export function git(directory: string, ...args: string[]): string {
  const identity = ['-c', 'user.name=test', '-c', 'user.email=test@example.com', '-c', 'commit.gpgsign=false'];
  const env = { ...process.env, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1' };
  return execFileSync('git', ['-C', directory, ...identity, ...args], { encoding: 'utf8', env, stdio: 'pipe' });
}
