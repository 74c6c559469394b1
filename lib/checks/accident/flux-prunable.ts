import type { ObjectState } from '../../model/cluster-state.js';
import { deletesObjects, isGuarded, isOfFlux } from '../../model/prune.js';
import type { JsonObject } from '../../yaml/normalize.js';
import { nameOf } from '../rule.js';
import type { Rule } from '../rule.js';

/**
 * Flux does not delete itself. The files of `flux bootstrap` are pruned by Flux's own design, so the root is judged by
 * `flux-placeholder` and not here; what the operator reads is another matter, wherever it stands.
 *
 * @see https://fluxoperator.dev/docs/crd/fluxinstance/
 */
export const fluxPrunable: Rule = {
  id: 'flux-prunable',
  title: 'Nothing that Flux runs on can be pruned.',
  severity: 'warning',
  *check(cluster) {
    if (cluster.partial) return;
    for (const state of cluster.objects) {
      const { on, object, layer } = state;
      const lost = lostWith(state);
      if (lost === undefined || !deletesObjects(layer) || isGuarded(object, layer)) continue;
      yield {
        on,
        what: `Flux deletes ${nameOf(on)} when it leaves the files of ${nameOf(layer)}, and with it ${lost}`,
        expected: 'the annotation kustomize.toolkit.fluxcd.io/prune: disabled',
        given: 'a Kustomization that prunes, and no guard',
        fix: 'add the annotation; to take Flux away, run flux uninstall, or delete the FluxInstance with kubectl',
        field: ['metadata'],
      };
    }
  },
};

function lostWith({ object, id, layer }: ObjectState): string | undefined {
  switch (`${id.group}/${id.kind}`) {
    case 'fluxcd.controlplane.io/FluxInstance':
      return 'Flux: the operator uninstalls its controllers, its CRDs and every object of theirs';
    case 'fluxcd.controlplane.io/ResourceSet':
      return installsOperator(object) ? 'the Flux Operator, which no longer looks after Flux' : undefined;
  }
  if (layer.parent === undefined || !isOfFlux(object)) return undefined;
  return id.kind === 'Namespace'
    ? 'Flux, its keys and every Kustomization in it'
    : 'every object of that kind, whose finalizers delete what Flux has applied';
}

function installsOperator({ spec }: JsonObject): boolean {
  const { resources } = (spec ?? {}) as { resources?: { kind?: string; metadata?: { name?: string } }[] };
  return (resources ?? []).some((r) => r.kind === 'HelmRelease' && r.metadata?.name === 'flux-operator');
}
