import { stripVTControlCharacters } from 'node:util';
import { expect, test } from '@jest/globals';
import { FleetError, formatFinding } from 'cdk8s-flux-fleet';
import pc from 'picocolors';
import { isFleetError } from '../lib/finding.js';

const FULL = {
  rule: 'dependency-cycle',
  what: 'two layers wait for each other',
  expected: 'an order',
  given: '"a" depends on "b"\n"b" depends on "a"',
  fix: 'take one of them away',
  where: { construct: 'staging/a', code: 'apps/staging.ts:3:1', file: 'a.yaml:7' },
};

test('a finding with all that it can say', () => {
  expect(formatFinding(FULL)).toMatchInlineSnapshot(`
   "two layers wait for each other [dependency-cycle]
     expected  an order
     given     "a" depends on "b"
               "b" depends on "a"
     construct staging/a
     at        apps/staging.ts:3:1
     file      a.yaml:7
     fix       take one of them away"
  `);
});

test('what is not known is left out', () => {
  expect(formatFinding({ rule: 'r', what: 'something is wrong' })).toBe('something is wrong [r]');
  expect(formatFinding({ rule: 'r', what: 'w', given: '', where: {} })).toBe('w [r]');
  expect(formatFinding({ rule: 'r', what: 'w', where: { code: 'a.ts:1:1', construct: undefined } })).toBe(
    'w [r]\n  at        a.ts:1:1',
  );
});

test('colours change nothing but the colour', () => {
  const coloured = formatFinding(FULL, pc.createColors(true));
  expect(coloured).toContain('\u001b[');
  expect(stripVTControlCharacters(coloured)).toBe(formatFinding(FULL));
});

test('an error has its finding as data, and as text', () => {
  const error = new FleetError(FULL);
  expect(error.findings).toEqual([FULL]);
  expect(error.message).toBe(formatFinding(FULL));
  expect(error.name).toBe('FleetError');
});

test('an error of many tells all of them, in their order, with a line between', () => {
  const [a, b] = [
    { rule: 'r', what: 'one' },
    { rule: 's', what: 'two', given: '2' },
  ];
  const error = new FleetError([a, b]);
  expect(error.findings).toEqual([a, b]);
  expect(error.message).toBe('one [r]\n\ntwo [s]\n  given     2');
});

test('an error of another copy of this library is known by its form', () => {
  const foreign = Object.assign(new Error('x'), { name: 'FleetError', findings: [FULL] });
  expect(isFleetError(foreign)).toBe(true);
  expect(isFleetError(new FleetError(FULL))).toBe(true);
});

test.each([
  ['another error', new Error('x')],
  ['an error that is called alike', Object.assign(new Error('x'), { name: 'FleetError' })],
  ['what only looks like one', { name: 'FleetError', findings: [] }],
  ['nothing', undefined],
  ['null', null],
])('%s is none', (_what, e) => {
  expect(isFleetError(e)).toBe(false);
});
