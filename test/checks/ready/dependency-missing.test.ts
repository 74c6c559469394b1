import { expect, test } from '@jest/globals';
import { ConfigMap, Layer, Namespace, Secret, Tenant } from 'cdk8s-flux-fleet';
import type { Cluster } from 'cdk8s-flux-fleet';
import { findingsIn } from '../support.js';

test('a layer that depends on one that is leaving is told', () => {
  expect(findingsIn((cluster) => dependentOnOwnLayer(cluster, true))).toMatchObject([
    {
      rule: 'dependency-missing',
      what: 'the layer "reports" depends on "dev-team-settings", which is not on the cluster',
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
    { rule: 'dependency-missing', given: 'home', where: { construct: 'test/edge/second' } },
  ]);
});

function dependentOnOwnLayer(cluster: Cluster, offboarding: boolean): void {
  const tenant = new Tenant(cluster, 'dev-team', { namespaces: ['apps'], offboarding });
  const settings = new Layer(tenant, 'dev-team-settings');
  new ConfigMap(settings, 'settings');
  new Namespace(new Layer(cluster, 'reports', { dependsOn: [settings] }), 'reports');
}
