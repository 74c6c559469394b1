import { groupBy } from '../../group-by.js';
import type { ObjectModel } from '../../model/cluster-model.js';
import { identityOf } from '../../model/identity.js';
import { hasUnknownContent, isLeftAlone, orderOf } from '../../model/order.js';
import type { Order, Reconciled } from '../../model/order.js';
import { nameOf } from '../rule.js';
import type { Rule } from '../rule.js';
import { subjectOf, waits } from '../../model/dependencies.js';

/** Built-in kinds that are not ready as soon as they are applied. */
const WORKLOADS = ['apps/Deployment', 'apps/StatefulSet', 'apps/DaemonSet', 'apps/ReplicaSet', 'batch/Job', '/Pod'];

/** What others depend on is not ready before its content is: else they depend on nothing but that it was sent. */
export const dependencyNotWaiting: Rule = {
  id: 'dependency-not-waiting',
  title: 'A Kustomization that others depend on waits for what it applies.',
  severity: 'warning',
  *check(cluster) {
    const order = orderOf(cluster);
    const edges = order.all.flatMap((r) => r.dependsOn.map(({ on, readyExpr }) => ({ r, on, readyExpr })));
    for (const [on, waiting] of groupBy(edges, (e) => e.on)) {
      // The root contains those that would wait for it.
      if (on?.kind !== 'Kustomization' || !on.parent || waits(on.spec)) continue;
      const dependents = waiting.filter((e) => e.readyExpr === undefined).map((e) => subjectOf(e.r));
      const slow = dependents.length > 0 ? takesTime(order, on) : undefined;
      if (slow === undefined) continue;
      const exprs = Array.isArray(on.spec.healthCheckExprs) && on.spec.healthCheckExprs.length > 0;
      yield {
        on: on.on,
        field: ['spec', 'wait'],
        what: `${subjectOf(on)} is ready as soon as it is applied: ${listOf(dependents)} will not wait for ${slow}`,
        expected: 'wait: true, or healthChecks that name what has to be healthy',
        given: exprs
          ? 'healthCheckExprs alone, which Flux reads only together with wait or healthChecks'
          : 'neither wait nor healthChecks',
        fix: `give ${on.label} wait: true and a timeout, or the dependency a readyExpr`,
      };
    }
  },
};

/** What a Kustomization applies that is not ready at once, as messages call it; undefined where nothing is. */
function takesTime(order: Order, of: Reconciled, seen = new Set<Reconciled>()): string | undefined {
  if (seen.has(of)) return undefined;
  seen.add(of);
  const objects = (of.layer?.objects ?? []).filter((o) => !isLeftAlone(o));
  const slow = objects.find(isSlow);
  if (slow) return nameOf(slow);
  for (const child of order.contained(of.layer)) {
    if (child.kind === 'Kustomization' && takesTime(order, child, seen) !== undefined) {
      return `Kustomization ${child.label}, which it contains`;
    }
  }
  return hasUnknownContent(of.layer) ? 'what comes from its source' : undefined;
}

function isSlow({ object }: ObjectModel): boolean {
  const { group, kind } = identityOf(object);
  return WORKLOADS.includes(`${group}/${kind}`) || (group === 'helm.toolkit.fluxcd.io' && kind === 'HelmRelease');
}

/** A few of many: a hub has hundreds of layers that depend on one. */
function listOf(labels: readonly string[]): string {
  const said = labels.slice(0, 3);
  return said.join(', ') + (labels.length > said.length ? ` and ${labels.length - said.length} more` : '');
}
