import { expect, test } from '@jest/globals';
import { Layer, Secret } from 'cdk8s-flux-fleet';
import type { ClusterProps } from 'cdk8s-flux-fleet';
import { object, rulesOf } from '../support.js';
import { applyFindings, applyFindingsIn } from './support.js';

test('a removed API version is told with the one that is served', () => {
  const findings = applyFindings((layer) => {
    object(layer, 'web', { apiVersion: 'helm.toolkit.fluxcd.io/v2beta1', kind: 'HelmRelease' });
  });
  expect(findings).toMatchObject([
    {
      rule: 'api-version-not-served',
      what: 'HelmRelease "base/web" has an API version that no cluster serves: the API server refuses it',
      expected: 'helm.toolkit.fluxcd.io/v2',
      given: 'helm.toolkit.fluxcd.io/v2beta1 HelmRelease',
      fix: 'write apiVersion: helm.toolkit.fluxcd.io/v2, and check its fields against that version',
      where: { construct: 'test/base/web' },
    },
  ]);
});

test('a kind that moved to another group is told with that group', () => {
  const findings = applyFindings((layer) => {
    object(layer, 'web', { apiVersion: 'extensions/v1beta1', kind: 'Ingress' });
  });
  expect(findings).toMatchObject([{ rule: 'api-version-not-served', expected: 'networking.k8s.io/v1' }]);
});

test('a kind that its group has not is told', () => {
  const findings = applyFindings((layer) => object(layer, 'web', { apiVersion: 'apps/v1', kind: 'Deploymant' }));
  expect(findings).toMatchObject([
    { rule: 'api-version-not-served', expected: 'a kind that apps/v1 has', fix: 'check kind and group' },
  ]);
});

test('served versions are fine', () => {
  const findings = applyFindings((layer) => {
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
  const findings = applyFindings((layer) => {
    object(layer, 'policy', { apiVersion: 'example.com/v1', kind: 'ClusterPolicy' });
    object(layer, 'old', { apiVersion: 'example.com/v1alpha1', kind: 'ClusterThing' });
  });
  expect(findings).toEqual([]);
});

test('each object is told for itself', () => {
  const findings = applyFindings((layer) => {
    for (const id of ['a', 'b']) object(layer, id, { apiVersion: 'policy/v1beta1', kind: 'PodDisruptionBudget' });
  });
  expect(rulesOf(findings)).toEqual(['api-version-not-served', 'api-version-not-served']);
});

/** What is said of an object on a cluster that says its versions. */
function findingsOn(props: ClusterProps, apiVersion: string, kind: string): (string | undefined)[][] {
  const findings = applyFindingsIn((cluster) => {
    object(new Layer(cluster, 'base', { namespace: 'base' }), 'web', { apiVersion, kind });
  }, props);
  return findings.filter((f) => f.rule === 'api-version-not-served').map((f) => [f.what, f.expected, f.given]);
}

test('a version that the Kubernetes of the cluster does not serve yet is told with the one that it does', () => {
  const findings = findingsOn(
    { kubernetesVersion: '1.28' },
    'admissionregistration.k8s.io/v1',
    'ValidatingAdmissionPolicy',
  );
  expect(findings).toEqual([
    [
      'ValidatingAdmissionPolicy "web" has an API version that Kubernetes 1.28 does not serve yet: the API server refuses it',
      'admissionregistration.k8s.io/v1beta1',
      'admissionregistration.k8s.io/v1 ValidatingAdmissionPolicy, which came with Kubernetes 1.30',
    ],
  ]);
});

test.each(['1.30', 'v1.30.4', '1.33.2-gke.1000'])('on %s it is fine', (kubernetesVersion) => {
  const kind = 'ValidatingAdmissionPolicy';
  expect(findingsOn({ kubernetesVersion }, 'admissionregistration.k8s.io/v1', kind)).toEqual([]);
});

test('a version that the Kubernetes of the cluster no longer serves is told', () => {
  expect(findingsOn({ kubernetesVersion: '1.25.3' }, 'policy/v1beta1', 'PodDisruptionBudget')).toEqual([
    [
      'PodDisruptionBudget "base/web" has an API version that Kubernetes 1.25 no longer serves: the API server refuses it',
      'policy/v1',
      'policy/v1beta1 PodDisruptionBudget, which Kubernetes 1.25 removed',
    ],
  ]);
});

test('an old version is fine on a cluster that is as old', () => {
  expect(findingsOn({ kubernetesVersion: '1.24' }, 'policy/v1beta1', 'PodDisruptionBudget')).toEqual([]);
  expect(findingsOn({ fluxVersion: '2.6' }, 'helm.toolkit.fluxcd.io/v2beta1', 'HelmRelease')).toEqual([]);
});

test.each([
  ['2.7', 'source.toolkit.fluxcd.io/v1beta1', 'GitRepository', 'which Flux 2.7 removed'],
  ['2.8.1', 'helm.toolkit.fluxcd.io/v2beta2', 'HelmRelease', 'which Flux 2.8 removed'],
  ['v2.9', 'image.toolkit.fluxcd.io/v1beta2', 'ImagePolicy', 'which Flux 2.9 removed'],
  ['2.6', 'image.toolkit.fluxcd.io/v1', 'ImagePolicy', 'which came with Flux 2.7'],
  ['2.5', 'source.toolkit.fluxcd.io/v1', 'OCIRepository', 'which came with Flux 2.6'],
  ['2.x', 'source.toolkit.fluxcd.io/v1beta2', 'Bucket', 'which Flux 2.8 removed'],
  ['~2.5', 'source.extensions.fluxcd.io/v1beta1', 'ArtifactGenerator', 'which came with Flux 2.7'],
])('Flux %s and %s %s do not go together', (fluxVersion, apiVersion, kind, moment) => {
  expect(findingsOn({ fluxVersion }, apiVersion, kind)).toMatchObject([
    [expect.anything(), expect.anything(), `${apiVersion} ${kind}, ${moment}`],
  ]);
});

test('the version of Flux says nothing of built-in kinds, nor that of Kubernetes of Flux', () => {
  expect(findingsOn({ kubernetesVersion: '1.20' }, 'source.toolkit.fluxcd.io/v1', 'Bucket')).toEqual([]);
  expect(findingsOn({ fluxVersion: '2.0' }, 'admissionregistration.k8s.io/v1', 'MutatingAdmissionPolicy')).toEqual([]);
});

test('what is for another cluster is not judged by the versions of the hub', () => {
  const findings = applyFindingsIn(
    (cluster) => {
      const edge = new Layer(cluster, 'edge', {
        namespace: 'base',
        kubeConfig: { secretRef: Secret.fromName('edge') },
      });
      object(edge, 'web', {
        apiVersion: 'admissionregistration.k8s.io/v1',
        kind: 'ValidatingAdmissionPolicy',
      });
    },
    { kubernetesVersion: '1.28' },
  );
  expect(rulesOf(findings)).not.toContain('api-version-not-served');
});

test('a kind that cannot be applied is told whatever the version', () => {
  const [found] = findingsOn({ kubernetesVersion: '1.30' }, 'authentication.k8s.io/v1', 'TokenReview');
  expect(found).toContain('a kind that authentication.k8s.io/v1 has');
});
