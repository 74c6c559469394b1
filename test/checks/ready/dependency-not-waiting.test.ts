import { expect, test } from '@jest/globals';
import { dependencyNotWaiting } from '../../../lib/checks/ready/dependency-not-waiting.js';
import { helmRelease, kustomization, manifest, yamlFindings } from '../../support/yaml-cluster.js';

const DEPENDENT = kustomization('apps', { dependsOn: [{ name: 'infra' }] });
const RELEASE = helmRelease('cert-manager');

/** What is said of `infra`, which `apps` depends on. */
function findingsOf(infra: object, content: Readonly<Record<string, string>>, dependent = DEPENDENT) {
  return yamlFindings(dependencyNotWaiting, { 'flux-system': kustomization('infra', infra) + dependent, ...content });
}

test('a layer with a HelmRelease that does not wait for it is told, where others depend on it', () => {
  expect(findingsOf({}, { infra: RELEASE, apps: '' })).toMatchObject([
    {
      rule: 'dependency-not-waiting',
      severity: 'warning',
      what: 'the Kustomization "infra" is ready as soon as it is applied: the Kustomization "apps" will not wait for HelmRelease "apps/cert-manager"',
      given: 'neither wait nor healthChecks',
      where: { construct: 'test/infra' },
    },
  ]);
});

test.each([
  ['wait', { wait: true }],
  ['healthChecks', { healthChecks: [{ apiVersion: 'apps/v1', kind: 'Deployment', name: 'a', namespace: 'a' }] }],
])('one with %s is fine', (_, spec) => {
  expect(findingsOf(spec, { infra: RELEASE })).toEqual([]);
});

test('a dependency with a readyExpr says itself what is ready', () => {
  const dependsOn = [{ name: 'infra', readyExpr: 'dep.status.inventory.entries.size() > 0' }];
  expect(findingsOf({}, { infra: RELEASE }, kustomization('apps', { dependsOn }))).toEqual([]);
});

test('expressions alone make nothing wait', () => {
  const healthCheckExprs = [{ apiVersion: 'a.io/v1', kind: 'A', current: 'true' }];
  expect(findingsOf({ healthCheckExprs }, { infra: RELEASE })).toMatchObject([
    { given: 'healthCheckExprs alone, which Flux reads only together with wait or healthChecks' },
  ]);
});

test.each([
  ['a Namespace', manifest('v1', 'Namespace', 'apps')],
  ['a CRD', manifest('apiextensions.k8s.io/v1', 'CustomResourceDefinition', 'a.example.com')],
  ['a custom resource', manifest('kyverno.io/v1', 'ClusterPolicy', 'a')],
  [
    'a HelmRelease that Flux leaves alone',
    helmRelease('a', {}, { labels: { 'kustomize.toolkit.fluxcd.io/ssa': 'ignore' } }),
  ],
])('a layer with no more than %s need not wait', (_, infra) => {
  expect(findingsOf({}, { infra })).toEqual([]);
});

test('a layer whose content is not known is told too', () => {
  expect(findingsOf({}, {})).toMatchObject([
    {
      what: 'Kustomization "infra" is ready as soon as it is applied: Kustomization "apps" will not wait for what comes from its source',
    },
  ]);
});

test('what its own layers contain counts', () => {
  const content = {
    infra: kustomization('inner', { wait: true }),
    inner: manifest('apps/v1', 'Deployment', 'a'),
    apps: '',
  };
  expect(findingsOf({}, content)).toMatchObject([
    {
      what: 'the Kustomization "infra" is ready as soon as it is applied: the Kustomization "apps" will not wait for Kustomization "inner", which it contains',
    },
  ]);
});

test('many dependents are told in one sentence', () => {
  const names = Array.from({ length: 200 }, (_, i) => `tenant-${i}`);
  const dependents = names.map((n) => kustomization(n, { dependsOn: [{ name: 'infra' }] })).join('');
  const [finding, ...more] = findingsOf({}, { infra: RELEASE }, dependents);
  expect(finding?.what).toContain(
    '"tenant-0", Kustomization "tenant-1", Kustomization "tenant-2" and 197 more will not wait',
  );
  expect(more).toEqual([]);
});

test('the root is not told: it contains those that wait for it', () => {
  const yaml = { 'flux-system': RELEASE + kustomization('apps', { dependsOn: [{ name: 'flux-system' }] }), apps: '' };
  expect(yamlFindings(dependencyNotWaiting, yaml)).toEqual([]);
});
