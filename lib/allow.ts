import type { IConstruct } from 'constructs';
import { Args, show } from './argument.js';

/** A finding that the code allows, and why. */
export interface Allowance {
  /** Identifier of the rule that is allowed to be broken, such as `plaintext-secret`. */
  readonly rule: string;
  /** Why; it is written to the cluster's flux-fleet.yaml, where reviewers read it. */
  readonly reason: string;
}

const ALLOWED = 'flux-fleet:allow';

/**
 * Allows what a rule would refuse, for a construct and everything below it.
 *
 * @throws FleetError where no reason is given
 */
export function allow(scope: IConstruct, allowance: Allowance): void {
  if (typeof allowance.reason !== 'string' || allowance.reason.trim() === '') {
    new Args(scope).fail({
      rule: 'allow-without-reason',
      what: `the rule ${show(allowance.rule)} is turned off without a reason`,
      expected: 'a sentence that a reviewer can judge',
      given: show(allowance.reason),
    });
  }
  scope.node.addMetadata(ALLOWED, { ...allowance });
}

/** Everything that is allowed at the construct or around it. */
export function allowancesOf(construct: IConstruct): Allowance[] {
  const all: Allowance[] = [];
  for (let c: IConstruct | undefined = construct; c; c = c.node.scope) {
    for (const entry of c.node.metadata) if (entry.type === ALLOWED) all.push(entry.data as Allowance);
  }
  return all;
}
