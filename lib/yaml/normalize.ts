import { types } from 'node:util';

/** Anything that JSON can say. */
export type JsonValue = string | number | boolean | null | JsonValue[] | JsonObject;

/** A map of JSON values. */
export type JsonObject = { [key: string]: JsonValue };

/** Thrown by {@link normalizeObject} for a value that YAML as Kubernetes reads it cannot say. */
export class NormalizeError extends Error {
  override readonly name = 'NormalizeError';

  constructor(
    /** Where the value stands in the object, for example `spec.values.a[0]`; empty for the object itself. */
    readonly pointer: string,
    /** What would have been right. */
    readonly expected: string,
    /** What was found instead. */
    readonly given: string,
  ) {
    super(`${pointer === '' ? 'the object' : pointer}: expected ${expected}, given ${given}`);
  }
}

type Path = (string | number)[];

/** Deeper than any real object, and well below where the call stack of a YAML reader ends. */
const MAX_DEPTH = 500;

const DATA = 'a string, number, boolean, null, array or plain object';

/** A place in an object as text: `spec.values.a[0]`, `metadata.annotations["example.com/x"]`. */
export function formatPointer(path: readonly (string | number)[]): string {
  let text = '';
  for (const step of path) {
    if (typeof step === 'number') text += `[${step}]`;
    else if (!/^[A-Za-z_$][\w$-]*$/.test(step)) text += `[${JSON.stringify(step)}]`;
    else text += text === '' ? step : `.${step}`;
  }
  return text;
}

/**
 * The plain copy of an object that is written: keys sorted by code unit at every level, except that `apiVersion`,
 * `kind` and `metadata` come first at the top. Map values that are `undefined` are left out, nulls are kept, and a value
 * that has `toJSON()` stands for what that returns. Whatever YAML cannot carry unchanged to Kubernetes is refused.
 *
 * Keys that look like array indices (`"80"`) come before all others, in numerical order: JavaScript knows no other
 * order for them.
 *
 * @param resolve - gives what a placeholder stands for, and any other value unchanged
 * @throws NormalizeError
 */
export function normalizeObject(value: unknown, resolve?: (value: object) => unknown): JsonObject {
  const run = new Run(resolve);
  const data = run.unwrap(value, '');
  if (typeof data !== 'object' || data === null || Array.isArray(data)) throw run.refuse('a plain object', data);
  return run.map(data, topLevelOrder);
}

/** One walk through one object; the path is kept as steps, and becomes text only when something is wrong. */
class Run {
  private readonly path: Path = [];
  /** The objects around the current one, to find cycles. */
  private readonly around: object[] = [];

  constructor(private readonly resolve: ((value: object) => unknown) | undefined) {}

  refuse(expected: string, given: unknown): NormalizeError {
    return new NormalizeError(formatPointer(this.path), expected, describe(given));
  }

  /** What a placeholder, and a value with `toJSON()`, stands for; any other value unchanged. */
  unwrap(given: unknown, key: string): unknown {
    if (typeof given !== 'object' || given === null) return given;
    const value = this.resolve ? this.resolve(given) : given;
    if (typeof value !== 'object' || value === null) return value;
    if (!('toJSON' in value) || typeof value.toJSON !== 'function') return value;
    // A date in a manifest is nearly always meant as text of one certain form: the author should choose it.
    if (types.isDate(value)) throw this.refuse('an ISO string', value);
    return (value as { toJSON(key: string): unknown }).toJSON(key);
  }

  map(source: object, order: (keys: string[]) => string[]): JsonObject {
    if (!isPlainObject(source)) throw this.refuse(DATA, source);
    this.enter(source);
    const result: JsonObject = {};
    for (const key of order(Object.keys(source))) {
      this.path.push(key);
      const value = this.unwrap((source as Record<string, unknown>)[key], key);
      if (value !== undefined) {
        if (!isWellFormed(key)) throw this.refuse('a key without lone surrogates', key);
        setOwn(result, key, this.value(value));
      }
      this.path.pop();
    }
    this.around.pop();
    return result;
  }

