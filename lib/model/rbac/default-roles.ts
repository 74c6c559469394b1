import type { LabelSelector } from '../label-selector.js';
import type { PolicyRule } from './policy-rule.js';

/** A ClusterRole: its own rules, or the labels of those that it gathers. */
export interface RoleData {
  readonly labels: Readonly<Record<string, string>>;
  readonly rules: readonly PolicyRule[];
  /** The selectors of `aggregationRule`; a role that has some has the rules of those that they select. */
  readonly gathers?: readonly LabelSelector[];
}

const READ = ['get', 'list', 'watch'];
const WRITE = ['create', 'delete', 'deletecollection', 'patch', 'update'];
const ALL = ['*'];

/** Kubernetes' own groups, of which charts add nothing to the roles `admin`, `edit` and `view`. */
export const BUILT_IN_GROUPS: ReadonlySet<string> = new Set([
  ...['', 'apps', 'autoscaling', 'batch', 'events.k8s.io', 'extensions', 'policy'],
  ...['admissionregistration', 'apiextensions', 'apiregistration', 'authentication', 'authorization', 'certificates']
    .concat(['coordination', 'discovery', 'flowcontrol.apiserver', 'networking', 'node', 'rbac.authorization'])
    .concat(['resource', 'scheduling', 'storage', 'storagemigration'])
    .map((name) => `${name}.k8s.io`),
]);

/** The groups of Flux whose kinds its roles `flux-edit` and `flux-view` are about. */
const FLUX_GROUPS = [
  ...['notification', 'source', 'helm', 'image', 'kustomize'].map((name) => `${name}.toolkit.fluxcd.io`),
  'source.extensions.fluxcd.io',
];

/**
 * The ClusterRoles that every cluster has and that somebody is bound to: those for users and those that all service
 * accounts have, from Kubernetes 1.36 (`bootstrappolicy`), and Flux's own.
 *
 * @see https://kubernetes.io/docs/reference/access-authn-authz/rbac/#default-roles-and-role-bindings
 */
