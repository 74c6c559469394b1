import { expect, test } from '@jest/globals';
import { ConfigMap } from 'cdk8s-flux-fleet';
import { findingsInLayer, object, rulesOf } from '../support.js';

/** A release that reads values by the name of a ConfigMap. */
function release(name: string, more: object = {}): object {
  return {
    apiVersion: 'helm.toolkit.fluxcd.io/v2',
    kind: 'HelmRelease',
    spec: {
      interval: '1h',
      serviceAccountName: 'default',
      chartRef: { kind: 'OCIRepository', name: 'flux-system', namespace: '${NAMESPACE}' },
      valuesFrom: [{ kind: 'ConfigMap', name, ...more }],
    },
  };
}

test('values from a ConfigMap that is not there are told, with the names that are', () => {
  const found = findingsInLayer((layer) => {
    new ConfigMap(layer, 'settings', { data: { 'values.yaml': 'a: 1\n' } });
    object(layer, 'web', release('values'));
  });
  expect(found.filter((f) => f.rule === 'config-map-missing')).toMatchObject([
    {
      what: 'HelmRelease "base/web" needs the ConfigMap "base/values", which nothing makes: Flux reports \'configmaps "values" not found\', and neither installs nor upgrades the release',
      expected: 'a ConfigMap of this name in base; there is settings',
    },
  ]);
});

test.each([
  ['one that is there', 'settings', {}],
  ['one that may be missing', 'values', { optional: true }],
  ['the one that is in every namespace', 'kube-root-ca.crt', { valuesKey: 'ca.crt', targetPath: 'ca' }],
])('%s is fine', (_, name, more) => {
  const found = findingsInLayer((layer) => {
    new ConfigMap(layer, 'settings', { data: { 'values.yaml': 'a: 1\n' } });
    object(layer, 'web', release(name, more));
  });
  expect(rulesOf(found)).not.toContain('config-map-missing');
});
