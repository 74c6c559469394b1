import { expect, test } from '@jest/globals';
import type { LayerModel } from '../../lib/model/cluster-model.js';
import {
  buildsGuard,
  deletesObjects,
  isGuarded,
  isOfFlux,
  keepsOthersFields,
  saysGuard,
} from '../../lib/model/prune.js';
import type { JsonObject } from '../../lib/yaml/normalize.js';

const PRUNE = 'kustomize.toolkit.fluxcd.io/prune';
const SSA = 'kustomize.toolkit.fluxcd.io/ssa';
const RECONCILE = 'kustomize.toolkit.fluxcd.io/reconcile';

function layer(spec?: JsonObject): LayerModel {
  const parent = spec && 'flux-system';
  const on = { construct: undefined, code: () => undefined, allowed: [], namespace: undefined };
  return {
    ...{ name: 'apps', parent, directory: parent === undefined ? '' : 'apps', target: '', namespace: undefined },
    ...{ construct: undefined, code: () => undefined, allowed: [], incomplete: false, objects: [] },
    kustomization: spec && { ...on, object: { spec } },
  };
}

function annotated(annotations: Record<string, string>): JsonObject {
  return { apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata: { name: 'data', annotations } };
}

test.each<[JsonObject, boolean]>([
  [{ prune: true }, true],
  [{ prune: true, deletionPolicy: 'Orphan' }, true],
  [{ prune: false, deletionPolicy: 'Delete' }, true],
  [{ prune: false, deletionPolicy: 'WaitForTermination' }, true],
  [{ prune: false }, false],
  [{ prune: false, deletionPolicy: 'MirrorPrune' }, false],
])('whether a Kustomization with %j deletes: %s', (spec, deletes) => {
  expect(deletesObjects(layer(spec))).toBe(deletes);
});

test('the root deletes, a directory of a repository is not known to', () => {
  expect(deletesObjects(layer())).toBe(true);
  expect(deletesObjects({ ...layer(), directory: 'apps' })).toBe(false);
});

test.each([[{ [PRUNE]: 'disabled' }], [{ [PRUNE]: 'Disabled' }], [{ [RECONCILE]: 'disabled' }], [{ [SSA]: 'Ignore' }]])(
  '%j is a guard, as an annotation and as a label',
  (metadata) => {
    expect(isGuarded(annotated(metadata), layer({ prune: true }))).toBe(true);
    expect(isGuarded({ metadata: { labels: metadata } }, layer({ prune: true }))).toBe(true);
  },
);

test.each([[{}], [{ [PRUNE]: 'enabled' }], [{ [SSA]: 'IfNotPresent' }], [{ [SSA]: 'Merge' }]])(
  '%j is no guard',
  (annotations) => {
    expect(isGuarded(annotated(annotations), layer({ prune: true }))).toBe(false);
  },
);

test('the metadata that the Kustomization adds guards all of it', () => {
  const commonMetadata = { annotations: { [PRUNE]: 'disabled' } };
  expect(isGuarded(annotated({}), layer({ prune: true, commonMetadata }))).toBe(true);
});

test('a patch that may add the guard is believed', () => {
  const patch = '- op: add\n  path: /metadata/annotations/kustomize.toolkit.fluxcd.io~1prune\n  value: disabled';
  expect(isGuarded(annotated({}), layer({ prune: true, patches: [{ patch }] }))).toBe(true);
  expect(isGuarded(annotated({}), layer({ prune: true, patches: [{ patch: '- op: remove\n  path: /spec/x' }] }))).toBe(
    false,
  );
});

test('a guard that is a variable is believed, and is not said by the object', () => {
  expect(isGuarded(annotated({ [PRUNE]: '${PRUNE}' }), layer({ prune: true }))).toBe(true);
  expect(saysGuard(annotated({ [PRUNE]: '${PRUNE}' }))).toBe(false);
  expect(saysGuard(annotated({ [PRUNE]: 'disabled' }))).toBe(true);
});

test('metadata without annotations, or with none at all, is no guard', () => {
  expect(isGuarded({ metadata: { annotations: null } }, layer({ prune: true }))).toBe(false);
  expect(isGuarded({}, layer({ prune: true }))).toBe(false);
});

test('an object that Flux only makes where it is not there overwrites nobody’s', () => {
  expect(keepsOthersFields(annotated({ [SSA]: 'IfNotPresent' }))).toBe(true);
  expect(keepsOthersFields(annotated({ [RECONCILE]: 'disabled' }))).toBe(true);
  expect(keepsOthersFields(annotated({ [SSA]: 'Merge' }))).toBe(false);
});

test.each<[JsonObject, boolean]>([
  [{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'flux-system' } }, true],
  [{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'apps' } }, false],
  [crd('kustomize.toolkit.fluxcd.io'), true],
  [crd('source.extensions.fluxcd.io'), true],
  [crd('fluxcd.controlplane.io'), false],
  [crd('toolkit.fluxcd.io.example.com'), false],
])('whether %j is of Flux: %s', (object, ofFlux) => {
  expect(isOfFlux(object)).toBe(ofFlux);
});

test('a transformer, a common annotation and a patch of a kustomization.yaml guard what it builds', () => {
  expect(buildsGuard({ transformers: [`annotations:\n  ${PRUNE}: disabled\n`] })).toBe(true);
  expect(buildsGuard({ commonAnnotations: { [PRUNE]: 'disabled' } })).toBe(true);
  expect(
    buildsGuard({
      patches: [{ patch: `- op: add\n  path: /metadata/annotations/${PRUNE.replace('/', '~1')}\n  value: disabled` }],
    }),
  ).toBe(true);
  expect(buildsGuard({ resources: ['gotk-components.yaml'] })).toBe(false);
});

function crd(group: string): JsonObject {
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'x' },
    spec: { group },
  };
}
