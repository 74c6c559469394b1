import { chartsOf, customResources } from '../../model/crds.js';
import type { CustomResources } from '../../model/crds.js';
import { unitOf } from '../../model/cluster-model.js';
import { nameOf } from '../rule.js';
import type { Rule, RuleFinding } from '../rule.js';

/**
 * The kind of a custom resource is there before it. Flux asks the API server to dry-run everything in a layer before it
 * applies anything of it but CRDs, namespaces, cluster roles and classes; one unknown kind, and nothing is applied.
 */
export const crdMissing: Rule = {
  id: 'crd-missing',
  title: 'The CRD of a custom resource does not come only after it, or never.',
  *check(cluster) {
    for (const found of customResources(cluster)) {
      const said = saidOf(found);
      if (said) yield { on: found.first.on, ...said };
    }
  },
};

function saidOf({ first, count, supply }: CustomResources): Omit<RuleFinding, 'on'> | undefined {
  const { group, kind } = first.id;
  const unit = unitOf(first.layer);
  const subject = `${nameOf(first)}${count > 1 ? ` (and ${count - 1} more of ${group})` : ''}`;
  const nothing = `Flux gets 'no matches for kind "${kind}"' and applies nothing of ${nameOf(first.layer)} but its namespaces and CRDs`;
  const [chart] = chartsOf(group);
  const declare = `if it is installed in another way, declare it in 'exists' as a CustomResourceDefinition`;
  if (supply.when === 'never') {
    return {
      what: `nothing on the cluster brings the CRD of ${subject}: ${nothing}`,
      expected: `the CRD of ${kind} in ${group}, or what installs it`,
      given: 'neither a CRD nor a HelmRelease or source that could bring it',
      fix: `${chart === undefined ? `add what brings it, in a ${unit} before` : `install the chart ${chart} in a ${unit} before`}; ${declare}`,
    };
  }
  if (supply.when !== 'after') return undefined;
  const { by } = supply;
  const beside = by.layer === first.layer;
  const brings = by.certain ? 'brings' : 'may bring';
  return {
    what: `the CRD of ${subject} does not come before it: ${nothing}${beside ? `, so that ${by.label} never comes either` : ''}`,
    expected: `the CRD of ${kind} in a ${unit} before, or beside it as a CustomResourceDefinition`,
    given: `${by.label}, which ${brings} it, ${beside ? `in the same ${unit}` : `only after ${nameOf(first.layer)}`}`,
    fix: `put the ${kind} into a ${unit} of its own that depends on ${beside && first.layer.parent !== undefined ? `"${first.layer.name}"` : `the one of ${by.label}`}; ${declare}`,
  };
}
