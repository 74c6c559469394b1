import { expect, test } from '@jest/globals';
import { ArtifactGenerator } from 'cdk8s-flux-fleet';
import { yamlOf } from '../support/fleet.js';

const PROPS = {
  namespace: 'flux-system',
  ...({
    sources: [{ alias: 'fleet', kind: 'GitRepository', name: 'fleet' }],
    artifacts: [{ name: 'apps', copy: [{ from: '@fleet/apps/**', to: '@artifact/' }] }],
  } as const),
};

test('defaults', () => {
  expect(yamlOf((layer) => new ArtifactGenerator(layer, 'x', PROPS))).toMatchInlineSnapshot(`
   "apiVersion: source.extensions.fluxcd.io/v1beta1
   kind: ArtifactGenerator
   metadata:
     name: x
     namespace: flux-system
   spec:
     artifacts:
       - copy:
           - from: "@fleet/apps/**"
             to: "@artifact/"
         name: apps
     sources:
       - alias: fleet
         kind: GitRepository
         name: fleet
   "
  `);
});
