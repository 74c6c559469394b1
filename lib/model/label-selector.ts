import { isLabelValue, isQualifiedName } from './labels.js';

/** What has to hold for a label. */
export interface LabelRequirement {
  readonly key: string;
  readonly operator: string;
  readonly values?: readonly string[];
}

/** A label selector as objects have it. */
export interface LabelSelector {
  readonly matchLabels?: Readonly<Record<string, string>>;
  readonly matchExpressions?: readonly LabelRequirement[];
}

/** Whether a label selector selects what has these labels. */
export function selects(selector: LabelSelector, labels: Readonly<Record<string, string>>): boolean {
  const has = (key: string): boolean => Object.hasOwn(labels, key);
  return (
    Object.entries(selector.matchLabels ?? {}).every(([key, value]) => has(key) && labels[key] === value) &&
    (selector.matchExpressions ?? []).every(({ key, operator, values = [] }) => {
      if (operator === 'Exists') return has(key);
      if (operator === 'DoesNotExist') return !has(key);
      const isOne = has(key) && values.includes(labels[key]!);
      return operator === 'In' ? isOne : operator === 'NotIn' && !isOne;
    })
  );
}

/**
 * Reads a label selector as kubectl takes it: requirements with commas between them, all of which have to hold. A
 * requirement is `key`, `!key`, `key=value` (or `==`), `key!=value`, `key in (a,b)` or `key notin (a,b)`.
 *
 * @throws SyntaxError that says what is wrong
 * @see https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#label-selectors
 */
export function parseLabelSelector(text: string): Required<Pick<LabelSelector, 'matchExpressions'>> {
  const tokens = new Tokens(text);
  const matchExpressions = [requirement(tokens)];
  while (tokens.takes(',')) matchExpressions.push(requirement(tokens));
  tokens.expect(END, 'a comma or the end');
  return { matchExpressions };
}

const END = '';
const WORD = /^[^\s=!(),<>]+$/;

function requirement(tokens: Tokens): LabelRequirement {
  const isNot = tokens.takes('!');
  const key = tokens.word('the key of a label');
  if (!isQualifiedName(key)) throw new SyntaxError(`"${key}" is no key of a label`);
  if (isNot) return { key, operator: 'DoesNotExist' };
  if (tokens.next === END || tokens.next === ',') return { key, operator: 'Exists' };
  if (tokens.takes('=') || tokens.takes('==')) return { key, operator: 'In', values: [value(tokens)] };
  if (tokens.takes('!=')) return { key, operator: 'NotIn', values: [value(tokens)] };
  if (tokens.takes('in')) return { key, operator: 'In', values: valuesInBrackets(tokens) };
  if (tokens.takes('notin')) return { key, operator: 'NotIn', values: valuesInBrackets(tokens) };
  throw tokens.unexpected('=, ==, !=, in, notin or a comma');
}

function valuesInBrackets(tokens: Tokens): string[] {
  tokens.expect('(', '"("');
  const values = [value(tokens)];
  while (tokens.takes(',')) values.push(value(tokens));
  tokens.expect(')', 'a comma or ")"');
  return values;
}

/** A value; where none stands, it is the empty one, as for kubectl. */
function value(tokens: Tokens): string {
  if ([END, ',', ')'].includes(tokens.next)) return '';
  const text = tokens.word('a value');
  if (!isLabelValue(text)) throw new SyntaxError(`"${text}" is no value of a label`);
  return text;
}

class Tokens {
  private readonly all: readonly string[];
  private at = 0;

  constructor(text: string) {
    this.all = text.match(/[=!]=|[=!(),<>]|[^\s=!(),<>]+/g) ?? [];
  }

  /** The token that comes next; `''` at the end. */
  get next(): string {
    return this.all[this.at] ?? END;
  }

  /** Takes the token if it comes next. */
  takes(token: string): boolean {
    if (this.next !== token) return false;
    this.at++;
    return true;
  }

  expect(token: string, expected: string): void {
    if (!this.takes(token)) throw this.unexpected(expected);
  }

  word(expected: string): string {
    const { next } = this;
    if (!WORD.test(next)) throw this.unexpected(expected);
    this.at++;
    return next;
  }

  unexpected(expected: string): SyntaxError {
    const before = this.all[this.at - 1];
    const given = this.next === END ? 'it ends' : `"${this.next}" stands`;
    return new SyntaxError(`${given}${before === undefined ? '' : ` behind "${before}"`}, where ${expected} should be`);
  }
}
