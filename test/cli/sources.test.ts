import { expect, test } from '@jest/globals';
import { join } from 'node:path';
import { sourcesOf } from '../../lib/cli/sources.js';
import { FleetError } from '../../lib/finding.js';
import { tempDir, writeFiles } from '../support/temp-dir.js';

function misuse(what: string, expected: string, given: string): FleetError {
  return new FleetError({ rule: 'misuse', what, expected, given });
}

function sources(...all: string[]): Readonly<Record<string, string>> {
  return sourcesOf(all, misuse);
}

test('a source and the directory with its content', () => {
  const directory = tempDir();
  expect(sources(`GitRepository/team/app=${directory}`)).toEqual({ 'GitRepository/team/app': directory });
});

test('a URL may hold an equals sign, for the last one divides', () => {
  const directory = tempDir();
  expect(sources(`https://git.example.com/?p=app=${directory}`)).toEqual({
    'https://git.example.com/?p=app': directory,
  });
});

test.each(['GitRepository/team/app', '=.', 'GitRepository/team/app=', '='])('%j is not understood', (text) => {
  expect(() => sources(text)).toThrow(/--source is not understood/);
});

test('a directory that is none is told', () => {
  const directory = tempDir();
  writeFiles(directory, { file: '' });
  expect(() => sources(`a=${join(directory, 'no')}`)).toThrow(/no, which is not there/);
  expect(() => sources(`a=${join(directory, 'file')}`)).toThrow(/file, which is a file/);
});

test('one source has one directory', () => {
  const [first, second] = [tempDir(), tempDir()];
  expect(sources(`a=${first}`, `a=${first}`)).toEqual({ a: first });
  expect(() => sources(`a=${first}`, `a=${second}`)).toThrow(/two directories for one source/);
});
