import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { git, readFiles, tempDir, writeFiles } from './support/temp-dir.js';
import { fluxFleet, project } from './cli/support.js';

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

/** Runs a step as GitHub does; the last one, unless it is said. */
function run(directory: string, step = commit): { status: number | null; stdout: string } {
  const env = { ...process.env, GITHUB_REF_NAME: 'flux-image-updates', GIT_CONFIG_GLOBAL: '/dev/null' };
  return spawnSync('bash', ['-e', '-c', step], { cwd: directory, env, encoding: 'utf8' });
}

interface ShardsWorkflow extends Pick<Workflow, 'on' | 'permissions'> {
  readonly jobs: Readonly<
    Record<
      'synth' | 'commit',
      {
        readonly needs?: string;
        readonly permissions?: unknown;
        readonly strategy?: { readonly matrix: { readonly shard: readonly number[] } };
        readonly steps: readonly {
          readonly uses?: string;
          readonly run?: string;
          readonly with?: Readonly<Record<string, unknown>>;
        }[];
      }
    >
  >;
}
const shards = parse(readFileSync(join(ROOT, 'docs/workflows/synth-shards.yaml'), 'utf8')) as ShardsWorkflow;

test('jobs that share a fleet run for the same branch, and only the one that commits may write', () => {
  expect(shards.on).toEqual(workflow.on);
  expect(shards.permissions).toEqual({ contents: 'read' });
  expect(shards.jobs.synth.permissions).toBeUndefined();
  expect(shards.jobs.commit).toMatchObject({ needs: 'synth', permissions: { contents: 'write' } });
  const uses = Object.values(shards.jobs).flatMap((job) => job.steps.flatMap((step) => step.uses ?? []));
  expect(uses.filter((action) => !/^actions\/[\w-]+@v\d+$/.test(action))).toEqual([]);
});

test('they count the shards as the command does, and the artifact of each is one that is downloaded', () => {
  const { strategy, steps: of } = shards.jobs.synth;
  const { shard } = strategy!.matrix;
  expect(shard).toEqual(shard.map((_, i) => i + 1));
  expect(of.flatMap((step) => step.run ?? []).slice(0, -1)).toEqual([
    'npm ci',
    'npm run synth -- --shard ${{ matrix.shard }}/${{ strategy.job-total }}',
  ]);
  expect(of.at(-1)!.with).toMatchObject({ name: 'shard-${{ matrix.shard }}', path: 'shard.patch' });
  expect(shards.jobs.commit.steps.find((step) => step.with?.pattern !== undefined)!.with).toEqual({
    pattern: 'shard-*',
    path: 'shards',
  });
});

test('what they have changed is committed together, removed files included', () => {
  const [remote, first] = [tempDir(), tempDir()];
  git(remote, 'init', '--bare', '--quiet');
  git(first, 'init', '--quiet', '--initial-branch', 'flux-image-updates');
  git(first, 'remote', 'add', 'origin', remote);
  const clusters = ['a', 'b', 'c'].map((name) => `dist/clusters/${name}`);
  writeFiles(
    first,
    Object.fromEntries(clusters.flatMap((c) => [`${c}/one.yaml`, `${c}/two.yaml`].map((f) => [f, 'x: 1\n']))),
  );
  git(first, 'add', '--all');
  git(first, 'commit', '--quiet', '--message', 'Update versions');
  git(first, 'push', '--quiet', 'origin', 'HEAD');
  const clone = () => {
    const directory = tempDir();
    git(directory, 'clone', '--quiet', '--branch', 'flux-image-updates', remote, '.');
    return directory;
  };
  const collect = shards.jobs.synth.steps.findLast((step) => step.run !== undefined)!.run!;
  const committing = clone();
  const changes: ((at: string) => void)[] = [
    (at) => writeFiles(at, { [`${clusters[0]}/one.yaml`]: 'x: 2  \n', [`${clusters[0]}/three.yaml`]: 'no end' }),
    (at) => git(at, 'rm', '--quiet', `${clusters[1]}/two.yaml`),
    () => undefined,
  ];
  changes.forEach((change, i) => {
    const directory = clone();
    change(directory);
    expect(run(directory, collect)).toMatchObject({ status: 0 });
    writeFiles(committing, { [`shards/shard-${i + 1}/shard.patch`]: readFiles(directory)['shard.patch']! });
  });
  const last = shards.jobs.commit.steps.at(-1)!.run!;

  expect(run(committing, last)).toMatchObject({ status: 0 });
  const log = git(remote, 'log', '--format=%s by %an', '--name-status', '-1', 'flux-image-updates');
  expect(log.trim().split(/\n+/)).toEqual([
    'Synthesize dist/ by github-actions[bot]',
    'M\tdist/clusters/a/one.yaml',
    'A\tdist/clusters/a/three.yaml',
    'D\tdist/clusters/b/two.yaml',
  ]);
  expect(git(remote, 'show', 'flux-image-updates:dist/clusters/a/one.yaml')).toBe('x: 2  \n');

  // Nothing has changed since.
  const again = clone();
  expect(run(again, collect)).toMatchObject({ status: 0 });
  writeFiles(again, { 'shards/shard-1/shard.patch': readFiles(again)['shard.patch']! });
  expect(run(again, last)).toMatchObject({ status: 0, stdout: 'dist/ is up to date\n' });
});

