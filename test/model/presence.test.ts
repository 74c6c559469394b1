import { expect, test } from '@jest/globals';
import { ConfigMap, Layer, Namespace, Propagation } from 'cdk8s-flux-fleet';
import type { Cluster, ClusterProps } from 'cdk8s-flux-fleet';
import { ClusterState } from '../../lib/model/cluster-state.js';
import { keysOf, presenceOf } from '../../lib/model/presence.js';
import { clusterManifests } from '../../lib/synth/manifests.js';
import { object } from '../checks/support.js';
import { testCluster } from '../support/fleet.js';

function state(fill: (cluster: Cluster) => unknown, props: ClusterProps = {}): ClusterState {
  const cluster = testCluster(props);
  fill(cluster);
  return new ClusterState(clusterManifests(cluster, 'test', []));
}

const SEALED = {
  apiVersion: 'bitnami.com/v1alpha1',
  kind: 'SealedSecret',
  metadata: { name: 'login', namespace: 'base' },
  spec: { encryptedData: { user: 'x', password: 'x' } },
};

test('it is known how something comes to be on the cluster', () => {
  const exists = [{ kind: 'Secret', name: 'by-hand', namespace: 'base', keys: ['token'] }];
  const cluster = state(
    (c) => {
      const layer = new Layer(c, 'base', { namespace: 'base' });
      new ConfigMap(layer, 'settings', { data: { A: 'b' } });
      object(layer, 'sealed', SEALED);
    },
    { exists },
  );
  const by = (kind: string, name: string, namespace?: string) =>
    presenceOf(cluster, { kind, name, namespace, target: '' })?.by;
  expect(by('ConfigMap', 'settings', 'base')).toBe('fleet');
  expect(by('Secret', 'login', 'base')).toBe('controller');
  expect(by('Secret', 'by-hand', 'base')).toBe('declaration');
  expect(by('GitRepository', 'flux-system', 'flux-system')).toBe('installation');
  expect(by('ServiceAccount', 'helm-controller', 'flux-system')).toBe('installation');
  expect(by('ServiceAccount', 'source-watcher', 'flux-system')).toBeUndefined();
  expect(by('Namespace', 'default')).toBe('kubernetes');
  expect(by('Secret', 'login', 'other')).toBeUndefined();
});

test('keys are known of what is emitted, sealed or declared with keys', () => {
  const exists = [
    { kind: 'Secret', name: 'by-hand', namespace: 'base', keys: ['token'] },
    { kind: 'Secret', name: 'unknown', namespace: 'base' },
  ];
  const cluster = state((c) => object(new Layer(c, 'base'), 'sealed', SEALED), { exists });
  const keys = (name: string) => keysOf(cluster, { kind: 'Secret', name, namespace: 'base', target: '' });
  expect(keys('login')).toEqual(['password', 'user']);
  expect(keys('by-hand')).toEqual(['token']);
  expect(keys('unknown')).toBeUndefined();
});

test('what Kyverno copies is there only where the namespace and the original have the labels', () => {
  const labels = { copied: 'yes' };
  const cluster = state((c) => {
    const layer = new Layer(c, 'base', { namespace: 'flux-system' });
    new Namespace(layer, 'chosen', { labels });
    new Namespace(layer, 'other');
    new ConfigMap(layer, 'facts', { labels });
    new ConfigMap(layer, 'own', {});
    new Propagation(layer, 'copy', { kind: 'ConfigMap', matchLabels: labels });
  });
  const by = (name: string, namespace: string) =>
    presenceOf(cluster, { kind: 'ConfigMap', name, namespace, target: '' })?.by;
  expect(by('facts', 'chosen')).toBe('controller');
  expect(by('facts', 'other')).toBeUndefined();
  expect(by('own', 'chosen')).toBeUndefined();
  expect(by('nothing', 'chosen')).toBeUndefined();
});

test('two policies that copy from each other end the search', () => {
  const rule = (from: string, to: string) => ({
    name: to,
    match: { any: [{ resources: { kinds: ['Namespace'] } }] },
    generate: { namespace: to, cloneList: { namespace: from, kinds: ['v1/Secret'], selector: { matchLabels: {} } } },
  });
  const cluster = state((c) =>
    object(new Layer(c, 'base'), 'loop', {
      apiVersion: 'kyverno.io/v1',
      kind: 'ClusterPolicy',
      spec: { rules: [rule('a', 'b'), rule('b', 'a')] },
    }),
  );
  expect(presenceOf(cluster, { kind: 'Secret', name: 'x', namespace: 'a', target: '' })).toBeUndefined();
});
