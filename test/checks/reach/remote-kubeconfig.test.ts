import { expect, test } from '@jest/globals';
import { remoteKubeconfig } from '../../../lib/checks/reach/remote-kubeconfig.js';
import { helmRelease, judge, kustomization, namespace } from './support.js';

const EDGE = { kubeConfig: { secretRef: { name: 'edge' } } };

function whats(root: readonly object[], lockdown = true): string[] {
  return judge(remoteKubeconfig, { root: [namespace('apps', 'dev-team'), ...root], lockdown }).map((f) => f.what);
}

test('what a tenant applies to another cluster is held by no RBAC of this one', () => {
  expect(whats([kustomization('apps', 'edge', { serviceAccountName: 'dev-team', ...EDGE })])).toEqual([
    'Kustomization "apps/edge" of the tenant "dev-team" is applied to another cluster, where Flux acts as system:serviceaccount:apps:dev-team, which the kubeconfig has to be allowed to impersonate: no RBAC of this cluster holds it',
  ]);
});

test('under lockdown Flux acts there as the default account', () => {
  expect(whats([helmRelease('apps', 'edge', EDGE)])).toEqual([
    expect.stringContaining('where Flux acts as system:serviceaccount:apps:default'),
  ]);
});

test('without lockdown and account it has all rights of the kubeconfig', () => {
  expect(whats([kustomization('apps', 'edge', EDGE)], false)).toEqual([
    expect.stringContaining('with all the rights that its kubeconfig has there'),
  ]);
});

test('the platform may be a hub', () => {
  expect(whats([kustomization('flux-system', 'edge', EDGE)])).toEqual([]);
});
