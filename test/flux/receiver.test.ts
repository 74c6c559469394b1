import { expect, test } from '@jest/globals';
import { Receiver } from 'cdk8s-flux-fleet';
import { yamlOf } from '../support/fleet.js';

const PROPS = {
  namespace: 'flux-system',
  ...({
    type: 'github',
    secretRef: { name: 'webhook' },
    resources: [{ kind: 'GitRepository', name: 'flux-system' }],
  } as const),
};

test('defaults', () => {
  expect(yamlOf((layer) => new Receiver(layer, 'x', PROPS))).toMatchInlineSnapshot(`
   "apiVersion: notification.toolkit.fluxcd.io/v1
   kind: Receiver
   metadata:
     name: x
     namespace: flux-system
   spec:
     resources:
       - kind: GitRepository
         name: flux-system
     secretRef:
       name: webhook
     type: github
   "
  `);
});

test('authenticates callers by OIDC and filters what they reconcile, new in Flux 2.9', () => {
  const yaml = yamlOf(
    (layer) =>
      new Receiver(layer, 'x', {
        namespace: 'flux-system',
        type: 'generic-oidc',
        oidcProviders: [
          { issuerURL: 'https://issuer.example.com', validations: [{ expression: 'true', message: 'refused' }] },
        ],
        resources: [{ kind: 'GitRepository', name: '*', matchLabels: { app: 'x' }, filter: 'req.tag != ""' }],
      }),
  );
  expect(yaml).toContain('issuerURL: https://issuer.example.com');
  expect(yaml).toContain(`filter: 'req.tag != ""'`);
});
