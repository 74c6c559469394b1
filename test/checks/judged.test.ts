import { expect, test } from '@jest/globals';
import { checkCluster } from '../../lib/checks/index.js';
import { Judged } from '../../lib/checks/judged.js';
import type { Rule } from '../../lib/checks/rule.js';
import type { ClusterModel } from '../../lib/model/cluster-model.js';
import { SharedObjects } from '../../lib/model/shared-objects.js';
import { Texts } from '../../lib/yaml/write.js';
import { manifest, yamlCluster } from '../support/yaml-cluster.js';

const ONE = manifest('v1', 'Namespace', 'one');
const TWO = manifest('v1', 'Namespace', 'two');
const CRD = manifest('apiextensions.k8s.io/v1', 'CustomResourceDefinition', 'widgets.example.com', {});

/** The names of the objects that are judged, cluster by cluster, by a run. */
function judgedIn(
  clusters: readonly ClusterModel[],
  wrong: readonly string[] = [],
  shared?: SharedObjects,
): string[][] {
  const judged = new Judged();
  return clusters.map((cluster) => {
    const names: string[] = [];
    const rule: Rule = {
      id: 'a',
      *check({ unjudged }) {
        for (const { on, id } of unjudged) {
          names.push(id.name);
          if (wrong.includes(id.name)) yield { on, what: 'it is wrong' };
        }
      },
    };
    checkCluster(cluster, [rule], { known: { judged, texts: new Texts(), shared } });
    return names;
  });
}

const cluster = (yaml: string, more: Partial<ClusterModel> = {}): ClusterModel =>
  yamlCluster({ 'flux-system': yaml }, more);

test('an object that two clusters have is judged once', () => {
  expect(judgedIn([cluster(ONE), cluster(ONE + TWO), cluster(ONE + TWO)])).toEqual([['one'], ['two'], []]);
});

test('an object that differs in anything is another one', () => {
  const other = manifest('v1', 'Namespace', 'one', {}, { labels: { a: 'b' } });
  expect(judgedIn([cluster(ONE), cluster(other)])).toEqual([['one'], ['one']]);
});

test('what something was said of is judged on each cluster', () => {
  expect(judgedIn([cluster(ONE + TWO), cluster(ONE + TWO)], ['two'])).toEqual([['one', 'two'], ['two']]);
});

test('the releases that a cluster runs, and the CRDs that it is given, make another judgement', () => {
  const crds = [{ kind: 'CustomResourceDefinition' }];
  const clusters = [{}, { kubernetesVersion: '1.30' }, { fluxVersion: '2.5' }, { crds }, { partial: true }];
  const twice = [...clusters, ...clusters].map((more) => cluster(ONE, more));
  expect(judgedIn(twice)).toEqual([...clusters.map(() => ['one']), ...clusters.map(() => [])]);
});

test('a cluster that brings kinds of its own is judged whole', () => {
  const names = ['one', 'widgets.example.com'];
  expect(judgedIn([cluster(ONE + CRD), cluster(ONE + CRD)])).toEqual([names, names]);
});

test('where objects that come again are known by themselves, another one that is equal is judged again', () => {
  const [one, two] = [cluster(ONE), cluster(ONE)];
  const shared = new SharedObjects(true);
  shared.add(one.layers[0]!.objects[0]!.object);
  expect(judgedIn([one, two, one, two], [], shared)).toEqual([['one'], ['one'], [], ['one']]);
});
