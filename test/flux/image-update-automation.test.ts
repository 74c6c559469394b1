import { expect, test } from '@jest/globals';
import { ImageUpdateAutomation } from 'cdk8s-flux-fleet';
import { findingsOf, yamlOf } from '../support/fleet.js';

const PROPS = {
  namespace: 'flux-system',
  ...({
    interval: '30m',
    sourceRef: { kind: 'GitRepository', name: 'fleet' },
    git: { commit: { author: { email: 'bot@example.com' }, signingKey: { secretRef: { name: 'key' }, type: 'ssh' } } },
    update: { path: './versions', strategy: 'Setters' },
  } as const),
};

test('defaults', () => {
  expect(yamlOf((layer) => new ImageUpdateAutomation(layer, 'x', PROPS))).toMatchInlineSnapshot(`
   "apiVersion: image.toolkit.fluxcd.io/v1
   kind: ImageUpdateAutomation
   metadata:
     name: x
     namespace: flux-system
   spec:
     git:
       commit:
         author:
           email: bot@example.com
         signingKey:
           secretRef:
             name: key
           type: ssh
     interval: 30m
     sourceRef:
       kind: GitRepository
       name: fleet
     update:
       path: ./versions
       strategy: Setters
   "
  `);
});

test('refuses an interval that is no Go duration', () => {
  const findings = findingsOf(() =>
    yamlOf((layer) => new ImageUpdateAutomation(layer, 'x', { ...PROPS, interval: '5 minutes' })),
  );
  expect(findings).toMatchObject([{ rule: 'invalid-duration', given: '"5 minutes"', fix: 'write "5m"' }]);
});
