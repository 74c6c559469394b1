import { expect, test } from '@jest/globals';
import { nameOf } from '../../lib/checks/rule.js';

test('an object is called by its kind, namespace and name', () => {
  const object = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'login', namespace: 'shop' } };
  expect(nameOf({ object })).toBe('Secret "shop/login"');
});

test('a layer of the code is called a layer', () => {
  expect(nameOf({ name: 'apps' })).toBe('the layer "apps"');
});

test('a layer that was read from files is called a Kustomization', () => {
  const facts = { path: 'apps', exists: true, remote: [] };
  expect(nameOf({ name: 'apps', facts })).toBe('the Kustomization "apps"');
});
