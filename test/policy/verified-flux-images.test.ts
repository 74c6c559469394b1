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
     failurePolicy: Ignore
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

test('what Kyverno cannot judge is refused only where what is not signed is, unless said otherwise', () => {
  expect(spec()).toHaveProperty('failurePolicy', 'Ignore');
  expect(spec({ action: 'Enforce' })).toHaveProperty('failurePolicy', 'Fail');
  expect(spec({ action: 'Enforce', failurePolicy: 'Ignore' })).toHaveProperty('failurePolicy', 'Ignore');
});

test('a slash behind the registry makes no difference', () => {
  const components = ['helm-controller'] as const;
  expect(images({ components, registries: ['a.com/flux/'] })).toEqual(
    images({ components, registries: ['a.com/flux'] }),
  );
});

test.each(['', 'https://ghcr.io/fluxcd', 'ghcr.io/*', "ghcr.io/a'b", 'ghcr.io/a b'])(
  'refuses the registry %j',
  (registry) => {
    expect(findingsOf(() => spec({ registries: [registry] }))).toMatchObject([{ rule: 'invalid-image' }]);
  },
);

test('refuses to verify nothing', () => {
  expect(findingsOf(() => spec({ registries: [] }))).toMatchObject([{ rule: 'invalid-image' }]);
  expect(findingsOf(() => spec({ components: [] }))).toMatchObject([{ rule: 'invalid-image' }]);
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

test('refuses to look past the registry that the cluster takes its images from', () => {
  const flux = Flux.operator({ registry: 'registry.acme.com/fluxcd' });
  expect(findingsOf(() => spec({}, { flux }))).toMatchObject([
    { rule: 'verified-registry', given: 'registry.acme.com/fluxcd' },
  ]);
  expect(images({ registries: ['registry.acme.com/fluxcd'], components: ['helm-controller'] }, { flux })).toEqual([
    'registry.acme.com/fluxcd/helm-controller:*',
    'registry.acme.com/fluxcd/helm-controller@*',
  ]);
});

test.each(['fluxcd', 'ghcr.io/fluxcd/'])('knows the registry %s as one of Flux’s', (registry) => {
  expect(findingsOf(() => spec({}, { flux: Flux.operator({ registry }) }))).toEqual([]);
});

test('of images with a digest, as the operator installs them, Kyverno does not see the tag', () => {
  const props = { components: ['helm-controller'], registries: ['a.com/flux'] } as const;
  const expected = ['a.com/flux/helm-controller:*', 'a.com/flux/helm-controller@*'];
  expect(images(props, { flux: Flux.operator() })).toEqual(expected);
});

test('undefined says nothing: the defaults stay', () => {
  const props = { failurePolicy: undefined, background: undefined, webhookTimeoutSeconds: undefined };
  expect(spec(props)).toEqual(spec());
});
