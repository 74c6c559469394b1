import { expect, test } from '@jest/globals';
import { RoleBinding, ServiceAccount } from 'cdk8s-flux-fleet';
import type { Layer } from 'cdk8s-flux-fleet';
import { findingsInLayer, object } from '../support.js';

/** What is said of a Kustomization that runs as the account `deployer`. */
function findings(fill: (layer: Layer) => unknown, namespace = 'base', serviceAccountName = 'deployer') {
  const found = findingsInLayer((layer) => {
    fill(layer);
    object(layer, 'apps', {
      apiVersion: 'kustomize.toolkit.fluxcd.io/v1',
      kind: 'Kustomization',
      metadata: { name: 'apps', namespace },
      spec: {
        interval: '10m',
        path: './',
        prune: true,
        serviceAccountName,
        sourceRef: { kind: 'GitRepository', name: 'flux-system', namespace: 'flux-system' },
      },
    });
  });
  return found.filter((f) => f.rule === 'service-account-missing');
}

test('an account that nothing makes may do nothing', () => {
  expect(findings(() => undefined)).toMatchObject([
    {
      what: 'Kustomization "base/apps" needs the ServiceAccount "base/deployer", which nothing makes: Flux applies as "system:serviceaccount:base:deployer", and the API server forbids it everything',
    },
  ]);
});

test('one that is only bound leaves everything behind', () => {
  const bind = (layer: Layer) =>
    new RoleBinding(layer, 'deployer', {
      role: 'admin',
      subjects: [{ kind: 'ServiceAccount', name: 'deployer', namespace: 'base' }],
    });
  expect(findings(bind)).toMatchObject([{ what: expect.stringContaining('cleans nothing up') }]);
});

test('one that is made is fine', () => {
  expect(findings((layer) => new ServiceAccount(layer, 'deployer'))).toEqual([]);
});

test.each([
  ['default', 'base', 0],
  ['kustomize-controller', 'flux-system', 0],
  ['kustomize-controller', 'base', 1],
  ['image-automation-controller', 'flux-system', 1],
])('the account %s in %s', (name, namespace, count) => {
  expect(findings(() => undefined, namespace, name)).toHaveLength(count);
});
