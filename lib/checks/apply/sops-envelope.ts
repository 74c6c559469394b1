import type { FieldPath, LayerModel } from '../../model/cluster-model.js';
import { pointerOf } from '../../model/schema.js';
import { isSopsEnvelope } from '../../model/sops.js';
import type { JsonObject, JsonValue } from '../../yaml/normalize.js';
import { nameOf } from '../rule.js';
import type { Rule } from '../rule.js';
import { undecrypted } from '../shared/undecrypted.js';

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
          what: `the envelope of ${nameOf(on)} is not whole${consequence(object, layer)}`,
          expected: 'sops as SOPS wrote it, with mac and lastmodified',
          given: `sops with ${Object.keys((object.sops ?? {}) as JsonObject).join(', ') || 'nothing in it'}`,
          fix: 'encrypt the original again: sops --encrypt',
        };
        continue;
      }
      const path = encryptedWithout(object);
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

/** Flux knows by the signature that something is encrypted. */
function consequence(object: JsonObject, layer: LayerModel): string {
  const { mac } = (object.sops ?? {}) as { mac?: unknown };
  if (mac !== undefined && mac !== null) return `: Flux cannot decrypt it, and applies nothing of ${nameOf(layer)}`;
  return `, and Flux does not decrypt it: ${undecrypted(object)}`;
}

const CIPHER = 'ENC[AES256_GCM,data:';

/**
 * The first encrypted text that no envelope stands beside or above. Of nearly all objects there is none, so the way to it is
 * put together only on the way back from what was found.
 */
function encryptedWithout(value: JsonValue): FieldPath | undefined {
  if (typeof value === 'string') return value.startsWith(CIPHER) ? [] : undefined;
  if (typeof value !== 'object' || value === null) return undefined;
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i++) {
      const found = encryptedWithout(value[i]!);
      if (found) return [i, ...found];
    }
    return undefined;
  }
  if ('sops' in value) return undefined;
  for (const key in value) {
    const found = encryptedWithout(value[key]!);
    if (found) return [key, ...found];
  }
  return undefined;
}
