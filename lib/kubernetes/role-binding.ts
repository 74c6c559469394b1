import type { Construct } from 'constructs';
import { Args } from '../argument.js';
import { Manifest } from '../manifest.js';
import type { NamespacedObjectMeta, ObjectMeta } from '../manifest.js';
import { compact } from '../compact.js';

/** Who gets a role. */
export interface Subject {
  readonly kind: 'ServiceAccount' | 'User' | 'Group';
  readonly name: string;
  /**
   * Namespace of a service account.
   *
   * @default - the binding's own
   */
  readonly namespace?: string;
}

/** A role by name: a string is a ClusterRole. */
export type RoleRef = string | { readonly kind: 'ClusterRole' | 'Role'; readonly name: string };

/** Props of {@link RoleBinding}. */
export interface RoleBindingProps extends NamespacedObjectMeta {
  /** The role that is given. */
  readonly role: RoleRef;
  /** Who gets it. */
  readonly subjects: readonly Subject[];
}

/** Props of {@link ClusterRoleBinding}. */
export interface ClusterRoleBindingProps extends ObjectMeta {
  /** The ClusterRole that is given on the whole cluster. */
  readonly role: string;
  /** Who gets it; a service account needs its namespace. */
  readonly subjects: readonly Subject[];
}

const API = 'rbac.authorization.k8s.io';

/** A `RoleBinding`: gives a role's rights in one namespace. */
export class RoleBinding extends Manifest {
  constructor(scope: Construct, id: string, props: RoleBindingProps) {
    super(scope, id, {
      apiVersion: `${API}/v1`,
      kind: 'RoleBinding',
      metadata: rbacMeta(scope, id, props),
      roleRef: roleRef(props.role),
      // A service account that says no namespace gets the binding's at synth, as in every RoleBinding.
      subjects: props.subjects.map(subject),
    });
  }
}

/** A `ClusterRoleBinding`: gives a role's rights in every namespace and on what has none. */
export class ClusterRoleBinding extends Manifest {
  constructor(scope: Construct, id: string, props: ClusterRoleBindingProps) {
    for (const s of props.subjects) {
      if (s.kind === 'ServiceAccount' && s.namespace === undefined) {
        new Args(scope, id).fail({
          rule: 'subject-namespace',
          what: `the service account "${s.name}" in a ClusterRoleBinding has no namespace`,
          fix: 'say the namespace of the service account',
        });
      }
    }
    super(scope, id, {
      apiVersion: `${API}/v1`,
      kind: 'ClusterRoleBinding',
      metadata: rbacMeta(scope, id, props),
      roleRef: roleRef(props.role),
      subjects: props.subjects.map(subject),
    });
  }
}

/** RBAC names may hold what others may not (`system:masters`), so they are not checked as DNS names. */
function rbacMeta(
  scope: Construct,
  id: string,
  props: NamespacedObjectMeta,
): Record<string, unknown> & { name: string } {
  if (props.namespace !== undefined) new Args(scope, id).dnsLabel('the namespace of this RoleBinding', props.namespace);
  const { namespace, labels, annotations } = props;
  return { name: props.name ?? id, ...compact({ namespace, labels, annotations }) };
}

function roleRef(role: RoleRef): Record<string, string> {
  return { apiGroup: API, ...(typeof role === 'string' ? { kind: 'ClusterRole', name: role } : role) };
}

function subject(s: Subject): Record<string, unknown> {
  if (s.kind !== 'ServiceAccount') return { apiGroup: API, kind: s.kind, name: s.name };
  return compact({ kind: s.kind, name: s.name, namespace: s.namespace });
}
