import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parseLabelSelector, selects } from '../../lib/model/label-selector.js';
import type { LabelRequirement } from '../../lib/model/label-selector.js';

test('a selector of an object', () => {
  const expression = (operator: string, values?: string[]) => ({ matchExpressions: [{ key: 'a', operator, values }] });
  expect(selects(expression('In', ['1']), { a: '1' })).toBe(true);
  expect(selects(expression('In', ['1']), {})).toBe(false);
  expect(selects(expression('NotIn', ['1']), {})).toBe(true);
  expect(selects(expression('NotIn', ['1']), { a: '1' })).toBe(false);
  expect(selects(expression('Exists'), { a: '' })).toBe(true);
  expect(selects(expression('DoesNotExist'), { a: '' })).toBe(false);
  expect(selects({ matchLabels: { a: '1' } }, { a: '1', b: '2' })).toBe(true);
  expect(selects({ matchLabels: { a: '1' } }, { b: '1' })).toBe(false);
});

test.each<[string, Readonly<Record<string, string>>, boolean]>([
  ['region=eu', { region: 'eu' }, true],
  ['region == eu', { region: 'us' }, false],
  ['region=eu,tier!=edge', { region: 'eu', tier: 'core' }, true],
  ['region=eu,tier!=edge', { region: 'eu', tier: 'edge' }, false],
  ['tier!=edge', {}, true],
  ['env in (a, b)', { env: 'b' }, true],
  ['env in(a,b)', {}, false],
  ['env notin (a,b)', { env: 'c' }, true],
  ['env notin (a,b)', {}, true],
  ['gpu', { gpu: '' }, true],
  ['gpu', {}, false],
  ['!gpu', {}, true],
  ['! gpu', { gpu: 'false' }, false],
  ['region=', { region: '' }, true],
  ['region=', { region: 'eu' }, false],
  ['region in (,eu)', { region: '' }, true],
  ['region in ()', { region: '' }, true],
  ['region in ()', { region: 'eu' }, false],
  // What is a word of the language may be a key or a value.
  ['in in (in,notin)', { in: 'notin' }, true],
  ['notin', { notin: '1' }, true],
  ['acme.io/team=web', { 'acme.io/team': 'web' }, true],
  // A name that every object has is no label.
  ['toString', {}, false],
])('%s of %j is %s', (text, labels, selected) => {
  expect(selects(parseLabelSelector(text), labels)).toBe(selected);
});

test.each([
  ['', 'it ends, where the key of a label should be'],
  ['a,', 'it ends behind ",", where the key of a label should be'],
  [',a', '"," stands, where the key of a label should be'],
  ['!a=b', '"=" stands behind "a", where a comma or the end should be'],
  ['a b', '"b" stands behind "a", where =, ==, !=, in, notin or a comma should be'],
  ['a=b c', '"c" stands behind "b", where a comma or the end should be'],
  ['a=b=c', '"=" stands behind "b", where a comma or the end should be'],
  ['a=!b', '"!" stands behind "=", where a value should be'],
  ['a in', 'it ends behind "in", where "(" should be'],
  ['a in b', '"b" stands behind "in", where "(" should be'],
  ['a in (b', 'it ends behind "b", where a comma or ")" should be'],
  ['a in (b c)', '"c" stands behind "b", where a comma or ")" should be'],
  ['a > 1', '">" stands behind "a", where =, ==, !=, in, notin or a comma should be'],
  ['a/b/c', '"a/b/c" is no key of a label'],
  ['-a', '"-a" is no key of a label'],
  ['a=-b', '"-b" is no value of a label'],
  [`a=${'b'.repeat(64)}`, `"${'b'.repeat(64)}" is no value of a label`],
])('%j is refused', (text, problem) => {
  expect(() => parseLabelSelector(text)).toThrow(new SyntaxError(problem));
});

