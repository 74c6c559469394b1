import { expect, test } from '@jest/globals';
import { referencesOf } from '../../lib/model/references.js';
import type { JsonObject, JsonValue } from '../../lib/yaml/normalize.js';

/** What an object of the namespace `apps` refers to, as `kind namespace/name`, with its field. */
function references(apiVersion: string, kind: string, fields: JsonObject): string[] {
  const object = { apiVersion, kind, metadata: { name: 'x', namespace: 'apps' }, ...fields };
  return referencesOf(object).map(({ kind: to, namespace, name, field }) => {
    return `${to} ${namespace ?? '-'}/${name} ${field.join('.')}`;
  });
}

const KUSTOMIZE = 'kustomize.toolkit.fluxcd.io/v1';

test('a Kustomization refers to its source, its account and what it substitutes from', () => {
  const spec = {
    sourceRef: { kind: 'GitRepository', name: 'fleet', namespace: 'flux-system' },
    serviceAccountName: 'team',
    postBuild: { substituteFrom: [{ kind: 'ConfigMap', name: 'facts' }] },
  };
  expect(references(KUSTOMIZE, 'Kustomization', { spec }).sort()).toEqual([
    'ConfigMap apps/facts spec.postBuild.substituteFrom.0.name',
    'GitRepository flux-system/fleet spec.sourceRef.name',
    'ServiceAccount apps/team spec.serviceAccountName',
  ]);
});

test('the account of what is applied elsewhere is there, and the kubeConfig here', () => {
  const spec = { serviceAccountName: 'team', kubeConfig: { secretRef: { name: 'edge', key: 'config' } } };
  const object = { apiVersion: KUSTOMIZE, kind: 'Kustomization', metadata: { name: 'x', namespace: 'apps' }, spec };
  expect(referencesOf(object)).toMatchObject([
    { kind: 'ServiceAccount', name: 'team', remote: true },
    { kind: 'Secret', name: 'edge', remote: false, keys: ['config'] },
  ]);
});

test('values are read under values.yaml where no key is said', () => {
  const valuesFrom: JsonObject[] = [
    { kind: 'Secret', name: 'a' },
    { kind: 'ConfigMap', name: 'b', valuesKey: 'b.yaml', optional: true },
  ];
  const object = { apiVersion: 'helm.toolkit.fluxcd.io/v2', kind: 'HelmRelease', spec: { valuesFrom } };
  expect(referencesOf(object)).toMatchObject([
    { kind: 'Secret', name: 'a', keys: ['values.yaml'], optional: false, namespace: undefined },
    { kind: 'ConfigMap', name: 'b', keys: ['b.yaml'], optional: true },
  ]);
});

test.each([
  ['${NAME}', 'what Flux fills in'],
  ['<< inputs.name >>', 'what the operator fills in'],
  ['', 'no name'],
])('%j is no reference: %s', (name) => {
  const spec = { sourceRef: { kind: 'GitRepository', name } };
  expect(references(KUSTOMIZE, 'Kustomization', { spec })).toEqual([]);
});

test('every event source but a pattern is one', () => {
  const eventSources: JsonObject[] = [
    { kind: 'Kustomization', name: 'apps', namespace: 'flux-system' },
    { kind: 'HelmRelease', name: '*' },
    { kind: 'Unknown', name: 'x' },
  ];
  const spec = { providerRef: { name: 'slack' }, eventSources };
  expect(references('notification.toolkit.fluxcd.io/v1beta3', 'Alert', { spec })).toEqual([
    'Provider apps/slack spec.providerRef.name',
    'Kustomization flux-system/apps spec.eventSources.0.name',
  ]);
});

test('what stands in no namespace is referred to without one', () => {
  const roleRef = { kind: 'ClusterRole', name: 'admin' };
  const subjects: JsonObject[] = [
    { kind: 'ServiceAccount', name: 'ci', namespace: 'ci' },
    { kind: 'User', name: 'me' },
  ];
  expect(references('rbac.authorization.k8s.io/v1', 'RoleBinding', { roleRef, subjects })).toEqual([
    'ClusterRole -/admin roleRef.name',
    'ServiceAccount ci/ci subjects.0.name',
  ]);
});

test('an issuer without a kind is an Issuer of the namespace, and one of another group is none of these', () => {
  const refer = (issuerRef: JsonObject) => references('cert-manager.io/v1', 'Certificate', { spec: { issuerRef } });
  expect(refer({ name: 'ca' })).toEqual(['Issuer apps/ca spec.issuerRef.name']);
  expect(refer({ name: 'ca', kind: 'ClusterIssuer' })).toEqual(['ClusterIssuer -/ca spec.issuerRef.name']);
  expect(refer({ name: 'ca', kind: 'Issuer', group: 'example.com' })).toEqual([]);
});

test.each([
  ['apps/v1', 'Deployment', (pod: JsonObject): JsonObject => ({ template: { spec: pod } })],
  ['batch/v1', 'CronJob', (pod: JsonObject): JsonObject => ({ jobTemplate: { spec: { template: { spec: pod } } } })],
  ['v1', 'Pod', (pod: JsonObject): JsonObject => pod],
])('%s %s refers to what its pods read', (apiVersion, kind, spec) => {
  const volumes: JsonObject[] = [
    { name: 'a', secret: { secretName: 'tls' } },
    { name: 'b', configMap: { name: 'settings' } },
  ];
  const pod = {
    serviceAccountName: 'web',
    imagePullSecrets: [{ name: 'registry' }],
    volumes,
    containers: [{ name: 'web', env: [{ name: 'X', valueFrom: { secretKeyRef: { name: 'login', key: 'x' } } }] }],
    initContainers: [{ name: 'init', envFrom: [{ configMapRef: { name: 'facts' } }] }],
  };
  const found = references(apiVersion, kind, { spec: spec(pod) }).map((r) => r.split(' ').slice(0, 2).join(' '));
  expect(found.sort()).toEqual([
    'ConfigMap apps/facts',
    'ConfigMap apps/settings',
    'Secret apps/login',
    'Secret apps/registry',
    'Secret apps/tls',
    'ServiceAccount apps/web',
  ]);
});

test('objects that are no objects refer to nothing', () => {
  const specs: JsonValue[] = [null, 'x', [], { sourceRef: 'x' }, { postBuild: { substituteFrom: {} } }];
  for (const spec of specs) {
    expect(references(KUSTOMIZE, 'Kustomization', { spec })).toEqual([]);
  }
});
