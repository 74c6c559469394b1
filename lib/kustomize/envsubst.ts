/**
 * What Flux's own envsubst makes of a text, which is not quite what a shell would: there is no `${X-y}`, `:+` and `:?` are
 * defaults like `:-`, and whatever else follows a name is an error.
 *
 * @see https://fluxcd.io/flux/components/kustomize/kustomizations/#post-build-variable-substitution
 */

/** A variable that is defined, but not with which value. */
export const UNKNOWN = Symbol('unknown');

/** The value of a variable; undefined where it is not defined. */
export type Lookup = (name: string) => string | typeof UNKNOWN | undefined;

/** A text after substitution. */
export interface Evaluated {
  readonly text: string;
  /** Names without a value and without a default. */
  readonly missing: readonly string[];
  /** Whether expressions stayed as they were, because a value is not known. */
  readonly unknown: boolean;
}

/** A text that envsubst cannot read; the message is envsubst's. */
export class BadSubstitution extends Error {
  override readonly name = 'BadSubstitution';
}

/** Evaluates all `${…}` of a text, and makes each `$$` one dollar. */
export function evaluate(text: string, lookup: Lookup): Evaluated {
  const run: Run = { lookup, missing: new Set(), unknown: false };
  const result = new Parser(text).parse().map((node) => write(node, run));
  return { text: result.join(''), missing: [...run.missing], unknown: run.unknown };
}

/** The names of all variables in a text; none where envsubst cannot read it. */
export function variableNames(text: string): Set<string> {
  const names = new Set<string>();
  try {
    evaluate(text, (name) => (names.add(name), UNKNOWN));
  } catch (e) {
    if (!(e instanceof BadSubstitution)) throw e;
    return new Set();
  }
  return names;
}

// ---- evaluating ---------------------------------------------------------------------------------------------------

interface Expression {
  readonly name: string;
  readonly operator: string;
  readonly args: readonly Node[];
  /** The expression as it is written. */
  readonly source: string;
}

type Node = string | Expression;

interface Run {
  readonly lookup: Lookup;
  readonly missing: Set<string>;
  unknown: boolean;
}

/** Operators that say what to write where the variable is not set. */
const DEFAULTS = new Set(['=', ':=', ':-', ':?', ':+']);

function write(node: Node, run: Run): string {
  if (typeof node === 'string') return node;
  const before = run.unknown;
  run.unknown = false;
  const args = node.args.map((arg) => write(arg, run));
  const argsUnknown = run.unknown;
  const value = run.lookup(node.name);
  run.unknown = before;
  if (value === undefined && !DEFAULTS.has(node.operator)) run.missing.add(node.name);
  // The default does not matter where the value is known.
  const settled = DEFAULTS.has(node.operator) && typeof value === 'string' && value !== '';
  const result = value === UNKNOWN || (argsUnknown && !settled) ? undefined : apply(node.operator, value ?? '', args);
  if (result !== undefined) return result;
  run.unknown = true;
  return node.source;
}

/** The result of an operator; undefined where JavaScript cannot say it: half of a character. */
function apply(operator: string, value: string, args: readonly string[]): string | undefined {
  const [first = '', second = ''] = args;
  switch (operator) {
    case ',':
      return firstLetter(value, (c) => c.toLowerCase());
    case ',,':
      return value.toLowerCase();
    case '^':
      return firstLetter(value, (c) => c.toUpperCase());
    case '^^':
      return value.toUpperCase();
    case '#':
      return args.length === 0 ? String(Buffer.byteLength(value)) : trimStart(value, first, 'shortest');
    case '##':
      return trimStart(value, first, 'longest');
    case '%':
      return reversed(trimStart(reversed(value), reversed(first), 'shortest'));
    case '%%':
      return reversed(trimStart(reversed(value), reversed(first), 'longest'));
    case ':':
      return slice(value, args);
    case '/#':
      return args.length === 2 && value.startsWith(first) ? replaceFirst(value, first, second) : value;
    case '/%':
      return args.length === 2 && value.endsWith(first) ? value.slice(0, value.length - first.length) + second : value;
    case '/':
      return replaceFirst(value, first, second);
    case '//':
      return value.split(first).join(second);
    default:
      return value === '' ? args.join('') : value;
  }
}

