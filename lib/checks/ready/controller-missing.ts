import type { LayerModel } from '../../model/cluster-model.js';
import { identityOf } from '../../model/identity.js';
import { nameOf } from '../rule.js';
import type { Rule } from '../rule.js';

/** The controller of each of Flux's groups; kinds that another one reconciles stand below. */
const BY_GROUP: Readonly<Record<string, string>> = {
  'source.toolkit.fluxcd.io': 'source-controller',
  'kustomize.toolkit.fluxcd.io': 'kustomize-controller',
  'helm.toolkit.fluxcd.io': 'helm-controller',
  'notification.toolkit.fluxcd.io': 'notification-controller',
  'image.toolkit.fluxcd.io': 'image-reflector-controller',
  'source.extensions.fluxcd.io': 'source-watcher',
};
const BY_KIND: Readonly<Record<string, string>> = {
  ImageUpdateAutomation: 'image-automation-controller',
  ExternalArtifact: 'source-watcher',
};

/** Every object of Flux has its controller on the cluster: without it there is not even the CRD. */
export const controllerMissing: Rule = {
  id: 'controller-missing',
  title: 'Every object of Flux has its controller on the cluster.',
  *check(cluster) {
    // A repository does not know the clusters that apply it, and a hub not what its targets have.
    if (cluster.components.length === 0) return;
    for (const { on, layer, target } of cluster.objects) {
      if (target !== '') continue;
      const controller = controllerOf(on.object);
      if (controller === undefined || cluster.components.includes(controller)) continue;
      yield {
        on,
        what: `${nameOf(on)} needs ${controller}, which the cluster does not have: ${consequence(on.object, layer)}`,
        expected: 'the controller among the components of the cluster',
        given: cluster.components.join(', '),
        fix: layer.facts
          ? 'add it to the components of flux bootstrap (--components, --components-extra) or of the FluxInstance (spec.components)'
          : 'add it to the components: Flux.bootstrap({ components: [ … ] }), or Flux.operator',
      };
    }
  },
};

/** With a controller its CRDs are missing; only one comes with another controller. */
function consequence(object: Readonly<Record<string, unknown>>, layer: LayerModel): string {
  const { kind } = identityOf(object);
  if (kind === 'ExternalArtifact') return 'nothing acts on it';
  return `neither is the CRD there, and Flux gets 'no matches for kind "${kind}"' and applies nothing of ${nameOf(layer)}`;
}

function controllerOf(object: Readonly<Record<string, unknown>>): string | undefined {
  const { group, kind } = identityOf(object);
  const controller = BY_GROUP[group];
  return controller && (BY_KIND[kind] ?? controller);
}
