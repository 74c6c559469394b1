import { expect, test } from '@jest/globals';
import { allow, Cluster, Layer, Namespace } from 'cdk8s-flux-fleet';
import type { Rule } from 'cdk8s-flux-fleet';
import { findingsOf, testFleet, yamlOf } from '../support/fleet.js';

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

test('a name that is near no other may be that of a rule of the user, which then has to be there', () => {
  const build = () => yamlOf((layer) => allow(layer, { rule: 'team-label', reason: 'A test.' }));
  expect(findingsOf(build)).toMatchObject([
    {
      rule: 'allow-unknown-rule',
      given: 'team-label: A test.',
      fix: 'take it out; if it is a rule of your own, name its module with --rules, or give it to the Fleet',
    },
  ]);
});

test('a rule of the user can be allowed', () => {
  const own: Rule = { id: 'team-label', check: () => [] };
  const fleet = testFleet({ rules: [own] });
  allow(new Namespace(new Layer(new Cluster(fleet, 'test'), 'layer'), 'x'), { rule: 'team-label', reason: 'A test.' });
  expect(findingsOf(() => fleet.files())).toEqual([]);
});

test('it is told once for a cluster, however often it is allowed', () => {
  const build = () =>
    yamlOf((layer) => {
      allow(layer, { rule: 'nothing-like-it', reason: 'A test.' });
      allow(new Namespace(layer, 'x'), { rule: 'nothing-like-it', reason: 'Another.' });
    });
  expect(findingsOf(build)).toHaveLength(1);
});
