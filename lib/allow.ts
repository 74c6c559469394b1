import type { IConstruct } from 'constructs';
import { Args, show } from './argument.js';

/** A finding that the code allows, and why. */
export interface Allowance {
  /** Identifier of the rule that is allowed to be broken, such as `plaintext-secret`. */
  readonly rule: string;
  /** Why; it is written to the cluster's flux-fleet.yaml, where reviewers read it. */
  readonly reason: string;
  /**
   * The last day on which it holds, as `YYYY-MM-DD` (UTC); from the next day on the finding is told again.
   *
   * @default - it does not end
   */
  readonly until?: string;
  /**
   * Only for this object, as `Kind/namespace/name` or `Kind/name`. It need not be one of the fleet: what Flux brings from
   * other repositories is judged by `flux-fleet check --source`, and the cluster's own code says what is allowed there.
   *
   * @default - every object of the construct
   */
  readonly object?: string;
}

const ALLOWED = 'flux-fleet:allow';
const OBJECT = /^[A-Z][A-Za-z0-9]*(\/[a-z0-9][a-z0-9-]*)?\/[^/\s]+$/;

/**
 * Allows what a rule would refuse, for a construct and everything below it.
 *
 * @throws FleetError where no reason is given, or a day or an object that is none
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
  const { until } = allowance;
  if (until !== undefined && !isDay(until)) {
    new Args(scope).fail({
      rule: 'allow-until',
      what: `the day until which the rule ${show(allowance.rule)} is turned off is none`,
      expected: 'a day as YYYY-MM-DD',
      given: show(until),
    });
  }
  const { object } = allowance;
  if (object !== undefined && !(typeof object === 'string' && OBJECT.test(object))) {
    new Args(scope).fail({
      rule: 'allow-object',
      what: `the object for which the rule ${show(allowance.rule)} is turned off is none`,
      expected: 'Kind/namespace/name, or Kind/name of what has no namespace',
      given: show(object),
    });
  }
  scope.node.addMetadata(ALLOWED, { ...allowance });
}

/** What is allowed at the construct itself. */
export function allowedHere({ node }: IConstruct): Allowance[] {
  return node.metadata.filter((entry) => entry.type === ALLOWED).map((entry) => entry.data as Allowance);
}

/** True for a day that there is, written as `YYYY-MM-DD`. */
export function isDay(text: unknown): text is string {
  if (typeof text !== 'string' || !/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const date = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text);
}
