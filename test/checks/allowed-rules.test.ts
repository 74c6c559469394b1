import { expect, test } from '@jest/globals';
import { allow, Namespace } from 'cdk8s-flux-fleet';
import { findingsOf, yamlOf } from '../support/fleet.js';

test('a rule that does not exist cannot be allowed', () => {
  const build = () =>
    yamlOf((layer) => allow(new Namespace(layer, 'x'), { rule: 'plaintext-secrets', reason: 'A test.' }));
  expect(findingsOf(build)).toMatchObject([{ rule: 'allow-unknown-rule', fix: 'write "plaintext-secret"' }]);
});

test('a rule that exists can be allowed, whether it is broken or not', () => {
  const build = () =>
    yamlOf((layer) => allow(new Namespace(layer, 'x'), { rule: 'plaintext-secret', reason: 'A test.' }));
  expect(findingsOf(build)).toEqual([]);
});
