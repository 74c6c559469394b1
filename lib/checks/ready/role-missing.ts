import { referenceRule } from '../shared/missing.js';

/**
 * The role of every binding is there: the API server takes a binding to a role that is not, and it gives no rights.
 *
 * @see https://kubernetes.io/docs/reference/access-authn-authz/rbac/#rolebinding-and-clusterrolebinding
 */
export const roleMissing = referenceRule({
  id: 'role-missing',
  title: 'Every role that a binding gives is on the cluster.',
  kinds: ['Role', 'ClusterRole'],
  consequence: () => 'the binding gives no rights, and everything that its subjects do is forbidden',
});
