import { expect, test } from '@jest/globals';
import { timeoutTooShort } from '../../../lib/checks/ready/timeout-too-short.js';
import { helmRelease, kustomization, yamlFindings } from '../../support/yaml-cluster.js';

/** What is said of `outer`, which contains this. */
function findingsOf(outer: object, content: string) {
  return yamlFindings(timeoutTooShort, { 'flux-system': kustomization('outer', outer), outer: content });
}

test('a layer that waits less than a HelmRelease in it may take is told', () => {
  expect(findingsOf({ wait: true, timeout: '5m' }, helmRelease('db', { timeout: '15m' }))).toMatchObject([
    {
      rule: 'timeout-too-short',
      severity: 'warning',
      what: 'the Kustomization "outer" waits 5m, but HelmRelease "apps/db" may take 15m: Flux gives up on "outer" while that one is still on its way',
      expected: 'a timeout of at least 15m',
      given: 'timeout: 5m',
    },
  ]);
});

test('a layer that waits less than one in it is told', () => {
  expect(
    findingsOf({ wait: true, timeout: '5m' }, kustomization('inner', { wait: true, timeout: '10m' })),
  ).toMatchObject([{ what: expect.stringContaining('"inner" may take 10m') }]);
});

test('times are compared as Go reads them', () => {
  expect(findingsOf({ wait: true, timeout: '1h' }, helmRelease('db', { timeout: '59m59s' }))).toEqual([]);
  expect(findingsOf({ wait: true, timeout: '90s' }, helmRelease('db', { timeout: '1m31s' }))).toHaveLength(1);
});

test('the same time is enough', () => {
  expect(findingsOf({ wait: true, timeout: '5m' }, helmRelease('db', { timeout: '5m' }))).toEqual([]);
});

test('without a timeout it is the interval less 30 seconds', () => {
  const db = helmRelease('db', { timeout: '10m' });
  expect(findingsOf({ wait: true, interval: '10m30s' }, db)).toEqual([]);
  expect(findingsOf({ wait: true, interval: '10m' }, db)).toMatchObject([
    {
      what: expect.stringContaining('"outer" waits 9m30s'),
      given: 'no timeout, so that it is the interval of 10m less 30s',
    },
  ]);
});

test('it is never less than 30 seconds', () => {
  expect(findingsOf({ wait: true, timeout: '10s' }, helmRelease('db', { timeout: '30s' }))).toEqual([]);
});

test('an action’s own timeout counts, unless it does not wait', () => {
  const outer = { wait: true, timeout: '5m' };
  expect(findingsOf(outer, helmRelease('db', { upgrade: { timeout: '20m' } }))).toHaveLength(1);
  expect(findingsOf(outer, helmRelease('db', { install: { timeout: '20m', disableWait: true } }))).toEqual([]);
});

test('what says no time, or does not wait, is no reason', () => {
  const outer = { wait: true, timeout: '2m' };
  expect(findingsOf(outer, helmRelease('db') + kustomization('inner', { timeout: '1h' }))).toEqual([]);
});

test('a layer that does not wait needs no time', () => {
  expect(findingsOf({ timeout: '1m' }, helmRelease('db', { timeout: '15m' }))).toEqual([]);
});

test('what a health check names counts, and nothing else', () => {
  const healthChecks = [
    { apiVersion: 'helm.toolkit.fluxcd.io/v2', kind: 'HelmRelease', name: 'db', namespace: 'apps' },
  ];
  const content = helmRelease('db', { timeout: '15m' }) + helmRelease('cache', { timeout: '1h' });
  expect(findingsOf({ healthChecks, timeout: '5m' }, content)).toMatchObject([
    { expected: 'a timeout of at least 15m' },
  ]);
});

test('a time that Flux substitutes is not known', () => {
  expect(findingsOf({ wait: true, timeout: '${T}' }, helmRelease('db', { timeout: '15m' }))).toEqual([]);
  expect(findingsOf({ wait: true, timeout: '1m' }, helmRelease('db', { timeout: '${T}' }))).toEqual([]);
});

test('several that take longer are told at once, by the longest', () => {
  const content = ['10m', '30m', '20m'].map((timeout, i) => helmRelease(`r${i}`, { timeout })).join('');
  expect(findingsOf({ wait: true, timeout: '5m' }, content)).toMatchObject([
    { fix: 'write timeout: 30m or more in "outer", or give the 3 that take longer less time' },
  ]);
});
