import type { JsonValue } from '../yaml/normalize.js';
import { isMap, isPair, isScalar, isSeq, parseDocument } from '../yaml/parser.js';

/*
 * How kustomize writes a text into YAML, and what it reads back. Flux substitutes variables in that very text, so that what
 * comes of a value depends on the quotes that kustomize has put around it, and not on those in the file.
 */

/** Where a scalar stands. */
export type Position = 'value' | 'item' | 'key';

/** Thrown for a text that is no YAML any more. */
export class BadYaml extends Error {
  override readonly name = 'BadYaml';
}

/** A text as it is written at a place: plain where that can be read back, else in quotes; lines as a block. */
export function writeScalar(text: string, position: Position): string {
  if (text === '') return '""';
  const special = UNPRINTABLE.test(text) || / \n/.test(text);
  if (text.includes('\n') && position !== 'key' && !special && !text.endsWith(' ')) return block(text);
  if (text.includes('\n') || special || typeof resolve(text) !== 'string' || SEXAGESIMAL.test(text)) {
    return doubleQuoted(text);
  }
  return NOT_PLAIN.test(text) ? `'${text.replaceAll("'", "''")}'` : text;
}

/** What is read where such a text stands, after something in it has changed. */
export function readScalar(raw: string, position: Position): JsonValue {
  if (SIMPLE.test(raw) && !/: |:$| #/.test(raw)) return resolve(raw.trimEnd());
  // What is around the key would be read differently.
  if (position === 'key' && /^[ -]/.test(raw)) throw new BadYaml('did not find expected key');
  const text = position === 'value' ? `k: ${raw}\n` : position === 'item' ? `- ${raw}\n` : `${raw}: v\n`;
  const document = parseDocument(text, { version: '1.1', schema: 'failsafe', logLevel: 'silent', uniqueKeys: false });
  if (document.errors.length > 0) throw new BadYaml(firstLine(document.errors[0]!.message));
  const root: unknown = document.contents;
  if (position === 'item') {
    if (isSeq(root) && root.items.length === 1) return valueOf(root.items[0]);
  } else if (isMap(root) && root.items.length === 1) {
    const [pair] = root.items;
    return position === 'key' ? keyOf(pair!.key) : valueOf(pair!.value);
  }
  throw new BadYaml('it is no longer one value');
}

function firstLine(message: string): string {
  return message.replace(/ at line \d[\s\S]*$/, '');
}

function valueOf(node: unknown): JsonValue {
  if (node === null || node === undefined) return null;
  if (isScalar(node)) {
    checkTag(node.tag);
    const text = typeof node.value === 'string' ? node.value : '';
    return node.type === 'PLAIN' ? resolve(text) : text;
  }
  if (isSeq(node)) return node.items.map(valueOf);
  if (isMap(node)) {
    return Object.fromEntries(node.items.map((pair) => [keyOf(pair.key), valueOf(pair.value)]));
  }
  throw new BadYaml(isPair(node) ? 'it is no longer one value' : 'there is no anchor for an alias');
}

/** What kustomize makes of a tag is not known here. */
function checkTag(tag: string | undefined): void {
  if (tag !== undefined && !tag.startsWith('tag:yaml.org,2002:')) throw new BadYaml(`the tag ${tag} has no meaning`);
}

function keyOf(node: unknown): string {
  const key = valueOf(node);
  if (typeof key === 'object') throw new BadYaml('a key that is no text');
  return String(key);
}

// ---- plain scalars ------------------------------------------------------------------------------------------------

const WORDS: ReadonlyMap<string, JsonValue> = new Map<string, JsonValue>([
  ...['y', 'Y', 'yes', 'Yes', 'YES', 'true', 'True', 'TRUE', 'on', 'On', 'ON'].map((w) => [w, true] as const),
  ...['n', 'N', 'no', 'No', 'NO', 'false', 'False', 'FALSE', 'off', 'Off', 'OFF'].map((w) => [w, false] as const),
  ...['', '~', 'null', 'Null', 'NULL'].map((w) => [w, null] as const),
]);
const FLOAT = /^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/;
const NO_NUMBER = /^(?:[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$/;
const SEXAGESIMAL = /^[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?$/;
/** Dates are texts, but only after they have been looked at: they are quoted when they are written. */
const DATE = /^\d{4}-\d{1,2}-\d{1,2}(?:$|[Tt ])/;

/** What a plain scalar stands for, by the rules of YAML 1.1 as kustomize's reader keeps them. */
export function resolve(text: string): JsonValue {
  const word = WORDS.get(text);
  if (word !== undefined) return word;
  if (NO_NUMBER.test(text)) throw new BadYaml(`${text} is no number that JSON has`);
  if (!/^[-+.\d]/.test(text) || DATE.test(text)) return text;
  const plain = text.startsWith('.') ? text : text.replaceAll('_', '');
  return integer(plain) ?? float(plain) ?? text;
}

function integer(text: string): number | undefined {
  const [, sign, digits = ''] = /^([-+]?)(.*)$/s.exec(text)!;
  const isInteger =
    /^(?:0|[1-9]\d*)$/.test(digits) ||
    /^0[xX][0-9a-fA-F]+$/.test(digits) ||
    /^0[bB][01]+$/.test(digits) ||
    /^0[oO]?[0-7]+$/.test(digits);
  if (!isInteger) return undefined;
  const value = BigInt(/^0[0-7]/.test(digits) ? `0o${digits.slice(1)}` : digits.toLowerCase());
  const signed = sign === '-' ? -value : value;
  // Beyond, the digits are those of a float.
  if (signed < -(2n ** 63n) || signed >= 2n ** 64n || (sign === '+' && signed >= 2n ** 63n)) return undefined;
  return Number(signed);
}

function float(text: string): number | undefined {
  const value = FLOAT.test(text) ? Number(text) : NaN;
  if (!Number.isFinite(value)) return undefined;
  return Object.is(value, -0) ? 0 : value;
}

// ---- styles -------------------------------------------------------------------------------------------------------

/** What can be read without a parser: one word or several, without a character that has a meaning. */
const SIMPLE = /^[\w./+$~-][\w./+$~=@%^() -]*$(?<!^-|^- .*|^---.*|^\.\.\..*)/;

const NOT_PLAIN = /^(?:---|\.\.\.|[#,[\]{}&*!|>'"%@`]|[?:-](?: |$))|:(?: |$)| #|^ | $|:\t/;

// eslint-disable-next-line no-control-regex
const UNPRINTABLE = /[\x00-\x09\x0b-\x1f\x7f-\x9f\ufeff\ufffe\uffff\ud800-\udfff\u2028\u2029]/;

function block(text: string): string {
  const indentation = /^[ \n]/.test(text) ? '2' : '';
  const chomping = !text.endsWith('\n') ? '-' : text === '\n' || text.endsWith('\n\n') ? '+' : '';
  const body = text.endsWith('\n') ? text.slice(0, -1) : text;
  return `|${indentation}${chomping}\n${body.replace(/(^|\n)(?=[^\n])/g, '$1  ')}`;
}

const ESCAPES: Readonly<Record<string, string>> = {
  '\0': '0',
  '\x07': 'a',
  '\b': 'b',
  '\t': 't',
  '\n': 'n',
  '\v': 'v',
  '\f': 'f',
  '\r': 'r',
  '\x1b': 'e',
  '"': '"',
  '\\': '\\',
  '\x85': 'N',
  '\xa0': '_',
  '\u2028': 'L',
  '\u2029': 'P',
};

function doubleQuoted(text: string): string {
  const escaped = [...text].map((c) => {
    if (c !== '"' && c !== '\\' && c !== '\n' && !UNPRINTABLE.test(c)) return c;
    const short = ESCAPES[c];
    if (short !== undefined) return `\\${short}`;
    const code = c.codePointAt(0)!;
    const digits = code <= 0xff ? 2 : code <= 0xffff ? 4 : 8;
    return `\\${digits === 2 ? 'x' : digits === 4 ? 'u' : 'U'}${code.toString(16).toUpperCase().padStart(digits, '0')}`;
  });
  return `"${escaped.join('')}"`;
}
