import { expect, test } from '@jest/globals';
import { NOT_BROUGHT, NOT_SHOWN, NOT_SHOWN_CASES } from '../e2e/corpus/not-shown.js';
import { keyOf, readPage, saidIn } from '../e2e/corpus/page.js';
import { SAID } from '../e2e/corpus/said/index.js';
import { expectedOf, pageWith, reasonFor, wordsOf } from '../e2e/corpus/table.js';
import { RULES } from '../lib/checks/index.js';
import { corpusCases } from './support/corpus.js';

const CASES = corpusCases();
const PAGE = readPage();

test('the page has what the cases say, and what a cluster has said of each', () => {
  const said = saidIn(PAGE);
  expect(PAGE).toBe(pageWith(said));
  const expected = Object.keys(SAID).flatMap((name) => {
    const words = wordsOf(name);
    return expectedOf(name).flatMap(({ what }, n) => ('unheard' in words[n]! ? [] : [keyOf(name, what)]));
  });
  expect(expected.filter((key) => !said.has(key))).toEqual([]);
});

test('each rule is shown by a case, or it is said why not', () => {
  const shown = new Set(
    CASES.flatMap((name) => {
      const words = wordsOf(name);
      return expectedOf(name).flatMap(({ rule }, n) => ('unheard' in words[n]! ? [] : [rule]));
    }),
  );
  const all = [...shown, ...Object.keys(NOT_SHOWN)].sort();
  expect(all).toEqual(RULES.map(({ id }) => id).sort());
});

test.each(Object.keys(SAID))('%s has a word for each finding', (name) => {
  expect(CASES).toContain(name);
  expect(SAID[name]!.words.length).toBe(expectedOf(name).length);
});

test('of each other finding it is said why nothing is said of it', () => {
  const others = CASES.filter((name) => SAID[name] === undefined);
  const found = others.flatMap((name) => expectedOf(name).map(({ rule }) => ({ name, rule })));
  expect(found.filter(({ name, rule }) => reasonFor(name, rule) === undefined)).toEqual([]);
});

test('reasons are given for what is there', () => {
  expect(
    [...Object.keys(NOT_SHOWN_CASES), ...Object.keys(NOT_BROUGHT)].filter((name) => !CASES.includes(name)),
  ).toEqual([]);
  const both = Object.keys(SAID).filter(
    (name) => NOT_SHOWN_CASES[name] !== undefined || NOT_BROUGHT[name] !== undefined,
  );
  expect(both).toEqual([]);
});
