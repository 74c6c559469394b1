import { expect, test } from '@jest/globals';
import { pathMissing } from '../../../lib/checks/ready/path-missing.js';
import type { Finding } from '../../../lib/finding.js';
import type { ClusterModel, DirectoryFacts } from '../../../lib/model/cluster-model.js';
import { checkCluster } from '../../../lib/checks/index.js';
import { kustomization, manifest, yamlCluster } from '../../support/yaml-cluster.js';

const OBJECT = manifest('v1', 'ConfigMap', 'a');

test('a directory that is not there is told', () => {
  expect(findingsWith({ path: 'clusters/apps', exists: false })).toMatchObject([
    {
      what: 'the directory "clusters/apps" of the Kustomization "apps" is not in its source: Flux says "path not found", and applies nothing of it',
      fix: 'mend spec.path, or put the directory there',
    },
  ]);
});

test('a file in its place is told as such', () => {
  expect(findingsWith({ path: 'apps/a.yaml', exists: false, isFile: true })).toMatchObject([
    {
      what: 'the directory "apps/a.yaml" of the Kustomization "apps" is a file: Flux says "not a directory", and applies nothing of it',
    },
  ]);
});

test('it is told what was meant', () => {
  expect(findingsWith({ path: 'layers/wep', exists: false })).toMatchObject([
    { fix: 'mend spec.path: there is "layers/web"' },
  ]);
});

test('a path that Flux takes from the root of the source is told as it is there', () => {
  expect(findingsWith({ path: 'x', exists: false }, '', { path: '../x' })).toMatchObject([
    { given: '../x, which is "x" there' },
  ]);
});

test('a directory that is there is fine', () => {
  expect(findingsWith({})).toEqual([]);
});

/** What is said of a layer `apps` of whose directory this is known. */
function findingsWith(facts: Partial<DirectoryFacts>, content = '', spec: object = {}): readonly Finding[] {
  const model = yamlCluster({
    'flux-system': kustomization('apps', spec) + kustomization('web'),
    apps: content,
    web: OBJECT,
  });
  return checkCluster(withFacts(model, facts), [pathMissing]).findings;
}

function withFacts(model: ClusterModel, facts: Partial<DirectoryFacts>): ClusterModel {
  const layers = model.layers.map((l) => (l.name === 'apps' ? { ...l, facts: { ...l.facts!, ...facts } } : l));
  return { ...model, layers };
}
