import { readdirSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { allow, ConfigMap, Layer, Secret } from 'cdk8s-flux-fleet';
import { RULES } from '../../lib/checks/index.js';
import { findingsOf, testCluster } from '../support/fleet.js';
import { findingsIn, findingsInLayer, object, rulesOf } from './support.js';

test('every rule has a file, a test and an identifier of its own', () => {
  const files = ['apply', 'ready', 'reach', 'accident'].flatMap((group) => {
    const rules = readdirSync(`lib/checks/${group}`).filter((file) => file !== 'index.ts');
    const tests = readdirSync(`test/checks/${group}`).map((file) => file.replace('.test.ts', '.ts'));
    expect(tests).toEqual(expect.arrayContaining(rules));
    return rules;
  });
  expect(new Set(RULES.map((r) => r.id)).size).toBe(files.length + 1);
});

test('findings of all rules are told together, in the order of the rules', () => {
  const findings = findingsIn((cluster) => {
    const layer = new Layer(cluster, 'base', { namespace: 'base', postBuild: { substitute: { A: '1' } } });
    new ConfigMap(layer, 'settings', { data: { a: '${B}' } });
    new ConfigMap(layer, 'twice', { name: 'settings' });
    new Layer(cluster, 'nothing');
    layer.addDependsOn(layer);
    object(layer, 'token', { apiVersion: 'v1', kind: 'Secret', stringData: { a: 'x' } });
    object(layer, 'number', { apiVersion: 'v1', kind: 'ConfigMap', data: { a: 1 } });
    object(layer, 'old', { apiVersion: 'batch/v1beta1', kind: 'CronJob' });
    object(layer, 'kindless', { apiVersion: 'v1' });
  });
  expect(rulesOf(findings)).toEqual([
    'object-identity',
    'api-version-not-served',
    'invalid-field',
    'layer-content',
    'dependency-cycle',
    'undefined-variable',
    'duplicate-object',
    'plaintext-secret',
  ]);
});

test('what is allowed is not told', () => {
  const findings = findingsInLayer((layer) => {
    const settings = new ConfigMap(layer, 'settings', { data: { PORT: 80 as never } });
    allow(settings, { rule: 'invalid-field', reason: 'An API server of our own takes it.' });
  });
  expect(findings).toEqual([]);
});

test('what is allowed for a layer is allowed for its objects', () => {
  const findings = findingsInLayer((layer) => {
    allow(layer, { rule: 'plaintext-secret', reason: 'A demo.' });
    new Secret(layer, 'token', { stringData: { token: 'x' } });
  });
  expect(findings).toEqual([]);
});

test('what is told of a layer itself can be allowed there', () => {
  const findings = findingsIn((cluster) => {
    const layer = new Layer(cluster, 'empty');
    allow(layer, { rule: 'layer-content', reason: 'Filled by a job.' });
  });
  expect(findings).toEqual([]);
});

test.each(['', '   ', undefined as never])('to allow without a reason (%j) is refused at once', (reason) => {
  expect(findingsOf(() => allow(testCluster(), { rule: 'plaintext-secret', reason })).map((f) => f.rule)).toEqual([
    'allow-without-reason',
  ]);
});
