import type { LayerModel, ObjectModel } from '../model/cluster-model.js';
import { identityOf } from '../model/identity.js';
import { nameOf } from './rule.js';
import type { Rule } from './rule.js';

/** No object is there twice: two Kustomizations that apply one object overwrite each other for ever. */
export const duplicateObject: Rule = {
  id: 'duplicate-object',
  *check(cluster) {
    const seen = new Map<string, { on: ObjectModel; layer: LayerModel }>();
    for (const layer of cluster.layers) {
      for (const on of layer.objects) {
        const key = keyOf(on);
        const first = seen.get(key);
        if (!first) {
          seen.set(key, { on, layer });
          continue;
        }
        yield {
          on,
          what: `${nameOf(on)} is there twice in ${cluster.label}`,
          expected: 'one object of that group, kind, namespace and name',
          given: `${placeOf(first.layer, first.on)} and ${placeOf(layer, on)}`,
          fix: 'rename one of them, or leave one out',
        };
      }
    }
  },
};

function keyOf({ object }: ObjectModel): string {
  const { group, kind, namespace, name } = identityOf(object);
  return [group, kind, namespace ?? '', name].join('\n');
}

function placeOf(layer: LayerModel, on: ObjectModel): string {
  return `${on.construct ?? '?'}${on.file === undefined ? '' : ` (${on.file})`} in the layer "${layer.name}"`;
}
