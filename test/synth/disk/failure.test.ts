import { execFile, execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, test } from '@jest/globals';
import { SYSTEM_FILES } from '../../../lib/synth/disk/operations.js';
import { OutputTransaction } from '../../../lib/synth/disk/output.js';
import type { FileOperations } from '../../../lib/synth/disk/output.js';
import { PRODUCTION, STAGING, outputFiles, synth, synthAll, systemError, written } from '../../support/output.js';
import { errorText, readFiles, stateBelow, tempDir, writeFiles } from '../../support/temp-dir.js';
import type { Files } from '../../support/temp-dir.js';

const CHILD = fileURLToPath(new URL('../../support/synth-child.ts', import.meta.url));
const FULL = systemError('ENOSPC', 'no space left on device', 'write');
const DENIED = systemError('EACCES', 'permission denied', 'open');

const OLD = { 'same.yaml': 'a', 'old.yaml': 'a', 'old/deep/x.yaml': 'a', 'gone.yaml': 'a', 'gone/deep/x.yaml': 'a' };
const NEW = { 'same.yaml': 'a', 'old.yaml': 'b', 'old/deep/x.yaml': 'b', 'new.yaml': 'b', 'new/deep/x.yaml': 'b' };
const FOREIGN = { 'README.md': 'hello', 'clusters/staging/gone/by-hand.yaml': 'kind: ConfigMap\n' };

/** An output directory with the old files and foreign ones. */
function oldOutput(): string {
  const out = tempDir();
  synth(out, OLD);
  writeFiles(out, FOREIGN);
  return out;
}

/** Lets the n-th call of an operation fail (the first is 0), and every later one too if `forever`. */
function failing(name: keyof FileOperations, n: number, error = FULL, forever = false): Partial<FileOperations> {
  let calls = 0;
  const original = SYSTEM_FILES[name] as (...args: unknown[]) => unknown;
  const replaced = (...args: unknown[]) => {
    const call = calls++;
    if (call === n || (forever && call > n)) throw error;
    return original(...args);
  };
  return { [name]: replaced };
}

describe('after an error in the middle of a commit everything is as before', () => {
  // The new files make 2 directories, 2 replacements (a link and a rename each), 2 new files and 2 removals.
  test.each([
    ['makeDirectory', 0],
    ['makeDirectory', 1],
    ['rename', 0],
    ['rename', 1],
    ['rename', 2],
    ['rename', 3],
    ['rename', 4],
    ['rename', 5],
    ['removeDirectory', 0],
  ] as const)('%s, call %i', (name, n) => {
    const out = oldOutput();
    const before = stateBelow(out);
    const times = (state: Record<string, string>) =>
      Object.fromEntries(Object.entries(state).map(([path, text]) => [path, path.endsWith('/') ? '' : text]));
    expect(() => synth(out, NEW, STAGING, { operations: failing(name, n) })).toThrow('everything is as it was before');
    // Directories in which something came and went have another time; files are the very same ones.
    expect(times(stateBelow(out))).toEqual(times(before));
    expect(readFiles(out)).toEqual({ ...FOREIGN, ...onDisk(OLD) });
  });
});

function onDisk(files: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(files).map(([path, text]) => [`clusters/staging/${path}`, written(text)]));
}

test('after an error the next run does all the work', () => {
  const out = oldOutput();
  expect(() => synth(out, NEW, STAGING, { operations: failing('rename', 3) })).toThrow();
  synth(out, NEW);
  expect(readFiles(out)).toEqual({ ...FOREIGN, ...onDisk(NEW) });
});

test('on a file system without hard links the old content is copied, and put back after an error', () => {
  const out = oldOutput();
  const link = () => {
    throw systemError('EPERM', 'operation not permitted', 'link');
  };
  expect(() => synth(out, NEW, STAGING, { operations: { link, ...failing('rename', 4) } })).toThrow();
  expect(readFiles(out)).toEqual({ ...FOREIGN, ...onDisk(OLD) });
  synth(out, NEW, STAGING, { operations: { link } });
  expect(readFiles(out)).toEqual({ ...FOREIGN, ...onDisk(NEW) });
});

test('if the old content cannot be kept, the file is not written', () => {
  const out = oldOutput();
  const operations = { ...failing('link', 1), ...failing('copy', 0) };
  expect(() => synth(out, NEW, STAGING, { operations })).toThrow('ENOSPC');
  expect(readFiles(out)).toEqual({ ...FOREIGN, ...onDisk(OLD) });
});

