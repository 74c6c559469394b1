import type { Api } from './api.js';

/** What controllers make, and make anew, by themselves. */
const PASSING = new Set(['Endpoints', 'EndpointSlice', 'Event', 'HelmChart', 'Lease', 'Node', 'APIService', 'Pod']);

/** UIDs of all that is on a cluster, or in some of its namespaces: an object that was made anew has another. */
export async function uids(api: Api, namespaces?: readonly string[]): Promise<Record<string, string>> {
  const kinds = (await api.kinds()).filter(({ kind }) => !PASSING.has(kind));
  const lists = await Promise.all(kinds.map((kind) => api.list(kind)));
  const objects = lists
    .flat()
    .filter(({ metadata }) => namespaces === undefined || namespaces.includes(metadata.namespace ?? ''));
  return Object.fromEntries(
    objects.map(({ kind, metadata }) => [`${kind} ${metadata.namespace ?? ''}/${metadata.name}`, metadata.uid!]),
  );
}
