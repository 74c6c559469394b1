import type { JsonSchema } from './kinds.js';

/** A schema while it is made. */
type Schema = { -readonly [K in keyof JsonSchema]: JsonSchema[K] };

/** What decides what is valid, and what CEL rules need: they see an object with its defaults. */
const KEPT = new Set(
  [
    ['type', 'enum', 'pattern', 'format', 'required', 'multipleOf', 'uniqueItems', 'default'],
    ['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'minLength', 'maxLength'],
    ['minItems', 'maxItems', 'minProperties', 'maxProperties'],
    ['x-kubernetes-preserve-unknown-fields', 'x-kubernetes-int-or-string', 'x-kubernetes-validations'],
  ].flat(),
);
const DROPPED = new Set(
  [
    ['description', 'title', 'example', 'externalDocs', 'nullable', 'x-kubernetes-embedded-resource'],
    ['x-kubernetes-list-type', 'x-kubernetes-list-map-keys', 'x-kubernetes-map-type', 'x-kubernetes-unions'],
    ['x-kubernetes-patch-merge-key', 'x-kubernetes-patch-strategy', 'x-kubernetes-group-version-kind'],
  ].flat(),
);

/** The metadata of every object is Kubernetes' own. */
export const OBJECT_META: JsonSchema = { $ref: '#/definitions/meta.v1.ObjectMeta' };

/** A number or a text, with the further limits that a CRD may set. */
const INT_OR_STRING: JsonSchema = { type: ['integer', 'string'], 'x-kubernetes-int-or-string': true };

/** How a schema is cleaned. */
export interface Cleaning {
  /** Name of a definition in the result. */
  readonly definition?: (name: string) => string;
  /** Called with a keyword that nobody thought of; it is left out. */
  readonly onUnknown?: (keyword: string) => void;
}

/**
 * The part of a schema that decides what is valid. An object that names its fields is closed, as the API server's strict
 * validation treats it; not so inside anyOf and the like, where a branch states only a part (`open`).
 */
export function cleanSchema(schema: JsonSchema, how: Cleaning = {}, open = false): JsonSchema {
  if (schema.$ref !== undefined) {
    const name = schema.$ref.replace('#/definitions/', '');
    return { $ref: `#/definitions/${how.definition?.(name) ?? name}` };
  }
  if (schema['x-kubernetes-int-or-string'] === true || schema['format'] === 'int-or-string') return intOrString(schema);
  const result: Schema = {};
  for (const [keyword, value] of Object.entries(schema)) {
    if (KEPT.has(keyword)) result[keyword as 'type'] = value as string;
    else if (!DROPPED.has(keyword)) {
      const part = cleanPart(keyword, value, how, open);
      if (part !== undefined) result[keyword as 'type'] = part as string;
    }
  }
  if (schema['nullable'] === true && typeof schema.type === 'string') result.type = [schema.type, 'null'];
  // What has a default is there by the time the API server looks for what is required.
  const required = (schema['required'] as string[] | undefined)?.filter(
    (name) => schema.properties?.[name]?.['default'] === undefined,
  );
  if (required === undefined || required.length === 0) delete result['required'];
  else result['required' as 'type'] = required.sort();
  if (schema['x-kubernetes-embedded-resource'] === true) return embedded(result);
  const closed = schema.properties && !schema.additionalProperties && !schema['x-kubernetes-preserve-unknown-fields'];
  if (closed && !open) result.additionalProperties = false;
  return result;
}

function cleanPart(keyword: string, value: unknown, how: Cleaning, open: boolean): unknown {
  switch (keyword) {
    case 'properties':
      return Object.fromEntries(
        Object.entries(value as Record<string, JsonSchema>).map(([name, part]) => [name, cleanSchema(part, how, open)]),
      );
    case 'items':
      return cleanSchema(value as JsonSchema, how, open);
    case 'additionalProperties':
      return typeof value === 'object' ? cleanSchema(value as JsonSchema, how, open) : value;
    case 'not':
      return cleanSchema(value as JsonSchema, how, true);
    case 'allOf':
    case 'anyOf':
    case 'oneOf':
      return (value as JsonSchema[]).map((branch) => cleanSchema(branch, how, true));
    default:
      how.onUnknown?.(keyword);
      return undefined;
  }
}

/** A whole object in a field: it has what every object has, whether the schema says so or not. */
function embedded(schema: Schema): JsonSchema {
  const named = { apiVersion: { type: 'string' }, kind: { type: 'string' }, metadata: { type: 'object' } };
  const properties = { ...named, ...schema.properties };
  const keeps = schema['x-kubernetes-preserve-unknown-fields'] === true;
  const required = [...new Set([...((schema['required'] as string[] | undefined) ?? []), 'apiVersion', 'kind'])].sort();
  return { ...schema, type: 'object', properties, required, ...(!keeps && { additionalProperties: false }) };
}

function intOrString(schema: JsonSchema): JsonSchema {
  const limits = ['pattern', 'minimum', 'maximum', 'minLength', 'maxLength', 'default', 'x-kubernetes-validations'];
  const own = Object.entries(schema).filter(([keyword]) => limits.includes(keyword));
  return own.length === 0 ? INT_OR_STRING : { ...INT_OR_STRING, ...Object.fromEntries(own) };
}

/** A whole object: its metadata is Kubernetes' own, and its status is none of our business. */
export function cleanRoot(schema: JsonSchema, how: Cleaning = {}): JsonSchema {
  const parts = Object.entries(schema.properties ?? {}).filter(([name]) => name !== 'metadata' && name !== 'status');
  const root: Schema = { ...cleanSchema({ ...schema, properties: Object.fromEntries(parts) }, how) };
  root.properties = { apiVersion: { type: 'string' }, kind: { type: 'string' }, ...root.properties };
  root.properties = { ...root.properties, metadata: OBJECT_META, status: {} };
  const required = (root['required'] as string[] | undefined)?.filter((name) => name !== 'status') ?? [];
  if (required.length === 0) delete root['required'];
  else root['required' as 'type'] = required;
  return root;
}
