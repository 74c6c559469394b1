import type { ObjectModel } from '../../model/cluster-model.js';
import type { Rule } from '../rule.js';

/**
 * Every file with manifests in a cluster's directory is applied by something: one that no kustomization.yaml lists and no
 * Kustomization points to does nothing.
 *
 * @see https://github.com/fluxcd/flux2-multi-tenancy/issues/126
 */
export const unreachedFile: Rule = {
  id: 'unreached-file',
  title: 'Every file with manifests in a cluster’s directory is applied by something.',
  severity: 'warning',
  *check(cluster) {
    const root = cluster.layers[0];
    for (const file of root ? (cluster.unreached ?? []) : []) {
      // The file is its own place; what is allowed for the root is allowed for it.
      const on: ObjectModel = {
        object: {},
        construct: undefined,
        code: () => undefined,
        file,
        lineOf: () => 1,
        allowed: root!.allowed,
        namespace: undefined,
      };
      yield {
        on,
        what: `nothing applies ${file}: no kustomization.yaml lists it, and no Kustomization points to its directory`,
        expected: 'a place in the resources of a kustomization.yaml, or a Kustomization that points to its directory',
        given: 'neither',
        fix: 'list it, point a Kustomization to it, or take it away',
      };
    }
  },
};
