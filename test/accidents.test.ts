import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { RULES } from '../lib/checks/index.js';
import { parseTxtar } from './support/txtar.js';

const ROOT = join(import.meta.dirname, '..');
const PAGE = readFileSync(join(ROOT, 'docs/accidents.md'), 'utf8');

/** One row of the tables of accidents that a rule tells. */
interface Accident {
  readonly rule: string;
  readonly case: string;
  /** As GitHub calls them: `owner/name#1`. */
  readonly threads: readonly string[];
}

const ACCIDENTS: readonly Accident[] = PAGE.split('\n').flatMap((line) => {
  const [, , threads, rule, path] = line.split('|').map((cell) => cell.trim());
  const name = /^`(.+\/.+)`$/.exec(path ?? '')?.[1];
  return name === undefined ? [] : [{ rule: rule!, case: name, threads: threadsIn(threads!) }];
});

test('the page tells of many accidents, each once', () => {
  expect(ACCIDENTS.length).toBeGreaterThan(40);
  expect(new Set(ACCIDENTS.map((a) => a.case)).size).toBe(ACCIDENTS.length);
});

test('every link to a thread leads where it says', () => {
  const links = [...PAGE.matchAll(/\[([\w./-]+)#(\d+)\]\(([^)]+)\)/g)];
  expect(links.length).toBeGreaterThan(ACCIDENTS.length);
  for (const [, repository, number, target] of links) {
    expect(target).toBe(`https://github.com/${repository}/issues/${number}`);
  }
});

test.each(ACCIDENTS)('$case tells of $threads', ({ rule, case: name, threads }) => {
  const id = name.split('/')[0]!;
  expect(rule).toBe(`[${id}](rules/${id}.md)`);
  expect(RULES.map((r) => r.id)).toContain(id);
  const file = join(import.meta.dirname, 'corpus', `${name}.txtar`);
  expect(existsSync(file)).toBe(true);
  const { comment, files } = parseTxtar(readFileSync(file, 'utf8'));
  const told = threadsIn(comment);
  expect(threads).not.toEqual([]);
  for (const thread of threads) expect(told).toContain(thread);
  expect(files.find((f) => f.name === 'expected')?.text).toMatch(new RegExp(`^(error|warning) ${id} `, 'm'));
});

/** The threads of a text: `owner/name#1`, `#2` of the repository before it, and addresses. */
function threadsIn(text: string): string[] {
  const found: string[] = [];
  let repository = '';
  for (const [, name, number, path, of] of text.matchAll(
    /([\w.-]+\/[\w.-]+)?#(\d+)|github\.com\/([\w.-]+\/[\w.-]+)\/(?:issues|pull)\/(\d+)/g,
  )) {
    repository = name ?? path ?? repository;
    found.push(`${repository}#${number ?? of}`);
  }
  return [...new Set(found)];
}
