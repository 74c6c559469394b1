import { execFileSync } from 'node:child_process';
import { expect, test } from '@jest/globals';
import { Flux } from 'cdk8s-flux-fleet';
import { checkCluster } from '../../../lib/checks/index.js';
import { fluxPlaceholder } from '../../../lib/checks/accident/flux-placeholder.js';
import type { ClusterModel, SystemFile } from '../../../lib/model/cluster-model.js';
import { readFleet } from '../../../lib/read/fleet.js';
import type { JsonObject } from '../../../lib/yaml/normalize.js';
import { tempDir, writeFiles } from '../../support/temp-dir.js';
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

test('a placeholder beside what flux bootstrap wrote is told', () => {
  expect(toldOf(PLACEHOLDER, REAL)).toMatchObject([
    {
      rule: 'flux-placeholder',
      what: 'gotk-components.yaml of the cluster "test" holds nothing, although Flux is installed: with the next commit it deletes itself, and everything that it has applied',
      given: 'a file without objects, beside a gotk-sync.yaml that has them',
    },
  ]);
});

test('before the first bootstrap both are placeholders, which is fine', () => {
  expect(toldOf(PLACEHOLDER, PLACEHOLDER)).toEqual([]);
});

test('two placeholders where Git has manifests are one finding', () => {
  expect(toldOf(PLACEHOLDER, { ...PLACEHOLDER, hadManifests: () => true })).toMatchObject([
    {
      what: expect.stringMatching(/^gotk-components.yaml and gotk-sync.yaml of the cluster "test" hold nothing/),
      given: 'a file without objects, where Git has manifests in gotk-sync.yaml',
    },
  ]);
});

test('Git is asked whether the files had manifests', () => {
  const directory = tempDir();
  const git = (...args: string[]) =>
    execFileSync('git', ['-C', directory, '-c', 'user.name=a', '-c', 'user.email=a@example.com', ...args]);
  const write = (text: string) =>
    writeFiles(directory, {
      'clusters/prod/flux-fleet.yaml': 'fluxFleet: v1\ncluster: prod\npath: ./clusters/prod\n',
      'clusters/prod/kustomization.yaml': 'resources: [flux-system]\n',
      'clusters/prod/flux-system/kustomization.yaml': 'resources: [gotk-components.yaml, gotk-sync.yaml]\n',
      'clusters/prod/flux-system/gotk-components.yaml': text,
      'clusters/prod/flux-system/gotk-sync.yaml': '',
    });
  const told = () =>
    readFleet(directory).clusters.flatMap((c) => checkCluster(c, [fluxPlaceholder]).findings.map((f) => f.rule));
  git('init', '-q');
  write('');
  git('add', '.');
  git('commit', '-qm', 'Begin');
  expect(told()).toEqual([]);
  write('apiVersion: v1\nkind: Namespace\nmetadata:\n  name: flux-system\n');
  git('commit', '-qam', 'Bootstrap');
  write('');
  git('commit', '-qam', 'Tidy up');
  expect(told()).toEqual(['flux-placeholder']);
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