test('an error while a file gives way to a directory takes both back', () => {
  const out = tempDir();
  synth(out, { a: 'a', 'b/c': 'a' });
  expect(() => synth(out, { 'a/x': 'b', b: 'b' }, STAGING, { operations: failing('rename', 3) })).toThrow();
  expect(readFiles(out)).toEqual(onDisk({ a: 'a', 'b/c': 'a' }));
});

test('the error of a full disk says which file, and that nothing has changed', () => {
  const out = oldOutput();
  expect(errorText(out, () => synth(out, NEW, STAGING, { operations: failing('rename', 1) }))).toMatchInlineSnapshot(`
   "a path of the output cannot be written; everything is as it was before [output-unwritable]
     given     ENOSPC: no space left on device (write)
     file      <dir>/clusters/staging/old/deep/x.yaml
     fix       free space on the disk that holds this file, then synthesize again"
  `);
});

test('a disk that is full while files are staged leaves everything as it was', () => {
  const out = oldOutput();
  const before = stateBelow(out);
  // The first call writes what makes the stage directory ours.
  expect(errorText(out, () => synth(out, NEW, STAGING, { operations: failing('write', 2) }))).toMatchInlineSnapshot(`
   "a file of the output cannot be written; nothing has changed [output-unwritable]
     given     ENOSPC: no space left on device (write)
     file      <dir>/clusters/staging/old/deep/x.yaml
     fix       free space on the disk that holds this file, then synthesize again"
  `);
  expect(stateBelow(out)).toEqual(before);
});

test('a disk that is full when the stage directory is made leaves everything as it was', () => {
  const out = oldOutput();
  const before = stateBelow(out);
  expect(() => synth(out, NEW, STAGING, { operations: failing('write', 0) })).toThrow('output-unwritable');
  expect(stateBelow(out)).toEqual(before);
});

test('an output directory that was made for a run that failed is removed again', () => {
  const base = tempDir();
  const out = join(base, 'a/dist');
  expect(() => synth(out, NEW, STAGING, { operations: failing('rename', 0) })).toThrow('output-unwritable');
  expect(fs.readdirSync(base)).toEqual([]);
});

test('an output directory that was made is removed again if no stage directory can be made in it', () => {
  const base = tempDir();
  const operations = failing('write', 0);
  expect(() => synth(join(base, 'a/dist'), NEW, STAGING, { operations })).toThrow('output-unwritable');
  expect(fs.readdirSync(base)).toEqual([]);
});

test('an output directory that was made for a run that failed stays if somebody else uses it', () => {
  const base = tempDir();
  const out = join(base, 'a/dist');
  const transaction = new OutputTransaction(out);
  transaction.stage(STAGING, outputFiles(NEW));
  writeFiles(base, { 'a/x': 'theirs' });
  transaction.rollback();
  expect(readFiles(base)).toEqual({ 'a/x': 'theirs' });
});

test('a rollback leaves no trace of what was staged, and may be repeated', () => {
  const out = oldOutput();
  const before = stateBelow(out);
  const transaction = new OutputTransaction(out);
  transaction.stage(STAGING, outputFiles(NEW));
  transaction.rollback();
  transaction.rollback();
  expect(stateBelow(out)).toEqual(before);
});

test('a rollback after a commit changes nothing', () => {
  const out = oldOutput();
  const transaction = new OutputTransaction(out);
  transaction.stage(STAGING, outputFiles(NEW));
  transaction.commit();
  transaction.rollback();
  expect(readFiles(out)).toEqual({ ...FOREIGN, ...onDisk(NEW) });
});

test('a mistake in the code is undone like any error, and shown as it is', () => {
  const out = oldOutput();
  const mistake = new TypeError('x is not a function');
  expect(() => synth(out, NEW, STAGING, { operations: failing('rename', 3, mistake) })).toThrow(mistake);
  expect(() => synth(out, NEW, STAGING, { operations: failing('list', 0, mistake) })).toThrow(mistake);
  expect(readFiles(out)).toEqual({ ...FOREIGN, ...onDisk(OLD) });
});

test('an error in one cluster takes the other clusters back, too', () => {
  const out = oldOutput();
  const units = [
    [PRODUCTION, { 'a.yaml': 'a' }],
    [STAGING, NEW],
  ] as const;
  expect(() => synthAll(out, units, { operations: failing('rename', 4) })).toThrow();
  expect(readFiles(out)).toEqual({ ...FOREIGN, ...onDisk(OLD) });
});

