import { expect, test } from '@jest/globals';
import { Layer, Namespace } from 'cdk8s-flux-fleet';
import type { NamespaceProps } from 'cdk8s-flux-fleet';
import { parse } from 'yaml';
import { filesOf, findingsOf, testCluster, yamlOf } from '../support/fleet.js';
import { errorOf } from '../flux/objects.js';
import type { KubeObject } from '../flux/objects.js';

/** A namespace `apps` with these props, as the YAML has it. */
function namespace(props: NamespaceProps = {}): KubeObject {
  return parse(yamlOf((layer) => new Namespace(layer, 'apps', props))) as KubeObject;
}

test('defaults', () => {
  expect(yamlOf((layer) => new Namespace(layer, 'apps'))).toMatchInlineSnapshot(`
   "apiVersion: v1
   kind: Namespace
   metadata:
     annotations:
       kustomize.toolkit.fluxcd.io/prune: disabled
     name: apps
   "
  `);
});

test('every prop lands in its field', () => {
  expect(
    namespace({
      name: 'the-apps',
      labels: { team: 'a' },
      annotations: { note: 'b' },
      podSecurity: 'restricted',
      prune: false,
    }),
  ).toEqual({
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: {
      name: 'the-apps',
      labels: { team: 'a', 'pod-security.kubernetes.io/enforce': 'restricted' },
      annotations: { note: 'b', 'kustomize.toolkit.fluxcd.io/prune': 'disabled' },
    },
  });
});

test('Flux prunes it only where the code says so', () => {
  expect(namespace({ prune: true }).metadata).toEqual({ name: 'apps' });
  expect(namespace({ prune: false })).toEqual(namespace());
});

test('an annotation of one’s own wins over the guard', () => {
  const annotations = { 'kustomize.toolkit.fluxcd.io/prune': 'enabled' };
  expect(namespace({ annotations }).metadata.annotations).toEqual(annotations);
});

test.each(['privileged', 'baseline', 'restricted'] as const)('enforces the Pod Security Standard %s', (podSecurity) => {
  expect(namespace({ podSecurity }).metadata.labels).toEqual({ 'pod-security.kubernetes.io/enforce': podSecurity });
});

test('sets no Pod Security Standard where it is turned off', () => {
  expect(namespace({ podSecurity: false }).metadata).not.toHaveProperty('labels');
});

test('gets no namespace of the layer around it: it is cluster-scoped', () => {
  const cluster = testCluster();
  new Namespace(new Layer(cluster, 'layer', { namespace: 'infra', labels: { team: 'a' } }), 'apps');
  expect((parse(filesOf(cluster)['layers/layer/layer.yaml']!) as KubeObject).metadata).toEqual({
    name: 'apps',
    labels: { team: 'a' },
    annotations: { 'kustomize.toolkit.fluxcd.io/prune': 'disabled' },
  });
});

test('refuses a name with dots, which other objects may have', () => {
  expect(errorOf(() => namespace({ name: 'apps.example.com' }))).toMatchInlineSnapshot(`
   "the name of this Namespace is not a DNS label [invalid-name]
     expected  at most 63 lower-case letters, digits and "-", with a letter or digit at both ends
     given     "apps.example.com"
     construct test/layer/apps
     at        test/kubernetes/namespace.test.ts:<line>, called from test/kubernetes/namespace.test.ts:<line>
     fix       write "apps-example-com""
  `);
});

test.each(['Apps', 'dev_team', '-apps', 'apps-', '', 'x'.repeat(64)])('refuses the name %j', (name) => {
  expect(findingsOf(() => namespace({ name }))).toMatchObject([{ rule: 'invalid-name', given: JSON.stringify(name) }]);
});

test('refuses a Pod Security Standard that there is not', () => {
  expect(findingsOf(() => namespace({ podSecurity: 'strict' as 'restricted' }))).toMatchObject([
    { rule: 'invalid-value', expected: 'privileged, baseline, restricted', given: '"strict"' },
  ]);
});
