import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import { hostname } from 'node:os';
import { basename, join, relative } from 'node:path';
import { expect, test } from '@jest/globals';
import { OutputTransaction } from '../../../lib/synth/disk/output.js';
import { STAGING, outputFiles, synth, written } from '../../support/output.js';
import { git, readFiles, stateOf, tempDir, writeFiles } from '../../support/temp-dir.js';
import type { Files } from '../../support/temp-dir.js';

const HOUR_MS = 3_600_000;

/** The id of a process that has ended. */
const DEAD = spawnSync(process.execPath, ['-e', '']).pid;
/** The id of a process that lives, and is not this one. */
const ALIVE = process.ppid;

/** The stage directory of a run that was killed; returns its name. */
function leaveBehind(out: string, pid: number, owner: object = {}, files: Files = { '0': 'staged' }): string {
  const name = `.flux-fleet-${pid}-aB3xyz`;
  const json = JSON.stringify({ host: hostname(), started: Date.now(), ...owner });
  writeFiles(join(out, name), { '.gitignore': `# flux-fleet stage ${json}\n*\n`, ...files });
  return name;
}

/** A transaction that has staged something; and its stage directory. */
function staging(out: string): { transaction: OutputTransaction; stage: string } {
  const transaction = new OutputTransaction(out);
  transaction.stage(STAGING, outputFiles({ 'a.yaml': 'a', 'b.yaml': 'b' }));
  const stage = fs.readdirSync(out).find((name) => name.startsWith('.'));
  return { transaction, stage: join(out, stage!) };
}

test('the stage directory names its process, and none of its files looks like a manifest', () => {
  const out = tempDir();
  synth(out, { 'c.yaml': 'c' });
  const { transaction, stage } = staging(out);
  expect(basename(stage)).toMatch(new RegExp(`^\\.flux-fleet-${process.pid}-\\w{6}$`));
  expect(fs.readdirSync(stage)).toEqual(['.gitignore', '0', '1']);
  transaction.rollback();
  expect(fs.readdirSync(out)).toEqual(['clusters']);
  expect(fs.readdirSync(join(out, 'clusters/staging'))).toEqual(['c.yaml']);
});

test('a cluster of which nothing is there yet waits whole, and one rename puts it into its place', () => {
  const out = tempDir();
  const renamed: string[] = [];
  const rename = (from: string, to: string): void => {
    renamed.push(relative(out, to));
    fs.renameSync(from, to);
  };
  const transaction = new OutputTransaction(out, { operations: { rename } });
  transaction.stage(STAGING, outputFiles({ 'a.yaml': 'a', 'deep/er/b.yaml': 'b' }));
  const [stage] = fs.readdirSync(out);
  expect(fs.readdirSync(join(out, stage!), { recursive: true }).map(String).sort()).toEqual([
    '.gitignore',
    '0',
    '0/a.yaml',
    '0/deep',
    '0/deep/er',
    '0/deep/er/b.yaml',
  ]);
  expect(transaction.commit()).toMatchObject({
    written: 2,
    writtenPaths: ['clusters/staging/a.yaml', 'clusters/staging/deep/er/b.yaml'],
  });
  expect(renamed).toEqual(['clusters/staging']);
  expect(fs.readdirSync(join(out, 'clusters/staging'))).toEqual(['a.yaml', 'deep']);
  expect(fs.readdirSync(out)).toEqual(['clusters']);
});

test('a cluster that is new goes again, if a later one cannot be put into its place', () => {
  const out = tempDir();
  const rename = (from: string, to: string): void => {
    if (to.endsWith('production'))
      throw Object.assign(new Error('EACCES: permission denied'), { code: 'EACCES', syscall: 'rename' });
    fs.renameSync(from, to);
  };
  const transaction = new OutputTransaction(out, { operations: { rename } });
  transaction.stage(STAGING, outputFiles({ 'a.yaml': 'a' }));
  transaction.stage({ ...STAGING, root: 'clusters/production' }, outputFiles({ 'a.yaml': 'a' }));
  expect(() => transaction.commit()).toThrow('everything is as it was before');
  expect(fs.readdirSync(out)).toEqual([]);
});

test('a cluster that somebody else has made meanwhile is not written over', () => {
  const out = tempDir();
  const { transaction } = staging(out);
  fs.mkdirSync(join(out, 'clusters/staging'), { recursive: true });
  expect(() => transaction.commit()).toThrow('changed while this run was under way');
  expect(fs.readdirSync(join(out, 'clusters/staging'))).toEqual([]);
});

test('Git does not see the stage directory', () => {
  const out = tempDir();
  git(out, 'init', '-q');
  const { transaction } = staging(out);
  expect(git(out, 'status', '--porcelain')).toBe('');
  transaction.rollback();
});

