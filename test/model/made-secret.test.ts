import { expect, test } from '@jest/globals';
import { madeSecret, withSecretLabels } from '../../lib/model/made-secret.js';

const metadata = { name: 'login', namespace: 'apps' };
const SEALED = { apiVersion: 'bitnami.com/v1alpha1', kind: 'SealedSecret', metadata, spec: { encryptedData: {} } };
const CERTIFICATE = { apiVersion: 'cert-manager.io/v1', kind: 'Certificate', metadata, spec: { secretName: 'tls' } };

test('a SealedSecret becomes the Secret of its name, a Certificate the one that it names', () => {
  expect(madeSecret(SEALED)).toMatchObject({ namespace: 'apps', name: 'login' });
  expect(madeSecret(CERTIFICATE)).toMatchObject({ namespace: 'apps', name: 'tls' });
});

test.each([
  { ...CERTIFICATE, spec: {} },
  { ...CERTIFICATE, spec: null },
  { ...CERTIFICATE, apiVersion: 'example.com/v1' },
  { ...SEALED, apiVersion: 'example.com/v1' },
  { apiVersion: 'v1', kind: 'Secret', metadata },
])('of %j no Secret is made', (object) => {
  expect(madeSecret(object)).toBeUndefined();
});

test('labels of the Secret go where the object says them, and those that are there stay', () => {
  const labels = { watch: 'on', team: 'b' };
  expect(withSecretLabels(SEALED, madeSecret(SEALED)!, labels)).toEqual({
    ...SEALED,
    spec: { encryptedData: {}, template: { metadata: { labels } } },
  });
  const own = { ...CERTIFICATE, spec: { secretName: 'tls', secretTemplate: { labels: { team: 'a' } } } };
  expect(withSecretLabels(own, madeSecret(own)!, labels)).toMatchObject({
    metadata,
    spec: { secretName: 'tls', secretTemplate: { labels: { watch: 'on', team: 'a' } } },
  });
});
