import { libraryText } from './library.js';
import type { JsonObject, JsonValue } from './normalize.js';
import { keyText, numberText, stringText } from './scalar.js';

/**
 * YAML text that every reader understands alike: those of YAML 1.1 (Kubernetes, kustomize, PyYAML) and of YAML 1.2.
 *
 * Maps are written in the order in which they are given. There is no leading `---` and no end marker; documents are
 * joined by `---`, and the text ends in a newline.
 *
 * @param documents - plain data, as `normalizeObject` returns it
 */
export function toYaml(documents: readonly unknown[]): string {
  return documents.map(documentText).join('---\n');
}

/** What keeps the text of an object for longer than {@link Texts} does. */
export interface TextKeeper {
  factsOf(object: object): { text?: string } | undefined;
}

/** The texts of objects that nobody changes any more, each made once: to compare objects, and to write them. */
export class Texts {
  private readonly made = new Map<object, string>();

  constructor(private readonly keeper?: TextKeeper) {}

  of(object: object): string {
    const facts = this.keeper?.factsOf(object);
    if (facts) return (facts.text ??= inOnePiece(documentText(object)));
    let text = this.made.get(object);
    if (text === undefined) {
      text = inOnePiece(documentText(object));
      this.made.set(object, text);
    }
    return text;
  }
}

/** JavaScript keeps a text as the tree of its parts, five times as large, until somebody looks at a character. */
function inOnePiece(text: string): string {
  return text.charCodeAt(0) === 0 ? '' : text;
}

/**
 * Plain data is written here, some twenty times as fast as by the library, which makes a node of everything first. What
 * is rare is the library's: it gives the same text, and tests hold that.
 */
function documentText(value: unknown): string {
  return (isPlainObject(value) || Array.isArray(value) ? plainText(value) : undefined) ?? libraryText(value);
}

/**
 * The text of plain data; undefined for what is left to the library.
 *
 * @internal
 */
export function plainText(value: object): string | undefined {
  try {
    return `${collectionText(value as JsonObject | JsonValue[], '')}\n`;
  } catch (e) {
    if (e === LEFT_TO_LIBRARY) return undefined;
    throw e;
  }
}

/** Thrown where something is not as it nearly always is. */
const LEFT_TO_LIBRARY = new Error('left to the library');

/** The entries of a map, or `{}`; the first without indentation, because it stands behind a dash or at the start. */
function mapText(map: JsonObject, indent: string): string {
  const below = `${indent}  `;
  let text = '';
  for (const key in map) {
    if (text !== '') text += `\n${indent}`;
    text += keyOf(key) + entryText(map[key]!, below);
  }
  return text === '' ? '{}' : text;
}

/** What follows a key: on its line, or for a collection that holds something on the next. */
function entryText(value: JsonValue, indent: string): string {
  if (typeof value !== 'object' || value === null) return ` ${scalarText(value, indent)}`;
  const text = collectionText(value, indent);
  return text === '{}' || text === '[]' ? ` ${text}` : `\n${indent}${text}`;
}

function collectionText(value: JsonObject | JsonValue[], indent: string): string {
  if (!Array.isArray(value)) {
    if (!isPlainObject(value)) throw LEFT_TO_LIBRARY;
    return mapText(value, indent);
  }
  const below = `${indent}  `;
  let text = '';
  for (const item of value) {
    if (text !== '') text += `\n${indent}`;
    text += '- ';
    text += typeof item === 'object' && item !== null ? collectionText(item, below) : scalarText(item, below);
  }
  return text === '' ? '[]' : text;
}

function scalarText(value: string | number | boolean | null, indent: string): string {
  switch (typeof value) {
    case 'string':
      return stringText(value, indent);
    case 'number':
      return numberText(value);
    case 'boolean':
      return value ? 'true' : 'false';
    case 'object':
      return 'null';
    default:
      throw LEFT_TO_LIBRARY;
  }
}

/** Longer keys, quotes included, are written in another way: `? key`. */
const MAX_KEY = 1024;
/** Manifests have a few hundred different keys; where data has more, they are not worth their memory. */
const MAX_KEPT = 10_000;
const keys = new Map<string, string>();

/** A key with its colon. */
function keyOf(key: string): string {
  const known = keys.get(key);
  if (known !== undefined) return known;
  const text = keyText(key);
  if (text.length > MAX_KEY) throw LEFT_TO_LIBRARY;
  if (keys.size < MAX_KEPT) keys.set(key, `${text}:`);
  return `${text}:`;
}

function isPlainObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}
