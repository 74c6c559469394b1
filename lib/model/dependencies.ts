import { layerName } from './cluster-model.js';
import type { DependencyEdge, Order, Reconciled } from './order.js';

/**
 * Who depends, as messages begin: `the layer "apps"` (`the Kustomization "apps"` where files were read), `Kustomization
 * "tenant/apps"`, `HelmRelease "tenant/app"`.
 */
export function subjectOf({ kind, label, layer }: Reconciled): string {
  if (kind === 'HelmRelease') return label;
  return layer ? layerName(layer) : `Kustomization ${label}`;
}

/** What an edge names: its namespace is said only where it is another one. */
export function referenceTo(r: Reconciled, { name, namespace }: DependencyEdge): string {
  return namespace === r.namespace ? name : `${namespace}/${name}`;
}

/** What has the name of a dependency but is of the other kind, in the namespace that is meant or in any. */
export function otherKind(order: Order, r: Reconciled, edge: DependencyEdge): Reconciled | undefined {
  if (edge.on) return undefined;
  const kind = r.kind === 'Kustomization' ? 'HelmRelease' : 'Kustomization';
  const there = order.find(kind, r.target, edge.namespace, edge.name);
  if (there) return there;
  const peers = order.all.filter((o) => o.target === r.target && o.name === edge.name);
  // One of the right kind in another namespace was meant rather than one of the other kind there.
  return peers.some((o) => o.kind === r.kind) ? undefined : peers.find((o) => o.kind === kind);
}

/**
 * Whether a Kustomization is ready only when what it applies is: `wait`, or `healthChecks`. Of `healthCheckExprs` Flux
 * only asks how, so that they make nothing wait by themselves.
 */
export function waits(spec: Readonly<Record<string, unknown>>): boolean {
  return spec.wait === true || (Array.isArray(spec.healthChecks) && spec.healthChecks.length > 0);
}
