import { existsSync, lstatSync, readFileSync, readlinkSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { leaveLink, outputPlace } from '../../lib/synth/outdir.js';
import { errorText, readFiles, tempDir, writeFiles } from '../support/temp-dir.js';

test('where nobody says anything, output goes to dist', () => {
  expect(outputPlace(undefined, undefined, {})).toEqual({ outdir: 'dist' });
});

test('the code may say where', () => {
  expect(outputPlace(undefined, './out', {})).toEqual({ outdir: './out' });
});

test('the command line wins over the code, whose directory then has the files of Flux', () => {
  expect(outputPlace('other', './out', {})).toEqual({ outdir: 'other', copyFrom: './out' });
});

test('the command line may say what would have been anyway', () => {
  expect(outputPlace('./out/', 'out', {})).toEqual({ outdir: './out/' });
});

test('the command line wins over cdk8s', () => {
  expect(outputPlace('other', undefined, { CDK8S_OUTDIR: '.cdk8s' })).toEqual({ outdir: 'other', copyFrom: 'dist' });
});

test('cdk8s with its link means the normal directory, and wants the link', () => {
  expect(outputPlace(undefined, undefined, { CDK8S_OUTDIR: '/project/.cdk8s' })).toEqual({
    outdir: 'dist',
    link: '/project/.cdk8s',
  });
});

test('cdk8s with its link means what the code says', () => {
  expect(outputPlace(undefined, 'out', { CDK8S_OUTDIR: '.cdk8s' })).toEqual({ outdir: 'out', link: '.cdk8s' });
});

test('cdk8s with another directory means that one', () => {
  expect(outputPlace(undefined, undefined, { CDK8S_OUTDIR: 'other' })).toEqual({ outdir: 'other', copyFrom: 'dist' });
});

test('cdk8s with the normal directory has deleted it, and that is told', () => {
  const place = outputPlace(undefined, undefined, { CDK8S_OUTDIR: 'dist' });
  expect(place).toMatchObject({ outdir: 'dist' });
  expect(place.warning).toMatchInlineSnapshot(
    `"cdk8s has deleted dist before this ran, with every file in it that is not generated; set "output: .cdk8s" in cdk8s.yaml, and do not pass -o dist"`,
  );
});

test('an empty CDK8S_OUTDIR says nothing', () => {
  expect(outputPlace(undefined, undefined, { CDK8S_OUTDIR: '' })).toEqual({ outdir: 'dist' });
});

// The link

test('the link leads to the output, relative, so that the project may move', () => {
  const project = tempDir();
  writeFiles(project, { 'dist/a.yaml': 'a' });
  leaveLink(join(project, '.cdk8s'), join(project, 'dist'));
  expect(readlinkSync(join(project, '.cdk8s'))).toBe('dist');
  expect(readFileSync(join(project, '.cdk8s/a.yaml'), 'utf8')).toBe('a');
});

test('a link that is right stays the same one', () => {
  const project = tempDir();
  writeFiles(project, { 'dist/': '' });
  leaveLink(join(project, '.cdk8s'), join(project, 'dist'));
  const before = lstatSync(join(project, '.cdk8s')).ino;
  leaveLink(join(project, '.cdk8s'), join(project, 'dist'));
  expect(lstatSync(join(project, '.cdk8s')).ino).toBe(before);
});

test('a link that leads elsewhere is put right, and what it led to stays', () => {
  const project = tempDir();
  writeFiles(project, { 'old/a.yaml': 'a', 'dist/': '' });
  symlinkSync('old', join(project, '.cdk8s'));
  leaveLink(join(project, '.cdk8s'), join(project, 'dist'));
  expect(readFiles(project)).toEqual({ '.cdk8s': '-> dist', 'dist/': '', 'old/a.yaml': 'a' });
});

test('a link that leads nowhere is put right', () => {
  const project = tempDir();
  symlinkSync('gone', join(project, '.cdk8s'));
  leaveLink(join(project, '.cdk8s'), join(project, 'dist'));
  expect(readlinkSync(join(project, '.cdk8s'))).toBe('dist');
});

test.each([
  ['a directory', { '.cdk8s/precious.txt': 'x' }],
  ['a file', { '.cdk8s': 'x' }],
])('%s in the place of the link stays, and is told', (given, files) => {
  const project = tempDir();
  writeFiles(project, files);
  const text = errorText(project, () => leaveLink(join(project, '.cdk8s'), join(project, 'dist')));
  expect(text).toContain(`given     ${given}\n`);
  expect(readFiles(project)).toEqual(files);
});

test('the directory of the link is made where it is not there', () => {
  const project = tempDir();
  leaveLink(join(project, 'build/.cdk8s'), join(project, 'dist'));
  expect(readlinkSync(join(project, 'build/.cdk8s'))).toBe('../dist');
  expect(existsSync(join(project, 'dist'))).toBe(false);
});
