import type { ClusterModel } from './cluster-model.js';

/**
 * The labels by which a cluster can be selected: its own, and what its flux-fleet.yaml says of it under `cluster`,
 * `environment` and `fleet`. A label of its own under such a name wins.
 */
export function clusterLabels({
  name,
  environment,
  fleet,
  labels,
}: Pick<ClusterModel, 'name' | 'environment' | 'fleet' | 'labels'>): Readonly<Record<string, string>> {
  const said = Object.entries({ cluster: name, environment, fleet }).filter(([, value]) => value !== '');
  return { ...Object.fromEntries(said), ...labels };
}
