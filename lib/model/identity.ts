import { groupOf } from './kinds.js';

/** What an object says it is. Fields that are missing or no text are empty: a rule of its own speaks of those. */
export interface Identity {
  readonly apiVersion: string;
  readonly group: string;
  readonly kind: string;
  readonly name: string;
  readonly namespace: string | undefined;
}

/** The identity of an object. */
export function identityOf(object: Readonly<Record<string, unknown>>): Identity {
  const metadata = (object.metadata ?? {}) as Record<string, unknown>;
  const apiVersion = text(object.apiVersion);
  return {
    apiVersion,
    group: groupOf(apiVersion),
    kind: text(object.kind),
    name: text(metadata.name),
    namespace: typeof metadata.namespace === 'string' ? metadata.namespace : undefined,
  };
}

/** A key of all objects of a group and kind, whatever their version. */
export function kindKey({ group, kind }: Pick<Identity, 'group' | 'kind'>): string {
  return `${group}/${kind}`;
}

/** The kinds in such keys, of whatever group: what is of no other kind need not be looked at. */
export function kindsIn(keys: Iterable<string>): ReadonlySet<string> {
  return new Set([...keys].map((key) => key.slice(key.indexOf('/') + 1)));
}

/** A key of all objects of a kind that have one name: mostly there is one of them on a cluster. */
export function nameKey({
  kind,
  namespace,
  name,
}: Pick<Identity, 'kind' | 'name'> & { readonly namespace?: string | undefined }): string {
  return `${kind}\n${namespace ?? ''}\n${name}`;
}

/** `namespace/name`, or the name of what has no namespace. */
export function fullName({ namespace, name }: Identity): string {
  return namespace === undefined ? name : `${namespace}/${name}`;
}

/** `Kind/namespace/name` or `Kind/name`: as flux-fleet.yaml names an object. */
export function objectKey(object: Readonly<Record<string, unknown>>): string {
  const identity = identityOf(object);
  return `${identity.kind}/${fullName(identity)}`;
}

/** True for an object of this group and kind, whatever its version. */
export function isKind(object: Readonly<Record<string, unknown>>, group: string, kind: string): boolean {
  return object.kind === kind && groupOf(text(object.apiVersion)) === group;
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
