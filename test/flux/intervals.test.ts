import { expect, test } from '@jest/globals';
import {
  Bucket,
  Cluster,
  Flux,
  GitRef,
  GitRepository,
  HelmRelease,
  HelmRepository,
  ImageRepository,
  ImageUpdateAutomation,
  Kustomization,
  Layer,
  OCIRef,
  OCIRepository,
  Secret,
  Source,
  Tenant,
} from 'cdk8s-flux-fleet';
import type { Intervals } from 'cdk8s-flux-fleet';
import { ALL_CONTROLLERS, filesOf, findingsOf, testCluster, testFleet } from '../support/fleet.js';
import { objectIn, objectsIn } from './objects.js';

const GIT = Source.git({ url: 'https://github.com/acme/app', ref: GitRef.branch('main') });

const ALL: Required<Intervals> = {
  Kustomization: '1h',
  HelmRelease: '2h',
  GitRepository: '3h',
  OCIRepository: '4h',
  Bucket: '5h',
  HelmRepository: '6h',
  ImageRepository: '7h',
  ImageUpdateAutomation: '8h',
};

/** A cluster with an object of each kind, as constructs and, for sources, as values. */
function fill(cluster: Cluster): Cluster {
  const layer = new Layer(cluster, 'apps', { namespace: 'apps' });
  const git = new GitRepository(layer, 'git', {
    url: 'https://github.com/acme/a',
    ref: GitRef.branch('main'),
    secretRef: Secret.fromName('git-auth'),
  });
  const oci = new OCIRepository(layer, 'oci', { url: 'oci://ghcr.io/acme/a', ref: OCIRef.tag('v1') });
  const charts = new HelmRepository(layer, 'charts', { url: 'https://charts.example.com' });
  const bucket = new Bucket(layer, 'bucket', { bucketName: 'a', endpoint: 'minio.example.com' });
  for (const source of [git, bucket, GIT])
    new Kustomization(layer, `of-${source.name ?? 'value'}`, { source, path: './' });
  new HelmRelease(layer, 'a', { chartRef: oci });
  new HelmRelease(layer, 'b', { chart: { chart: 'b', version: '1.x', source: charts } });
  new HelmRelease(layer, 'c', { chartRef: Source.oci({ url: 'oci://ghcr.io/acme/c', ref: OCIRef.tag('v1') }) });
  new HelmRelease(layer, 'd', {
    chart: { chart: 'd', version: '1.x', source: Source.helm({ url: 'https://charts.example.com/d' }) },
  });
  new Layer(cluster, 'bucket', {
    source: Source.bucket({ bucketName: 'b', endpoint: 'minio.example.com' }),
    path: './',
  });
  new ImageRepository(layer, 'image', { image: 'ghcr.io/acme/a' });
  const commit = { author: { email: 'bot@example.com' } };
  new ImageUpdateAutomation(layer, 'bot', { source: git, git: { commit }, update: { path: './' } });
  new Tenant(cluster, 'team', { namespaces: ['team'], source: GIT, path: './' });
  return cluster;
}

/** The intervals of a cluster's objects, by kind; each kind has one. */
function intervalsOf(cluster: Cluster): Record<string, unknown> {
  const seen = new Map<string, Set<unknown>>();
  for (const [path, text] of Object.entries(filesOf(cluster))) {
    if (/(^|\/)(kustomization|flux-fleet)\.yaml$/.test(path) || path.startsWith('flux-system/')) continue;
    for (const { kind, spec } of objectsIn(text)) {
      if (spec?.['interval'] === undefined) continue;
      seen.set(kind, (seen.get(kind) ?? new Set()).add(spec['interval']));
    }
  }
  return Object.fromEntries([...seen].map(([kind, all]) => [kind, [...all].join()]));
}

test('where nobody says any, each kind has its own', () => {
  expect(intervalsOf(fill(testCluster({ flux: ALL_CONTROLLERS })))).toMatchInlineSnapshot(`
   {
     "Bucket": "5m",
     "GitRepository": "5m",
     "HelmRelease": "30m",
     "HelmRepository": "1h",
     "ImageRepository": "5m",
     "ImageUpdateAutomation": "30m",
     "Kustomization": "10m",
     "OCIRepository": "5m",
   }
  `);
});

test('intervals of a cluster are those of all its objects that say none, tenants and sources that are values included', () => {
  expect(intervalsOf(fill(testCluster({ flux: ALL_CONTROLLERS, intervals: ALL })))).toEqual(ALL);
});

