import { expect, test } from '@jest/globals';
import { ResourceSetInputProvider } from 'cdk8s-flux-fleet';
import { yamlOf } from '../support/fleet.js';

const PROPS = {
  namespace: 'flux-system',
  ...({ type: 'GitHubPullRequest', url: 'https://github.com/acme/app', filter: { labels: ['preview'] } } as const),
};

test('defaults', () => {
  expect(yamlOf((layer) => new ResourceSetInputProvider(layer, 'x', PROPS))).toMatchInlineSnapshot(`
   "apiVersion: fluxcd.controlplane.io/v1
   kind: ResourceSetInputProvider
   metadata:
     name: x
     namespace: flux-system
   spec:
     filter:
       labels:
         - preview
     type: GitHubPullRequest
     url: https://github.com/acme/app
   "
  `);
});
