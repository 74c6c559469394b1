import { expect, test } from '@jest/globals';
import { fluxAnnotations, Layer } from 'cdk8s-flux-fleet';
import { secretTwoOwners } from '../../../lib/checks/accident/secret-two-owners.js';
import { object } from '../support.js';
import { toldBy } from './support.js';

type Data = Readonly<Record<string, unknown>>;

function certificate(name: string, secretName: string): Data {
  return {
    apiVersion: 'cert-manager.io/v1',
    kind: 'Certificate',
    metadata: { name, namespace: 'shop' },
    spec: { secretName },
  };
}

function externalSecret(name: string, target?: object): Data {
  return {
    apiVersion: 'external-secrets.io/v1',
    kind: 'ExternalSecret',
    metadata: { name, namespace: 'shop' },
    spec: { target },
  };
}

function sealedSecret(name: string): Data {
  return {
    apiVersion: 'bitnami.com/v1alpha1',
    kind: 'SealedSecret',
    metadata: { name, namespace: 'shop' },
    spec: { encryptedData: {} },
  };
}

function secret(name: string, annotations: Record<string, string> = {}): Data {
  return { apiVersion: 'v1', kind: 'Secret', metadata: { name, namespace: 'shop', annotations } };
}

/** What is said of objects in one layer. */
function toldOf(...objects: readonly Data[]) {
  return toldBy(secretTwoOwners, (cluster) => {
    const layer = new Layer(cluster, 'base');
    for (const [i, data] of objects.entries()) object(layer, `object-${i}`, data);
  });
}

test('two Certificates of one Secret are told', () => {
  expect(toldOf(certificate('web', 'tls'), certificate('api', 'tls'))).toMatchObject([
    {
      rule: 'secret-two-owners',
      what: 'Certificate "shop/api" writes the Secret "shop/tls", and so does Certificate "shop/web": cert-manager issues a certificate for one of them only',
      where: { construct: 'test/base/object-1' },
    },
  ]);
});

test.each([
  ['a Certificate and a SealedSecret', certificate('web', 'tls'), sealedSecret('tls')],
  ['a Secret and a SealedSecret', secret('tls'), sealedSecret('tls')],
  ['two ExternalSecrets', externalSecret('a', { name: 'tls' }), externalSecret('tls')],
  ['an ExternalSecret and a Secret', externalSecret('tls'), secret('tls')],
])('%s that write one Secret are told', (_, first, second) => {
  expect(toldOf(first, second)).toHaveLength(1);
});

test.each([
  ['of other names', certificate('web', 'web'), certificate('api', 'api')],
  [
    'of which one only adds to it',
    externalSecret('a', { name: 'tls', creationPolicy: 'Merge' }),
    externalSecret('tls'),
  ],
  [
    'that say that sealed-secrets may take over',
    secret('tls', { 'sealedsecrets.bitnami.com/managed': 'true' }),
    sealedSecret('tls'),
  ],
  [
    'of which Flux makes one only where it is not there',
    secret('tls', fluxAnnotations({ ssa: 'IfNotPresent' })),
    certificate('web', 'tls'),
  ],
  ['of which the name is made on the cluster', certificate('web', '${NAME}'), certificate('api', '${NAME}')],
  ['that are one object twice', sealedSecret('tls'), sealedSecret('tls')],
])('two objects %s are fine', (_, first, second) => {
  expect(toldOf(first, second)).toEqual([]);
});
