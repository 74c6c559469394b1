import { ApiObject } from 'cdk8s';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import {
  ConfigMap,
  GitRef,
  HelmRelease,
  HelmRepository,
  InfraComponent,
  Kustomization,
  Layer,
  Namespace,
  Repository,
  Source,
  Tenant,
} from 'cdk8s-flux-fleet';
import type { LayerProps } from 'cdk8s-flux-fleet';
import { findingsOf, testCluster } from './support/fleet.js';
import { readFiles, tempDir, writeFiles } from './support/temp-dir.js';

const CHARTS = Source.helm({ name: 'charts', url: 'https://charts.example.com' });

test('defaults', () => {
  const repository = new Repository({ name: 'infra' });
  new Namespace(new Layer(repository, 'base'), 'monitoring');
  expect(repository.files()).toMatchInlineSnapshot(`
   {
     "base/base.yaml": "apiVersion: v1
   kind: Namespace
   metadata:
     annotations:
       kustomize.toolkit.fluxcd.io/prune: disabled
     name: monitoring
   ",
     "base/kustomization.yaml": "apiVersion: kustomize.config.k8s.io/v1beta1
   kind: Kustomization
   resources:
     - base.yaml
   ",
   }
  `);
});

test('directories lie where the code says, and no Kustomization of Flux applies them', () => {
  const repository = new Repository({ name: 'infra' });
  new Namespace(new Layer(repository, 'a', { directory: 'components/a/controllers' }), 'a');
  new Namespace(new Layer(repository, 'b', { directory: './components/b/' }), 'b');
  const files = repository.files();
  expect(Object.keys(files)).toEqual([
    'components/a/controllers/a.yaml',
    'components/a/controllers/kustomization.yaml',
    'components/b/b.yaml',
    'components/b/kustomization.yaml',
  ]);
  expect(Object.values(files).join()).not.toContain('kustomize.toolkit.fluxcd.io/v1');
});

test('namespace and labels of a directory hold for its objects', () => {
  const repository = new Repository({ name: 'infra' });
  new ConfigMap(new Layer(repository, 'base', { namespace: 'web', labels: { team: 'web' } }), 'settings');
  expect(repository.files()['base/base.yaml']).toContain(
    '  labels:\n    team: web\n  name: settings\n  namespace: web\n',
  );
});

test('a HelmRelease stands in a directory together with the source that it uses', () => {
  const repository = new Repository({ name: 'infra' });
  const layer = new Layer(repository, 'web', { namespace: 'web' });
  new HelmRelease(layer, 'web', { chart: { chart: 'web', version: '1.x', source: CHARTS } });
  expect(repository.files()['web/web.yaml']).toMatchInlineSnapshot(`
   "apiVersion: helm.toolkit.fluxcd.io/v2
   kind: HelmRelease
   metadata:
     name: web
     namespace: web
   spec:
     chart:
       spec:
         chart: web
         sourceRef:
           kind: HelmRepository
           name: charts
         version: "1.x"
     interval: 30m
   ---
   apiVersion: source.toolkit.fluxcd.io/v1
   kind: HelmRepository
   metadata:
     name: charts
     namespace: web
   spec:
     interval: 1h
     url: https://charts.example.com
   "
  `);
});

test('two releases of a directory share their source', () => {
  const repository = new Repository({ name: 'infra' });
  const layer = new Layer(repository, 'web', { namespace: 'web' });
  for (const name of ['a', 'b']) new HelmRelease(layer, name, { chart: { chart: name, version: '1', source: CHARTS } });
  expect(repository.files()['web/web.yaml']!.match(/kind: HelmRepository\nmetadata:/g)).toHaveLength(1);
});

test('a Kustomization of Flux may be an object of a directory', () => {
  const repository = new Repository({ name: 'apps' });
  const layer = new Layer(repository, 'more', { namespace: 'apps' });
  const source = Source.git({ url: 'https://github.com/acme/more', ref: GitRef.branch('main') });
  new Kustomization(layer, 'more', { source, path: './' });
  expect(repository.files()['more/more.yaml']).toContain('sourceRef:\n    kind: GitRepository\n    name: more\n');
});

