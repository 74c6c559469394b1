import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { accessCommand } from '../../lib/cli/access.js';
import type { AccessCommand } from '../../lib/cli/access.js';
import { tempDir, writeFiles } from '../support/temp-dir.js';
import { parseTxtar } from '../support/txtar.js';

const DOCS = readFileSync(join(import.meta.dirname, '../../docs/access.md'), 'utf8');

let stdout = '';
let stderr = '';
let fleet = '';
const before = process.cwd();

beforeEach(() => {
  stdout = stderr = '';
  jest.spyOn(process.stdout, 'write').mockImplementation((text) => Boolean((stdout += String(text))));
  jest.spyOn(process.stderr, 'write').mockImplementation((text) => Boolean((stderr += String(text))));
  fleet = tempDir();
  const corpus = join(import.meta.dirname, '../corpus/tenant-reaches-out/reads-secrets.txtar');
  const { files } = parseTxtar(readFileSync(corpus, 'utf8'));
  writeFiles(fleet, Object.fromEntries(files.map(({ name, text }) => [name, text])));
  // Places are told from the working directory.
  process.chdir(fleet);
});

afterEach(() => {
  process.chdir(before);
  jest.restoreAllMocks();
});

function run(options: AccessCommand = {}): Promise<number> {
  return accessCommand('.', options);
}

test('the report is what the page shows', async () => {
  expect(await run()).toBe(0);
  expect(DOCS).toContain(stdout);
});

test('so is who can', async () => {
  expect(await run({ whoCan: ['get', 'secrets'], namespace: 'apps' })).toBe(0);
  expect(DOCS).toContain(stdout);
});

test('as JSON it is one document', async () => {
  expect(await run({ json: true })).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ clusters: [{ name: 'prod', accounts: [{ tenant: 'dev-team' }, {}] }] });
  stdout = '';
  expect(await run({ json: true, whoCan: ['create', 'pods/exec'] })).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ asked: { verb: 'create', group: '', resource: 'pods/exec' } });
});

test('the group of a plural is found, or said', async () => {
  await run({ json: true, whoCan: ['create', 'deployments'] });
  await run({ json: true, whoCan: ['create', 'widgets.example.com'] });
  expect(
    stdout
      .split('\n')
      .slice(0, 2)
      .map((line) => (JSON.parse(line) as { asked: object }).asked),
  ).toEqual([
    { verb: 'create', group: 'apps', resource: 'deployments' },
    { verb: 'create', group: 'example.com', resource: 'widgets' },
  ]);
});

test('only what is named is told of, or what a label selector selects', async () => {
  expect(await run({ json: true, only: ['prod'] })).toBe(0);
  expect(await run({ json: true, only: ['cluster in (prod)'] })).toBe(0);
  const [named, selected] = stdout.trim().split('\n');
  expect(selected).toBe(named);
  expect(await run({ only: ['cluster!=prod'] })).toBe(2);
  expect(stderr).toContain('--only selects no cluster [command]');
});

test('a plural that there is not is told with the one that was meant', async () => {
  expect(await run({ whoCan: ['get', 'secretz'] })).toBe(2);
  expect(stderr).toContain('no kind has the plural "secretz"');
  expect(stderr).toContain('write "secrets"');
});

test('a verb alone, a cluster that is not there and a directory that is none cannot be told of', async () => {
  expect(await run({ whoCan: ['get'] })).toBe(2);
  expect(await run({ only: ['other'] })).toBe(2);
  expect(await accessCommand(join(fleet, 'none'), {})).toBe(2);
  expect(stdout).toBe('');
});
