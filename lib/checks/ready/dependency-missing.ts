import { identityOf } from '../../model/identity.js';
import { didYouMean } from '../../model/did-you-mean.js';
import { unitOf } from '../../model/cluster-model.js';
import type { ClusterState } from '../../model/cluster-state.js';
import { hasUnknownContent, orderOf } from '../../model/order.js';
import type { DependencyEdge, Order, Reconciled } from '../../model/order.js';
import type { Rule } from '../rule.js';
import { otherKind, referenceTo, subjectOf } from '../../model/dependencies.js';

/** What a Kustomization or HelmRelease depends on is there: Flux would wait for it for ever. */
export const dependencyMissing: Rule = {
  id: 'dependency-missing',
  title: 'What a Kustomization or HelmRelease depends on is on its cluster.',
  *check(cluster) {
    // Of what is beside a directory that some cluster applies nothing is known.
    if (cluster.partial) return;
    const order = orderOf(cluster);
    for (const r of order.all) {
      for (const edge of r.dependsOn) {
        if (edge.on || otherKind(order, r, edge) || isDeclared(cluster, r, edge)) continue;
        const near = nearest(order, r, edge);
        // Layers that are being synthesized name each other as constructs, and nothing that others bring.
        const isSynthesized = r.layer !== undefined && r.layer.facts === undefined;
        if (near === undefined && !isSynthesized && mayComeFromElsewhere(order, r, edge)) continue;
        const away = order.all.find(
          (o) => o.kind === r.kind && o.name === edge.name && o.namespace === edge.namespace && o.target !== r.target,
        );
        yield {
          on: r.on,
          field: ['spec', 'dependsOn', edge.index],
          what: `${subjectOf(r)} depends on "${referenceTo(r, edge)}", which is not on the cluster: Flux waits for it for ever`,
          expected: r.layer
            ? `a ${unitOf(r.layer)} of this cluster`
            : `a ${r.kind} of this cluster in ${edge.namespace}`,
          given: away ? `${edge.name}, which is on ${placeName(away.target)}` : edge.name,
          fix: near === undefined ? 'put it back, or take the dependency away' : `${near}, or take the dependency away`,
        };
      }
    }
  },
};

function isDeclared(cluster: ClusterState, r: Reconciled, { name, namespace }: DependencyEdge): boolean {
  return cluster.declared({ kind: r.kind, name, namespace, target: r.target }) !== undefined;
}

/** One of its kind that was likely meant: of that name in another namespace, or of a similar one in this. */
function nearest(order: Order, r: Reconciled, edge: DependencyEdge): string | undefined {
  const peers = order.all.filter((o) => o.kind === r.kind && o.target === r.target && o !== r && o.parent);
  const elsewhere = peers.find((o) => o.name === edge.name);
  if (elsewhere) return `write namespace: ${elsewhere.namespace} beside the name`;
  const beside = peers.filter((o) => o.namespace === edge.namespace).map((o) => o.name);
  const meant = didYouMean(edge.name, beside);
  return meant === undefined ? undefined : `write "${meant}"`;
}

/** Whether something whose content is not known here may well apply it: what applies to its namespace. */
function mayComeFromElsewhere(order: Order, r: Reconciled, { namespace }: DependencyEdge): boolean {
  return (
    order.all.some((o) => {
      // What waits for it brings it too late.
      if (o === r || o.kind !== 'Kustomization' || !hasUnknownContent(o.layer)) return false;
      if (o.spec.kubeConfig !== undefined ? r.target === '' : o.target !== r.target) return false;
      const { targetNamespace } = o.spec;
      if (targetNamespace !== undefined) return targetNamespace === namespace;
      return o.namespace === namespace;
    }) || resourceSets(order, r).some((n) => n === namespace)
  );
}

/** The namespaces of the Flux Operator's ResourceSets, which make objects that are not seen here. */
function resourceSets(order: Order, { target }: Reconciled): string[] {
  const layers = order.all.flatMap((o) => (o.layer && o.layer.target === target ? [o.layer] : []));
  return layers
    .flatMap((l) => l.objects.map((o) => identityOf(o.object)))
    .filter((id) => id.group === 'fluxcd.controlplane.io' && id.kind === 'ResourceSet')
    .map((id) => id.namespace ?? '');
}

function placeName(target: string): string {
  return target === '' ? 'the cluster that the hub itself is' : `the cluster behind the kubeConfig ${target}`;
}
