import { expect, test } from '@jest/globals';
import { format } from 'prettier';
import { markdownTable, textTable } from '../../bench/table.js';

const COLUMNS = [{ title: 'name' }, { title: 'seconds', number: true }];
const ROWS = [
  ['raw cdk8s', '25.1'],
  ['kosko', '2.8'],
];

test('numbers stand at the right, all else at the left', () => {
  expect(textTable(COLUMNS, ROWS)).toMatchInlineSnapshot(`
   "name       seconds
   ─────────  ───────
   raw cdk8s     25.1
   kosko          2.8"
  `);
});

test('in Markdown too', async () => {
  expect(await format(markdownTable(COLUMNS, ROWS), { parser: 'markdown' })).toMatchInlineSnapshot(`
   "| name      | seconds |
   | --------- | ------: |
   | raw cdk8s |    25.1 |
   | kosko     |     2.8 |
   "
  `);
});

test('a bar in a cell ends no cell', () => {
  expect(markdownTable([{ title: 'a' }], [['x|y']])).toBe('| a |\n| --- |\n| x\\|y |');
});
