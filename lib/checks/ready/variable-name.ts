import { variablesOf } from '../../kustomize/substitute.js';
import type { Rule } from '../rule.js';
import { nameOf } from '../rule.js';

const NAME = /^[_a-zA-Z][_a-zA-Z0-9]*$/;

/**
 * Every key that a layer substitutes from is the name of a variable: one that is not, such as `values.yaml`, and Flux
 * substitutes nothing at all.
 *
 * @see https://fluxcd.io/flux/components/kustomize/kustomizations/#post-build-variable-substitution
 */
export const variableName: Rule = {
  id: 'variable-name',
  title: 'Every key that Flux substitutes from is the name of a variable.',
  *check(cluster) {
    for (const layer of cluster.layers) {
      const wrong = [...(variablesOf(cluster, layer)?.values.keys() ?? [])].filter((name) => !NAME.test(name)).sort();
      // Flux looks at the names only when there is an object to substitute in.
      if (wrong.length === 0 || layer.objects.length === 0) continue;
      yield {
        on: layer,
        field: ['spec', 'postBuild'],
        what: `${nameOf(layer)} substitutes from keys that are no names of variables: Flux applies nothing of it`,
        expected: 'letters, digits and "_", and no digit first',
        given: wrong.join(', '),
        fix: 'rename the keys, or keep them in a ConfigMap or Secret that nothing substitutes from',
      };
    }
  },
};
