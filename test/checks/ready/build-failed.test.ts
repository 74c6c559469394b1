import { expect, test } from '@jest/globals';
import { buildFailed } from '../../../lib/checks/ready/build-failed.js';
import type { Finding } from '../../../lib/finding.js';
import type { ClusterModel, DirectoryFacts } from '../../../lib/model/cluster-model.js';
import { checkCluster } from '../../../lib/checks/index.js';
import { kustomization, manifest, yamlCluster } from '../../support/yaml-cluster.js';

const OBJECT = manifest('v1', 'ConfigMap', 'a');

test('what kustomize says is told', () => {
  expect(
    findingsWith({ error: 'error: no resource matches strategic merge patch "x": no matches for Id x' }),
  ).toMatchObject([
    {
      what: 'kustomize cannot build the directory "layers/apps" of the Kustomization "apps": Flux applies nothing of it',
      given: 'no resource matches strategic merge patch "x": no matches for Id x',
      fix: 'a patch or replacement is for an object that is not in the directory: mend its target, or take it away',
    },
  ]);
});

test.each([
  [
    "accumulating resources from 'a.yaml': may not add resource with an already registered id: ConfigMap.v1",
    'two files have the same object',
  ],
  [
    "accumulation err='x': evalsymlink failure on '/a/b.yaml' : lstat /a/b.yaml: no such file or directory",
    'lists what is not there',
  ],
  ['apps/kustomization.yaml names a.yaml, which is not there', 'lists what is not there'],
  ['invalid Kustomization: json: unknown field "resource"', 'a field that kustomize does not know'],
  ["security; file '/etc/a' is not in or below '/tmp/x'", 'outside of the source'],
  ['cycle detected: candidate root contains visited root', 'a directory that it is in itself'],
  ['something new', 'build it yourself'],
])('%s is told with how to mend it', (error, fix) => {
  expect(findingsWith({ error })).toMatchObject([{ fix: expect.stringContaining(fix) }]);
});

test('words of many loaders are shortened to the last ones', () => {
  const loaders = 'accumulating resources: '.repeat(20);
  const [finding] = findingsWith({ error: `${loaders}may not add resource with an already registered id: a` });
  expect(finding!.given).toBe('may not add resource with an already registered id: a');
  expect(findingsWith({ error: 'x'.repeat(1000) })[0]!.given).toHaveLength(240);
});

test('a directory that can be built is fine', () => {
  expect(findingsWith({})).toEqual([]);
});

/** What is said of a layer `apps` of whose directory this is known. */
function findingsWith(facts: Partial<DirectoryFacts>, content = '', spec: object = {}): readonly Finding[] {
  const model = yamlCluster({
    'flux-system': kustomization('apps', spec) + kustomization('web'),
    apps: content,
    web: OBJECT,
  });
  return checkCluster(withFacts(model, facts), [buildFailed]).findings;
}

function withFacts(model: ClusterModel, facts: Partial<DirectoryFacts>): ClusterModel {
  const layers = model.layers.map((l) => (l.name === 'apps' ? { ...l, facts: { ...l.facts!, ...facts } } : l));
  return { ...model, layers };
}
