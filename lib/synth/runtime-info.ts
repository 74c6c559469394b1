import type { Cluster } from '../cluster.js';
import type { Finding } from '../finding.js';
import { fluxAnnotations } from '../flux/annotations.js';
import { groupBy } from '../group-by.js';
import { fullName, identityOf, isKind } from '../model/identity.js';
import { TENANT_LABEL } from '../scope.js';
import { madeSecret, withSecretLabels } from '../model/made-secret.js';
import { whereIs } from '../model/cluster-model.js';
import type { ExistingObject, ObjectModel } from '../model/cluster-model.js';
import type { Draft, Needs } from './draft.js';
import { modelOf, ROOT } from './draft.js';
import { byName, commonPlace } from './placement.js';
import { normalizeObject } from '../yaml/normalize.js';
import type { JsonObject } from '../yaml/normalize.js';

/** Name of the ConfigMap that brings a cluster's variables to where they are substituted. */
export const RUNTIME_INFO = 'flux-runtime-info';
const WATCH = { 'reconcile.fluxcd.io/watch': 'Enabled' };

interface Reference {
  readonly kind?: string;
  readonly name?: string;
}

/**
 * Emits the ConfigMap `flux-runtime-info` into every namespace in which a Kustomization substitutes from it, beside that
 * Kustomization; for flux-system beside the cluster's layers. Where it is declared to exist, such as a copy that a policy
 * makes, it is not emitted.
 */
export function runtimeInfo(cluster: Cluster, layers: readonly Draft[], { around, external, findings }: Needs): void {
  const named = byName(layers);
  for (const users of usersByPlace(layers)) {
    const { namespace, target } = users[0]!;
    const isThere = (e: ExistingObject) => e.namespace === namespace && (e.target ?? '') === target;
    if (external.some((e) => e.kind === 'ConfigMap' && e.name === RUNTIME_INFO && isThere(e))) continue;
    const place = commonPlace(named, new Set(users.map((u) => u.layer)), namespace, target);
    if (!place) {
      findings.push(noCommonPlace(namespace, users));
      continue;
    }
    place.objects.push({
      ...modelOf(around, cluster, configMap(namespace, cluster.variables, tenantLabel(users))),
      ...(place.directory === '' && { fileName: `${RUNTIME_INFO}.yaml` }),
    });
  }
}

/** A Kustomization that substitutes from the ConfigMap, and the layer that it stands in. */
interface User {
  readonly layer: string;
  readonly target: string;
  readonly namespace: string;
  readonly model: ObjectModel;
}

/** The users of each namespace, of each cluster that a hub applies to. */
function usersByPlace(layers: readonly Draft[]): User[][] {
  const users: User[] = [];
  for (const { name, target, objects } of layers) {
    for (const model of objects) {
      if (!isUser(model)) continue;
      users.push({ layer: name, target, namespace: identityOf(model.object).namespace ?? ROOT, model });
    }
  }
  return [...groupBy(users, ({ target, namespace }) => `${target}\n${namespace}`).values()];
}

function isUser({ object }: ObjectModel): boolean {
  return substituteFrom(object).some((r) => r.kind === 'ConfigMap' && r.name === RUNTIME_INFO);
}

function noCommonPlace(namespace: string, users: readonly User[]): Finding {
  const { model } = users[0]!;
  return {
    rule: 'runtime-info-place',
    what: `the ConfigMap ${RUNTIME_INFO} in ${namespace} is used by several layers, and none of them can own it`,
    expected: 'one layer that applies it, and that the others depend on',
    given: [...new Set(users.map((u) => u.layer))].sort().join(', '),
    fix: 'let the others depend on the layer that comes first',
    where: whereIs(model),
  };
}

/** Where all its users are of one tenant, the ConfigMap is the tenant's too. */
function tenantLabel(users: readonly User[]): Record<string, string> {
  const [tenant, ...others] = new Set(
    users.map(({ model }) => (model.object.metadata as { labels?: Record<string, string> }).labels?.[TENANT_LABEL]),
  );
  return tenant === undefined || others.length > 0 ? {} : { [TENANT_LABEL]: tenant };
}

function configMap(
  namespace: string,
  variables: Readonly<Record<string, string>>,
  labels: Record<string, string>,
): JsonObject {
  return normalizeObject({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: {
      name: RUNTIME_INFO,
      namespace,
      labels: { 'toolkit.fluxcd.io/runtime': 'true', ...labels },
      annotations: fluxAnnotations({ ssa: 'Merge' }),
    },
    data: variables,
  });
}

/**
 * Labels the ConfigMaps and Secrets that Flux reads, so that it reconciles when they change and not an interval later.
 *
 * @see https://fluxcd.io/flux/components/helm/helmreleases/#values-references
 */
export function watchReferenced(layers: Draft[]): void {
  for (const own of groupBy(layers, (l) => l.target).values()) watchOn(own);
}

/** The same for the layers of one cluster: a hub applies to several. */
function watchOn(layers: readonly Draft[]): void {
  const read = new Set<string>();
  for (const { objects } of layers) for (const { object } of objects) for (const key of readBy(object)) read.add(key);
  if (read.size === 0) return;
  for (const layer of layers) {
    layer.objects = layer.objects.map((o) => withWatchedSecret(read.has(keyOf(o.object)) ? watched(o) : o, read));
  }
}

/** The same for a Secret that a controller makes of the object. */
function withWatchedSecret(model: ObjectModel, read: ReadonlySet<string>): ObjectModel {
  const made = madeSecret(model.object);
  if (!made || !read.has(`Secret/${made.namespace}/${made.name}`)) return model;
  return { ...model, object: withSecretLabels(model.object, made, WATCH) };
}

function watched(model: ObjectModel): ObjectModel {
  // The signature of an encrypted Secret covers its labels too.
  if (model.verbatim !== undefined) return model;
  const { object } = model;
  const metadata = object.metadata as JsonObject;
  return {
    ...model,
    object: normalizeObject({
      ...object,
      metadata: { ...metadata, labels: { ...WATCH, ...(metadata.labels as JsonObject) } },
    }),
  };
}

function keyOf(object: JsonObject): string {
  const identity = identityOf(object);
  return `${identity.kind}/${fullName(identity)}`;
}

/** Keys of the ConfigMaps and Secrets that a Flux object reads values or variables from. */
function readBy(object: JsonObject): readonly string[] {
  if (object.kind !== 'Kustomization' && object.kind !== 'HelmRelease') return NONE;
  const values = isKind(object, 'helm.toolkit.fluxcd.io', 'HelmRelease')
    ? ((object.spec as JsonObject | undefined)?.valuesFrom as readonly Reference[] | undefined)
    : undefined;
  const all = values ?? substituteFrom(object);
  if (all.length === 0) return NONE;
  const { namespace } = identityOf(object);
  return all.map((r) => `${r.kind}/${namespace}/${r.name}`);
}

const NONE: readonly never[] = [];

function substituteFrom(object: JsonObject): readonly Reference[] {
  if (!isKind(object, 'kustomize.toolkit.fluxcd.io', 'Kustomization')) return NONE;
  const postBuild = (object.spec as JsonObject | undefined)?.postBuild as JsonObject | undefined;
  return (postBuild?.substituteFrom as Reference[] | undefined) ?? NONE;
}
