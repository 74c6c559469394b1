import type { CelInput } from '@bufbuild/cel';
import type { JsonObject, JsonValue } from '../yaml/normalize.js';
import { compileCel } from './cel.js';
import type { CelProgram } from './cel.js';
import type { FieldPath } from './cluster-model.js';
import type { JsonSchema } from './kinds.js';
import { RESERVED_NAMES, plainRule } from './plain-cel.js';

/** A rule of a CRD that does not hold. */
export interface CelProblem {
  /** The field that is meant. */
  readonly path: FieldPath;
  /** What the CRD says of it, as the API server would. */
  readonly message: string;
  readonly rule: string;
}

/** A rule of a CRD that only the API server can judge. */
export interface CelSkipped {
  readonly rule: string;
  /** What is missing here, such as `the function ip`. */
  readonly reason: string;
}

/** What the rules of a kind say of an object. */
export interface CelVerdict {
  readonly problems: readonly CelProblem[];
  readonly skipped: readonly CelSkipped[];
}

/** A rule as a CRD writes it. */
interface Rule {
  readonly rule: string;
  readonly message?: string;
  readonly messageExpression?: string;
  readonly fieldPath?: string;
  readonly optionalOldSelf?: boolean;
}

type Definitions = Readonly<Record<string, JsonSchema>>;

const NOTHING: CelVerdict = { problems: [], skipped: [] };
const withRules = new WeakMap<JsonSchema, boolean>();

/**
 * What the `x-kubernetes-validations` of a schema say of an object that is new to the cluster: rules that compare with what
 * was there before have nothing to say. The object is seen with its defaults, as the API server does. A rule that fails
 * on text that Flux has yet to substitute, or SOPS to decrypt, is left alone.
 */
export function celVerdict(object: JsonObject, schema: JsonSchema, definitions: Definitions = {}): CelVerdict {
  if (!hasRules(schema, definitions)) return NOTHING;
  const run: Run = { definitions, encrypted: 'sops' in object, problems: [], skipped: [] };
  walk(object, schema, schema, [], run, true);
  return run;
}

interface Run {
  readonly definitions: Definitions;
  readonly encrypted: boolean;
  readonly problems: CelProblem[];
  readonly skipped: CelSkipped[];
}

/** Whether a schema has rules anywhere. Definitions may refer to themselves, so one that is being looked at counts as none. */
function hasRules(schema: JsonSchema, definitions: Definitions): boolean {
  const known = withRules.get(schema);
  if (known !== undefined) return known;
  withRules.set(schema, false);
  const parts = [
    ...(schema.$ref === undefined ? [] : [resolve(schema, definitions)]),
    ...Object.values(schema.properties ?? {}),
    ...((schema['allOf'] as JsonSchema[] | undefined) ?? []),
    schema.items,
    schema.additionalProperties,
  ];
  const found =
    rulesOf(schema).length > 0 || parts.some((part) => typeof part === 'object' && hasRules(part, definitions));
  withRules.set(schema, found);
  return found;
}

const ruled = new WeakMap<JsonSchema, readonly (readonly [string, JsonSchema])[]>();

/** The properties of a schema that have rules, or have some below them: of many a kind has, one or two. */
function ruledProperties(schema: JsonSchema, definitions: Definitions): readonly (readonly [string, JsonSchema])[] {
  let properties = ruled.get(schema);
  if (properties === undefined) {
    properties = Object.entries(schema.properties ?? {}).filter(([, part]) => hasRules(part, definitions));
    ruled.set(schema, properties);
  }
  return properties;
}

function rulesOf(schema: JsonSchema): readonly Rule[] {
  const rules = schema['x-kubernetes-validations'];
  return Array.isArray(rules) ? (rules as Rule[]) : [];
}

