import { describe, expect, test } from '@jest/globals';
import { forbidden } from '../../../lib/checks/reach/forbidden.js';
import { account, bind, helmRelease, judge, kustomization, namespace, object, role } from './support.js';
import type { TestCluster } from './support.js';

const CONFIG_MAP = object('v1', 'ConfigMap', 'settings', 'apps');

/** A Kustomization `apps/dev-team`, applied as the account of that name with the role `admin` in apps. */
function tenant(objects: readonly object[], more: readonly object[] = [bind('apps/dev-team', 'admin', 'apps')]) {
  const sync = kustomization('apps', 'dev-team', { serviceAccountName: 'dev-team' });
  return {
    root: [namespace('apps', 'dev-team'), account('apps', 'dev-team'), sync, ...more],
    layers: { 'apps/dev-team': objects },
  } satisfies TestCluster;
}

function whats(cluster: TestCluster): string[] {
  return judge(forbidden, cluster).map((f) => f.what);
}

describe('a Kustomization', () => {
  test('may not apply what belongs to the whole cluster with the rights of a namespace', () => {
    expect(judge(forbidden, tenant([namespace('team-b')]))).toEqual([
      {
        rule: 'forbidden',
        what: 'Kustomization "apps/dev-team" is applied as apps/dev-team, which may not create, patch or delete Namespace "team-b": the API server forbids it, and the Kustomization never becomes ready',
        expected: 'the right to create, patch and delete namespaces on the cluster',
        given: 'admin in apps',
        fix: 'let the platform apply what belongs to the whole cluster, or bind the account to a ClusterRole for just that',
        cluster: 'test',
        where: { construct: undefined, code: undefined },
      },
    ]);
  });

  test('may apply what its role is for', () => {
    expect(whats(tenant([CONFIG_MAP, object('apps/v1', 'Deployment', 'web', 'apps')]))).toEqual([]);
  });

  test('may not apply into the namespace of others; objects of one kind are told together', () => {
    const others = ['a', 'b', 'c'].map((name) => object('v1', 'ConfigMap', name, 'others'));
    expect(whats(tenant([CONFIG_MAP, ...others]))).toEqual([
      'Kustomization "apps/dev-team" is applied as apps/dev-team, which may not create, patch or delete ConfigMap "others/a" and 2 more of its kind: the API server forbids it, and the Kustomization never becomes ready',
    ]);
  });

  test('may not apply a kind that the role leaves out', () => {
    expect(whats(tenant([object('v1', 'ResourceQuota', 'quota', 'apps')]))).toEqual([
      expect.stringContaining('may not create, patch or delete ResourceQuota "apps/quota"'),
    ]);
  });

  test('may apply what a role gathers by a label', () => {
    const labels = { 'rbac.authorization.k8s.io/aggregate-to-admin': 'true' };
    const more = role('quotas', ['* core resourcequotas'], undefined, labels);
    const cluster = tenant(
      [object('v1', 'ResourceQuota', 'quota', 'apps')],
      [bind('apps/dev-team', 'admin', 'apps'), more],
    );
    expect(whats(cluster)).toEqual([]);
  });

  test('may apply Flux’s own kinds, for which Flux adds to the role', () => {
    expect(whats(tenant([helmRelease('apps', 'podinfo', { serviceAccountName: 'dev-team' })]))).toEqual([]);
  });

  test('is not judged for kinds for which a chart may have added to the role', () => {
    const certificate = object('cert-manager.io/v1', 'Certificate', 'web', 'apps');
    expect(whats(tenant([certificate]))).toEqual([]);
    const roles = [role('pods-only', ['* core pods'], 'apps'), bind('apps/dev-team', 'pods-only', 'apps', 'Role')];
    expect(whats(tenant([certificate], roles))).toEqual([
      expect.stringContaining('may not create, patch or delete Certificate "apps/web"'),
    ]);
  });

  test('needs no right to delete what is not pruned', () => {
    const roles = [role('r', ['get,create,patch core configmaps'], 'apps'), bind('apps/dev-team', 'r', 'apps', 'Role')];
    expect(whats(tenant([CONFIG_MAP], roles))).toEqual([
      'Kustomization "apps/dev-team" prunes as apps/dev-team, which may not delete ConfigMap "apps/settings": when it leaves the files, the API server forbids it and the Kustomization is no longer ready',
    ]);
    const guarded = object('v1', 'ConfigMap', 'settings', 'apps');
    Object.assign((guarded as { metadata: object }).metadata, {
      annotations: { 'kustomize.toolkit.fluxcd.io/prune': 'disabled' },
    });
    expect(whats(tenant([guarded], roles))).toEqual([]);
  });

  test('may create an object of the name that the role is for, and no other', () => {
    const named = role('r', ['* core configmaps'], 'apps') as { rules: { resourceNames?: string[] }[] };
    named.rules[0]!.resourceNames = ['settings'];
    const roles = [named, bind('apps/dev-team', 'r', 'apps', 'Role')];
    expect(whats(tenant([CONFIG_MAP], roles))).toEqual([]);
    expect(whats(tenant([object('v1', 'ConfigMap', 'other', 'apps')], roles))).toHaveLength(1);
  });

  test('that is cluster-admin may apply everything', () => {
    expect(whats(tenant([namespace('team-b')], [bind('apps/dev-team', 'cluster-admin')]))).toEqual([]);
  });

  test('of the platform is applied as the controller', () => {
    const sync = kustomization('flux-system', 'infra', { serviceAccountName: 'kustomize-controller' });
    expect(whats({ root: [sync], layers: { infra: [namespace('monitoring')] } })).toEqual([]);
  });

  test('may not patch its own Namespace with the rights of admin', () => {
    expect(whats(tenant([namespace('apps', 'dev-team')]))).toHaveLength(1);
  });

  test('is not judged where the role is not here', () => {
    expect(whats(tenant([namespace('team-b')], [bind('apps/dev-team', 'made-elsewhere')]))).toEqual([]);
  });

  test('is not judged where the account is not here', () => {
    const sync = kustomization('apps', 'dev-team', { serviceAccountName: 'dev-team' });
    expect(whats({ root: [sync], layers: { 'apps/dev-team': [namespace('team-b')] } })).toEqual([]);
  });

  test('with an account that nothing binds may apply nothing', () => {
    expect(judge(forbidden, tenant([CONFIG_MAP], []))).toMatchObject([{ given: 'no rights at all' }]);
  });

  test('with such an account is not judged where the platform applies what is not here', () => {
    const elsewhere = kustomization('flux-system', 'infra', { serviceAccountName: 'kustomize-controller' });
    expect(whats(tenant([CONFIG_MAP], [elsewhere]))).toEqual([]);
  });

  test('that applies to another cluster is not judged', () => {
    const spec = { serviceAccountName: 'dev-team', kubeConfig: { secretRef: { name: 'edge' } } };
    expect(
      whats({
        root: [account('apps', 'dev-team'), bind('apps/dev-team', 'admin', 'apps'), kustomization('apps', 'x', spec)],
        layers: { 'apps/x': [namespace('team-b')] },
      }),
    ).toEqual([]);
  });
});

