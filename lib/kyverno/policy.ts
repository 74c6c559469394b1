import type { Construct } from 'constructs';
import { Args } from '../argument.js';
import { SpecObject } from '../spec-object.js';
import type { SpecObjectProps } from '../spec-object.js';
import { checkPolicyName } from './cluster-policy.js';
import type { PolicySpec } from './cluster-policy.js';

/** Props of {@link Policy}: metadata, and the fields of its spec. */
export type PolicyProps = SpecObjectProps<PolicySpec>;

/**
 * A Kyverno `Policy`: rules for objects of its own namespace.
 *
 * @see https://kyverno.io/docs/policy-types/cluster-policy/
 */
export class Policy extends SpecObject<PolicySpec> {
  /** @throws FleetError for a name that Kyverno would refuse */
  constructor(scope: Construct, id: string, props: PolicyProps) {
    checkPolicyName(new Args(scope, id), props.name ?? id);
    super(scope, id, 'kyverno.io/v1', 'Policy', props);
  }
}
