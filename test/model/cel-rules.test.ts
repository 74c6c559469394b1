import { expect, test } from '@jest/globals';
import { celVerdict } from '../../lib/model/cel-rules.js';
import { cleanSchema } from '../../lib/model/clean-schema.js';
import type { JsonSchema } from '../../lib/model/kinds.js';
import type { JsonObject } from '../../lib/yaml/normalize.js';

/** What the rules of a spec's schema, as a CRD says it, say of a spec. */
function verdict(spec: JsonSchema, value: JsonObject): ReturnType<typeof celVerdict> {
  const root = cleanSchema({ type: 'object', properties: { spec: { type: 'object', ...spec } } });
  return celVerdict({ apiVersion: 'example.com/v1', kind: 'Widget', metadata: { name: 'web' }, spec: value }, root);
}

function rules(...all: object[]): JsonSchema {
  return { 'x-kubernetes-validations': all };
}

/** The places and texts of what does not hold. */
function said(spec: JsonSchema, value: JsonObject): [string, string][] {
  return verdict(spec, value).problems.map((p) => [p.path.join('/'), p.message]);
}

const REPLICAS = { type: 'object', properties: { min: { type: 'integer' }, max: { type: 'integer' } } };
const MIN_MAX = { rule: 'self.min <= self.max', message: 'min must not be more than max' };

test('a rule that does not hold is told in the words of the CRD', () => {
  expect(said({ ...REPLICAS, ...rules(MIN_MAX) }, { min: 3, max: 2 })).toEqual([
    ['spec', 'min must not be more than max'],
  ]);
  expect(said({ ...REPLICAS, ...rules(MIN_MAX) }, { min: 2, max: 2 })).toEqual([]);
});

test('without a message the rule itself is told', () => {
  expect(said({ ...REPLICAS, ...rules({ rule: 'self.min <= self.max' }) }, { min: 3, max: 2 })).toEqual([
    ['spec', 'failed rule: self.min <= self.max'],
  ]);
});

test('the message may be an expression', () => {
  const rule = { ...MIN_MAX, messageExpression: "'max is ' + string(self.max)" };
  expect(said({ ...REPLICAS, ...rules(rule) }, { min: 3, max: 2 })).toEqual([['spec', 'max is 2']]);
});

test('a rule may name a field below it', () => {
  const field = (fieldPath: string): JsonSchema => ({ ...REPLICAS, ...rules({ ...MIN_MAX, fieldPath }) });
  expect(said(field('.max'), { min: 3, max: 2 })[0]![0]).toBe('spec/max');
  expect(said(field("['a-b'].c"), { min: 3, max: 2 })[0]![0]).toBe('spec/a-b/c');
});

test('rules of items and of values of maps are held against each', () => {
  const even = { type: 'integer', ...rules({ rule: 'self % 2 == 0', message: 'must be even' }) };
  const spec = {
    properties: {
      list: { type: 'array', items: even },
      map: { type: 'object', additionalProperties: even },
    },
  };
  expect(said(spec, { list: [2, 3], map: { a: 1, b: 2 } })).toEqual([
    ['spec/list/1', 'must be even'],
    ['spec/map/a', 'must be even'],
  ]);
});

test('rules in an allOf count too', () => {
  const spec = { ...REPLICAS, allOf: [{ ...rules(MIN_MAX) }] };
  expect(said(spec, { min: 3, max: 2 })).toEqual([['spec', 'min must not be more than max']]);
});

test('defaults are there, also those of a part that nobody wrote', () => {
  const spec = {
    properties: {
      mode: { type: 'string', default: 'auto' },
      nested: { type: 'object', default: {}, properties: { size: { type: 'integer', default: 5 } } },
    },
    ...rules({ rule: "self.mode == 'auto' && self.nested.size == 5" }),
  };
  expect(said(spec, {})).toEqual([]);
  expect(said(spec, { mode: null })).toEqual([]);
  expect(said(spec, { nested: { size: 6 } })).toHaveLength(1);
});

