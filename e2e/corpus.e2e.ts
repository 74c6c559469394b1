import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { readCase } from '../test/support/corpus.js';
import { keyOf, readPage, saidIn, writePage } from './corpus/page.js';
import { Stage } from './corpus/stage.js';
import { broughtCases, expectedOf, pageWith } from './corpus/table.js';
import { tryCase } from './corpus/trial.js';
import { TestCluster } from './environment/cluster.js';
import { environment } from './environment/environment.js';

const UPDATE = process.env.UPDATE_VERDICTS === '1';

const before = saidIn(readPage());
const now = new Map(before);
let cluster: TestCluster | undefined;
let stage: Stage | undefined;

beforeAll(async () => {
  if (environment().own === undefined) return;
  cluster = await TestCluster.empty();
  stage = new Stage(cluster);
});
afterAll(async () => {
  await stage?.end();
  await cluster?.stop();
  if (UPDATE) writePage(pageWith(now));
});

// Cases of one lockdown after each other: Flux is installed anew in between.
const CASES = broughtCases().sort(
  (a, b) => Number(Stage.isLockedDown(readCase(a))) - Number(Stage.isLockedDown(readCase(b))),
);

// A cluster of somebody else's is not taken back to what it was in a moment.
const brought = environment().own === undefined ? test.skip : test;

brought.each(CASES)('%s', async (name) => {
  const said = await tryCase(cluster!, stage!, name);
  const keys = expectedOf(name).map(({ what }) => keyOf(name, what));
  for (const [n, key] of keys.entries()) now.set(key, said[n]);
  if (!UPDATE) expect(said).toEqual(keys.map((key) => before.get(key)));
});
