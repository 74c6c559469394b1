import { normalizeObject } from '../yaml/normalize.js';
import type { JsonObject } from '../yaml/normalize.js';
import { identityOf } from './identity.js';

/** A Secret that a controller makes of an object of the fleet. */
export interface MadeSecret {
  readonly namespace: string | undefined;
  readonly name: string;
  /** Place in the object that says the Secret's labels. */
  readonly metadata: readonly string[];
}

/** The Secret that a controller makes of a SealedSecret or a Certificate; undefined for everything else. */
export function madeSecret(object: JsonObject): MadeSecret | undefined {
  if (object.kind !== 'SealedSecret' && object.kind !== 'Certificate') return undefined;
  const { group, kind, name, namespace } = identityOf(object);
  if (group === 'bitnami.com' && kind === 'SealedSecret') {
    return { namespace, name, metadata: ['spec', 'template', 'metadata'] };
  }
  if (group !== 'cert-manager.io' || kind !== 'Certificate') return undefined;
  const secretName = (object.spec as JsonObject | null | undefined)?.secretName;
  return typeof secretName === 'string'
    ? { namespace, name: secretName, metadata: ['spec', 'secretTemplate'] }
    : undefined;
}

/** The object with labels for the Secret that is made of it; those that it says itself stay. */
export function withSecretLabels(object: JsonObject, { metadata }: MadeSecret, labels: JsonObject): JsonObject {
  return normalizeObject(extended(object, [...metadata, 'labels'], labels));
}

function extended(object: JsonObject, [first, ...rest]: readonly string[], labels: JsonObject): JsonObject {
  if (first === undefined) return { ...labels, ...object };
  return { ...object, [first]: extended((object[first] ?? {}) as JsonObject, rest, labels) };
}
