import { runInNewContext } from 'node:vm';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { NormalizeError, formatPointer, normalizeObject } from '../../lib/yaml/normalize.js';

const seed = Number(process.env['FAST_CHECK_SEED'] ?? 20_251_121);
const numRuns = Number(process.env['FAST_CHECK_RUNS'] ?? 2000);

function refusal(value: unknown): NormalizeError {
  try {
    normalizeObject(value);
  } catch (e) {
    if (e instanceof NormalizeError) return e;
    throw e;
  }
  throw new Error('nothing was refused');
}

class Model {
  constructor(private readonly data: unknown) {}
  toJSON(): unknown {
    return this.data;
  }
}

// ---- Order -----------------------------------------------------------------------------------------------------

test('keys are sorted by code unit at every level', () => {
  const text = JSON.stringify(
    normalizeObject({ b: [{ z: 1, Z: 2, é: 3, '-': 4 }], a: { '😀': 1, '\uffff': 2, _: 3 } }),
  );
  expect(text).toBe('{"a":{"_":3,"😀":1,"\uffff":2},"b":[{"-":4,"Z":2,"z":1,"é":3}]}');
});

test('apiVersion, kind and metadata come first, at the top only', () => {
  const inner = { spec: 1, metadata: 2, kind: 3, apiVersion: 4, a: 5 };
  const keys = (o: unknown) => Object.keys(o as object);
  const result = normalizeObject({ ...inner, spec: inner });
  expect(keys(result)).toEqual(['apiVersion', 'kind', 'metadata', 'a', 'spec']);
  expect(keys(result['spec'])).toEqual(['a', 'apiVersion', 'kind', 'metadata', 'spec']);
});

test('keys that look like array indices come first, in numerical order', () => {
  const result = normalizeObject({ spec: { a: 1, '10': 2, '9': 3, '-': 4, '01': 5 } });
  expect(Object.keys(result['spec'] as object)).toEqual(['9', '10', '-', '01', 'a']);
});

const keysInTwoOrders = fc
  .uniqueArray(fc.oneof(fc.string(), fc.nat(20).map(String)))
  .chain((keys) => fc.tuple(fc.constant(keys), fc.shuffledSubarray(keys, { minLength: keys.length })));

test('the order in which keys were set makes no difference', () => {
  fc.assert(
    fc.property(keysInTwoOrders, ([one, other]) => {
      const text = (keys: string[]) =>
        JSON.stringify(normalizeObject({ spec: Object.fromEntries(keys.map((k) => [k, k])) }));
      expect(text(other)).toBe(text(one));
    }),
    { seed, numRuns },
  );
});

test('the order of arrays stays', () => {
  expect(normalizeObject({ a: [3, 1, 2] })).toEqual({ a: [3, 1, 2] });
});

// ---- Values ----------------------------------------------------------------------------------------------------

test('map values that are undefined are left out', () => {
  const result = normalizeObject({ a: undefined, b: { c: undefined }, d: [{ e: undefined }] });
  expect(JSON.stringify(result)).toBe('{"b":{},"d":[{}]}');
  expect(Object.keys(result)).toEqual(['b', 'd']);
});

test('nulls, empty maps, empty lists and empty texts are kept', () => {
  expect(normalizeObject({ a: null, b: {}, c: [], d: '', e: [null] })).toEqual({
    a: null,
    b: {},
    c: [],
    d: '',
    e: [null],
  });
});

test('-0 becomes 0', () => {
  expect(Object.is(normalizeObject({ a: -0 })['a'], 0)).toBe(true);
});

test('all JSON stays what it is', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string({ unit: 'grapheme' }), fc.jsonValue({ stringUnit: 'binary' })), (value) => {
      const expected = JSON.parse(JSON.stringify(value)) as unknown; // JSON knows no -0 either
      expect(normalizeObject(value)).toStrictEqual(expected);
    }),
    { seed, numRuns },
  );
});

test('normalizing again changes nothing', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => {
      const once = normalizeObject(value);
      const twice = normalizeObject(once);
      expect(JSON.stringify(twice)).toBe(JSON.stringify(once));
      expect(twice).toStrictEqual(once);
    }),
    { seed, numRuns },
  );
});

test('the result shares nothing with the input', () => {
  const input = { a: { b: [{ c: 1 }] } };
  const result = normalizeObject(input);
  input.a.b[0]!.c = 2;
  input.a.b.push({ c: 3 });
  expect(result).toEqual({ a: { b: [{ c: 1 }] } });
});

test('the input stays as it is', () => {
  const input = Object.freeze({ b: Object.freeze({ d: 1, c: undefined }), a: Object.freeze([2]) });
  normalizeObject(input);
  expect(Object.keys(input)).toEqual(['b', 'a']);
});

test('an object that occurs twice is copied twice', () => {
  const shared = { x: 1 };
  const result = normalizeObject({ a: shared, b: [shared, shared] });
  expect(result).toEqual({ a: { x: 1 }, b: [{ x: 1 }, { x: 1 }] });
  expect(result['a']).not.toBe((result['b'] as unknown[])[0]);
});

test('__proto__ is a key like any other', () => {
  const result = normalizeObject(JSON.parse('{"a": {"__proto__": {"polluted": true}, "constructor": 1}}'));
  expect(JSON.stringify(result)).toBe('{"a":{"__proto__":{"polluted":true},"constructor":1}}');
  expect(Object.getPrototypeOf(result['a'])).toBe(Object.prototype);
  expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
});

test('objects without a prototype and objects of another realm are plain', () => {
  const bare = Object.assign(Object.create(null) as object, { b: 1 });
  const foreign: unknown = runInNewContext('({ c: [{ d: 2 }] })');
  expect(normalizeObject({ bare, foreign })).toEqual({ bare: { b: 1 }, foreign: { c: [{ d: 2 }] } });
});

