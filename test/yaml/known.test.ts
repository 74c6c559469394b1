import { expect, test } from '@jest/globals';
import { Lazy } from 'cdk8s';
import fc from 'fast-check';
import { Known, onceEach } from '../../lib/yaml/known.js';
import { normalizeObject } from '../../lib/yaml/normalize.js';
import { object } from './documents.js';

const known = (value: unknown): Known => new Known(normalizeObject(value));

test('a value is recognized by what it would become', () => {
  const one = known({ kind: 'A', spec: { b: [1, { c: null }], a: '' } });
  expect(one.isOf({ spec: { a: '', b: [1, { c: null, d: undefined }] }, kind: 'A' })).toBe(true);
  expect(known({ a: 0, b: [0] }).isOf({ a: -0, b: [-0] })).toBe(true);
  expect(known({ a: {} }).isOf({ a: Object.create(null) as object })).toBe(true);
});

test.each([
  ['a key more', { a: 1, b: { c: [1] }, d: null }],
  ['a key less', { a: 1 }],
  ['another key', { a: 1, c: { c: [1] } }],
  ['an item more', { a: 1, b: { c: [1, 1] } }],
  ['a list for a map', { a: 1, b: [[1]] }],
  ['a text for a number', { a: '1', b: { c: [1] } }],
  ['null for a map', { a: 1, b: null }],
  ['a map for a list', { a: 1, b: { c: { 0: 1, length: 1 } } }],
  ['nothing in a list', { a: 1, b: { c: [undefined] } }],
])('another value is not: %s', (_, value) => {
  expect(known({ a: 1, b: { c: [1] } }).isOf(value)).toBe(false);
});

test('keys of Object.prototype and __proto__ are keys as all others', () => {
  const [bare, proto] = [{}, JSON.parse('{"__proto__": {"a": 1}}') as object];
  expect(known(bare).isOf({ constructor: Object })).toBe(false);
  expect(known({ constructor: 'a' }).isOf(bare)).toBe(false);
  expect(known(bare).isOf(proto)).toBe(false);
  expect(known(proto).isOf(bare)).toBe(false);
  expect(known(proto).isOf(proto)).toBe(true);
});

test('a placeholder is what it stands for, and is asked once', () => {
  let asked = 0;
  const resolve = onceEach((value) => (value instanceof Lazy ? (value.produce() as unknown) : value));
  const spec: unknown = Lazy.any({ produce: () => ({ a: ++asked }) });
  expect(known({ spec: { a: 2 } }).isOf({ spec }, resolve)).toBe(false);
  expect(known({ spec: { a: 1 } }).isOf({ spec }, resolve)).toBe(true);
  expect(normalizeObject({ spec }, resolve)).toEqual({ spec: { a: 1 } });
  expect(known({ spec: {} }).isOf({ spec })).toBe(false);
});

test('of what is no plain data it says no', () => {
  const date = new Date(0);
  expect(known({}).isOf({ date })).toBe(false);
  expect(known({ date: {} }).isOf({ date })).toBe(false);
  expect(known({ a: 1 }).isOf({ toJSON: () => ({ a: 1 }) })).toBe(false);
});

test('it says yes of any object only where both become the same text', () => {
  fc.assert(
    fc.property(object, object, (a, b) => {
      const [one, other] = [normalizeObject(a), normalizeObject(b)];
      expect(new Known(one).isOf(a)).toBe(true);
      expect(new Known(one).isOf(b)).toBe(JSON.stringify(one) === JSON.stringify(other));
    }),
    { numRuns: 2000 },
  );
});

test('it finds the smallest difference', () => {
  const value = fc.jsonValue({ maxDepth: 3 });
  fc.assert(
    fc.property(fc.dictionary(fc.string(), value), fc.dictionary(fc.string(), value), (a, b) => {
      const [one, other] = [normalizeObject({ a }), normalizeObject({ a: b })];
      expect(new Known(one).isOf({ a: b })).toBe(JSON.stringify(one) === JSON.stringify(other));
    }),
    { numRuns: 5000 },
  );
});
