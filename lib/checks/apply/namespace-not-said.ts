import { layerName, unitOf } from '../../model/cluster-model.js';
import type { LayerModel } from '../../model/cluster-model.js';
import type { ClusterState, ObjectState } from '../../model/cluster-state.js';
import { kindsIn } from '../../model/crd-kinds.js';
import { nameOf } from '../rule.js';
import type { Rule } from '../rule.js';

/**
 * Every object of a kind that stands in a namespace says which: unlike kubectl, Flux has no namespace of its own for it.
 *
 * @see https://fluxcd.io/flux/components/kustomize/kustomizations/#target-namespace
 */
export const namespaceNotSaid: Rule = {
  id: 'namespace-not-said',
  title: 'Every object of a kind that stands in a namespace says in which.',
  *check(cluster) {
    // A directory of others may be applied with a targetNamespace.
    if (cluster.partial) return;
    for (const [state, ...more] of homeless(cluster)) {
      const others = more.length === 0 ? '' : ` (and ${more.length} more of the same ${unitOf(state.layer)})`;
      yield {
        on: state.on,
        field: ['metadata', 'name'],
        what: `${nameOf(state)}${others} says no namespace: Flux reports "namespace not specified", and applies nothing more of ${layerName(state.layer)}`,
        expected: 'metadata.namespace, as every object of this kind has it',
        given: 'none, and the Kustomization has no targetNamespace',
        fix: 'write metadata.namespace, or namespace in its kustomization.yaml, or targetNamespace in the Kustomization',
      };
    }
  },
};

/** The objects of each layer that say no namespace and need one. */
function homeless(cluster: ClusterState): readonly (readonly [ObjectState, ...ObjectState[]])[] {
  const byLayer = new Map<string, [ObjectState, ...ObjectState[]]>();
  for (const state of cluster.objects) {
    if (!needsOne(cluster, state)) continue;
    const before = byLayer.get(state.layer.name);
    if (before) before.push(state);
    else byLayer.set(state.layer.name, [state]);
  }
  return [...byLayer.values()];
}

function needsOne(cluster: ClusterState, { on, id, layer, target }: ObjectState): boolean {
  // Of constructs the synth says it while it makes the objects.
  if (on.construct !== undefined) return false;
  if ((id.namespace ?? '') !== '' || id.name === '' || layer.namespace !== undefined) return false;
  // What stays without one although there is a targetNamespace, comes of a directory that could not be built.
  if (layer.incomplete || targetNamespaceOf(cluster, layer) !== undefined) return false;
  return kindsIn(cluster, target).scopeOf(id.apiVersion, id.kind) === 'Namespaced';
}

/** The root's own Kustomization stands among its objects. */
function targetNamespaceOf(cluster: ClusterState, { kustomization }: LayerModel): unknown {
  const root = { kind: 'Kustomization', name: 'flux-system', namespace: 'flux-system', target: '' };
  const object = kustomization?.object ?? cluster.find(root)?.object;
  return (object?.spec as { targetNamespace?: unknown } | undefined)?.targetNamespace;
}
