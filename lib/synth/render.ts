import { ApiObject, JsonPatch, resolve } from 'cdk8s';
import type { Finding } from '../finding.js';
import { NormalizeError, normalizeObject } from '../yaml/normalize.js';
import type { JsonObject } from '../yaml/normalize.js';

/** What cdk8s keeps private and only its own `toJson` reads. */
interface Internals {
  readonly props?: Record<string, unknown>;
  readonly patches?: readonly JsonPatch[];
}

/**
 * The object as it is written: tokens resolved, patches applied, keys sorted. Unlike `ApiObject.toJson` it keeps nulls,
 * which to Helm mean that a default of the chart is deleted.
 */
export function renderObject(object: ApiObject): JsonObject | Omit<Finding, 'where'> {
  try {
    return normalizeObject(toPlain(object));
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

function toPlain(object: ApiObject): unknown {
  const { props, patches } = object as unknown as Internals;
  // Classes made by `cdk8s import` rename fields in their own toJson; only cdk8s' plain one may be bypassed.
  if (object.toJson !== ApiObject.prototype.toJson || props === undefined || patches === undefined)
    return object.toJson();
  const data: unknown = resolve([], { ...props, metadata: object.metadata.toJson() as unknown }, object);
  return patches.length === 0 ? data : JsonPatch.apply(normalizeObject(data), ...patches);
}

function messageOf(e: unknown): string {
  return e instanceof Error ? e.message : String(e);
}