test('where putting back fails too, the error says where the old contents are, and no later run removes them', () => {
  const out = oldOutput();
  // Replacing both old files works, placing the first new one fails, and so does every rename after it.
  const operations = failing('rename', 2, FULL, true);
  expect(errorText(out, () => synth(out, NEW, STAGING, { operations }))).toMatchInlineSnapshot(`
   "a path of the output cannot be written [output-unwritable]
     given     ENOSPC: no space left on device (write)
     file      <dir>/clusters/staging/new.yaml
     fix       free space on the disk that holds this file, then synthesize again

   and not everything could be put back as it was: do not commit or publish the output directory [output-not-restored]
     given     <dir>/clusters/staging/old/deep/x.yaml: its old content is in <dir>/.flux-fleet-<stage>/5
               <dir>/clusters/staging/old.yaml: its old content is in <dir>/.flux-fleet-<stage>/4
     fix       copy these old contents back (or use git restore), remove the directory that kept them, then synthesize again"
  `);
  const [stage] = fs.readdirSync(out).filter((name) => name.startsWith('.flux-fleet-'));
  const dead = join(out, '.flux-fleet-999999999-abcdef');
  fs.renameSync(join(out, stage!), dead);
  synth(out, NEW);
  const kept = fs.readdirSync(dead).map((name) => fs.readFileSync(join(dead, name), 'utf8'));
  expect(kept.filter((text) => text === written('a'))).toHaveLength(2);
});

test('a file that somebody writes between staging and commit is not overwritten', () => {
  const out = oldOutput();
  const transaction = new OutputTransaction(out);
  transaction.stage(STAGING, outputFiles(NEW));
  writeFiles(out, { 'clusters/staging/new.yaml': 'by hand' });
  expect(errorText(out, () => transaction.commit())).toMatchInlineSnapshot(`
   "a file of the output changed while this run was under way, which therefore gave up [output-changed]
     file      <dir>/clusters/staging/new.yaml
     fix       wait until the other program is done (a second synth, an editor, git), then synthesize again"
  `);
  expect(readFiles(out)).toEqual({ ...FOREIGN, ...onDisk(OLD), 'clusters/staging/new.yaml': 'by hand' });
});

test.each(['old.yaml', 'gone.yaml'])('%s that somebody changes between staging and commit stays', (path) => {
  const out = oldOutput();
  const transaction = new OutputTransaction(out);
  transaction.stage(STAGING, outputFiles(NEW));
  writeFiles(out, { [`clusters/staging/${path}`]: 'by hand' });
  expect(() => transaction.commit()).toThrow('output-changed');
  expect(readFiles(out)).toEqual({ ...FOREIGN, ...onDisk(OLD), [`clusters/staging/${path}`]: 'by hand' });
});

test('a directory that becomes a link between staging and commit is not written through', () => {
  const out = oldOutput();
  const outside = tempDir();
  const transaction = new OutputTransaction(out);
  transaction.stage(STAGING, outputFiles({ ...OLD, 'new/x.yaml': 'a' }));
  fs.symlinkSync(outside, join(out, 'clusters/staging/new'));
  expect(() => transaction.commit()).toThrow('output-changed');
  expect(fs.readdirSync(outside)).toEqual([]);
});

test('an output directory that is a file is named', () => {
  const base = tempDir();
  writeFiles(base, { dist: 'x' });
  expect(errorText(base, () => synth(join(base, 'dist'), NEW))).toMatchInlineSnapshot(`
   "the output directory is no directory [output-unwritable]
     expected  a directory, or nothing there yet
     given     a file
     file      <dir>/dist
     fix       move that file away, or give another output directory"
  `);
});

test('an output directory below a file cannot be created', () => {
  const base = tempDir();
  writeFiles(base, { file: 'x' });
  expect(errorText(base, () => synth(join(base, 'file/dist'), NEW))).toMatchInlineSnapshot(`
   "the output directory cannot be written; nothing in it has changed [output-unwritable]
     given     ENOTDIR: not a directory (mkdir)
     file      <dir>/file/dist
     fix       move away the file that stands where a directory is needed"
  `);
  expect(readFiles(base)).toEqual({ file: 'x' });
});

test('an output directory that is a link to nowhere cannot be written', () => {
  const base = tempDir();
  fs.symlinkSync('nowhere', join(base, 'dist'));
  expect(() => synth(join(base, 'dist'), NEW)).toThrow('output-unwritable');
  expect(readFiles(base)).toEqual({ dist: '-> nowhere' });
});

test('a listing that the system refuses is named, unless the directory is not ours to read', () => {
  const out = oldOutput();
  const broken = systemError('EIO', 'i/o error', 'scandir');
  expect(errorText(out, () => synth(out, NEW, STAGING, { operations: failing('list', 0, broken) })))
    .toMatchInlineSnapshot(`
   "the output directory cannot be read; nothing has changed [output-unwritable]
     given     EIO: i/o error (scandir)
     file      <dir>/clusters/staging
     fix       mend what the system says, then synthesize again"
  `);
  writeFiles(out, { 'clusters/staging/private/': '' });
  const list = (path: string) => {
    if (path.endsWith('private')) throw DENIED;
    return SYSTEM_FILES.list(path);
  };
  synth(out, NEW, STAGING, { operations: { list } });
  expect(readFiles(out)).toEqual({ ...FOREIGN, ...onDisk(NEW), 'clusters/staging/private/': '' });
});

