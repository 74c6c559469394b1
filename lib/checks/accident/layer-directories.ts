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
    for (const [i, on] of layers.entries()) {
      for (const other of layers.slice(0, i)) {
        const relation = relationOf(on, other);
        if (relation === undefined) continue;
        yield {
          on,
          what: `the directory of the layer "${on.name}" ${relation} that of "${other.name}"`,
          expected: 'directories side by side',
          given: `${on.directory} (${on.construct}) and ${other.directory} (${other.construct})`,
          fix: 'give one of them another `directory`',
        };
      }
    }
  },
};

function relationOf(a: LayerModel, b: LayerModel): string | undefined {
  const x = `${a.directory!.toLowerCase()}/`;
  const y = `${b.directory!.toLowerCase()}/`;
  if (x === y) return a.directory === b.directory ? 'is also' : 'differs only in case from';
  if (x.startsWith(y)) return 'lies inside';
  return y.startsWith(x) ? 'encloses' : undefined;
}
