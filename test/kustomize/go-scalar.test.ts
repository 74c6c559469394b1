import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { BadYaml, readScalar, resolve, writeScalar } from '../../lib/kustomize/go-scalar.js';

test.each([
  ['text', 'text'],
  ['a b', 'a b'],
  ['8080', '"8080"'],
  ['yes', '"yes"'],
  ['12:30', '"12:30"'],
  ['a: b', "'a: b'"],
  ["'a'", "'''a'''"],
  ['"a"', `'"a"'`],
  ['a\tb', '"a\\tb"'],
  ['a\nb', '|-\n  a\n  b'],
  ['a\n', '|\n  a'],
  [' a\n', '|2\n   a'],
  ['${A}', '${A}'],
  ['', '""'],
])('%j is written as %j', (text, raw) => {
  expect(writeScalar(text, 'value')).toBe(raw);
});

test.each(['value', 'item'] as const)('what is written at the place of a %s is read back', (position) => {
  const texts = fc.oneof(fc.string({ unit: 'grapheme' }), fc.stringMatching(/^[ a:#'"\\\n\t$-]{0,12}$/));
  fc.assert(
    fc.property(texts, (text) => {
      expect(readScalar(writeScalar(text, position), position)).toBe(text);
    }),
    { numRuns: 1000 },
  );
});

test.each([
  ['true', true],
  ['No', false],
  ['~', null],
  ['', null],
  ['010', 8],
  ['08', 8],
  ['0x1F', 31],
  ['0b11', 3],
  ['1_000', 1000],
  ['1e3', 1000],
  ['-.5', -0.5],
  ['2026-01-01', '2026-01-01'],
  ['12:30', '12:30'],
  ['1.2.3', '1.2.3'],
  ['-', '-'],
])('%j is read as %j', (text, value) => {
  expect(resolve(text)).toBe(value);
});

test.each([
  ['value', 'a: b'],
  ['value', '"a'],
  ['value', '*a'],
  ['value', '.inf'],
  ['key', ' a'],
] as const)('as a %s, %j is no YAML', (position, raw) => {
  expect(() => readScalar(raw, position)).toThrow(BadYaml);
});

test('a value may become a list or a map', () => {
  expect(readScalar('[a, 1]', 'value')).toEqual(['a', 1]);
  expect(readScalar('a: true', 'item')).toEqual({ a: true });
});
