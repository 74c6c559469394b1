import { ruleAllows } from './policy-rule.js';
import type { PolicyRule, ResourceRequest } from './policy-rule.js';

/** A right by which an account reaches further than its namespaces. */
export interface WayOut {
  /** What somebody can do with it, after `may`. */
  readonly what: string;
  /** Each by itself is enough. */
  readonly requests: readonly Omit<ResourceRequest, 'namespace'>[];
  /** Where it matters: in any namespace that is not theirs, or only for the whole cluster. */
  readonly where: 'foreign' | 'cluster';
}

const RBAC = 'rbac.authorization.k8s.io';
const ADMISSION = 'admissionregistration.k8s.io';
const WRITE = ['create', 'patch', 'update'];
const POLICY_VERBS = [...WRITE, 'delete'];

/** What runs pods, by group. */
const WORKLOADS: Readonly<Record<string, readonly string[]>> = {
  '': ['pods', 'replicationcontrollers'],
  apps: ['daemonsets', 'deployments', 'replicasets', 'statefulsets'],
  batch: ['cronjobs', 'jobs'],
};

/** The ways out, worst first. */
export const WAYS_OUT: readonly WayOut[] = [
  {
    what: 'give itself any role',
    where: 'foreign',
    requests: ['bind', 'escalate'].flatMap((verb) => ask([verb], RBAC, ['clusterroles', 'roles'])),
  },
  {
    what: 'act in the name of others',
    where: 'foreign',
    requests: ask(['impersonate'], '', ['users', 'groups', 'serviceaccounts']),
  },
  {
    what: 'take tokens of other service accounts',
    where: 'foreign',
    requests: ask(['create'], '', ['serviceaccounts/token']),
  },
  {
    what: 'read Secrets',
    where: 'foreign',
    requests: ask(['get', 'list', 'watch'], '', ['secrets']),
  },
  {
    // A Secret of the type service-account-token is filled with a token of the account that it names.
    what: 'write Secrets',
    where: 'foreign',
    requests: ask(WRITE, '', ['secrets']),
  },
  {
    what: 'run pods, as any account there',
    where: 'foreign',
    requests: Object.entries(WORKLOADS).flatMap(([group, resources]) => ask(WRITE, group, resources)),
  },
  {
    what: 'enter pods',
    where: 'foreign',
    requests: [
      ...ask(['create', 'get'], '', ['pods/exec', 'pods/attach']),
      ...ask(['patch', 'update'], '', ['pods/ephemeralcontainers']),
    ],
  },
  {
    what: 'write objects of Flux, which are applied with rights of others',
    where: 'foreign',
    requests: [
      ...ask(WRITE, 'kustomize.toolkit.fluxcd.io', ['kustomizations']),
      ...ask(WRITE, 'helm.toolkit.fluxcd.io', ['helmreleases']),
      ...ask(WRITE, 'source.toolkit.fluxcd.io', ['gitrepositories', 'ocirepositories', 'buckets', 'helmrepositories']),
      ...ask(WRITE, 'fluxcd.controlplane.io', ['fluxinstances', 'resourcesets', 'resourcesetinputproviders']),
      ...ask(WRITE, 'image.toolkit.fluxcd.io', ['imageupdateautomations']),
    ],
  },
  {
    what: 'change what the API server admits',
    where: 'cluster',
    requests: ask(POLICY_VERBS, ADMISSION, [
      ...['validatingwebhookconfigurations', 'mutatingwebhookconfigurations'],
      ...['validatingadmissionpolicies', 'validatingadmissionpolicybindings'],
      ...['mutatingadmissionpolicies', 'mutatingadmissionpolicybindings'],
    ]),
  },
  {
    what: 'change the policies of Kyverno, or what they make an exception for',
    where: 'cluster',
    requests: [
      ...ask(POLICY_VERBS, 'kyverno.io', ['clusterpolicies', 'policyexceptions']),
      ...ask(POLICY_VERBS, 'policies.kyverno.io', [
        ...['validatingpolicies', 'mutatingpolicies', 'imagevalidatingpolicies', 'generatingpolicies'],
        ...['deletingpolicies', 'policyexceptions'],
      ]),
    ],
  },
  {
    what: 'delete the namespaces of others, with all that is in them',
    where: 'cluster',
    requests: ask(['delete'], '', ['namespaces']),
  },
  {
    what: 'answer in place of the API server',
    where: 'cluster',
    requests: ask(WRITE, 'apiregistration.k8s.io', ['apiservices']),
  },
  {
    what: 'reach into every pod through the nodes',
    where: 'cluster',
    requests: ask(['create', 'get'], '', ['nodes/proxy']),
  },
  {
    what: 'approve certificates, of anybody',
    where: 'cluster',
    requests: ask(['patch', 'update'], 'certificates.k8s.io', ['certificatesigningrequests/approval']),
  },
  {
    what: 'mount the nodes’ disks, through PersistentVolumes',
    where: 'cluster',
    requests: ask(['create'], '', ['persistentvolumes']),
  },
  {
    what: 'change the labels of namespaces, and with them what is enforced there',
    where: 'cluster',
    requests: ask(['patch', 'update'], '', ['namespaces']),
  },
];

function ask(
  verbs: readonly string[],
  group: string,
  resources: readonly string[],
): Omit<ResourceRequest, 'namespace'>[] {
  return verbs.flatMap((verb) => resources.map((resource) => ({ verb, group, resource })));
}

/** Namespaces of which accounts may do what they like with the cluster, or run what others stand on. */
export const SYSTEM_NAMESPACES: readonly string[] = ['flux-system', 'kube-system', 'kube-public', 'kube-node-lease'];

/** The ways out that a rule opens where it holds: in a namespace of others, or on the whole cluster. */
export function waysOut(rules: readonly PolicyRule[], whole: boolean): WayOut[] {
  return WAYS_OUT.filter(
    (way) =>
      (whole || way.where === 'foreign') &&
      way.requests.some((request) => rules.some((rule) => ruleAllows(rule, withWorstName(request)))),
  );
}

/** A role that may be bound is judged by the worst there is; a rule for other names is what somebody thought about. */
function withWorstName(request: Omit<ResourceRequest, 'namespace'>): ResourceRequest {
  const isGiving = request.verb === 'bind' || request.verb === 'escalate';
  return isGiving ? { ...request, name: 'cluster-admin' } : request;
}
