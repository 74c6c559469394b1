import { expect, test } from '@jest/globals';
import { tenantReachesOut } from '../../../lib/checks/reach/tenant-reaches-out.js';
import { account, bind, judge, namespace, role } from './support.js';

const TENANT = [namespace('apps', 'dev-team'), account('apps', 'dev-team')];

function findings(more: readonly object[]) {
  return judge(tenantReachesOut, { root: [...TENANT, ...more] });
}

/** What a tenant with one right on the whole cluster is told to be able to do. */
function wayOut(rule: string): string | undefined {
  const [found, ...others] = findings([role('extra', [rule]), bind('apps/dev-team', 'extra')]);
  expect(others).toEqual([]);
  return found && / it may (.*)$/.exec(found.what)?.[1];
}

test('a tenant that may read the Secrets of all namespaces', () => {
  expect(findings([role('secrets', ['get,list core secrets']), bind('apps/dev-team', 'secrets')])).toEqual([
    {
      rule: 'tenant-reaches-out',
      what: 'ClusterRoleBinding "dev-team-secrets" lets the account apps/dev-team of the tenant "dev-team" reach what is not the tenant’s: in every namespace it may read Secrets',
      expected: 'rights in the namespaces of the tenant, and on the cluster only what opens no way to others',
      given: 'the ClusterRole "secrets" on the whole cluster, with which it may\nread Secrets',
      fix: 'bind the role in the tenant’s namespaces only (a RoleBinding in each), or give a ClusterRole without these rights',
      cluster: 'test',
      where: { construct: undefined, code: undefined },
    },
  ]);
});

test.each([
  ['bind rbac.authorization.k8s.io clusterroles', 'give itself any role'],
  ['escalate rbac.authorization.k8s.io roles', 'give itself any role'],
  ['impersonate core users', 'act in the name of others'],
  ['create core serviceaccounts/token', 'take tokens of other service accounts'],
  ['list core secrets', 'read Secrets'],
  ['create core secrets', 'write Secrets'],
  ['patch apps deployments', 'run pods, as any account there'],
  ['create batch jobs', 'run pods, as any account there'],
  ['create core pods/exec', 'enter pods'],
  ['create core */exec', 'enter pods'],
  ['patch kustomize.toolkit.fluxcd.io *', 'write objects of Flux, which are applied with rights of others'],
  ['delete admissionregistration.k8s.io validatingadmissionpolicybindings', 'change what the API server admits'],
  ['create fluxcd.controlplane.io resourcesets', 'write objects of Flux, which are applied with rights of others'],
  ['patch image.toolkit.fluxcd.io *', 'write objects of Flux, which are applied with rights of others'],
  ['create kyverno.io policyexceptions', 'change the policies of Kyverno, or what they make an exception for'],
  ['delete policies.kyverno.io *', 'change the policies of Kyverno, or what they make an exception for'],
  ['delete core namespaces', 'delete the namespaces of others, with all that is in them'],
  ['create apiregistration.k8s.io apiservices', 'answer in place of the API server'],
  ['get core nodes/proxy', 'reach into every pod through the nodes'],
  ['update certificates.k8s.io certificatesigningrequests/approval', 'approve certificates, of anybody'],
  ['create core persistentvolumes', 'mount the nodes’ disks, through PersistentVolumes'],
  ['patch core namespaces', 'change the labels of namespaces, and with them what is enforced there'],
])('%s: it may %s', (rule, what) => {
  expect(wayOut(rule)).toBe(what);
});

test.each([
  'get,list,watch core namespaces,nodes,pods',
  '* networking.k8s.io ingressclasses',
  'create,patch,delete apiextensions.k8s.io customresourcedefinitions',
  '* cert-manager.io clusterissuers',
])('%s opens no way out', (rule) => {
  expect(wayOut(rule)).toBeUndefined();
});

test('the role view on the whole cluster shows no Secrets, edit does', () => {
  expect(findings([bind('apps/dev-team', 'view')])).toEqual([]);
  expect(findings([bind('apps/dev-team', 'edit')])).toMatchObject([
    {
      given:
        'the ClusterRole "edit" on the whole cluster, with which it may\nact in the name of others\ntake tokens of other service accounts\nread Secrets\n4 more ways out',
    },
  ]);
});

test('in its own namespaces a tenant may have what it wants', () => {
  const more = [
    bind('apps/dev-team', 'admin', 'apps'),
    namespace('web', 'dev-team'),
    bind('apps/dev-team', 'admin', 'web'),
  ];
  expect(findings(more)).toEqual([]);
});

test('the namespace of another tenant is not its own, nor is one of the platform', () => {
  const more = [namespace('other', 'other'), bind('apps/dev-team', 'admin', 'other')];
  expect(findings(more)).toMatchObject([
    { what: expect.stringContaining('in other it may act in the name of others') },
  ]);
  expect(findings([namespace('monitoring'), bind('apps/dev-team', 'edit', 'monitoring')])).toHaveLength(1);
  expect(findings([namespace('monitoring'), bind('apps/dev-team', 'view', 'monitoring')])).toEqual([]);
});

test('flux-system is nobody’s, whether its Namespace is here or not', () => {
  const writes = role('sources', ['create,patch source.toolkit.fluxcd.io gitrepositories'], 'flux-system');
  expect(findings([writes, bind('apps/dev-team', 'sources', 'flux-system', 'Role')])).toHaveLength(1);
});

test('a namespace that is not here may be the tenant’s', () => {
  expect(findings([bind('apps/dev-team', 'admin', 'made-elsewhere')])).toEqual([]);
});

test('one role that may be bound, by name, is no way out unless it is cluster-admin', () => {
  const binder = role('binder', ['bind rbac.authorization.k8s.io clusterroles']) as {
    rules: { resourceNames?: string[] }[];
  };
  binder.rules[0]!.resourceNames = ['view'];
  expect(findings([binder, bind('apps/dev-team', 'binder')])).toEqual([]);
  binder.rules[0]!.resourceNames = ['view', 'cluster-admin'];
  expect(findings([binder, bind('apps/dev-team', 'binder')])).toHaveLength(1);
});

test('what a component may is not judged', () => {
  expect(findings([namespace('eso'), account('eso', 'eso'), bind('eso/eso', 'edit')])).toEqual([]);
});

test('cluster-admin is told by a rule of its own', () => {
  expect(findings([bind('apps/dev-team', 'cluster-admin')])).toEqual([]);
});
