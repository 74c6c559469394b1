import type * as AjvModule from 'ajv';
import type { Ajv, ErrorObject, ValidateFunction } from 'ajv';
import { lazily } from '../lazy.js';
import { didYouMean } from './did-you-mean.js';
import type { FieldPath } from './cluster-model.js';
import { schemaFile, schemaFileOf } from './kinds.js';
import type { JsonSchema, SchemaFileName } from './kinds.js';
import { fitsSchema } from './plain-schema.js';

/** A value that the schema of its kind does not accept. */
export interface SchemaProblem {
  /** The same place as steps; of a field that is missing, where it should be. */
  readonly path: FieldPath;
  /** Where it stands, for example `spec.ports[0].name` or `metadata.labels."example.com/team"`. */
  readonly pointer: string;
  /** What would be right, for example `a string` or `one of Delete, Orphan`. */
  readonly expected: string;
  /** The value as short JSON with its type, for example `3 (a number)`; `nothing` where a field is missing. */
  readonly given: string;
}

type Definitions = Readonly<Record<string, JsonSchema>>;
type AnyObject = Record<string, unknown>;
type Segments = readonly (string | number)[];

const META = 'meta.v1.ObjectMeta';
const validators = new Map<string, Validator>();
const validatorsOfSchemas = new WeakMap<JsonSchema, Validator>();
const added = new Set<SchemaFileName>();
let ajv: Ajv | undefined;

/**
 * What the API server would refuse in an object of a known kind: wrong types, values out of range, missing fields and
 * fields that do not exist. An object of an unknown kind has no problems.
 *
 * A null counts as absent, because the API server drops it. A string that holds a `${variable}` is left alone, because
 * what Flux puts in its place is not known here; so is what SOPS has encrypted.
 */
export function validateObject(object: unknown): SchemaProblem[] {
  if (!isObject(object)) return [];
  const { apiVersion, kind } = object;
  if (typeof apiVersion !== 'string' || typeof kind !== 'string') return [];
  const file = schemaFileOf(apiVersion, kind);
  if (!file) return [];
  return problemsOf(validatorOf(file, `${apiVersion}/${kind}`), object);
}

/**
 * The same for a schema at hand, for example a CRD's; `$ref` is for the definitions in the schema itself. What is compiled
 * is kept as long as the schema is, and no longer.
 */
export function validateAgainst(schema: JsonSchema, object: unknown): SchemaProblem[] {
  if (!isObject(object)) return [];
  let validator = validatorsOfSchemas.get(schema);
  if (!validator) {
    const definitions = (schema['definitions'] ?? {}) as Definitions;
    validator = new Validator(schema, definitions, () => newCompiler().compile(schema));
    validatorsOfSchemas.set(schema, validator);
  }
  return problemsOf(validator, object);
}

function problemsOf(validator: Validator, object: AnyObject): SchemaProblem[] {
  const subject = 'sops' in object ? { ...object, sops: undefined } : object;
  if (subject === object && validator.accepts(object)) return [];
  // The copy is made only for an object that has problems as it stands: most have none.
  const clean = withoutNulls(subject) as AnyObject;
  if (validator.accepts(clean)) return [];
  const { definitions } = validator;
  const errors = withoutBranches(validator.errorsOf(clean)).filter((error) => isSettled(error, 'sops' in object));
  return onePerPlace(errors.flatMap((error) => problemOf(error, clean, definitions, errors)));
}

// ---- compiling ----------------------------------------------------------------------------------------------------

/** Options that make compiling cheap; most kinds check few objects. Formats have no meaning here: Go decides on them. */
const OPTIONS = {
  strict: false,
  allErrors: true,
  verbose: true,
  messages: false,
  meta: false,
  validateSchema: false,
  validateFormats: false,
  inlineRefs: false,
  // Patterns are Go's, and some have escapes that JavaScript's unicode mode refuses.
  unicodeRegExp: false,
  addUsedSchema: false,
  code: { optimize: false },
} as const;

const library = lazily((require) => require('ajv') as typeof AjvModule);

function newCompiler(): Ajv {
  const { Ajv: Compiler } = library();
  return new Compiler(OPTIONS);
}

/** From so many objects of a kind on, reading the schema for each costs more than compiling it once. */
const MANY = 2000;

/** Holds objects against the schema of a kind. It is compiled when there are many, or one that does not fit. */
class Validator {
  #asked = 0;
  #compiled: ValidateFunction | undefined;

  constructor(
    readonly schema: JsonSchema,
    readonly definitions: Definitions,
    private readonly compile: () => ValidateFunction,
  ) {}

