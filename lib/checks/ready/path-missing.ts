import { didYouMean } from '../../model/did-you-mean.js';
import type { LayerModel } from '../../model/cluster-model.js';
import type { Rule } from '../rule.js';
import { nameOf } from '../rule.js';

/**
 * The directory that a Kustomization names is in its source.
 *
 * @see https://fluxcd.io/flux/components/kustomize/kustomizations/#path
 */
export const pathMissing: Rule = {
  id: 'path-missing',
  title: 'The directory that a Kustomization names is in its source.',
  *check(cluster) {
    const paths = cluster.layers.flatMap((l) => (l.facts?.exists === true ? [l.facts.path] : []));
    for (const layer of cluster.layers) {
      if (layer.facts?.exists !== false) continue;
      const { path, isFile = false } = layer.facts;
      const absence = isFile ? 'is a file' : 'is not in its source';
      const meant = didYouMean(path, paths);
      const said = saidPath(layer);
      yield {
        on: layer,
        field: ['spec', 'path'],
        what: `the directory "${path}" of ${nameOf(layer)} ${absence}: Flux says "${isFile ? 'not a directory' : 'path not found'}", and applies nothing of it`,
        expected: 'a directory, as a path from the root of the source',
        given: said === undefined || said === path ? path : `${said}, which is "${path}" there`,
        fix: meant === undefined ? 'mend spec.path, or put the directory there' : `mend spec.path: there is "${meant}"`,
      };
    }
  },
};

/** What the Kustomization says: Flux takes a path that begins with "/" or climbs out from the root of the source. */
function saidPath({ kustomization }: LayerModel): string | undefined {
  const path = (kustomization?.object.spec as { path?: unknown } | undefined)?.path;
  return typeof path === 'string' ? path.replace(/^\.\//, '').replace(/\/$/, '') : undefined;
}
