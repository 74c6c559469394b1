import * as fs from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from '@jest/globals';
import { PRODUCTION, STAGING, outputFiles, synth, synthAll, written } from '../../support/output.js';
import { OutputTransaction } from '../../../lib/synth/disk/output.js';
import { errorText, git, readFiles, stateBelow, stateOf, tempDir, writeFiles } from '../../support/temp-dir.js';

const COMPONENTS = 'clusters/staging/flux-system/gotk-components.yaml';
const FILES = { 'flux-system/gotk-components.yaml?': 'kind: Placeholder\n', 'a.yaml': 'a' };
const REAL = 'kind: Namespace\n';

const environment = { ...process.env };
afterEach(() => {
  process.env = { ...environment };
});

/** A repository in whose HEAD the components are at `<directory>/clusters/staging/…`. */
function repository(directory = 'dist'): { base: string; out: string } {
  const base = tempDir();
  git(base, 'init', '-q');
  writeFiles(base, { [`${directory}/${COMPONENTS}`]: REAL });
  git(base, 'add', '.');
  git(base, 'commit', '-q', '-m', 'bootstrap');
  return { base, out: join(base, directory) };
}

test('a placeholder is written where there is nothing', () => {
  const out = tempDir();
  expect(synth(out, FILES).written).toBe(2);
  expect(readFiles(out)[COMPONENTS]).toBe(written('kind: Placeholder\n'));
});

test.each([
  ['the real file', REAL],
  ['an older placeholder', written('kind: Old\n')],
  ['a file of another fleet', written('kind: Old\n', PRODUCTION)],
  ['an empty file', ''],
])('%s at the place of a placeholder stays as it is and counts as unchanged', (_what, text) => {
  const out = tempDir();
  synth(out, { 'a.yaml': 'a' });
  writeFiles(out, { [COMPONENTS]: text });
  const before = stateOf(out);
  expect(synth(out, FILES)).toMatchObject({ written: 0, unchanged: 2, removed: 0 });
  expect(stateOf(out)).toEqual(before);
});

test('a placeholder that is not wanted any more is removed, the real file never', () => {
  const out = tempDir();
  synth(out, FILES);
  synth(out, { 'a.yaml': 'a' });
  expect(fs.existsSync(join(out, COMPONENTS))).toBe(false);
  writeFiles(out, { [COMPONENTS]: REAL });
  synth(out, { 'a.yaml': 'b' });
  expect(readFiles(out)[COMPONENTS]).toBe(REAL);
});

test('a placeholder is not written through a link', () => {
  const out = tempDir();
  fs.mkdirSync(join(out, 'clusters/staging/flux-system'), { recursive: true });
  fs.symlinkSync('/nowhere', join(out, COMPONENTS));
  expect(() => synth(out, FILES)).toThrow('output-symlink');
});

test('a real file that appears between staging and commit is not overwritten by the placeholder', () => {
  const out = tempDir();
  const transaction = new OutputTransaction(out);
  transaction.stage(STAGING, outputFiles(FILES));
  writeFiles(out, { [COMPONENTS]: REAL });
  expect(() => transaction.commit()).toThrow('output-changed');
  expect(readFiles(out)).toEqual({ [COMPONENTS]: REAL });
});

test("a bootstrap file that is in Git's HEAD but not on disk is an error that says how to get it back", () => {
  const { out } = repository();
  fs.rmSync(join(out, COMPONENTS));
  const before = stateBelow(out);
  const text = errorText(out, () => synth(out, FILES));
  expect(text).toMatchInlineSnapshot(`
   "a file that flux bootstrap wrote is in Git's HEAD, but not on disk [output-lost-bootstrap-file]
     expected  the file of HEAD; a placeholder in its place would drop Flux's own manifests from Git
     file      <dir>/clusters/staging/flux-system/gotk-components.yaml
     fix       git restore --source=HEAD <dir>/clusters/staging/flux-system/gotk-components.yaml
               (or commit its removal first, if this cluster is to be bootstrapped anew)"
  `);
  expect(stateBelow(out)).toEqual(before);
});

