import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { readCase } from '../test/support/corpus.js';
import { readPage, saidIn, writePage } from './corpus/page.js';
import type { Row } from './corpus/page.js';
import { Stage } from './corpus/stage.js';
import { broughtCases, pageWith } from './corpus/table.js';
import { tryCase } from './corpus/trial.js';
import { TestCluster } from './environment/cluster.js';

const UPDATE = process.env.UPDATE_VERDICTS === '1';

const before = saidIn(readPage());
const now = new Map<string, readonly Row['said'][]>(before);
let cluster: TestCluster;
let stage: Stage;

beforeAll(async () => {
  cluster = await TestCluster.empty();
  stage = new Stage(cluster);
});
afterAll(async () => {
  await stage.end();
  await cluster.stop();
  if (UPDATE) writePage(pageWith(now));
});

// Cases of one lockdown after each other: Flux is installed anew in between.
const CASES = broughtCases().sort(
  (a, b) => Number(Stage.isLockedDown(readCase(a))) - Number(Stage.isLockedDown(readCase(b))),
);

test.each(CASES)('%s', async (name) => {
  const said = await tryCase(cluster, stage, name);
  now.set(name, said);
  if (!UPDATE) expect(said).toEqual(before.get(name) ?? []);
});
