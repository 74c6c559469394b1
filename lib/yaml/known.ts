import type { JsonObject, JsonValue } from './normalize.js';

/** A value as it is compared: lists of keys and values are read faster than maps by a key that changes. */
type Part = string | number | boolean | null | MapPart | ListPart;

class MapPart {
  constructor(
    readonly keys: readonly string[],
    readonly values: readonly Part[],
  ) {}
}

class ListPart {
  constructor(readonly items: readonly Part[]) {}
}

/** Gives what a placeholder stands for, and any other value unchanged. */
export type Resolve = (value: object) => unknown;

/** A result of `normalizeObject` by which another value is recognized that would give the same. */
export class Known {
  private readonly part: MapPart;

  constructor(readonly object: JsonObject) {
    this.part = partOf(object) as MapPart;
  }

  /**
   * Whether `normalizeObject` would give an equal object of this value. No says little: what is rare is not looked into.
   *
   * @param resolve - one that answers `normalizeObject` the same again
   */
  isOf(value: object, resolve?: Resolve): boolean {
    return isMap(this.part, value, resolve);
  }
}

/** Resolves each placeholder once: it may be a function of the user's, which counts. */
export function onceEach(resolve: Resolve): Resolve {
  let resolved: Map<object, unknown> | undefined;
  return (value) => {
    if (resolved?.has(value)) return resolved.get(value);
    const result = resolve(value);
    if (result !== value) (resolved ??= new Map()).set(value, result);
    return result;
  };
}

function partOf(value: JsonValue): Part {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return new ListPart(value.map(partOf));
  return new MapPart(Object.keys(value), Object.values(value).map(partOf));
}

function isPart(part: Part, value: unknown, resolve: Resolve | undefined): boolean {
  // Of -0, which is the same here, a 0 is made.
  if (typeof value !== 'object' || value === null) return part === value;
  if (Array.isArray(value)) return part instanceof ListPart && isList(part, value, resolve);
  return part instanceof MapPart
    ? isMap(part, value, resolve)
    : resolve !== undefined && !isPlain(value) && isResolved(part, value, resolve);
}

function isList({ items }: ListPart, value: readonly unknown[], resolve: Resolve | undefined): boolean {
  if (items.length !== value.length) return false;
  for (let i = 0; i < items.length; i++) if (!isPart(items[i]!, value[i], resolve)) return false;
  return true;
}

function isMap(part: MapPart, value: object, resolve: Resolve | undefined): boolean {
  // A plain object that is a placeholder has a function, which is no part of anything.
  if (!isPlain(value)) return resolve !== undefined && isResolved(part, value, resolve);
  const { keys, values } = part;
  let count = 0;
  for (const key in value) {
    const item = (value as Record<string, unknown>)[key];
    if (item === undefined) continue;
    const at = keys[count] === key ? count : keys.indexOf(key);
    if (at === -1 || !isPart(values[at]!, item, resolve)) return false;
    count++;
  }
  return count === keys.length;
}

function isResolved(part: Part, value: object, resolve: Resolve): boolean {
  const resolved = resolve(value);
  return resolved !== value && isPart(part, resolved, resolve);
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
