import { existsSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { readFiles, stateBelow, writeFiles } from '../support/temp-dir.js';
import { app, cdk8sSynth, project, synthApp } from './support.js';

const COMPONENTS = 'dist/clusters/test/flux-system/gotk-components.yaml';
const REAL = 'apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: source-controller\n  namespace: flux-system\n';

test('cdk8s synth writes what flux-fleet synth writes, and leaves what Flux wrote, however often it runs', () => {
  const directory = project({ 'apps/test.ts': app('test') });
  synthApp(directory, 'test');
  writeFiles(directory, { [COMPONENTS]: REAL, 'dist/clusters/test/NOTES.md': 'By hand.\n' });
  const before = stateBelow(join(directory, 'dist'));
  for (const run of ['first', 'second']) {
    const { code, stdout, stderr } = cdk8sSynth(directory);
    expect([run, code, stderr]).toEqual([run, 0, expect.stringContaining('dist: 1 cluster')]);
    // The command lists what it finds behind the link.
    expect(stdout).toContain('.cdk8s/clusters/test/layers/base/base.yaml');
    expect(stateBelow(join(directory, 'dist'))).toEqual(before);
    expect(readlinkSync(join(directory, '.cdk8s'))).toBe('dist');
  }
});

test('an app that throws leaves dist as it was', () => {
  const directory = project({ 'apps/test.ts': app('test', ['base', 'more'], "throw new Error('no such region');") });
  synthApp(directory, 'test');
  writeFiles(directory, { [COMPONENTS]: REAL });
  const before = stateBelow(join(directory, 'dist'));
  const { code, stderr } = cdk8sSynth(directory);
  expect(code).not.toBe(0);
  expect(stderr).toContain('no such region');
  expect(stateBelow(join(directory, 'dist'))).toEqual(before);
});

test('cdk8s synth -o other writes there, and copies what Flux wrote', () => {
  const directory = project({ 'apps/test.ts': app('test') });
  synthApp(directory, 'test');
  writeFiles(directory, { [COMPONENTS]: REAL });
  const before = stateBelow(join(directory, 'dist'));
  expect(cdk8sSynth(directory, ['-o', 'other']).code).toBe(0);
  expect(readFiles(join(directory, 'other'))).toEqual(readFiles(join(directory, 'dist')));
  expect(stateBelow(join(directory, 'dist'))).toEqual(before);
  expect(existsSync(join(directory, '.cdk8s'))).toBe(false);
});

test('cdk8s synth -o dist has deleted what Flux wrote before the app ran, and that is told', () => {
  const directory = project({ 'apps/test.ts': app('test') });
  synthApp(directory, 'test');
  const { code, stderr } = cdk8sSynth(directory, ['-o', 'dist']);
  expect(code).toBe(0);
  expect(stderr).toContain('warning: cdk8s has deleted dist before this ran');
});
