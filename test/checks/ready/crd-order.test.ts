import { expect, test } from '@jest/globals';
import { crdOrder } from '../../../lib/checks/ready/crd-order.js';
import { helmRelease, kustomization, manifest, yamlFindings } from '../../support/yaml-cluster.js';

const MONITOR = manifest('monitoring.coreos.com/v1', 'ServiceMonitor', 'app', {}, { namespace: 'apps' });
const WIDGET = manifest('example.com/v1', 'Widget', 'w');

test('a layer that does not wait for the one that brings its CRDs is told', () => {
  const findings = yamlFindings(crdOrder, {
    'flux-system': kustomization('monitoring', { wait: true }) + kustomization('apps'),
    monitoring: helmRelease('kube-prometheus-stack'),
    apps: helmRelease('app') + MONITOR,
  });
  expect(findings).toMatchObject([
    {
      rule: 'crd-order',
      severity: 'warning',
      what: `nothing makes the Kustomization "apps" wait for the CRD of ServiceMonitor "apps/app": until it is there, Flux fails with 'no matches for kind "ServiceMonitor"' and applies no more of it than its namespaces and CRDs`,
      given: 'HelmRelease "apps/kube-prometheus-stack"',
      fix: `let "apps" depend on "monitoring", which applies HelmRelease "apps/kube-prometheus-stack"; if the CRD is installed in another way, declare it in 'exists' as a CustomResourceDefinition`,
    },
  ]);
});

test('one that waits for it by way of others is fine', () => {
  const findings = yamlFindings(crdOrder, {
    'flux-system':
      kustomization('monitoring', { wait: true }) +
      kustomization('middle', { dependsOn: [{ name: 'monitoring' }] }) +
      kustomization('apps', { dependsOn: [{ name: 'middle' }] }),
    monitoring: helmRelease('kube-prometheus-stack'),
    middle: '',
    apps: kustomization('inner'),
    inner: MONITOR,
  });
  expect(findings).toEqual([]);
});

test('a layer beside the HelmRelease in their parent does not wait for it', () => {
  const findings = yamlFindings(crdOrder, {
    'flux-system': helmRelease('kube-prometheus-stack') + kustomization('apps'),
    apps: MONITOR,
  });
  expect(findings).toMatchObject([
    {
      fix: expect.stringMatching(
        /^let "apps" depend on a Kustomization of its own for HelmRelease "apps\/kube-prometheus-stack"/,
      ),
    },
  ]);
});

test('a CRD of the fleet in a layer that nothing orders is told', () => {
  const crd = manifest('apiextensions.k8s.io/v1', 'CustomResourceDefinition', 'widgets.example.com', {
    group: 'example.com',
    names: { kind: 'Widget' },
  });
  const findings = yamlFindings(crdOrder, {
    'flux-system': kustomization('crds') + kustomization('apps'),
    crds: crd,
    apps: WIDGET,
  });
  expect(findings).toMatchObject([{ given: 'CustomResourceDefinition "widgets.example.com"' }]);
});

test('of a kind that nobody knows, what may bring it is named', () => {
  const findings = yamlFindings(crdOrder, {
    'flux-system': kustomization('operators') + kustomization('apps'),
    operators: helmRelease('widget-operator'),
    apps: WIDGET,
  });
  expect(findings).toMatchObject([
    { given: 'nothing before it that could bring it; HelmRelease "apps/widget-operator" may, without any order' },
  ]);
});

test('what is in a layer that is ready before may bring it, also deep in it', () => {
  const findings = yamlFindings(crdOrder, {
    'flux-system': kustomization('infra') + kustomization('apps', { dependsOn: [{ name: 'infra' }] }),
    infra: kustomization('elsewhere'),
    apps: WIDGET,
  });
  expect(findings).toEqual([]);
});

test('several resources of a group are told once', () => {
  const findings = yamlFindings(crdOrder, {
    'flux-system': kustomization('operators') + kustomization('apps'),
    operators: helmRelease('widget-operator'),
    apps: WIDGET + manifest('example.com/v1', 'Gadget', 'g'),
  });
  expect(findings).toMatchObject([
    { what: expect.stringContaining('Widget "flux-system/w" (and 1 more of example.com)') },
  ]);
});
