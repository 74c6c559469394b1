import { expect, test } from '@jest/globals';
import { ignoredBy } from '../../lib/kustomize/ignore.js';

/** Whether a file is left out by the lines of the root's .sourceignore. */
const leavesOut = (text: string, path: string, isDirectory = false) =>
  ignoredBy([{ directory: '', text, from: '.sourceignore' }])(path, isDirectory) !== undefined;

test('nothing said: Git’s own files, CI and pictures are left out', () => {
  const ignored = ignoredBy([]);
  expect(ignored('.git/config', false)).toBe('.git/ (Flux leaves it out by itself)');
  expect(ignored('docs/logo.png', false)).toBeDefined();
  expect(ignored('.github/workflows/a.yaml', false)).toBeDefined();
  expect(ignored('deep/.sops.yaml', false)).toBeDefined();
  expect(ignored('apps/a.yaml', false)).toBeUndefined();
});

test('own patterns replace those of Flux, but not those for Git', () => {
  expect(leavesOut('/docs/', 'logo.png')).toBe(false);
  expect(leavesOut('/docs/', '.gitignore')).toBe(true);
});

test('what is said has its place', () => {
  const ignored = ignoredBy([{ directory: '', text: '# all\n/*\n!/deploy', from: 'spec.ignore of X' }]);
  expect(ignored('apps/a.yaml', false)).toBe('/* in spec.ignore of X');
});

test.each([
  ['/*\n!/deploy', 'deploy/a.yaml', false],
  ['/*\n!/deploy', 'other/a.yaml', true],
  // Unlike Git, Flux asks for each file by itself: it comes back from a directory that is left out.
  ['/*\n!/clusters/prod', 'clusters/prod/a.yaml', false],
  ['/*\n!/clusters/prod', 'clusters/dev/a.yaml', true],
  ['apps', 'apps/a.yaml', true],
  ['apps', 'x/apps/a.yaml', true],
  ['/apps', 'x/apps/a.yaml', false],
  ['apps/', 'apps', false],
  ['*.md', 'a/b.md', true],
  ['*.md', 'a/b.mdx', false],
  ['a/*/c', 'a/b/c/d.yaml', true],
  ['a/*/c', 'a/b/x/c', false],
  ['**/test', 'a/b/test/x.yaml', true],
  ['**/test', 'test/x.yaml', true],
  ['a/**/z.yaml', 'a/b/c/z.yaml', true],
  ['a/**/z.yaml', 'b/z.yaml', false],
  ['a/**', 'a/b.yaml', true],
  ['[ab].yaml', 'a.yaml', true],
  ['[^ab].yaml', 'a.yaml', false],
  ['?.yaml', 'ab.yaml', false],
  ['\\*.yaml', 'a.yaml', false],
  ['a.yaml   ', 'a.yaml', true],
])('%j of %s: left out %s', (text, path, expected) => {
  expect(leavesOut(text, path)).toBe(expected);
});

test('a pattern for directories takes them and all in them', () => {
  expect(leavesOut('apps/', 'apps', true)).toBe(true);
  expect(leavesOut('apps/', 'apps/a.yaml')).toBe(true);
});

test('a .sourceignore is about its own directory', () => {
  const ignored = ignoredBy([{ directory: 'apps', text: '/old', from: 'apps/.sourceignore' }]);
  expect(ignored('apps/old/a.yaml', false)).toBe('/old in apps/.sourceignore');
  expect(ignored('old/a.yaml', false)).toBeUndefined();
});
