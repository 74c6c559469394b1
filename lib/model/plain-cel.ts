import type { CelInput } from '@bufbuild/cel';

/** A rule that is decided without the engine, where it can be. */
export interface PlainRule {
  /** Whether it compares with what was there before. */
  readonly comparesBefore: boolean;
  /** True when the rule holds; undefined when only the engine knows. */
  holds(self: CelInput): true | undefined;
}

/** A part of an expression: its value, or undefined where the engine would have to say what comes out, errors included. */
type Part = (self: CelInput) => string | boolean | bigint | undefined;

/** The names that a field cannot have in an expression as they are. */
export const RESERVED_NAMES: ReadonlySet<string> = new Set(
  [
    ['true', 'false', 'null', 'in', 'as', 'break', 'const', 'continue', 'else', 'for', 'function', 'if', 'import'],
    ['let', 'loop', 'package', 'namespace', 'return', 'var', 'void', 'while'],
  ].flat(),
);

const rules = new Map<string, PlainRule | undefined>();

/**
 * A rule of fields, texts, `has`, `size` and what joins them, as most rules of CRDs are; undefined for all others. It can
 * only say that a rule holds, and saves loading the engine, which for a fleet of few objects takes longer than all else.
 */
export function plainRule(expression: string): PlainRule | undefined {
  if (!rules.has(expression)) rules.set(expression, parse(expression));
  return rules.get(expression);
}

