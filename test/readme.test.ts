import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { fluxFleet, project } from './cli/support.js';
import { readFiles } from './support/temp-dir.js';
import { parseTxtar } from './support/txtar.js';

const README = readFileSync(join(import.meta.dirname, '../README.md'), 'utf8');

/** The first block of a language. */
function block(language: string): string {
  return new RegExp(`^\`\`\`${language}\\n([^]*?)^\`\`\``, 'm').exec(README)![1]!;
}

test('the fleet of the README synthesizes to the directory that the README shows', () => {
  const directory = project({ 'apps/staging.ts': block('ts') });
  expect(fluxFleet(directory, ['synth', 'apps/staging.ts'])).toMatchObject({ code: 0, stdout: '' });
  const written = Object.keys(readFiles(join(directory, 'dist/clusters/staging')));
  const tree = /^dist\/clusters\/staging\/\n((?: {2}.*\n)+)/m.exec(README)![1]!;
  const shown = [...tree.matchAll(/^ {2}(\S+)/gm)].map((m) => m[1]!);
  expect(shown).toHaveLength(5);
  expect(
    shown.filter((path) => !written.some((w) => w === path || (path.endsWith('/') && w.startsWith(path)))),
  ).toEqual([]);
  expect(
    written.filter((w) => !shown.some((path) => w === path || (path.endsWith('/') && w.startsWith(path)))),
  ).toEqual([]);
});

test('the check of the README prints what the README shows', () => {
  const archive = readFileSync(join(import.meta.dirname, 'corpus/dependency-missing/renamed.txtar'), 'utf8');
  const files = parseTxtar(archive).files.filter(({ name }) => name !== 'expected');
  const directory = project(Object.fromEntries(files.map(({ name, text }) => [name, text])));
  const { code, stdout, stderr } = fluxFleet(directory, ['check']);
  expect(code).toBe(1);
  expect(`$ npx flux-fleet check\n${stdout}${stderr.replace(/^what a rule means: .*\n/m, '')}`).toBe(block('text'));
});