test('there is no stage directory as long as nothing changes', () => {
  const out = tempDir();
  synth(out, { 'a.yaml': 'a' });
  const before = stateOf(out);
  const transaction = new OutputTransaction(out);
  transaction.stage(STAGING, outputFiles({ 'a.yaml': 'a' }));
  expect(stateOf(out)).toEqual(before);
  transaction.rollback();
});

test('what a killed run left behind is removed at the start of the next one', () => {
  const out = tempDir();
  leaveBehind(out, DEAD);
  new OutputTransaction(out).rollback();
  expect(fs.readdirSync(out)).toEqual([]);
});

test('directories that a killed run left empty are removed, those in use and all others stay', () => {
  const out = tempDir();
  const outside = tempDir();
  writeFiles(out, { 'clusters/a/x/y/': '', 'clusters/a/z/': '', 'clusters/b/by-hand.yaml': 'x', 'other/': '' });
  writeFiles(outside, { 'empty/': '' });
  fs.symlinkSync(outside, join(out, 'link'));
  const noted = [
    'clusters',
    'clusters/a',
    'clusters/a/x',
    'clusters/a/x/y',
    'clusters/b',
    'link/empty',
    '..',
    '',
    'no',
  ];
  leaveBehind(out, DEAD, {}, { directories: JSON.stringify(noted) });
  new OutputTransaction(out).rollback();
  expect(readFiles(out)).toEqual({
    'clusters/a/z/': '',
    'clusters/b/by-hand.yaml': 'x',
    link: `-> ${outside}`,
    'other/': '',
  });
  expect(fs.readdirSync(outside)).toEqual(['empty']);
});

test('the stage directory of a live process stays', () => {
  const out = tempDir();
  const name = leaveBehind(out, ALIVE);
  synth(out, { 'a.yaml': 'a' });
  expect(readFiles(join(out, name))['0']).toBe('staged');
});

test('two transactions of one process leave each other their stage directories', () => {
  const out = tempDir();
  const { transaction, stage } = staging(out);
  synth(out, { 'a.yaml': 'a' }, { owner: 'fleet "other"', root: 'clusters/other' });
  expect(fs.existsSync(stage)).toBe(true);
  transaction.commit();
  expect(readFiles(out)['clusters/staging/a.yaml']).toBe(written('a'));
});

test('in a container, where every run has the same process id, the leftover of an earlier run is removed', () => {
  const out = tempDir();
  leaveBehind(out, process.pid, { started: Date.now() - process.uptime() * 1000 - HOUR_MS });
  new OutputTransaction(out).rollback();
  expect(fs.readdirSync(out)).toEqual([]);
});

test('the stage directory of another machine that shares the disk stays for a day', () => {
  const out = tempDir();
  const name = leaveBehind(out, DEAD, { host: 'elsewhere', started: Date.now() - 23 * HOUR_MS });
  new OutputTransaction(out).rollback();
  expect(fs.readdirSync(out)).toEqual([name]);
  leaveBehind(out, DEAD, { host: 'elsewhere', started: Date.now() - 25 * HOUR_MS });
  new OutputTransaction(out).rollback();
  expect(fs.readdirSync(out)).toEqual([]);
});

test.each<Files>([{ '.gitignore': '' }, { './': '' }])(
  'a run that was killed right at its start leaves nothing: %j',
  (files) => {
    const out = tempDir();
    writeFiles(join(out, `.flux-fleet-${DEAD}-aB3xyz`), files);
    new OutputTransaction(out).rollback();
    expect(fs.readdirSync(out)).toEqual([]);
  },
);

test.each([
  [
    'another name',
    `.flux-fleet-${DEAD}-aB3xyz-2`,
    { '.gitignore': '# flux-fleet stage {"host":"a","started":1}\n*\n' },
  ],
  ['no process id', '.flux-fleet-x-aB3xyz', { '.gitignore': '# flux-fleet stage {"host":"a","started":1}\n*\n' }],
  ['another .gitignore', `.flux-fleet-${DEAD}-aB3xyz`, { '.gitignore': '*\n' }],
  ['an empty .gitignore and more', `.flux-fleet-${DEAD}-aB3xyz`, { '.gitignore': '', x: 'x' }],
  ['no .gitignore', `.flux-fleet-${DEAD}-aB3xyz`, { x: 'x' }],
])('a directory with %s is not taken for a stage directory', (_what, name, files) => {
  const out = tempDir();
  writeFiles(join(out, name), files);
  new OutputTransaction(out).rollback();
  expect(readFiles(join(out, name))).toEqual(files);
});

test('a link with the name of a stage directory stays, and what it leads to as well', () => {
  const out = tempDir();
  const outside = tempDir();
  const name = leaveBehind(outside, DEAD);
  fs.symlinkSync(join(outside, name), join(out, name));
  new OutputTransaction(out).rollback();
  expect(fs.readdirSync(out)).toEqual([name]);
  expect(fs.readdirSync(join(outside, name))).toEqual(['.gitignore', '0']);
});
