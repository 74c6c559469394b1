import { expect, test } from '@jest/globals';
import { decryptionMissing } from '../../../lib/checks/ready/decryption-missing.js';
import type { JsonObject } from '../../../lib/yaml/normalize.js';
import { kustomization, yamlFindings } from '../../support/yaml-cluster.js';

const SOPS = { mac: 'ENC[x]', lastmodified: '2026-01-01T00:00:00Z', version: '3.9.0' };
const DECRYPTION = { decryption: { provider: 'sops', secretRef: { name: 'sops-age' } } };

test('an encrypted Secret in a layer that does not decrypt is told', () => {
  expect(findingsWith(secret({ data: { a: 'ENC[x]' } }))).toMatchObject([
    {
      what: 'Secret "apps/token" is encrypted, and the Kustomization "apps" does not decrypt: Flux refuses it, and with it everything else that this Kustomization applies',
      given: 'no decryption',
      fix: 'write spec.decryption: { provider: sops, secretRef: { name: sops-age } }, with the name of the Secret that has the key',
    },
  ]);
});

test('it is told which other layer decrypts', () => {
  const findings = yamlFindings(decryptionMissing, {
    'flux-system': kustomization('apps', DECRYPTION) + kustomization('web'),
    apps: secret(),
    web: secret(),
  });
  expect(findings).toMatchObject([{ fix: 'give it the decryption of the Kustomization "apps"' }]);
});

test('what Flux applies with the ciphertext in it is told as such', () => {
  const what = expect.stringContaining('does not decrypt: Flux applies the ciphertext as it is');
  expect(findingsWith(secret())).toMatchObject([{ what }]);
  expect(findingsWith(secret({ data: { b: 'YQ==' } }))).toMatchObject([{ what }]);
  expect(findingsWith(secret({ kind: 'ConfigMap' }))).toMatchObject([{ what }]);
});

test('of a custom resource the API server refuses the envelope', () => {
  const release = { apiVersion: 'helm.toolkit.fluxcd.io/v2', kind: 'HelmRelease' };
  expect(findingsWith(secret(release))).toMatchObject([
    { what: expect.stringContaining('does not decrypt: the API server refuses the field sops') },
  ]);
});

test.each([
  ['in a layer that decrypts', secret(), DECRYPTION],
  ['that is not encrypted', secret({ sops: null }), {}],
  ['that is not to be decrypted', secret({ metadata: decryptDisabled() }), {}],
])('a Secret %s is fine', (_, yaml, spec) => {
  expect(findingsWith(yaml, spec)).toEqual([]);
});

test('of the root it is told only where its Kustomization is in the files', () => {
  expect(yamlFindings(decryptionMissing, { 'flux-system': secret() })).toEqual([]);
  const root = kustomization('flux-system');
  expect(yamlFindings(decryptionMissing, { 'flux-system': `${root}---\n${secret()}` })).toHaveLength(1);
  const decrypts = kustomization('flux-system', DECRYPTION);
  expect(yamlFindings(decryptionMissing, { 'flux-system': `${decrypts}---\n${secret()}` })).toEqual([]);
});

function decryptDisabled(): JsonObject {
  return { name: 'token', namespace: 'apps', annotations: { 'kustomize.toolkit.fluxcd.io/decrypt': 'disabled' } };
}

function secret(more: JsonObject = {}): string {
  const metadata = { name: 'token', namespace: 'apps' };
  return `${JSON.stringify({ apiVersion: 'v1', kind: 'Secret', metadata, stringData: { a: 'ENC[x]' }, sops: SOPS, ...more })}\n`;
}

function findingsWith(yaml: string, spec: object = {}) {
  return yamlFindings(decryptionMissing, { 'flux-system': kustomization('apps', spec), apps: yaml });
}
