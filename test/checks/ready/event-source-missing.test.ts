import { expect, test } from '@jest/globals';
import { ConfigMap, Layer } from 'cdk8s-flux-fleet';
import { eventSourceMissing } from '../../../lib/checks/ready/event-source-missing.js';
import { checkCluster } from '../../../lib/checks/index.js';
import { clusterManifests } from '../../../lib/synth/manifests.js';
import { testCluster } from '../../support/fleet.js';
import { object } from '../support.js';

/** What is said of an Alert in flux-system, on a cluster with the layers `apps` and `alerts`. */
function findings(source: object) {
  const cluster = testCluster();
  new ConfigMap(new Layer(cluster, 'apps', { namespace: 'default' }), 'settings', {});
  object(new Layer(cluster, 'alerts', { namespace: 'flux-system' }), 'all', {
    apiVersion: 'notification.toolkit.fluxcd.io/v1beta3',
    kind: 'Alert',
    spec: { providerRef: { name: 'x' }, eventSources: [source] },
  });
  return checkCluster(clusterManifests(cluster, 'test', []), [eventSourceMissing]).findings;
}

test('a Kustomization that is not there is told as a warning', () => {
  expect(findings({ kind: 'Kustomization', name: 'app' })).toMatchObject([
    {
      rule: 'event-source-missing',
      severity: 'warning',
      what: 'Alert "flux-system/all" needs the Kustomization "flux-system/app", which nothing makes: no event of it ever comes, and nobody is told when something fails',
      expected: 'a Kustomization that is there in flux-system: did you mean "apps"?',
    },
  ]);
});

test.each([
  { kind: 'Kustomization', name: 'apps' },
  { kind: 'Kustomization', name: 'flux-system' },
  { kind: 'Kustomization', name: '*' },
  { kind: 'GitRepository', name: '*', matchLabels: { team: 'a' } },
])('%j is there', (source) => {
  expect(findings(source)).toEqual([]);
});
