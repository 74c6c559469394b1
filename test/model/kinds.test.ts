import { expect, test } from '@jest/globals';
import { lookup, schemaFile, scopeOf } from '../../lib/model/kinds.js';

const FLUX_2_9 = [
  'source.toolkit.fluxcd.io/v1 GitRepository',
  'source.toolkit.fluxcd.io/v1 OCIRepository',
  'source.toolkit.fluxcd.io/v1 Bucket',
  'source.toolkit.fluxcd.io/v1 HelmRepository',
  'source.toolkit.fluxcd.io/v1 HelmChart',
  'source.toolkit.fluxcd.io/v1 ExternalArtifact',
  'kustomize.toolkit.fluxcd.io/v1 Kustomization',
  'helm.toolkit.fluxcd.io/v2 HelmRelease',
  'notification.toolkit.fluxcd.io/v1 Receiver',
  'notification.toolkit.fluxcd.io/v1beta3 Alert',
  'notification.toolkit.fluxcd.io/v1beta3 Provider',
  'image.toolkit.fluxcd.io/v1 ImageRepository',
  'image.toolkit.fluxcd.io/v1 ImagePolicy',
  'image.toolkit.fluxcd.io/v1 ImageUpdateAutomation',
  'source.extensions.fluxcd.io/v1beta1 ArtifactGenerator',
  'fluxcd.controlplane.io/v1 FluxInstance',
  'fluxcd.controlplane.io/v1 FluxReport',
  'fluxcd.controlplane.io/v1 ResourceSet',
  'fluxcd.controlplane.io/v1 ResourceSetInputProvider',
];

function split(kind: string): [string, string] {
  const [apiVersion = '', name = ''] = kind.split(' ');
  return [apiVersion, name];
}

test.each(FLUX_2_9)('%s is served and namespaced', (kind) => {
  expect(lookup(...split(kind))).toBe('served');
  expect(scopeOf(...split(kind))).toBe('Namespaced');
});

test('the schemas have no kinds of Flux beyond those of Flux 2.9', () => {
  const files = ['flux', 'flux-operator', 'source-watcher'] as const;
  const kinds = files.flatMap((file) => Object.keys(schemaFile(file).kinds));
  expect(kinds.sort()).toEqual(FLUX_2_9.map((kind) => kind.replace(' ', '/')).sort());
});

test.each([
  ['v1 ConfigMap', 'Namespaced'],
  ['v1 Namespace', 'Cluster'],
  ['v1 Event', 'Namespaced'],
  ['apps/v1 Deployment', 'Namespaced'],
  ['rbac.authorization.k8s.io/v1 Role', 'Namespaced'],
  ['rbac.authorization.k8s.io/v1 ClusterRole', 'Cluster'],
  ['apiextensions.k8s.io/v1 CustomResourceDefinition', 'Cluster'],
  ['admissionregistration.k8s.io/v1 ValidatingAdmissionPolicy', 'Cluster'],
  ['storage.k8s.io/v1 StorageClass', 'Cluster'],
  ['storage.k8s.io/v1 CSIStorageCapacity', 'Namespaced'],
  ['policy/v1beta1 PodDisruptionBudget', 'Namespaced'],
  ['rbac.authorization.k8s.io/v1beta1 ClusterRole', 'Cluster'],
] as const)('%s has the scope %s', (kind, scope) => {
  expect(scopeOf(...split(kind))).toBe(scope);
});

test.each(['example.com/v1 Widget', 'v1 Nonsense', 'extensions/v1beta1 Deployment', 'v1 constructor'])(
  'the scope of %s is not known',
  (kind) => {
    expect(scopeOf(...split(kind))).toBeUndefined();
  },
);

test.each([
  ['kustomize.toolkit.fluxcd.io/v1beta2 Kustomization', ['kustomize.toolkit.fluxcd.io/v1']],
  ['helm.toolkit.fluxcd.io/v2beta1 HelmRelease', ['helm.toolkit.fluxcd.io/v2']],
  ['notification.toolkit.fluxcd.io/v1 Alert', ['notification.toolkit.fluxcd.io/v1beta3']],
  ['policy/v1beta1 PodDisruptionBudget', ['policy/v1']],
  ['batch/v1beta1 CronJob', ['batch/v1']],
  ['v2 ConfigMap', ['v1']],
])('for %s the versions that are served are named', (kind, served) => {
  expect(lookup(...split(kind))).toEqual({ served });
});

