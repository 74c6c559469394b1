import type { FieldPath } from '../../model/cluster-model.js';
import { unsafeCharacter } from '../../yaml/unsafe.js';
import type { JsonValue } from '../../yaml/normalize.js';
import { nameOf } from '../rule.js';
import type { Rule } from '../rule.js';

const MAX_KEY = 1022;

/**
 * All text survives kustomize, with which Flux builds every directory. Whatever the notation, it turns U+0085 into a space,
 * loses a document after U+2028, drops a key `<<`, and fails on others.
 */
export const unsafeText: Rule = {
  id: 'unsafe-text',
  title: 'All text comes through kustomize unchanged.',
  *check(cluster) {
    for (const { on } of cluster.unjudged) {
      const found = isUnsafe(on.object) ? firstUnsafe(on.object) : undefined;
      if (found === undefined) continue;
      yield {
        on,
        field: found.path,
        what: `${nameOf(on)} holds text that kustomize would change or refuse`,
        expected:
          'text without control characters beyond tab and line breaks, and keys of at most 1022 characters other than "<<"',
        given: found.text,
        fix: 'leave the character out; bytes that must be kept go into binaryData of a ConfigMap',
      };
    }
  },
};

/** What was found, and where. */
interface Unsafe {
  readonly path: FieldPath;
  readonly text: string;
}

/** Whether there is something: of nearly all objects not, and then no paths need to be made. */
function isUnsafe(value: JsonValue): boolean {
  if (typeof value === 'string') return unsafeCharacter(value) !== undefined;
  if (typeof value !== 'object' || value === null) return false;
  if (Array.isArray(value)) return value.some(isUnsafe);
  for (const key in value) {
    if (unsafeKey(key) !== undefined || unsafeCharacter(key) !== undefined || isUnsafe(value[key]!)) return true;
  }
  return false;
}

function firstUnsafe(value: JsonValue, path: FieldPath = []): Unsafe | undefined {
  if (typeof value === 'string') {
    const text = unsafeIn(value);
    return text === undefined ? undefined : { path, text };
  }
  if (typeof value !== 'object' || value === null) return undefined;
  for (const [key, child] of Object.entries(value)) {
    const text = Array.isArray(value) ? undefined : (unsafeKey(key) ?? unsafeIn(key));
    const place = [...path, Array.isArray(value) ? Number(key) : key];
    const found = text === undefined ? firstUnsafe(child, place) : { path: place, text };
    if (found) return found;
  }
  return undefined;
}

function unsafeIn(text: string): string | undefined {
  const character = unsafeCharacter(text);
  if (character === undefined) return undefined;
  return `U+${character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')} in ${JSON.stringify(text.slice(0, 40))}`;
}

function unsafeKey(key: string): string | undefined {
  if (key === '<<') return 'the key "<<"';
  return key.length > MAX_KEY ? `a key of ${key.length} characters` : undefined;
}
