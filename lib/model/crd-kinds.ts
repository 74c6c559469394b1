import type { JsonObject } from '../yaml/normalize.js';
import { celVerdict } from './cel-rules.js';
import type { CelVerdict } from './cel-rules.js';
import { cleanRoot } from './clean-schema.js';
import type { ClusterState } from './cluster-state.js';
import { isKind } from './identity.js';
import { byMaturity, groupOf, lookup, schemaFile, schemaFileOf, scopeOf } from './kinds.js';
import type { JsonSchema, Lookup, Scope } from './kinds.js';
import { validateAgainst, validateObject } from './schema.js';
import type { SchemaProblem } from './schema.js';

/** What is known of the kinds of one cluster: those that this library knows, and those of its own CRDs, which win. */
export interface Kinds {
  /** Like the function of the same name, with the cluster's own CRDs. */
  lookup(apiVersion: string, kind: string): Lookup;
  scopeOf(apiVersion: string, kind: string): Scope | undefined;
  /** True where a schema says which fields there are. */
  isChecked(apiVersion: string, kind: string): boolean;
  /** What a CRD of the cluster says of the object's fields, with its definitions; undefined where no such CRD serves it. */
  ownSchema(object: JsonObject): JsonSchema | undefined;
  /** What the API server would refuse in the object's fields. */
  validate(object: JsonObject): SchemaProblem[];
  /** What the CRD's rules say; asked only of an object whose fields are right, as the API server does. */
  rules(object: JsonObject): CelVerdict;
}

/** A kind as a CRD of the cluster says it. */
interface CrdKind {
  readonly scope: Scope;
  /** The served versions, best first, each with its schema. */
  readonly versions: ReadonlyMap<string, JsonSchema>;
}

interface Version {
  readonly name?: unknown;
  readonly served?: unknown;
  readonly schema?: { readonly openAPIV3Schema?: JsonSchema } | null;
}

interface CrdSpec {
  readonly group?: unknown;
  readonly scope?: unknown;
  readonly names?: { readonly kind?: unknown } | null;
  readonly versions?: readonly (Version | null)[] | null;
  readonly preserveUnknownFields?: unknown;
}

/** What was made of a CRD, as long as the CRD itself is there: a fleet gives the same ones to each of its clusters. */
const made = new WeakMap<JsonObject, readonly [string, CrdKind] | 'none'>();

/** True for a CRD in the version that clusters serve. */
export function isCrd(object: JsonObject): boolean {
  return (
    isKind(object, 'apiextensions.k8s.io', 'CustomResourceDefinition') &&
    object.apiVersion === 'apiextensions.k8s.io/v1'
  );
}

/** The kinds of a cluster, or of one that a hub applies to: with the CRDs that are given, and those that are applied. */
export function kindsIn(cluster: ClusterState, target: string): Kinds {
  return cluster.once(`kinds of ${target}`, () => {
    const emitted = cluster
      .ofKind('apiextensions.k8s.io', 'CustomResourceDefinition')
      .filter((o) => o.target === target);
    return kindsOf([...(cluster.crds ?? []), ...emitted.map((o) => o.object)]);
  });
}

/** The kinds that this library knows, and those of the CRDs. */
export function kindsOf(crds: readonly JsonObject[]): Kinds {
  const own = new Map<string, CrdKind>();
  for (const crd of crds) {
    const kind = crdKind(crd);
    if (kind) own.set(...kind);
  }
  const ownKind = (apiVersion: string, kind: string) =>
    own.size === 0 ? undefined : own.get(`${groupOf(apiVersion)}/${kind}`);
  const ownSchema = (object: JsonObject) => {
    const { apiVersion, kind } = object;
    if (typeof apiVersion !== 'string' || typeof kind !== 'string') return undefined;
    return ownKind(apiVersion, kind)?.versions.get(apiVersion);
  };
  return {
    lookup(apiVersion, kind) {
      const found = ownKind(apiVersion, kind);
      if (!found) return lookup(apiVersion, kind);
      return found.versions.has(apiVersion) ? 'served' : { served: [...found.versions.keys()] };
    },
    scopeOf(apiVersion, kind) {
      return ownKind(apiVersion, kind)?.scope ?? scopeOf(apiVersion, kind);
    },
    isChecked(apiVersion, kind) {
      const found = ownKind(apiVersion, kind);
      return found ? found.versions.has(apiVersion) : schemaFileOf(apiVersion, kind) !== undefined;
    },
    ownSchema,
    validate(object) {
      const schema = ownSchema(object);
      if (schema) return validateAgainst(schema, object);
      // A version that the cluster's own CRD does not serve is told as such; an older schema would say the wrong thing.
      return isOwn(object) ? [] : validateObject(object);
    },
    rules(object) {
      const schema = ownSchema(object);
      if (schema) return celVerdict(object, schema, schema['definitions'] as Record<string, JsonSchema>);
      return isOwn(object) ? { problems: [], skipped: [] } : knownRules(object);
    },
  };

  function isOwn({ apiVersion, kind }: JsonObject): boolean {
    return typeof apiVersion === 'string' && typeof kind === 'string' && ownKind(apiVersion, kind) !== undefined;
  }
}

/** What the rules in the schemas that this library brings say. */
function knownRules(object: JsonObject): CelVerdict {
  const { apiVersion, kind } = object;
  const none = { problems: [], skipped: [] };
  if (typeof apiVersion !== 'string' || typeof kind !== 'string') return none;
  const name = schemaFileOf(apiVersion, kind);
  // Built-in kinds have their rules in Go.
  if (name === undefined || name === 'kubernetes') return none;
  const { kinds, definitions } = schemaFile(name);
  return celVerdict(object, kinds[`${apiVersion}/${kind}`]!.schema, definitions);
}

/** The kind that a CRD makes, by group and kind; undefined for what is no CRD that says one. */
function crdKind(crd: JsonObject): readonly [string, CrdKind] | undefined {
  let kind = made.get(crd);
  if (kind === undefined) {
    kind = makeKind(crd) ?? 'none';
    made.set(crd, kind);
  }
  return kind === 'none' ? undefined : kind;
}

function makeKind(crd: JsonObject): readonly [string, CrdKind] | undefined {
  const { group, scope, names, versions, preserveUnknownFields } = (crd.spec ?? {}) as CrdSpec;
  const kind = names?.kind;
  if (!isCrd(crd) || typeof group !== 'string' || typeof kind !== 'string' || !Array.isArray(versions))
    return undefined;
  if (scope !== 'Namespaced' && scope !== 'Cluster') return undefined;
  const served: [string, JsonSchema][] = [];
  for (const version of versions as (Version | null)[]) {
    if (version?.served !== true || typeof version.name !== 'string') continue;
    const schema = version.schema?.openAPIV3Schema ?? {};
    const open = preserveUnknownFields === true ? { ...schema, 'x-kubernetes-preserve-unknown-fields': true } : schema;
    const { definitions } = schemaFile('flux');
    served.push([`${group}/${version.name}`, { ...cleanRoot(open), definitions }]);
  }
  served.sort(([a], [b]) => byMaturity(a, b));
  return [`${group}/${kind}`, { scope, versions: new Map(served) }];
}
