import { identityOf, isKind } from '../../model/identity.js';
import type { JsonObject } from '../../yaml/normalize.js';

/**
 * What comes of an object that SOPS has encrypted and Flux does not decrypt. Flux makes a built-in kind one of its type before
 * it looks for the envelope, which is no field of the type and gone then. A Secret keeps it only where it cannot be one: where
 * there is ciphertext in place of base64.
 */
export function undecrypted(object: JsonObject): string {
  const { group } = identityOf(object);
  if (isKind(object, '', 'Secret') && !Object.values((object.data ?? {}) as JsonObject).every(isBase64)) {
    return 'Flux refuses it, and with it everything else that this Kustomization applies';
  }
  if (isInClientGo(group)) return 'Flux applies the ciphertext as it is';
  return 'the API server refuses the field sops, and Flux applies nothing of this Kustomization';
}

function isBase64(value: unknown): boolean {
  return typeof value === 'string' && /^[A-Za-z0-9+/\s]*={0,2}\s*$/.test(value);
}

/** Groups of Kubernetes itself; other groups that end in k8s.io come with CRDs. */
function isInClientGo(group: string): boolean {
  return /^(?:|apps|batch|policy|autoscaling|(?:networking|rbac\.authorization|storage|scheduling)\.k8s\.io)$/.test(
    group,
  );
}
