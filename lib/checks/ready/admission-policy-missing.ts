import { referenceRule } from '../shared/missing.js';

/**
 * The policy that is bound is there: the API server takes a binding to one that is not, and nothing is checked.
 *
 * @see https://kubernetes.io/docs/reference/access-authn-authz/validating-admission-policy/
 */
export const admissionPolicyMissing = referenceRule({
  id: 'admission-policy-missing',
  title: 'Every ValidatingAdmissionPolicy that is bound is on the cluster.',
  kinds: ['ValidatingAdmissionPolicy'],
  consequence: () => 'nothing is checked, and everything is let through',
});
