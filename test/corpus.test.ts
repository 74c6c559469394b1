import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { expect, test } from '@jest/globals';
import { checkCluster, RULES } from '../lib/checks/index.js';
import { Judged } from '../lib/checks/judged.js';
import type { Finding } from '../lib/finding.js';
import type { ClusterModel } from '../lib/model/cluster-model.js';
import { readFleet } from '../lib/read/fleet.js';
import { Texts } from '../lib/yaml/write.js';
import { tempDir, writeFiles } from './support/temp-dir.js';
import { formatTxtar, parseTxtar } from './support/txtar.js';
import type { TxtarFile } from './support/txtar.js';

const CORPUS = join(import.meta.dirname, 'corpus');
const EXPECTED = 'expected';
/** The day on which allowances are judged. */
const TODAY = '2026-06-01';
const CASES_PER_RULE = 3;

const cases = readdirSync(CORPUS, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .flatMap(({ name }) => readdirSync(join(CORPUS, name)).map((file) => `${name}/${file}`))
  .filter((path) => path.endsWith('.txtar'))
  .sort();

test.each(cases)('%s', (path) => {
  const file = join(CORPUS, path);
  const archive = parseTxtar(readFileSync(file, 'utf8'));
  const directory = tempDir();
  const files = archive.files.filter(({ name }) => name !== EXPECTED);
  writeFiles(directory, Object.fromEntries(files.map(repeated)));
  const found = findingsOf(directory).sort().join('');
  if (process.env.UPDATE_CORPUS === '1') {
    writeFileSync(file, formatTxtar({ ...archive, files: [...files, { name: EXPECTED, text: found }] }));
    return;
  }
  expect(archive.comment.trim()).not.toBe('');
  expect(found).toBe(archive.files.find(({ name }) => name === EXPECTED)?.text ?? 'a section -- expected --');
});

test.each(RULES.map((rule) => rule.id))('%s has three cases or more', (rule) => {
  const own = existsSync(join(CORPUS, rule)) ? cases.filter((path) => path.startsWith(`${rule}/`)) : [];
  expect(own.map((path) => basename(path)).length).toBeGreaterThanOrEqual(CASES_PER_RULE);
});

/** A file with its text; `-- path {1..9} --` has it nine times, each with its number for `{n}`. */
function repeated({ name, text }: TxtarFile): readonly [string, string] {
  const [, path, last] = /^(.+) \{1\.\.(\d+)\}$/.exec(name) ?? [];
  if (path === undefined) return [name, text];
  return [path, Array.from({ length: Number(last) }, (_, n) => text.replaceAll('{n}', `${n + 1}`)).join('')];
}

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
