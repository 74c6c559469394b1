import type { ISpec } from '@kubernetes-models/kyverno/kyverno.io/v1';
import type { Construct } from 'constructs';
import { Args, show } from '../argument.js';
import { SpecObject } from '../spec-object.js';
import type { ClusterSpecObjectProps } from '../spec-object.js';

/** `spec` of Kyverno's policies: the published types, with the words that the CRD takes where they say any text. */
export type PolicySpec = Omit<ISpec, 'failurePolicy' | 'rules' | 'validationFailureAction'> & {
  /** What happens to a request when Kyverno does not answer in time. */
  readonly failurePolicy?: 'Fail' | 'Ignore';
  readonly rules: NonNullable<ISpec['rules']>;
  /** Whether a violation is reported or refused; rules may say it for themselves. */
  readonly validationFailureAction?: 'Audit' | 'Enforce';
};

/** Props of {@link ClusterPolicy}: metadata, and the fields of its spec. */
export type ClusterPolicyProps = ClusterSpecObjectProps<PolicySpec>;

/**
 * A Kyverno `ClusterPolicy`: rules for objects of all namespaces. Put it into a layer that depends on Kyverno, because
 * the CRD has to be there first.
 *
 * @see https://kyverno.io/docs/policy-types/cluster-policy/
 */
export class ClusterPolicy extends SpecObject<PolicySpec> {
  /** @throws FleetError for a name that Kyverno would refuse */
  constructor(scope: Construct, id: string, props: ClusterPolicyProps) {
    checkPolicyName(new Args(scope, id), props.name ?? id);
    super(scope, id, 'kyverno.io/v1', 'ClusterPolicy', props);
  }
}

/** Kyverno writes the name of a policy into labels; what else a name must be is checked for every object. */
export function checkPolicyName(args: Args, name: string): void {
  if (name.length <= 63) return;
  args.fail({
    rule: 'invalid-name',
    what: 'the name of this policy is too long for Kyverno',
    expected: 'at most 63 characters',
    given: show(name),
  });
}