  private array(source: readonly unknown[]): JsonValue[] {
    this.enter(source);
    const result: JsonValue[] = [];
    for (let i = 0; i < source.length; i++) {
      this.path.push(i);
      result.push(this.value(this.unwrap(source[i], String(i))));
      this.path.pop();
    }
    this.around.pop();
    return result;
  }

  private value(value: unknown): JsonValue {
    switch (typeof value) {
      case 'string':
        if (!isWellFormed(value)) throw this.refuse('a string without lone surrogates', value);
        return value;
      case 'number':
        if (!Number.isFinite(value)) throw this.refuse('a finite number', value);
        return value === 0 ? 0 : value; // YAML readers do not agree on -0
      case 'boolean':
        return value;
      case 'object':
        if (value === null) return null;
        return Array.isArray(value) ? this.array(value) : this.map(value, sorted);
      case 'undefined':
        throw this.refuse('a value in every place of an array', value);
      case 'bigint':
        throw this.refuse('a number, or a string with the digits', value);
      default:
        throw this.refuse(DATA, value);
    }
  }

  private enter(object: object): void {
    const cycle = this.around.indexOf(object);
    if (cycle !== -1) {
      const target = cycle === 0 ? 'the object itself' : formatPointer(this.path.slice(0, cycle));
      throw new NormalizeError(formatPointer(this.path), 'a tree', `a cyclic reference to ${target}`);
    }
    if (this.around.length === MAX_DEPTH) {
      const given = `more than ${MAX_DEPTH} levels`;
      throw new NormalizeError(formatPointer(this.path.slice(0, 10)), `at most ${MAX_DEPTH} levels of nesting`, given);
    }
    this.around.push(object);
  }
}

function sorted(keys: string[]): string[] {
  for (let i = 1; i < keys.length; i++) if (keys[i - 1]! > keys[i]!) return keys.sort();
  return keys; // mostly the case: then not worth a sort
}

const FIRST = ['apiVersion', 'kind', 'metadata'];

function topLevelOrder(keys: string[]): string[] {
  return [...FIRST.filter((key) => keys.includes(key)), ...sorted(keys.filter((key) => !FIRST.includes(key)))];
}

/** Sets a key as data; a plain assignment of `__proto__` would change the prototype instead. */
function setOwn(target: JsonObject, key: string, value: JsonValue): void {
  if (key === '__proto__') {
    Object.defineProperty(target, key, { value, writable: true, enumerable: true, configurable: true });
  } else {
    target[key] = value;
  }
}

/** Part of Node 20, but not of the standard library that TypeScript knows for it. */
const isWellFormed: (text: string) => boolean = (text) =>
  (text as unknown as { isWellFormed(): boolean }).isWellFormed();

/** True for an object literal, also one of another realm (a worker, a vm context). */
function isPlainObject(value: object): boolean {
  const prototype = Object.getPrototypeOf(value) as object | null;
  if (prototype === null || prototype === Object.prototype) return true;
  return Object.getPrototypeOf(prototype) === null && className(prototype) === 'Object';
}

function className(prototype: object | null): string | undefined {
  const maker: unknown = prototype && Object.getOwnPropertyDescriptor(prototype, 'constructor')?.value;
  return typeof maker === 'function' && maker.name !== '' ? maker.name : undefined;
}

function describe(value: unknown): string {
  switch (typeof value) {
    case 'bigint':
      return `the bigint ${value}`;
    case 'function':
      return value.name === '' ? 'a function' : `the function ${value.name}`;
    case 'symbol':
      return value.toString();
    case 'string':
      return JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}…` : value);
    case 'object':
      if (value === null) return 'null';
      if (Array.isArray(value)) return 'an array';
      return isPlainObject(value) ? 'a plain object' : describeInstance(value);
    default:
      return String(value);
  }
}

function describeInstance(value: object): string {
  const name = className(Object.getPrototypeOf(value) as object | null);
  return name === undefined ? 'an object with a prototype' : `an instance of ${name}`;
}