  accepts(object: AnyObject): boolean {
    if (!this.#compiled && this.#asked++ < MANY && fitsSchema(object, this.schema, this.definitions) === true)
      return true;
    return this.#validate(object);
  }

  errorsOf(object: AnyObject): readonly ErrorObject[] {
    this.#validate(object);
    return this.#compiled?.errors ?? [];
  }

  #validate(object: AnyObject): boolean {
    this.#compiled ??= this.compile();
    return this.#compiled(object);
  }
}

/** The validator of one kind; it shares the compiled definitions with the others of its file. */
function validatorOf(file: SchemaFileName, kind: string): Validator {
  let validator = validators.get(kind);
  if (!validator) {
    const { kinds, definitions = {} } = schemaFile(file);
    validator = new Validator(kinds[kind]!.schema, definitions, () => compileKind(file, kind));
    validators.set(kind, validator);
  }
  return validator;
}

function compileKind(file: SchemaFileName, kind: string): ValidateFunction {
  ajv ??= newCompiler();
  if (!added.has(file)) ajv.addSchema({ $id: file, ...schemaFile(file) });
  added.add(file);
  const validate = ajv.getSchema(`${file}#/kinds/${kind.replaceAll('/', '~1')}/schema`);
  if (!validate) throw new Error(`no schema of ${kind} in ${file}.json`);
  return validate;
}

// ---- which errors count -------------------------------------------------------------------------------------------

/** The value without map entries that are null. Nulls in lists stay: there the API server does not drop them. */
function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (!isObject(value)) return value;
  const entries = Object.entries(value).filter(([, part]) => part !== null && part !== undefined);
  return Object.fromEntries(entries.map(([key, part]) => [key, withoutNulls(part)]));
}

