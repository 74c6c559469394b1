import type { Rule } from '../rule.js';

/** Every layer has content or a source, and not both: Flux fails on an empty directory. */
export const layerContent: Rule = {
  id: 'layer-content',
  *check(cluster) {
    for (const layer of cluster.layers) {
      if (layer.directory === '' || layer.incomplete) continue;
      const count = layer.objects.length;
      if (layer.directory !== undefined && count === 0) {
        yield {
          on: layer,
          what: `the layer "${layer.name}" is empty`,
          expected: 'objects, layers below it, or a source and a path',
          given: 'nothing',
          fix: 'put something into it, or leave it out: Flux fails on an empty directory',
        };
      }
      if (layer.directory === undefined && count > 0) {
        yield {
          on: layer,
          what: `the layer "${layer.name}" has both a source and content of its own`,
          expected: 'one of them',
          given: `a source, and ${count} object${count === 1 ? '' : 's'} such as ${layer.objects[0]!.construct}`,
          fix: 'put the objects into another layer that it depends on, or that depends on it',
        };
      }
    }
  },
};