test.each([
  ['only the file is lost', (out: string) => fs.rmSync(join(out, COMPONENTS))],
  ['the whole output directory is lost', (out: string) => fs.rmSync(out, { recursive: true })],
  ['the file was removed with git rm', (out: string) => git(out, 'rm', '-q', COMPONENTS)],
])('the command in the error works where %s', (_what, lose) => {
  const { base, out } = repository();
  lose(out);
  const text = errorText('/nowhere', () => synth(out, FILES));
  const path = /git restore --source=HEAD (\S+)/.exec(text)![1]!;
  git(base, 'restore', '--source=HEAD', path);
  synth(out, FILES);
  expect(readFiles(out)).toEqual({ [COMPONENTS]: REAL, 'clusters/staging/a.yaml': written('a') });
});

test('a path with blanks is quoted in the command', () => {
  const { out } = repository("the fleet's dist");
  fs.rmSync(join(out, COMPONENTS));
  expect(errorText(out, () => synth(out, FILES))).toContain(String.raw`git restore --source=HEAD '`);
  expect(() => synth(out, FILES)).toThrow(String.raw`the fleet'\''s dist/clusters`);
});

test('a file whose removal was committed is no longer lost', () => {
  const { base, out } = repository();
  git(base, 'rm', '-q', '-r', 'dist');
  git(base, 'commit', '-q', '-m', 'start anew');
  expect(synth(out, FILES).written).toBe(2);
});

test('a file that is in the index but not in HEAD is not lost', () => {
  const { base, out } = repository();
  writeFiles(out, { 'clusters/production/flux-system/gotk-components.yaml': REAL });
  git(base, 'add', '.');
  fs.rmSync(join(out, 'clusters/production'), { recursive: true });
  expect(synth(out, FILES, PRODUCTION).written).toBe(2);
});

test('a new cluster gets its placeholder beside one whose file is in HEAD', () => {
  const { out } = repository();
  expect(synth(out, FILES, PRODUCTION).written).toBe(2);
});

test('in a repository without a commit nothing is lost', () => {
  const base = tempDir();
  git(base, 'init', '-q');
  expect(synth(join(base, 'dist'), FILES).written).toBe(2);
});

test('where Git is not installed nothing can be lost', () => {
  const { out } = repository();
  fs.rmSync(join(out, COMPONENTS));
  process.env.PATH = tempDir();
  expect(synth(out, FILES).written).toBe(2);
});

test('inside a Git hook the repository is found all the same', () => {
  const { out } = repository();
  fs.rmSync(join(out, COMPONENTS));
  Object.assign(process.env, { GIT_DIR: '.git', GIT_INDEX_FILE: '.git/index', GIT_PREFIX: '' });
  expect(() => synth(out, FILES)).toThrow('output-lost-bootstrap-file');
});

test('where Git refuses to answer no placeholder is written', () => {
  const { base, out } = repository();
  fs.rmSync(join(out, COMPONENTS));
  fs.rmSync(join(base, '.git/objects'), { recursive: true });
  fs.mkdirSync(join(base, '.git/objects'));
  const text = errorText(base, () => synth(out, FILES));
  expect(text).toMatchInlineSnapshot(`
   "a file of flux bootstrap is not on disk, and Git does not say whether HEAD has it [output-git-failed]
     given     fatal: not a tree object
     file      <dir>/dist/clusters/staging/flux-system/gotk-components.yaml
     fix       make "git ls-tree HEAD" work in this directory as this user, then synthesize again"
  `);
  expect(fs.existsSync(join(out, COMPONENTS))).toBe(false);
});

