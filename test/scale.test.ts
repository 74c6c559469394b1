import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { Cluster, Fleet, GitRef, Source, Tenant } from 'cdk8s-flux-fleet';
import { parseAllDocuments } from 'yaml';
import { figures } from '../bench/scale/figures.js';
import { artifactBytes, artifactOf, measureCluster, seconds } from '../bench/scale/measure.js';
import { apiRequests, costOf } from '../bench/scale/model.js';
import { packBytes } from '../bench/scale/pack.js';
import { tablesOf, withTables } from '../bench/scale/page.js';
import { tables } from '../bench/scale/tables.js';
import { fluxFleet, project } from './cli/support.js';
import { git, readFiles, tempDir, writeFiles } from './support/temp-dir.js';

const PAGE = readFileSync(join(import.meta.dirname, '../docs/scale.md'), 'utf8');

// The page

test('the tables of the page are what the library writes today', () => {
  const computed = tables(figures());
  const written = tablesOf(PAGE);
  expect(Object.keys(written).sort()).toEqual(Object.keys(computed).sort());
  for (const [name, table] of Object.entries(computed)) {
    const shown = cellsOf(written[name]!);
    const now = cellsOf(table);
    expect(shown.map((row) => row.length)).toEqual(now.map((row) => row.length));
    // How small something compresses is up to the versions of zlib and Git, within a few percent.
    const differ = now.flatMap((row, i) => row.filter((cell, j) => !sameCell(cell, shown[i]![j]!)));
    expect([name, differ]).toEqual([name, []]);
  }
}, 120_000);

/** The cells of a Markdown table, without the line below its head. */
function cellsOf(table: string): string[][] {
  const rows = table.split('\n').filter((line) => !/^\|[ |:-]+\|$/.test(line));
  return rows.map((line) =>
    line
      .slice(1, -1)
      .split('|')
      .map((cell) => cell.trim()),
  );
}

function sameCell(now: string, shown: string): boolean {
  if (now === shown) return true;
  const [a, b] = [now, shown].map(bytesIn);
  return a!.length > 0 && a!.length === b!.length && a!.every((n, i) => Math.abs(n / b![i]! - 1) < 0.06);
}

/** The sizes in a cell, in bytes. */
function bytesIn(cell: string): number[] {
  const unit = { B: 1, kB: 1e3, MB: 1e6, GB: 1e9, TB: 1e12 } as const;
  return [...cell.matchAll(/([\d.,]+) ([kMGT]?B)\b/g)].map(
    ([, n, u]) => Number(n!.replaceAll(',', '')) * unit[u as 'B'],
  );
}

const BLOCKS = [...PAGE.matchAll(/^```(\w+)\n([^]*?)^```/gm)].map(([, language, text]) => ({ language, text: text! }));
const APPS = BLOCKS.filter(({ language }) => language === 'ts');

test.each(APPS.map(({ text }) => [/^\/\/ (apps\/\w+\.ts)\n/.exec(text)![1]!, text]))(
  '%s of the page synthesizes, and becomes what the page shows below it',
  (path, text) => {
    const directory = project({ [path]: text });
    expect(fluxFleet(directory, ['synth', path])).toMatchObject({ code: 0 });
    const written = readFiles(directory);
    for (const shown of yamlBelow(text)) {
      const [, file] = /^# (\S+)/.exec(shown)!;
      const documents = parseAllDocuments(written[file!] ?? '').map((document) => document.toJS() as object);
      const [excerpt] = parseAllDocuments(shown).map((document) => document.toJS() as object);
      expect(documents.find((document) => matches(document, excerpt))).toBeDefined();
    }
    if (!text.includes('ArtifactGenerator')) return;
    // The page says so: what is made on the cluster cannot be read here.
    expect(fluxFleet(directory, ['check'])).toMatchObject({
      code: 0,
      stderr: expect.stringContaining('the content of 2 sources is not here'),
    });
  },
);

/** The YAML that stands on the page between an app and the next one. */
function yamlBelow(app: string): string[] {
  const from = BLOCKS.findIndex(({ text }) => text === app) + 1;
  const next = BLOCKS.findIndex(({ language }, i) => i >= from && language === 'ts');
  const between = BLOCKS.slice(from, next === -1 ? undefined : next);
  return between.filter(({ language }) => language === 'yaml').map(({ text }) => text);
}

/** Whether a value holds all of an excerpt. */
function matches(value: unknown, excerpt: unknown): boolean {
  if (Array.isArray(excerpt)) {
    return Array.isArray(value) && excerpt.every((wanted) => value.some((v) => matches(v, wanted)));
  }
  if (typeof excerpt !== 'object' || excerpt === null) return value === excerpt;
  if (typeof value !== 'object' || value === null) return false;
  return Object.entries(excerpt).every(([key, wanted]) => matches((value as Record<string, unknown>)[key], wanted));
}

