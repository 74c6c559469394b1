import { expect, test } from '@jest/globals';
import { healthCheckMissing } from '../../../lib/checks/ready/health-check-missing.js';
import { helmRelease, kustomization, manifest, yamlFindings } from '../../support/yaml-cluster.js';

/** What is said of a Kustomization `web` with these health checks; the namespace `apps` and a release `web` are there. */
function findings(healthChecks: readonly object[], spec: object = {}, more: object = {}) {
  return yamlFindings(
    healthCheckMissing,
    {
      'flux-system': kustomization('web', { healthChecks, ...spec }),
      web: `---\napiVersion: v1\nkind: Namespace\nmetadata: {name: apps}\n` + helmRelease('web'),
    },
    more,
  );
}

const RELEASE = { apiVersion: 'helm.toolkit.fluxcd.io/v2', kind: 'HelmRelease' };

test('a release of that name that nothing makes is told', () => {
  expect(findings([{ ...RELEASE, name: 'wbe', namespace: 'apps' }])).toMatchObject([
    {
      rule: 'health-check-missing',
      what: 'Kustomization "web" waits for HelmRelease "apps/wbe", which nothing makes: the health check fails when the timeout is over, and it is never ready',
      expected: 'a HelmRelease that is there in apps',
      given: 'wbe',
    },
  ]);
});

test('a namespace that nothing makes is told', () => {
  expect(findings([{ apiVersion: 'apps/v1', kind: 'Deployment', name: 'web', namespace: 'asp' }])).toMatchObject([
    { what: expect.stringContaining('in a namespace that nothing makes'), given: 'asp' },
  ]);
});

test('a kind that is not in that group is told', () => {
  const pod = { apiVersion: 'apps/v1', kind: 'Pod', name: 'web', namespace: 'apps' };
  expect(findings([pod])).toMatchObject([{ what: expect.stringContaining('where there is no such kind') }]);
});

test('a kind that moved to another group is told with the one that it has', () => {
  const old = { apiVersion: 'extensions/v1beta1', kind: 'Deployment', name: 'web', namespace: 'apps' };
  expect(findings([old])).toMatchObject([{ expected: 'apps/v1', given: 'extensions/v1beta1' }]);
});

test('a namespace that is left out is told', () => {
  expect(findings([{ apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' }])).toMatchObject([
    { expected: 'the namespace beside the name' },
  ]);
});

test.each([
  [{ ...RELEASE, name: 'web', namespace: 'apps' }],
  [{ apiVersion: 'apps/v1', kind: 'Deployment', name: 'of-the-chart', namespace: 'apps' }],
  // Without an apiVersion it is apps/v1.
  [{ kind: 'Deployment', name: 'web', namespace: 'apps' }],
  // Only the group counts.
  [{ apiVersion: 'helm.toolkit.fluxcd.io/v2beta1', kind: 'HelmRelease', name: 'web', namespace: 'apps' }],
  [{ apiVersion: 'example.com/v1', kind: 'Thing', name: 'x' }],
  [{ apiVersion: 'apps/v1', kind: 'Deployment', name: 'web', namespace: '${team}' }],
  [{ apiVersion: 'v1', kind: 'Namespace', name: 'anything' }],
])('%j can be there', (check) => {
  expect(findings([check])).toEqual([]);
});

test('with wait nothing of it is read', () => {
  expect(findings([{ ...RELEASE, name: 'wbe', namespace: 'apps' }], { wait: true })).toEqual([]);
});

test('what others make is declared', () => {
  const exists = [{ kind: 'HelmRelease', name: 'theirs', namespace: 'apps' }];
  expect(findings([{ ...RELEASE, name: 'theirs', namespace: 'apps' }], {}, { exists })).toEqual([]);
});

test('what a source that is not here brings is not known', () => {
  const yaml = {
    'flux-system':
      kustomization('web', { healthChecks: [{ ...RELEASE, name: 'theirs', namespace: 'apps' }] }) +
      kustomization('elsewhere', { sourceRef: { kind: 'GitRepository', name: 'theirs' } }) +
      manifest('source.toolkit.fluxcd.io/v1', 'GitRepository', 'theirs', { url: 'https://example.com/x' }),
    web: '',
  };
  expect(yamlFindings(healthCheckMissing, yaml)).toEqual([]);
});
