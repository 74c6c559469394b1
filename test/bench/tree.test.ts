import { utimesSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { filesBelow, touched, treeSize, treeState } from '../../bench/tree.js';
import { tempDir, writeFiles } from '../support/temp-dir.js';

test('files are told with their number and bytes', () => {
  const directory = tempDir();
  writeFiles(directory, { 'b.yaml': 'é', 'a/c.yaml': 'abc', 'empty/': '' });
  expect(filesBelow(directory)).toEqual(['a/c.yaml', 'b.yaml']);
  expect(treeSize(directory)).toEqual({ files: 2, bytes: 5 });
});

test('files that were written again, made and removed are told', () => {
  const directory = tempDir();
  writeFiles(directory, { 'kept.yaml': 'a', 'again.yaml': 'a', 'gone.yaml': 'a' });
  const before = treeState(directory);
  expect(touched(before, treeState(directory))).toEqual([]);
  utimesSync(join(directory, 'again.yaml'), 1, 1);
  const after = new Map([...treeState(directory), ['made.yaml', '1 1']]);
  after.delete('gone.yaml');
  expect(touched(before, after)).toEqual(['again.yaml', 'gone.yaml', 'made.yaml']);
});
