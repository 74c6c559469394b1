import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { assertSameObjects } from '../../bench/compare.js';
import { benchFleet } from '../../bench/fleet.js';
import { literalApp } from '../../bench/literals.js';
import { writeOverlays } from '../../bench/overlays.js';
import { measure, script } from '../../bench/process.js';
import { SIZES, sizeArguments } from '../../bench/sizes.js';
import { filesBelow } from '../../bench/tree.js';
import { project } from '../cli/support.js';
import { tempDir, writeFiles } from '../support/temp-dir.js';

const ROOT = join(import.meta.dirname, '../..');
const SIZE = SIZES.small;
const OBJECTS = 58;

/** What the library writes of the fleet. */
function library(): string {
  const directory = tempDir();
  writeFiles(directory, benchFleet(SIZE).files());
  return directory;
}

/** What a contender writes. */
async function contender(name: string, ...args: string[]): Promise<string> {
  const directory = join(tempDir(), 'out');
  await measure(script(join(ROOT, `bench/contenders/${name}.ts`), [directory, ...args], ROOT));
  return directory;
}

function objectsIn(ours: string, theirs: string): number {
  return assertSameObjects({ name: 'library', directory: ours }, { name: 'contender', directory: theirs });
}

test.each(['raw', 'kosko'])('%s makes the objects that the library makes', async (name) => {
  expect(objectsIn(library(), await contender(name, ...sizeArguments(SIZE)))).toBe(OBJECTS);
});

const hasKubectl = spawnSync('kubectl', ['version', '--client']).status === 0;

(hasKubectl ? test : test.skip)('kustomize builds the objects that the library makes', async () => {
  const overlays = tempDir();
  writeOverlays(overlays, SIZE);
  expect(objectsIn(library(), await contender('kustomize', join(overlays, 'clusters')))).toBe(OBJECTS);
});

test('the floor writes the bytes that the library writes', async () => {
  const ours = library();
  const theirs = await contender('floor', ours);
  expect(filesBelow(theirs)).toEqual(filesBelow(ours));
  for (const file of filesBelow(ours))
    expect([file, readFileSync(join(theirs, file), 'utf8')]).toEqual([file, readFileSync(join(ours, file), 'utf8')]);
});

test('an app of literals makes the objects that it was made of', async () => {
  const ours = library();
  const directory = project({ 'main.ts': literalApp(ours) });
  await measure(script(join(directory, 'main.ts'), [], directory));
  expect(objectsIn(ours, join(directory, 'dist'))).toBe(OBJECTS);
});

test('a change of the fleet is one of its first cluster', () => {
  const [before, after] = [benchFleet(SIZE).files(), benchFleet(SIZE, { replicas: 3 }).files()];
  const changed = Object.keys(after).filter((path) => after[path] !== before[path]);
  expect(changed).toEqual([
    'clusters/cluster-0/infrastructure/component-0/controllers/component-0-controllers.yaml',
    'clusters/cluster-0/infrastructure/component-1/controllers/component-1-controllers.yaml',
  ]);
});
