/**
 * How strings and numbers look, so that every reader understands them alike: those of YAML 1.1 (Kubernetes, kustomize,
 * PyYAML) and of YAML 1.2.
 */

/** The text of a number. */
export function numberText(value: unknown): string {
  if (typeof value !== 'number' || !Number.isFinite(value)) {
    throw new TypeError(`YAML for Kubernetes has no such number: ${String(value)}`);
  }
  // From 2^53 on, the digits that JavaScript prints are not those of the number; readers that keep more would see it.
  const digits = Number.isInteger(value) && !Number.isSafeInteger(value) ? value.toExponential() : String(value);
  // YAML 1.1 takes `1e+21` for a string: it wants the dot.
  return /^-?\de/.test(digits) ? digits.replace('e', '.0e') : digits;
}

/** The text of a string; `indent` is that of the lines of a block. */
export function stringText(value: string, indent: string): string {
  if (isPlain(value)) return value;
  return isBlock(value) ? blockText(value, indent) : quotedText(value);
}

/** The text of a key, which is never a block. */
export function keyText(key: string): string {
  return isPlain(key) ? key : quotedText(key);
}

function quotedText(value: string): string {
  return isSingleQuoted(value) ? `'${value}'` : doubleQuotedText(value);
}

// A letter, `_` or a path at the start; in between what no reader gives a meaning, except for `: `, ` #` and the ends.
const PLAIN_START = /^(?:[A-Za-z_/]|\.\.?\/)/;
const NOT_PLAIN = /[^\w ./:@%+=,~()&;?!$*#-]|:(?: |$)| (?:#|$)/;
/** What some reader takes for a boolean, for null, or (`e1`) for a number without digits in front. */
const WORD = /^(?:y|n|yes|no|on|off|true|false|null|e[-+]?\d+)$/i;
/** Go durations, which Flux is full of; CPU quantities such as `100m` look alike. */
const DURATION = /^(?:\d{1,9}(?:ms|us|ns|[hms]))+$/;

function isPlain(value: string): boolean {
  if (!PLAIN_START.test(value)) return DURATION.test(value);
  return !NOT_PLAIN.test(value) && !WORD.test(value);
}

/**
 * What YAML does not allow, or what only some readers take as it stands: control characters except for tab and newline,
 * line breaks of YAML 1.1, byte order marks, non-characters, marks that turn the direction of text
 * (what a reviewer sees would not be what is there), and lone surrogates, for which there is no escape either.
 */
const UNPRINTABLE =
  /[\p{Cs}\p{Noncharacter_Code_Point}\u2028\u2029\ufeff\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]|(?![\t\n])\p{Cc}/u;
const ALL_UNPRINTABLE = new RegExp(UNPRINTABLE, 'gu');

/** Text that ends in a line to be seen, and starts with no tab: kustomize rewrites blocks, and gets those wrong. */
function isBlock(value: string): boolean {
  return value.includes('\n') && BLOCK_END.test(value) && !/^\s*\t/.test(value) && !UNPRINTABLE.test(value);
}

const BLOCK_END = /(?:^|\n)[ \t]*[^ \t\n][^\n]*\n*$/;

function blockText(value: string, indent: string): string {
  // Readers take the indentation of the first line for that of the block, unless they are told.
  const indentation = /^\n*[ \t]/.test(value) ? '2' : '';
  const closed = value.endsWith('\n');
  const chomping = !closed ? '-' : value.endsWith('\n\n') ? '+' : '';
  const lines = closed ? value.slice(0, -1) : value;
  return `|${indentation}${chomping}\n${lines.replace(/(^|\n)(?=[^\n])/g, `$1${indent}`)}`;
}

function isSingleQuoted(value: string): boolean {
  return /["\\]/.test(value) && !/['\t\n]/.test(value) && !UNPRINTABLE.test(value);
}

function doubleQuotedText(value: string): string {
  if (/\p{Cs}/u.test(value)) throw new TypeError(`YAML has no lone surrogates: ${JSON.stringify(value)}`);
  return JSON.stringify(value).replace(ALL_UNPRINTABLE, escapeCharacter);
}

function escapeCharacter(character: string): string {
  const code = character.codePointAt(0)!.toString(16);
  return code.length > 4 ? `\\U${code.padStart(8, '0')}` : `\\u${code.padStart(4, '0')}`;
}
