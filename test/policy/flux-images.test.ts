import { expect, test } from '@jest/globals';
import { Flux, FluxImages, Layer, Repository } from 'cdk8s-flux-fleet';
import type { ClusterProps, FluxImagesProps } from 'cdk8s-flux-fleet';
import { errorOf, objectIn } from '../flux/objects.js';
import { findingsOf, testCluster, yamlOf } from '../support/fleet.js';

function text(props: FluxImagesProps = {}, cluster: ClusterProps = {}): string {
  return yamlOf((layer) => new FluxImages(layer, 'flux-images', props), cluster);
}

/** The images that may run. */
function allowed(props: FluxImagesProps = {}, cluster: ClusterProps = {}): string[] {
  const { spec } = objectIn(text(props, cluster), 'ValidatingAdmissionPolicy');
  const [variable] = (spec['variables'] as { name: string; expression: string }[]).filter((v) => v.name === 'allowed');
  return JSON.parse(variable!.expression.replaceAll("'", '"')) as string[];
}

test('defaults', () => {
  expect(text()).toMatchInlineSnapshot(`
   "apiVersion: admissionregistration.k8s.io/v1
   kind: ValidatingAdmissionPolicy
   metadata:
     name: flux-images
   spec:
     failurePolicy: Fail
     matchConditions:
       - expression: "!has(object.metadata.deletionTimestamp)"
         name: not-being-deleted
     matchConstraints:
       resourceRules:
         - apiGroups:
             - ""
           apiVersions:
             - v1
           operations:
             - CREATE
             - UPDATE
           resources:
             - pods
             - pods/ephemeralcontainers
     validations:
       - expression: size(variables.others) == 0
         message: "only Flux runs in flux-system: run this in another namespace"
         messageExpression: "'only Flux runs in flux-system: run this in another namespace, or add to the allowed images: ' + variables.others.join(', ')"
         reason: Forbidden
     variables:
       - expression: "['ghcr.io/fluxcd/source-controller', 'ghcr.io/fluxcd/kustomize-controller', 'ghcr.io/fluxcd/helm-controller', 'ghcr.io/fluxcd/notification-controller', 'ghcr.io/fluxcd/image-reflector-controller', 'ghcr.io/fluxcd/image-automation-controller', 'ghcr.io/fluxcd/source-watcher']"
         name: allowed
       - expression: "(has(object.spec.containers) ? object.spec.containers.map(c, c.image) : []) + (has(object.spec.initContainers) ? object.spec.initContainers.map(c, c.image) : []) + (has(object.spec.ephemeralContainers) ? object.spec.ephemeralContainers.map(c, c.image) : [])"
         name: images
       - expression: "variables.images.filter(i, !variables.allowed.exists(a, i.startsWith(a + ':') || i.startsWith(a + '@')))"
         name: others
   ---
   apiVersion: admissionregistration.k8s.io/v1
   kind: ValidatingAdmissionPolicyBinding
   metadata:
     name: flux-images
   spec:
     matchResources:
       namespaceSelector:
         matchLabels:
           kubernetes.io/metadata.name: flux-system
     policyName: flux-images
     validationActions:
       - Deny
       - Audit
   "
  `);
});

test('the images are those of the controllers that the cluster installs', () => {
  const flux = Flux.bootstrap({ components: ['kustomize-controller', 'source-watcher'] });
  expect(allowed({}, { flux })).toEqual(['ghcr.io/fluxcd/kustomize-controller', 'ghcr.io/fluxcd/source-watcher']);
});

test('with the operator its own image too, and the registry that it installs from', () => {
  const components = ['source-controller', 'kustomize-controller'] as const;
  expect(allowed({}, { flux: Flux.operator({ components, registry: 'registry.acme.com/fluxcd' }) })).toEqual([
    'registry.acme.com/fluxcd/source-controller',
    'registry.acme.com/fluxcd/kustomize-controller',
    'ghcr.io/controlplaneio-fluxcd/flux-operator',
  ]);
  const distribution = { registry: 'registry.acme.com/other' };
  expect(allowed({}, { flux: Flux.operator({ components, distribution }) })).toContain(
    'registry.acme.com/other/source-controller',
  );
});

test('a slash behind the registry makes no difference, as for the operator', () => {
  const components = ['source-controller', 'kustomize-controller'] as const;
  const flux = (registry: string) => ({ flux: Flux.operator({ components, registry }) });
  expect(allowed({}, flux('registry.acme.com/fluxcd/'))).toEqual(allowed({}, flux('registry.acme.com/fluxcd')));
});

test('refuses a registry that cannot stand in CEL', () => {
  const flux = Flux.operator({ registry: "ghcr.io/a', 'b" });
  expect(findingsOf(() => text({}, { flux }))).toMatchObject([{ rule: 'invalid-image' }]);
});

test('refuses an id that is taken, at the line of the code', () => {
  const layer = new Layer(testCluster(), 'security');
  new FluxImages(layer, 'flux-images');
  expect(findingsOf(() => new FluxImages(layer, 'flux-images'))).toMatchObject([{ rule: 'duplicate-name' }]);
});

test('further images, another name, and other actions', () => {
  expect(allowed({ images: ['registry.acme.com:5000/tools/probe'] })).toContain('registry.acme.com:5000/tools/probe');
  const yaml = text({ name: 'only-flux', validationActions: ['Warn'] });
  expect(objectIn(yaml, 'ValidatingAdmissionPolicy').metadata.name).toBe('only-flux');
  expect(objectIn(yaml, 'ValidatingAdmissionPolicyBinding')).toMatchObject({
    metadata: { name: 'only-flux' },
    spec: { policyName: 'only-flux', validationActions: ['Warn'] },
  });
});

test('refuses an image with a tag', () => {
  expect(errorOf(() => text({ images: ['ghcr.io/acme/tool:v1'] }))).toMatchInlineSnapshot(`
   "this is no image of a registry [invalid-image]
     expected  registry and name, without tag or digest, such as "ghcr.io/acme/tool"
     given     "ghcr.io/acme/tool:v1"
     construct test/layer/flux-images
     at        test/policy/flux-images.test.ts:<line>, called from test/policy/flux-images.test.ts:<line>"
  `);
});

test.each(['', 'tool', "ghcr.io/a', 'b", 'ghcr.io/acme/tool@sha256:0', 'ghcr.io/acme/*'])(
  'refuses the image %j',
  (image) => {
    expect(findingsOf(() => text({ images: [image] }))).toMatchObject([{ rule: 'invalid-image' }]);
  },
);

test('refuses to stand in a repository', () => {
  const layer = new Layer(new Repository({ name: 'infra' }), 'policies');
  expect(findingsOf(() => new FluxImages(layer, 'flux-images'))).toMatchObject([{ rule: 'policies-place' }]);
});
