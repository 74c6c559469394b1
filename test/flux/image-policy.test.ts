import { expect, test } from '@jest/globals';
import { ImagePolicy } from 'cdk8s-flux-fleet';
import { yamlOf } from '../support/fleet.js';

const PROPS = {
  namespace: 'flux-system',
  ...({ imageRepositoryRef: { name: 'app' }, policy: { semver: { range: '1.x' } } } as const),
};

test('defaults', () => {
  expect(yamlOf((layer) => new ImagePolicy(layer, 'x', PROPS))).toMatchInlineSnapshot(`
   "apiVersion: image.toolkit.fluxcd.io/v1
   kind: ImagePolicy
   metadata:
     name: x
     namespace: flux-system
   spec:
     imageRepositoryRef:
       name: app
     policy:
       semver:
         range: "1.x"
   "
  `);
});
