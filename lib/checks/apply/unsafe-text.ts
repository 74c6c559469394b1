import type { FieldPath } from '../../model/cluster-model.js';
import { unsafeCharacter } from '../../yaml/unsafe.js';
import type { JsonValue } from '../../yaml/normalize.js';
import { nameOf } from '../rule.js';
import type { Rule } from '../rule.js';

const MAX_KEY = 1022;

/**
 * All text survives kustomize, with which Flux builds every directory. Whatever the notation, it turns U+0085 into a space,
 * loses a document after lines that end in U+2028, drops a key `<<`, and fails on others.
 */
export const unsafeText: Rule = {
  id: 'unsafe-text',
  title: 'All text comes through kustomize unchanged.',
  *check(cluster) {
    for (const { on } of cluster.unjudged) {
      const found = firstUnsafe(on.object);
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

/** Of nearly all objects there is none, so the way to it is put together only on the way back from what was found. */
function firstUnsafe(value: JsonValue): Unsafe | undefined {
  if (typeof value === 'string') {
    const text = unsafeIn(value);
    return text === undefined ? undefined : { path: [], text };
  }
  if (typeof value !== 'object' || value === null) return undefined;
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i++) {
      const found = firstUnsafe(value[i]!);
      if (found) return { ...found, path: [i, ...found.path] };
    }
    return undefined;
  }
  for (const key in value) {
    const text = unsafeKey(key) ?? unsafeIn(key);
    const found = text === undefined ? firstUnsafe(value[key]!) : { path: [], text };
    if (found) return { ...found, path: [key, ...found.path] };
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
