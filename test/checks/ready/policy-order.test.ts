import { expect, test } from '@jest/globals';
import { policyOrder } from '../../../lib/checks/ready/policy-order.js';
import { kustomization, manifest, yamlFindings } from '../../support/yaml-cluster.js';

const TENANT = { 'toolkit.fluxcd.io/tenant': 'apps' };
const TENANTS =
  manifest('v1', 'Namespace', 'apps', {}, { namespace: undefined, labels: TENANT }) +
  kustomization('sync', {}, { namespace: 'apps' });
const SYNC = kustomization('policies') + kustomization('tenants');

function kyverno(resources: object, more: object = {}): string {
  const rules = [{ name: 'r', match: { any: [{ resources }] }, validate: { message: 'no', pattern: {} } }];
  return manifest('kyverno.io/v1', 'ClusterPolicy', 'sources', { validationFailureAction: 'Enforce', rules, ...more });
}

function admission(validationActions: readonly string[], resourceRule: object): string {
  const group = 'admissionregistration.k8s.io/v1';
  return (
    manifest(group, 'ValidatingAdmissionPolicy', 'p', { matchConstraints: { resourceRules: [resourceRule] } }) +
    manifest(group, 'ValidatingAdmissionPolicyBinding', 'p', {
      policyName: 'p',
      validationActions,
      matchResources: {
        namespaceSelector: { matchExpressions: [{ key: 'toolkit.fluxcd.io/tenant', operator: 'Exists' }] },
      },
    })
  );
}

test('tenants that do not wait for the policy that judges them are told', () => {
  const findings = yamlFindings(policyOrder, {
    'flux-system': SYNC,
    policies: kyverno({ kinds: ['HelmRepository'] }),
    tenants: TENANTS,
  });
  expect(findings).toMatchObject([
    {
      rule: 'policy-order',
      severity: 'warning',
      what: 'the Kustomization "tenants" does not wait for ClusterPolicy "flux-system/sources": Kustomization "apps/sync" may apply what the policy would refuse before it is there',
      given: 'the policy in the Kustomization "policies", without any order',
      fix: 'let "tenants" depend on "policies"',
      where: { construct: 'test/tenants' },
    },
  ]);
});

test('tenants that depend on the policies are fine', () => {
  const findings = yamlFindings(policyOrder, {
    'flux-system': kustomization('policies') + kustomization('tenants', { dependsOn: [{ name: 'policies' }] }),
    policies: kyverno({ kinds: ['HelmRepository'] }),
    tenants: TENANTS,
  });
  expect(findings).toEqual([]);
});

test('a policy beside the tenants is told', () => {
  const findings = yamlFindings(policyOrder, {
    'flux-system': kustomization('tenants'),
    tenants: TENANTS + kyverno({ kinds: ['HelmRepository'], namespaceSelector: { matchLabels: TENANT } }),
  });
  expect(findings).toMatchObject([{ given: 'the policy in the same Kustomization' }]);
});

test('many tenants are told once', () => {
  const namespaces = Array.from({ length: 200 }, (_, i) => `t${i}`);
  const tenants = namespaces.map(
    (namespace) =>
      manifest('v1', 'Namespace', namespace, {}, { namespace: undefined, labels: TENANT }) +
      kustomization('sync', {}, { namespace }),
  );
  const findings = yamlFindings(policyOrder, {
    'flux-system': SYNC,
    policies: kyverno({ kinds: ['HelmRepository'] }),
    tenants: tenants.join(''),
  });
  expect(findings.map((f) => f.what)).toEqual([
    expect.stringContaining('Kustomization "t0/sync" and 199 more of tenants'),
  ]);
});

const ANY_NAMESPACE = { kinds: ['GitRepository'] };

test.each([
  ['only reports', kyverno(ANY_NAMESPACE, { validationFailureAction: 'Audit' })],
  ['says nothing of refusing', kyverno(ANY_NAMESPACE, { validationFailureAction: undefined })],
  ['judges nothing of Flux', kyverno({ kinds: ['Pod'] })],
  ['is for another namespace', kyverno({ kinds: ['GitRepository'], namespaces: ['flux-system'] })],
  ['is for other labels', kyverno({ kinds: ['GitRepository'], namespaceSelector: { matchLabels: { team: 'a' } } })],
  [
    'only generates',
    kyverno({}, { rules: [{ name: 'g', match: { any: [{ resources: { kinds: ['Namespace'] } }] }, generate: {} }] }),
  ],
])('a policy that %s needs no order', (_, policies) => {
  expect(yamlFindings(policyOrder, { 'flux-system': SYNC, policies, tenants: TENANTS })).toEqual([]);
});

test('a namespace that the policy excludes is not guarded', () => {
  const rules = [
    {
      name: 'r',
      match: { any: [{ resources: { kinds: ['GitRepository'] } }] },
      exclude: { any: [{ resources: { namespaces: ['app*'] } }] },
      validate: {},
    },
  ];
  expect(
    yamlFindings(policyOrder, { 'flux-system': SYNC, policies: kyverno({}, { rules }), tenants: TENANTS }),
  ).toEqual([]);
});

const SOURCES = { apiGroups: ['source.toolkit.fluxcd.io'], resources: ['gitrepositories'] };

test.each([
  ['refuses', admission(['Deny'], SOURCES), 1],
  ['only audits', admission(['Audit'], SOURCES), 0],
  ['judges pods', admission(['Deny'], { apiGroups: [''], resources: ['pods'] }), 0],
])('a ValidatingAdmissionPolicy that %s', (_, policies, count) => {
  expect(yamlFindings(policyOrder, { 'flux-system': SYNC, policies, tenants: TENANTS })).toHaveLength(count);
});

test('a policy without a binding judges nothing', () => {
  const [policies] = admission(['Deny'], SOURCES).split(/(?=---)/);
  expect(yamlFindings(policyOrder, { 'flux-system': SYNC, policies: policies!, tenants: TENANTS })).toEqual([]);
});

test('the binding has to be there before as well', () => {
  const [policy, binding] = admission(['Deny'], SOURCES).split(/(?=---)/);
  const findings = yamlFindings(policyOrder, {
    'flux-system':
      kustomization('policies') +
      kustomization('bindings') +
      kustomization('tenants', { dependsOn: [{ name: 'policies' }] }),
    policies: policy!,
    bindings: binding!,
    tenants: TENANTS,
  });
  expect(findings).toHaveLength(1);
});

test('a namespace without the label of tenants has none', () => {
  const tenants = TENANTS.replace('toolkit.fluxcd.io/tenant', 'example.com/team');
  expect(yamlFindings(policyOrder, { 'flux-system': SYNC, policies: kyverno(ANY_NAMESPACE), tenants })).toEqual([]);
});
