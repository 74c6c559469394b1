import { expect, test } from '@jest/globals';
import { Policy } from 'cdk8s-flux-fleet';
import { findingsOf, yamlOf } from '../support/fleet.js';

const PROPS = {
  rules: [
    {
      name: 'has-an-owner',
      match: { any: [{ resources: { kinds: ['Deployment'] } }] },
      validate: { message: 'say who owns it', pattern: { metadata: { labels: { owner: '?*' } } } },
    },
  ],
} as const;

test('defaults', () => {
  expect(yamlOf((layer) => new Policy(layer, 'owners', { namespace: 'apps', ...PROPS }))).toMatchInlineSnapshot(`
   "apiVersion: kyverno.io/v1
   kind: Policy
   metadata:
     name: owners
     namespace: apps
   spec:
     rules:
       - match:
           any:
             - resources:
                 kinds:
                   - Deployment
         name: has-an-owner
         validate:
           message: say who owns it
           pattern:
             metadata:
               labels:
                 owner: "?*"
   "
  `);
});

test('refuses one without a namespace', () => {
  expect(findingsOf(() => yamlOf((layer) => new Policy(layer, 'owners', PROPS)))).toMatchObject([
    { rule: 'object-without-namespace' },
  ]);
});

test('refuses a name that Kyverno would refuse', () => {
  const props = { ...PROPS, namespace: 'apps', name: 'x'.repeat(64) };
  expect(findingsOf(() => yamlOf((layer) => new Policy(layer, 'owners', props)))).toMatchObject([
    { rule: 'invalid-name', expected: 'at most 63 characters' },
  ]);
});
