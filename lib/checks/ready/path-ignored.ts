import { takenAway } from '../../kustomize/ignore.js';
import type { LayerModel } from '../../model/cluster-model.js';
import type { ClusterState } from '../../model/cluster-state.js';
import type { JsonObject } from '../../yaml/normalize.js';
import type { Rule } from '../rule.js';
import { nameOf } from '../rule.js';

/**
 * The directory that a Kustomization names is in the artifact of its source: what `spec.ignore`, `.sourceignore` or
 * `spec.sparseCheckout` takes away is not on the cluster, although it is in Git.
 *
 * @see https://fluxcd.io/flux/components/source/gitrepositories/#excluding-files
 */
export const pathIgnored: Rule = {
  id: 'path-ignored',
  title: 'Nothing takes the directory that a Kustomization names away from its artifact.',
  *check(cluster) {
    const ignored = ignoredBySource(cluster);
    for (const layer of cluster.layers) {
      const { facts } = layer;
      const path = facts?.path ?? pathOf(cluster, layer);
      const by = facts ? facts.ignoredBy : path !== undefined && ignored?.(path);
      if (by === undefined || by === false || path === undefined) continue;
      yield {
        on: layer,
        field: ['spec', 'path'],
        what: `the directory "${path}" of ${nameOf(layer)} is not in the artifact of its source: Flux says "path not found", and applies nothing of it`,
        expected: 'a source that takes the directory into its artifact',
        given: by,
        fix: 'take the pattern away, name the directory in sparseCheckout, or move it',
      };
    }
  },
};

/** The directory of a layer that is being synthesized, from the root of the cluster's source. */
function pathOf({ path }: ClusterState, { directory }: LayerModel): string | undefined {
  if (directory === undefined) return undefined;
  return [path, directory]
    .join('/')
    .split('/')
    .filter((step) => step !== '' && step !== '.')
    .join('/');
}

/** What the source of a cluster that is being synthesized leaves out; its .sourceignore is not known. */
function ignoredBySource({ source, partial }: ClusterState): ((path: string) => string | undefined) | undefined {
  if (partial || !source) return undefined;
  const { ignore, sparseCheckout } = source.spec;
  if (ignore === undefined && sparseCheckout === undefined) return undefined;
  const object = { kind: source.kind, metadata: { name: 'flux-system' }, spec: source.spec } as unknown as JsonObject;
  const ignored = takenAway(object, []);
  return (path) => ignored(`${path === '' ? '' : `${path}/`}kustomization.yaml`, false);
}
