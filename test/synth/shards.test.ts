import { expect, test } from '@jest/globals';
import { GitRef, GitRepository, HelmRelease, HelmRepository, Layer, Repository, Source } from 'cdk8s-flux-fleet';
import { objectIn, objectsIn } from '../flux/objects.js';
import { filesOf, testCluster } from '../support/fleet.js';

const KEY = 'sharding.fluxcd.io/key';
const CHARTS = Source.helm({ url: 'https://charts.example.com', name: 'charts' });

/** The labels of the HelmCharts that come of the releases in a file, by release. */
function chartLabels(text: string | undefined): Record<string, unknown> {
  const releases = objectsIn(text).filter((o) => o.kind === 'HelmRelease');
  return Object.fromEntries(
    releases.map((r) => [r.metadata.name, (r.spec['chart'] as { metadata?: { labels?: object } }).metadata?.labels]),
  );
}

test('the HelmChart of a release is of the shard that its repository is of', () => {
  const cluster = testCluster();
  const layer = new Layer(cluster, 'layer', { namespace: 'apps', shard: 'shard1' });
  new HelmRelease(layer, 'web', { chart: { chart: 'web', version: '1.0.0', source: CHARTS } });
  const file = filesOf(cluster)['layers/layer/layer.yaml'];
  expect(objectIn(file, 'HelmRepository').metadata.labels).toEqual({ [KEY]: 'shard1' });
  expect(objectIn(file, 'HelmRelease')).toMatchObject({
    metadata: { labels: { [KEY]: 'shard1' } },
    spec: {
      chart: {
        metadata: { labels: { [KEY]: 'shard1' } },
        spec: { chart: 'web', version: '1.0.0', sourceRef: { kind: 'HelmRepository', name: 'charts' } },
      },
    },
  });
});

test('releases of different shards that share a repository have charts of none, as the repository', () => {
  const cluster = testCluster();
  for (const shard of ['shard1', 'shard2']) {
    const layer = new Layer(cluster, shard, { namespace: 'flux-system', shard });
    new HelmRelease(layer, `web-${shard}`, { chart: { chart: 'web', source: CHARTS } });
  }
  const files = filesOf(cluster);
  expect(objectIn(files['shared-sources.yaml'], 'HelmRepository').metadata).not.toHaveProperty('labels');
  for (const shard of ['shard1', 'shard2']) {
    const file = files[`layers/${shard}/${shard}.yaml`];
    expect(objectIn(file, 'HelmRelease').metadata.labels).toEqual({ [KEY]: shard });
    expect(chartLabels(file)).toEqual({ [`web-${shard}`]: undefined });
  }
});

test('a release with a shard has a chart of none where the repository stands elsewhere without one', () => {
  const cluster = testCluster();
  const url = 'https://charts.example.com';
  const source = new HelmRepository(new Layer(cluster, 'charts', { namespace: 'apps' }), 'charts', { url });
  const layer = new Layer(cluster, 'layer', { namespace: 'apps', shard: 'shard1' });
  new HelmRelease(layer, 'web', { chart: { chart: 'web', source } });
  expect(chartLabels(filesOf(cluster)['layers/layer/layer.yaml'])).toEqual({ web: undefined });
});

test('a release without a shard has a chart of the shard of its repository', () => {
  const cluster = testCluster();
  const sharded = new Layer(cluster, 'charts', { namespace: 'apps', shard: 'shard1' });
  const source = new GitRepository(sharded, 'code', { url: 'https://github.com/acme/app', ref: GitRef.branch('main') });
  const layer = new Layer(cluster, 'layer', { namespace: 'apps' });
  new HelmRelease(layer, 'web', { chart: { chart: './chart', source } });
  const file = filesOf(cluster)['layers/layer/layer.yaml'];
  expect(objectIn(file, 'HelmRelease').metadata).not.toHaveProperty('labels');
  expect(chartLabels(file)).toEqual({ web: { [KEY]: 'shard1' } });
});

test('a repository that others make is taken to be of the shard of the release', () => {
  const cluster = testCluster();
  const layer = new Layer(cluster, 'layer', { namespace: 'apps', shard: 'shard1' });
  const source = Source.fromName('HelmRepository', 'theirs');
  new HelmRelease(layer, 'web', { chart: { chart: 'web', source } });
  expect(chartLabels(filesOf(cluster)['layers/layer/layer.yaml'])).toEqual({ web: { [KEY]: 'shard1' } });
});

test('what the code says of the chart stays', () => {
  const cluster = testCluster();
  const layer = new Layer(cluster, 'layer', { namespace: 'apps', shard: 'shard1' });
  const ref = { kind: 'HelmRepository', name: 'theirs' };
  const metadata = { annotations: { a: 'b' }, labels: { [KEY]: 'shard2', team: 'a' } };
  new HelmRelease(layer, 'web', {
    chart: { chart: 'web', source: Source.fromName('HelmRepository', 'theirs') },
    spec: { chart: { metadata, spec: { chart: 'web', sourceRef: ref } } },
  });
  const file = filesOf(cluster)['layers/layer/layer.yaml'];
  expect(objectIn(file, 'HelmRelease').spec['chart']).toMatchObject({ metadata });
});

test('a chart that is a source of its own needs no template', () => {
  const cluster = testCluster();
  const layer = new Layer(cluster, 'layer', { namespace: 'apps', shard: 'shard1' });
  new HelmRelease(layer, 'web', { chartRef: Source.fromName('OCIRepository', 'web') });
  const file = filesOf(cluster)['layers/layer/layer.yaml'];
  expect(objectIn(file, 'HelmRelease').spec).not.toHaveProperty('chart');
});

test('charts in a directory of a repository have the shard too', () => {
  const repository = new Repository({ name: 'apps' });
  const layer = new Layer(repository, 'web', { namespace: 'apps', shard: 'shard1' });
  new HelmRelease(layer, 'web', { chart: { chart: 'web', source: CHARTS } });
  expect(chartLabels(repository.files()['web/web.yaml'])).toEqual({ web: { [KEY]: 'shard1' } });
});