interface CheckWorkflow {
  readonly on: object;
  readonly permissions: unknown;
  readonly jobs: {
    readonly check: {
      readonly permissions: unknown;
      readonly steps: readonly {
        readonly uses?: string;
        readonly run?: string;
        readonly if?: string;
        readonly with?: Readonly<Record<string, unknown>>;
      }[];
    };
  };
}
const check = parse(readFileSync(join(ROOT, 'docs/workflows/check.yaml'), 'utf8')) as CheckWorkflow;

test('the check runs on pull requests, and has only the right to upload findings', () => {
  expect(Object.keys(check.on)).toEqual(['pull_request', 'push']);
  expect(check.permissions).toEqual({ contents: 'read' });
  expect(check.jobs.check.permissions).toEqual({ contents: 'read', 'security-events': 'write' });
});

test('its actions are pinned by major version', () => {
  const uses = check.jobs.check.steps.flatMap((step) => step.uses ?? []);
  expect(uses).toHaveLength(3);
  expect(uses.filter((action) => !/^[\w-]+\/[\w/-]+@v\d+$/.test(action))).toEqual([]);
});

test('its command fails where there are findings, and writes the file that is uploaded then as well', () => {
  const { steps: all } = check.jobs.check;
  const command = all.find((step) => step.run?.startsWith('npx flux-fleet '))!.run!;
  const upload = all.find((step) => step.uses?.startsWith('github/codeql-action/upload-sarif@'))!;
  expect(upload.if).toContain('!cancelled()');
  const directory = project({
    'clusters/prod/flux-fleet.yaml': 'fluxFleet: v1\ncluster: prod\npath: ./clusters/prod\n',
    'clusters/prod/kustomization.yaml':
      'apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources: [a.yaml]\n',
    'clusters/prod/a.yaml':
      'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, namespace: default}\ndata: {port: 80}\n',
  });
  expect(fluxFleet(directory, command.split(' ').slice(2))).toMatchObject({ code: 1 });
  const written = readFiles(directory)[upload.with!.sarif_file as string]!;
  expect(JSON.parse(written)).toMatchObject({ version: '2.1.0', runs: [{ results: [{ ruleId: 'invalid-field' }] }] });
});

interface PushWorkflow {
  readonly on: { readonly push: object };
  readonly permissions: unknown;
  readonly env: Readonly<Record<string, string>>;
  readonly concurrency: object;
  readonly jobs: {
    readonly push: {
      readonly steps: readonly { readonly uses?: string; readonly run?: string; readonly name?: string }[];
    };
  };
}
const push = parse(readFileSync(join(ROOT, 'docs/workflows/push-artifacts.yaml'), 'utf8')) as PushWorkflow;

