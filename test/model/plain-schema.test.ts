import { expect, test } from '@jest/globals';
import { Ajv } from 'ajv';
import * as fc from 'fast-check';
import { schemaFile } from '../../lib/model/kinds.js';
import type { JsonSchema, SchemaFileName } from '../../lib/model/kinds.js';
import { fitsSchema } from '../../lib/model/plain-schema.js';

type Definitions = Readonly<Record<string, JsonSchema>>;

const FILES: readonly SchemaFileName[] = [
  'cert-manager',
  'flux',
  'flux-operator',
  'gateway-api',
  'kubernetes',
  'kyverno',
  'sealed-secrets',
  'source-watcher',
];

const OPTIONS = {
  strict: false,
  meta: false,
  validateSchema: false,
  validateFormats: false,
  inlineRefs: false,
  unicodeRegExp: false,
} as const;

const TEXTS = [
  '',
  'a',
  'apps',
  '10m',
  '1h30m',
  '500m',
  'https://example.com/x',
  'oci://example.com/x',
  '😀',
  'v1',
  'ENC[x]',
];
const SCALARS = [...TEXTS, null, true, false, 0, 1, -1, 1.5, 443, 70000, 1e21, Infinity];

/** A value that more or less fits a schema: some of its fields, and now and then something else. */
function valueOf(schema: JsonSchema, definitions: Definitions, gen: fc.GeneratorValue, depth: number): unknown {
  const pick = <T>(all: readonly T[]): T => all[gen(fc.nat, { max: all.length - 1 })]!;
  const chance = (n: number): boolean => gen(fc.nat, { max: n - 1 }) === 0;
  if (chance(40)) return pick([...SCALARS, [], {}, ['a'], { a: 1 }]);
  if (schema.$ref !== undefined)
    return valueOf(definitions[schema.$ref.replace('#/definitions/', '')]!, definitions, gen, depth);
  for (const union of ['oneOf', 'anyOf', 'allOf'])
    if (Array.isArray(schema[union]) && chance(2))
      return { ...(valueOf(pick(schema[union] as JsonSchema[]), definitions, gen, depth) as object) };
  if (schema.enum && !chance(10)) return pick(schema.enum);
  switch (pick([schema.type ?? (schema.properties ? 'object' : 'string')].flat())) {
    case 'object': {
      const { properties = {}, additionalProperties } = schema;
      const required = (schema['required'] ?? []) as string[];
      const value: Record<string, unknown> = {};
      for (const [name, part] of Object.entries(properties)) {
        const isWanted = required.includes(name) ? !chance(20) : depth > 0 && chance(4);
        if (isWanted) value[name] = valueOf(part, definitions, gen, depth - 1);
      }
      if (typeof additionalProperties === 'object' && chance(2))
        value[pick(TEXTS)] = valueOf(additionalProperties, definitions, gen, depth - 1);
      if (chance(20)) value['unknown'] = pick(SCALARS);
      if (chance(40)) value['name'] = undefined;
      return value;
    }
    case 'array':
      return Array.from({ length: gen(fc.nat, { max: 3 }) }, () =>
        valueOf(schema.items ?? {}, definitions, gen, depth - 1),
      );
    case 'string':
      return pick(TEXTS);
    case 'integer':
    case 'number':
      return pick([0, 1, 3, 443, 70000, 1.5, -1]);
    case 'boolean':
      return chance(2);
    default:
      return null;
  }
}

test.each(FILES)('what is read of the schemas of %s is what the compiled ones say', (file) => {
  const { kinds, definitions = {} } = schemaFile(file);
  const ajv = new Ajv(OPTIONS).addSchema({ $id: file, ...schemaFile(file) });
  const verdicts = new Set<boolean | undefined>();
  for (const [kind, { schema }] of Object.entries(kinds)) {
    const validate = ajv.getSchema(`${file}#/kinds/${kind.replaceAll('/', '~1')}/schema`)!;
    fc.assert(
      fc.property(fc.gen(), (gen) => {
        const value = valueOf(schema, definitions, gen, 6);
        const read = fitsSchema(value, schema, definitions);
        verdicts.add(read);
        if (read !== undefined) expect(read).toBe(validate(value));
      }),
      { numRuns: 100, seed: 1 },
    );
  }
  for (const verdict of [true, false]) expect(verdicts).toContain(verdict);
});

const KEYWORDS: readonly JsonSchema[] = [
  { type: 'string' },
  { type: ['integer', 'null'] },
  { type: 'number', minimum: 0, maximum: 443 },
  { type: 'object', required: ['a'], properties: { a: { type: 'string' } }, additionalProperties: false },
  { additionalProperties: { type: 'integer' } },
  { maxProperties: 1 },
  { type: 'array', items: { enum: ['a', 1, null] }, minItems: 1, maxItems: 2 },
  { minLength: 1, maxLength: 3 },
  { pattern: '^[a-z]+$' },
  { not: { type: 'string' } },
];
const UNREAD: readonly JsonSchema[] = [
  { multipleOf: 2 },
  { enum: [{ a: 1 }, 'a'] },
  { patternProperties: { a: { type: 'string' } }, additionalProperties: false },
  { items: [{ type: 'string' }] as unknown as JsonSchema },
  { if: { type: 'string' }, then: { minLength: 2 } },
];

const schemas = fc.letrec<{ schema: JsonSchema }>((tie) => ({
  schema: fc.oneof(
    { maxDepth: 3 },
    fc.constantFrom(...KEYWORDS, ...UNREAD),
    fc.record({ properties: fc.dictionary(fc.constantFrom('a', 'b'), tie('schema')) }),
    fc.record({ not: tie('schema') }),
    ...['allOf', 'anyOf', 'oneOf'].map((union) =>
      fc.array(tie('schema'), { minLength: 1, maxLength: 3 }).map((all) => ({ [union]: all })),
    ),
  ),
})).schema;
const scalars = fc.constantFrom(...SCALARS);
const values = fc.oneof(
  scalars,
  fc.array(scalars, { maxLength: 3 }),
  fc.dictionary(fc.constantFrom('a', 'b', 'c'), fc.oneof(scalars, fc.dictionary(fc.constantFrom('a', 'b'), scalars))),
);

test('what is read of any other schema is what the compiled one says, or nothing', () => {
  fc.assert(
    fc.property(schemas, values, (schema, value) => {
      const read = fitsSchema(value, schema, {});
      if (read !== undefined) expect(read).toBe(new Ajv(OPTIONS).validate(schema, value));
    }),
    { numRuns: 2000 },
  );
});

test('a keyword that is not read leaves the verdict open, but not where another one fails', () => {
  expect(fitsSchema(3, { type: 'integer', multipleOf: 2 }, {})).toBeUndefined();
  expect(fitsSchema('a', { type: 'integer', multipleOf: 2 }, {})).toBe(false);
  expect(fitsSchema(3, { $ref: '#/definitions/unknown' }, {})).toBeUndefined();
});
