import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Files } from './measure.js';

/**
 * Bytes that a shallow clone of a commit with these files fetches: a pack of the commit, its trees and its blobs, as Git
 * itself makes it, with deltas. A sparse checkout fetches the same: source-controller only writes less of it to disk.
 */
export function packBytes(files: Files): number {
  const repository = mkdtempSync(join(tmpdir(), 'flux-fleet-pack-'));
  try {
    git(repository, ['init', '--quiet', '--bare']);
    git(repository, ['fast-import', '--quiet'], commitOf(files));
    const settings = ['--revs', '--stdout', '--quiet', '--threads=1', '--window=10', '--depth=50', '--no-reuse-delta'];
    return git(repository, ['pack-objects', ...settings], Buffer.from('refs/heads/main\n')).length;
  } finally {
    rmSync(repository, { recursive: true, force: true });
  }
}

/** One commit, the same at any time, as `git fast-import` reads it. */
function commitOf(files: Files): Buffer {
  const data = (text: string) => `data ${Buffer.byteLength(text)}\n${text}\n`;
  const head = `commit refs/heads/main\ncommitter bench <bench@example.com> 0 +0000\n${data('Synthesize dist/')}`;
  const changes = Object.entries(files).map(([path, text]) => `M 100644 inline ${path}\n${data(text)}`);
  return Buffer.from([head, ...changes].join(''));
}

function git(directory: string, args: readonly string[], input?: Buffer): Buffer {
  const env = { ...process.env, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_SYSTEM: '/dev/null' };
  const run = spawnSync('git', args, { cwd: directory, env, input, maxBuffer: 2 ** 30 });
  if (run.error) throw run.error;
  if (run.status !== 0) throw new Error(`git ${args[0]} failed: ${run.stderr.toString()}`);
  return run.stdout;
}