describe('an escalation', () => {
  const binding = bind('apps/robot', 'cluster-admin', 'apps');

  test('is refused: nobody gives away what they do not have', () => {
    expect(judge(forbidden, tenant([binding]))).toMatchObject([
      {
        what: 'Kustomization "apps/dev-team" is applied as apps/dev-team, which gives with RoleBinding "apps/robot-cluster-admin" more than it has: the API server refuses an escalation, and the Kustomization never becomes ready',
        given: 'rights that it lacks: all verbs on all resources, all verbs on all paths',
      },
    ]);
  });

  test('is none where the account has the role itself', () => {
    expect(whats(tenant([bind('apps/robot', 'view', 'apps'), bind('apps/robot', 'admin', 'apps')]))).toEqual([]);
  });

  test('is none where the account may bind just that role', () => {
    const may = role('may-bind', ['bind rbac.authorization.k8s.io clusterroles']) as {
      rules: { resourceNames?: string[] }[];
    };
    may.rules[0]!.resourceNames = ['cluster-admin'];
    const more = [bind('apps/dev-team', 'admin', 'apps'), may, bind('apps/dev-team', 'may-bind', 'apps')];
    expect(whats(tenant([binding], more))).toEqual([]);
  });

  test('is refused in a Role too', () => {
    const nodes = role('nodes', ['get core nodes/proxy'], 'apps');
    expect(judge(forbidden, tenant([nodes]))).toMatchObject([{ given: 'rights that it lacks: get nodes/proxy' }]);
    expect(whats(tenant([role('pods', ['get,list core pods'], 'apps')]))).toEqual([]);
  });

  test('is not known where a chart may have added to the account’s role', () => {
    expect(whats(tenant([role('certs', ['create cert-manager.io certificates'], 'apps')]))).toEqual([]);
  });
});