test('the served versions are named from the best to the worst', () => {
  expect(lookup('autoscaling/v2beta2', 'HorizontalPodAutoscaler')).toEqual({
    served: ['autoscaling/v2', 'autoscaling/v1'],
  });
  expect(lookup('resource.k8s.io/v1alpha2', 'ResourceClaim')).toEqual({
    served: ['resource.k8s.io/v1', 'resource.k8s.io/v1beta2', 'resource.k8s.io/v1beta1'],
  });
});

test.each([
  ['extensions/v1beta1 Ingress', ['networking.k8s.io/v1']],
  ['extensions/v1beta1 Deployment', ['apps/v1']],
  ['helm.fluxcd.io/v1 HelmRelease', ['helm.toolkit.fluxcd.io/v2']],
  ['source.toolkit.fluxcd.io/v1beta1 ArtifactGenerator', ['source.extensions.fluxcd.io/v1beta1']],
])('for %s, which changed its group, the new group is named', (kind, served) => {
  expect(lookup(...split(kind))).toEqual({ served });
});

test.each([
  'apps/v1 Deploymnet',
  'policy/v1beta1 PodSecurityPolicy',
  'policy/v1 Eviction',
  'authentication.k8s.io/v1 TokenReview',
  'autoscaling/v1 Scale',
  'v1 ConfigMapList',
  'kustomize.toolkit.fluxcd.io/v1 HelmRelease',
])('%s is no kind of its group', (kind) => {
  expect(lookup(...split(kind))).toBe('unknown-kind');
});

test.each([
  ['cert-manager.io/v1 Certificate', 'Namespaced'],
  ['cert-manager.io/v1 ClusterIssuer', 'Cluster'],
  ['acme.cert-manager.io/v1 Order', 'Namespaced'],
  ['kyverno.io/v1 ClusterPolicy', 'Cluster'],
  ['kyverno.io/v1 Policy', 'Namespaced'],
  ['kyverno.io/v2 PolicyException', 'Namespaced'],
  ['policies.kyverno.io/v1 ValidatingPolicy', 'Cluster'],
  ['policies.kyverno.io/v1 NamespacedValidatingPolicy', 'Namespaced'],
  ['bitnami.com/v1alpha1 SealedSecret', 'Namespaced'],
] as const)('%s is served, with the scope %s', (kind, scope) => {
  expect(lookup(...split(kind))).toBe('served');
  expect(scopeOf(...split(kind))).toBe(scope);
});

test.each([
  ['cert-manager.io/v1alpha2 Certificate', ['cert-manager.io/v1']],
  [
    'gateway.networking.k8s.io/v1alpha2 HTTPRoute',
    ['gateway.networking.k8s.io/v1', 'gateway.networking.k8s.io/v1beta1'],
  ],
  ['gateway.networking.k8s.io/v1 HTTPRoute', undefined],
  ['kyverno.io/v2alpha1 CleanupPolicy', ['kyverno.io/v2', 'kyverno.io/v2beta1']],
  ['kyverno.io/v2beta1 ClusterPolicy', undefined],
])('of %s the versions that add-ons serve are known', (kind, served) => {
  expect(lookup(...split(kind))).toEqual(served ? { served } : 'served');
});

test.each([
  'example.com/v1 Widget',
  'monitoring.coreos.com/v1 PodMonitor',
  'snapshot.storage.k8s.io/v1 VolumeSnapshotClass',
  'kustomize.config.k8s.io/v1beta1 Kustomization',
  'reports.kyverno.io/v1 EphemeralReport',
  'trust.cert-manager.io/v1alpha1 Bundle',
])('of the group of %s nothing is known', (kind) => {
  expect(lookup(...split(kind))).toBe('unknown-group');
});

test('every group in the schemas of Kubernetes is a known one', () => {
  const apiVersions = Object.keys(schemaFile('kubernetes').kinds).map((key) => key.slice(0, key.lastIndexOf('/')));
  expect(apiVersions.filter((apiVersion) => lookup(apiVersion, 'Nonsense') !== 'unknown-kind')).toEqual([]);
});

test('the metadata definitions in the schema written by hand are those of the generated ones', () => {
  expect(schemaFile('source-watcher').definitions).toEqual(schemaFile('flux').definitions);
});
