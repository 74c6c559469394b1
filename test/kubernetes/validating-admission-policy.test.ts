import { expect, test } from '@jest/globals';
import { Layer, ValidatingAdmissionPolicy } from 'cdk8s-flux-fleet';
import type { ValidatingAdmissionPolicyProps } from 'cdk8s-flux-fleet';
import { objectIn, specOf } from '../flux/objects.js';
import { filesOf, findingsOf, testCluster, yamlOf } from '../support/fleet.js';

const MINIMAL: ValidatingAdmissionPolicyProps = {
  matchConstraints: {
    resourceRules: [{ apiGroups: ['apps'], apiVersions: ['v1'], operations: ['CREATE'], resources: ['deployments'] }],
  },
  validations: [{ expression: 'object.spec.replicas <= 5', message: 'at most 5 replicas' }],
};

test('defaults', () => {
  expect(yamlOf((layer) => new ValidatingAdmissionPolicy(layer, 'replicas', MINIMAL))).toMatchInlineSnapshot(`
   "apiVersion: admissionregistration.k8s.io/v1
   kind: ValidatingAdmissionPolicy
   metadata:
     name: replicas
   spec:
     matchConstraints:
       resourceRules:
         - apiGroups:
             - apps
           apiVersions:
             - v1
           operations:
             - CREATE
           resources:
             - deployments
     validations:
       - expression: "object.spec.replicas <= 5"
         message: at most 5 replicas
   "
  `);
});

test('fields of the spec land in the spec', () => {
  const spec = {
    ...MINIMAL,
    failurePolicy: 'Ignore',
    paramKind: { apiVersion: 'v1', kind: 'ConfigMap' },
    matchConditions: [{ name: 'new', expression: 'true' }],
    variables: [{ name: 'max', expression: '5' }],
    auditAnnotations: [{ key: 'replicas', valueExpression: 'string(object.spec.replicas)' }],
  } as const;
  expect(specOf((layer) => new ValidatingAdmissionPolicy(layer, 'replicas', spec))).toEqual(spec);
});

test('it stands in no namespace', () => {
  const cluster = testCluster();
  new ValidatingAdmissionPolicy(new Layer(cluster, 'layer', { namespace: 'apps' }), 'replicas', {
    ...MINIMAL,
    name: 'at-most-five',
    labels: { team: 'a' },
    annotations: { note: 'b' },
  });
  expect(objectIn(filesOf(cluster)['layers/layer/layer.yaml'], 'ValidatingAdmissionPolicy').metadata).toEqual({
    name: 'at-most-five',
    labels: { team: 'a' },
    annotations: { note: 'b' },
  });
});

test('what the API server would refuse is told', () => {
  const props = { ...MINIMAL, validation: [] } as never;
  expect(findingsOf(() => yamlOf((layer) => new ValidatingAdmissionPolicy(layer, 'x', props)))).toMatchObject([
    { rule: 'invalid-field' },
  ]);
});
