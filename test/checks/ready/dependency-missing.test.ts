import { expect, test } from '@jest/globals';
import { ConfigMap, Layer, Namespace, Secret, Tenant } from 'cdk8s-flux-fleet';
import type { Cluster } from 'cdk8s-flux-fleet';
import { dependencyMissing } from '../../../lib/checks/ready/dependency-missing.js';
import { helmRelease, kustomization, yamlFindings } from '../../support/yaml-cluster.js';
import { findingsIn } from '../support.js';

test('a layer that depends on one that is leaving is told', () => {
  expect(findingsIn((cluster) => dependentOnOwnLayer(cluster, true))).toMatchObject([
    {
      rule: 'dependency-missing',
      what: 'the layer "reports" depends on "dev-team-settings", which is not on the cluster: Flux waits for it for ever',
      where: { construct: 'test/reports' },
    },
  ]);
});

test('a layer that depends on one that stays is fine', () => {
  expect(findingsIn((cluster) => dependentOnOwnLayer(cluster, false))).toEqual([]);
});

test('the layer of a tenant that is leaving is still there to depend on', () => {
  const findings = findingsIn((cluster) => {
    const tenant = new Tenant(cluster, 'dev-team', { namespaces: ['apps'], offboarding: true });
    new Namespace(new Layer(cluster, 'reports', { dependsOn: [tenant] }), 'reports');
  });
  expect(findings).toEqual([]);
});

test('a layer whose Kustomization a hub applies elsewhere finds none of the hub’s layers there', () => {
  const findings = findingsIn((cluster) => {
    const home = new Layer(cluster, 'home');
    const edge = new Layer(cluster, 'edge', { kubeConfig: { secretRef: Secret.fromName('edge') }, dependsOn: [home] });
    const first = new Layer(edge, 'first');
    const second = new Layer(edge, 'second', { dependsOn: [first, home] });
    for (const layer of [home, edge, first, second]) new Namespace(layer, layer.name);
  });
  expect(findings).toMatchObject([
    {
      rule: 'dependency-missing',
      given: 'home, which is on the cluster that the hub itself is',
      where: { construct: 'test/edge/second' },
    },
  ]);
});

// Kustomizations of any namespace, and HelmReleases

test('a Kustomization of a tenant looks in its own namespace', () => {
  const of = (dependsOn: object[]) => ({
    'flux-system': kustomization('base') + kustomization('app', { dependsOn }, { namespace: 'apps' }),
    base: '',
  });
  expect(yamlFindings(dependencyMissing, of([{ name: 'base' }]))).toMatchObject([
    {
      what: 'Kustomization "apps/app" depends on "base", which is not on the cluster: Flux waits for it for ever',
      expected: 'a Kustomization of this cluster in apps',
      fix: 'write namespace: flux-system beside the name, or take the dependency away',
    },
  ]);
  expect(yamlFindings(dependencyMissing, of([{ name: 'base', namespace: 'flux-system' }]))).toEqual([]);
});

test('a HelmRelease that depends on one that is not there is told', () => {
  const yaml = { 'flux-system': helmRelease('app', { dependsOn: [{ name: 'redis' }] }) };
  expect(yamlFindings(dependencyMissing, yaml)).toMatchObject([
    { what: 'HelmRelease "apps/app" depends on "redis", which is not on the cluster: Flux waits for it for ever' },
  ]);
});

test('a mistyped name is told with the one that was meant', () => {
  const yaml = {
    'flux-system': kustomization('infra') + kustomization('apps', { dependsOn: [{ name: 'infar' }] }),
    infra: '',
    apps: '',
  };
  expect(yamlFindings(dependencyMissing, yaml)).toMatchObject([{ fix: 'write "infra", or take the dependency away' }]);
});

test('what is declared is there', () => {
  const yaml = { 'flux-system': helmRelease('app', { dependsOn: [{ name: 'redis' }] }) };
  const exists = [{ kind: 'HelmRelease', namespace: 'apps', name: 'redis' }];
  expect(yamlFindings(dependencyMissing, yaml, { exists })).toEqual([]);
});

test.each([
  ['of its namespace', kustomization('elsewhere', {}, { namespace: 'apps' }), 0],
  ['that applies to its namespace', kustomization('elsewhere', { targetNamespace: 'apps' }), 0],
  ['that applies to another one', kustomization('elsewhere', { targetNamespace: 'other' }, { namespace: 'apps' }), 1],
  ['of another one', kustomization('elsewhere', {}, { namespace: 'other' }), 1],
])('a source that is not here, %s, may bring it or not', (_, elsewhere, count) => {
  const yaml = { 'flux-system': elsewhere + helmRelease('app', { dependsOn: [{ name: 'redis' }] }) };
  expect(yamlFindings(dependencyMissing, yaml)).toHaveLength(count);
});

test('of a directory that some cluster applies nothing is known', () => {
  const yaml = { 'flux-system': helmRelease('app', { dependsOn: [{ name: 'redis' }] }) };
  expect(yamlFindings(dependencyMissing, yaml, { partial: true })).toEqual([]);
});

test('the name of a layer on another cluster of a hub is told as such', () => {
  const edge = { kubeConfig: { secretRef: { name: 'edge' } } };
  const yaml = {
    'flux-system': kustomization('home') + kustomization('edge', edge),
    home: '',
    edge: kustomization('second', { dependsOn: [{ name: 'home' }] }),
    second: '',
  };
  expect(yamlFindings(dependencyMissing, yaml)).toMatchObject([
    { given: 'home, which is on the cluster that the hub itself is' },
  ]);
});

function dependentOnOwnLayer(cluster: Cluster, offboarding: boolean): void {
  const tenant = new Tenant(cluster, 'dev-team', { namespaces: ['apps'], offboarding });
  const settings = new Layer(tenant, 'dev-team-settings');
  new ConfigMap(settings, 'settings');
  new Namespace(new Layer(cluster, 'reports', { dependsOn: [settings] }), 'reports');
}
