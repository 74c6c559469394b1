import { expect, test } from '@jest/globals';
import { Alert } from 'cdk8s-flux-fleet';
import { yamlOf } from '../support/fleet.js';

const PROPS = {
  namespace: 'flux-system',
  ...({ providerRef: { name: 'slack' }, eventSources: [{ kind: 'Kustomization', name: '*' }] } as const),
};

test('defaults', () => {
  expect(yamlOf((layer) => new Alert(layer, 'x', PROPS))).toMatchInlineSnapshot(`
   "apiVersion: notification.toolkit.fluxcd.io/v1beta3
   kind: Alert
   metadata:
     name: x
     namespace: flux-system
   spec:
     eventSources:
       - kind: Kustomization
         name: "*"
     providerRef:
       name: slack
   "
  `);
});

test('suspends only when asked, so that a suspension on the cluster is not undone', () => {
  expect(yamlOf((layer) => new Alert(layer, 'x', { ...PROPS, suspend: false }))).not.toContain('suspend');
  expect(yamlOf((layer) => new Alert(layer, 'x', { ...PROPS, suspend: true }))).toContain('suspend: true');
});
