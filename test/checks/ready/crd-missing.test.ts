import { expect, test } from '@jest/globals';
import { crdMissing } from '../../../lib/checks/ready/crd-missing.js';
import { crdOrder } from '../../../lib/checks/ready/crd-order.js';
import { helmRelease, kustomization, manifest, yamlCluster, yamlFindings } from '../../support/yaml-cluster.js';
import { checkCluster } from '../../../lib/checks/index.js';

const ISSUER = manifest('cert-manager.io/v1', 'ClusterIssuer', 'letsencrypt', {}, { namespace: undefined });
const WIDGET = manifest('example.com/v1', 'Widget', 'w');
const CRD = manifest('apiextensions.k8s.io/v1', 'CustomResourceDefinition', 'widgets.example.com', {
  group: 'example.com',
  names: { kind: 'Widget', plural: 'widgets' },
});

/** The rules about CRDs that speak. */
function rulesIn(yaml: Readonly<Record<string, string>>, more: Parameters<typeof yamlCluster>[1] = {}): string[] {
  return checkCluster(yamlCluster(yaml, more), [crdMissing, crdOrder]).findings.map((f) => f.rule);
}

test('a custom resource beside the HelmRelease that brings its CRD is told', () => {
  const findings = yamlFindings(crdMissing, {
    'flux-system': kustomization('infra'),
    infra: helmRelease('cert-manager') + ISSUER,
  });
  expect(findings).toMatchObject([
    {
      rule: 'crd-missing',
      what: `the CRD of ClusterIssuer "letsencrypt" does not come before it: Flux gets 'no matches for kind "ClusterIssuer"' and applies nothing of the Kustomization "infra" but its namespaces and CRDs, so that HelmRelease "apps/cert-manager" never comes either`,
      given: 'HelmRelease "apps/cert-manager", which brings it, in the same Kustomization',
    },
  ]);
});

test('a layer that depends on that of the HelmRelease is fine', () => {
  const yaml = {
    'flux-system':
      kustomization('infra', { wait: true }) + kustomization('issuers', { dependsOn: [{ name: 'infra' }] }),
    infra: helmRelease('cert-manager'),
    issuers: ISSUER,
  };
  expect(rulesIn(yaml)).toEqual([]);
});

test('the HelmRelease of another add-on does not help', () => {
  const yaml = {
    'flux-system': kustomization('cni') + kustomization('infra', { dependsOn: [{ name: 'cni' }] }),
    cni: helmRelease('cilium'),
    infra: helmRelease('cert-manager') + ISSUER,
  };
  expect(rulesIn(yaml)).toEqual(['crd-missing']);
});

test.each([
  ['a chart of CRDs', helmRelease('cert-manager-crds')],
  ['a source that is not here', kustomization('elsewhere')],
])('%s before may bring it', (_, before) => {
  const yaml = {
    'flux-system': kustomization('before') + kustomization('infra', { dependsOn: [{ name: 'before' }] }),
    before,
    infra: helmRelease('cert-manager') + ISSUER,
  };
  expect(rulesIn(yaml)).toEqual([]);
});

test('a chart is known by its name, not by that of its release', () => {
  const chart = { spec: { chart: 'oci/cert-manager', sourceRef: { kind: 'GitRepository', name: 'charts' } } };
  expect(rulesIn({ 'flux-system': kustomization('i'), i: helmRelease('tls', { chart }) + ISSUER })).toEqual([
    'crd-missing',
  ]);
  const reference = { chart: undefined, chartRef: { kind: 'OCIRepository', name: 'cert-manager' } };
  expect(rulesIn({ 'flux-system': kustomization('i'), i: helmRelease('tls', reference) + ISSUER })).toEqual([
    'crd-missing',
  ]);
});

test('what brings it only when the layer is ready is too late', () => {
  const findings = yamlFindings(crdMissing, {
    'flux-system': kustomization('issuers') + kustomization('infra', { dependsOn: [{ name: 'issuers' }] }),
    issuers: ISSUER,
    infra: helmRelease('cert-manager'),
  });
  expect(findings).toMatchObject([
    { given: 'HelmRelease "apps/cert-manager", which brings it, only after the Kustomization "issuers"' },
  ]);
});

test('what a layer in the layer brings is too late', () => {
  const yaml = { 'flux-system': kustomization('outer'), outer: WIDGET + kustomization('inner'), inner: CRD };
  expect(rulesIn(yaml)).toEqual(['crd-missing']);
});

