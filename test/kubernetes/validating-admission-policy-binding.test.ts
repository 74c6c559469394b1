import { expect, test } from '@jest/globals';
import { Layer, ValidatingAdmissionPolicy, ValidatingAdmissionPolicyBinding } from 'cdk8s-flux-fleet';
import type { ValidatingAdmissionPolicyBindingProps, ValidationAction } from 'cdk8s-flux-fleet';
import { parse } from 'yaml';
import { errorOf, objectIn, specOf } from '../flux/objects.js';
import { filesOf, findingsOf, testCluster, yamlOf } from '../support/fleet.js';

const MINIMAL: ValidatingAdmissionPolicyBindingProps = { policy: ValidatingAdmissionPolicy.fromName('replicas') };

function withActions(...validationActions: ValidationAction[]): string {
  return yamlOf((layer) => new ValidatingAdmissionPolicyBinding(layer, 'replicas', { ...MINIMAL, validationActions }));
}

test('defaults', () => {
  expect(yamlOf((layer) => new ValidatingAdmissionPolicyBinding(layer, 'replicas', MINIMAL))).toMatchInlineSnapshot(`
   "apiVersion: admissionregistration.k8s.io/v1
   kind: ValidatingAdmissionPolicyBinding
   metadata:
     name: replicas
   spec:
     policyName: replicas
     validationActions:
       - Deny
       - Audit
   "
  `);
});

test('it refers to a policy of the fleet by object', () => {
  const text = yamlOf((layer) => {
    const policy = new ValidatingAdmissionPolicy(layer, 'policy', {
      name: 'at-most-five',
      matchConstraints: {},
      validations: [{ expression: 'true' }],
    });
    new ValidatingAdmissionPolicyBinding(layer, 'binding', { policy });
  });
  expect(objectIn(text, 'ValidatingAdmissionPolicyBinding').spec['policyName']).toBe('at-most-five');
});

test('a policy that others make is declared, without a namespace', () => {
  const cluster = testCluster();
  new ValidatingAdmissionPolicyBinding(new Layer(cluster, 'layer', { namespace: 'apps' }), 'replicas', MINIMAL);
  const { exists } = parse(filesOf(cluster)['flux-fleet.yaml']!) as { exists: unknown };
  expect(exists).toEqual([{ kind: 'ValidatingAdmissionPolicy', name: 'replicas' }]);
});

test('fields of the spec land in the spec', () => {
  const fields = {
    validationActions: ['Audit', 'Warn'],
    matchResources: { namespaceSelector: { matchLabels: { env: 'test' } } },
    paramRef: { name: 'limits', namespace: 'flux-system', parameterNotFoundAction: 'Deny' },
  } as const;
  const spec = specOf((layer) => new ValidatingAdmissionPolicyBinding(layer, 'x', { ...MINIMAL, ...fields }));
  expect(spec).toEqual({ policyName: 'replicas', ...fields });
});

test('refuses to deny and to warn at once', () => {
  expect(errorOf(() => withActions('Deny', 'Warn'))).toMatchInlineSnapshot(`
   "the API server does not take these validationActions together [validation-actions]
     expected  at least one of Deny, Warn and Audit, none twice, and not both Deny and Warn
     given     ["Deny","Warn"]
     construct test/layer/replicas
     at        test/kubernetes/validating-admission-policy-binding.test.ts:<line>, called from test/kubernetes/validating-admission-policy-binding.test.ts:<line>
     fix       leave out Warn: who is denied is told why"
  `);
});

test.each([[[]], [['Audit', 'Audit']]] as ValidationAction[][][])('refuses the actions %j', (actions) => {
  expect(findingsOf(() => withActions(...actions))).toMatchObject([{ rule: 'validation-actions' }]);
});

test('refuses an action that there is not', () => {
  expect(findingsOf(() => withActions('Enforce' as never))).toMatchObject([{ rule: 'invalid-value' }]);
});
