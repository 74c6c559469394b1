import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { libraryText } from '../../lib/yaml/library.js';
import { plainText, toYaml } from '../../lib/yaml/write.js';
import { object } from './documents.js';

// FAST_CHECK_SEED=$RANDOM FAST_CHECK_RUNS=200000 npx jest test/yaml/library
const seed = Number(process.env['FAST_CHECK_SEED'] ?? 20_261_201);
const numRuns = Number(process.env['FAST_CHECK_RUNS'] ?? 20_000);

test('what is written here is, byte for byte, what the yaml library writes', () => {
  let left = 0;
  fc.assert(
    fc.property(fc.oneof({ weight: 9, arbitrary: object }, fc.array(object, { maxLength: 3 })), (document) => {
      const text = plainText(document);
      if (text === undefined) left++;
      else expect(text).toBe(libraryText(document));
    }),
    { seed, numRuns },
  );
  // Documents with long keys are left to the library; the others must be many.
  expect(left).toBeLessThan(numRuns / 10);
});

test('any JSON at all is written as the library writes it', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string({ unit: 'binary', maxLength: 8 }), fc.jsonValue({ maxDepth: 6 })), (value) => {
      const data = JSON.parse(JSON.stringify(value)) as unknown;
      expect(orError(() => toYaml([data]))).toBe(orError(() => libraryText(data)));
    }),
    { seed, numRuns },
  );
});

test('what is no plain map, and a key that is too long, is left to the library', () => {
  expect(plainText({ ['k'.repeat(1025)]: 1 })).toBeUndefined();
  expect(plainText({ a: new Map([['b', 1]]) })).toBeUndefined();
  expect(plainText({ a: [undefined] })).toBeUndefined();
  expect(toYaml([{ ['k'.repeat(1025)]: 1 }])).toBe(`? ${'k'.repeat(1025)}\n: 1\n`);
  expect(toYaml([['a']])).toBe('- a\n');
});

/** Both refuse the same: numbers that are none, and lone surrogates. */
function orError(write: () => string): string {
  try {
    return write();
  } catch (e) {
    return String(e);
  }
}
