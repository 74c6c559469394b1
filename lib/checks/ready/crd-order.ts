import { customResources } from '../../model/crds.js';
import { unitOf } from '../../model/cluster-model.js';
import type { LayerModel } from '../../model/cluster-model.js';
import { nameOf } from '../rule.js';
import type { Rule } from '../rule.js';

/** A layer of custom resources waits for what brings their CRDs: else it fails until that happens to be done. */
export const crdOrder: Rule = {
  id: 'crd-order',
  title: 'A Kustomization with custom resources depends on the one that brings their CRDs.',
  severity: 'warning',
  *check(cluster) {
    for (const { first, count, supply } of customResources(cluster)) {
      if (supply.when !== 'sometime') continue;
      const { by } = supply;
      const { group, kind } = first.id;
      const layer = `"${first.layer.name}"`;
      yield {
        on: first.on,
        what: `nothing makes ${nameOf(first.layer)} wait for the CRD of ${nameOf(first)}${count > 1 ? ` (and ${count - 1} more of ${group})` : ''}: until it is there, Flux fails with 'no matches for kind "${kind}"' and applies no more of it than its namespaces and CRDs`,
        expected: `a dependency of ${layer} on what brings the CRD`,
        given: by.certain ? by.label : `nothing before it that could bring it; ${by.label} may, without any order`,
        fix: `let ${layer} depend on ${dependable(first.layer, by.layer, by.label)}; if the CRD is installed in another way, declare it in 'exists' as a CustomResourceDefinition`,
      };
    }
  },
};

/** The root is nothing to depend on: it contains all the others. */
function dependable(user: LayerModel, layer: LayerModel, label: string): string {
  return layer.name === 'flux-system'
    ? `a ${unitOf(user)} of its own for ${label}`
    : `"${layer.name}", which applies ${label}`;
}