test('artifacts are pushed after a merge, one run after the other, with no more rights than that needs', () => {
  expect(push.on.push).toEqual({ branches: ['main'], paths: ['dist/clusters/**'] });
  expect(push.concurrency).toMatchObject({ 'cancel-in-progress': false });
  expect(push.permissions).toEqual({ contents: 'write', packages: 'write' });
  const uses = push.jobs.push.steps.flatMap((step) => step.uses ?? []);
  expect(uses.filter((action) => !/^[\w-]+\/[\w/-]+@v\d+(\.\d+\.\d+)?$/.test(action))).toEqual([]);
});

// `flux` with directories as its registry: a digest is that of the files, the source and the revision, as Flux has it.
const FLUX = `#!/usr/bin/env bash
set -eu
echo "$1 $3" >>"$REGISTRY/../log"
repository=\${3%:*} tag=\${3##*:}
directory="$REGISTRY/\${repository#oci://}"
if [ "$1" = push ]; then
  if [ "\${repository##*-}" = "\${FAIL:-}" ]; then echo 'no route to host' >&2; exit 1; fi
  mkdir -p "$directory"
  { tar --sort=name --mtime=@0 --owner=0 --group=0 -c -C "$5" .; echo "\${@:6}"; } | sha256sum >"$directory/$tag"
else
  cp "$directory/$tag" "$directory/$5"
fi
`;

/** A repository with clusters, a remote, and a registry. */
function pushing(): {
  readonly directory: string;
  readonly commit: (files: Record<string, string>) => string;
  readonly run: (env?: Record<string, string>) => { readonly failed: boolean; readonly done: readonly string[] };
  readonly latest: () => Record<string, string>;
  readonly published: () => string;
} {
  const [remote, directory, runner] = [tempDir(), tempDir(), tempDir()];
  writeFiles(runner, { 'bin/flux': FLUX, 'registry/': '', 'temp/': '' });
  chmodSync(join(runner, 'bin/flux'), 0o755);
  git(remote, 'init', '--bare', '--quiet');
  git(directory, 'init', '--quiet', '--initial-branch', 'main');
  git(directory, 'remote', 'add', 'origin', remote);
  const registry = join(runner, 'registry/ghcr.io/acme');
  return {
    directory,
    commit: (files) => {
      writeFiles(directory, files);
      git(directory, 'add', '--all');
      git(directory, 'commit', '--quiet', '--message', 'Change');
      return git(directory, 'rev-parse', 'HEAD').trim();
    },
    run: (given = {}) => {
      // A runner starts with what the remote has.
      git(directory, 'fetch', '--quiet', '--tags', '--force', 'origin');
      writeFiles(runner, { log: '' });
      const env = {
        ...process.env,
        PATH: `${join(runner, 'bin')}:${process.env.PATH}`,
        REGISTRY: join(runner, 'registry'),
        RUNNER_TEMP: join(runner, 'temp'),
        GITHUB_REF_NAME: 'main',
        GIT_CONFIG_GLOBAL: '/dev/null',
        ARTIFACTS: 'oci://ghcr.io/acme/fleet',
        SOURCE: 'https://github.com/acme/fleet',
        TAG: push.env.TAG,
        ALL: 'false',
        ...given,
      };
      const scripts = push.jobs.push.steps.flatMap((step) => step.run ?? []);
      const failed = scripts.some((s) => spawnSync('bash', ['-e', '-c', s], { cwd: directory, env }).status !== 0);
      const log = readFileSync(join(runner, 'log'), 'utf8');
      return { failed, done: log.split('\n').filter(Boolean).sort() };
    },
    latest: () =>
      Object.fromEntries(
        Object.entries(readFiles(registry))
          .filter(([path]) => path.endsWith('/latest'))
          .map(([path, digest]) => [path.split('/')[0]!, digest]),
      ),
    published: () => git(remote, 'rev-parse', 'refs/tags/published').trim(),
  };
}

const CLUSTERS = { 'dist/clusters/eu/a.yaml': 'a: 1\n', 'dist/clusters/us/a.yaml': 'a: 1\n', 'apps/a.ts': '1;\n' };

