import { orderOf } from '../../model/order.js';
import type { Reconciled } from '../../model/order.js';
import { subjectOf } from '../../model/dependencies.js';
import type { Rule } from '../rule.js';

/**
 * Nothing depends on what is suspended. Flux leaves the status of a suspended object as it was: one that was never ready
 * never will be. Where both pull from one source, Flux besides wants of the other one the revision that it applies itself.
 */
export const dependencySuspended: Rule = {
  id: 'dependency-suspended',
  title: 'Nothing depends on what is suspended.',
  severity: 'warning',
  *check(cluster) {
    for (const r of orderOf(cluster).all) {
      // What is suspended itself waits for nothing now.
      if (r.spec.suspend === true) continue;
      for (const { on, index, readyExpr } of r.dependsOn) {
        // Such an expression may well accept one that is suspended.
        if (on?.spec.suspend !== true || readyExpr !== undefined) continue;
        const consequence = sameSource(r, on)
          ? `with the next commit Flux finds the revision of ${on.label} not up to date, and applies nothing of ${r.label} any more`
          : `where that one was not ready before, as on a new cluster, Flux waits for it for ever`;
        yield {
          on: r.on,
          field: ['spec', 'dependsOn', index],
          what: `${subjectOf(r)} depends on ${on.label}, which is suspended: ${consequence}`,
          expected: 'a dependency that Flux reconciles',
          given: `suspend: true in ${on.label}`,
          fix: `take suspend: true out of ${on.label}, or the dependency out of ${r.label} for as long`,
        };
      }
    }
  },
};

/** Whether two Kustomizations pull from one source, so that Flux compares their revisions. */
function sameSource(one: Reconciled, other: Reconciled): boolean {
  if (one.kind !== 'Kustomization') return false;
  const [a, b] = [one, other].map(({ spec, namespace }) => {
    const ref = (spec.sourceRef ?? {}) as { kind?: unknown; name?: unknown; namespace?: unknown };
    return JSON.stringify([ref.kind, ref.name, ref.namespace ?? namespace]);
  });
  return a === b;
}
