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

function run(options: AccessCommand = {}): number {
  return accessCommand('.', options);
}

test('the report is what the page shows', () => {
  expect(run()).toBe(0);
  expect(DOCS).toContain(stdout);
});

test('so is who can', () => {
  expect(run({ whoCan: ['get', 'secrets'], namespace: 'apps' })).toBe(0);
  expect(DOCS).toContain(stdout);
});

test('as JSON it is one document', () => {
  expect(run({ json: true })).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ clusters: [{ name: 'prod', accounts: [{ tenant: 'dev-team' }, {}] }] });
  stdout = '';
  expect(run({ json: true, whoCan: ['create', 'pods/exec'] })).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ asked: { verb: 'create', group: '', resource: 'pods/exec' } });
});

test('the group of a plural is found, or said', () => {
  run({ json: true, whoCan: ['create', 'deployments'] });
  run({ json: true, whoCan: ['create', 'widgets.example.com'] });
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

test('a plural that there is not is told with the one that was meant', () => {
  expect(run({ whoCan: ['get', 'secretz'] })).toBe(2);
  expect(stderr).toContain('no kind has the plural "secretz"');
  expect(stderr).toContain('write "secrets"');
});

test('a verb alone, a cluster that is not there and a directory that is none cannot be told of', () => {
  expect(run({ whoCan: ['get'] })).toBe(2);
  expect(run({ only: ['other'] })).toBe(2);
  expect(accessCommand(join(fleet, 'none'), {})).toBe(2);
  expect(stdout).toBe('');
});
