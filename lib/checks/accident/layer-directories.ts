import type { LayerModel } from '../../model/cluster-model.js';
import type { Rule } from '../rule.js';

/** The directories of layers lie side by side: one inside another would be applied by both Kustomizations. */
export const layerDirectories: Rule = {
  id: 'layer-directories',
  title: 'The directories of layers lie side by side.',
  *check(cluster) {
    // Where directories were read, it is known what each Kustomization builds: duplicate-object tells what both apply.
    const synthesized = cluster.layers.filter((l) => l.facts === undefined);
    const layers = synthesized.filter((l) => l.directory !== undefined && l.directory !== '');
    const order = new Map(layers.map((layer, i) => [layer, i]));
    const pairs = [...together(layers)].map(([a, b]) => (order.get(a)! > order.get(b)! ? [a, b] : [b, a]) as Pair);
    // In the order of the code: the later one is told, with each of the earlier ones.
    pairs.sort(([a, b], [c, d]) => order.get(a)! - order.get(c)! || order.get(b)! - order.get(d)!);
    for (const [on, other] of pairs) {
      yield {
        on,
        what: `the directory of the layer "${on.name}" ${relationOf(on, other)} that of "${other.name}"`,
        expected: 'directories side by side',
        given: `${on.directory} (${on.construct}) and ${other.directory} (${other.construct})`,
        fix: 'give one of them another `directory`',
      };
    }
  },
};

type Pair = readonly [LayerModel, LayerModel];

/** The pairs of layers of which one has the directory of the other, or one inside of it. */
function* together(layers: readonly LayerModel[]): Generator<Pair> {
  const seen = new Map<string, LayerModel[]>();
  for (const layer of layers) {
    const same = seen.get(placeOf(layer)) ?? [];
    for (const other of same) yield [layer, other];
    seen.set(placeOf(layer), [...same, layer]);
  }
  for (const layer of layers) {
    const steps = placeOf(layer).split('/');
    for (let n = 1; n < steps.length; n++) {
      for (const other of seen.get(steps.slice(0, n).join('/')) ?? []) yield [layer, other];
    }
  }
}

/** Disks may not tell upper case from lower. */
function placeOf({ directory }: LayerModel): string {
  return directory!.toLowerCase();
}

function relationOf(a: LayerModel, b: LayerModel): string {
  const [x, y] = [placeOf(a), placeOf(b)];
  if (x === y) return a.directory === b.directory ? 'is also' : 'differs only in case from';
  return x.startsWith(y) ? 'lies inside' : 'encloses';
}
