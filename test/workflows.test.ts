import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { git, tempDir, writeFiles } from './support/temp-dir.js';

const ROOT = join(import.meta.dirname, '..');

interface Workflow {
  readonly on: { readonly push: { readonly branches: readonly string[] } };
  readonly permissions: unknown;
  readonly jobs: {
    readonly synth: { readonly steps: readonly { readonly uses?: string; readonly run?: string }[] };
  };
}
const workflow = parse(readFileSync(join(ROOT, 'docs/workflows/synth-updates.yaml'), 'utf8')) as Workflow;
const { steps } = workflow.jobs.synth;
const commit = steps.at(-1)!.run!;

test('the workflow runs for the branch that automations push to, with no more rights than it needs', () => {
  const automation = readFileSync(join(ROOT, 'lib/flux/image-update-automation.ts'), 'utf8');
  expect(automation).toContain(`const BRANCH = '${workflow.on.push.branches.join()}';`);
  expect(workflow.permissions).toEqual({ contents: 'write' });
});

test('its actions are pinned by major version, and its commands are scripts of a project', () => {
  const uses = steps.flatMap((step) => step.uses ?? []);
  expect(uses.filter((action) => !/^actions\/[\w-]+@v\d+$/.test(action))).toEqual([]);
  expect(steps.flatMap((step) => step.run ?? []).slice(0, -1)).toEqual(['npm ci', 'npm run synth']);
  for (const project of ['.', 'examples/flux-fleet', 'examples/geek-cookbook']) {
    const file = join(ROOT, project, 'package.json');
    if (!existsSync(file)) continue;
    expect(JSON.parse(readFileSync(file, 'utf8'))).toHaveProperty('scripts.synth', expect.stringContaining('synth'));
  }
});

test('it commits dist/ to the branch of the bot where it changed, and nothing else', () => {
  const [remote, directory] = [tempDir(), tempDir()];
  git(remote, 'init', '--bare', '--quiet');
  git(directory, 'init', '--quiet', '--initial-branch', 'flux-image-updates');
  git(directory, 'remote', 'add', 'origin', remote);
  writeFiles(directory, { 'dist/a.yaml': 'a: 1\n', 'dist/b.yaml': 'b: 1\n', 'versions.yaml': 'a: 1\n' });
  git(directory, 'add', '--all');
  git(directory, 'commit', '--quiet', '--message', 'Update versions');

  expect(run(directory)).toMatchObject({ status: 0, stdout: 'dist/ is up to date\n' });
  expect(git(remote, 'branch')).toBe('');

  writeFiles(directory, { 'dist/a.yaml': 'a: 2\n', 'dist/c.yaml': 'c: 1\n', 'versions.yaml': 'a: 2\n' });
  git(directory, 'rm', '--quiet', 'dist/b.yaml');
  expect(run(directory)).toMatchObject({ status: 0 });
  const log = git(remote, 'log', '--format=%s by %an', '--name-status', '-1', 'flux-image-updates');
  expect(log.trim().split(/\n+/)).toEqual([
    'Synthesize dist/ by github-actions[bot]',
    'M\tdist/a.yaml',
    'D\tdist/b.yaml',
    'A\tdist/c.yaml',
  ]);
});

/** Runs the last step as GitHub does. */
function run(directory: string): { status: number | null; stdout: string } {
  const env = { ...process.env, GITHUB_REF_NAME: 'flux-image-updates', GIT_CONFIG_GLOBAL: '/dev/null' };
  return spawnSync('bash', ['-e', '-c', commit], { cwd: directory, env, encoding: 'utf8' });
}
