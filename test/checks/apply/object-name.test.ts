import { expect, test } from '@jest/globals';
import { Layer } from 'cdk8s-flux-fleet';
import { object } from '../support.js';
import { applyFindings, applyFindingsIn } from './support.js';

/** What is said of the name of an object. */
function said(apiVersion: string, kind: string, name: string, kubernetesVersion?: string): string[] {
  const findings = applyFindingsIn(
    (cluster) => {
      object(new Layer(cluster, 'base', { namespace: 'base' }), 'x', { apiVersion, kind, metadata: { name } });
    },
    { kubernetesVersion },
  );
  return findings.filter((f) => f.rule === 'object-name').map((f) => f.what);
}

test('a name that the API server refuses is told with what it takes', () => {
  const findings = applyFindings((layer) => {
    object(layer, 'settings', { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'Web_Settings' } });
  });
  expect(findings).toMatchObject([
    {
      rule: 'object-name',
      what: 'the API server refuses the name of ConfigMap "base/Web_Settings"',
      expected: expect.stringContaining('at most 253 lower-case letters'),
      given: '"Web_Settings" (12 characters)',
    },
  ]);
});

const LONG = 'x'.repeat(64);

test.each([
  ['v1', 'Namespace', 'a.b'],
  ['v1', 'Namespace', LONG],
  ['v1', 'ConfigMap', 'a..b'],
  ['v1', 'ConfigMap', 'x'.repeat(254)],
  ['v1', 'Service', 'a.b'],
  ['apps/v1', 'StatefulSet', 'a.b'],
  ['apps/v1', 'StatefulSet', 'x'.repeat(53)],
  ['batch/v1', 'CronJob', 'x'.repeat(53)],
  ['batch/v1', 'Job', LONG],
  ['rbac.authorization.k8s.io/v1', 'ClusterRole', 'a/b'],
  ['source.toolkit.fluxcd.io/v1', 'GitRepository', 'Team'],
  ['example.com/v1', 'ClusterThing', 'a/b'],
])('%s %s cannot be called %s', (apiVersion, kind, name) => {
  expect(said(apiVersion, kind, name)).toHaveLength(1);
});

test.each([
  ['v1', 'ConfigMap', 'kube-root-ca.crt'],
  ['v1', 'ConfigMap', LONG],
  ['v1', 'Namespace', '1password'],
  ['apps/v1', 'Deployment', 'x'.repeat(200)],
  ['apps/v1', 'StatefulSet', 'x'.repeat(52)],
  ['batch/v1', 'CronJob', 'x'.repeat(52)],
  ['rbac.authorization.k8s.io/v1', 'ClusterRole', 'system:Node_Reader'],
  ['networking.k8s.io/v1', 'IPAddress', '2001:db8::1'],
  ['certificates.k8s.io/v1beta1', 'ClusterTrustBundle', 'example.com:signer:x'],
  ['example.com/v1', 'ClusterThing', 'Anything:Goes'],
])('%s %s can be called %s', (apiVersion, kind, name) => {
  expect(said(apiVersion, kind, name)).toEqual([]);
});

test('the name of a Service begins with a letter before Kubernetes 1.36', () => {
  expect(said('v1', 'Service', '3scale', '1.35')).toHaveLength(1);
  expect(said('v1', 'Service', '3scale', '1.36')).toEqual([]);
  expect(said('v1', 'Service', '3scale')).toEqual([]);
});

test('a namespace that cannot be is told', () => {
  const findings = applyFindings((layer) => {
    object(layer, 'a', { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a', namespace: 'Team_A' } });
    object(layer, 'b', { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'b', namespace: 'team-a' } });
  });
  expect(findings.map((f) => [f.rule, f.what])).toEqual([
    ['object-name', 'ConfigMap "Team_A/a" is in a namespace that no cluster can have'],
  ]);
});

test('annotations that are too large are told', () => {
  const annotated = (size: number): object => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'dashboard', annotations: { text: 'x'.repeat(size) } },
  });
  const findings = (size: number) => applyFindings((layer) => object(layer, 'dashboard', annotated(size)));
  expect(findings(256 * 1024 - 4)).toEqual([]);
  expect(findings(256 * 1024 - 3)).toMatchObject([{ rule: 'object-name', given: '257 KiB' }]);
});
