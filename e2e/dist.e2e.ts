import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { KubeObject } from './environment/api.js';
import { TestCluster } from './environment/cluster.js';
import { crdObjects } from './environment/components.js';
import { objectsIn } from './environment/manifests.js';

const ROOT = join(import.meta.dirname, '..');
const COMPONENTS = [
  'cert-manager',
  'flagger',
  'flux-operator',
  'kyverno',
  'metallb',
  'prometheus-operator',
  'sealed-secrets',
];

const files = execFileSync('git', ['ls-files', 'dist/**/*.yaml', 'examples/**/dist/**/*.yaml'], { cwd: ROOT })
  .toString()
  .trimEnd()
  .split('\n')
  // Neither is applied.
  .filter((file) => !['kustomization.yaml', 'flux-fleet.yaml'].includes(basename(file)));
const trees = [...new Set(files.map((file) => /^(.*?dist(\/clusters\/[^/]+)?)\//.exec(file)![1]!))];

let cluster: TestCluster;
beforeAll(async () => {
  cluster = await TestCluster.empty();
  await cluster.applyAll(cluster.fluxComponents());
  for (const component of COMPONENTS) await cluster.applyAll(await crdObjects(component));
});
afterAll(() => cluster.stop());

test.each(trees)('the API server takes every object of %s', async (tree) => {
  const objects = files.filter((file) => `${dirname(file)}/`.startsWith(`${tree}/`)).flatMap(objectsOf);
  expect(objects.length).toBeGreaterThan(0);
  const namespaces = new Set(objects.map(({ metadata }) => metadata.namespace).filter((name) => name !== undefined));
  const there = await cluster.api.list({ apiVersion: 'v1', kind: 'Namespace' });
  for (const name of [...namespaces].filter((n) => !there.some(({ metadata }) => metadata.name === n))) {
    await cluster.api.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
  }
  const list = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects });
  const output = await cluster.kubectl(['apply', '--dry-run=server', '--validate=strict', '-f', '-'], list);
  expect(
    output
      .trimEnd()
      .split('\n')
      .filter((line) => line.endsWith('(server dry run)')),
  ).toHaveLength(objects.length);
});

test('what the API server does not take is told', async () => {
  const wrong = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a', namespace: 'default' }, dat: {} };
  const args = ['apply', '--dry-run=server', '--validate=strict', '-f', '-'];
  await expect(cluster.kubectl(args, JSON.stringify(wrong))).rejects.toThrow('unknown field "dat"');
});

function objectsOf(file: string): KubeObject[] {
  // Flux takes the envelope off when it decrypts.
  return objectsIn(readFileSync(join(ROOT, file), 'utf8')).map(({ sops: _, ...object }) => object);
}
