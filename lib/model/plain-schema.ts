import type { JsonSchema } from './kinds.js';

type Definitions = Readonly<Record<string, JsonSchema>>;

/**
 * Whether a value fits a schema, read as it is and without compiling it; undefined where the schema says something that
 * is not read here. What it says is what the validator says that is compiled from the same schema: this only saves the
 * compiling, which for one object takes a thousand times as long.
 */
export function fitsSchema(value: unknown, schema: JsonSchema, definitions: Definitions): boolean | undefined {
  // Not of JSON: whether it is a number is not asked here.
  if (typeof value === 'number' && !Number.isFinite(value)) return undefined;
  let result: boolean | undefined = true;
  for (const keyword in schema) {
    const holds = fitsKeyword(keyword, value, schema, definitions);
    if (holds === false) return false;
    if (holds === undefined) result = undefined;
  }
  return result;
}

function fitsKeyword(
  keyword: string,
  value: unknown,
  schema: JsonSchema,
  definitions: Definitions,
): boolean | undefined {
  if (keyword.startsWith('x-')) return true;
  const said = schema[keyword];
  switch (keyword) {
    case 'type':
      return Array.isArray(said) ? said.some((type) => isOfType(value, type) === true) : isOfType(value, said);
    case '$ref':
      return fitsReference(value, said as string, definitions);
    case 'enum':
      return (said as unknown[]).includes(value) || ((said as unknown[]).some(isObject) ? undefined : false);
    case 'allOf':
      return (said as JsonSchema[]).reduce(
        (all: boolean | undefined, part) => and(all, fitsSchema(value, part, definitions)),
        true,
      );
    case 'anyOf':
    case 'oneOf':
      return fitsSome(value, said as JsonSchema[], definitions, keyword === 'oneOf');
    case 'not':
      return not(fitsSchema(value, said as JsonSchema, definitions));
    case 'properties':
    case 'required':
    case 'additionalProperties':
    case 'maxProperties':
      return !isMap(value) || fitsMap(keyword, value, schema, definitions);
    case 'items':
    case 'minItems':
    case 'maxItems':
      return !Array.isArray(value) || fitsList(keyword, value, said, definitions);
    case 'minLength':
      return typeof value !== 'string' || [...value].length >= (said as number);
    case 'maxLength':
      return typeof value !== 'string' || value.length <= (said as number) || [...value].length <= (said as number);
    case 'pattern':
      return typeof value !== 'string' || patternOf(said as string).test(value);
    case 'minimum':
      return typeof value !== 'number' || value >= (said as number);
    case 'maximum':
      return typeof value !== 'number' || value <= (said as number);
    // Says nothing of the value; formats are left to Go.
    case 'description':
    case 'default':
    case 'format':
    case 'definitions':
      return true;
    default:
      return undefined;
  }
}

function isOfType(value: unknown, type: unknown): boolean | undefined {
  switch (type) {
    case 'null':
      return value === null;
    case 'object':
      return isMap(value);
    case 'array':
      return Array.isArray(value);
    case 'integer':
      return Number.isInteger(value);
    case 'string':
    case 'number':
    case 'boolean':
      return typeof value === type;
    default:
      return undefined;
  }
}

function fitsReference(value: unknown, reference: string, definitions: Definitions): boolean | undefined {
  const [, name] = /^#\/definitions\/([^/~%]+)$/.exec(reference) ?? [];
  const schema = name === undefined ? undefined : definitions[name];
  return schema && fitsSchema(value, schema, definitions);
}

function fitsSome(
  value: unknown,
  branches: readonly JsonSchema[],
  definitions: Definitions,
  onlyOne: boolean,
): boolean | undefined {
  const all = branches.map((branch) => fitsSchema(value, branch, definitions));
  const fitting = all.filter((holds) => holds === true).length;
  if (onlyOne && fitting > 1) return false;
  if (all.includes(undefined) && (onlyOne || fitting === 0)) return undefined;
  return fitting > 0;
}

function fitsMap(
  keyword: string,
  value: Readonly<Record<string, unknown>>,
  schema: JsonSchema,
  definitions: Definitions,
): boolean | undefined {
  const { properties = {}, additionalProperties } = schema;
  switch (keyword) {
    case 'required':
      return (schema['required'] as string[]).every((name) => value[name] !== undefined);
    case 'maxProperties':
      return Object.keys(value).length <= (schema['maxProperties'] as number);
    case 'properties':
      return every(Object.keys(value), (name) => {
        const part = Object.hasOwn(properties, name) ? properties[name] : undefined;
        return part === undefined || value[name] === undefined || fitsSchema(value[name], part, definitions);
      });
    default: {
      if ('patternProperties' in schema) return undefined;
      if (additionalProperties === true || additionalProperties === undefined) return true;
      return every(Object.keys(value), (name) => {
        if (Object.hasOwn(properties, name)) return true;
        return additionalProperties !== false && fitsSchema(value[name], additionalProperties, definitions);
      });
    }
  }
}

function fitsList(
  keyword: string,
  value: readonly unknown[],
  said: unknown,
  definitions: Definitions,
): boolean | undefined {
  if (keyword === 'minItems') return value.length >= (said as number);
  if (keyword === 'maxItems') return value.length <= (said as number);
  return isMap(said) ? every(value, (item) => fitsSchema(item, said as JsonSchema, definitions)) : undefined;
}

// ---- true, false, or not known -------------------------------------------------------------------------------------

/** Whether it holds of all; false as soon as it does not hold of one. */
function every<T>(all: readonly T[], holds: (one: T) => boolean | undefined): boolean | undefined {
  let result: boolean | undefined = true;
  for (const one of all) {
    result = and(result, holds(one));
    if (result === false) return false;
  }
  return result;
}

function and(a: boolean | undefined, b: boolean | undefined): boolean | undefined {
  if (a === false || b === false) return false;
  return a === undefined || b === undefined ? undefined : true;
}

function not(holds: boolean | undefined): boolean | undefined {
  return holds === undefined ? undefined : !holds;
}

const patterns = new Map<string, RegExp>();

/** Without the unicode flag, as the validator has it. */
function patternOf(text: string): RegExp {
  let pattern = patterns.get(text);
  if (!pattern) {
    pattern = new RegExp(text);
    patterns.set(text, pattern);
  }
  return pattern;
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null;
}

function isMap(value: unknown): value is Record<string, unknown> {
  return isObject(value) && !Array.isArray(value);
}
