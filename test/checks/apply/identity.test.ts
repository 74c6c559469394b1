import { Lazy } from 'cdk8s';
import { expect, test } from '@jest/globals';
import { object, rulesOf } from '../support.js';
import { applyFindings } from './support.js';

test('an object without a kind is told', () => {
  const findings = applyFindings((layer) => object(layer, 'settings', { apiVersion: 'v1' }));
  expect(findings).toMatchObject([
    {
      rule: 'object-identity',
      what: 'an object "settings" has no kind',
      given: 'kind: nothing',
      where: { construct: 'test/base/settings' },
    },
  ]);
});

test('an object whose name turns out to be no text is told', () => {
  const findings = applyFindings((layer) => {
    const name: unknown = Lazy.any({ produce: () => 5 });
    object(layer, 'settings', { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name } });
  });
  expect(rulesOf(findings)).toContain('object-identity');
});

test('all that is missing is told in one finding', () => {
  const findings = applyFindings((layer) => object(layer, 'settings', { apiVersion: '' }));
  expect(findings).toMatchObject([
    {
      rule: 'object-identity',
      what: 'an object "settings" has no apiVersion and no kind',
      given: 'apiVersion: "", kind: nothing',
    },
  ]);
});

test('an object with apiVersion, kind and name is fine', () => {
  const findings = applyFindings((layer) =>
    object(layer, 'thing', { apiVersion: 'example.com/v1', kind: 'ClusterThing' }),
  );
  expect(findings).toEqual([]);
});
