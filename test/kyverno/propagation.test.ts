import { expect, test } from '@jest/globals';
import { Propagation } from 'cdk8s-flux-fleet';
import type { PropagationProps } from 'cdk8s-flux-fleet';
import { errorOf, objectIn, specOf } from '../flux/objects.js';
import { findingsOf, yamlOf } from '../support/fleet.js';

const TEAM = { 'toolkit.fluxcd.io/tenant': 'shop' };
const MINIMAL: PropagationProps = { kind: 'Secret', matchLabels: TEAM };

function propagation(props: Partial<PropagationProps> = {}): string {
  return yamlOf((layer) => new Propagation(layer, 'shop-secrets', { ...MINIMAL, ...props }));
}

/** The only rule of the policy. */
function rule(props: Partial<PropagationProps> = {}): Record<string, unknown> {
  return (objectIn(propagation(props), 'ClusterPolicy').spec['rules'] as Record<string, unknown>[])[0]!;
}

test('defaults', () => {
  expect(propagation()).toMatchInlineSnapshot(`
   "apiVersion: kyverno.io/v1
   kind: ClusterPolicy
   metadata:
     annotations:
       kustomize.toolkit.fluxcd.io/force: Enabled
     name: shop-secrets
   spec:
     background: false
     generateExisting: true
     rules:
       - generate:
           cloneList:
             kinds:
               - v1/Secret
             namespace: flux-system
             selector:
               matchLabels:
                 toolkit.fluxcd.io/tenant: shop
           namespace: "{{request.object.metadata.name}}"
           synchronize: true
         match:
           any:
             - resources:
                 kinds:
                   - v1/Namespace
                 selector:
                   matchLabels:
                     toolkit.fluxcd.io/tenant: shop
         name: sync-secrets
   "
  `);
});

test('ConfigMaps for all namespaces, from another one', () => {
  const props = { kind: 'ConfigMap', from: 'shared', matchLabels: { copy: 'yes' }, to: 'all' } as const;
  expect(rule(props)).toEqual({
    name: 'sync-configmaps',
    match: { any: [{ resources: { kinds: ['v1/Namespace'] } }] },
    generate: {
      namespace: '{{request.object.metadata.name}}',
      synchronize: true,
      cloneList: { namespace: 'shared', kinds: ['v1/ConfigMap'], selector: { matchLabels: { copy: 'yes' } } },
    },
  });
});

test('namespaces may be chosen by labels of their own', () => {
  expect(rule({ to: { matchLabels: { pull: 'true' } } })).toMatchObject({
    match: { any: [{ resources: { selector: { matchLabels: { pull: 'true' } } } }] },
    generate: { cloneList: { selector: { matchLabels: TEAM } } },
  });
});

test('copies that do not follow the original, and a rule of another name', () => {
  expect(rule({ synchronize: false, ruleName: 'copy' })).toMatchObject({
    name: 'copy',
    generate: { synchronize: false },
  });
});

test('further fields of the policy, labels and annotations', () => {
  const text = propagation({
    name: 'generate-shop-secrets',
    labels: { team: 'shop' },
    annotations: { note: 'a' },
    validationFailureAction: 'Enforce',
  });
  expect(objectIn(text, 'ClusterPolicy')).toMatchObject({
    metadata: {
      name: 'generate-shop-secrets',
      labels: { team: 'shop' },
      annotations: { note: 'a', 'kustomize.toolkit.fluxcd.io/force': 'Enabled' },
    },
    spec: { validationFailureAction: 'Enforce' },
  });
});

test('refuses to copy every Secret of a namespace', () => {
  expect(errorOf(() => propagation({ matchLabels: {} }))).toMatchInlineSnapshot(`
   "'matchLabels' has no label: every Secret of the namespace would be copied [propagation-labels]
     expected  labels, such as { 'toolkit.fluxcd.io/tenant': 'apps' }
     given     {}
     construct test/layer/shop-secrets
     at        test/kyverno/propagation.test.ts:<line>, called from test/kyverno/propagation.test.ts:<line>"
  `);
});

test('refuses labels that would choose every namespace', () => {
  expect(findingsOf(() => propagation({ to: { matchLabels: {} } }))).toMatchObject([
    { rule: 'propagation-labels', what: expect.stringContaining("'to.matchLabels' has no label") },
  ]);
});

test('refuses to copy anything else', () => {
  expect(findingsOf(() => propagation({ kind: 'Role' as never }))).toMatchObject([{ rule: 'invalid-value' }]);
});

test('the policy is what its CRD takes, and nothing else', () => {
  expect(Object.keys(specOf((layer) => new Propagation(layer, 'x', MINIMAL))).sort()).toEqual([
    'background',
    'generateExisting',
    'rules',
  ]);
});

test.each([undefined, null, 5, 'a b', '*', '-', 'x'.repeat(64)])('refuses the label value %j', (value) => {
  const labels = { matchLabels: { team: value as string } };
  expect(findingsOf(() => propagation(labels))).toMatchObject([{ rule: 'propagation-labels', given: 'team' }]);
  expect(findingsOf(() => propagation({ to: labels }))).toMatchObject([{ rule: 'propagation-labels', given: 'team' }]);
});

test.each(['', 'Shop_1.x', 'x'.repeat(63), '${TEAM}'])('takes the label value %j', (value) => {
  expect(rule({ matchLabels: { team: value } })['generate']).toMatchObject({
    cloneList: { selector: { matchLabels: { team: value } } },
  });
});

test('refuses what only JavaScript can say: no kind, and null for a choice', () => {
  expect(findingsOf(() => propagation({ kind: undefined }))).toMatchObject([{ rule: 'invalid-value' }]);
  expect(findingsOf(() => propagation({ to: null as never }))).toMatchObject([{ rule: 'propagation-labels' }]);
});

test('refuses a namespace to copy from that is none', () => {
  expect(findingsOf(() => propagation({ from: 'No Namespace' }))).toMatchObject([{ rule: 'invalid-name' }]);
});