test('directories for different clusters may hold the same objects', () => {
  const repository = new Repository({ name: 'infra' });
  for (const environment of ['staging', 'production']) {
    const layer = new Layer(repository, environment, {
      directory: `monitoring/${environment}`,
      namespace: 'monitoring',
    });
    new Namespace(layer, 'monitoring');
    new HelmRelease(layer, 'grafana', { chart: { chart: 'grafana', version: '1.x', source: CHARTS } });
  }
  expect(Object.keys(repository.files())).toEqual([
    'monitoring/production/kustomization.yaml',
    'monitoring/production/production.yaml',
    'monitoring/staging/kustomization.yaml',
    'monitoring/staging/staging.yaml',
  ]);
});

test('one object twice in one directory is refused, in words that fit a repository', () => {
  const repository = new Repository({ name: 'infra' });
  const layer = new Layer(repository, 'base');
  for (const id of ['one', 'two']) new Namespace(layer, id, { name: 'monitoring' });
  const [finding, ...others] = findingsOf(() => repository.files());
  expect(finding).toMatchObject({ rule: 'duplicate-object', where: { construct: 'base/two' } });
  expect(finding!.what).not.toContain('cluster');
  expect(others).toEqual([]);
});

test('layout "object" gives each object a file', () => {
  const repository = new Repository({ name: 'infra', files: 'object' });
  const layer = new Layer(repository, 'base', { namespace: 'web' });
  new Namespace(layer, 'web');
  new ConfigMap(layer, 'settings');
  expect(Object.keys(repository.files())).toEqual([
    'base/configmap-settings.yaml',
    'base/kustomization.yaml',
    'base/namespace-web.yaml',
  ]);
});

test('each of its files names it as owner, and files of others stay', () => {
  const outdir = tempDir();
  writeFiles(outdir, { 'README.md': 'By hand.\n', 'base/NOTES.md': 'By hand.\n' });
  const repository = new Repository({ name: 'infra', outdir });
  new Namespace(new Layer(repository, 'base'), 'monitoring');
  repository.synth();
  const { 'README.md': readme, 'base/NOTES.md': notes, ...written } = readFiles(outdir);
  expect([readme, notes]).toEqual(['By hand.\n', 'By hand.\n']);
  const marker = '# Generated by cdk8s-flux-fleet for repository "infra"; do not edit.\n';
  const expected = Object.entries(repository.files()).map(([path, text]) => [path, marker + text]);
  expect(written).toEqual(Object.fromEntries(expected));
});

test('a directory that is no longer there is removed', () => {
  const outdir = tempDir();
  const build = (...names: string[]) => {
    const repository = new Repository({ name: 'infra', outdir });
    for (const name of names) new Namespace(new Layer(repository, name), name);
    repository.synth();
    return Object.keys(readFiles(outdir));
  };
  expect(build('a', 'b')).toEqual(['a/a.yaml', 'a/kustomization.yaml', 'b/b.yaml', 'b/kustomization.yaml']);
  expect(build('a')).toEqual(['a/a.yaml', 'a/kustomization.yaml']);
});

test('a repository of another name does not touch its files', () => {
  const outdir = tempDir();
  const build = (name: string) => {
    const repository = new Repository({ name, outdir: join(outdir, 'dist') });
    new Namespace(new Layer(repository, name), name);
    repository.synth();
  };
  build('infra');
  build('apps');
  expect(Object.keys(readFiles(join(outdir, 'dist')))).toEqual([
    'apps/apps.yaml',
    'apps/kustomization.yaml',
    'infra/infra.yaml',
    'infra/kustomization.yaml',
  ]);
});

// What is refused

test.each<[string, LayerProps]>([
  ['an interval', { interval: '5m' }],
  ['wait', { wait: true }],
  ['variables', { postBuild: { substitute: { A: '1' } } }],
  ['a source', { source: CHARTS, path: './' }],
])('%s of a directory is refused: the Kustomization that points to it says it', (_, props) => {
  const repository = new Repository({ name: 'infra' });
  expect(findingsOf(() => new Layer(repository, 'base', props)).map((f) => f.rule)).toEqual(['repository-layer']);
});

