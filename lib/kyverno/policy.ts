import type { Construct } from 'constructs';
import { SpecObject } from '../spec-object.js';
import type { SpecObjectProps } from '../spec-object.js';
import type { PolicySpec } from './cluster-policy.js';

/** Props of {@link Policy}: metadata, and the fields of its spec. */
export type PolicyProps = SpecObjectProps<PolicySpec>;

/**
 * A Kyverno `Policy`: rules for objects of its own namespace.
 *
 * @see https://kyverno.io/docs/policy-types/cluster-policy/
 */
export class Policy extends SpecObject<PolicySpec> {
  constructor(scope: Construct, id: string, props: PolicyProps) {
    super(scope, id, 'kyverno.io/v1', 'Policy', props);
  }
}