/** Runs a synth as a user without special rights, for whom a directory is not writable; returns the text of its error. */
function synthWithout(right: string, out: string, files: Files): string {
  const user = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {};
  if ('uid' in user) execFileSync('chown', ['-R', '65534:65534', out]);
  fs.chmodSync(right, 0o555);
  const args = ['--import', 'tsx', CHILD, 'once', out, JSON.stringify(files)];
  return execFileSync(process.execPath, args, { ...user, encoding: 'utf8', env: { ...process.env, NODE_OPTIONS: '' } });
}

const onUnix = process.platform === 'win32' ? test.skip : test;

onUnix('a directory without the right to write is found before the first file is touched', () => {
  const out = oldOutput();
  const deep = join(out, 'clusters/staging/old/deep');
  const files = readFiles(out);
  const time = fs.statSync(join(out, 'clusters/staging')).mtimeMs;
  expect(synthWithout(deep, out, NEW).replaceAll(out, '<dir>')).toMatchInlineSnapshot(`
   "a path of the output cannot be written; everything is as it was before [output-unwritable]
     given     EACCES: permission denied (access)
     file      <dir>/clusters/staging/old/deep
     fix       give this user the right to read and write there (a run as root leaves files behind that belong to root)"
  `);
  expect(readFiles(out)).toEqual(files);
  expect(fs.statSync(join(out, 'clusters/staging')).mtimeMs).toBe(time);
});

test('processes that fill and empty different clusters at the same time do not disturb each other', async () => {
  const out = tempDir();
  const clusters = ['one', 'two', 'three'];
  const run = promisify(execFile);
  const env = { ...process.env, NODE_OPTIONS: '' };
  await Promise.all(
    clusters.map((cluster) => run(process.execPath, ['--import', 'tsx', CHILD, 'rounds', out, cluster], { env })),
  );
  const expected = clusters.flatMap((cluster) => {
    const text = written(cluster, { ...STAGING, owner: `fleet "${cluster}"` });
    return [`clusters/${cluster}/a.yaml`, `clusters/${cluster}/a/b/c.yaml`].map((path) => [path, text]);
  });
  expect(readFiles(out)).toEqual(Object.fromEntries(expected));
}, 60_000);

/** Mounts a small disk; undefined where that is not permitted. */
function smallDisk(options: string): string | undefined {
  const at = tempDir();
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', at], { stdio: 'pipe' });
    return at;
  } catch {
    return undefined;
  }
}

const probe = smallDisk('size=64k');
if (probe !== undefined) execFileSync('umount', [probe]);
const onSmallDisk = probe === undefined ? test.skip : test;

onSmallDisk.each([40, 3])('a disk that is really full leaves everything as it was (%i files)', (count) => {
  const disk = smallDisk('size=128k')!;
  try {
    const out = join(disk, 'dist');
    synth(out, OLD);
    const before = stateBelow(out);
    const files = Array.from({ length: count }, (_, i) => [`new-${i}.yaml`, 'x'.repeat(120_000 / count)]);
    const big = Object.fromEntries(files) as Record<string, string>;
    expect(() => synth(out, { ...NEW, ...big })).toThrow('ENOSPC');
    expect(stateBelow(out)).toEqual(before);
    synth(out, NEW);
    expect(readFiles(out)).toEqual(onDisk(NEW));
  } finally {
    execFileSync('umount', [disk]);
  }
});

onSmallDisk('a file system that is mounted for reading only is named', () => {
  const disk = smallDisk('size=128k')!;
  try {
    synth(join(disk, 'dist'), OLD);
    execFileSync('mount', ['-o', 'remount,ro', disk]);
    const before = stateBelow(disk);
    expect(synth(join(disk, 'dist'), OLD).unchanged).toBe(5);
    expect(errorText(disk, () => synth(join(disk, 'dist'), NEW))).toMatchInlineSnapshot(`
     "the output directory cannot be written; nothing in it has changed [output-unwritable]
       given     EROFS: read-only file system (mkdtemp)
       file      <dir>/dist
       fix       mount the file system for writing, or give another output directory"
    `);
    expect(stateBelow(disk)).toEqual(before);
  } finally {
    execFileSync('umount', [disk]);
  }
});
