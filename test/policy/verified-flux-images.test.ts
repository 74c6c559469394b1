import { expect, test } from '@jest/globals';
import { Flux, Layer, Repository, VerifiedFluxImages } from 'cdk8s-flux-fleet';
import type { ClusterProps, VerifiedFluxImagesProps } from 'cdk8s-flux-fleet';
import { objectIn, specOf } from '../flux/objects.js';
import { findingsOf, yamlOf } from '../support/fleet.js';

function spec(props: VerifiedFluxImagesProps = {}, cluster: ClusterProps = {}): Record<string, unknown> {
  return specOf((layer) => new VerifiedFluxImages(layer, 'signed-flux', props), cluster);
}

function images(props: VerifiedFluxImagesProps = {}, cluster: ClusterProps = {}): unknown {
  const rules = spec(props, cluster)['rules'] as { verifyImages: { imageReferences: string[] }[] }[];
  return rules[0]!.verifyImages[0]!.imageReferences;
}

test('defaults', () => {
  expect(yamlOf((layer) => new VerifiedFluxImages(layer, 'signed-flux'))).toMatchInlineSnapshot(`
   "apiVersion: kyverno.io/v1
   kind: ClusterPolicy
   metadata:
     name: signed-flux
   spec:
     background: false
     failurePolicy: Fail
     rules:
       - match:
           any:
             - resources:
                 kinds:
                   - Pod
         name: verify-cosign-signature
         verifyImages:
           - attestors:
               - entries:
                   - keyless:
                       issuer: https://token.actions.githubusercontent.com
                       rekor:
                         url: https://rekor.sigstore.dev
                       subject: https://github.com/fluxcd/*
             imageReferences:
               - ghcr.io/fluxcd/source-controller:*
               - ghcr.io/fluxcd/kustomize-controller:*
               - ghcr.io/fluxcd/helm-controller:*
               - ghcr.io/fluxcd/notification-controller:*
               - ghcr.io/fluxcd/image-reflector-controller:*
               - ghcr.io/fluxcd/image-automation-controller:*
               - ghcr.io/fluxcd/source-watcher:*
               - docker.io/fluxcd/source-controller:*
               - docker.io/fluxcd/kustomize-controller:*
               - docker.io/fluxcd/helm-controller:*
               - docker.io/fluxcd/notification-controller:*
               - docker.io/fluxcd/image-reflector-controller:*
               - docker.io/fluxcd/image-automation-controller:*
               - docker.io/fluxcd/source-watcher:*
             mutateDigest: false
             verifyDigest: false
     validationFailureAction: Audit
     webhookTimeoutSeconds: 30
   "
  `);
});

test('the controllers are those that the cluster installs', () => {
  const flux = Flux.bootstrap({ components: ['kustomize-controller', 'source-watcher'] });
  expect(images({ registries: ['ghcr.io/fluxcd'] }, { flux })).toEqual([
    'ghcr.io/fluxcd/kustomize-controller:*',
    'ghcr.io/fluxcd/source-watcher:*',
  ]);
});

test('controllers and registries may be said', () => {
  expect(images({ components: ['helm-controller'], registries: ['a.com/flux', 'b.com/flux'] })).toEqual([
    'a.com/flux/helm-controller:*',
    'b.com/flux/helm-controller:*',
  ]);
});

test('what is not signed can be refused', () => {
  expect(spec({ action: 'Enforce' })).toHaveProperty('validationFailureAction', 'Enforce');
});

test('further fields of the policy, and metadata', () => {
  const props = { name: 'verify-flux', labels: { team: 'a' }, webhookTimeoutSeconds: 10, background: true } as const;
  expect(
    objectIn(
      yamlOf((layer) => new VerifiedFluxImages(layer, 'x', props)),
      'ClusterPolicy',
    ),
  ).toMatchObject({
    metadata: { name: 'verify-flux', labels: { team: 'a' } },
    spec: { webhookTimeoutSeconds: 10, background: true },
  });
});

test('refuses words that there are not', () => {
  expect(findingsOf(() => spec({ action: 'Deny' as never }))).toMatchObject([{ rule: 'invalid-value' }]);
  expect(findingsOf(() => spec({ components: ['flux' as never] }))).toMatchObject([{ rule: 'invalid-value' }]);
});

test('in a repository the controllers have to be said', () => {
  const layer = new Layer(new Repository({ name: 'infra' }), 'policies');
  expect(findingsOf(() => new VerifiedFluxImages(layer, 'a'))).toMatchObject([{ rule: 'policies-place' }]);
  expect(findingsOf(() => new VerifiedFluxImages(layer, 'b', { components: ['helm-controller'] }))).toEqual([]);
});
