import { expect, test } from '@jest/globals';
import { GitRef, Layer, Namespace, Source } from 'cdk8s-flux-fleet';
import { pathIgnored } from '../../../lib/checks/ready/path-ignored.js';
import type { Finding } from '../../../lib/finding.js';
import type { ClusterModel, DirectoryFacts } from '../../../lib/model/cluster-model.js';
import { checkCluster } from '../../../lib/checks/index.js';
import { filesOf, findingsOf, testCluster } from '../../support/fleet.js';
import { kustomization, manifest, yamlCluster } from '../../support/yaml-cluster.js';

const OBJECT = manifest('v1', 'ConfigMap', 'a');

test('a directory that is not in the artifact is told with what takes it away', () => {
  expect(findingsWith({ ignoredBy: '/apps/ in .sourceignore' })).toMatchObject([
    {
      what: 'the directory "layers/apps" of the Kustomization "apps" is not in the artifact of its source: Flux says "path not found", and applies nothing of it',
      given: '/apps/ in .sourceignore',
    },
  ]);
});

test('one that is in it is fine', () => {
  expect(findingsWith({})).toEqual([]);
});

// At synth

test.each([
  [{ ignore: '/dist/' }, ['flux-system', 'base']],
  [{ ignore: '/*\n!/dist/' }, []],
  [{ ignore: '**/base/' }, ['base']],
  [{ sparseCheckout: ['dist/clusters/test'] }, []],
  [{ sparseCheckout: ['dist/clusters/other'] }, ['flux-system', 'base']],
  [{}, []],
])('a source with %j leaves out %j', (options, left) => {
  const url = 'https://github.com/acme/fleet';
  const source = Source.git({ url, ref: GitRef.branch('main'), ...options });
  const cluster = testCluster({ source });
  new Namespace(new Layer(cluster, 'base'), 'base');
  const findings = findingsOf(() => filesOf(cluster, [pathIgnored]));
  expect(findings.map((f) => /layer "(.*?)"/.exec(f.what)![1])).toEqual(left);
});

/** What is said of a layer `apps` of whose directory this is known. */
function findingsWith(facts: Partial<DirectoryFacts>, content = '', spec: object = {}): readonly Finding[] {
  const model = yamlCluster({
    'flux-system': kustomization('apps', spec) + kustomization('web'),
    apps: content,
    web: OBJECT,
  });
  return checkCluster(withFacts(model, facts), [pathIgnored]).findings;
}

function withFacts(model: ClusterModel, facts: Partial<DirectoryFacts>): ClusterModel {
  const layers = model.layers.map((l) => (l.name === 'apps' ? { ...l, facts: { ...l.facts!, ...facts } } : l));
  return { ...model, layers };
}
