import { expect, test } from '@jest/globals';
import { Layer, Namespace } from 'cdk8s-flux-fleet';
import { rulesOf } from '../support.js';
import { layerDirectories } from '../../../lib/checks/accident/layer-directories.js';
import { accidentsIn, toldBy } from './support.js';

/** What is wrong with layers in these directories. */
function findingsWith(...directories: string[]) {
  return accidentsIn((cluster) => {
    for (const [i, directory] of directories.entries()) {
      new Namespace(new Layer(cluster, `layer-${i}`, { directory }), `namespace-${i}`);
    }
  });
}

test.each([
  [['a', 'a'], 'the directory of the layer "layer-1" is also that of "layer-0"'],
  [['a', 'A'], 'the directory of the layer "layer-1" differs only in case from that of "layer-0"'],
  [['a/b', 'a/b/c'], 'the directory of the layer "layer-1" lies inside that of "layer-0"'],
  [['a/b/c', 'a/b'], 'the directory of the layer "layer-1" encloses that of "layer-0"'],
  [['A/b', 'a/B/c'], 'the directory of the layer "layer-1" lies inside that of "layer-0"'],
])('of the directories %j the second is told', (directories, what) => {
  expect(findingsWith(...directories)).toMatchObject([
    { rule: 'layer-directories', what, where: { construct: 'test/layer-1' } },
  ]);
});

test.each([[['a', 'b']], [['a/b', 'a/c']], [['a', 'ab']], [['a/b', 'a/b-c']]])(
  'the directories %j lie side by side',
  (directories) => {
    expect(findingsWith(...directories)).toEqual([]);
  },
);

test('each pair is told', () => {
  expect(rulesOf(findingsWith('a', 'a/b', 'a/b/c'))).toHaveLength(3);
});

test('where directories were read, what each builds is known, and this rule is silent', () => {
  const told = toldBy(
    layerDirectories,
    (cluster) => {
      for (const name of ['one', 'two']) new Namespace(new Layer(cluster, name, { directory: 'apps' }), name);
    },
    {},
    (model) => ({
      ...model,
      layers: model.layers.map((l) => ({ ...l, facts: { path: l.directory ?? '', exists: true, remote: [] } })),
    }),
  );
  expect(told).toEqual([]);
});
