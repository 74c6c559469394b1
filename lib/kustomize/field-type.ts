import type { FieldPath } from '../model/cluster-model.js';
import { schemaFile, schemaFileOf } from '../model/kinds.js';
import type { JsonSchema } from '../model/kinds.js';
import type { JsonObject } from '../yaml/normalize.js';

/**
 * The type that the API server wants in a field of an object, such as `string`; undefined where it takes several, or where
 * no schema says. A CRD of the cluster says it better than what this library knows of the kind.
 */
export function fieldType(object: JsonObject, field: FieldPath, ownSchema?: JsonSchema): string | undefined {
  if (isText(field)) return 'string';
  const [root, definitions = {}] = ownSchema ? [ownSchema, definitionsOf(ownSchema)] : knownSchema(object);
  let schema = follow(root, definitions);
  for (const step of field) {
    const { properties, additionalProperties, items } = schema ?? {};
    const rest = typeof additionalProperties === 'object' ? additionalProperties : undefined;
    schema = follow(typeof step === 'number' ? items : (own(properties, step) ?? rest), definitions);
  }
  return typeof schema?.type === 'string' ? schema.type : undefined;
}

type Definitions = Readonly<Record<string, JsonSchema>>;

function definitionsOf(schema: JsonSchema): Definitions | undefined {
  return schema['definitions'] as Definitions | undefined;
}

function knownSchema({ apiVersion, kind }: JsonObject): [JsonSchema?, Definitions?] {
  if (typeof apiVersion !== 'string' || typeof kind !== 'string') return [];
  const file = schemaFileOf(apiVersion, kind);
  if (!file) return [];
  const { kinds, definitions } = schemaFile(file);
  return [kinds[`${apiVersion}/${kind}`]?.schema, definitions];
}

/** What all kinds have in common, also those of no known schema. */
function isText([first, second, ...rest]: FieldPath): boolean {
  if (first === 'apiVersion' || first === 'kind') return true;
  if (first !== 'metadata') return false;
  if (rest.length === 0) return second === 'name' || second === 'namespace' || second === 'generateName';
  return rest.length === 1 && (second === 'labels' || second === 'annotations');
}

function own<T>(map: Readonly<Record<string, T>> | undefined, key: string): T | undefined {
  return map && Object.hasOwn(map, key) ? map[key] : undefined;
}

function follow(
  schema: JsonSchema | undefined,
  definitions: Readonly<Record<string, JsonSchema>>,
): JsonSchema | undefined {
  return schema?.$ref === undefined ? schema : definitions[schema.$ref.replace('#/definitions/', '')];
}
