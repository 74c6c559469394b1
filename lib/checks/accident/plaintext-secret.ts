import { isPublic } from '../../model/clear-text.js';
import { clearKeys, isSopsEnvelope } from '../../model/sops.js';
import type { JsonValue } from '../../yaml/normalize.js';
import { nameOf } from '../rule.js';
import type { Rule } from '../rule.js';

/** No Secret comes out with its values in clear, neither as an object nor inside of another one. */
export const plaintextSecret: Rule = {
  id: 'plaintext-secret',
  title: 'No Secret stands in the repository in clear.',
  *check(cluster) {
    for (const on of cluster.layers.flatMap((l) => l.objects)) {
      for (const secret of secretsIn(on.object)) {
        const clear = clearKeys(secret).filter((key) => !isPublic(textOf(secret, key)));
        if (clear.length === 0) continue;
        if (isSopsEnvelope(secret.sops) && on.verbatim !== undefined) continue;
        const [field, ...key] = clear[0]!.split('.');
        yield {
          on,
          ...(secret === on.object && { field: [field!, key.join('.')] }),
          what: `${secret === on.object ? nameOf(on) : `a Secret inside of ${nameOf(on)}`} would stand in the repository in clear`,
          expected:
            'a Secret that SOPS encrypted (EncryptedSecret), a sealed one, or one made outside of the fleet (Secret.fromName)',
          given: `values of ${clear.join(', ')}`,
          fix: 'encrypt it; where the values may be read by everyone, say why: plaintextBecause, or allow(construct, { rule, reason })',
        };
      }
    }
  },
};

/** The value under a key as {@link clearKeys} says it; `data` is encoded. */
function textOf(secret: Record<string, JsonValue>, clearKey: string): unknown {
  const dot = clearKey.indexOf('.');
  const field = clearKey.slice(0, dot);
  const value = (secret[field] as Record<string, JsonValue> | null)?.[clearKey.slice(dot + 1)];
  // A variable stands there as it is, and is replaced by text that is encoded.
  if (field !== 'data' || typeof value !== 'string' || value.includes('${')) return value;
  return Buffer.from(value, 'base64').toString('utf8');
}

/** The object itself and whatever is embedded in it, such as the resources of a ResourceSet. */
function* secretsIn(value: JsonValue): Generator<Record<string, JsonValue>> {
  if (typeof value !== 'object' || value === null) return;
  if (Array.isArray(value)) {
    for (const item of value) yield* secretsIn(item);
    return;
  }
  if (value.kind === 'Secret' && value.apiVersion === 'v1') yield value;
  for (const child of Object.values(value)) yield* secretsIn(child);
}
