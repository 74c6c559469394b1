import { Construct } from 'constructs';
import { Args, show } from '../argument.js';
import { ConfigMap } from '../kubernetes/config-map.js';
import {
  checkValidationActions,
  ValidatingAdmissionPolicyBinding,
} from '../kubernetes/validating-admission-policy-binding.js';
import type { ValidationAction } from '../kubernetes/validating-admission-policy-binding.js';
import { ValidatingAdmissionPolicy } from '../kubernetes/validating-admission-policy.js';
import { Layer, checkFree } from '../layer.js';
import { late } from '../manifest.js';
import {
  ALLOWED_SOURCE_CEL,
  ALLOWED_SOURCES_LABEL,
  allowedSourcesData,
  PREFIXES_CEL,
  SOURCE_URL_CEL,
} from '../model/allowed-sources.js';
import { recordOrigin } from '../origin.js';
import { clusterOf, layerOf, nearestNoun, scopeInfo, TENANT_LABEL, tenantOf } from '../scope.js';
import type { Dependency, IDependable } from '../scope.js';
import type { TenantNamespace } from '../tenant-namespace.js';
import { NOT_BEING_DELETED, REASON } from './admission.js';

/** Props of {@link TenantPolicies}. */
export interface TenantPoliciesProps {
  /**
   * Where sources of tenants may come from: prefixes of their addresses, such as `https://github.com/acme/`,
   * `ssh://git@github.com/acme/` or `oci://ghcr.io/acme/`, for GitRepository, OCIRepository, HelmRepository and (as
   * `oci://`) ImageRepository. A prefix ends where a name ends: `https://github.com/acme` does not allow `acme-evil`.
   */
  readonly allowedSources: readonly string[];
  /**
   * Whether tenants may have Buckets, of any endpoint.
   *
   * @default false
   */
  readonly buckets?: boolean;
  /**
   * Whether Kustomizations and HelmReleases of tenants may reconcile other clusters (`spec.kubeConfig`).
   *
   * @default false
   */
  readonly remoteKubeConfig?: boolean;
  /**
   * Whether tenants may have ImageRepositories, ImagePolicies and ImageUpdateAutomations.
   *
   * @default true
   */
  readonly imageAutomation?: boolean;
  /**
   * Whether pods of tenants may run as the accounts that Flux reconciles with: those of the tenants, which are named
   * after them, and `fluxAccounts`.
   *
   * @default false
   */
  readonly fluxAccountPods?: boolean;
  /**
   * Further names of accounts that Flux reconciles with in namespaces of tenants. What the tenants of this cluster say
   * themselves (`serviceAccountName`) is known.
   *
   * @default ['flux']
   */
  readonly fluxAccounts?: readonly string[];
  /**
   * What becomes of a request that a policy objects to: `['Audit', 'Warn']` tells of it without refusing it.
   *
   * @default ['Deny', 'Audit']
   */
  readonly validationActions?: readonly ValidationAction[];
  /** What must be ready before the policies. In a layer that they share, the whole layer waits. */
  readonly dependsOn?: readonly Dependency[];
}

/** What one of the policies says. */
interface TenantPolicy {
  /** Resources by API group. */
  readonly resources: Readonly<Record<string, readonly string[]>>;
  readonly operations?: readonly ('CREATE' | 'UPDATE')[];
  /**
   * Whether objects that are being deleted may be updated, so that their finalizers can go.
   *
   * @default - true where updates are judged
   */
  readonly sparesDeletion?: boolean;
  readonly variables?: readonly { readonly name: string; readonly expression: string }[];
  readonly expression: string;
  /** What the tenant reads. */
  readonly message: string;
  /** The same with what was given, as CEL. */
  readonly messageExpression?: string;
  /** The ConfigMap that the expression reads. */
  readonly param?: ConfigMap;
}

/**
 * Keeps tenants in: `ValidatingAdmissionPolicies` for all namespaces with the label `toolkit.fluxcd.io/tenant`. Given a
 * cluster, they get a layer of their own; given a layer, they stand in that. Let tenants depend on them.
 *
 * @see https://kubernetes.io/docs/reference/access-authn-authz/validating-admission-policy/
 */
export class TenantPolicies extends Construct implements IDependable {
  /** The layer that they stand in. */
  readonly layer: Layer;
  private readonly validationActions: readonly ValidationAction[] | undefined;

