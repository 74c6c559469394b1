import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { notCovered, policyRule, ruleAllows } from '../../../lib/model/rbac/policy-rule.js';
import type { PolicyRule } from '../../../lib/model/rbac/policy-rule.js';

function rule(given: Partial<PolicyRule>): PolicyRule {
  return policyRule({ verbs: ['get'], ...given });
}

test('a rule allows its verbs on its resources', () => {
  const pods = rule({ apiGroups: [''], resources: ['pods'] });
  expect(ruleAllows(pods, { verb: 'get', group: '', resource: 'pods' })).toBe(true);
  expect(ruleAllows(pods, { verb: 'list', group: '', resource: 'pods' })).toBe(false);
  expect(ruleAllows(pods, { verb: 'get', group: 'apps', resource: 'pods' })).toBe(false);
});

test('a subresource is not its resource', () => {
  const pods = rule({ apiGroups: [''], resources: ['pods'] });
  expect(ruleAllows(pods, { verb: 'get', group: '', resource: 'pods/log' })).toBe(false);
  const logs = rule({ apiGroups: [''], resources: ['*/log'] });
  expect(ruleAllows(logs, { verb: 'get', group: '', resource: 'pods/log' })).toBe(true);
  expect(ruleAllows(logs, { verb: 'get', group: '', resource: 'pods' })).toBe(false);
});

test('a rule for a name allows no list', () => {
  const named = rule({ verbs: ['*'], apiGroups: [''], resources: ['secrets'], resourceNames: ['a'] });
  expect(ruleAllows(named, { verb: 'get', group: '', resource: 'secrets', name: 'a' })).toBe(true);
  expect(ruleAllows(named, { verb: 'get', group: '', resource: 'secrets', name: 'b' })).toBe(false);
  expect(ruleAllows(named, { verb: 'list', group: '', resource: 'secrets' })).toBe(false);
});

test('a path ends where the star stands', () => {
  const api = rule({ nonResourceURLs: ['/api/*'] });
  expect(ruleAllows(api, { verb: 'get', path: '/api/v1' })).toBe(true);
  expect(ruleAllows(api, { verb: 'get', path: '/apis' })).toBe(false);
});

test('what is no list of strings is none', () => {
  expect(policyRule({ verbs: 'get', apiGroups: [1], resources: null })).toEqual(policyRule({}));
  expect(policyRule(null)).toEqual(policyRule({}));
});

test('a wildcard is given only by who has it', () => {
  const all = rule({ verbs: ['*'], apiGroups: [''], resources: ['pods'] });
  const each = rule({ verbs: ['get', 'list'], apiGroups: [''], resources: ['pods'] });
  expect(notCovered([all], [each])).toEqual([]);
  expect(notCovered([each], [all])).toEqual([rule({ verbs: ['*'], apiGroups: [''], resources: ['pods'] })]);
});

const arbitraryRule = fc.record({
  verbs: fc.subarray(['get', 'list', '*'], { minLength: 1 }),
  apiGroups: fc.subarray(['', 'apps', '*'], { minLength: 1 }),
  resources: fc.subarray(['pods', 'pods/exec', '*', '*/exec'], { minLength: 1 }),
  resourceNames: fc.subarray(['a', 'b']),
  nonResourceURLs: fc.constant([]),
});

test('everybody may give away what they have', () => {
  fc.assert(
    fc.property(fc.array(arbitraryRule, { minLength: 1, maxLength: 3 }), (rules) => {
      expect(notCovered(rules, rules)).toEqual([]);
    }),
  );
});

test('who gives away what is covered gives nothing that they may not do', () => {
  const request = fc.record({
    verb: fc.constantFrom('get', 'list', 'delete'),
    group: fc.constantFrom('', 'apps', 'batch'),
    resource: fc.constantFrom('pods', 'pods/exec', 'secrets'),
    name: fc.constantFrom(undefined, 'a', 'c'),
  });
  const rules = fc.array(arbitraryRule, { minLength: 1, maxLength: 3 });
  fc.assert(
    fc.property(rules, rules, request, (owned, granted, asked) => {
      fc.pre(notCovered(owned, granted).length === 0 && granted.some((r) => ruleAllows(r, asked)));
      expect(owned.some((r) => ruleAllows(r, asked))).toBe(true);
    }),
    { numRuns: 200 },
  );
});