test('a part with a default is held against its rules', () => {
  const part = { type: 'object', default: {}, properties: { size: { type: 'integer', default: 5 } } };
  const spec = { properties: { part: { ...part, ...rules({ rule: 'self.size > 5', message: 'too small' }) } } };
  expect(said(spec, {})).toEqual([['spec/part', 'too small']]);
});

test('what compares with the object before has nothing to say of a new one', () => {
  const spec = { ...REPLICAS, ...rules({ rule: 'self.min == oldSelf.min', message: 'immutable' }) };
  expect(verdict(spec, { min: 3 })).toMatchObject({ problems: [], skipped: [] });
});

test('unless it says that there may be none before', () => {
  const rule = { rule: '!oldSelf.hasValue() && self.min > 5', optionalOldSelf: true, message: 'starts above 5' };
  expect(said({ ...REPLICAS, ...rules(rule) }, { min: 3 })).toEqual([['spec', 'starts above 5']]);
});

test('a rule that only the API server can evaluate is named, not skipped in silence', () => {
  const spec = { properties: { address: { type: 'string', ...rules({ rule: 'ip(self).family() == 4' }) } } };
  expect(verdict(spec, { address: '::1' })).toEqual(
    expect.objectContaining({
      problems: [],
      skipped: [{ rule: 'ip(self).family() == 4', reason: 'the function family and ip' }],
    }),
  );
});

test('a rule that cannot be asked of the value does not hold', () => {
  expect(said({ ...REPLICAS, ...rules(MIN_MAX) }, { min: 3 })).toEqual([
    ['spec', expect.stringContaining('min must not be more than max (')],
  ]);
});

test('names that CEL keeps for itself are escaped', () => {
  const spec = {
    properties: { namespace: { type: 'string' }, 'a-b': { type: 'string' }, 'x.y/z': { type: 'string' } },
    ...rules({ rule: "self.__namespace__ == 'n' && self.a__dash__b == 'd' && self.x__dot__y__slash__z == 's'" }),
  };
  expect(said(spec, { namespace: 'n', 'a-b': 'd', 'x.y/z': 's' })).toEqual([]);
});

test('numbers are what their schema says', () => {
  const spec = {
    properties: { n: { type: 'number' }, i: { type: 'integer' }, port: { 'x-kubernetes-int-or-string': true } },
    ...rules({ rule: 'type(self.n) == double && type(self.i) == int && type(self.port) == int' }),
  };
  expect(said(spec, { n: 1, i: 1, port: 80 })).toEqual([]);
});

test('formats make times and bytes', () => {
  const text = (format: string): JsonSchema => ({ type: 'string', format });
  const spec = {
    properties: { d: text('duration'), t: text('date-time'), b: text('byte') },
    ...rules({ rule: "self.d < duration('1h') && self.t.getFullYear() == 2026 && size(self.b) == 2" }),
  };
  expect(said(spec, { d: '5m', t: '2026-01-01T00:00:00Z', b: 'aGk=' })).toEqual([]);
});

test('of metadata rules see the name, and nothing else', () => {
  const root = cleanSchema({
    type: 'object',
    properties: { metadata: { type: 'object' } },
    ...rules({ rule: "self.metadata.name == 'web' && !has(self.metadata.labels)", message: 'only web' }),
  });
  const object = (name: string): JsonObject => ({ metadata: { name, labels: { a: 'b' } } });
  expect(celVerdict(object('web'), root).problems).toEqual([]);
  expect(celVerdict(object('api'), root).problems.map((p) => p.message)).toEqual(['only web']);
});

test('text that Flux has yet to substitute is not judged', () => {
  const spec = { properties: { mode: { type: 'string' } }, ...rules({ rule: "self.mode == 'auto'" }) };
  expect(said(spec, { mode: '${MODE}' })).toEqual([]);
  expect(said(spec, { mode: '$${MODE}' })).toHaveLength(1);
});
