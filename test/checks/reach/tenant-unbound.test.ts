import { expect, test } from '@jest/globals';
import { tenantUnbound } from '../../../lib/checks/reach/tenant-unbound.js';
import { helmRelease, judge, kustomization, namespace, object } from './support.js';
import type { TestCluster } from './support.js';

function whats(cluster: TestCluster): string[] {
  return judge(tenantUnbound, { lockdown: false, ...cluster }).map((f) => f.what);
}

test('without lockdown a tenant’s Kustomization without account is applied as cluster-admin', () => {
  expect(whats({ root: [namespace('apps', 'dev-team'), kustomization('apps', 'dev-team')] })).toEqual([
    'Kustomization "apps/dev-team" of the tenant "dev-team" names no service account: Flux applies it as kustomize-controller, which is cluster-admin, so that whoever writes to its source rules the cluster',
  ]);
});

test('so is a HelmRelease in the tenant’s repository; one among the fleet’s own files is the platform’s', () => {
  const sync = kustomization('apps', 'sync', {
    serviceAccountName: 'dev-team',
    sourceRef: { kind: 'GitRepository', name: 'dev-team' },
  });
  const root = [namespace('apps', 'dev-team'), sync, helmRelease('apps', 'agent')];
  expect(whats({ root, layers: { 'apps/sync': [helmRelease('apps', 'podinfo')] } })).toEqual([
    expect.stringContaining('HelmRelease "apps/podinfo" of the tenant "dev-team" names no service account'),
  ]);
});

test('one that names an account is held by it', () => {
  const named = kustomization('apps', 'dev-team', { serviceAccountName: 'dev-team' });
  expect(whats({ root: [namespace('apps', 'dev-team'), named] })).toEqual([]);
});

test('a namespace without tenant is the platform’s, which may apply as the controllers', () => {
  expect(whats({ root: [namespace('media'), kustomization('media', 'plex'), helmRelease('media', 'plex')] })).toEqual(
    [],
  );
});

test('what stands in flux-system is the platform’s, whatever its labels', () => {
  const labelled = kustomization('flux-system', 'tenants');
  Object.assign((labelled as { metadata: object }).metadata, { labels: { 'toolkit.fluxcd.io/tenant': 'dev-team' } });
  expect(whats({ root: [labelled] })).toEqual([]);
});

test('a Kustomization outside of it may be labelled itself', () => {
  const labelled = kustomization('apps', 'dev-team');
  Object.assign((labelled as { metadata: object }).metadata, { labels: { 'toolkit.fluxcd.io/tenant': 'dev-team' } });
  expect(whats({ root: [labelled] })).toHaveLength(1);
});

test('under lockdown the rule account-not-named speaks', () => {
  expect(whats({ root: [namespace('apps', 'dev-team'), kustomization('apps', 'dev-team')], lockdown: true })).toEqual(
    [],
  );
});

test('a lockdown that forgot the default account leaves the tenant as mighty as the controller', () => {
  const spec = { template: { spec: { containers: [{ args: ['--no-cross-namespace-refs=true'] }] } } };
  const controller = object('apps/v1', 'Deployment', 'kustomize-controller', 'flux-system', { spec });
  const root = [namespace('apps', 'dev-team'), kustomization('apps', 'dev-team'), controller];
  expect(whats({ root, lockdown: true })).toHaveLength(1);
});

test('what the platform applies as the controller from a tenant’s source is the tenant’s', () => {
  const from = (spec: object) => [namespace('apps', 'dev-team'), kustomization('flux-system', 'apps', spec)];
  const sourceRef = { kind: 'GitRepository', name: 'dev-team', namespace: 'apps' };
  const told =
    'Kustomization "flux-system/apps" applies as kustomize-controller, which is cluster-admin, what the tenant "dev-team" writes: whoever writes to its source rules the cluster';
  expect(whats({ root: from({ sourceRef }) })).toEqual([told]);
  expect(whats({ root: from({ sourceRef, serviceAccountName: 'kustomize-controller' }) })).toEqual([told]);
  expect(whats({ root: from({ sourceRef, serviceAccountName: 'dev-team' }) })).toEqual([]);
  expect(whats({ root: from({ sourceRef: { kind: 'GitRepository', name: 'flux-system' } }) })).toEqual([]);
  // The rule cross-namespace-reference speaks there.
  expect(whats({ root: from({ sourceRef }), lockdown: true })).toEqual([]);
});