/** What a rule may be made of; an expression that has anything else is not plain. */
const TOKEN =
  /\s*(\|\||&&|==|!=|>=|<=|[!<>().]|'[^'"\\\r\n]*'|"[^'"\\\r\n]*"|(?:0|[1-9]\d{0,8})(?![\w.])|[A-Za-z_]\w*)\s*/y;

function parse(expression: string): PlainRule | undefined {
  const tokens: string[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < expression.length) {
    const found = TOKEN.exec(expression);
    if (!found) return undefined;
    tokens.push(found[1]!);
  }
  const parser = new Parser(tokens);
  const part = parser.whole();
  if (!part) return undefined;
  return { comparesBefore: parser.comparesBefore, holds: (self) => (part(self) === true ? true : undefined) };
}

/** Reads tokens from the left; what it cannot read is undefined. */
class Parser {
  comparesBefore = false;
  #at = 0;

  constructor(private readonly tokens: readonly string[]) {}

  whole(): Part | undefined {
    const part = this.#either();
    return this.#at === this.tokens.length ? part : undefined;
  }

  #either(): Part | undefined {
    let left = this.#both();
    while (left && this.#take('||')) left = joined(left, this.#both(), true);
    return left;
  }

  #both(): Part | undefined {
    let left = this.#relation();
    while (left && this.#take('&&')) left = joined(left, this.#relation(), false);
    return left;
  }

  #relation(): Part | undefined {
    const left = this.#unary();
    const compare = RELATIONS[this.tokens[this.#at] ?? ''];
    if (!left || !compare) return left;
    this.#at++;
    const right = this.#unary();
    return right && ((self) => compare(left(self), right(self)));
  }

  #unary(): Part | undefined {
    if (!this.#take('!')) return this.#primary();
    const part = this.#unary();
    return (
      part &&
      ((self) => {
        const value = part(self);
        return typeof value === 'boolean' ? !value : undefined;
      })
    );
  }

  #primary(): Part | undefined {
    if (this.#take('(')) return this.#closed(this.#either());
    const token = this.tokens[this.#at++] ?? '';
    if (/^['"]/.test(token)) return () => token.slice(1, -1);
    if (/^\d/.test(token)) return () => BigInt(token);
    if (token === 'has' && this.#take('(')) return this.#closed(hasField(this.#path()));
    if (token === 'size' && this.#take('(')) return this.#closed(sizeOf(this.#path()));
    this.#at--;
    const path = this.#path();
    const last = path?.at(-1) ?? '';
    if (path && Object.hasOwn(METHODS, last) && this.#take('(')) return this.#called(path.slice(0, -1), last);
    return path && ((self) => plainValue(valueAt(self, path)));
  }

  /** `self.a.startsWith('b')`, behind its opening parenthesis. */
  #called(path: readonly string[], method: string): Part | undefined {
    const argument = this.#closed(this.#primary());
    return (
      argument &&
      ((self) => {
        const [text, other] = [valueAt(self, path), argument(self)];
        return typeof text === 'string' && typeof other === 'string' ? METHODS[method]!(text, other) : undefined;
      })
    );
  }

  /** `self.a.b` as `['a', 'b']`. */
  #path(): string[] | undefined {
    const root = this.tokens[this.#at++];
    if (root === 'oldSelf') this.comparesBefore = true;
    else if (root !== 'self') return undefined;
    const path: string[] = [];
    while (this.#take('.')) path.push(this.tokens[this.#at++] ?? '');
    return path.every((name) => /^[A-Za-z_]/.test(name) && !RESERVED_NAMES.has(name)) ? path : undefined;
  }

  #closed(part: Part | undefined): Part | undefined {
    return this.#take(')') ? part : undefined;
  }

  #take(token: string): boolean {
    if (this.tokens[this.#at] !== token) return false;
    this.#at++;
    return true;
  }
}

const METHODS: Readonly<Record<string, (text: string, other: string) => boolean>> = {
  startsWith: (text, other) => text.startsWith(other),
  endsWith: (text, other) => text.endsWith(other),
  contains: (text, other) => text.includes(other),
};

type Value = ReturnType<Part>;

const RELATIONS: Readonly<Record<string, (a: Value, b: Value) => boolean | undefined>> = {
  '==': (a, b) => (areAlike(a, b) ? a === b : undefined),
  '!=': (a, b) => (areAlike(a, b) ? a !== b : undefined),
  '>': (a, b) => (typeof a === 'bigint' && typeof b === 'bigint' ? a > b : undefined),
  '<': (a, b) => (typeof a === 'bigint' && typeof b === 'bigint' ? a < b : undefined),
  '>=': (a, b) => (typeof a === 'bigint' && typeof b === 'bigint' ? a >= b : undefined),
  '<=': (a, b) => (typeof a === 'bigint' && typeof b === 'bigint' ? a <= b : undefined),
};

function areAlike(a: Value, b: Value): boolean {
  return a !== undefined && typeof a === typeof b;
}

/** `||`, of which one true side is enough whatever the other is, errors included; `&&` likewise with false. */
function joined(left: Part, right: Part | undefined, enough: boolean): Part | undefined {
  return (
    right &&
    ((self) => {
      const [a, b] = [left(self), right(self)];
      if (a === enough || b === enough) return enough;
      return a === !enough && b === !enough ? !enough : undefined;
    })
  );
}

function hasField(path: readonly string[] | undefined): Part | undefined {
  const name = path?.at(-1);
  if (!path || name === undefined) return undefined;
  return (self) => {
    const parent = valueAt(self, path.slice(0, -1));
    // What has() says of a null is the engine's to say.
    return parent instanceof Map && parent.get(name) !== null ? parent.has(name) : undefined;
  };
}

function sizeOf(path: readonly string[] | undefined): Part | undefined {
  return (
    path &&
    ((self) => {
      const value = valueAt(self, path);
      if (Array.isArray(value)) return BigInt(value.length);
      return value instanceof Map ? BigInt(value.size) : undefined;
    })
  );
}

function valueAt(self: CelInput, path: readonly string[]): CelInput | undefined {
  let value: CelInput | undefined = self;
  for (const name of path) {
    if (!(value instanceof Map)) return undefined;
    value = value.get(name) as CelInput | undefined;
  }
  return value;
}

/** A value that is compared here as the engine does. */
function plainValue(value: CelInput | undefined): Value {
  return typeof value === 'string' || typeof value === 'boolean' || typeof value === 'bigint' ? value : undefined;
}
