import { Construct } from 'constructs';
import { Args } from './argument.js';
import type { NamespacedObjectMeta } from './manifest.js';
import { LimitRange } from './kubernetes/limit-range.js';
import type { Limit } from './kubernetes/limit-range.js';
import { Namespace } from './kubernetes/namespace.js';
import type { PodSecurity } from './kubernetes/namespace.js';
import { NetworkPolicy } from './kubernetes/network-policy.js';
import type { AllowedTraffic } from './kubernetes/network-policy.js';
import { ResourceQuota } from './kubernetes/resource-quota.js';
import type { ResourceList } from './kubernetes/resource-quota.js';
import { RoleBinding } from './kubernetes/role-binding.js';
import type { RoleRef, Subject } from './kubernetes/role-binding.js';
import { ServiceAccount } from './kubernetes/service-account.js';
import type { SecretRef } from './reference.js';
import { defineScope } from './scope.js';
import type { TenantSync } from './tenant.js';

/** One namespace of a tenant. */
export interface TenantNamespaceProps {
  /** Name of the namespace. */
  readonly name: string;
  /** What Flux applies with this namespace's rights, in place of or beside the tenant's own sync. */
  readonly sync?: TenantSync;
  /**
   * Whether the Namespace object is made here; false where somebody else makes it.
   *
   * @default true
   */
  readonly createNamespace?: boolean;
  /**
   * Labels of everything here, what the sync brings along included.
   *
   * @default - the label `toolkit.fluxcd.io/tenant` alone
   */
  readonly commonLabels?: Readonly<Record<string, string>>;
  /** Labels of the Namespace object. */
  readonly labels?: Readonly<Record<string, string>>;
  /** Annotations of the Namespace object. */
  readonly annotations?: Readonly<Record<string, string>>;
  /**
   * Whether Flux deletes the namespace, and all that is in it, when it is no longer in the files.
   *
   * @default - false; true while the tenant is offboarding
   */
  readonly prune?: boolean;
  /**
   * Pod Security Standard that the API server enforces on the namespace's pods; false sets no label.
   *
   * @default 'baseline'
   * @see https://kubernetes.io/docs/concepts/security/pod-security-standards/
   */
  readonly podSecurity?: PodSecurity | false;
  /**
   * Name of the service account that reconciles in the namespace.
   *
   * @default - the tenant's name
   */
  readonly serviceAccountName?: string;
  /** Secrets with which the service account pulls images and charts. */
  readonly imagePullSecrets?: readonly SecretRef[];
  /**
   * What the service account may do in the namespace: a ClusterRole by name, or a role.
   *
   * @default 'admin'
   * @see https://kubernetes.io/docs/reference/access-authn-authz/rbac/#user-facing-roles
   */
  readonly role?: RoleRef;
  /**
   * Name of the RoleBinding.
   *
   * @default - `<tenant>-reconciler`
   */
  readonly roleBindingName?: string;
  /** Others who get the role: people and groups, or service accounts of other namespaces. */
  readonly subjects?: readonly Subject[];
  /**
   * Gives the role to the user `gotk:<namespace>:reconciler` too, as `flux create tenant` does.
   *
   * @default false
   */
  readonly reconcilerUser?: boolean;
  /** What the namespace may use in all. */
  readonly quota?: ResourceList;
  /** Defaults and bounds for the namespace's containers. */
  readonly limits?: readonly Limit[];
  /** Denies all traffic of the namespace's pods but what is allowed here; `{}` denies all. */
  readonly networkPolicy?: AllowedTraffic;
}

/** What a namespace needs to know of its tenant. */
export interface TenantFacts {
  readonly tenant: string;
  readonly offboarding: boolean;
  /** The account that acts in all of the tenant's namespaces, where one does. */
  readonly shared: { readonly namespace: string; readonly name: string } | undefined;
}

/** One namespace of a tenant, with its account, rights and limits. */
export class TenantNamespace extends Construct {
  /** Name of the namespace. */
  readonly name: string;
  /** Service account that reconciles in it; undefined where another namespace's account does. */
  readonly serviceAccountName: string | undefined;

  constructor(scope: Construct, id: string, props: TenantNamespaceProps, facts: TenantFacts) {
    super(scope, `namespace-${id}`);
    defineScope(this, { noun: 'tenant-namespace', labels: props.commonLabels, namespace: props.name });
    new Args(scope, id).dnsSubdomain("'serviceAccountName'", props.serviceAccountName ?? facts.tenant);
    const meta: NamespacedObjectMeta = { namespace: props.name };
    const { shared } = facts;
    const account = props.serviceAccountName ?? facts.tenant;
    const isElsewhere = shared !== undefined && shared.namespace !== props.name;
    this.name = props.name;
    this.serviceAccountName = isElsewhere ? undefined : account;
    if (props.createNamespace !== false) {
      new Namespace(this, 'namespace', {
        name: props.name,
        podSecurity: props.podSecurity ?? 'baseline',
        prune: props.prune ?? facts.offboarding,
        labels: props.labels,
        annotations: props.annotations,
      });
    }
    if (!isElsewhere) {
      new ServiceAccount(this, 'account', { ...meta, name: account, imagePullSecrets: props.imagePullSecrets });
    }
    new RoleBinding(this, 'binding', {
      ...meta,
      name: props.roleBindingName ?? `${facts.tenant}-reconciler`,
      role: props.role ?? 'admin',
      subjects: [
        ...(props.reconcilerUser === true ? [{ kind: 'User' as const, name: `gotk:${props.name}:reconciler` }] : []),
        isElsewhere
          ? { kind: 'ServiceAccount', ...shared }
          : { kind: 'ServiceAccount', name: account, namespace: props.name },
        ...(props.subjects ?? []),
      ],
    });
    if (props.quota) new ResourceQuota(this, 'quota', { ...meta, name: facts.tenant, hard: props.quota });
    if (props.limits) new LimitRange(this, 'limits', { ...meta, name: facts.tenant, limits: props.limits });
    if (props.networkPolicy)
      new NetworkPolicy(this, 'network-policy', { ...meta, name: 'deny-by-default', ...props.networkPolicy });
  }
}