export const DEFAULT_ROLES: Readonly<Record<string, RoleData>> = {
  'cluster-admin': role({}, allow(ALL, ['*'], ['*']), urls(ALL, ['*'])),
  admin: gathering('admin', {}),
  edit: gathering('edit', to('admin')),
  view: gathering('view', to('edit')),
  'system:aggregate-to-admin': role(
    to('admin'),
    allow(['create'], ['authorization.k8s.io'], ['localsubjectaccessreviews']),
    allow([...WRITE, ...READ], ['rbac.authorization.k8s.io'], ['rolebindings', 'roles']),
  ),
  'system:aggregate-to-edit': role(
    to('edit'),
    allow(READ, [''], ['pods/attach', 'pods/exec', 'pods/portforward', 'pods/proxy', 'secrets', 'services/proxy']),
    allow(['impersonate'], [''], ['serviceaccounts']),
    allow(WRITE, [''], ['pods', 'pods/attach', 'pods/exec', 'pods/portforward', 'pods/proxy']),
    allow(['create'], [''], ['pods/eviction']),
    allow(
      WRITE,
      [''],
      [
        'configmaps',
        'persistentvolumeclaims',
        'replicationcontrollers',
        'replicationcontrollers/scale',
        'secrets',
      ].concat(['serviceaccounts', 'services', 'services/proxy']),
    ),
    allow(['create'], [''], ['serviceaccounts/token']),
    allow(WRITE, ['', 'events.k8s.io'], ['events']),
    allow(
      WRITE,
      ['apps'],
      [
        'daemonsets',
        'deployments',
        'deployments/rollback',
        'deployments/scale',
        'replicasets',
        'replicasets/scale',
      ].concat(['statefulsets', 'statefulsets/scale']),
    ),
    allow(WRITE, ['autoscaling'], ['horizontalpodautoscalers']),
    allow(WRITE, ['batch'], ['cronjobs', 'jobs']),
    allow(
      WRITE,
      ['extensions'],
      ['daemonsets', 'deployments', 'deployments/rollback', 'deployments/scale', 'ingresses', 'networkpolicies'].concat(
        ['replicasets', 'replicasets/scale', 'replicationcontrollers/scale'],
      ),
    ),
    allow(WRITE, ['policy'], ['poddisruptionbudgets']),
    allow(WRITE, ['networking.k8s.io'], ['ingresses', 'networkpolicies']),
    allow([...WRITE, ...READ], ['coordination.k8s.io'], ['leases']),
    allow(WRITE, ['resource.k8s.io'], ['resourceclaims', 'resourceclaimtemplates']),
  ),
  'system:aggregate-to-view': role(
    to('view'),
    allow(
      READ,
      [''],
      ['configmaps', 'endpoints', 'persistentvolumeclaims', 'persistentvolumeclaims/status', 'pods']
        .concat(['replicationcontrollers', 'replicationcontrollers/scale', 'serviceaccounts', 'services'])
        .concat(['services/status']),
    ),
    allow(
      READ,
      [''],
      [
        'bindings',
        'limitranges',
        'namespaces/status',
        'pods/log',
        'pods/status',
        'replicationcontrollers/status',
      ].concat(['resourcequotas', 'resourcequotas/status']),
    ),
    allow(READ, [''], ['namespaces']),
    allow(READ, ['', 'events.k8s.io'], ['events']),
    allow(READ, ['discovery.k8s.io'], ['endpointslices']),
    allow(
      READ,
      ['apps'],
      ['controllerrevisions', 'daemonsets', 'daemonsets/status', 'deployments', 'deployments/scale']
        .concat(['deployments/status', 'replicasets', 'replicasets/scale', 'replicasets/status', 'statefulsets'])
        .concat(['statefulsets/scale', 'statefulsets/status']),
    ),
    allow(READ, ['autoscaling'], ['horizontalpodautoscalers', 'horizontalpodautoscalers/status']),
    allow(READ, ['batch'], ['cronjobs', 'cronjobs/status', 'jobs', 'jobs/status']),
    allow(
      READ,
      ['extensions'],
      ['daemonsets', 'daemonsets/status', 'deployments', 'deployments/scale', 'deployments/status', 'ingresses']
        .concat(['ingresses/status', 'networkpolicies', 'replicasets', 'replicasets/scale', 'replicasets/status'])
        .concat(['replicationcontrollers/scale']),
    ),
    allow(READ, ['policy'], ['poddisruptionbudgets', 'poddisruptionbudgets/status']),
    allow(READ, ['networking.k8s.io'], ['ingresses', 'ingresses/status', 'networkpolicies']),
    allow(READ, ['resource.k8s.io'], ['resourceclaims', 'resourceclaims/status', 'resourceclaimtemplates']),
  ),
  'system:basic-user': role(
    {},
    allow(['create'], ['authorization.k8s.io'], ['selfsubjectaccessreviews', 'selfsubjectrulesreviews']),
    allow(['create'], ['authentication.k8s.io'], ['selfsubjectreviews']),
  ),
  'system:discovery': role(
    {},
    urls(
      ['get'],
      [
        '/api',
        '/api/*',
        '/apis',
        '/apis/*',
        '/healthz',
        '/livez',
        '/openapi',
        '/openapi/*',
        '/readyz',
        '/version',
      ].concat(['/version/']),
    ),
  ),
  'system:public-info-viewer': role({}, urls(['get'], ['/healthz', '/livez', '/readyz', '/version', '/version/'])),
  'system:service-account-issuer-discovery': role(
    {},
    urls(
      ['get'],
      ['/.well-known/openid-configuration', '/.well-known/openid-configuration/', '/openid/v1/jwks'].concat([
        '/openid/v1/jwks/',
      ]),
    ),
  ),
  'system:auth-delegator': role(
    {},
    allow(['create'], ['authentication.k8s.io'], ['tokenreviews']),
    allow(['create'], ['authorization.k8s.io'], ['subjectaccessreviews']),
  ),
  'flux-edit-flux-system': role({ ...to('edit'), ...to('admin') }, allow(WRITE, FLUX_GROUPS, ['*'])),
  'flux-view-flux-system': role({ ...to('admin'), ...to('edit'), ...to('view') }, allow(READ, FLUX_GROUPS, ['*'])),
};

/** A binding of a cluster role that every cluster has. */
export interface DefaultBinding {
  readonly name: string;
  readonly role: string;
  readonly groups?: readonly string[];
  /** Service accounts in flux-system. */
  readonly controllers?: readonly string[];
}

export const DEFAULT_BINDINGS: readonly DefaultBinding[] = [
  { name: 'system:discovery', role: 'system:discovery', groups: ['system:authenticated'] },
  { name: 'system:basic-user', role: 'system:basic-user', groups: ['system:authenticated'] },
  { name: 'system:public-info-viewer', role: 'system:public-info-viewer', groups: ['system:authenticated'] },
  {
    name: 'system:service-account-issuer-discovery',
    role: 'system:service-account-issuer-discovery',
    groups: ['system:serviceaccounts'],
  },
  {
    name: 'cluster-reconciler-flux-system',
    role: 'cluster-admin',
    controllers: ['kustomize-controller', 'helm-controller'],
  },
];

function to(name: string): Record<string, string> {
  return { [`rbac.authorization.k8s.io/aggregate-to-${name}`]: 'true' };
}

function role(labels: Readonly<Record<string, string>>, ...rules: PolicyRule[]): RoleData {
  return { labels, rules };
}

function gathering(name: string, labels: Readonly<Record<string, string>>): RoleData {
  return { labels, rules: [], gathers: [{ matchLabels: to(name) }] };
}

function allow(verbs: readonly string[], apiGroups: readonly string[], resources: readonly string[]): PolicyRule {
  return { verbs, apiGroups, resources, resourceNames: [], nonResourceURLs: [] };
}

function urls(verbs: readonly string[], nonResourceURLs: readonly string[]): PolicyRule {
  return { verbs, apiGroups: [], resources: [], resourceNames: [], nonResourceURLs };
}
