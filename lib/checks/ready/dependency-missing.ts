import type { LayerModel } from '../../model/cluster-model.js';
import type { Rule } from '../rule.js';

/** What a layer depends on is there: Flux would wait for it for ever. */
export const dependencyMissing: Rule = {
  id: 'dependency-missing',
  *check(cluster) {
    const byName = new Map(cluster.layers.map((l) => [l.name, l]));
    // A hub applies a layer's Kustomization to where the layer above is for.
    const standsOn = (layer: LayerModel | undefined) => byName.get(layer?.parent ?? '')?.target ?? '';
    for (const layer of cluster.layers) {
      const isThere = (name: string) => byName.has(name) && standsOn(byName.get(name)) === standsOn(layer);
      for (const name of dependsOn(layer).filter((n) => !isThere(n))) {
        yield {
          on: layer,
          what: `the layer "${layer.name}" depends on "${name}", which is not on the cluster`,
          expected: 'a layer of this cluster',
          given: name,
          fix: 'Flux would wait for it for ever: put it back, or take the dependency away',
        };
      }
    }
  },
};

function dependsOn(layer: LayerModel): string[] {
  const spec = layer.kustomization?.object.spec as { dependsOn?: { name: string }[] } | undefined;
  return (spec?.dependsOn ?? []).map((d) => d.name);
}
