import { expect, test } from '@jest/globals';
import { findingsInLayer, object, rulesOf } from '../support.js';

test('a removed API version is told with the one that is served', () => {
  const findings = findingsInLayer((layer) => {
    object(layer, 'web', { apiVersion: 'helm.toolkit.fluxcd.io/v2beta1', kind: 'HelmRelease' });
  });
  expect(findings).toMatchObject([
    {
      rule: 'api-version-not-served',
      what: 'HelmRelease "web" has an API version that no cluster serves',
      expected: 'helm.toolkit.fluxcd.io/v2',
      given: 'helm.toolkit.fluxcd.io/v2beta1 HelmRelease',
      fix: 'write apiVersion: helm.toolkit.fluxcd.io/v2, and read what changed since',
      where: { construct: 'test/base/web' },
    },
  ]);
});

test('a kind that moved to another group is told with that group', () => {
  const findings = findingsInLayer((layer) => {
    object(layer, 'web', { apiVersion: 'extensions/v1beta1', kind: 'Ingress' });
  });
  expect(findings).toMatchObject([{ rule: 'api-version-not-served', expected: 'networking.k8s.io/v1' }]);
});

test('a kind that its group has not is told', () => {
  const findings = findingsInLayer((layer) => object(layer, 'web', { apiVersion: 'apps/v1', kind: 'Deploymant' }));
  expect(findings).toMatchObject([
    { rule: 'api-version-not-served', expected: 'a kind that apps/v1 has', fix: 'check kind and group' },
  ]);
});

test('served versions are fine', () => {
  const findings = findingsInLayer((layer) => {
    object(layer, 'settings', { apiVersion: 'v1', kind: 'ConfigMap' });
    object(layer, 'scaler', {
      apiVersion: 'autoscaling/v2',
      kind: 'HorizontalPodAutoscaler',
      spec: { maxReplicas: 3, scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' } },
    });
  });
  expect(findings).toEqual([]);
});

test('groups that nothing is known of are fine in any version', () => {
  const findings = findingsInLayer((layer) => {
    object(layer, 'policy', { apiVersion: 'example.com/v1', kind: 'ClusterPolicy' });
    object(layer, 'old', { apiVersion: 'example.com/v1alpha1', kind: 'ClusterThing' });
  });
  expect(findings).toEqual([]);
});

test('each object is told for itself', () => {
  const findings = findingsInLayer((layer) => {
    for (const id of ['a', 'b']) object(layer, id, { apiVersion: 'policy/v1beta1', kind: 'PodDisruptionBudget' });
  });
  expect(rulesOf(findings)).toEqual(['api-version-not-served', 'api-version-not-served']);
});
