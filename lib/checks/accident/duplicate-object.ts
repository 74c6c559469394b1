import type { LayerModel, ObjectModel } from '../../model/cluster-model.js';
import { identityOf } from '../../model/identity.js';
import { nameOf } from '../rule.js';
import type { Rule } from '../rule.js';

/** What `flux bootstrap` or the operator makes, on every cluster. */
const FLUX_OWN = [
  ...['GitRepository', 'OCIRepository', 'Bucket'].map((kind) => ['source.toolkit.fluxcd.io', kind]),
  ['kustomize.toolkit.fluxcd.io', 'Kustomization'],
].map((kind) => ['', ...kind, 'flux-system', 'flux-system'].join('\n'));

/** No object is there twice: two Kustomizations that apply one object overwrite each other for ever. */
export const duplicateObject: Rule = {
  id: 'duplicate-object',
  *check(cluster) {
    // In a repository that was written by hand they stand among the other objects.
    const own = Object.keys(cluster.system.files).length > 0 ? FLUX_OWN : [];
    const seen = new Map<string, string>(own.map((key) => [key, 'Flux’s own, which applies the whole cluster']));
    for (const layer of cluster.layers) {
      for (const on of layer.objects) {
        const key = keyOf(layer, on);
        const first = seen.get(key);
        if (first === undefined) {
          seen.set(key, placeOf(layer, on));
          continue;
        }
        yield {
          on,
          what: `${nameOf(on)} is there twice in ${cluster.label}`,
          expected: 'one object of that group, kind, namespace and name',
          given: `${first} and ${placeOf(layer, on)}`,
          fix: 'rename one of them, or leave one out',
        };
      }
    }
  },
};

function keyOf({ target }: LayerModel, { object }: ObjectModel): string {
  const { group, kind, namespace, name } = identityOf(object);
  return [target, group, kind, namespace ?? '', name].join('\n');
}

function placeOf(layer: LayerModel, on: ObjectModel): string {
  return `${on.construct ?? '?'}${on.file === undefined ? '' : ` (${on.file})`} in the layer "${layer.name}"`;
}