describe('a HelmRelease', () => {
  const rights = [account('apps', 'dev-team'), bind('apps/dev-team', 'admin', 'apps')];

  test('with the rights of admin in its namespace is right', () => {
    expect(whats({ root: [...rights, helmRelease('apps', 'web', { serviceAccountName: 'dev-team' })] })).toEqual([]);
  });

  test('needs Secrets to keep the release', () => {
    const view = [account('apps', 'dev-team'), bind('apps/dev-team', 'view', 'apps')];
    expect(whats({ root: [...view, helmRelease('apps', 'web', { serviceAccountName: 'dev-team' })] })).toEqual([
      'HelmRelease "apps/web" runs as apps/dev-team, which may not create, get, list, update or delete Secrets in apps, where Helm keeps the release: nothing of the chart is installed',
    ]);
  });

  test('may not install where its account has no rights', () => {
    const spec = { serviceAccountName: 'dev-team', targetNamespace: 'kube-system' };
    expect(whats({ root: [...rights, helmRelease('apps', 'web', spec)] })).toEqual([
      'HelmRelease "apps/web" installs into kube-system as apps/dev-team, which may write nothing there: the API server forbids all of the chart',
    ]);
    const more = bind('apps/dev-team', 'edit', 'kube-system');
    expect(whats({ root: [...rights, more, helmRelease('apps', 'web', spec)] })).toEqual([]);
  });

  test('may not keep the release where its account has no rights', () => {
    const spec = { serviceAccountName: 'dev-team', storageNamespace: 'flux-system' };
    expect(judge(forbidden, { root: [...rights, helmRelease('apps', 'web', spec)] })).toMatchObject([
      { expected: 'the right to create, get, list, update and delete secrets in flux-system' },
    ]);
  });
});

test('directories of which no cluster is known are not judged', () => {
  expect(whats({ ...tenant([namespace('team-b')]), partial: true })).toEqual([]);
});

describe('what an account gives to itself', () => {
  test('is refused as an escalation, for it does not have it yet', () => {
    const gift = { ...bind('apps/dev-team', 'cluster-admin', 'apps'), metadata: { name: 'gift', namespace: 'apps' } };
    expect(whats(tenant([gift]))).toEqual([
      expect.stringContaining(
        'gives with RoleBinding "apps/gift" more than it has: the API server refuses an escalation',
      ),
    ]);
  });

  test('may be less than it has', () => {
    expect(whats(tenant([bind('apps/dev-team', 'edit', 'apps')]))).toEqual([]);
  });

  test('is its right where the platform applies it', () => {
    expect(whats(tenant([CONFIG_MAP], [bind('apps/dev-team', 'cluster-admin', 'apps')]))).toEqual([]);
  });
});
