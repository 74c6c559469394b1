import { expect, test } from '@jest/globals';
import { allow, ConfigMap, InfraComponent, Kustomization, Layer, Secret, Source } from 'cdk8s-flux-fleet';
import { parse } from 'yaml';
import { filesOf, testCluster } from '../support/fleet.js';

test('what is allowed stands there for each object, with the reason', () => {
  const cluster = testCluster();
  const layer = new Layer(cluster, 'base', { namespace: 'apps' });
  new Secret(layer, 'b', { stringData: { token: 'x' }, plaintextBecause: 'A demo: everybody knows it.' });
  const a = new Secret(layer, 'a', { stringData: { token: 'x' } });
  allow(a, { rule: 'plaintext-secret', reason: 'Public anyway.' });
  const text = filesOf(cluster)['flux-fleet.yaml']!;
  expect(text.slice(0, text.indexOf('cluster:'))).toMatchInlineSnapshot(`
   "allowed:
     - object: Secret/apps/a
       reason: Public anyway.
       rule: plaintext-secret
     - object: Secret/apps/b
       reason: "A demo: everybody knows it."
       rule: plaintext-secret
   "
  `);
});

test('what is allowed does not depend on the order of the code', () => {
  const build = (names: readonly string[]) => {
    const cluster = testCluster();
    const layer = new Layer(cluster, 'base', { namespace: 'apps' });
    for (const name of names)
      new Secret(layer, name, { stringData: { a: 'x' }, plaintextBecause: `Because of ${name}.` });
    return filesOf(cluster)['flux-fleet.yaml'];
  };
  expect(build(['b', 'a', 'c'])).toBe(build(['a', 'b', 'c']));
});

test('what exists does not depend on the order of the code', () => {
  const exists = ['b', 'a', 'c'].map((name) => ({ kind: 'Secret', name, namespace: 'flux-system' }));
  const [one, other] = [exists, [...exists].reverse()].map(
    (e) => filesOf(testCluster({ exists: e }))['flux-fleet.yaml'],
  );
  expect(one).toBe(other);
});

test('values of variables stay text: numbers and booleans in quotes', () => {
  const text = filesOf(testCluster({ variables: { REPLICAS: '3', DEBUG: 'true', ZONE: '0644' } }))['flux-fleet.yaml'];
  expect(text).toContain('variables:\n  DEBUG: "true"\n  REPLICAS: "3"\n  ZONE: "0644"\n');
});

test('CRDs of components stand there once each', () => {
  const cluster = testCluster();
  for (const name of ['b', 'a']) {
    new InfraComponent(cluster, name, { namespace: name, provides: ['things.example.com', `${name}.example.com`] });
  }
  expect(filesOf(cluster)['flux-fleet.yaml']).toContain(
    'provides:\n  - a.example.com\n  - b.example.com\n  - things.example.com\n',
  );
});

test('no line of code, no directory of this machine and no time stands there', () => {
  const cluster = testCluster({ variables: { A: '1' } });
  new Secret(new Layer(cluster, 'base', { namespace: 'apps' }), 'a', {
    stringData: { a: 'x' },
    plaintextBecause: 'Why not.',
  });
  const text = filesOf(cluster)['flux-fleet.yaml']!;
  expect(text).not.toMatch(/\.ts|:\d+:\d+|20\d\d-/);
  expect(text).not.toContain(process.cwd());
});

test('what has to exist on a cluster that a hub applies to is listed with the kubeConfig, unless it is emitted there', () => {
  const cluster = testCluster();
  const kubeConfig = { secretRef: Secret.fromName('edge') };
  const edge = new Layer(cluster, 'edge', { namespace: 'apps', kubeConfig });
  new ConfigMap(edge, 'here', { data: { A: 'b' } });
  const substituteFrom = ['here', 'there'].map((name) => ({ from: ConfigMap.fromName(name) }));
  const source = Source.fromName('GitRepository', 'apps');
  new Kustomization(edge, 'apps', { source, path: './', postBuild: { substituteFrom } });
  expect(parse(filesOf(cluster)['flux-fleet.yaml']!)).toMatchObject({
    exists: [
      { kind: 'Secret', name: 'edge', namespace: 'flux-system' },
      { kind: 'ConfigMap', name: 'there', namespace: 'apps', kubeConfig: 'Secret/edge' },
      { kind: 'GitRepository', name: 'apps', namespace: 'apps', kubeConfig: 'Secret/edge' },
    ],
  });
});