  /** @throws FleetError for prefixes that allow more than they seem to, and actions that the API server would refuse */
  constructor(scope: Construct, id: string, props: TenantPoliciesProps) {
    const args = new Args(scope, id);
    args.dnsLabel('the name of these policies', id);
    checkPlace(args, scope);
    checkFree(args, scope, id, 'pack of policies');
    checkValidationActions(args, props.validationActions);
    for (const account of props.fluxAccounts ?? []) args.dnsSubdomain("a name of 'fluxAccounts'", account);
    const prefixes = checkedPrefixes(args, props.allowedSources);
    super(layerOf(scope) ? scope : new Layer(scope, id, { dependsOn: props.dependsOn }), id);
    recordOrigin(this);
    this.layer = layerOf(this) as Layer;
    this.validationActions = props.validationActions;
    if (layerOf(scope)) this.layer.addDependsOn(...(props.dependsOn ?? []));
    this.allowSources(prefixes);
    this.denySourceStatus();
    if (props.buckets !== true) this.denyBuckets();
    if (props.remoteKubeConfig !== true) this.denyRemoteKubeConfig();
    if (props.imageAutomation === false) this.denyImageAutomation();
    if (props.fluxAccountPods !== true) this.denyFluxAccountPods(props.fluxAccounts ?? ['flux']);
  }

  /** The layer that is meant when something depends on the policies: the one that they stand in. */
  get dependableLayer(): Layer {
    return this.layer;
  }

  private allowSources(prefixes: readonly string[]): void {
    const param = new ConfigMap(this, 'allowed-sources', {
      name: `${this.node.id}-sources`,
      namespace: 'flux-system',
      labels: { [ALLOWED_SOURCES_LABEL]: 'tenants' },
      data: allowedSourcesData(prefixes),
    });
    this.add('sources', {
      resources: {
        'source.toolkit.fluxcd.io': ['gitrepositories', 'ocirepositories', 'helmrepositories'],
        'image.toolkit.fluxcd.io': ['imagerepositories'],
      },
      param,
      variables: [
        { name: 'url', expression: SOURCE_URL_CEL },
        { name: 'prefixes', expression: PREFIXES_CEL },
      ],
      expression: ALLOWED_SOURCE_CEL,
      message: 'this source is not allowed here: take one of your organisation, or ask the platform team to allow it',
      messageExpression:
        "'the source ' + variables.url + ' is not allowed here: take one below ' + variables.prefixes.join(', ') + ', or ask the platform team to allow it'",
    });
  }

  /**
   * The roles admin and edit may write the status of a source, and with it the address of the artifact that is applied:
   * a source that is allowed, suspended and given another artifact would get around the prefixes.
   */
  private denySourceStatus(): void {
    this.add('source-status', {
      resources: { 'source.toolkit.fluxcd.io': ['*/status'] },
      operations: ['UPDATE'],
      sparesDeletion: false,
      expression: "request.userInfo.groups.exists(group, group == 'system:serviceaccounts:flux-system')",
      message: 'the status of a source is written by Flux alone',
    });
  }

  private denyBuckets(): void {
    this.add('buckets', {
      resources: { 'source.toolkit.fluxcd.io': ['buckets'] },
      expression: 'false',
      message: 'tenants have no Buckets here: use a GitRepository or an OCIRepository',
    });
  }

  private denyRemoteKubeConfig(): void {
    this.add('kubeconfig', {
      resources: { 'kustomize.toolkit.fluxcd.io': ['kustomizations'], 'helm.toolkit.fluxcd.io': ['helmreleases'] },
      expression: '!has(object.spec.kubeConfig)',
      message: 'tenants reconcile this cluster only: remove spec.kubeConfig',
    });
  }

  private denyImageAutomation(): void {
    this.add('image-automation', {
      resources: { 'image.toolkit.fluxcd.io': ['imagerepositories', 'imagepolicies', 'imageupdateautomations'] },
      expression: 'false',
      message: 'images are not updated automatically on this cluster: change the version in Git',
    });
  }

