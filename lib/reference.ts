import { Args, show } from './argument.js';

/** A kind of object that something refers to and that may be made outside the fleet. */
export type ExternalKind = 'Secret' | 'ConfigMap' | 'ServiceAccount' | 'CustomResourceDefinition' | (string & {});

/**
 * An object that exists although nothing here emits it: made by hand, by another fleet, or by a controller.
 * The cluster's flux-fleet.yaml lists it, so that checks and readers know what has to be there first.
 */
export interface ExternalObject {
  readonly kind: ExternalKind;
  readonly name: string;
  /**
   * @default - the namespace of the object that refers to it
   */
  readonly namespace?: string;
  /** Keys of its data that something reads. */
  readonly keys?: readonly string[];
}

/** Something with a name that others refer to: one of our constructs, or {@link ExternalObject}. */
export interface NamedObject {
  readonly kind: string;
  readonly name: string;
}

/** A Secret of ours or of others. */
export type SecretRef = NamedObject & { readonly kind: 'Secret' };

/** A ConfigMap of ours or of others. */
export type ConfigMapRef = NamedObject & { readonly kind: 'ConfigMap' };

/** True for an object that the fleet does not emit. */
export function isExternal(ref: NamedObject): ref is ExternalObject {
  return !('node' in checkRef(ref));
}

/** `{ name, namespace }` as Flux's references have it, the namespace only where it is not that of the user. */
export function refFrom(
  ref: { readonly name: string; readonly namespace?: string | undefined },
  user: string | undefined,
): { name: string; namespace?: string } {
  const { name, namespace } = checkRef(ref);
  return { name, ...(namespace !== undefined && namespace !== user && { namespace }) };
}

/** `{ name }` as Flux's local references have it; undefined stays undefined. */
export function localRef(ref: NamedObject | undefined): { name: string } | undefined {
  return ref && { name: checkRef(ref).name };
}

/** Refuses what only untyped code can say, such as a bare name. */
function checkRef<T extends { readonly name: string }>(ref: T): T {
  if (typeof ref === 'object' && ref !== null && 'name' in ref) return ref;
  return new Args(undefined).fail({
    rule: 'invalid-value',
    what: 'a reference is no object',
    expected: "a construct, or a reference such as Secret.fromName('…')",
    given: show(ref),
  });
}