// ---- toJSON ----------------------------------------------------------------------------------------------------

test('an instance with toJSON() stands for what that returns', () => {
  const value = new Model({ kind: 'A', apiVersion: 'v1', spec: new Model({ a: new Model([1, new Model('x')]) }) });
  expect(JSON.stringify(normalizeObject(value))).toBe('{"apiVersion":"v1","kind":"A","spec":{"a":[1,"x"]}}');
});

test('toJSON() is told its key, as JSON.stringify does', () => {
  const value = { toJSON: (key: string) => `<${key}>` };
  expect(normalizeObject({ a: value, b: [value] })).toEqual({ a: '<a>', b: ['<0>'] });
});

test('a map value whose toJSON() returns undefined is left out', () => {
  expect(Object.keys(normalizeObject({ a: new Model(undefined), b: 1 }))).toEqual(['b']);
});

test('what toJSON() returns is checked like everything else', () => {
  expect(refusal({ a: new Model({ b: NaN }) }).pointer).toBe('a.b');
  expect(refusal({ a: new Model(new Model(1)) })).toMatchObject({ pointer: 'a', given: 'an instance of Model' });
});

test('toJSON as the name of a value is no method', () => {
  expect(normalizeObject({ a: { toJSON: 'x' } })).toEqual({ a: { toJSON: 'x' } });
});

// ---- What is refused -------------------------------------------------------------------------------------------

const nested = (value: unknown) => ({ spec: { values: { a: [value] } } });

test.each([
  [NaN, 'a finite number', 'NaN'],
  [Infinity, 'a finite number', 'Infinity'],
  [-Infinity, 'a finite number', '-Infinity'],
  [10n, 'a number, or a string with the digits', 'the bigint 10'],
  [undefined, 'a value in every place of an array', 'undefined'],
  [() => 1, 'a string, number, boolean, null, array or plain object', 'a function'],
  [refusal, 'a string, number, boolean, null, array or plain object', 'the function refusal'],
  [Symbol('x'), 'a string, number, boolean, null, array or plain object', 'Symbol(x)'],
  [new Date(0), 'an ISO string', 'an instance of Date'],
  [runInNewContext('new Date(0)'), 'an ISO string', 'an instance of Date'],
  [new Map(), 'a string, number, boolean, null, array or plain object', 'an instance of Map'],
  [new Set(), 'a string, number, boolean, null, array or plain object', 'an instance of Set'],
  [/x/, 'a string, number, boolean, null, array or plain object', 'an instance of RegExp'],
  [new String('x'), 'a string, number, boolean, null, array or plain object', 'an instance of String'],
  [new (class Foo {})(), 'a string, number, boolean, null, array or plain object', 'an instance of Foo'],
  [Object.create({ a: 1 }), 'a string, number, boolean, null, array or plain object', 'an object with a prototype'],
  ['x\ud800', 'a string without lone surrogates', '"x\\ud800"'],
  ['\udc00\ud800', 'a string without lone surrogates', '"\\udc00\\ud800"'],
])('%p is refused with its place', (value, expected, given) => {
  expect(refusal(nested(value))).toMatchObject({ pointer: 'spec.values.a[0]', expected, given });
});

test('a hole in an array is refused', () => {
  expect(refusal({ a: [1, , 2] }).pointer).toBe('a[1]'); // eslint-disable-line no-sparse-arrays
});

test('a key with a lone surrogate is refused', () => {
  expect(refusal({ a: { 'x\ud800': 1 } })).toMatchObject({
    pointer: 'a["x\\ud800"]',
    expected: 'a key without lone surrogates',
    given: '"x\\ud800"',
  });
});

test.each([[null], [undefined], ['text'], [1], [[{}]], [new Map()], [new Model([])]])('%p is no object', (value) => {
  expect(refusal(value).pointer).toBe('');
});

test('a cyclic reference is refused with both of its ends', () => {
  const a: Record<string, unknown> = { b: [{}] };
  (a['b'] as Record<string, unknown>[])[0]!['c'] = a;
  expect(refusal({ x: a })).toMatchObject({
    pointer: 'x.b[0].c',
    expected: 'a tree',
    given: 'a cyclic reference to x',
  });
  expect(refusal(a)).toMatchObject({ pointer: 'b[0].c', given: 'a cyclic reference to the object itself' });
});

test('a cycle through toJSON() is refused', () => {
  const endless = { toJSON: (): unknown => ({ next: endless }) };
  expect(refusal({ a: endless })).toMatchObject({ expected: 'at most 500 levels of nesting' });
});

test('the error says everything in its message', () => {
  const error = refusal(nested(NaN));
  expect(error.name).toBe('NormalizeError');
  expect(error.message).toBe('spec.values.a[0]: expected a finite number, given NaN');
  expect(refusal(null).message).toBe('the object: expected a plain object, given null');
});

// ---- Pointers --------------------------------------------------------------------------------------------------

test.each([
  [[], ''],
  [['spec', 'values', 'a', 0], 'spec.values.a[0]'],
  [['a', 0, 1, 'b'], 'a[0][1].b'],
  [[0, 'a'], '[0].a'],
  [['metadata', 'annotations', 'example.com/a'], 'metadata.annotations["example.com/a"]'],
  [['data', ''], 'data[""]'],
  [['data', '80'], 'data["80"]'],
  [['data', 'a"b'], 'data["a\\"b"]'],
  [['data', 'some-key', '$x'], 'data.some-key.$x'],
])('the path %j is shown as %s', (path, text) => {
  expect(formatPointer(path)).toBe(text);
});
