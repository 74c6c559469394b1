import { spawnSync } from 'node:child_process';
import { expect, test } from '@jest/globals';
import { engineFlags } from '../../lib/cli/engine.js';

test('this version of V8 knows the options that it is given, and says nothing', () => {
  const flags = JSON.stringify(engineFlags(process.versions.v8));
  const code = `for (const flag of ${flags}) require('node:v8').setFlagsFromString(flag)`;
  const { status, stdout, stderr } = spawnSync(process.execPath, ['-e', code], { encoding: 'utf8' });
  expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: '', stderr: '' });
});

test('a later version is not given what it has no more', () => {
  expect(engineFlags('11.3.244.8-node.33')).toContain('--interrupt-budget=200000');
  expect(engineFlags('12.4.254.21-node.33')).not.toContain('--interrupt-budget=200000');
});