/** False for a value that is not final yet: one that Flux substitutes or SOPS decrypts. */
function isSettled(error: ErrorObject, encrypted: boolean): boolean {
  if (error.keyword === 'additionalProperties' || typeof error.data !== 'string') return true;
  return !/(?<!\$)\$\{/.test(error.data) && !(encrypted && error.data.startsWith('ENC['));
}

/**
 * Of a failed anyOf or oneOf only what helps: the errors of the branch that was most likely meant. Where no branch was,
 * the error of the whole stays.
 */
function withoutBranches(errors: readonly ErrorObject[]): ErrorObject[] {
  const dropped = new Set<ErrorObject>();
  const unions = errors.filter((error) => error.keyword === 'anyOf' || error.keyword === 'oneOf');
  for (const union of unions.sort((a, b) => a.schemaPath.length - b.schemaPath.length)) {
    if (dropped.has(union)) continue;
    const branches = branchesOf(union, errors);
    // A oneOf that holds more than once has no branch to mend.
    const failed = isObject(union.params) && Array.isArray(union.params['passingSchemas']) ? [] : branches;
    const meant = failed.filter((branch) => !branch.some((error) => isAboutWhole(error, union)));
    const [best] = meant.sort((a, b) => a.length - b.length);
    if (best) dropped.add(union);
    for (const error of branches.filter((branch) => branch !== best).flat()) dropped.add(error);
  }
  return errors.filter((error) => !dropped.has(error));
}

function branchesOf(union: ErrorObject, errors: readonly ErrorObject[]): ErrorObject[][] {
  const branches = new Map<string, ErrorObject[]>();
  for (const error of errors) {
    // Items of a list share a schema, and so do all places that refer to one definition.
    if (!`${error.instancePath}/`.startsWith(`${union.instancePath}/`)) continue;
    if (!error.schemaPath.startsWith(`${union.schemaPath}/`)) continue;
    const index = error.schemaPath.slice(union.schemaPath.length + 1).split('/', 1)[0] ?? '';
    branches.set(index, [...(branches.get(index) ?? []), error]);
  }
  return [...branches.values()];
}

/** True when a branch fails as a whole (another type, other fields required) and not in a detail of it. */
function isAboutWhole(error: ErrorObject, union: ErrorObject): boolean {
  return error.instancePath === union.instancePath && ['type', 'required', 'enum', 'not'].includes(error.keyword);
}

/** One problem per place, the first that was found, sorted by place. */
function onePerPlace(problems: readonly SchemaProblem[]): SchemaProblem[] {
  const places = new Map<string, SchemaProblem>();
  for (const problem of problems) if (!places.has(problem.pointer)) places.set(problem.pointer, problem);
  return [...places.values()].sort((a, b) => (a.pointer < b.pointer ? -1 : 1));
}

// ---- what is said -------------------------------------------------------------------------------------------------

/** The problem that an error is, or none where another one says it. */
function problemOf(
  error: ErrorObject,
  object: AnyObject,
  definitions: Definitions,
  all: readonly ErrorObject[],
): SchemaProblem[] {
  const schema = (error.parentSchema ?? {}) as JsonSchema;
  const segments = segmentsOf(error.instancePath, object);
  if (error.keyword === 'required') {
    const missing = String(error.params['missingProperty']);
    // Said already, by the field that has this one's name misspelt.
    if (all.some((other) => suggestionFor(other, definitions, error.instancePath) === missing)) return [];
    const property = resolve(schema.properties?.[missing] ?? {}, definitions);
    const expected = describe(property, definitions);
    return [{ path: [...segments, missing], pointer: pointerOf([...segments, missing]), expected, given: 'nothing' }];
  }
  if (error.keyword === 'additionalProperties') {
    const name = String(error.params['additionalProperty']);
    const suggestion = suggestionFor(error, definitions);
    // Metadata is the same for all kinds and grew over time; there only a slip of the pen is worth a word.
    if (!suggestion && schema === definitions[META]) return [];
    const place = [...segments, name];
    const given = givenText((error.data as AnyObject)[name], isSecret(object, place));
    return [{ path: place, pointer: pointerOf(place), expected: noSuchField(schema, suggestion), given }];
  }
  const given = givenText(error.data, isSecret(object, segments));
  return [{ path: segments, pointer: pointerOf(segments), expected: expectedText(error, schema, definitions), given }];
}

/** The field that an unknown one was meant to be: one with a similar name, or the only one of this name further down. */
function suggestionFor(
  error: ErrorObject,
  definitions: Definitions,
  instancePath = error.instancePath,
): string | undefined {
  if (error.keyword !== 'additionalProperties' || error.instancePath !== instancePath) return undefined;
  const schema = (error.parentSchema ?? {}) as JsonSchema;
  const name = String(error.params['additionalProperty']);
  const similar = didYouMean(name, Object.keys(schema.properties ?? {}));
  if (similar !== undefined) return similar;
  const below = pathsTo(name, schema, definitions, 3);
  return below.length === 1 ? below[0] : undefined;
}

/** The places below a schema, at most so many levels down, that have a field of the name; not in lists. */
function pathsTo(name: string, schema: JsonSchema, definitions: Definitions, levels: number): string[] {
  const properties = resolve(schema, definitions).properties ?? {};
  if (levels === 0) return [];
  return Object.entries(properties).flatMap(([key, property]) => [
    ...(Object.hasOwn(resolve(property, definitions).properties ?? {}, name) ? [`${key}.${name}`] : []),
    ...pathsTo(name, property, definitions, levels - 1).map((path) => `${key}.${path}`),
  ]);
}

function noSuchField(schema: JsonSchema, suggestion: string | undefined): string {
  const fields = Object.keys(schema.properties ?? {});
  if (suggestion !== undefined) return `no field of this name; did you mean '${suggestion}'?`;
  return fields.length > 0 && fields.length <= 6
    ? `no field of this name; there are ${fields.join(', ')}`
    : 'no field of this name';
}

function expectedText(error: ErrorObject, schema: JsonSchema, definitions: Definitions): string {
  const limit = Number(error.params['limit']);
  switch (error.keyword) {
    case 'enum': {
      const names = (schema.enum ?? []).filter((value) => typeof value === 'string');
      const meant = typeof error.data === 'string' ? didYouMean(error.data, names) : undefined;
      return describe(schema, definitions) + (meant === undefined ? '' : `; did you mean '${meant}'?`);
    }
    case 'minLength':
      return limit === 1 ? 'a string that is not empty' : `at least ${counted(limit, 'character')}`;
    case 'maxLength':
      return `at most ${counted(limit, 'character')}`;
    case 'minItems':
      return limit === 1 ? 'a list that is not empty' : `at least ${counted(limit, 'item')}`;
    case 'maxItems':
      return `at most ${counted(limit, 'item')}`;
    case 'minimum':
      return `at least ${limit}`;
    case 'maximum':
      return `at most ${limit}`;
    case 'exclusiveMinimum':
      return `more than ${limit}`;
    case 'exclusiveMaximum':
      return `less than ${limit}`;
    case 'anyOf':
    case 'oneOf':
      return describeUnion(error, definitions);
    case 'not':
      return describeNot(schema);
    case 'type':
    case 'pattern':
      return describe(schema, definitions);
    default:
      return `a value that fits ${error.keyword}: ${JSON.stringify(error.schema)}`;
  }
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

function describeUnion(error: ErrorObject, definitions: Definitions): string {
  const branches = (error.schema ?? []) as JsonSchema[];
  const passing = error.params['passingSchemas'] as number[] | null | undefined;
  const fields = branches.flatMap((branch) => (branch['required'] as string[] | undefined) ?? []);
  if (fields.length > 0) return `${passing ? 'only one' : 'one'} of the fields ${[...new Set(fields)].join(', ')}`;
  const words = [...new Set(branches.map((branch) => describe(branch, definitions)))];
  return words.join(' or ');
}

function describeNot(schema: JsonSchema): string {
  const fields = (schema['not'] as JsonSchema | undefined)?.['required'] as string[] | undefined;
  if (!fields) return 'another value';
  return fields.length === 1 ? `no field ${fields[0]} here` : `not all of the fields ${fields.join(', ')} together`;
}

const TYPES: Readonly<Record<string, string>> = {
  string: 'a string',
  integer: 'a whole number',
  number: 'a number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  null: 'null',
};

/** What a schema wants, in words. */
function describe(schema: JsonSchema, definitions: Definitions): string {
  if (schema.enum) return `one of ${schema.enum.map((value) => scalar(value)).join(', ')}`;
  if (schema.pattern !== undefined) return describePattern(schema.pattern);
  const inner = (part: unknown): unknown => (isObject(part) ? resolve(part, definitions).type : undefined);
  if (schema.type === 'object' && inner(schema.additionalProperties) === 'string') return 'a map of strings';
  if (schema.type === 'array' && inner(schema.items) === 'string') return 'a list of strings';
  const types = [schema.type ?? []].flat();
  return types.length === 0 ? 'a value' : types.map((type) => TYPES[type] ?? type).join(' or ');
}

/** The patterns that Flux's and Kubernetes' schemas have, as words; others as they are. */
function describePattern(pattern: string): string {
  const [, units] = /^\^\(\[0-9\]\+\(\\\.\[0-9\]\+\)\?\(([a-z|]+)\)\)\+\$$/.exec(pattern) ?? [];
  if (units !== undefined) {
    const example = units.split('|').includes('h') ? '"10m" or "1h30m"' : '"90s" or "5m"';
    return `a Go duration such as ${example} (units ${units.replaceAll('|', ', ')})`;
  }
  const [, schemes] = /^\^\(*([a-z|]+\??)\)?:\/\//.exec(pattern) ?? [];
  if (schemes !== undefined) {
    const list = schemes === 'https?' ? ['http', 'https'] : schemes.split('|');
    return `a URL that begins with ${list.map((scheme) => `${scheme}://`).join(' or ')}`;
  }
  if (pattern.includes('[KMGTPE]i')) return 'a quantity such as "500m" or "2Gi"';
  if (/^\^\[a-z0-9\]\(\[(-a-z0-9|a-z0-9-)\]\*\[a-z0-9\]\)\?\$$/.test(pattern)) {
    return 'a name of lower-case letters, digits and "-"';
  }
  return `a string that matches ${pattern}`;
}

/** Follows a `$ref` into the definitions. */
function resolve(schema: JsonSchema, definitions: Definitions): JsonSchema {
  return schema.$ref === undefined ? schema : (definitions[schema.$ref.replace('#/definitions/', '')] ?? {});
}

// ---- values and places --------------------------------------------------------------------------------------------

function givenText(value: unknown, hidden: boolean): string {
  const type = typeName(value);
  if (hidden) return `${type}, not shown`;
  const json = JSON.stringify(value);
  if (value === null) return json;
  return `${json.length > 60 ? `${json.slice(0, 57)}...` : json} (${type})`;
}

function typeName(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  const type = typeof value;
  return type === 'object' ? 'an object' : `a ${type}`;
}

function scalar(value: unknown): string {
  return typeof value === 'string' && value !== '' ? value : JSON.stringify(value);
}

/** True for what may hold a secret value, so that no report repeats it. */
function isSecret(object: AnyObject, segments: Segments): boolean {
  return object['kind'] === 'Secret' && !['metadata', 'type', 'immutable'].includes(String(segments[0]));
}

/** The steps of a JSON pointer; numbers where they lead into a list. */
export function segmentsOf(pointer: string, root: unknown): Segments {
  let value = root;
  return pointer
    .split('/')
    .slice(1)
    .map((step) => {
      const key = step.replaceAll('~1', '/').replaceAll('~0', '~');
      const segment = Array.isArray(value) ? Number(key) : key;
      value = (value as AnyObject | undefined)?.[key];
      return segment;
    });
}

/** A place as messages name it, for example `spec.ports[0].name`. */
export function pointerOf(segments: readonly (string | number)[]): string {
  let text = '';
  for (const segment of segments) {
    if (typeof segment === 'number') text += `[${segment}]`;
    else text += (text === '' ? '' : '.') + (/^[\w$-]+$/.test(segment) ? segment : JSON.stringify(segment));
  }
  return text;
}

function isObject(value: unknown): value is AnyObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