/** Holds a value against the rules of one schema, which in an allOf is not the one that says what the value is. */
function walk(value: JsonValue, said: JsonSchema, node: JsonSchema, path: FieldPath, run: Run, root = false): void {
  const { definitions } = run;
  const rules = resolve(said, definitions);
  const schema = resolve(node, definitions);
  if (value === null || !hasRules(rules, definitions)) return;
  checkHere(value, rules, schema, path, run, root);
  for (const branch of (rules['allOf'] as JsonSchema[] | undefined) ?? []) walk(value, branch, schema, path, run, root);
  if (Array.isArray(value)) {
    if (rules.items && schema.items) {
      for (const [i, item] of value.entries()) walk(item, rules.items, schema.items, [...path, i], run);
    }
  } else if (typeof value === 'object') {
    for (const [name, part] of ruledProperties(rules, definitions)) {
      const its = schema.properties?.[name];
      const child = its && withDefault(value[name], resolve(its, definitions));
      if (child !== undefined) walk(child, part, its!, [...path, name], run);
    }
    const [parts, its] = [rules.additionalProperties, schema.additionalProperties];
    if (typeof parts === 'object' && typeof its === 'object') {
      for (const [name, part] of Object.entries(value)) walk(part, parts, its, [...path, name], run);
    }
  }
}

function checkHere(
  value: JsonValue,
  said: JsonSchema,
  schema: JsonSchema,
  path: FieldPath,
  run: Run,
  root: boolean,
): void {
  const rules = rulesOf(said);
  if (rules.length === 0) return;
  const seen: Seen = { unsettled: false, encrypted: run.encrypted, definitions: run.definitions };
  const self = celInput(value, schema, seen, root);
  if (self === undefined) return;
  for (const rule of rules) {
    const plain = plainRule(rule.rule);
    if (plain && (plain.comparesBefore ? rule.optionalOldSelf !== true : plain.holds(self))) continue;
    const program = compileCel(rule.rule);
    if ('unsupported' in program) {
      run.skipped.push({ rule: rule.rule, reason: program.unsupported });
      continue;
    }
    const comparesBefore = program.names.has('oldSelf');
    if (comparesBefore && rule.optionalOldSelf !== true) continue;
    // Of an object that was not there before, the optional value has nothing in it.
    const result = program.evaluate({ self, ...(comparesBefore && { oldSelf: [] }) });
    if (('value' in result && result.value === true) || seen.unsettled) continue;
    // The API server refuses as well what its rules cannot be asked of.
    const why = 'error' in result ? ` (${result.error})` : '';
    const message = messageOf(rule, self) + why;
    run.problems.push({ path: [...path, ...fieldPathOf(rule.fieldPath)], message, rule: rule.rule });
  }
}

function messageOf({ rule, message, messageExpression }: Rule, self: CelInput): string {
  const program = messageExpression === undefined ? undefined : compileCel(messageExpression);
  const result = program && 'evaluate' in program ? program.evaluate({ self }) : undefined;
  const text = result && 'value' in result && typeof result.value === 'string' ? result.value.trim() : '';
  if (text !== '' && !text.includes('\n')) return text;
  return message === undefined || message.trim() === '' ? `failed rule: ${rule.trim()}` : message.trim();
}

