import {
  ApiObject,
  App,
  ImplicitTokenResolver,
  JsonPatch,
  Lazy,
  LazyResolver,
  NumberStringUnionResolver,
  resolve,
} from 'cdk8s';
import type { Chart, IResolver } from 'cdk8s';
import type { Finding } from '../finding.js';
import { NormalizeError, normalizeObject } from '../yaml/normalize.js';
import type { JsonObject } from '../yaml/normalize.js';
import { KnownPlace } from './known-objects.js';

/** What cdk8s keeps private and only its own `toJson` reads. */
interface Internals {
  readonly props?: Record<string, unknown>;
  readonly patches?: readonly JsonPatch[];
}

/** The same of its metadata. */
interface MetadataInternals {
  readonly name?: unknown;
  readonly namespace?: unknown;
  readonly labels?: Readonly<Record<string, unknown>>;
  readonly annotations?: Readonly<Record<string, unknown>>;
  readonly finalizers?: readonly unknown[];
  readonly ownerReferences?: readonly unknown[];
  readonly _additionalAttributes?: object;
}

type Labels = Readonly<Record<string, string>>;

/**
 * The object as it is written: tokens resolved, patches applied, keys sorted, with the labels that it inherits beneath its
 * own. Unlike `ApiObject.toJson` it keeps nulls, which to Helm mean that a default of the chart is deleted.
 *
 * @param place what stood there in other units: an object that is equal is that very one
 */
export function renderObject(
  object: ApiObject,
  labels?: Labels,
  place = new KnownPlace(),
): JsonObject | Omit<Finding, 'where'> {
  try {
    return renderAtOnce(object, labels, place) ?? place.normalize(withLabels(normalizeObject(toPlain(object)), labels));
  } catch (e) {
    const cycle = e instanceof RangeError ? findCycle(object) : undefined;
    if (cycle) return notPlain(object, cycle);
    if (!(e instanceof NormalizeError))
      return { rule: 'object-unrenderable', what: 'an object cannot be rendered', given: messageOf(e) };
    return notPlain(object, e);
  }
}

function notPlain(object: ApiObject, e: NormalizeError): Omit<Finding, 'where'> {
  return {
    rule: 'object-not-plain',
    what: `${e.pointer || 'the object'} of ${object.kind} "${object.name}" cannot be written as YAML`,
    expected: e.expected,
    given: e.given,
  };
}

/** Where an object refers to itself: cdk8s resolves such a one until the stack ends, and says no place. */
function findCycle(object: ApiObject): NormalizeError | undefined {
  try {
    normalizeObject((object as unknown as Internals).props);
  } catch (e) {
    if (e instanceof NormalizeError && e.given.startsWith('a cyclic reference')) return e;
  }
  return undefined;
}

/** The name that the code gives an object; undefined where cdk8s made one up. */
export function saidName(object: ApiObject): unknown {
  const { props } = object as unknown as Internals;
  return props === undefined ? object.name : (props.metadata as { name?: unknown } | undefined)?.name;
}

/** In one walk where nothing out of the ordinary was done to the object; else undefined. */
function renderAtOnce(object: ApiObject, labels: Labels | undefined, place: KnownPlace): JsonObject | undefined {
  const { props, patches } = object as unknown as Internals;
  if (!hasCdk8sToJson(object) || props === undefined || patches?.length !== 0) return undefined;
  if (!hasCdk8sResolvers(object.chart)) return undefined;
  const metadata = commonMetadata(object, labels);
  return metadata && place.normalize({ ...props, metadata }, resolveToken);
}

/** Classes made by `cdk8s import` rename fields in their own toJson; only cdk8s' plain one may be bypassed. */
function hasCdk8sToJson(object: ApiObject): boolean {
  return object.toJson === ApiObject.prototype.toJson;
}

const CDK8S_RESOLVERS = [LazyResolver, ImplicitTokenResolver, NumberStringUnionResolver];
const cdk8sResolvers = new WeakMap<Chart, boolean>();

/** Whether tokens are what cdk8s itself knows, and no app brings resolvers of its own. */
function hasCdk8sResolvers(chart: Chart): boolean {
  let own = cdk8sResolvers.get(chart);
  if (own === undefined) {
    const resolvers = (App.of(chart) as unknown as { readonly resolvers: readonly IResolver[] }).resolvers;
    own = resolvers.length === CDK8S_RESOLVERS.length && resolvers.every((r, i) => r instanceof CDK8S_RESOLVERS[i]!);
    cdk8sResolvers.set(chart, own);
  }
  return own;
}

/** What a token stands for, as cdk8s' own resolvers have it. */
function resolveToken(value: object): unknown {
  if (Array.isArray(value)) return value;
  const { resolve: produce, value: union } = value as { readonly resolve?: unknown; readonly value?: unknown };
  if (value instanceof Lazy) return again(value.produce());
  if (typeof produce === 'function') return again((value as { resolve(): unknown }).resolve());
  const isUnion = value.constructor !== Object && (typeof union === 'string' || typeof union === 'number');
  return isUnion ? { value: union } : value;
}

/** A token may stand for another one. */
function again(value: unknown): unknown {
  return typeof value === 'object' && value !== null ? resolveToken(value) : value;
}

const COMMON = new Set(['name', 'namespace', 'labels', 'annotations', 'finalizers', 'ownerReferences']);

/** Metadata of names, labels and annotations alone, all of them text; undefined for any other, which is left to cdk8s. */
function commonMetadata({ metadata }: ApiObject, inherited: Labels | undefined): Record<string, unknown> | undefined {
  const said = metadata as unknown as MetadataInternals;
  const { name, namespace, labels = {}, annotations = {}, finalizers, ownerReferences, _additionalAttributes } = said;
  if (typeof name !== 'string' || (namespace !== undefined && typeof namespace !== 'string')) return undefined;
  if (finalizers?.length !== 0 || ownerReferences?.length !== 0 || _additionalAttributes === undefined)
    return undefined;
  for (const key in _additionalAttributes) if (!COMMON.has(key)) return undefined;
  if (!isText(labels) || !isText(annotations)) return undefined;
  const all = inherited ? { ...inherited, ...labels } : labels;
  return {
    ...(!isEmpty(annotations) && { annotations }),
    ...(!isEmpty(all) && { labels: all }),
    name,
    ...(namespace !== undefined && { namespace }),
  };
}

function isText(map: Readonly<Record<string, unknown>>): boolean {
  for (const key in map) if (typeof map[key] !== 'string') return false;
  return true;
}

function isEmpty(map: object): boolean {
  for (const _ in map) return false;
  return true;
}

function toPlain(object: ApiObject): unknown {
  const { props, patches } = object as unknown as Internals;
  if (!hasCdk8sToJson(object) || props === undefined || patches === undefined) return object.toJson();
  const data: unknown = resolve([], { ...props, metadata: object.metadata.toJson() as unknown }, object);
  return patches.length === 0 ? data : JsonPatch.apply(normalizeObject(data), ...patches);
}

function withLabels(object: JsonObject, labels: Labels | undefined): JsonObject {
  if (labels === undefined || isEmpty(labels)) return object;
  const metadata = object.metadata as JsonObject;
  const all = { ...labels, ...(metadata.labels as JsonObject) };
  return normalizeObject({ ...object, metadata: { ...metadata, labels: all } });
}

function messageOf(e: unknown): string {
  return e instanceof Error ? e.message : String(e);
}
