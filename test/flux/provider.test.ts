import { expect, test } from '@jest/globals';
import { Provider } from 'cdk8s-flux-fleet';
import { yamlOf } from '../support/fleet.js';

const PROPS = { namespace: 'flux-system', ...({ type: 'slack', address: 'https://hooks.example.com/x' } as const) };

test('defaults', () => {
  expect(yamlOf((layer) => new Provider(layer, 'x', PROPS))).toMatchInlineSnapshot(`
   "apiVersion: notification.toolkit.fluxcd.io/v1beta3
   kind: Provider
   metadata:
     name: x
     namespace: flux-system
   spec:
     address: https://hooks.example.com/x
     type: slack
   "
  `);
});
