import { spawn } from 'node:child_process';
import { once } from 'node:events';
import * as fs from 'node:fs';
import { fileURLToPath } from 'node:url';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { generation } from '../../support/generations.js';
import { STAGING, synth, written } from '../../support/output.js';
import { readFiles, tempDir, writeFiles } from '../../support/temp-dir.js';
import type { Files } from '../../support/temp-dir.js';

/** Output directories at the same time, and kills in each of them. */
const LANES = 2;
const KILLS = 8;
const CHILD = fileURLToPath(new URL('../../support/synth-child.ts', import.meta.url));
const FOREIGN: Files = {
  'README.md': 'hello',
  'clusters/staging/flux-system/gotk-components.yaml': 'kind: Namespace\n',
  'clusters/staging/shared/3/by-hand.yaml': 'kind: ConfigMap\n',
  'clusters/staging/a/7/by-hand.yaml': 'kind: ConfigMap\n',
};

/** A process that writes one state after the other, and is killed at some moment. */
async function killWhileWriting(out: string): Promise<void> {
  const child = spawn(process.execPath, ['--import', 'tsx', CHILD, 'forever', out], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, NODE_OPTIONS: '' },
  });
  const exit = once(child, 'exit');
  await once(child.stdout, 'data');
  await sleep(Math.random() * 150);
  child.kill('SIGKILL');
  expect(await exit).toEqual([null, 'SIGKILL']);
}

function onDisk(files: Files): Files {
  return Object.fromEntries(Object.entries(files).map(([path, text]) => [`${STAGING.root}/${path}`, written(text)]));
}

/** The paths only: the contents are long. */
function differences(given: Files, expected: Files): string[] {
  return Object.keys({ ...given, ...expected }).filter((path) => given[path] !== expected[path]);
}

/** One output directory that is written, killed, checked and finished again and again; returns how often a kill left work. */
async function killAgainAndAgain(): Promise<number> {
  const out = tempDir();
  const [a, b] = [onDisk(generation('a')), onDisk(generation('b'))];
  const shared = Object.keys(a).filter((path) => path in b);
  let leftovers = 0;
  writeFiles(out, FOREIGN);
  for (let kill = 0; kill < KILLS; kill++) {
    await killWhileWriting(out);
    const files = readFiles(out);
    const staged = Object.keys(files).filter((path) => path.startsWith('.flux-fleet-'));
    leftovers += staged.length > 0 ? 1 : 0;
    expect(staged.filter((path) => path.endsWith('.yaml'))).toEqual([]);
    for (const path of staged) delete files[path];
    const neither = Object.keys(files).filter((path) => files[path] !== a[path] && files[path] !== b[path]);
    expect(neither.filter((path) => !path.endsWith('/') && !(path in FOREIGN))).toEqual([]);
    expect(Object.keys(FOREIGN).filter((path) => files[path] !== FOREIGN[path])).toEqual([]);
    expect(shared.filter((path) => !(path in files))).toEqual([]);

    const next = kill % 2 === 0 ? 'a' : 'b';
    synth(out, generation(next));
    expect(differences(readFiles(out), { ...FOREIGN, ...(next === 'a' ? a : b) })).toEqual([]);
    expect(fs.readdirSync(out).filter((name) => name.startsWith('.'))).toEqual([]);
  }
  return leftovers;
}

test('after a kill every file is wholly old or wholly new, and the next run finishes the work', async () => {
  // All of them are waited for also if one fails, so that no process stays behind.
  const lanes = await Promise.allSettled(Array.from({ length: LANES }, killAgainAndAgain));
  const leftovers = lanes.map((lane) => {
    if (lane.status === 'rejected') throw lane.reason;
    return lane.value;
  });
  expect(Math.max(...leftovers)).toBeGreaterThan(0); // Otherwise no kill came in the middle.
}, 120_000);