describe('any selector', () => {
  type Labels = Readonly<Record<string, string>>;
  const KEYS = ['a', 'b', 'in', 'acme.io/tier', 'x_y.z-1'];
  const VALUES = ['', '1', '2', 'in', 'notin', 'A.b_c-3'];
  const key = fc.constantFrom(...KEYS);
  const value = fc.constantFrom(...VALUES);
  const values = fc.array(value, { minLength: 1, maxLength: 3 });

  /** A requirement as it is written, and what Kubernetes says of it, in the words of its documentation. */
  interface Written {
    readonly tokens: readonly string[];
    readonly holds: (labels: Labels) => boolean;
  }
  const written: fc.Arbitrary<Written> = fc.oneof(
    key.map((k) => ({ tokens: [k], holds: (l: Labels) => k in l })),
    key.map((k) => ({ tokens: ['!', k], holds: (l: Labels) => !(k in l) })),
    fc
      .tuple(key, fc.constantFrom('=', '=='), value)
      .map(([k, is, v]) => ({ tokens: [k, is, v], holds: (l: Labels) => l[k] === v })),
    fc.tuple(key, value).map(([k, v]) => ({ tokens: [k, '!=', v], holds: (l: Labels) => l[k] !== v })),
    fc.tuple(key, values).map(([k, vs]) => ({
      tokens: [k, ' in ', '(', ...joined(vs), ')'],
      holds: (l: Labels) => vs.some((v) => l[k] === v),
    })),
    fc.tuple(key, values).map(([k, vs]) => ({
      tokens: [k, ' notin ', '(', ...joined(vs), ')'],
      holds: (l: Labels) => vs.every((v) => l[k] !== v),
    })),
  );
  const space = fc.constantFrom('', '', ' ', '  ', '\t', '\n');
  const labels = fc.dictionary(key, value, { noNullPrototype: true });

  /** The tokens as one text, with spaces wherever they may stand. */
  const text = (all: readonly Written[]) => {
    const tokens = all.flatMap((one, i) => (i === 0 ? one.tokens : [',', ...one.tokens]));
    return fc
      .array(space, { minLength: tokens.length + 1, maxLength: tokens.length + 1 })
      .map((spaces) => tokens.reduce((before, token, i) => before + token + spaces[i + 1]!, spaces[0]!));
  };
  const selector = fc
    .array(written, { minLength: 1, maxLength: 4 })
    .chain((all) => fc.record({ all: fc.constant(all), text: text(all) }));

  test('selects what meets all its requirements, however it is spaced', () => {
    fc.assert(
      fc.property(selector, labels, ({ all, text: t }, l) => {
        expect(selects(parseLabelSelector(t), l)).toBe(all.every(({ holds }) => holds(l)));
      }),
      { numRuns: 2000 },
    );
  });

  test('and any text is read as one that can be written again, or is refused', () => {
    const part = fc.constantFrom(
      ...KEYS,
      ...VALUES,
      '=',
      '==',
      '!=',
      '!',
      '(',
      ')',
      ',',
      ' ',
      ' in ',
      ' notin ',
      '>',
      '/',
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.array(part).map((parts) => parts.join('')),
          fc.string(),
        ),
        (t) => {
          const read = parsed(t);
          if (read instanceof SyntaxError) return;
          expect(parseLabelSelector(read.map(asText).join(','))).toEqual({ matchExpressions: read });
        },
      ),
      { numRuns: 5000 },
    );
  });

  function joined(vs: readonly string[]): string[] {
    return vs.flatMap((v, i) => (i === 0 ? [v] : [',', v]));
  }

  function parsed(t: string): readonly LabelRequirement[] | SyntaxError {
    try {
      return parseLabelSelector(t).matchExpressions;
    } catch (e) {
      if (e instanceof SyntaxError) return e;
      throw e;
    }
  }

  function asText({ key: k, operator, values: vs = [] }: LabelRequirement): string {
    if (operator === 'Exists') return k;
    if (operator === 'DoesNotExist') return `!${k}`;
    return `${k} ${operator === 'In' ? 'in' : 'notin'} (${vs.join(',')})`;
  }
});