test('the first push is of all clusters, each with a tag of its own and the one that clusters follow', () => {
  const { commit, run, latest, published } = pushing();
  const first = commit(CLUSTERS);
  expect(run()).toEqual({
    failed: false,
    done: [
      `push oci://ghcr.io/acme/fleet-eu:${first}`,
      `push oci://ghcr.io/acme/fleet-us:${first}`,
      `tag oci://ghcr.io/acme/fleet-eu:${first}`,
      `tag oci://ghcr.io/acme/fleet-us:${first}`,
    ],
  });
  expect(Object.keys(latest())).toEqual(['fleet-eu', 'fleet-us']);
  expect(published()).toBe(first);
});

test('a merge does no work for clusters whose files are as they were', () => {
  const { commit, run, latest } = pushing();
  commit(CLUSTERS);
  run();
  const before = latest();
  const second = commit({ 'dist/clusters/us/a.yaml': 'a: 2\n' });
  expect(run().done).toEqual([
    `push oci://ghcr.io/acme/fleet-us:${second}`,
    `tag oci://ghcr.io/acme/fleet-us:${second}`,
  ]);
  expect(latest()['fleet-eu']).toBe(before['fleet-eu']);
  expect(latest()['fleet-us']).not.toBe(before['fleet-us']);
  commit({ 'apps/a.ts': '2;\n' });
  expect(run()).toEqual({ failed: false, done: [] });
});

test('what is pushed again has the same digest: no cluster is woken', () => {
  const { commit, run, latest } = pushing();
  commit(CLUSTERS);
  run();
  const before = latest();
  commit({ 'apps/a.ts': '2;\n' });
  expect(run({ ALL: 'true' }).done).toHaveLength(4);
  expect(latest()).toEqual(before);
});

test('a push that fails moves no cluster, and the next run makes up for it', () => {
  const { commit, run, latest, published } = pushing();
  const first = commit(CLUSTERS);
  run();
  const before = latest();
  const second = commit({ 'dist/clusters/eu/a.yaml': 'a: 2\n', 'dist/clusters/us/a.yaml': 'a: 2\n' });
  expect(run({ FAIL: 'us' })).toMatchObject({ failed: true });
  expect(latest()).toEqual(before);
  expect(published()).toBe(first);
  const third = commit({ 'apps/a.ts': '2;\n' });
  expect(run().done).toEqual([
    `push oci://ghcr.io/acme/fleet-eu:${second}`,
    `push oci://ghcr.io/acme/fleet-us:${second}`,
    `tag oci://ghcr.io/acme/fleet-eu:${second}`,
    `tag oci://ghcr.io/acme/fleet-us:${second}`,
  ]);
  expect(published()).toBe(third);
});

test('a cluster that is removed keeps its last artifact, and one that comes gets its first', () => {
  const { directory, commit, run, latest } = pushing();
  commit(CLUSTERS);
  run();
  git(directory, 'rm', '--quiet', '-r', 'dist/clusters/eu');
  const second = commit({ 'dist/clusters/asia/a.yaml': 'a: 1\n' });
  expect(run()).toEqual({
    failed: false,
    done: [`push oci://ghcr.io/acme/fleet-asia:${second}`, `tag oci://ghcr.io/acme/fleet-asia:${second}`],
  });
  expect(Object.keys(latest())).toEqual(['fleet-asia', 'fleet-eu', 'fleet-us']);
});

test('what CI runs end to end is what the page says', () => {
  const { jobs } = parse(readFileSync(join(ROOT, '.github/workflows/e2e.yaml'), 'utf8')) as {
    readonly jobs: Readonly<Record<string, { readonly steps: readonly { readonly run?: string }[] }>>;
  };
  const page = readFileSync(join(ROOT, 'docs/e2e.md'), 'utf8');
  const commands = Object.values(jobs).flatMap(({ steps }) =>
    steps.flatMap(({ run }) => run?.trim().split('\n') ?? []),
  );
  expect(commands).toContain('npm run e2e');
  expect(commands.filter((command) => !page.includes(command))).toEqual([]);
});
