import { expect, test } from '@jest/globals';
import { pathEmpty } from '../../../lib/checks/ready/path-empty.js';
import type { Finding } from '../../../lib/finding.js';
import type { ClusterModel, DirectoryFacts } from '../../../lib/model/cluster-model.js';
import { checkCluster } from '../../../lib/checks/index.js';
import { kustomization, manifest, yamlCluster } from '../../support/yaml-cluster.js';

const OBJECT = manifest('v1', 'ConfigMap', 'a');

test('a directory without manifests is told, and what Flux then deletes', () => {
  expect(findingsWith({})).toMatchObject([
    {
      severity: 'warning',
      what: 'the directory "layers/apps" of the Kustomization "apps" holds no manifests: Flux applies nothing and is ready, and deletes what it has applied before',
    },
  ]);
});

test('without prune nothing is deleted', () => {
  expect(findingsWith({}, '', { prune: false })).toMatchObject([{ what: expect.stringMatching(/is ready$/) }]);
});

test.each([
  ['one that holds something', {}, OBJECT],
  ['one that is not there', { exists: false }, ''],
  ['one that is not in the artifact', { ignoredBy: '/apps' }, ''],
  ['one that cannot be built', { error: 'no' }, ''],
  ['one that loads from elsewhere', { remote: ['https://example.com/a.yaml'] }, ''],
])('%s is not empty', (_, facts, content) => {
  expect(findingsWith(facts, content)).toEqual([]);
});

/** What is said of a layer `apps` of whose directory this is known. */
function findingsWith(facts: Partial<DirectoryFacts>, content = '', spec: object = {}): readonly Finding[] {
  const model = yamlCluster({
    'flux-system': kustomization('apps', spec) + kustomization('web'),
    apps: content,
    web: OBJECT,
  });
  return checkCluster(withFacts(model, facts), [pathEmpty]).findings;
}

function withFacts(model: ClusterModel, facts: Partial<DirectoryFacts>): ClusterModel {
  const layers = model.layers.map((l) => (l.name === 'apps' ? { ...l, facts: { ...l.facts!, ...facts } } : l));
  return { ...model, layers };
}
