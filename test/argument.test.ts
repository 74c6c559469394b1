import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Args, durationMs, show } from '../lib/argument.js';
import { findingsOf, testCluster } from './support/fleet.js';
import { errorOf } from './flux/objects.js';

const args = new Args(undefined, 'x');

/** What one check says of a value: how to mend it, or that it is fine. */
function verdict(check: () => void): string | undefined {
  const [finding] = findingsOf(check);
  return finding ? (finding.fix ?? 'refused') : 'fine';
}

test('a failure says what, expected, given, where and how to mend it', () => {
  const inCluster = new Args(testCluster(), 'kyverno');
  expect(errorOf(() => inCluster.duration('interval', '5 minutes'))).toMatchInlineSnapshot(`
   "'interval' is not a Go duration [invalid-duration]
     expected  hours, minutes, seconds or milliseconds, such as "5m" or "1h30m"
     given     "5 minutes"
     construct test/kyverno
     at        test/argument.test.ts:<line>, called from test/argument.test.ts:<line>
     fix       write "5m""
  `);
});

test.each([
  ['the scope and the id', new Args(testCluster(), 'a'), 'test/a'],
  ['the scope alone', new Args(testCluster()), 'test'],
  ['the id alone', new Args(undefined, 'a'), 'a'],
  ['nothing', new Args(undefined), undefined],
])('the place of a failure is made of %s', (_what, given, construct) => {
  const [finding] = findingsOf(() => given.fail({ rule: 'r', what: 'w' }));
  expect(finding!.where!.construct).toBe(construct);
});

test('a failure may name a file', () => {
  expect(findingsOf(() => args.fail({ rule: 'r', what: 'w' }, 'a.yaml:3'))).toMatchObject([
    { rule: 'r', what: 'w', where: { file: 'a.yaml:3' } },
  ]);
});

// ---- Names -----------------------------------------------------------------------------------------------------

test.each(['a', '1', 'a-b', 'a--b', '0a9', 'x'.repeat(63)])('takes the DNS label %s', (name) => {
  expect(verdict(() => args.dnsLabel('the name', name))).toBe('fine');
});

test.each([
  ['Dev_Team', 'write "dev-team"'],
  ['-a-', 'write "a"'],
  ['a.b', 'write "a-b"'],
  ['größe', 'write "gr-e"'],
  ['a\n', 'write "a"'],
  ['x'.repeat(64), `write "${'x'.repeat(63)}"`],
  [`${'x'.repeat(62)}-y`, `write "${'x'.repeat(62)}"`],
  ['', 'give it a name'],
  ['___', 'give it a name'],
  [undefined, 'give a string'],
  [7, 'give a string'],
])('refuses the DNS label %j', (name, fix) => {
  expect(verdict(() => args.dnsLabel('the name', name))).toBe(fix);
});

test.each(['a', 'a.b', '1.2.3', 'a-b.c-d', `${'x'.repeat(63)}.${'y'.repeat(63)}`])('takes the name %s', (name) => {
  expect(verdict(() => args.dnsSubdomain('the name', name))).toBe('fine');
});

test.each(['.a', 'a.', 'a..b', 'a.-b', 'A', 'a/b', '', undefined, 'x'.repeat(254)])('refuses the name %j', (name) => {
  expect(findingsOf(() => args.dnsSubdomain('the name', name))).toMatchObject([
    { rule: 'invalid-name', what: 'the name is not a DNS subdomain name' },
  ]);
});

test('a suggested name is one that is taken', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 80 }), (name) => {
      const suggested = /^write "(.*)"$/.exec(verdict(() => args.dnsLabel('the name', name))!)?.[1];
      if (suggested !== undefined) expect(verdict(() => args.dnsLabel('the name', suggested))).toBe('fine');
    }),
    { seed: 4, numRuns: 300 },
  );
});

// ---- Durations -------------------------------------------------------------------------------------------------

test.each(['5m', '1h30m', '1.5h', '500ms', '90s', '0s', '1h0m0s', '720h'])('takes the duration %s', (duration) => {
  expect(verdict(() => args.duration('interval', duration))).toBe('fine');
});

test('nothing is no duration to check', () => {
  expect(verdict(() => args.duration('interval', undefined))).toBe('fine');
});

test.each([
  ['5 minutes', 'write "5m"'],
  ['5min', 'write "5m"'],
  ['1 hour', 'write "1h"'],
  ['2 hours', 'write "2h"'],
  ['30 sec', 'write "30s"'],
  ['30 Seconds', 'write "30s"'],
  ['10 ms', 'write "10ms"'],
  ['10 milliseconds', 'write "10ms"'],
  ['5M', 'write "5m"'],
  ['1d', 'write "24h" (Go durations have no days)'],
  ['1.5 days', 'write "36h" (Go durations have no days)'],
  [' 5m ', 'write "5m"'],
  [300, 'write "300s", or with the unit that you mean'],
  ['300', 'refused'],
  ['5', 'refused'],
  ['m', 'refused'],
  ['-5m', 'refused'],
  ['1h 30m', 'refused'],
  ['1w', 'refused'],
  ['often', 'refused'],
  ['', 'refused'],
  [null, 'refused'],
  [{}, 'refused'],
])('refuses the duration %j', (duration, fix) => {
  expect(verdict(() => args.duration('interval', duration))).toBe(fix);
});

test.each([
  ['1h30m', 5_400_000],
  ['1.5h', 5_400_000],
  ['90s', 90_000],
  ['1m500ms', 60_500],
  ['0s', 0],
  ['1ms', 1],
])('%s has %d milliseconds', (duration, ms) => {
  expect(durationMs(duration)).toBe(ms);
});

// ---- Words and values ------------------------------------------------------------------------------------------

test('one of the words is taken, and nothing', () => {
  expect(verdict(() => args.oneOf('provider', 'aws', ['generic', 'aws']))).toBe('fine');
  expect(verdict(() => args.oneOf('provider', undefined, ['generic', 'aws']))).toBe('fine');
});

test.each([['AWS'], [''], [null], [1], [['aws']]])('refuses the word %j', (word) => {
  expect(findingsOf(() => args.oneOf('provider', word, ['generic', 'aws']))).toMatchObject([
    { rule: 'invalid-value', what: "'provider' has no such value", expected: 'generic, aws' },
  ]);
});

const cyclic: Record<string, unknown> = {};
cyclic['self'] = cyclic;

test.each([
  ['text', '"text"'],
  ['with "quotes"\n', '"with \\"quotes\\"\\n"'],
  [1, '1'],
  [null, 'null'],
  [true, 'true'],
  [undefined, 'nothing'],
  [{ a: [1] }, '{"a":[1]}'],
  [() => 1, 'a function'],
  [Symbol('x'), 'a symbol'],
  [10n, 'an object that is no plain data'],
  [cyclic, 'an object that is no plain data'],
])('a value as errors show it', (value, text) => {
  expect(show(value)).toBe(text);
});

test('a long value is cut', () => {
  const text = show({ text: 'x'.repeat(500) });
  expect(text).toHaveLength(120);
  expect(text).toMatch(/^\{"text":"x+\.\.\.$/);
});

test('a long text is cut as well', () => {
  expect(show('x'.repeat(118))).toBe(`"${'x'.repeat(118)}"`);
  expect(show('x'.repeat(119))).toBe(`"${'x'.repeat(116)}...`);
});
