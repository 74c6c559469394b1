import { expect, test } from '@jest/globals';
import { ConfigMap, GitRef, Layer, Namespace, Source } from 'cdk8s-flux-fleet';
import { findingsIn, findingsInLayer, object, rulesOf } from '../support.js';

test('a namespace that nothing makes is told once for a layer', () => {
  const found = findingsInLayer((layer) => {
    new ConfigMap(layer, 'one', { namespace: 'bas' });
    new ConfigMap(layer, 'two', { namespace: 'bas' });
    new ConfigMap(layer, 'three', { namespace: 'base' });
  });
  expect(found).toMatchObject([
    {
      rule: 'namespace-missing',
      what: 'ConfigMap "bas/one" (and 1 more beside it) stands in the namespace "bas", which nothing makes: the API server refuses it, and Flux applies nothing more of the layer "base"',
      expected: 'a Namespace that is there: did you mean "base"?',
      given: 'bas',
    },
  ]);
});

test.each(['default', 'kube-system', 'flux-system', 'team'])('%s is there', (namespace) => {
  const found = findingsInLayer((layer) => {
    new Namespace(layer, 'team');
    new ConfigMap(layer, 'one', { namespace });
  });
  expect(found).toEqual([]);
});

test('a release makes its target namespace where it says so', () => {
  const rules = (install: object) =>
    rulesOf(
      findingsInLayer((layer) => {
        object(layer, 'web', {
          apiVersion: 'helm.toolkit.fluxcd.io/v2',
          kind: 'HelmRelease',
          spec: { interval: '1h', targetNamespace: 'web', serviceAccountName: 'default', install },
        });
      }),
    );
  expect(rules({})).toContain('namespace-missing');
  expect(rules({ createNamespace: true })).not.toContain('namespace-missing');
});

test('a layer of others that may write everywhere may bring it', () => {
  const found = findingsIn((cluster) => {
    const source = Source.git({ url: 'https://github.com/acme/vendor', ref: GitRef.branch('main') });
    new Layer(cluster, 'vendor', { source, path: './' });
    new ConfigMap(new Layer(cluster, 'base', { namespace: 'vendor' }), 'settings', {});
  });
  expect(found).toEqual([]);
});
