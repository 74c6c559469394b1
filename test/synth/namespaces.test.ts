import { expect, test } from '@jest/globals';
import { ApiObject } from 'cdk8s';
import { allow, Layer } from 'cdk8s-flux-fleet';
import { filesOf, findingsOf, testCluster } from '../support/fleet.js';

function withObject(
  kind: string,
  namespace: string | undefined,
  change: (object: ApiObject) => void = () => undefined,
) {
  const cluster = testCluster();
  const layer = new Layer(cluster, 'layer', { namespace });
  change(new ApiObject(layer, 'x', { apiVersion: 'example.com/v1', kind, metadata: { name: 'x' } }));
  return findingsOf(() => filesOf(cluster));
}

test('an object of an unknown kind must say its namespace where one is around it', () => {
  expect(withObject('Widget', 'apps')).toMatchObject([
    { rule: 'scope-unknown', where: { construct: 'test/layer/x' }, given: expect.stringContaining('Widget') },
  ]);
});

test('an unknown kind that is called Cluster… needs no namespace', () => {
  expect(withObject('ClusterWidget', 'apps')).toEqual([]);
});

test('an unknown kind without namespaces can be allowed to have none', () => {
  const because = (o: ApiObject) => allow(o, { rule: 'scope-unknown', reason: 'Widgets have no namespace.' });
  expect(withObject('Widget', 'apps', because)).toEqual([]);
});

test('where no namespace is around it, an object of an unknown kind is left as it is', () => {
  expect(withObject('Widget', undefined)).toEqual([]);
});

test('the CRD in the fleet says whether its kind has a namespace', () => {
  const cluster = testCluster();
  const layer = new Layer(cluster, 'layer', { namespace: 'apps' });
  const names = { kind: 'Widget', plural: 'widgets' };
  const schema = { openAPIV3Schema: { type: 'object' } };
  new ApiObject(layer, 'crd', {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'widgets.example.com' },
    spec: {
      group: 'example.com',
      names,
      scope: 'Namespaced',
      versions: [{ name: 'v1', served: true, storage: true, schema }],
    },
  });
  new ApiObject(layer, 'x', { apiVersion: 'example.com/v1', kind: 'Widget', metadata: { name: 'x' } });
  expect(filesOf(cluster)['layers/layer/layer.yaml']).toContain(
    'kind: Widget\nmetadata:\n  name: x\n  namespace: apps\n',
  );
});

function binding(kind: string) {
  const cluster = testCluster();
  new ApiObject(new Layer(cluster, 'layer'), 'x', {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind,
    metadata: { name: 'x', ...(kind === 'RoleBinding' && { namespace: 'apps' }) },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'view' },
    subjects: [
      { kind: 'ServiceAccount', name: 'web' },
      { kind: 'ServiceAccount', name: 'job', namespace: 'jobs' },
      { apiGroup: 'rbac.authorization.k8s.io', kind: 'Group', name: 'team' },
    ],
  });
  return cluster;
}

test('the service accounts of a RoleBinding get its namespace, where they say none', () => {
  expect(filesOf(binding('RoleBinding'))['layers/layer/layer.yaml']).toContain(
    'subjects:\n  - kind: ServiceAccount\n    name: web\n    namespace: apps\n  - kind: ServiceAccount\n    name: job\n    namespace: jobs\n',
  );
});

test('the service accounts of a ClusterRoleBinding must say their namespace', () => {
  expect(findingsOf(() => filesOf(binding('ClusterRoleBinding')))).toMatchObject([
    {
      rule: 'subject-namespace',
      what: expect.stringContaining('names the service account "web" without its namespace'),
    },
  ]);
});