test('the script of the page moves the branches of clusters that have changed, and no others', () => {
  const script = BLOCKS.find(({ language, text }) => language === 'sh' && text.includes('commit-tree'))!.text;
  const [remote, directory] = [tempDir(), tempDir()];
  git(remote, 'init', '--bare', '--quiet');
  git(directory, 'init', '--quiet', '--initial-branch', 'main');
  git(directory, 'remote', 'add', 'origin', remote);
  const branches = (): string[] =>
    git(remote, 'for-each-ref', '--format=%(refname) %(objectname)', 'refs/heads').trim().split('\n');
  const push = (files: Record<string, string>): string[] => {
    writeFiles(directory, files);
    git(directory, 'add', '--all');
    git(directory, 'commit', '--quiet', '--message', 'Change');
    const env = {
      ...process.env,
      GIT_CONFIG_GLOBAL: '/dev/null',
      GIT_AUTHOR_NAME: 'ci',
      GIT_AUTHOR_EMAIL: 'ci@example.com',
      GIT_COMMITTER_NAME: 'ci',
      GIT_COMMITTER_EMAIL: 'ci@example.com',
    };
    expect(spawnSync('bash', ['-e', '-c', script], { cwd: directory, env, encoding: 'utf8' })).toMatchObject({
      status: 0,
      stderr: '',
    });
    return branches();
  };
  const first = push({ 'dist/clusters/eu/a.yaml': 'a: 1\n', 'dist/clusters/us/a.yaml': 'a: 1\n' });
  expect(first.map((line) => line.split(' ')[0])).toEqual(['refs/heads/clusters/eu', 'refs/heads/clusters/us']);
  const second = push({ 'dist/clusters/us/a.yaml': 'a: 2\n' });
  expect([second[0] === first[0], second[1] === first[1]]).toEqual([true, false]);
  expect(git(remote, 'show', 'clusters/us:a.yaml')).toBe('a: 2\n');
  expect(git(remote, 'rev-list', '--count', 'clusters/us').trim()).toBe('2');
});

// What the figures rest on

test('a change of one cluster leaves the files of all others as they were, byte for byte', () => {
  const filesOf = (tenants: Readonly<Record<string, readonly string[]>>): Record<string, string> => {
    const source = Source.git({ url: 'https://github.com/acme/fleet', ref: GitRef.branch('main') });
    const fleet = new Fleet({ environment: 'test', source });
    for (const [name, all] of Object.entries(tenants)) {
      const cluster = new Cluster(fleet, name);
      for (const tenant of all) new Tenant(cluster, tenant, { namespaces: [tenant] });
    }
    return fleet.files();
  };
  const before = filesOf({ eu: ['a', 'b'], us: ['a'] });
  const after = filesOf({ eu: ['a', 'b'], us: ['a', 'c'], asia: ['a'] });
  const changed = Object.keys(after).filter((path) => after[path] !== before[path]);
  expect(new Set(changed.map((path) => path.split('/')[1]))).toEqual(new Set(['us', 'asia']));
});

const FILES = {
  'kustomization.yaml': 'resources: [base.yaml, team.yaml]\n',
  'flux-fleet.yaml': 'fluxFleet: v1\n',
  'base.yaml': kustomization('base', './dist/clusters/eu/layers/base', '  wait: true\n  interval: 30m\n'),
  'team.yaml': kustomization(
    'team',
    './dist/clusters/eu/tenants/team',
    '  dependsOn: [{name: base}]\n  interval: 1h\n',
  ),
  'layers/base/kustomization.yaml': 'resources: [base.yaml]\n',
  'layers/base/base.yaml':
    'apiVersion: v1\nkind: Namespace\nmetadata: {name: apps}\n---\n' +
    'apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web, namespace: apps}\n',
  'tenants/team/kustomization.yaml': 'resources: [team.yaml]\n',
  'tenants/team/team.yaml':
    `${kustomization('team', './deploy', '  interval: 10m\n')}---\n` +
    'apiVersion: source.toolkit.fluxcd.io/v1\nkind: GitRepository\nmetadata: {name: team, namespace: team}\nspec: {interval: 5m}\n',
};

function kustomization(name: string, path: string, spec: string): string {
  const head = `apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {name: ${name}, namespace: flux-system}\n`;
  return `${head}spec:\n  path: ${path}\n${spec}`;
}

const CLUSTER = measureCluster(FILES, './dist/clusters/eu');

