import { expect, test } from '@jest/globals';
import { object } from '../support.js';
import { applyFindings } from './support.js';

const MIB = 1024 * 1024;

function said(data: object): (string | undefined)[] {
  const findings = applyFindings((layer) => object(layer, 'big', data));
  return findings.filter((f) => f.rule === 'object-too-large').map((f) => f.given);
}

test('a ConfigMap of more than 1 MiB is told', () => {
  const findings = applyFindings((layer) => {
    object(layer, 'dashboards', { apiVersion: 'v1', kind: 'ConfigMap', data: { a: 'x'.repeat(MIB), b: 'x' } });
  });
  expect(findings).toMatchObject([
    {
      rule: 'object-too-large',
      what: 'ConfigMap "base/dashboards" holds more than the API server takes: it refuses it, and Flux applies nothing of the layer "base"',
      expected: 'at most 1 MiB in all values together',
      given: '1.00 MiB',
    },
  ]);
});

test('one of exactly 1 MiB is fine, however long its keys are', () => {
  expect(said({ apiVersion: 'v1', kind: 'ConfigMap', data: { ['k'.repeat(200)]: 'x'.repeat(MIB) } })).toEqual([]);
});

test('text counts in bytes', () => {
  expect(said({ apiVersion: 'v1', kind: 'ConfigMap', data: { a: 'é'.repeat(MIB / 2 + 1) } })).toEqual(['1.00 MiB']);
});

test('what is encoded counts as what it stands for', () => {
  const encoded = (size: number): string => Buffer.alloc(size).toString('base64');
  expect(said({ apiVersion: 'v1', kind: 'Secret', data: { a: encoded(MIB) } })).toEqual([]);
  expect(said({ apiVersion: 'v1', kind: 'Secret', data: { a: encoded(MIB + 1) } })).toEqual(['1.00 MiB']);
  expect(said({ apiVersion: 'v1', kind: 'ConfigMap', binaryData: { a: encoded(MIB + 1) } })).toEqual(['1.00 MiB']);
});

test('every other object has to fit into what etcd takes', () => {
  const thing = (size: number): object => ({
    apiVersion: 'example.com/v1',
    kind: 'ClusterThing',
    spec: { text: 'x'.repeat(size) },
  });
  expect(said(thing(1.49 * MIB))).toEqual([]);
  expect(said(thing(1.5 * MIB))).toEqual(['1.50 MiB']);
});
