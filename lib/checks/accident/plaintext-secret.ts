import { clearKeys, isSopsEnvelope } from '../../model/sops.js';
import type { JsonValue } from '../../yaml/normalize.js';
import { nameOf } from '../rule.js';
import type { Rule } from '../rule.js';

/** No Secret comes out with its values in clear, neither as an object nor inside of another one. */
export const plaintextSecret: Rule = {
  id: 'plaintext-secret',
  *check(cluster) {
    for (const on of cluster.layers.flatMap((l) => l.objects)) {
      for (const secret of secretsIn(on.object)) {
        const clear = clearKeys(secret);
        if (clear.length === 0) continue;
        if (isSopsEnvelope(secret.sops) && on.verbatim !== undefined) continue;
        yield {
          on,
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
