import type { Rule } from '../rule.js';

/** Every layer has content or a source, and not both: an empty one is a slip, and Flux prunes for it in silence. */
export const layerContent: Rule = {
  id: 'layer-content',
  title: 'A layer has content of its own or a source, and not both.',
  *check(cluster) {
    for (const layer of cluster.layers) {
      // Of directories that were read from files another rule speaks.
      if (layer.directory === '' || layer.incomplete || layer.facts) continue;
      const count = layer.objects.length;
      if (layer.directory !== undefined && count === 0) {
        yield {
          on: layer,
          what: `the layer "${layer.name}" is empty`,
          expected: 'objects, layers below it, or a source and a path',
          given: 'nothing',
          fix: 'put something into it, or leave it out: Flux takes an empty directory for ready, and deletes what it had applied before',
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
