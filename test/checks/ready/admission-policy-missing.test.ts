import { expect, test } from '@jest/globals';
import { findingsInLayer, object } from '../support.js';

const API = 'admissionregistration.k8s.io/v1';

/** What is said of a binding, beside the policy `replicas`. */
function findings(policyName: string) {
  return findingsInLayer((layer) => {
    object(layer, 'replicas', {
      apiVersion: API,
      kind: 'ValidatingAdmissionPolicy',
      spec: { validations: [{ expression: 'true' }] },
    });
    object(layer, 'all', {
      apiVersion: API,
      kind: 'ValidatingAdmissionPolicyBinding',
      spec: { policyName, validationActions: ['Deny'] },
    });
  }).filter((f) => f.rule === 'admission-policy-missing');
}

test('a policy that is misspelt checks nothing, and that is told', () => {
  expect(findings('replica')).toMatchObject([
    {
      what: 'ValidatingAdmissionPolicyBinding "all" needs the ValidatingAdmissionPolicy "replica", which nothing makes: nothing is checked, and everything is let through',
      expected: 'a ValidatingAdmissionPolicy that is there: did you mean "replicas"?',
    },
  ]);
});

test('a policy that is there is fine', () => {
  expect(findings('replicas')).toEqual([]);
});
