import { expect, test } from '@jest/globals';
import { accountNotNamed } from '../../../lib/checks/reach/account-not-named.js';
import { bind, helmRelease, judge, kustomization, object } from './support.js';
import type { TestCluster } from './support.js';

function whats(cluster: TestCluster): string[] {
  return judge(accountNotNamed, cluster).map((f) => f.what);
}

test('under lockdown a Kustomization without account runs as default, which may do nothing', () => {
  expect(judge(accountNotNamed, { root: [kustomization('apps', 'dev-team')] })).toEqual([
    {
      rule: 'account-not-named',
      what: 'Kustomization "apps/dev-team" names no service account: under lockdown Flux applies it as apps/default, which may do nothing, and the API server forbids all of it',
      expected: 'spec.serviceAccountName, an account of the namespace apps with the rights that it needs',
      given: 'none, and no binding for the account default in apps',
      fix: 'write serviceAccountName, such as the tenant’s, and bind that account to the role "admin" in apps',
      cluster: 'test',
      where: { construct: undefined, code: undefined },
    },
  ]);
});

test('a HelmRelease too', () => {
  expect(whats({ root: [helmRelease('apps', 'podinfo')] })).toEqual([
    'HelmRelease "apps/podinfo" names no service account: under lockdown Flux applies it as apps/default, which may do nothing, and the API server forbids all of it',
  ]);
});

test('in flux-system the platform’s own needs it just as much, and it is told as whom', () => {
  const [kustomize, helm] = judge(accountNotNamed, {
    root: [kustomization('flux-system', 'apps'), helmRelease('flux-system', 'ingress')],
  });
  expect(kustomize?.fix).toContain('serviceAccountName: kustomize-controller');
  expect(helm?.fix).toContain('serviceAccountName: helm-controller');
});

test('one that names its account is right', () => {
  expect(whats({ root: [kustomization('apps', 'dev-team', { serviceAccountName: 'dev-team' })] })).toEqual([]);
});

test('without lockdown nothing runs as default', () => {
  expect(whats({ root: [kustomization('apps', 'dev-team')], lockdown: false })).toEqual([]);
});

test('a default account that somebody gave rights is meant', () => {
  expect(whats({ root: [kustomization('apps', 'dev-team'), bind('apps/default', 'admin', 'apps')] })).toEqual([]);
});

test('an account that has rights elsewhere only is still judged where it stands', () => {
  expect(whats({ root: [kustomization('apps', 'dev-team'), bind('other/default', 'admin', 'other')] })).toHaveLength(1);
});

test('the default account has the name that the controllers are told', () => {
  const patch = { patch: '- op: add\n  path: /x\n  value: "--default-service-account=nobody"\n' };
  const system = { files: {}, kustomization: { patches: [patch] } };
  expect(whats({ root: [kustomization('apps', 'dev-team')], system })).toMatchObject([
    expect.stringContaining('applies it as apps/nobody'),
  ]);
});

test('or that the FluxInstance says', () => {
  const spec = { cluster: { multitenant: true, tenantDefaultServiceAccount: 'flux' } };
  const instance = { apiVersion: 'fluxcd.controlplane.io/v1', kind: 'FluxInstance', metadata: { name: 'flux' }, spec };
  const system = { files: { 'flux-instance.yaml': { objects: [instance] } }, kustomization: {} };
  expect(whats({ root: [kustomization('apps', 'dev-team')], system })).toMatchObject([
    expect.stringContaining('applies it as apps/flux'),
  ]);
});

test('what another cluster allows is not known here', () => {
  const kubeConfig = { secretRef: { name: 'edge' } };
  expect(whats({ root: [kustomization('apps', 'dev-team', { kubeConfig })] })).toEqual([]);
});

test('patches of the layer above may name the account', () => {
  const patches = [{ patch: '- op: add\n  path: /spec/serviceAccountName\n  value: dev-team\n' }];
  const root = [kustomization('flux-system', 'tenants', { patches, serviceAccountName: 'kustomize-controller' })];
  expect(whats({ root, layers: { tenants: [kustomization('apps', 'dev-team')] } })).toEqual([]);
});

test('directories of which no cluster is known are not judged', () => {
  expect(whats({ root: [kustomization('apps', 'dev-team')], partial: true })).toEqual([]);
});

/** The controller as `flux bootstrap` installs it, with these flags. */
function controller(...args: string[]): object {
  const spec = { template: { spec: { containers: [{ name: 'manager', args }] } } };
  return object('apps/v1', 'Deployment', 'kustomize-controller', 'flux-system', { spec });
}

test('what the controller itself is told counts, where it is here', () => {
  const root = [kustomization('apps', 'dev-team')];
  expect(whats({ root: [...root, controller('--no-cross-namespace-refs=true')] })).toEqual([]);
  expect(whats({ root: [...root, controller('--default-service-account=none')] })).toMatchObject([
    expect.stringContaining('applies it as apps/none'),
  ]);
});

test('the root, too, has to name an account', () => {
  expect(whats({ root: [kustomization('flux-system', 'flux-system')] })).toEqual([
    'the root Kustomization "flux-system" names no service account: under lockdown Flux applies it as flux-system/default, which may do nothing: nothing of the cluster is applied any more, not even the commit that mends it',
  ]);
  const named = kustomization('flux-system', 'flux-system', { serviceAccountName: 'kustomize-controller' });
  expect(whats({ root: [named] })).toEqual([]);
});