/** The steps of a `fieldPath`: `.spec.x`, `['a-b']`; rules cannot name items of lists. */
function fieldPathOf(text = ''): string[] {
  return [...text.matchAll(/\.([^.[\]]+)|\['([^']*)'\]/g)].map(([, name, quoted]) => name ?? quoted ?? '');
}

// ---- values as CEL sees them --------------------------------------------------------------------------------------

interface Seen {
  /** Whether the value has text that is not final. */
  unsettled: boolean;
  readonly encrypted: boolean;
  readonly definitions: Definitions;
}

/** The value as its schema has it in CEL; undefined for what rules cannot reach: data that no schema describes. */
function celInput(value: JsonValue, part: JsonSchema, seen: Seen, root = false): CelInput | undefined {
  if (value === null) return null;
  const schema = resolve(part, seen.definitions);
  if (typeof value === 'string') note(value, seen);
  if (schema['x-kubernetes-int-or-string'] === true)
    return Number.isInteger(value) ? BigInt(value as number) : scalar(value);
  switch (typeof value) {
    case 'boolean':
      return value;
    case 'number':
      return typeOf(schema) === 'integer' && Number.isInteger(value) ? BigInt(value) : value;
    case 'string':
      return formatted(value, schema);
    default:
      return Array.isArray(value) ? listInput(value, schema, seen) : mapInput(value, schema, seen, root);
  }
}

function listInput(value: JsonValue[], schema: JsonSchema, seen: Seen): CelInput | undefined {
  const items = schema.items;
  if (!items) return undefined;
  const all = value.map((item) => celInput(item, items, seen));
  return all.includes(undefined) ? undefined : (all as CelInput[]);
}

function mapInput(value: JsonObject, schema: JsonSchema, seen: Seen, root: boolean): CelInput | undefined {
  const fields = new Map<string, CelInput>();
  if (typeof schema.additionalProperties === 'object') {
    for (const [name, part] of Object.entries(value)) {
      const input = part === null ? undefined : celInput(part, schema.additionalProperties, seen);
      if (input !== undefined) fields.set(name, input);
    }
    return fields;
  }
  if (typeOf(schema) !== 'object' && !schema.properties) return undefined;
  for (const [name, part] of Object.entries(schema.properties ?? {})) {
    const its = resolve(part, seen.definitions);
    const child = withDefault(value[name], its);
    const escaped = escapeName(name);
    if (child === undefined || child === null || escaped === undefined) continue;
    const input = root && name === 'metadata' ? metadataInput(child) : celInput(child, its, seen);
    if (input !== undefined) fields.set(escaped, input);
  }
  return fields;
}

/** What rules at the root of an object see of its metadata. */
function metadataInput(metadata: JsonValue): CelInput {
  const { name, generateName } = metadata as JsonObject;
  return new Map(Object.entries({ name, generateName }).filter((entry): entry is [string, string] => !!entry[1]));
}

/** A text as the type that its format makes of it. */
function formatted(value: string, schema: JsonSchema): CelInput {
  const conversion = CONVERSIONS[(schema['format'] as string | undefined) ?? ''];
  if (conversion === undefined) return value;
  if (conversion === 'bytes') return new Uint8Array(Buffer.from(value, 'base64'));
  const text = schema['format'] === 'date' ? `${value}T00:00:00Z` : value;
  const program = compileCel(`${conversion}(text)`) as CelProgram;
  const result = program.evaluate({ text });
  return 'value' in result ? result.value : value;
}

const CONVERSIONS: Readonly<Record<string, string>> = {
  byte: 'bytes',
  date: 'timestamp',
  'date-time': 'timestamp',
  duration: 'duration',
};

function scalar(value: JsonValue): CelInput | undefined {
  return typeof value === 'object' ? undefined : value;
}

function note(text: string, seen: Seen): void {
  if (/(?<!\$)\$\{/.test(text) || (seen.encrypted && text.startsWith('ENC['))) seen.unsettled = true;
}

function typeOf({ type }: JsonSchema): string | undefined {
  return typeof type === 'string' ? type : type?.find((t) => t !== 'null');
}

/** A field, or what the API server puts there: also in place of a null, where there may be none. */
function withDefault(value: JsonValue | undefined, schema: JsonSchema): JsonValue | undefined {
  const isNullable = Array.isArray(schema.type) && schema.type.includes('null');
  if (value !== undefined && (value !== null || isNullable)) return value;
  return schema['default'] as JsonValue | undefined;
}

const ESCAPES: Readonly<Record<string, string>> = {
  __: '__underscores__',
  '.': '__dot__',
  '-': '__dash__',
  '/': '__slash__',
};

const escapedNames = new Map<string, string | undefined>();

/** The name of a field in an expression; undefined where none can name it. */
function escapeName(name: string): string | undefined {
  if (!escapedNames.has(name)) escapedNames.set(name, escaped(name));
  return escapedNames.get(name);
}

function escaped(name: string): string | undefined {
  if (RESERVED_NAMES.has(name)) return `__${name}__`;
  if (!/^[a-zA-Z_./-][\w./-]*$/.test(name)) return undefined;
  return name.replace(/__|[./-]/g, (found) => ESCAPES[found]!);
}

function resolve(schema: JsonSchema, definitions: Definitions): JsonSchema {
  return schema.$ref === undefined ? schema : (definitions[schema.$ref.replace('#/definitions/', '')] ?? {});
}
