import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { readCase } from '../test/support/corpus.js';
import { readPage, saidIn, writePage } from './corpus/page.js';
import type { Row } from './corpus/page.js';
import { Stage } from './corpus/stage.js';
import { broughtCases, pageWith } from './corpus/table.js';
import { tryCase } from './corpus/trial.js';
import { TestCluster } from './environment/cluster.js';
import { environment } from './environment/environment.js';

const UPDATE = process.env.UPDATE_VERDICTS === '1';

const before = saidIn(readPage());
const now = new Map<string, readonly Row['said'][]>(before);
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
  now.set(name, said);
  if (!UPDATE) expect(said).toEqual(before.get(name) ?? []);
});
