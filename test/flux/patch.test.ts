import { expect, test } from '@jest/globals';
import { Flux, GitRef, Kustomization, Source } from 'cdk8s-flux-fleet';
import type { Layer, Patch } from 'cdk8s-flux-fleet';
import { findingsOf, yamlOf } from '../support/fleet.js';

const SOURCE = Source.git({ url: 'https://github.com/acme/apps', ref: GitRef.branch('main') });

function patched(...patches: Patch[]): (layer: Layer) => Kustomization {
  return (layer) => new Kustomization(layer, 'x', { namespace: 'apps', source: SOURCE, path: './', patches });
}

test('operations, an object and text come out as text', () => {
  const target = { kind: '(HelmRelease|Kustomization)' };
  const text = yamlOf(
    patched(
      { patch: [{ op: 'add', path: '/spec/serviceAccountName', value: 'team' }], target },
      { patch: { apiVersion: 'v1', kind: 'Service', metadata: { name: 'web' }, spec: { type: 'NodePort' } } },
      { patch: '- op: remove\n  path: /spec/suspend\n', target: { labelSelector: 'role=automation' } },
    ),
  );
  expect(text.slice(text.indexOf('  patches:'), text.indexOf('\n  path: '))).toMatchInlineSnapshot(`
   "  patches:
       - patch: |
           - op: add
             path: /spec/serviceAccountName
             value: team
         target:
           kind: "(HelmRelease|Kustomization)"
       - patch: |
           apiVersion: v1
           kind: Service
           metadata:
             name: web
           spec:
             type: NodePort
       - patch: |
           - op: remove
             path: /spec/suspend
         target:
           labelSelector: role=automation"
  `);
});

test.each([
  ['/spec', true],
  ['/metadata/annotations/example.com~1owner', true],
  ['/spec/template/spec/containers/0/args/-', true],
  ['spec', false],
  ['/metadata/annotations/example~owner', false],
])('the path %s of an operation: valid is %s', (path, valid) => {
  const patch = [{ op: 'add', path, value: 'x' }] as const;
  const rules = findingsOf(() => yamlOf(patched({ patch, target: { kind: 'Service' } }))).map((f) => f.rule);
  expect(rules).toEqual(valid ? [] : ['patch-path']);
});

test('operations without a target would patch nothing or everything, and are refused', () => {
  const patch = [{ op: 'remove', path: '/spec/suspend' }] as const;
  expect(findingsOf(() => yamlOf(patched({ patch })))).toMatchObject([{ rule: 'patch-target' }]);
});

test('an operation that there is not is refused, also for Flux’s own manifests', () => {
  const patch = [{ op: 'delete' as 'remove', path: '/spec/replicas' }];
  const finding = { rule: 'invalid-value', given: '"delete"' };
  expect(findingsOf(() => Flux.bootstrap({ patches: [{ patch, target: { kind: 'Deployment' } }] }))).toMatchObject([
    finding,
  ]);
});

test('a target that is no regular expression is refused', () => {
  const patch = [{ op: 'remove', path: '/spec/suspend' }] as const;
  expect(findingsOf(() => yamlOf(patched({ patch, target: { name: '(web' } })))).toMatchObject([
    { rule: 'patch-target', what: 'the name of a patch’s target is no regular expression', given: '"(web"' },
  ]);
});
