import { isIP, isIPv6 } from 'node:net';
import type * as CelModule from '@bufbuild/cel';
import type { CelFunc, CelInput, CelList, CelMap, CelValue } from '@bufbuild/cel';
import type * as ExtModule from '@bufbuild/cel/ext';
import { lazily } from '../lazy.js';
import { isLabelValue, isQualifiedName } from './labels.js';
import { isDnsLabel, isDnsSubdomain, isServiceName } from './names.js';

/** An expression that can be evaluated. */
export interface CelProgram {
  /** The free names that it reads, such as `self` and `oldSelf`. */
  readonly names: ReadonlySet<string>;
  /** The value, or why there is none: what the API server would say as well. */
  evaluate(variables: Readonly<Record<string, CelInput>>): CelResult;
}

export type CelResult = { readonly value: CelValue } | { readonly error: string };

/** Why an expression cannot be evaluated here, although the API server does. */
export interface CelUnsupported {
  readonly unsupported: string;
}

/** A node of a parsed expression, as far as this file looks into it. */
interface Node {
  readonly exprKind?: { readonly case?: string; readonly value?: unknown };
}

interface Engine {
  readonly cel: typeof CelModule;
  readonly env: ReturnType<typeof CelModule.celEnv>;
  readonly functions: ReadonlySet<string>;
}

const programs = new Map<string, CelProgram | CelUnsupported>();

const engine = lazily((require): Engine => {
  const cel = require('@bufbuild/cel') as typeof CelModule;
  const { strings } = require('@bufbuild/cel/ext') as typeof ExtModule;
  const own = kubernetesFunctions(cel);
  const functions = new Set([...STANDARD, ...strings.map((f) => f.name), ...own.map((f) => f.name)]);
  return { cel, env: cel.celEnv({ funcs: [...strings, ...own] }), functions };
});

/** The expression, compiled once for all objects. */
export function compileCel(expression: string): CelProgram | CelUnsupported {
  let program = programs.get(expression);
  if (!program) {
    program = compile(expression);
    programs.set(expression, program);
  }
  return program;
}

function compile(expression: string): CelProgram | CelUnsupported {
  const { cel, env, functions } = engine();
  let parsed: ReturnType<typeof CelModule.parse>;
  try {
    parsed = cel.parse(expression);
  } catch {
    return { unsupported: 'syntax that this library does not read' };
  }
  const { called, names } = inspect(parsed.expr);
  const missing = [...called].filter((name) => !functions.has(name));
  if (missing.length > 0) return { unsupported: `the function ${missing.sort().join(' and ')}` };
  const plan = cel.plan(env, parsed);
  return {
    names,
    evaluate(variables) {
      const value = plan(variables);
      return cel.isCelError(value) ? { error: value.message } : { value };
    },
  };
}

/** The functions that an expression calls, and the names that it reads; those of comprehensions among them. */
function inspect(expression: Node | undefined): { called: Set<string>; names: Set<string> } {
  const called = new Set<string>();
  const names = new Set<string>();
  const visit = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    if (Array.isArray(value)) {
      value.forEach(visit);
      return;
    }
    const { exprKind } = value as Node;
    if (exprKind?.case === 'callExpr') {
      const call = exprKind.value as { function: string; target?: Node };
      const namespace = nameOf(call.target);
      const isNamespaced = namespace !== undefined && NAMESPACES.has(namespace);
      called.add(isNamespaced ? `${namespace}.${call.function}` : call.function);
    }
    const name = nameOf(value);
    if (name !== undefined) names.add(name);
    Object.values(value).forEach(visit);
  };
  visit(expression);
  return { called, names };
}

function nameOf(node: Node | undefined): string | undefined {
  return node?.exprKind?.case === 'identExpr' ? (node.exprKind.value as { name: string }).name : undefined;
}

/** What the library itself has: operators, conversions, times; `matches` is RE2, as in Go. */
const STANDARD = [
  [
    '_&&_',
    '_||_',
    '!_',
    '_?_:_',
    '_==_',
    '_!=_',
    '_<_',
    '_<=_',
    '_>_',
    '_>=_',
    '_+_',
    '_-_',
    '_*_',
    '_/_',
    '_%_',
    '-_',
  ],
  ['_[_]', '@in', '@not_strictly_false', '__not_strictly_false__'],
  ['int', 'uint', 'double', 'bool', 'bytes', 'string', 'timestamp', 'duration', 'type', 'dyn', 'size'],
  ['getSeconds', 'getMinutes', 'getHours', 'getMilliseconds', 'getFullYear', 'getMonth', 'getDate', 'getDayOfMonth'],
  ['getDayOfWeek', 'getDayOfYear', 'contains', 'endsWith', 'startsWith', 'matches'],
].flat();