test('a cluster is measured Kustomization by Kustomization, and those of tenants are told apart', () => {
  expect(CLUSTER).toMatchObject({
    files: 8,
    objects: 6,
    tenantKustomizations: 1,
    otherSourceRequests: { GitRepository: 12 },
    kustomizations: [
      { name: 'flux-system', objects: 2, dependsOn: 0, wait: false, impersonates: false, perHour: 6 },
      { name: 'base', objects: 2, dependsOn: 0, wait: true, impersonates: false, perHour: 2 },
      { name: 'team', objects: 2, dependsOn: 1, wait: false, impersonates: false, perHour: 1 },
    ],
  });
});

test('an inventory has an entry of Flux’s form for each object', () => {
  const entries = [
    { id: '_apps__Namespace', v: 'v1' },
    { id: 'apps_web_apps_Deployment', v: 'v1' },
  ];
  expect(CLUSTER.kustomizations[1]!.inventoryBytes).toBe(JSON.stringify({ entries }).length);
});

test('a reconciliation asks the API server for each object twice, thrice where it waits, and for what it depends on', () => {
  const [root, base, team] = CLUSTER.kustomizations;
  expect([root, base, team].map((k) => apiRequests(k!))).toEqual([2 * 2 + 6, 3 * 2 + 8, 1 + 2 * 2 + 6]);
  expect(apiRequests({ ...root!, impersonates: true })).toBe(apiRequests(root!) + 2);
});

test('only where all share a revision does a commit wake clusters that it does not change', () => {
  const load = { clusters: 100, commitsPerHour: 10, pollsPerHour: 12 };
  const sizes = { wholeArtifact: 1e6, wholePack: 1e6, branchPack: 1e4, branchRefs: 1e3 };
  const costs = (['git', 'sparse', 'branches', 'oci', 'generator'] as const).map((p) =>
    costOf(p, CLUSTER, sizes, load),
  );
  expect(costs.map((c) => c.wokenClusters)).toEqual([
    [100, 100],
    [100, 100],
    [1, 100],
    [1, 100],
    [100, 100],
  ]);
  expect(costs.map((c) => c.wokenKustomizations.map(Math.round))).toEqual([
    [300, 300],
    [300, 300],
    [3, 300],
    [3, 300],
    [101, 200],
  ]);
  const perHour = 100 * (6 + 2 + 1);
  expect(costs.map((c) => Math.round(c.reconciles[0]))).toEqual(
    [3000, 3000, 30, 30, 1010].map((woken) => perHour + woken),
  );
  expect(costs.map((c) => Math.round(c.sourceRequests[0]))).toEqual([3200, 3200, 1220, 1220, 3200]);
  expect(costs[2]!.sourceBytes[0]).toBe(100 * 12 * 1e3 + 10 * 1e4);
});

test('a source is fetched once an interval at most, however many commits there are', () => {
  const sizes = { wholeArtifact: 1, wholePack: 1, branchPack: 1, branchRefs: 1 };
  const { sourceRequests } = costOf('git', CLUSTER, sizes, { clusters: 1, commitsPerHour: 60, pollsPerHour: 1 });
  expect(sourceRequests).toEqual([3, 3]);
});

test('durations are read as Go has them', () => {
  expect(['10m', '1h30m', '90s', '1.5h'].map(seconds)).toEqual([600, 5400, 90, 5400]);
});

test('an artifact is a tar that tar reads, with the files as they are', () => {
  const directory = tempDir();
  const files = { 'a.yaml': 'a: 1\n', 'layers/base/b.yaml': `b: ${'x'.repeat(600)}\n`, 'empty.yaml': '' };
  const archive = artifactOf(files);
  expect(spawnSync('tar', ['-xzf', '-', '-C', directory], { input: archive })).toMatchObject({ status: 0 });
  expect(readFiles(directory)).toEqual(files);
  expect(artifactBytes(files)).toBe(archive.length);
});

test('a pack holds what is alike in two clusters once', () => {
  const text = Array.from({ length: 200 }, (_, i) => `key-${i}: ${(i * 7919) % 1000}\n`).join('');
  const one = packBytes({ 'eu/a.yaml': text });
  expect(packBytes({ 'eu/a.yaml': text, 'us/a.yaml': text }) - one).toBeLessThan(100);
  expect(packBytes({ 'eu/a.yaml': text })).toBe(one);
});

test('a page without a place for a table is refused, and one with its place gets it', () => {
  const page = '# Page\n\n<!-- figures: a -->\n\n| old |\n\n<!-- end -->\n';
  expect(withTables(page, { a: '| new |' })).toBe(page.replace('old', 'new'));
  expect(() => withTables(page, { a: '', b: '' })).toThrow('the page has places for the tables a, and there are a,b');
});