  private denyFluxAccountPods(names: readonly string[]): void {
    const known = names.map(quoted).join(', ');
    this.add('pods', {
      resources: { '': ['pods'] },
      // The account of a pod never changes, and an update that is refused would keep it from finishing.
      operations: ['CREATE'],
      variables: [
        {
          name: 'account',
          expression: "has(object.spec.serviceAccountName) ? object.spec.serviceAccountName : 'default'",
        },
        { name: 'tenant', expression: `namespaceObject.metadata.labels[${quoted(TENANT_LABEL)}]` },
        { name: 'others', expression: late({ produce: () => `[${this.otherAccounts()}]` }) as string },
      ],
      expression: `!(variables.account in [variables.tenant${known && `, ${known}`}]) && !(request.namespace + '/' + variables.account in variables.others)`,
      message: 'this service account is for Flux alone: give the pod one of its own in spec.serviceAccountName',
    });
  }

  /** The accounts of this cluster's tenants that are not named after them, as they are known at synth. */
  private otherAccounts(): string {
    return clusterOf(this)!
      .node.findAll()
      .filter((c): c is TenantNamespace => scopeInfo(c)?.noun === 'tenant-namespace')
      .filter((n) => layerOf(n)?.target === this.layer.target)
      .filter((n) => n.serviceAccountName !== undefined && n.serviceAccountName !== tenantOf(n)?.node.id)
      .map((n) => quoted(`${n.name}/${n.serviceAccountName}`))
      .sort()
      .join(', ');
  }

  private add(what: string, p: TenantPolicy): void {
    const name = `${this.node.id}-${what}`;
    const operations = p.operations ?? ['CREATE', 'UPDATE'];
    const policy = new ValidatingAdmissionPolicy(this, what, {
      name,
      failurePolicy: 'Fail',
      matchConstraints: {
        resourceRules: Object.entries(p.resources).map(([group, resources]) => ({
          apiGroups: [group],
          apiVersions: ['*'],
          operations,
          resources,
        })),
      },
      ...((p.sparesDeletion ?? operations.includes('UPDATE')) && { matchConditions: [NOT_BEING_DELETED] }),
      ...(p.param && { paramKind: { apiVersion: 'v1', kind: 'ConfigMap' } }),
      ...(p.variables && { variables: p.variables }),
      validations: [
        {
          expression: p.expression,
          message: p.message,
          reason: REASON,
          ...(p.messageExpression !== undefined && { messageExpression: p.messageExpression }),
        },
      ],
    });
    new ValidatingAdmissionPolicyBinding(this, `${what}-binding`, {
      name,
      policy,
      validationActions: this.validationActions,
      matchResources: { namespaceSelector: { matchExpressions: [{ key: TENANT_LABEL, operator: 'Exists' }] } },
      ...(p.param && {
        paramRef: { name: p.param.name, namespace: p.param.namespace, parameterNotFoundAction: 'Deny' },
      }),
    });
  }
}

/** Text as CEL. What comes here are names of Kubernetes, which have no quotes. */
function quoted(text: string): string {
  return `'${text}'`;
}

function checkPlace(args: Args, scope: Construct): void {
  const { noun } = scopeInfo(nearestNoun(scope)) ?? {};
  if (clusterOf(scope) && (noun === 'cluster' || noun === 'layer')) return;
  args.fail({
    rule: 'policies-place',
    what: 'policies for tenants stand neither on a cluster nor in one of its layers',
    expected: 'a Cluster, or a Layer of one, as their scope',
    given: show(scope.node.path),
  });
}

/** The prefixes with a slash at the end, so that each ends where a name ends. */
function checkedPrefixes(args: Args, prefixes: readonly string[]): string[] {
  const given: unknown = prefixes;
  if (!Array.isArray(given)) failPrefix(args, show(given), 'there is no list of allowed sources');
  if (prefixes.length === 0) failPrefix(args, 'nothing', 'no source is allowed: tenants could have none');
  for (const prefix of prefixes) {
    if (/^(https|ssh|oci):\/\/[^\s*?#/]+(\/[^\s*?#]*)?$/.test(prefix) && !prefix.includes('..')) continue;
    failPrefix(args, show(prefix), 'this cannot be the prefix of allowed sources');
  }
  return prefixes.map((prefix) => `${prefix.replace(/\/+$/, '')}/`);
}

function failPrefix(args: Args, given: string, what: string): never {
  return args.fail({
    rule: 'allowed-source',
    what,
    expected: 'https://, ssh:// or oci:// with a host, and a path without wildcards and ".."',
    given,
    fix: 'write such as "https://github.com/acme/"',
  });
}