/** The first part of functions that are called like methods of a name. */
const NAMESPACES = new Set(['format', 'optional', 'sets', 'quantity', 'ip', 'cidr', 'math', 'lists', 'strings', 'cel']);

/** The formats that Kubernetes can hold a text against, and what is said of one that does not fit. */
const FORMATS: Readonly<Record<string, (text: string) => boolean>> = {
  dns1123Label: isDnsLabel,
  dns1123Subdomain: isDnsSubdomain,
  dns1035Label: isServiceName,
  qualifiedName: isQualifiedName,
  labelValue: isLabelValue,
  uuid: (text) => /^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$/i.test(text),
};

/**
 * What Kubernetes adds to CEL, as far as it can be said in values that the library has. An optional value is a list of none
 * or one, a quantity and a format are maps: rules are checked when a CRD is applied, so that nobody asks a quantity for its
 * keys.
 *
 * @see https://kubernetes.io/docs/reference/using-api/cel/
 */
function kubernetesFunctions({
  celFunc,
  celMethod,
  celList,
  CelScalar,
  listType,
  mapType,
}: typeof CelModule): CelFunc[] {
  const { BOOL, INT, DOUBLE, STRING, DYN } = CelScalar;
  const LIST = listType(DYN);
  const MAP = mapType(STRING, DYN);
  const some = (value: CelInput): CelList => celList([value]);
  const none = (): CelList => celList([]);
  return [
    celFunc('isIP', [STRING], BOOL, isKubernetesIp),
    celFunc('isCIDR', [STRING], BOOL, isCidr),
    celFunc('isURL', [STRING], BOOL, isRequestUri),
    celFunc('isQuantity', [STRING], BOOL, (text) => nanos(text) !== undefined),
    celFunc('quantity', [STRING], MAP, (text) => quantity(parsedQuantity(text))),
    ...Object.entries({
      isGreaterThan: (a: bigint, b: bigint) => a > b,
      isLessThan: (a: bigint, b: bigint) => a < b,
    }).map(([name, holds]) =>
      celMethod(name, MAP, [MAP], BOOL, function (this: CelMap, other: CelMap) {
        return holds(nanosOf(this), nanosOf(other));
      }),
    ),
    celMethod('compareTo', MAP, [MAP], INT, function (this: CelMap, other: CelMap) {
      const difference = nanosOf(this) - nanosOf(other);
      return difference < 0n ? -1n : difference > 0n ? 1n : 0n;
    }),
    celMethod('sign', MAP, [], INT, function (this: CelMap) {
      const value = nanosOf(this);
      return value < 0n ? -1n : value > 0n ? 1n : 0n;
    }),
    celMethod('isInteger', MAP, [], BOOL, function (this: CelMap) {
      return nanosOf(this) % NANO === 0n;
    }),
    celMethod('asInteger', MAP, [], INT, function (this: CelMap) {
      const value = nanosOf(this);
      if (value % NANO !== 0n) throw new Error('cannot convert value to integer');
      return value / NANO;
    }),
    celMethod('asApproximateFloat', MAP, [], DOUBLE, function (this: CelMap) {
      return Number(nanosOf(this)) / 1e9;
    }),
    ...Object.entries({ add: (a: bigint, b: bigint) => a + b, sub: (a: bigint, b: bigint) => a - b }).flatMap(
      ([name, apply]) => [
        celMethod(name, MAP, [MAP], MAP, function (this: CelMap, other: CelMap) {
          return quantity(apply(nanosOf(this), nanosOf(other)));
        }),
        celMethod(name, MAP, [INT], MAP, function (this: CelMap, other: bigint) {
          return quantity(apply(nanosOf(this), other * NANO));
        }),
      ],
    ),
    ...Object.keys(FORMATS).map((name) => celFunc(`format.${name}`, [], MAP, () => new Map([['format', name]]))),
    celMethod('validate', MAP, [STRING], LIST, function (this: CelMap, text: string) {
      const name = this.get('format') as string;
      return FORMATS[name]!(text) ? none() : some(celList([`must be a ${name}`]));
    }),
    celFunc('optional.none', [], LIST, none),
    celFunc('optional.of', [DYN], LIST, (value) => some(value as CelInput)),
    celMethod('hasValue', LIST, [], BOOL, function (this: CelList) {
      return this.size > 0;
    }),
    celMethod('value', LIST, [], DYN, function (this: CelList) {
      if (this.size === 0) throw new Error('optional.none() dereference');
      return this.get(0)!;
    }),
    celMethod('orValue', LIST, [DYN], DYN, function (this: CelList, other: CelValue) {
      return this.size > 0 ? this.get(0)! : other;
    }),
    celMethod('isSorted', LIST, [], BOOL, function (this: CelList) {
      const all = comparable(this);
      return all.every((value, i) => i === 0 || all[i - 1]! <= value);
    }),
    celMethod('min', LIST, [], DYN, function (this: CelList) {
      return nonEmpty(this, 'min').reduce((a, b) => (b < a ? b : a));
    }),
    celMethod('max', LIST, [], DYN, function (this: CelList) {
      return nonEmpty(this, 'max').reduce((a, b) => (b > a ? b : a));
    }),
  ];
}

