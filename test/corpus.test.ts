import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { checkCluster, RULES } from '../lib/checks/index.js';
import { Judged } from '../lib/checks/judged.js';
import type { Finding } from '../lib/finding.js';
import type { ClusterModel } from '../lib/model/cluster-model.js';
import { readFleet } from '../lib/read/fleet.js';
import { Texts } from '../lib/yaml/write.js';
import { corpusCases, readCase, withExpected } from './support/corpus.js';
import { tempDir, writeFiles } from './support/temp-dir.js';
import { formatTxtar } from './support/txtar.js';

/** The day on which allowances are judged. */
const TODAY = '2026-06-01';
const CASES_PER_RULE = 3;

const CASES = corpusCases();

test.each(CASES)('%s', (name) => {
  const tested = readCase(name);
  const directory = tempDir();
  writeFiles(directory, tested.files);
  const found = findingsOf(directory).sort().join('');
  if (process.env.UPDATE_CORPUS === '1') {
    writeFileSync(tested.file, formatTxtar(withExpected(tested, found)));
    return;
  }
  expect(tested.archive.comment.trim()).not.toBe('');
  expect(found).toBe(tested.expected ?? 'a section -- expected --');
});

test.each(RULES.map((rule) => rule.id))('%s has three cases or more', (rule) => {
  expect(CASES.filter((name) => name.startsWith(`${rule}/`)).length).toBeGreaterThanOrEqual(CASES_PER_RULE);
});

/** All that is said of a directory, a line each. */
function findingsOf(directory: string): string[] {
  // Content of other repositories, by the last part of their urls.
  const others = join(directory, 'sources');
  const sources = existsSync(others)
    ? Object.fromEntries(readdirSync(others).map((name) => [`https://github.com/acme/${name}`, join(others, name)]))
    : {};
  const { clusters, findings } = readFleet(directory, { sources });
  return [...findings, ...clusters.flatMap((cluster) => findingsIn(cluster))].map(lineOf);
}

/** What is said of a cluster; and the same is said of it where its objects have been judged before. */
function findingsIn(cluster: ClusterModel): readonly Finding[] {
  const { findings } = checkCluster(cluster, RULES, { today: TODAY });
  const judged = new Judged();
  for (let times = 0; times < 2; times++) {
    const again = checkCluster(cluster, RULES, { today: TODAY, known: { judged, texts: new Texts() } });
    expect(again.findings).toEqual(findings);
  }
  return findings;
}

function lineOf({ severity = 'error', rule, what, where }: Finding): string {
  return `${severity} ${rule} ${where?.file ?? '-'} ${what}\n`;
}
