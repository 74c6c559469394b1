import { readFileSync } from 'node:fs';

export type Scope = 'Namespaced' | 'Cluster';

/** What is known of a kind: see {@link lookup}. */
export type Lookup = 'served' | { readonly served: readonly string[] } | 'unknown-kind' | 'unknown-group';

/** A JSON schema, as far as this library looks into it. */
export interface JsonSchema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly pattern?: string;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly items?: JsonSchema;
  readonly additionalProperties?: JsonSchema | boolean;
  readonly [keyword: string]: unknown;
}

/** One of `imports/schemas/*.json`. */
export interface SchemaFile {
  readonly kinds: Readonly<Record<string, { readonly scope: Scope; readonly schema: JsonSchema }>>;
  readonly definitions?: Readonly<Record<string, JsonSchema>>;
}

export type SchemaFileName =
  | 'cert-manager'
  | 'flux'
  | 'flux-operator'
  | 'gateway-api'
  | 'kubernetes'
  | 'kyverno'
  | 'sealed-secrets'
  | 'source-watcher';

/** The groups that a file covers whole, removed ones included: a kind that is not in the file does not exist there. */
const GROUPS: Readonly<Record<SchemaFileName, readonly string[]>> = {
  flux: ['source', 'kustomize', 'helm', 'notification', 'image'].map((name) => `${name}.toolkit.fluxcd.io`),
  'flux-operator': ['fluxcd.controlplane.io'],
  'source-watcher': ['source.extensions.fluxcd.io'],
  'cert-manager': ['cert-manager.io', 'acme.cert-manager.io'],
  // Of the experimental channel, which has all of the standard one.
  'gateway-api': ['gateway.networking.k8s.io', 'gateway.networking.x-k8s.io'],
  // Not the groups of Kyverno's reports, which nobody writes by hand.
  kyverno: ['kyverno.io', 'policies.kyverno.io'],
  'sealed-secrets': ['bitnami.com'],
  kubernetes: [
    ['', 'apps', 'autoscaling', 'batch', 'policy'],
    // A group that ends in .k8s.io may be a CRD's as well, so they are told one by one.
    ['admissionregistration', 'apiextensions', 'apiregistration', 'authentication', 'authorization', 'certificates']
      .concat(['coordination', 'discovery', 'events', 'flowcontrol.apiserver', 'internal.apiserver', 'networking'])
      .concat(['node', 'rbac.authorization', 'resource', 'scheduling', 'storage', 'storagemigration'])
      .map((name) => `${name}.k8s.io`),
    ['extensions', 'auditregistration.k8s.io', 'settings.k8s.io'],
  ].flat(),
};

/** Where kinds went that changed their group. */
const MOVED: Readonly<Record<string, string>> = {
  'extensions/DaemonSet': 'apps',
  'extensions/Deployment': 'apps',
  'extensions/HorizontalPodAutoscaler': 'autoscaling',
  'extensions/Ingress': 'networking.k8s.io',
  'extensions/Job': 'batch',
  'extensions/NetworkPolicy': 'networking.k8s.io',
  'extensions/ReplicaSet': 'apps',
  'flux.weave.works/HelmRelease': 'helm.toolkit.fluxcd.io',
  'helm.fluxcd.io/HelmRelease': 'helm.toolkit.fluxcd.io',
  'source.toolkit.fluxcd.io/ArtifactGenerator': 'source.extensions.fluxcd.io',
};

const fileOfGroup: ReadonlyMap<string, SchemaFileName> = new Map(
  (Object.keys(GROUPS) as SchemaFileName[]).flatMap((file) => GROUPS[file].map((group) => [group, file])),
);
const loaded = new Map<SchemaFileName, SchemaFile>();

/** The content of a schema file, which is read when it is first asked for. */
export function schemaFile(name: SchemaFileName): SchemaFile {
  let file = loaded.get(name);
  if (!file) {
    const url = new URL(`../../imports/schemas/${name}.json`, import.meta.url);
    file = JSON.parse(readFileSync(url, 'utf8')) as SchemaFile;
    loaded.set(name, file);
  }
  return file;
}

/** The schema file that has the kind in this very version, or undefined when none has. */
export const schemaFileOf = onceForEachKind(findSchemaFile);

function findSchemaFile(apiVersion: string, kind: string): SchemaFileName | undefined {
  const name = fileOfGroup.get(groupOf(apiVersion));
  return name && Object.hasOwn(schemaFile(name).kinds, `${apiVersion}/${kind}`) ? name : undefined;
}

/**
 * Whether objects of the kind stand in a namespace, in whatever version: that never changes; undefined when no known schema
 * covers the kind.
 */
export const scopeOf = onceForEachKind(findScope);

function findScope(apiVersion: string, kind: string): Scope | undefined {
  const name = fileOfGroup.get(groupOf(apiVersion));
  const known = schemaFileOf(apiVersion, kind) ? apiVersion : servedVersions(groupOf(apiVersion), kind)[0];
  return name === undefined || known === undefined ? undefined : schemaFile(name).kinds[`${known}/${kind}`]?.scope;
}

/** Finds something of each kind once: it is asked many times of every object, of which there are few kinds. */
function onceForEachKind<T>(find: (apiVersion: string, kind: string) => T): typeof find {
  const found = new Map<string, Map<string, T>>();
  return (apiVersion, kind) => {
    let kinds = found.get(apiVersion);
    if (!kinds) {
      kinds = new Map();
      found.set(apiVersion, kinds);
    }
    if (!kinds.has(kind)) kinds.set(kind, find(apiVersion, kind));
    return kinds.get(kind) as T;
  };
}

/**
 * What is known of a kind in a version:
 * - `'served'`: it exists;
 * - `{ served }`: the kind exists, but not in this version or no longer in this group; these apiVersions have it, best first;
 * - `'unknown-kind'`: all kinds of the group are known, and it is none of them;
 * - `'unknown-group'`: nothing is known of the group.
 */
export function lookup(apiVersion: string, kind: string): Lookup {
  if (schemaFileOf(apiVersion, kind)) return 'served';
  const group = groupOf(apiVersion);
  const served = servedVersions(group, kind);
  if (served.length > 0) return { served };
  const moved = servedVersions(MOVED[`${group}/${kind}`], kind);
  if (moved.length > 0) return { served: moved };
  return fileOfGroup.has(group) ? 'unknown-kind' : 'unknown-group';
}

/** The API group of an apiVersion; the core group's name is empty. */
export function groupOf(apiVersion: string): string {
  return apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : '';
}

function servedVersions(group: string | undefined, kind: string): string[] {
  const name = group === undefined ? undefined : fileOfGroup.get(group);
  if (!name) return [];
  return Object.keys(schemaFile(name).kinds)
    .filter((key) => key.endsWith(`/${kind}`))
    .map((key) => key.slice(0, -kind.length - 1))
    .filter((apiVersion) => groupOf(apiVersion) === group)
    .sort(byMaturity);
}

/** Stable versions before beta before alpha, newer before older, as Kubernetes ranks them. */
export function byMaturity(a: string, b: string): number {
  const rank = (apiVersion: string): number[] => {
    const [, major = '0', stage, minor = '0'] = /v(\d+)(?:(alpha|beta)(\d+))?$/.exec(apiVersion) ?? [];
    return [stage === undefined ? 2 : stage === 'beta' ? 1 : 0, Number(major), Number(minor)];
  };
  const [left, right] = [rank(a), rank(b)];
  return right.map((part, i) => part - (left[i] ?? 0)).find((difference) => difference !== 0) ?? 0;
}
