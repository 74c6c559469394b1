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
    for (const { on, layer } of cluster.unjudged) {
      for (const secret of secretsIn(on.object)) {
        const clear = clearKeys(secret).filter((key) => !isOfSops(secret, key) && !isPublic(textOf(secret, key)));
        if (clear.length === 0) continue;
        if (isSopsEnvelope(secret.sops) && on.verbatim !== undefined) continue;
        const [field, ...key] = clear[0]!.split('.');
        yield {
          on,
          ...(secret === on.object && { field: [field!, key.join('.')] }),
          what: `${secret === on.object ? nameOf(on) : `a Secret inside of ${nameOf(on)}`} ${layer.facts ? 'stands in the repository in clear: everyone who reads it has the values' : 'would stand in the repository in clear'}`,
          given: `values of ${clear.join(', ')}`,
          ...(layer.facts ? IN_FILES : IN_CODE),
        };
      }
    }
  },
};

/** What can be done before anything is written. */
const IN_CODE = {
  expected:
    'a Secret that SOPS encrypted (EncryptedSecret), a sealed one, or one made outside of the fleet (Secret.fromName)',
  fix: 'encrypt it; where the values may be read by everyone, say why: plaintextBecause, or allow(construct, { rule, reason })',
};

/** What can be done where somebody wrote the file; it may have been pushed already. */
const IN_FILES = {
  expected: 'a Secret that SOPS encrypted, a sealed one, or one made outside of the repository',
  fix: 'encrypt it (sops --encrypt --in-place) and change the values, for Git keeps what they were; where everyone may read them, allow it with a reason',
};

/** What SOPS writes among the lines of an encrypted `.env`; a secretGenerator takes them for values, until Flux decrypts. */
function isOfSops(secret: Record<string, JsonValue>, clearKey: string): boolean {
  const mac = textOf(secret, 'data.sops_mac');
  return clearKey.startsWith('data.sops_') && typeof mac === 'string' && mac.startsWith('ENC[');
}

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
function secretsIn(value: JsonValue, found: Record<string, JsonValue>[] = []): Record<string, JsonValue>[] {
  if (typeof value !== 'object' || value === null) return found;
  if (Array.isArray(value)) {
    for (const item of value) secretsIn(item, found);
    return found;
  }
  if (value.kind === 'Secret' && value.apiVersion === 'v1') found.push(value);
  for (const key in value) secretsIn(value[key]!, found);
  return found;
}
