import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { parse, parseAllDocuments } from 'yaml';
import { checkCluster } from '../lib/checks/index.js';
import { readFleet } from '../lib/read/fleet.js';
import type { KubeObject } from './flux/objects.js';
import { readFiles } from './support/temp-dir.js';

const EXAMPLES = join(import.meta.dirname, '../examples');

function filesOf(directory: string): Record<string, string> {
  return readFiles(join(EXAMPLES, directory));
}

function objectsOf(directory: string): KubeObject[] {
  return Object.entries(filesOf(directory))
    .filter(([path]) => path.endsWith('.yaml') && !/(^|\/)(kustomization|flux-fleet)\.yaml$/.test(path))
    .flatMap(([, text]) => parseAllDocuments(text).map((document) => document.toJS() as KubeObject | null))
    .filter((object) => object !== null);
}

const D1 = 'https://github.com/controlplaneio-fluxcd/d1';

/** What the clusters of an example pull, by the directory where it lies. */
const PULLED: readonly (readonly [string, Readonly<Record<string, string>>])[] = [
  ['d1/fleet/dist', { [`${D1}-infra`]: 'd1/infra', [`${D1}-apps`]: 'd1/apps' }],
  ['flux-fleet/dist', { 'https://github.com/lfs269/facebooc-deploy': 'flux-fleet/facebooc-deploy/dist' }],
  ['geek-cookbook/dist', {}],
];

test.each(PULLED)(
  '%s: with all that its clusters pull, nothing is found, and what is allowed has a reason',
  (dist, of) => {
    const sources = Object.fromEntries(Object.entries(of).map(([url, directory]) => [url, join(EXAMPLES, directory)]));
    const { clusters, findings } = readFleet(join(EXAMPLES, dist), { sources });
    const verdicts = clusters.map((cluster) => checkCluster(cluster));
    expect([...findings, ...verdicts.flatMap((v) => v.findings)]).toEqual([]);
    const readme = readFileSync(join(EXAMPLES, dist.split('/')[0]!, 'README.md'), 'utf8');
    for (const { rule } of verdicts.flatMap((v) => v.allowed)) expect(readme).toContain(`- \`${rule}\`: `);
  },
);

const nameOf = ({ kind, metadata }: KubeObject) => `${kind} ${metadata.namespace ?? ''}/${metadata.name}`;

test('d1: prod-us differs from prod-eu in its name and its domain, and in nothing else', () => {
  const asEu = (text: string) => text.replaceAll('prod-us', 'prod-eu').replaceAll('us.example.com', 'eu.example.com');
  const us = filesOf('d1/fleet/dist/clusters/prod-us');
  const translated = Object.fromEntries(Object.entries(us).map(([path, text]) => [path, asEu(text)]));
  expect(translated).toEqual(filesOf('d1/fleet/dist/clusters/prod-eu'));
});

test('d1: the bot’s objects are on staging only, and all of them carry its label', () => {
  const labelled = (cluster: string) =>
    objectsOf(`d1/fleet/dist/clusters/${cluster}`)
      .filter((o) => o.metadata.labels?.['toolkit.fluxcd.io/role'] === 'automation')
      .map(nameOf);
  expect(labelled('staging').sort()).toEqual([
    'GitRepository apps-update/flux-apps',
    'ImageUpdateAutomation apps-update/flux-apps',
    'ImageUpdateAutomation flux-system/flux-infra',
    'Kustomization apps-update/flux-apps',
    'Kustomization flux-system/flux-infra-update-policies',
    'Namespace /apps-update',
    'RoleBinding apps-update/flux-apps',
    'ServiceAccount apps-update/flux-apps',
  ]);
  for (const cluster of ['prod-eu', 'prod-us']) {
    expect(labelled(cluster)).toEqual([]);
    expect(objectsOf(`d1/fleet/dist/clusters/${cluster}`).filter((o) => o.kind === 'ImageUpdateAutomation')).toEqual(
      [],
    );
  }
});

test('d1: each path of the fleet that points into infra or apps is a directory there', () => {
  const repositories: Record<string, string> = { 'flux-infra': 'd1/infra', 'flux-apps': 'd1/apps' };
  const paths = ['staging', 'prod-eu', 'prod-us']
    .flatMap((cluster) => objectsOf(`d1/fleet/dist/clusters/${cluster}`))
    .filter((o) => o.kind === 'Kustomization')
    .map((o) => o.spec as { path: string; sourceRef: { name: string } })
    .filter(({ sourceRef }) => sourceRef.name in repositories)
    .map(({ path, sourceRef }) => join(repositories[sourceRef.name]!, path, 'kustomization.yaml'));
  expect(paths).toHaveLength(20);
  expect(paths.filter((path) => !existsSync(join(EXAMPLES, path)))).toEqual([]);
});

test('d1: what versions.yaml says is what comes out', () => {
  for (const repository of ['infra', 'apps']) {
    const versions = parse(readFileSync(join(EXAMPLES, `d1/${repository}/apps/versions.yaml`), 'utf8')) as object;
    const written = objectsOf(`d1/${repository}/dist`).flatMap(({ spec }) => {
      const { chart, ref } = (spec ?? {}) as { chart?: { spec: { version: string } }; ref?: { tag: string } };
      return [chart?.spec.version, ref?.tag].filter((v) => v !== undefined);
    });
    expect([...new Set(written)].sort()).toEqual(Object.values(versions).sort());
  }
});

test('flux-fleet: production has a directory for each of its layers, and each of its projects', () => {
  const kustomizations = objectsOf('flux-fleet/dist/clusters/production').filter((o) => o.kind === 'Kustomization');
  const own = kustomizations
    .map((o) => o.spec as { path: string; sourceRef: { name: string } })
    .filter(({ sourceRef }) => sourceRef.name === 'flux-system');
  expect(own.length).toBeGreaterThan(2);
  for (const { path } of own) expect(existsSync(join(EXAMPLES, 'flux-fleet', path, 'kustomization.yaml'))).toBe(true);
  const project = kustomizations.find((o) => o.metadata.name === 'facebooc-deploy');
  const { path } = project!.spec as { path: string };
  expect(path).toBe('./flux/production');
  expect(existsSync(join(EXAMPLES, 'flux-fleet/facebooc-deploy/dist', path, 'kustomization.yaml'))).toBe(true);
});

test('geek-cookbook: one chart stands in two namespaces, from one HelmRepository', () => {
  const releases = objectsOf('geek-cookbook/dist/clusters/geek').filter(
    (o) => o.kind === 'HelmRelease' && o.metadata.name === 'podinfo',
  );
  expect(releases.map((o) => o.metadata.namespace).sort()).toEqual(['podinfo', 'podinfo-preview']);
  const sources = releases.map((o) => (o.spec as { chart: { spec: { sourceRef: object } } }).chart.spec.sourceRef);
  expect(sources[0]).toEqual({ kind: 'HelmRepository', name: 'podinfo', namespace: 'flux-system' });
  expect(sources[1]).toEqual(sources[0]);
});