test('intervals of a fleet are those of its clusters, and a cluster says its own kind by kind', () => {
  const fleet = testFleet({ intervals: { Kustomization: '30m', HelmRelease: '1h' } });
  const cluster = fill(new Cluster(fleet, 'test', { flux: ALL_CONTROLLERS, intervals: { Kustomization: '2h' } }));
  expect(intervalsOf(cluster)).toMatchObject({ Kustomization: '2h', HelmRelease: '1h', GitRepository: '5m' });
});

test('an interval that an object says itself wins', () => {
  const cluster = testCluster({ intervals: ALL });
  new Layer(cluster, 'a', {
    interval: '1m',
    source: Source.git({ url: 'https://github.com/acme/a', ref: GitRef.branch('main'), interval: '2m' }),
    path: './',
  });
  expect(intervalsOf(cluster)).toEqual({ Kustomization: '1m', GitRepository: '2m' });
});

test('retryInterval stays as short as it was', () => {
  const cluster = testCluster({ intervals: { Kustomization: '1h' } });
  new Layer(cluster, 'a', { source: GIT, path: './' });
  expect(objectIn(filesOf(cluster)['a.yaml'], 'Kustomization').spec).toMatchObject({
    interval: '1h',
    retryInterval: '2m',
  });
});

const OCI = Source.oci({ url: 'oci://ghcr.io/acme/fleet-test', ref: OCIRef.tag('latest') });

/** The FluxInstance of a cluster that the operator installs. */
function fluxInstance(intervals: Intervals, source = OCI): Record<string, unknown> {
  const cluster = new Cluster(testFleet(), 'test', { source, flux: Flux.operator(), lockdown: false, intervals });
  new Layer(cluster, 'a', { source: GIT, path: './' });
  return objectIn(filesOf(cluster)['flux-system/flux-instance.yaml'], 'FluxInstance').spec;
}

test('the operator syncs as often as its kind of source is looked at, and applies the root as other Kustomizations', () => {
  expect(fluxInstance({})).toMatchObject({ sync: { interval: '5m' } });
  expect(fluxInstance({})).not.toHaveProperty('kustomize');
  expect(fluxInstance({ OCIRepository: '15m' })).toMatchObject({ sync: { interval: '15m' } });
  const said = Source.oci({ url: 'oci://ghcr.io/acme/fleet', ref: OCIRef.tag('latest'), interval: '1m' });
  expect(fluxInstance({ OCIRepository: '15m' }, said)).toMatchObject({ sync: { interval: '1m' } });
  expect(fluxInstance({ Kustomization: '1h' })).toMatchObject({
    kustomize: {
      patches: [
        {
          patch: '- op: add\n  path: /spec/interval\n  value: 1h\n',
          target: { kind: 'Kustomization', name: 'flux-system' },
        },
      ],
    },
  });
});

/** The kustomization.yaml of flux-system of a bootstrapped cluster. */
function bootstrapped(intervals?: Intervals): string {
  const cluster = testCluster({ lockdown: false, intervals });
  new Layer(cluster, 'a', { source: GIT, path: './' });
  return filesOf(cluster)['flux-system/kustomization.yaml']!;
}

test('a bootstrapped cluster has its root and its source patched, where intervals are said for them', () => {
  expect(bootstrapped()).not.toContain('patches');
  expect(bootstrapped({ HelmRelease: '1h' })).toBe(bootstrapped());
  expect(bootstrapped({ GitRepository: '15m', Kustomization: '1h' })).toMatchInlineSnapshot(`
   "apiVersion: kustomize.config.k8s.io/v1beta1
   kind: Kustomization
   patches:
     - patch: |
         - op: add
           path: /spec/interval
           value: 15m
       target:
         kind: GitRepository
         name: flux-system
     - patch: |
         - op: add
           path: /spec/interval
           value: 1h
       target:
         kind: Kustomization
         name: flux-system
   resources:
     - gotk-components.yaml
     - gotk-sync.yaml
   transformers:
     - |
       apiVersion: builtin
       kind: AnnotationsTransformer
       metadata:
         name: never-prune
       annotations:
         kustomize.toolkit.fluxcd.io/prune: disabled
       fieldSpecs:
         - path: metadata/annotations
           create: true
   "
  `);
});

const MISSPELT = { HelmRelase: '10m' };

test.each<[Intervals, object]>([
  [{ Kustomization: '10 minutes' }, { rule: 'invalid-duration', given: '"10 minutes"', fix: 'write "10m"' }],
  [
    { Bucket: '5m', ...MISSPELT },
    { rule: 'invalid-value', given: '"HelmRelase"' },
  ],
])('refuses %j', (intervals, finding) => {
  expect(findingsOf(() => testCluster({ intervals }))).toMatchObject([finding]);
  expect(findingsOf(() => testFleet({ intervals }))).toMatchObject([finding]);
});
