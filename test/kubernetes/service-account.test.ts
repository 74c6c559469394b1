import { expect, test } from '@jest/globals';
import { Layer, Secret, ServiceAccount } from 'cdk8s-flux-fleet';
import { parse } from 'yaml';
import { filesOf, findingsOf, testCluster, yamlOf } from '../support/fleet.js';
import { errorOf } from '../flux/objects.js';

test('defaults', () => {
  expect(yamlOf((layer) => new ServiceAccount(layer, 'deployer', { namespace: 'apps' }))).toMatchInlineSnapshot(`
   "apiVersion: v1
   kind: ServiceAccount
   metadata:
     name: deployer
     namespace: apps
   "
  `);
});

test('every prop lands in its field', () => {
  const meta = { name: 'the-deployer', namespace: 'apps', labels: { team: 'a' }, annotations: { note: 'b' } };
  const imagePullSecrets = [Secret.fromName('ghcr'), Secret.fromName('quay')];
  expect(parse(yamlOf((layer) => new ServiceAccount(layer, 'deployer', { ...meta, imagePullSecrets })))).toEqual({
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: meta,
    imagePullSecrets: [{ name: 'ghcr' }, { name: 'quay' }],
  });
});

test('the pull secrets that it needs are declared, in its namespace', () => {
  const cluster = testCluster();
  const layer = new Layer(cluster, 'layer', { namespace: 'apps' });
  new ServiceAccount(layer, 'deployer', { imagePullSecrets: [Secret.fromName('ghcr', ['.dockerconfigjson'])] });
  expect(parse(filesOf(cluster)['flux-fleet.yaml']!)).toMatchObject({
    exists: [{ kind: 'Secret', namespace: 'apps', name: 'ghcr', keys: ['.dockerconfigjson'] }],
  });
});

test('refuses to stand in no namespace', () => {
  expect(errorOf(() => yamlOf((layer) => new ServiceAccount(layer, 'deployer')))).toMatchInlineSnapshot(`
   "ServiceAccount "deployer" has no namespace [object-without-namespace]
     expected  metadata.namespace, or a namespace of the layer, component or tenant around it
     given     nothing
     construct test/layer/deployer
     at        test/support/fleet.ts:<line>, called from test/kubernetes/service-account.test.ts:<line>
     fix       write the namespace: where Flux would put it depends on who applies it"
  `);
});

test('refuses a namespace that is no name', () => {
  expect(
    findingsOf(() => yamlOf((layer) => new ServiceAccount(layer, 'deployer', { namespace: 'Apps' }))),
  ).toMatchObject([{ rule: 'invalid-name', what: 'the namespace of this ServiceAccount is not a DNS label' }]);
});
