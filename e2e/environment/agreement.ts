import { isDeepStrictEqual } from 'node:util';
import type { ClusterModel, LayerModel } from '../../lib/model/cluster-model.js';
import { identityOf } from '../../lib/model/identity.js';
import { readFleet } from '../../lib/read/fleet.js';
import { nameOf } from './api.js';
import type { Api, KubeObject } from './api.js';
import { KUSTOMIZATION } from './flux-object.js';
import type { FluxObject } from './flux-object.js';
import { idOf, inventoryOf } from './inventory.js';

/** What Flux is believed to apply on the cluster whose directory that is. */
export function modelOf(
  repository: string,
  path: string,
  sources: Readonly<Record<string, string>> = {},
): ClusterModel {
  const { clusters } = readFleet(repository, { sources, clusters: [path] });
  const model = clusters.find((cluster) => cluster.path.replace(/^\.\//, '') === path);
  if (model === undefined) throw new Error(`no cluster at ${path}`);
  return model;
}

/**
 * Where a cluster differs from what Flux is believed to apply on it, a line each: objects that are missing, that nobody
 * expected, or that differ. Whether one differs the API server decides, which is asked what applying it would change.
 */
export async function disagreements(api: Api, model: ClusterModel): Promise<string[]> {
  const found: string[] = [];
  const kustomizations = await api.list<FluxObject>(KUSTOMIZATION);
  for (const layer of model.layers) {
    const own = ownOf(layer, kustomizations);
    if (own === undefined) {
      found.push(`the Kustomization ${layer.name} is not there`);
      continue;
    }
    const written = layer.objects.map(({ object, namespace }) =>
      withNamespace(object as unknown as KubeObject, namespace),
    );
    const [expected, applied] = [written.map(idOf), inventoryOf(own)];
    found.push(...expected.filter((id) => !applied.includes(id)).map((id) => `${layer.name} has not applied ${id}`));
    found.push(...applied.filter((id) => !expected.includes(id)).map((id) => `${layer.name} has applied ${id} too`));
    for (const object of written) found.push(...(await differences(api, object)));
  }
  return found;
}

/** The Kustomization of a layer; that of the root is called as Flux calls it. */
function ownOf({ kustomization, name }: LayerModel, all: readonly FluxObject[]): FluxObject | undefined {
  const { namespace = 'flux-system', name: own } = kustomization
    ? identityOf(kustomization.object)
    : { namespace: 'flux-system', name };
  return all.find(({ metadata }) => metadata.name === own && metadata.namespace === namespace);
}

function withNamespace(object: KubeObject, namespace: string | undefined): KubeObject {
  if (object.metadata.namespace !== undefined || namespace === undefined) return object;
  return { ...object, metadata: { ...object.metadata, namespace } };
}

async function differences(api: Api, written: KubeObject): Promise<string[]> {
  const { apiVersion, kind, metadata } = written;
  const at = nameOf(written);
  const there = await api.get({ apiVersion, kind, namespace: metadata.namespace, name: metadata.name });
  if (there === undefined) return [`${at} is not there`];
  const applied = await api.apply(written, { dryRun: true });
  return fieldsOtherThan(withoutBookkeeping(there), withoutBookkeeping(applied), at);
}

function withoutBookkeeping({ metadata, status: _, ...rest }: KubeObject): unknown {
  const { managedFields, resourceVersion, generation, ...own } = metadata as Record<string, unknown>;
  return { ...rest, metadata: own };
}

function fieldsOtherThan(there: unknown, written: unknown, at: string): string[] {
  if (isDeepStrictEqual(there, written) || isSubstituted(there, written)) return [];
  if (!isObject(there) || !isObject(written)) {
    return [`${at}: ${JSON.stringify(written)} was written, ${JSON.stringify(there)} is there`];
  }
  const keys = new Set([...Object.keys(there), ...Object.keys(written)]);
  return [...keys].flatMap((key) => fieldsOtherThan(there[key], written[key], `${at}.${key}`));
}

/** Whether a text is what another became, whose variables have values that only the cluster knows. */
function isSubstituted(there: unknown, written: unknown): boolean {
  if (typeof there !== 'string' || typeof written !== 'string' || !written.includes('${')) return false;
  const parts = written.split(/\$\{[^}]*\}/).map((part) => part.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`, 's').test(there);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
