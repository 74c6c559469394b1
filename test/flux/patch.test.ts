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

test('a target may be what only Go takes for a regular expression', () => {
  const patch = [{ op: 'remove', path: '/spec/suspend' }] as const;
  expect(findingsOf(() => yamlOf(patched({ patch, target: { name: '(?i)web' } })))).toEqual([]);
});

test('a merge says the object that it patches, or has a target', () => {
  expect(findingsOf(() => yamlOf(patched({ patch: { spec: { suspend: true } } })))).toMatchObject([
    { rule: 'patch-target', given: '{"spec":{"suspend":true}}' },
  ]);
  const target = { kind: 'HelmRelease' };
  expect(findingsOf(() => yamlOf(patched({ patch: { spec: { suspend: true } }, target })))).toEqual([]);
});

const target = { kind: 'HelmRelease' };

test.each<[string, unknown, string]>([
  ['nothing', [{ target }], 'patch-target'],
  ['an empty text', [{ patch: '', target }], 'patch-target'],
  ['a null', [null], 'patch-target'],
  ['a number', [{ patch: 5, target }], 'patch-target'],
  ['operations whose target is null', [{ patch: [{ op: 'remove', path: '/a' }], target: null }], 'patch-target'],
  ['operations as text without a target', [{ patch: '- op: remove\n  path: /a\n' }], 'patch-target'],
  ['a merge as text that names no object', [{ patch: 'spec: { suspend: true }' }], 'patch-target'],
  ['a path as text that is no pointer', [{ patch: '- op: remove\n  path: a\n', target }], 'patch-path'],
  ['text that is no YAML', [{ patch: '{', target }], 'yaml-syntax'],
  ['an operation that is null', [{ patch: [null], target }], 'invalid-value'],
  ['an operation without op', [{ patch: [{ path: '/a' }], target }], 'invalid-value'],
  ['an undefined value', [{ patch: [{ op: 'add', path: '/a', value: undefined }], target }], 'patch-value'],
  ['a move from nowhere', [{ patch: [{ op: 'move', path: '/a' }], target }], 'patch-path'],
  ['patches that are no list', { patch: {} }, 'invalid-value'],
])('%s is refused as a patch', (_, patches, rule) => {
  const props = { namespace: 'apps', source: SOURCE, path: './', patches: patches as Patch[] };
  expect(findingsOf(() => yamlOf((layer) => new Kustomization(layer, 'x', props))).map((f) => f.rule)).toEqual([rule]);
});

test('null is a value, and text may hold several merges', () => {
  const merge = (name: string) => `apiVersion: v1\nkind: Service\nmetadata:\n  name: ${name}\n`;
  const patches = [
    { patch: [{ op: 'add', path: '/a', value: null }], target } as const,
    { patch: `${merge('a')}---\n${merge('b')}` },
  ];
  expect(findingsOf(() => yamlOf(patched(...patches)))).toEqual([]);
});
