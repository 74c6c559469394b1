import { expect, test } from '@jest/globals';
import { ConfigMap, fluxAnnotations } from 'cdk8s-flux-fleet';
import type { FluxAnnotations } from 'cdk8s-flux-fleet';
import { objectIn } from './objects.js';
import { findingsOf, yamlOf } from '../support/fleet.js';

test('defaults', () => {
  const annotations = fluxAnnotations({ force: true, ssa: 'Merge', prune: false, substitute: false, reconcile: false });
  expect(yamlOf((layer) => new ConfigMap(layer, 'settings', { namespace: 'apps', annotations })))
    .toMatchInlineSnapshot(`
   "apiVersion: v1
   kind: ConfigMap
   metadata:
     annotations:
       kustomize.toolkit.fluxcd.io/force: Enabled
       kustomize.toolkit.fluxcd.io/prune: disabled
       kustomize.toolkit.fluxcd.io/reconcile: disabled
       kustomize.toolkit.fluxcd.io/ssa: Merge
       kustomize.toolkit.fluxcd.io/substitute: disabled
     name: settings
     namespace: apps
   "
  `);
});

test('what Flux does anyway is not said', () => {
  const anyway: FluxAnnotations = { force: false, ssa: 'Override', prune: true, substitute: true, reconcile: true };
  expect(fluxAnnotations(anyway)).toEqual({});
  expect(fluxAnnotations({})).toEqual({});
});

test.each(['Merge', 'IfNotPresent', 'Ignore'] as const)('apply policy %s', (ssa) => {
  expect(fluxAnnotations({ ssa })).toEqual({ 'kustomize.toolkit.fluxcd.io/ssa': ssa });
});

test.each([
  [{ force: true }, { 'kustomize.toolkit.fluxcd.io/force': 'Enabled' }],
  [{ prune: false }, { 'kustomize.toolkit.fluxcd.io/prune': 'disabled' }],
  [{ substitute: false }, { 'kustomize.toolkit.fluxcd.io/substitute': 'disabled' }],
  [{ reconcile: false }, { 'kustomize.toolkit.fluxcd.io/reconcile': 'disabled' }],
])('%j is one annotation', (how, annotations) => {
  expect(fluxAnnotations(how)).toEqual(annotations);
});

test('others stand beside them', () => {
  const annotations = { ...fluxAnnotations({ ssa: 'Merge' }), note: 'a' };
  const text = yamlOf((layer) => new ConfigMap(layer, 'settings', { namespace: 'apps', annotations }));
  expect(objectIn(text, 'ConfigMap').metadata.annotations).toEqual({
    'kustomize.toolkit.fluxcd.io/ssa': 'Merge',
    note: 'a',
  });
});

test('refuses a way to apply that Flux does not know', () => {
  expect(findingsOf(() => fluxAnnotations({ ssa: 'Replace' as never }))).toMatchObject([{ rule: 'invalid-value' }]);
});
