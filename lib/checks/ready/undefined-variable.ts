import { substitutionsOf } from '../../kustomize/substitute.js';
import type { Variables } from '../../kustomize/substitute.js';
import { unitOf } from '../../model/cluster-model.js';
import { didYouMean } from '../../model/did-you-mean.js';
import { nameOf } from '../rule.js';
import type { Rule } from '../rule.js';
import { foreignText } from '../../kustomize/foreign-text.js';
import { isStrict } from '../../kustomize/strict-substitution.js';

/**
 * Every variable in a layer whose Kustomization substitutes is defined: Flux 2.9 refuses to build one that is not. Of text
 * that was never meant for Flux, such as a script, `variable-unmeant` speaks.
 *
 * @see https://fluxcd.io/flux/components/kustomize/kustomizations/#post-build-variable-substitution
 */
export const undefinedVariable: Rule = {
  id: 'undefined-variable',
  title: 'Every variable in what a Kustomization substitutes has a value or a default.',
  *check(cluster) {
    for (const { on, layer, given, places, variables } of substitutionsOf(cluster)) {
      const defined = namesOf(variables);
      for (const [name, field] of places) {
        const meant = didYouMean(name, defined);
        if (meant === undefined && foreignText(given, field, name)) continue;
        const mend =
          meant === undefined ? 'define it in postBuild or in the cluster’s variables' : `write \${${meant}}`;
        yield {
          on,
          field,
          what:
            `\${${name}} in ${nameOf(on)} is defined nowhere, and ${nameOf(layer)} substitutes variables: ` +
            (isStrict(cluster) ? `Flux applies nothing of the ${unitOf(layer)}` : 'Flux writes nothing in its place'),
          expected: defined.length > 0 ? `one that is defined: ${defined.join(', ')}` : 'no variable: none is defined',
          given: name,
          fix: `${mend}; write $\${${name}} where it is no variable of Flux`,
        };
      }
    }
  },
};

/** The names that are defined, sorted. */
function namesOf({ values }: Variables): string[] {
  return [...values.keys()].sort();
}