function firstLetter(text: string, change: (letter: string) => string): string {
  const [letter = ''] = text;
  return change(letter) + text.slice(letter.length);
}

function replaceFirst(text: string, from: string, to: string): string {
  return text.replace(from, () => to);
}

/** Offsets and lengths count bytes; those that are no number leave the text as it is. */
function slice(text: string, [from = '', count]: readonly string[]): string | undefined {
  const bytes = Buffer.from(text);
  let start = integer(from);
  if (start === undefined) return text;
  if (start < 0) start = Math.max(0, bytes.length + start);
  let end = bytes.length;
  if (count !== undefined) {
    const length = integer(count);
    if (length === undefined) return text;
    end = Math.min(start + length, bytes.length);
    // Flux's controller panics there.
    if (length < 0 && end < start) return undefined;
  }
  const result = bytes.subarray(start, end);
  return isUtf8(result) ? result.toString() : undefined;
}

function isUtf8(bytes: Buffer): boolean {
  return Buffer.from(bytes.toString()).equals(bytes);
}

function integer(text: string): number | undefined {
  return /^[-+]?\d+$/.test(text) ? Number(text) : undefined;
}

function reversed(text: string): string {
  return [...text].reverse().join('');
}

/** Without the shortest or longest beginning, of at least one character, that a shell pattern matches. */
function trimStart(text: string, pattern: string, which: 'shortest' | 'longest'): string {
  const matches = glob(pattern);
  if (!matches) return text;
  const ends = [...text].map((_, i, all) => all.slice(0, i + 1).join(''));
  const found = which === 'shortest' ? ends.find(matches) : ends.findLast(matches);
  return found === undefined ? text : text.slice(found.length);
}

/** A shell pattern as a test; undefined for one that is malformed. */
function glob(pattern: string): ((text: string) => boolean) | undefined {
  let source = '';
  const characters = [...pattern];
  for (let i = 0; i < characters.length; i++) {
    const c = characters[i]!;
    if (c === '*') source += '.*';
    else if (c === '?') source += '.';
    else if (c === '[') {
      const end = characters.indexOf(']', i + 2);
      if (end === -1) return undefined;
      source += `[${characters
        .slice(i + 1, end)
        .join('')
        .replace(/[\\[]/g, '\\$&')}]`;
      i = end;
    } else {
      if (c === '\\' && ++i === characters.length) return undefined;
      source += characters[i]!.replace(/[\\^$.*+?()[\]{}|/]/, '\\$&');
    }
  }
  try {
    const expression = new RegExp(`^${source}$`, 'su');
    return (text) => expression.test(text);
  } catch {
    return undefined;
  }
}

// ---- reading ------------------------------------------------------------------------------------------------------

const IDENTIFIER = /[\p{L}\p{Nd}_]/u;

/** Reads a text as envsubst does, from left to right. */
class Parser {
  private pos = 0;

  constructor(private readonly text: string) {}

  parse(): Node[] {
    const nodes: Node[] = [];
    let plain = '';
    while (this.pos < this.text.length) {
      if (this.text.startsWith('$$', this.pos)) {
        plain += '$';
        this.pos += 2;
        // A dollar that is escaped opens nothing, nor does it escape.
        continue;
      }
      if (this.text.startsWith('${', this.pos)) {
        nodes.push(plain, this.expression());
        plain = '';
      } else {
        const next = this.text.indexOf('$', this.pos + 1);
        const end = next === -1 ? this.text.length : next;
        plain += this.text.slice(this.pos, end);
        this.pos = end;
      }
    }
    return [...nodes, plain];
  }

  private expression(): Expression {
    const start = this.pos;
    this.pos += 2;
    const read = this.peek() === '#' ? this.length() : this.named();
    return { ...read, source: this.text.slice(start, this.pos) };
  }

