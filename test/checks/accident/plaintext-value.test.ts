import { expect, test } from '@jest/globals';
import { allow, Layer } from 'cdk8s-flux-fleet';
import { plaintextValue } from '../../../lib/checks/accident/plaintext-value.js';
import { object } from '../support.js';
import { toldBy } from './support.js';

/** What is said of a HelmRelease with these values. */
function toldOf(values: unknown) {
  return toldBy(plaintextValue, (cluster) => add(new Layer(cluster, 'base'), values));
}

function add(layer: Layer, values: unknown) {
  const metadata = { name: 'grafana', namespace: 'monitoring' };
  return object(layer, 'grafana', {
    apiVersion: 'helm.toolkit.fluxcd.io/v2',
    kind: 'HelmRelease',
    metadata,
    spec: { values },
  });
}

test('a password is told by its place, never by its value', () => {
  const told = toldOf({ grafana: { adminPassword: 'hunter2' }, users: [{ name: 'a', password: 'hunter2' }] });
  expect(told).toMatchObject([
    {
      rule: 'plaintext-value',
      severity: 'warning',
      what: 'HelmRelease "monitoring/grafana" has a secret among its values, in clear: everyone who reads the repository has it',
      given: 'spec.values.grafana.adminPassword, spec.values.users.0.password',
    },
  ]);
  expect(JSON.stringify(told)).not.toContain('hunter2');
});

test.each(['password', 'token', 'secretKey', 'aws_secret_access_key', 'clientSecret'])('%s is such a key', (key) => {
  expect(toldOf({ [key]: 'hunter2' })).toHaveLength(1);
});

test.each([
  ['nothing', { password: '' }],
  ['null', { password: null }],
  ['a variable', { password: '${PASSWORD}' }],
  ['a variable in a text', { password: 'x-${PASSWORD}' }],
  ['a template of a chart', { password: '{{ .Values.other }}' }],
  ['a reference of another tool', { password: 'vault:secret/data/grafana#password' }],
  ['a switch', { token: true }],
  ['a map', { token: { enabled: true } }],
  ['the name of a key', { passwordKey: 'admin-password', existingSecret: 'grafana' }],
  ['the key in a Secret that exists', { auth: { existingSecret: 'grafana', password: 'admin-password' } }],
  ['an entry of an ExternalSecret', { data: [{ secretKey: 'token', remoteRef: { key: 'grafana' } }] }],
  ['a key that only contains the word', { passwordPolicy: 'strict', tokenTTL: '1h' }],
])('%s is fine', (_, values) => {
  expect(toldOf(values)).toEqual([]);
});

test('values that are none are none of its business', () => {
  expect(toldOf(undefined)).toEqual([]);
  expect(toldOf('text')).toEqual([]);
});

test('the same key in a ConfigMap is not told', () => {
  const told = toldBy(plaintextValue, (cluster) => {
    object(new Layer(cluster, 'base', { namespace: 'base' }), 'x', {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      data: { password: 'x' },
    });
  });
  expect(told).toEqual([]);
});

test('it can be allowed', () => {
  const told = toldBy(plaintextValue, (cluster) => {
    allow(add(new Layer(cluster, 'base'), { password: 'demo' }), { rule: 'plaintext-value', reason: 'A demo.' });
  });
  expect(told).toEqual([]);
});
