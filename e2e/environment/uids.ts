import { nameOf } from './api.js';
import type { Api } from './api.js';

/** What controllers make, and make anew, by themselves. */
const PASSING = new Set(['Endpoints', 'EndpointSlice', 'Event', 'HelmChart', 'Lease', 'Node', 'APIService', 'Pod']);

/** UIDs of all that is on a cluster, or in some of its namespaces: an object that was made anew has another. */
export async function uids(api: Api, namespaces?: readonly string[]): Promise<Record<string, string>> {
  const objects = (await api.objects(PASSING))
    .map(([, object]) => object)
    .filter(({ metadata }) => namespaces === undefined || namespaces.includes(metadata.namespace ?? ''));
  return Object.fromEntries(objects.map((object) => [nameOf(object), object.metadata.uid!]));
}