test('a directory waits for nothing', () => {
  const repository = new Repository({ name: 'infra' });
  const base = new Layer(repository, 'base');
  expect(findingsOf(() => new Layer(repository, 'apps', { dependsOn: [base] })).map((f) => f.rule)).toEqual([
    'dependency-elsewhere',
  ]);
});

test('a layer of a cluster cannot wait for a directory', () => {
  const base = new Layer(new Repository({ name: 'infra' }), 'base');
  expect(findingsOf(() => new Layer(testCluster(), 'apps', { dependsOn: [base] })).map((f) => f.rule)).toEqual([
    'dependency-elsewhere',
  ]);
});

test('an empty directory is refused', () => {
  const repository = new Repository({ name: 'infra' });
  new Layer(repository, 'base');
  expect(findingsOf(() => repository.files())).toMatchObject([{ rule: 'layer-content', where: { construct: 'base' } }]);
});

test('a directory whose file would be its own kustomization.yaml is refused', () => {
  const repository = new Repository({ name: 'infra' });
  const make = () => {
    new Namespace(new Layer(repository, 'kustomization'), 'monitoring');
    return repository.files();
  };
  expect(findingsOf(make)).toHaveLength(1);
});

test('two directories in different places may have one name', () => {
  const repository = new Repository({ name: 'infra' });
  new Namespace(new Layer(repository, 'a', { name: 'base', directory: 'a/base' }), 'a');
  new Namespace(new Layer(repository, 'b', { name: 'base', directory: 'b/base' }), 'b');
  expect(Object.keys(repository.files())).toEqual([
    'a/base/base.yaml',
    'a/base/kustomization.yaml',
    'b/base/base.yaml',
    'b/base/kustomization.yaml',
  ]);
});

test('one directory twice is refused', () => {
  const repository = new Repository({ name: 'infra' });
  new Namespace(new Layer(repository, 'a', { directory: 'base' }), 'a');
  new Namespace(new Layer(repository, 'b', { directory: 'base' }), 'b');
  expect(findingsOf(() => repository.files()).map((f) => f.rule)).toEqual(['layer-directories']);
});

test('a directory in another one is refused', () => {
  const repository = new Repository({ name: 'infra' });
  new Namespace(new Layer(repository, 'a', { directory: 'base' }), 'a');
  new Namespace(new Layer(repository, 'b', { directory: 'base/b' }), 'b');
  expect(findingsOf(() => repository.files()).map((f) => f.rule)).toEqual(['layer-directories']);
});

test('an object directly in the repository is refused', () => {
  const repository = new Repository({ name: 'infra' });
  new Namespace(new Layer(repository, 'base'), 'base');
  const stray = () => {
    new ApiObject(repository, 'stray', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'stray' } });
    return repository.files();
  };
  expect(stray).toThrow();
});

test.each<[string, (repository: Repository) => unknown, string]>([
  ['a tenant', (r) => new Tenant(new Layer(r, 'base'), 'dev-team', { namespaces: ['a'] }), 'tenant-place'],
  ['a component', (r) => new InfraComponent(r, 'monitoring'), 'component-place'],
])('%s belongs to a cluster, not to a repository', (_, make, rule) => {
  expect(findingsOf(() => make(new Repository({ name: 'infra' }))).map((f) => f.rule)).toEqual([rule]);
});

test('a name that is no DNS label is refused', () => {
  expect(findingsOf(() => new Repository({ name: 'Infra Repo' })).map((f) => f.rule)).toEqual(['invalid-name']);
});

test('a source that stands in one directory may be used in another', () => {
  const repository = new Repository({ name: 'infra' });
  const sources = new Layer(repository, 'sources', { namespace: 'web' });
  const charts = new HelmRepository(sources, 'charts', { url: 'https://charts.example.com' });
  const web = new Layer(repository, 'web', { namespace: 'web' });
  new HelmRelease(web, 'web', { chart: { chart: 'web', version: '1.x', source: charts } });
  expect(repository.files()['web/web.yaml']).not.toContain('kind: HelmRepository\nmetadata:');
});
