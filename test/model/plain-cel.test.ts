import { expect, test } from '@jest/globals';
import type { CelInput } from '@bufbuild/cel';
import * as fc from 'fast-check';
import { compileCel } from '../../lib/model/cel.js';
import { schemaFile } from '../../lib/model/kinds.js';
import type { SchemaFileName } from '../../lib/model/kinds.js';
import { RESERVED_NAMES, plainRule } from '../../lib/model/plain-cel.js';

const FILES: readonly SchemaFileName[] = ['cert-manager', 'flux', 'flux-operator', 'gateway-api', 'kyverno'];

/** Every rule that stands anywhere in a value. */
function rulesIn(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  const rules = (value as { 'x-kubernetes-validations'?: { rule: string }[] })['x-kubernetes-validations'] ?? [];
  return [...rules.map(({ rule }) => rule), ...Object.values(value).flatMap(rulesIn)];
}

/** What the engine says, and what it is that is said without it. */
function compare(rule: string, self: CelInput): { plain: true | undefined; engine: unknown } | undefined {
  const plain = plainRule(rule);
  if (!plain) return undefined;
  const program = compileCel(rule);
  if ('unsupported' in program) throw new Error(`${rule}: ${program.unsupported}`);
  expect([rule, plain.comparesBefore]).toEqual([rule, program.names.has('oldSelf')]);
  if (plain.comparesBefore) return undefined;
  const result = program.evaluate({ self });
  return { plain: plain.holds(self), engine: 'value' in result ? result.value : result.error };
}

const NAMES = ['a', 'b', 'size', 'startsWith', 'kind'];

/** A self with some of the fields, and some of the values, that a rule speaks of. */
function selfFor(rule: string): fc.Arbitrary<CelInput> {
  const names = [...new Set([...NAMES, ...[...rule.matchAll(/\.(\w+)/g)].map((m) => m[1]!)])];
  const texts = ['', 'x', ...[...rule.matchAll(/'([^']*)'/g)].flatMap((m) => [m[1]!, `${m[1]}x`, `x${m[1]}`])];
  const scalar = fc.constantFrom<CelInput[]>(...texts, true, false, null, 0n, 1n, 1.5);
  const map = (value: fc.Arbitrary<CelInput>) =>
    fc
      .uniqueArray(fc.tuple(fc.constantFrom(...names), value), {
        selector: ([name]) => name,
        maxLength: 5,
      })
      .map((entries): CelInput => new Map(entries));
  const inner = fc.oneof({ weight: 3, arbitrary: scalar }, map(scalar), fc.array(scalar, { maxLength: 2 }));
  return fc.oneof({ weight: 6, arbitrary: map(inner) }, scalar);
}

test.each(FILES)('what is said of the rules of %s without the engine is what the engine says', (file) => {
  for (const rule of new Set(rulesIn(schemaFile(file)))) {
    fc.assert(
      fc.property(selfFor(rule), (self) => {
        const both = compare(rule, self);
        if (both?.plain) expect([rule, both.engine]).toEqual([rule, true]);
      }),
      { numRuns: 200 },
    );
  }
});

test('Flux’s own rules are all plain', () => {
  expect(rulesIn(schemaFile('flux')).filter((rule) => !plainRule(rule))).toEqual([]);
});

const expressions = fc.letrec<{ value: string; expression: string }>((tie) => ({
  value: fc.oneof(
    fc.constantFrom(
      ...["'x'", '"x"', "'kind'", '0', '1', '12', 'self', 'self.a', 'self.a.b', 'self . kind', 'self.size'],
    ),
    fc.constantFrom(...['has(self.a)', 'has(self.a.b)', 'size(self.a)', 'size(self)', 'oldSelf', 'oldSelf.a']),
    fc.constantFrom("self.a.startsWith('x')", 'self.a.b.endsWith(self.kind)', "self.kind.contains('x')"),
    tie('expression').map((inner) => `(${inner})`),
    tie('value').map((inner) => `!${inner}`),
  ),
  expression: fc.oneof(
    { maxDepth: 4 },
    tie('value'),
    fc
      .tuple(tie('expression'), fc.constantFrom('||', '&&', '==', '!=', '<', '>=', ' > ', ' <= '), tie('expression'))
      .map((parts) => parts.join('')),
  ),
})).expression;

test('what is said of any rule without the engine is what the engine says', () => {
  let said = 0;
  fc.assert(
    fc.property(expressions, selfFor(''), (rule, self) => {
      const both = compare(rule, self);
      if (both?.plain) expect([rule, both.engine]).toEqual([rule, true]);
      said += both?.plain ? 1 : 0;
    }),
    { numRuns: 5000 },
  );
  expect(said).toBeGreaterThan(50);
});

test.each([
  "self.a.matches('x')",
  'self.all(x, true)',
  "r'x' == self.a",
  "'''x''' == self.a",
  "'x\\n' == self.a",
  'self.a == 1.5',
  'self.a == 1u',
  'self.a == 0x1',
  '-1 < self.a',
  'has(self)',
  'has(self.a',
  'self.a == self.b == self.c',
  'self.a ? self.b : self.c',
  "self.a in ['x']",
  'true',
  'this.a',
  '',
  ...[...RESERVED_NAMES].map((name) => `has(self.${name})`),
])('%s is left to the engine', (rule) => {
  expect(plainRule(rule)).toBeUndefined();
});
