import { expect, test } from '@jest/globals';
import { Flux } from 'cdk8s-flux-fleet';
import { fluxPlaceholder } from '../../../lib/checks/accident/flux-placeholder.js';
import type { ClusterModel, SystemFile } from '../../../lib/model/cluster-model.js';
import type { JsonObject } from '../../../lib/yaml/normalize.js';
import { toldBy } from './support.js';

const PLACEHOLDER: SystemFile = { placeholder: '' };
const REAL: SystemFile = { objects: [{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'flux-system' } }] };
const RESOURCES = ['gotk-components.yaml', 'gotk-sync.yaml'];

/** What is said of a directory flux-system. */
function toldOf(components: SystemFile, sync: SystemFile, kustomization: JsonObject = { resources: RESOURCES }) {
  const files = { 'gotk-components.yaml': components, 'gotk-sync.yaml': sync };
  const change = (model: ClusterModel) => ({ ...model, system: { files, kustomization } });
  return toldBy(fluxPlaceholder, () => undefined, {}, change);
}

test('a placeholder without a guard is told, as a warning', () => {
  expect(toldOf(PLACEHOLDER, REAL)).toMatchObject([
    {
      rule: 'flux-placeholder',
      severity: 'warning',
      what: 'gotk-components.yaml of the cluster "test" holds nothing: where Flux is installed already, it would delete itself',
    },
  ]);
});

test('two placeholders are one finding', () => {
  expect(toldOf(PLACEHOLDER, PLACEHOLDER).map((f) => f.what)).toEqual([
    'gotk-components.yaml and gotk-sync.yaml of the cluster "test" hold nothing: where Flux is installed already, it would delete itself',
  ]);
});

test('a placeholder that was read is told with its file', () => {
  const file = 'clusters/prod/flux-system/gotk-components.yaml';
  expect(toldOf({ ...PLACEHOLDER, file }, REAL).map((f) => f.where?.file)).toEqual([file]);
});

test('what flux bootstrap wrote is fine', () => {
  expect(toldOf(REAL, REAL)).toEqual([]);
});

test('a placeholder with a guard is fine', () => {
  const transformers = ['annotations:\n  kustomize.toolkit.fluxcd.io/prune: disabled\n'];
  expect(toldOf(PLACEHOLDER, PLACEHOLDER, { resources: RESOURCES, transformers })).toEqual([]);
});

test('a placeholder that is not listed is not applied, and not told', () => {
  expect(toldOf(PLACEHOLDER, REAL, { resources: ['gotk-sync.yaml'] })).toEqual([]);
});

test.each([
  ['bootstrap', Flux.bootstrap({})],
  ['operator', Flux.operator({})],
])('what this library writes for %s is fine', (_, flux) => {
  expect(toldBy(fluxPlaceholder, () => undefined, { flux })).toEqual([]);
});
