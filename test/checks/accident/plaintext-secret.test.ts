import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { allow, EncryptedSecret, InfraComponent, Layer, Secret } from 'cdk8s-flux-fleet';
import { tempDir, writeFiles } from '../../support/temp-dir.js';
import { object, rulesOf } from '../support.js';
import { accidentsIn, accidentsInLayer } from './support.js';

const TOKEN = { apiVersion: 'v1', kind: 'Secret', stringData: { token: 'hunter2' } };

test('a Secret in clear is told by its keys, never by its values', () => {
  const findings = accidentsInLayer((layer) => {
    object(layer, 'token', { ...TOKEN, data: { password: 'aHVudGVyMg==' } });
  });
  expect(findings).toMatchObject([
    {
      rule: 'plaintext-secret',
      what: 'Secret "base/token" would stand in the repository in clear',
      given: 'values of data.password, stringData.token',
      where: { construct: 'test/base/token' },
    },
  ]);
  expect(JSON.stringify(findings)).not.toMatch(/hunter2|aHVudGVyMg/);
});

test('a Secret inside of another object is told', () => {
  const findings = accidentsInLayer((layer) => {
    object(layer, 'set', {
      apiVersion: 'fluxcd.controlplane.io/v1',
      kind: 'ResourceSet',
      spec: { resources: [{ ...TOKEN, metadata: { name: 'token', namespace: 'base' } }] },
    });
  });
  expect(findings).toMatchObject([
    {
      rule: 'plaintext-secret',
      what: 'a Secret inside of ResourceSet "base/set" would stand in the repository in clear',
    },
  ]);
});

test('an envelope of SOPS around values in clear is no encryption', () => {
  const sops = { mac: 'ENC[x]', lastmodified: '2026-01-01T00:00:00Z' };
  expect(rulesOf(accidentsInLayer((layer) => object(layer, 'token', { ...TOKEN, sops })))).toContain(
    'plaintext-secret',
  );
});

test('a Secret that says why it may be read is fine', () => {
  const secret = (layer: Layer) =>
    new Secret(layer, 'token', { stringData: { token: 'x' }, plaintextBecause: 'It is public anyway.' });
  expect(accidentsInLayer(secret)).toEqual([]);
});

test('what is allowed for a component is allowed for all in it, and for nothing else', () => {
  const findings = accidentsIn((cluster) => {
    const component = new InfraComponent(cluster, 'demo', { namespace: 'demo' });
    allow(component, { rule: 'plaintext-secret', reason: 'A demo.' });
    new Secret(component.configs, 'allowed', { stringData: { a: 'x' } });
    new Secret(new Layer(cluster, 'other', { namespace: 'demo' }), 'refused', { stringData: { a: 'x' } });
  });
  expect(findings.map((f) => f.where?.construct)).toEqual(['test/other/refused']);
});

test('another rule that is allowed does not allow this one', () => {
  const findings = accidentsInLayer((layer) => {
    allow(layer, { rule: 'duplicate-object', reason: 'A demo.' });
    object(layer, 'token', TOKEN);
  });
  expect(rulesOf(findings)).toEqual(['plaintext-secret']);
});

test('a Secret without values, a sealed one, and one that only looks like it are fine', () => {
  const findings = accidentsInLayer((layer) => {
    object(layer, 'empty', { apiVersion: 'v1', kind: 'Secret', type: 'kubernetes.io/service-account-token' });
    object(layer, 'sealed', {
      apiVersion: 'bitnami.com/v1alpha1',
      metadata: { name: 'sealed', namespace: 'base' },
      kind: 'SealedSecret',
      spec: { encryptedData: { a: 'x' } },
    });
    object(layer, 'named', { apiVersion: 'v1', kind: 'ConfigMap', data: { kind: 'Secret', stringData: 'x' } });
  });
  expect(findings).toEqual([]);
});

test('a Secret that SOPS encrypted is fine', () => {
  const directory = tempDir();
  writeFiles(directory, {
    'token.yaml': [
      'apiVersion: v1',
      'kind: Secret',
      'metadata:',
      '  name: token',
      '  namespace: base',
      'stringData:',
      '  token: ENC[AES256_GCM,data:x,iv:x,tag:x,type:str]',
      'sops:',
      '  lastmodified: "2026-01-01T00:00:00Z"',
      '  mac: ENC[AES256_GCM,data:x,iv:x,tag:x,type:str]',
      '',
    ].join('\n'),
  });
  const secret = (layer: Layer) => new EncryptedSecret(layer, 'token', { file: join(directory, 'token.yaml') });
  expect(accidentsInLayer(secret)).toEqual([]);
});

test('variables, empty values and what SOPS encrypted in a generator are fine', () => {
  const encrypted = Buffer.from('{"a":"ENC[AES256_GCM,data:x,iv:y,tag:z,type:str]"}').toString('base64');
  const findings = accidentsInLayer((layer) => {
    object(layer, 'variables', { ...TOKEN, stringData: { token: '${TOKEN}' }, data: { user: '${USER_BASE64}' } });
    object(layer, 'empty', { ...TOKEN, stringData: { token: '' }, data: { user: '' } });
    object(layer, 'generated', { ...TOKEN, stringData: {}, data: { 'values.json': encrypted } });
  });
  expect(rulesOf(findings)).toEqual([]);
});

test('a variable with a default that is a secret is told', () => {
  const findings = accidentsInLayer((layer) => {
    object(layer, 'token', { ...TOKEN, stringData: { token: '${TOKEN:=hunter2}' } });
  });
  expect(findings.map((f) => f.given)).toEqual(['values of stringData.token']);
});
