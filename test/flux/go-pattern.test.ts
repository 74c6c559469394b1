import { expect, test } from '@jest/globals';
import { isGoPattern } from '../../lib/flux/go-pattern.js';

test.each([
  '',
  'web',
  '^main-(?P<ts>[0-9]+)$',
  '(?<ts>x)',
  '(?i)web',
  'a(?i:b)(?-s)',
  '(?:a|b)',
  '[[:alpha:]]+',
  'a\\z',
])('%j is a regular expression of Go', (text) => {
  expect(isGoPattern(text)).toBe(true);
});

test.each(['(', '[', '*', 'a(?!b)', '(?=a)', '(?<!a)b', '(?P<a', 5, null, undefined])('%j is none', (text) => {
  expect(isGoPattern(text)).toBe(false);
});
