import type { LayerModel } from '../../model/cluster-model.js';
import type { Rule } from '../rule.js';
import { nameOf } from '../rule.js';

/**
 * The directory that a Kustomization names holds something: Flux is content with nothing, and deletes what was there.
 *
 * @see https://fluxcd.io/flux/components/kustomize/kustomizations/#prune
 */
export const pathEmpty: Rule = {
  id: 'path-empty',
  title: 'The directory that a Kustomization names holds manifests.',
  severity: 'warning',
  *check(cluster) {
    for (const layer of cluster.layers) {
      const { facts } = layer;
      if (!facts?.exists || facts.ignoredBy !== undefined || facts.error !== undefined) continue;
      if (layer.objects.length > 0 || layer.incomplete || facts.remote.length > 0) continue;
      const consequence = prunes(layer) ? ', and deletes what it has applied before' : '';
      yield {
        on: layer,
        field: ['spec', 'path'],
        what: `the directory "${facts.path}" of ${nameOf(layer)} holds no manifests: Flux applies nothing and is ready${consequence}`,
        expected: 'manifests, or a kustomization.yaml that lists some',
        given: 'nothing',
        fix: 'mend spec.path, list the files in kustomization.yaml, or take the Kustomization away',
      };
    }
  },
};

function prunes({ kustomization }: LayerModel): boolean {
  return (kustomization?.object.spec as { prune?: unknown } | undefined)?.prune === true;
}
