import { expect, test } from '@jest/globals';
import { Layer, ResourceSet, Tenant } from 'cdk8s-flux-fleet';
import type { ResourceSetProps } from 'cdk8s-flux-fleet';
import { parse } from 'yaml';
import { filesOf, findingsOf, testCluster, yamlOf } from '../support/fleet.js';
import { errorOf, objectIn, specOf } from './objects.js';

const RESOURCES = [
  {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'app-<< inputs.tenant >>', namespace: 'apps' },
    data: { tenant: '<< inputs.tenant >>' },
  },
];
const MINIMAL = { namespace: 'apps', resources: RESOURCES };

test('defaults', () => {
  expect(
    yamlOf(
      (layer) =>
        new ResourceSet(layer, 'apps', {
          namespace: 'apps',
          inputs: [{ tenant: 'a' }, { tenant: 'b' }],
          resources: [
            {
              apiVersion: 'v1',
              kind: 'ConfigMap',
              metadata: { name: 'app-<< inputs.tenant >>', namespace: 'apps' },
              data: { tenant: '<< inputs.tenant >>' },
            },
          ],
        }),
    ),
  ).toMatchInlineSnapshot(`
   "apiVersion: fluxcd.controlplane.io/v1
   kind: ResourceSet
   metadata:
     name: apps
     namespace: apps
   spec:
     inputs:
       - tenant: a
       - tenant: b
     resources:
       - apiVersion: v1
         data:
           tenant: "<< inputs.tenant >>"
         kind: ConfigMap
         metadata:
           name: "app-<< inputs.tenant >>"
           namespace: apps
   "
  `);
});

test('every prop lands in its field', () => {
  const spec = {
    inputs: [{ tenant: 'a' }],
    inputsFrom: [{ kind: 'ResourceSetInputProvider', name: 'teams' }],
    inputStrategy: { name: 'Permute' },
    dependsOn: [{ apiVersion: 'example.com/v1', kind: 'Widget', name: 'w', namespace: 'apps', ready: true }],
    resources: RESOURCES,
    resourcesTemplate: '---\n',
    serviceAccountName: 'maker',
    wait: true,
    commonMetadata: { labels: { team: 'a' }, annotations: { note: 'b' } },
  } as unknown as ResourceSetProps;
  const meta = { name: 'the-apps', namespace: 'apps', labels: { team: 'a' }, annotations: { note: 'b' } };
  expect(parse(yamlOf((layer) => new ResourceSet(layer, 'apps', { ...spec, ...meta })))).toEqual({
    apiVersion: 'fluxcd.controlplane.io/v1',
    kind: 'ResourceSet',
    metadata: meta,
    spec,
  });
});

test('in flux-system it runs as flux-operator under lockdown, and without lockdown with the operator’s rights', () => {
  const fill = (layer: Layer): unknown => new ResourceSet(layer, 'apps', { ...MINIMAL, namespace: 'flux-system' });
  expect(specOf(fill)).toHaveProperty('serviceAccountName', 'flux-operator');
  expect(specOf(fill, { lockdown: false })).not.toHaveProperty('serviceAccountName');
});

test('in a namespace of a tenant it runs as the account of the tenant', () => {
  const cluster = testCluster();
  const tenant = new Tenant(cluster, 'dev-team', { namespaces: ['apps'] });
  new ResourceSet(tenant, 'previews', { resources: RESOURCES });
  expect(objectIn(filesOf(cluster)['tenants/dev-team/dev-team.yaml'], 'ResourceSet')).toMatchObject({
    metadata: { name: 'previews', namespace: 'apps', labels: { 'toolkit.fluxcd.io/tenant': 'dev-team' } },
    spec: { serviceAccountName: 'dev-team' },
  });
});

test('an account that is said wins', () => {
  expect(specOf((layer) => new ResourceSet(layer, 'apps', { ...MINIMAL, serviceAccountName: 'maker' }))).toMatchObject({
    serviceAccountName: 'maker',
  });
});

test('refuses a Secret in clear among its resources', () => {
  const secret = {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'login', namespace: 'apps' },
    stringData: { password: 'p' },
  };
  expect(errorOf(() => yamlOf((layer) => new ResourceSet(layer, 'apps', { namespace: 'apps', resources: [secret] }))))
    .toMatchInlineSnapshot(`
   "a Secret inside of ResourceSet "apps/apps" would stand in the repository in clear [plaintext-secret]
     expected  a Secret that SOPS encrypted (EncryptedSecret), a sealed one, or one made outside of the fleet (Secret.fromName)
     given     values of stringData.password
     construct test/layer/apps
     at        test/support/fleet.ts:<line>, called from test/flux/resource-set.test.ts:<line>
     fix       encrypt it; where the values may be read by everyone, say why: plaintextBecause, or allow(construct, { rule, reason })"
  `);
});

test('a Secret that copies the one of somebody else holds no values', () => {
  const secret = {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: {
      name: 'login',
      namespace: 'apps',
      annotations: { 'fluxcd.controlplane.io/copyFrom': 'flux-system/login' },
    },
  };
  expect(
    specOf((layer) => new ResourceSet(layer, 'apps', { namespace: 'apps', resources: [secret] }))['resources'],
  ).toEqual([secret]);
});

test('refuses a field that the CRD does not have', () => {
  const props = { ...MINIMAL, input: [] } as unknown as ResourceSetProps;
  expect(findingsOf(() => yamlOf((layer) => new ResourceSet(layer, 'apps', props)))).toMatchObject([
    {
      rule: 'invalid-field',
      what: 'spec.input of ResourceSet "apps/apps" is not what its kind takes: the API server refuses it',
    },
  ]);
});

test('refuses a name that is none', () => {
  const cluster = testCluster();
  expect(findingsOf(() => new ResourceSet(new Layer(cluster, 'layer'), 'The Apps', MINIMAL))).toMatchObject([
    { rule: 'invalid-name', what: 'the name of this ResourceSet is not a DNS subdomain name' },
  ]);
});