test('Git is asked once for each file name, however many clusters lack it', () => {
  const { base, out } = repository();
  const bin = tempDir();
  writeFiles(bin, { git: `#!/bin/sh\necho "$@" >> "${bin}/calls"\nPATH="${process.env.PATH}" exec git "$@"\n` });
  fs.chmodSync(join(bin, 'git'), 0o755);
  process.env.PATH = `${bin}:${process.env.PATH}`;
  const files = { ...FILES, 'flux-system/gotk-sync.yaml?': 'b' };
  const units = Array.from({ length: 50 }, (_, i) => [{ ...STAGING, root: `clusters/c${i}` }, files] as const);
  synthAll(out, units);
  expect(fs.readFileSync(join(bin, 'calls'), 'utf8').trim().split('\n')).toHaveLength(2);
  synthAll(out, units);
  expect(fs.readFileSync(join(bin, 'calls'), 'utf8').trim().split('\n')).toHaveLength(2);
  expect(git(base, 'status', '--porcelain', '-uno')).toBe('');
});

test('in another output directory the real file is copied byte for byte', () => {
  const base = tempDir();
  const bytes = Buffer.from([0xef, 0xbb, 0xbf, 0x61, 0x0d, 0x0a, 0xff]);
  writeFiles(base, { [`dist/${COMPONENTS}`]: '' });
  fs.writeFileSync(join(base, 'dist', COMPONENTS), bytes);
  synth(join(base, 'other'), FILES, STAGING, { copyFrom: join(base, 'dist') });
  expect(fs.readFileSync(join(base, 'other', COMPONENTS))).toEqual(bytes);
  expect(fs.readFileSync(join(base, 'dist', COMPONENTS))).toEqual(bytes);
});

test('in another output directory a file that is there already stays', () => {
  const base = tempDir();
  writeFiles(base, { [`dist/${COMPONENTS}`]: REAL, [`other/${COMPONENTS}`]: 'kind: Other\n' });
  synth(join(base, 'other'), FILES, STAGING, { copyFrom: join(base, 'dist') });
  expect(readFiles(join(base, 'other'))[COMPONENTS]).toBe('kind: Other\n');
});

test('in another output directory a placeholder is written where the normal one has nothing to copy', () => {
  const base = tempDir();
  synth(join(base, 'other'), FILES, STAGING, { copyFrom: join(base, 'dist') });
  expect(readFiles(join(base, 'other'))[COMPONENTS]).toBe(written('kind: Placeholder\n'));
});

test('a file that is lost in the normal output directory is an error in another one, too', () => {
  const { base, out } = repository();
  fs.rmSync(join(out, COMPONENTS));
  const other = join(tempDir(), 'other');
  const text = errorText(base, () => synth(other, FILES, STAGING, { copyFrom: out }));
  expect(text).toContain(`git restore --source=HEAD <dir>/dist/${COMPONENTS}`);
  expect(fs.existsSync(other)).toBe(false);
});

test('the normal output directory given twice, once by a link, is not a copy of itself', () => {
  const { base, out } = repository();
  fs.rmSync(join(out, COMPONENTS));
  fs.symlinkSync('dist', join(base, 'link'));
  expect(() => synth(out, FILES, STAGING, { copyFrom: join(base, 'link') })).toThrow('output-lost-bootstrap-file');
});

test('a bootstrap file that cannot be read is not replaced by a placeholder in the copy', () => {
  const base = tempDir();
  writeFiles(base, { [`dist/${COMPONENTS}/x`]: '' });
  const text = errorText(base, () => synth(join(base, 'other'), FILES, STAGING, { copyFrom: join(base, 'dist') }));
  expect(text).toMatchInlineSnapshot(`
   "a file of flux bootstrap cannot be copied from the normal output directory [output-unwritable]
     given     EISDIR: illegal operation on a directory (read)
     file      <dir>/dist/clusters/staging/flux-system/gotk-components.yaml
     fix       move away the directory that stands where a file is needed"
  `);
});
