import type { AllowedFinding } from '../checks/index.js';
import { compact } from '../compact.js';
import type { ClusterModel, ObjectModel } from '../model/cluster-model.js';
import { identityOf, objectKey } from '../model/identity.js';
import { madeSecret } from '../model/made-secret.js';
import { normalizeObject } from '../yaml/normalize.js';
import type { JsonObject } from '../yaml/normalize.js';

/** Version of the form of flux-fleet.yaml. */
const FORM = 'v1';

/**
 * What the code declares and YAML cannot show, for flux-fleet.yaml: objects that exist, versions, what is allowed and
 * why. Flux never applies it: the cluster's kustomization.yaml does not list it.
 */
export function declarations(cluster: ClusterModel, allowances: readonly AllowedFinding[]): JsonObject {
  return normalizeObject({
    fluxFleet: FORM,
    fleet: cluster.fleet,
    cluster: cluster.name,
    environment: cluster.environment,
    path: cluster.path,
    lockdown: cluster.lockdown,
    components: cluster.components,
    ...compact({
      kubernetesVersion: cluster.kubernetesVersion,
      fluxVersion: cluster.fluxVersion,
      labels: nonEmpty(cluster.labels),
      variables: nonEmpty(cluster.variables),
    }),
    ...compact({ exists: nonEmpty(existing(cluster)) }),
    ...(cluster.provides.length > 0 && { provides: [...new Set(cluster.provides)].sort() }),
    ...allowed(cluster, allowances),
  });
}

function nonEmpty<T extends object>(map: T): T | undefined {
  return Object.keys(map).length > 0 ? map : undefined;
}

interface Existing {
  readonly kind: string;
  readonly namespace: string | undefined;
  readonly name: string;
  /** What leads to the cluster that it is on, where a hub applies elsewhere. */
  readonly kubeConfig: string | undefined;
  readonly keys: Set<string>;
}

/** Each object that nothing here emits, or makes on the cluster, once, with all keys that anybody reads of it. */
function existing(cluster: ClusterModel): object[] {
  if (cluster.exists.length === 0) return [];
  const byKey = new Map<string, Existing>();
  const own = new Set(cluster.layers.flatMap((l) => l.objects.flatMap(ownIds).map((id) => `${l.target}\n${id}`)));
  for (const { kind, namespace, name, keys, target } of cluster.exists) {
    const id = [target ?? '', kind, namespace ?? '', name].join('\n');
    if (own.has(id)) continue;
    const entry = byKey.get(id) ?? { kind, namespace, name, kubeConfig: target, keys: new Set<string>() };
    for (const key of keys ?? []) entry.keys.add(key);
    byKey.set(id, entry);
  }
  return [...byKey.entries()]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, { keys, ...object }]) => ({ ...compact(object), ...(keys.size > 0 && { keys: [...keys].sort() }) }));
}

function ownIds({ object }: ObjectModel): string[] {
  const { kind, namespace, name } = identityOf(object);
  const made = madeSecret(object);
  return [[kind, namespace ?? '', name], ...(made ? [['Secret', made.namespace ?? '', made.name]] : [])].map((id) =>
    id.join('\n'),
  );
}

/**
 * What would be told without a reason, each reason once for an object or layer; and what is allowed for objects that are
 * named, because those that come from elsewhere are judged where their files are.
 */
function allowed({ layers }: ClusterModel, allowances: readonly AllowedFinding[]): { allowed?: object[] } {
  const told = allowances.map(({ on, rule, reason, until }) => ({
    ...compact({ rule, reason, until }),
    ...('objects' in on ? { layer: on.name } : { object: objectKey(on.object) }),
  }));
  const named = layers.flatMap((l) => l.allowed).filter((a) => a.object !== undefined);
  const sorted = [...told, ...named].map((a) => JSON.stringify(normalizeObject(a))).sort();
  return sorted.length > 0 ? { allowed: [...new Set(sorted)].map((a) => JSON.parse(a) as object) } : {};
}
