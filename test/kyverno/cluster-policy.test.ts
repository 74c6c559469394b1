import { expect, test } from '@jest/globals';
import { ClusterPolicy, Layer } from 'cdk8s-flux-fleet';
import type { ClusterPolicyProps } from 'cdk8s-flux-fleet';
import { objectIn, specOf } from '../flux/objects.js';
import { filesOf, findingsOf, testCluster, yamlOf } from '../support/fleet.js';

const RULES: ClusterPolicyProps['rules'] = [
  {
    name: 'has-an-owner',
    match: { any: [{ resources: { kinds: ['Deployment'] } }] },
    validate: { message: 'say who owns it', pattern: { metadata: { labels: { owner: '?*' } } } },
  },
];

test('defaults', () => {
  expect(yamlOf((layer) => new ClusterPolicy(layer, 'owners', { rules: RULES }))).toMatchInlineSnapshot(`
   "apiVersion: kyverno.io/v1
   kind: ClusterPolicy
   metadata:
     name: owners
   spec:
     rules:
       - match:
           any:
             - resources:
                 kinds:
                   - Deployment
         name: has-an-owner
         validate:
           message: say who owns it
           pattern:
             metadata:
               labels:
                 owner: "?*"
   "
  `);
});

test('fields of the spec land in the spec', () => {
  const spec = {
    validationFailureAction: 'Audit',
    failurePolicy: 'Fail',
    background: false,
    webhookTimeoutSeconds: 30,
    rules: RULES,
  } as const;
  expect(specOf((layer) => new ClusterPolicy(layer, 'owners', spec))).toEqual(spec);
});

test('it stands in no namespace, also where the layer around it has one', () => {
  const cluster = testCluster();
  new ClusterPolicy(new Layer(cluster, 'layer', { namespace: 'kyverno' }), 'owners', {
    name: 'all-owners',
    labels: { team: 'a' },
    annotations: { note: 'b' },
    rules: RULES,
  });
  expect(objectIn(filesOf(cluster)['layers/layer/layer.yaml'], 'ClusterPolicy').metadata).toEqual({
    name: 'all-owners',
    labels: { team: 'a' },
    annotations: { note: 'b' },
  });
});

test('what the CRD would refuse is told', () => {
  const props = { rules: [{ ...RULES[0]!, validat: {} }] } as never;
  expect(findingsOf(() => yamlOf((layer) => new ClusterPolicy(layer, 'owners', props)))).toMatchObject([
    { rule: 'invalid-field' },
  ]);
});

test('refuses a name that Kyverno would refuse', () => {
  const of = (name: string) => findingsOf(() => yamlOf((layer) => new ClusterPolicy(layer, name, { rules: RULES })));
  expect(of('x'.repeat(64))).toMatchObject([{ rule: 'invalid-name', expected: 'at most 63 characters' }]);
  expect(of('x'.repeat(63))).toEqual([]);
});
