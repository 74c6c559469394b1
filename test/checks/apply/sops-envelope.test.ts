import { expect, test } from '@jest/globals';
import { object } from '../support.js';
import { applyFindings } from './support.js';

const TEXT = 'ENC[AES256_GCM,data:p673w==,iv:YY=,tag:GPh=,type:str]';
const SOPS = { mac: TEXT, lastmodified: '2026-01-01T00:00:00Z', version: '3.10.2' };

function said(...objects: object[]): (string | undefined)[] {
  const findings = applyFindings((layer) => objects.forEach((o, i) => object(layer, `x${i}`, o)));
  return findings.filter((f) => f.rule === 'sops-envelope').map((f) => f.what);
}

test('a Secret whose values were copied without the envelope is told', () => {
  const findings = applyFindings((layer) => {
    object(layer, 'db', { apiVersion: 'v1', kind: 'Secret', stringData: { password: TEXT } });
  });
  expect(findings).toMatchObject([
    {
      rule: 'sops-envelope',
      what: 'stringData.password of Secret "base/db" is encrypted, but without the envelope of SOPS Flux applies the ciphertext as it is',
      expected: 'the whole file that SOPS wrote, with the map `sops` at its end',
      given: 'ENC[…] and no `sops`',
    },
  ]);
});

test('one with its envelope is fine', () => {
  expect(said({ apiVersion: 'v1', kind: 'Secret', stringData: { password: TEXT }, sops: SOPS })).toEqual([]);
});

test('objects of other kinds are decrypted too, so they need theirs', () => {
  const release = {
    apiVersion: 'helm.toolkit.fluxcd.io/v2',
    kind: 'HelmRelease',
    spec: { interval: '1h', chartRef: { kind: 'OCIRepository', name: 'web' }, values: { db: [{ password: TEXT }] } },
  };
  expect(said(release)).toEqual([
    'spec.values.db[0].password of HelmRelease "base/x0" is encrypted, but without the envelope of SOPS Flux applies the ciphertext as it is',
  ]);
});

test('a Secret inside of another object may bring its own envelope', () => {
  const inner = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'db' }, data: { password: TEXT }, sops: SOPS };
  const set = { apiVersion: 'fluxcd.controlplane.io/v1', kind: 'ResourceSet', spec: { resources: [inner] } };
  expect(said(set)).toEqual([]);
});

test('an envelope that is not whole is told', () => {
  const broken = { age: [], mac: TEXT, version: '3.10.2' };
  expect(said({ apiVersion: 'v1', kind: 'Secret', stringData: { password: TEXT }, sops: broken })).toEqual([
    'the envelope of Secret "base/x0" is not whole: Flux cannot decrypt it, and applies nothing of the layer "base"',
  ]);
});

test('without its signature Flux does not know an envelope', () => {
  const broken = { age: [], lastmodified: '2026-01-01T00:00:00Z' };
  const secret = { apiVersion: 'v1', kind: 'Secret', sops: broken };
  expect(said({ ...secret, stringData: { password: TEXT } }, { ...secret, data: { password: TEXT } })).toEqual([
    'the envelope of Secret "base/x0" is not whole, and Flux does not decrypt it: Flux applies the ciphertext as it is',
    'the envelope of Secret "base/x1" is not whole, and Flux does not decrypt it: Flux refuses it, and with it everything else that this Kustomization applies',
  ]);
});

test('text that only speaks of encryption is fine', () => {
  expect(said({ apiVersion: 'v1', kind: 'ConfigMap', data: { help: 'a value looks like ENC[…]' } })).toEqual([]);
});