const NANO = 1_000_000_000n;

function quantity(value: bigint): ReadonlyMap<string, string> {
  return new Map([['quantity', String(value)]]);
}

function nanosOf(map: CelMap): bigint {
  const value = map.get('quantity');
  if (typeof value !== 'string') throw new Error('no such overload');
  return BigInt(value);
}

function parsedQuantity(text: string): bigint {
  const value = nanos(text);
  if (value === undefined) throw new Error(`quantity parse error: ${text}`);
  return value;
}

const BINARY = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'];
const DECIMAL: Readonly<Record<string, number>> = { n: -9, u: -6, m: -3, '': 0, k: 3, M: 6, G: 9, T: 12, P: 15, E: 18 };

/** A quantity in billionths, rounded up as Kubernetes does; undefined for a text that is none. */
function nanos(text: string): bigint | undefined {
  const parts = /^([+-]?)(\d+\.?\d*|\.\d+)(?:([KMGTPE]i)|([numkMGTPE])|[eE]([+-]?\d+))?$/.exec(text);
  if (!parts) return undefined;
  const [, sign, number = '', binary, decimal, exponent] = parts;
  const [whole = '', fraction = ''] = number.split('.');
  const power = 9 - fraction.length + (exponent === undefined ? DECIMAL[decimal ?? '']! : Number(exponent));
  const factor = binary === undefined ? 1n : 1024n ** BigInt(BINARY.indexOf(binary));
  const digits = BigInt(`${whole}${fraction}`) * factor;
  const divisor = power < 0 ? 10n ** BigInt(-power) : 1n;
  const value = power < 0 ? (digits + divisor - 1n) / divisor : digits * 10n ** BigInt(power);
  return sign === '-' ? -value : value;
}

/** An address as Kubernetes takes it: without a zone, and not IPv4 written as IPv6. */
function isKubernetesIp(text: string): boolean {
  if (isIP(text) === 0 || text.includes('%')) return false;
  return !(isIPv6(text) && /^(0*:)*(0*:)?ffff:(\d+\.\d+\.\d+\.\d+|[0-9a-f]{1,4}:[0-9a-f]{1,4})$/i.test(text));
}

function isCidr(text: string): boolean {
  const [, address = '', bits = ''] = /^([^/]+)\/(0|[1-9]\d*)$/.exec(text) ?? [];
  return isKubernetesIp(address) && Number(bits) <= (isIPv6(address) ? 128 : 32);
}

/** An absolute URL or an absolute path, as Go's ParseRequestURI takes them. */
function isRequestUri(text: string): boolean {
  // eslint-disable-next-line no-control-regex -- Go refuses these
  if (text === '' || /[\x00-\x1f\x7f]/.test(text)) return false;
  return text.startsWith('/') || URL.canParse(text);
}

function comparable(list: CelList): (string | number | bigint)[] {
  return [...list] as (string | number | bigint)[];
}

function nonEmpty(list: CelList, name: string): (string | number | bigint)[] {
  if (list.size === 0) throw new Error(`${name} called on empty list`);
  return comparable(list);
}
