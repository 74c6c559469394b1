import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { embed, writePage } from '../../bench/page.js';
import { tempDir, writeFiles } from '../support/temp-dir.js';

const PAGE = '# Speed\n\n<!-- bench: written by npm run bench -->\n\nold\n\n<!-- bench: end -->\n\nThe rest.\n';

test('a report replaces what is between the marks, and nothing else', () => {
  expect(embed(PAGE, 'new')).toBe(PAGE.replace('old', 'new'));
});

test('a page without marks is an error', () => {
  expect(() => embed('# Speed\n', 'new')).toThrow('the page has no place for a report');
});

test('a page is written as prettier wants it', async () => {
  const directory = tempDir();
  writeFiles(directory, { 'page.md': PAGE });
  await writePage(join(directory, 'page.md'), '|a|b|\n|-|-:|\n|long|1|');
  expect(readFileSync(join(directory, 'page.md'), 'utf8')).toBe(
    PAGE.replace('old', '| a    |   b |\n| ---- | --: |\n| long |   1 |'),
  );
});

test('the page of this repository has a place for the report', () => {
  const page = readFileSync(join(import.meta.dirname, '../../docs/performance.md'), 'utf8');
  expect(embed(page, 'x')).toContain('\n\nx\n\n');
});
