import type { ObjectState } from '../../model/cluster-state.js';
import { nameOf } from '../rule.js';
import type { Rule } from '../rule.js';

interface Subject {
  readonly kind?: unknown;
  readonly name?: unknown;
  readonly namespace?: unknown;
}

/**
 * Every account that a ClusterRoleBinding names has its namespace; in a RoleBinding it is that of the binding.
 *
 * @see https://kubernetes.io/docs/reference/access-authn-authz/rbac/#referring-to-subjects
 */
export const subjectNamespace: Rule = {
  id: 'subject-namespace',
  title: 'Every service account in a ClusterRoleBinding has its namespace beside it.',
  *check(cluster) {
    for (const state of cluster.ofKind('rbac.authorization.k8s.io', 'ClusterRoleBinding')) {
      // kustomize writes it where a targetNamespace says it.
      if (targetNamespaceOf(state) !== undefined) continue;
      const { subjects } = state.object as { subjects?: unknown };
      if (!Array.isArray(subjects)) continue;
      const index = (subjects as (Subject | null)[]).findIndex(
        (s) => s?.kind === 'ServiceAccount' && (s.namespace === undefined || s.namespace === ''),
      );
      if (index === -1) continue;
      const name = (subjects as Subject[])[index]!.name;
      yield {
        on: state.on,
        field: ['subjects', index],
        what: `${nameOf(state)} names the service account ${JSON.stringify(name)} without its namespace: the API server refuses it`,
        expected: `subjects[${index}].namespace: a ClusterRoleBinding stands in no namespace that could be meant`,
        given: 'none',
        fix: 'write the namespace of the account, or make it a RoleBinding',
      };
    }
  },
};

function targetNamespaceOf({ layer }: ObjectState): unknown {
  return (layer.kustomization?.object.spec as { targetNamespace?: unknown } | undefined)?.targetNamespace;
}
