import type { FieldPath } from '../../model/cluster-model.js';
import { pointerOf } from '../../model/schema.js';
import { isSopsEnvelope } from '../../model/sops.js';
import type { JsonObject, JsonValue } from '../../yaml/normalize.js';
import { nameOf } from '../rule.js';
import type { Rule } from '../rule.js';

/**
 * What SOPS encrypted keeps the envelope beside it, by which Flux knows that it is encrypted, and with which key. Flux
 * decrypts every object that has one, of whatever kind, and applies every other as it is written.
 *
 * @see https://fluxcd.io/flux/components/kustomize/kustomizations/#decryption
 */
export const sopsEnvelope: Rule = {
  id: 'sops-envelope',
  title: 'What SOPS encrypted keeps its envelope',
  *check(cluster) {
    for (const { on, object, layer } of cluster.unjudged) {
      if ('sops' in object && !isSopsEnvelope(object.sops)) {
        yield {
          on,
          field: ['sops'],
          what: `the envelope of ${nameOf(on)} is not whole: Flux cannot decrypt it, and applies nothing of ${nameOf(layer)}`,
          expected: 'sops as SOPS wrote it, with mac and lastmodified',
          given: `sops with ${Object.keys((object.sops ?? {}) as JsonObject).join(', ') || 'nothing in it'}`,
          fix: 'encrypt the original again: sops --encrypt',
        };
        continue;
      }
      const path = mentionsCipher(object) ? encryptedWithout(object) : undefined;
      if (!path) continue;
      yield {
        on,
        field: path,
        what: `${pointerOf(path)} of ${nameOf(on)} is encrypted, but without the envelope of SOPS Flux applies the ciphertext as it is`,
        expected: 'the whole file that SOPS wrote, with the map `sops` at its end',
        given: 'ENC[…] and no `sops`',
        fix: 'take the file from where it was copied, or encrypt the original again: sops --encrypt',
      };
    }
  },
};

const CIPHER = 'ENC[AES256_GCM,data:';

/** Whether there is any encrypted text: of nearly all objects not, and then no paths need to be made. */
function mentionsCipher(value: JsonValue): boolean {
  if (typeof value === 'string') return value.startsWith(CIPHER);
  if (typeof value !== 'object' || value === null) return false;
  if (Array.isArray(value)) return value.some(mentionsCipher);
  for (const key in value) if (mentionsCipher(value[key]!)) return true;
  return false;
}

/** The first encrypted text that no envelope stands beside or above. */
function encryptedWithout(value: JsonValue, path: FieldPath = []): FieldPath | undefined {
  if (typeof value === 'string') return value.startsWith(CIPHER) ? path : undefined;
  if (typeof value !== 'object' || value === null) return undefined;
  if (Array.isArray(value)) {
    for (const [i, item] of value.entries()) {
      const found = encryptedWithout(item, [...path, i]);
      if (found) return found;
    }
    return undefined;
  }
  if ('sops' in value) return undefined;
  for (const [key, part] of Object.entries(value)) {
    const found = encryptedWithout(part, [...path, key]);
    if (found) return found;
  }
  return undefined;
}
