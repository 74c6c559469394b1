import { expect, test } from '@jest/globals';
import { namespaceNotSaid } from '../../../lib/checks/apply/namespace-not-said.js';
import { kustomization, yamlFindings } from '../../support/yaml-cluster.js';

/** What is said of objects in the layer `web`. */
function findings(objects: readonly object[], spec: object = {}, more: object = {}) {
  const yaml = {
    'flux-system': kustomization('web', spec),
    web: objects.map((o) => `---\n${JSON.stringify(o)}\n`).join(''),
  };
  return yamlFindings(namespaceNotSaid, yaml, more);
}

const SETTINGS = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'settings' } };

test('an object that says no namespace is told', () => {
  expect(findings([SETTINGS])).toMatchObject([
    {
      rule: 'namespace-not-said',
      what: 'ConfigMap "settings" says no namespace: Flux reports "namespace not specified", and applies nothing more of the Kustomization "web"',
    },
  ]);
});

test('several of a layer are told once', () => {
  const others = [1, 2].map((n) => ({ ...SETTINGS, metadata: { name: `other-${n}` } }));
  expect(findings([SETTINGS, ...others])).toMatchObject([
    { what: expect.stringContaining('ConfigMap "settings" (and 2 more of the same Kustomization) says no namespace') },
  ]);
});

test('the kind may be of a CRD of the cluster', () => {
  const crd = {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'things.example.com' },
    spec: {
      group: 'example.com',
      scope: 'Namespaced',
      names: { kind: 'Thing', plural: 'things' },
      versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object' } } }],
    },
  };
  const thing = { apiVersion: 'example.com/v1', kind: 'Thing', metadata: { name: 'x' } };
  expect(findings([crd, thing])).toHaveLength(1);
  expect(findings([thing])).toEqual([]);
});

test.each([
  [{ ...SETTINGS, metadata: { name: 'settings', namespace: 'web' } }],
  [{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'web' } }],
  [{ apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', metadata: { name: 'web' } }],
])('%j needs none', (object) => {
  expect(findings([object])).toEqual([]);
});

test('a targetNamespace, or a directory that others apply, may say it', () => {
  expect(findings([SETTINGS], { targetNamespace: 'web' })).toEqual([]);
  expect(findings([SETTINGS], {}, { partial: true })).toEqual([]);
});

test('the root may have a targetNamespace too', () => {
  const yaml = (spec: object) => ({
    'flux-system': kustomization('flux-system', spec) + '---\n' + JSON.stringify(SETTINGS),
  });
  expect(yamlFindings(namespaceNotSaid, yaml({}))).toHaveLength(1);
  expect(yamlFindings(namespaceNotSaid, yaml({ targetNamespace: 'web' }))).toEqual([]);
});