  private length(): Omit<Expression, 'source'> {
    this.pos++;
    const name = this.while((c) => IDENTIFIER.test(c));
    if (name === '') throw new BadSubstitution('bad substitution');
    this.close();
    return { name, operator: '#', args: [] };
  }

  private named(): Omit<Expression, 'source'> {
    const name = this.while((c) => IDENTIFIER.test(c));
    if (name === '') throw new BadSubstitution('unable to parse variable name');
    switch (this.peek()) {
      case ':':
        return '=-?+'.includes(this.text[this.pos + 1] ?? ' ') ? this.fallback(name, 2) : this.substring(name);
      case '=':
        return this.fallback(name, 1);
      case ',':
      case '^': {
        const operator = this.upTo(2, (c) => c === ',' || c === '^');
        this.close();
        return { name, operator, args: [] };
      }
      case '/':
        return this.replacement(name);
      case '#':
      case '%': {
        const sign = this.peek();
        const operator = this.upTo(2, (c) => c === sign);
        const arg = this.argument((c) => c !== '}');
        this.close();
        return { name, operator, args: [arg] };
      }
      case '}':
        this.pos++;
        return { name, operator: '', args: [] };
      default:
        throw new BadSubstitution('missing closing brace');
    }
  }

  private fallback(name: string, length: number): Omit<Expression, 'source'> {
    const operator = this.text.slice(this.pos, this.pos + length);
    this.pos += length;
    const args: Node[] = [];
    while (this.peek() !== '}') args.push(this.argument((c) => c !== '}'));
    this.close();
    return { name, operator, args };
  }

  private substring(name: string): Omit<Expression, 'source'> {
    this.pos++;
    const args = [this.argument((c) => c !== ':' && c !== '}')];
    if (this.peek() === '}') {
      this.pos++;
      return { name, operator: ':', args };
    }
    if (this.while((c) => c === ':') === '') throw new BadSubstitution('bad substitution');
    args.push(this.argument((c) => c !== '}'));
    this.close();
    return { name, operator: ':', args };
  }

  private replacement(name: string): Omit<Expression, 'source'> {
    const operator = this.upTo(1, (c) => c === '/') + this.upTo(1, (c) => '/#%'.includes(c));
    const args = [this.argument((c) => c !== '/', true)];
    if (this.while((c) => c === '/') === '') throw new BadSubstitution('bad substitution');
    if (this.peek() !== '}') args.push(this.argument((c) => c !== '}', true));
    this.close();
    return { name, operator, args };
  }

  /** An expression, or text up to the next one, of at least one character. */
  private argument(accepts: (c: string) => boolean, escapes = false): Node {
    if (this.text.startsWith('${', this.pos)) return this.expression();
    let result = '';
    const start = this.pos;
    while (this.pos < this.text.length) {
      const c = this.peek();
      if (
        escapes &&
        (this.text.startsWith('$$', this.pos) || /^\\[\\/]/.test(this.text.slice(this.pos, this.pos + 2)))
      ) {
        result += this.text[this.pos + 1]!;
        this.pos += 2;
        continue;
      }
      if (this.text.startsWith('${', this.pos) || !accepts(c)) break;
      result += c;
      this.pos += c.length;
    }
    if (this.pos === start) throw new BadSubstitution('unable to parse substitution within function');
    return result;
  }

  private close(): void {
    if (this.peek() !== '}') throw new BadSubstitution('bad substitution');
    this.pos++;
  }

  /** The character at the place, '' at the end. */
  private peek(): string {
    const code = this.text.codePointAt(this.pos);
    return code === undefined ? '' : String.fromCodePoint(code);
  }

  private while(accepts: (c: string) => boolean): string {
    return this.upTo(Infinity, accepts);
  }

  private upTo(count: number, accepts: (c: string) => boolean): string {
    const start = this.pos;
    for (let i = 0; i < count && this.pos < this.text.length && accepts(this.peek()); i++)
      this.pos += this.peek().length;
    return this.text.slice(start, this.pos);
  }
}