test('a CRD that nothing could bring is told', () => {
  const findings = yamlFindings(crdMissing, { 'flux-system': kustomization('apps'), apps: WIDGET + WIDGET });
  expect(findings).toMatchObject([
    {
      what: `nothing on the cluster brings the CRD of Widget "flux-system/w" (and 1 more of example.com): Flux gets 'no matches for kind "Widget"' and applies nothing of the Kustomization "apps" but its namespaces and CRDs`,
    },
  ]);
});

test('the chart of a well-known group is named', () => {
  const [finding] = yamlFindings(crdMissing, { 'flux-system': kustomization('apps'), apps: ISSUER });
  expect(finding?.fix).toMatch(/^install the chart cert-manager in a Kustomization before; /);
});

test('a CRD in the same Kustomization is applied first', () => {
  expect(rulesIn({ 'flux-system': kustomization('apps'), apps: WIDGET + CRD })).toEqual([]);
});

test('a CRD in a layer around is there before', () => {
  const yaml = { 'flux-system': CRD + kustomization('outer'), outer: kustomization('inner'), inner: WIDGET };
  expect(rulesIn(yaml)).toEqual([]);
});

test('the CRD of another kind or group is none', () => {
  expect(
    rulesIn({ 'flux-system': kustomization('apps'), apps: CRD + manifest('example.com/v1', 'Gadget', 'g') }),
  ).toEqual(['crd-missing']);
});

test('a CRD that is declared is there', () => {
  const yaml = { 'flux-system': kustomization('apps'), apps: ISSUER };
  const exists = (name: string) => ({ exists: [{ kind: 'CustomResourceDefinition', name }] });
  expect(rulesIn(yaml, exists('clusterissuers.cert-manager.io'))).toEqual([]);
  expect(rulesIn(yaml, exists('certificates.cert-manager.io'))).toEqual(['crd-missing']);
  expect(rulesIn(yaml, exists('clusterissuers.example.com'))).toEqual(['crd-missing']);
});

test('a CRD that a component provides comes from somewhere', () => {
  const yaml = { 'flux-system': kustomization('apps'), apps: WIDGET };
  expect(rulesIn(yaml, { provides: ['widgets.example.com'] })).toEqual([]);
});

test.each([
  ['built-in', manifest('networking.k8s.io/v1', 'Ingress', 'a')],
  ['Flux’s', manifest('notification.toolkit.fluxcd.io/v1beta3', 'Alert', 'a')],
  ['a platform’s', manifest('cloud.google.com/v1', 'BackendConfig', 'a')],
  [
    'left alone',
    manifest(
      'example.com/v1',
      'Widget',
      'a',
      {},
      { annotations: { 'kustomize.toolkit.fluxcd.io/reconcile': 'disabled' } },
    ),
  ],
])('a kind that is %s needs none', (_, apps) => {
  expect(rulesIn({ 'flux-system': kustomization('apps'), apps })).toEqual([]);
});

test('an operator that runs somewhere may make the CRD of a kind that nobody knows', () => {
  const operator = manifest('apps/v1', 'Deployment', 'operator');
  const yaml = (content: string) => ({
    'flux-system': kustomization('apps') + kustomization('operators'),
    operators: operator,
    apps: content,
  });
  expect(rulesIn(yaml(WIDGET))).toEqual([]);
  expect(rulesIn(yaml(ISSUER))).toEqual(['crd-missing']);
});

test('a constraint beside its template is told', () => {
  const template = manifest('templates.gatekeeper.sh/v1', 'ConstraintTemplate', 'k8srequiredlabels', {
    crd: { spec: { names: { kind: 'K8sRequiredLabels' } } },
  });
  const constraint = manifest('constraints.gatekeeper.sh/v1beta1', 'K8sRequiredLabels', 'owner');
  const gatekeeper = kustomization('gatekeeper', { wait: true });
  const dependsOn = [{ name: 'gatekeeper' }];
  expect(
    rulesIn({
      'flux-system': gatekeeper + kustomization('policies', { dependsOn }),
      gatekeeper: helmRelease('gatekeeper'),
      policies: template + constraint,
    }),
  ).toEqual(['crd-missing']);
});

test('of a directory that some cluster applies nothing is known', () => {
  expect(rulesIn({ 'flux-system': WIDGET }, { partial: true })).toEqual([]);
});

test('each cluster of a hub has its own CRDs', () => {
  const kubeConfig = { secretRef: { name: 'edge' } };
  const yaml = { 'flux-system': CRD + kustomization('apps', { kubeConfig }), apps: WIDGET };
  expect(rulesIn(yaml)).toEqual(['crd-missing']);
  expect(rulesIn({ ...yaml, apps: WIDGET + CRD })).toEqual([]);
});
