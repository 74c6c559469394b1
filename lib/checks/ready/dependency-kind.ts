import { orderOf } from '../../model/order.js';
import type { Order, Reconciled } from '../../model/order.js';
import type { Rule } from '../rule.js';
import { otherKind, referenceTo, subjectOf, waits } from '../../model/dependencies.js';

/** Dependencies are of one kind: Flux looks for a Kustomization's among Kustomizations, and for a HelmRelease's likewise. */
export const dependencyKind: Rule = {
  id: 'dependency-kind',
  title: 'A Kustomization depends on Kustomizations, and a HelmRelease on HelmReleases.',
  *check(cluster) {
    const order = orderOf(cluster);
    for (const r of order.all) {
      for (const edge of r.dependsOn) {
        const other = otherKind(order, r, edge);
        if (!other) continue;
        // A declared one of the right kind is what is meant.
        const { name, namespace } = edge;
        if (cluster.declared({ kind: r.kind, name, namespace, target: r.target })) continue;
        yield {
          on: r.on,
          field: ['spec', 'dependsOn', edge.index],
          what: `${subjectOf(r)} depends on "${referenceTo(r, edge)}", which is a ${other.kind}: Flux looks only for a ${r.kind} of that name, and waits for ever`,
          expected: `the name of a ${r.kind}`,
          given: other.kind === 'HelmRelease' ? other.label : `Kustomization ${other.label}`,
          fix: fixOf(order, r, other),
        };
      }
    }
  },
};

function fixOf(order: Order, r: Reconciled, other: Reconciled): string {
  if (r.kind === 'HelmRelease') {
    return `put ${r.label} into a Kustomization of its own that depends on ${other.label}, and take this dependency away`;
  }
  const applies = other.parent && order.of(other.parent);
  return applies === undefined || applies === r || !applies.parent
    ? `put ${other.label} into a Kustomization of its own that has wait: true, and depend on that`
    : `depend on the Kustomization ${applies.label}, which applies it${waits(applies.spec) ? '' : ', and give that one wait: true'}`;
}
