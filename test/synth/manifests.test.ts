import { ApiObject, Chart } from 'cdk8s';
import { Construct } from 'constructs';
import { expect, test } from '@jest/globals';
import {
  ArtifactGenerator,
  Cluster,
  ConfigMap,
  GitRef,
  GitRepository,
  HelmRelease,
  InfraComponent,
  Kustomization,
  Layer,
  ManifestFile,
  Namespace,
  OCIRef,
  Repository,
  Secret,
  Source,
  Tenant,
} from 'cdk8s-flux-fleet';
import type { Finding } from 'cdk8s-flux-fleet';
import { join } from 'node:path';
import { clusterManifests, repositoryManifests } from '../../lib/synth/manifests.js';
import { renderFiles } from '../../lib/synth/synthesize.js';
import { ALL_CONTROLLERS, filesOf, findingsOf, OWN_RULES, testCluster, testFleet } from '../support/fleet.js';
import { tempDir, writeFiles } from '../support/temp-dir.js';

test('a cluster becomes plain data: the root first, then its layers in the order of the code', () => {
  const cluster = testCluster({ labels: { region: 'eu' }, variables: { DOMAIN: 'example.com' }, fluxVersion: '2.9' });
  const outer = new Layer(cluster, 'outer', { namespace: 'apps' });
  new ConfigMap(outer, 'settings');
  new Namespace(new Layer(outer, 'inner'), 'inner');
  const findings: Finding[] = [];
  const model = clusterManifests(cluster, 'staging', findings);
  expect(findings).toEqual([]);
  expect(model).toMatchObject({
    name: 'test',
    fleet: 'staging',
    environment: 'test',
    labels: { region: 'eu' },
    variables: { DOMAIN: 'example.com' },
    fluxVersion: '2.9',
    path: './dist/clusters/test',
    lockdown: true,
  });
  expect(model.layers.map((l) => [l.name, l.parent, l.directory, l.objects.map(({ object }) => object.kind)])).toEqual([
    ['flux-system', undefined, '', ['Kustomization']],
    ['outer', 'flux-system', 'layers/outer', ['Kustomization', 'ConfigMap']],
    ['inner', 'outer', 'layers/inner', ['Namespace']],
  ]);
});

test('a layer knows its Kustomization, and objects know their construct and line', () => {
  const cluster = testCluster();
  new Namespace(new Layer(cluster, 'base'), 'apps');
  const [root, base] = clusterManifests(cluster, 'staging', []).layers;
  expect(base!.kustomization).toBe(root!.objects[0]);
  expect(base!.objects[0]).toMatchObject({ construct: 'test/base/apps', namespace: undefined, allowed: [] });
  expect(base!.objects[0]!.code()).toMatch(/^test\/synth\/manifests\.test\.ts:\d+:\d+/);
});

test('an object from a file knows its file and line', () => {
  const directory = tempDir();
  writeFiles(directory, { 'a.yaml': '\napiVersion: v1\nkind: Namespace\nmetadata: { name: a }\n' });
  const cluster = testCluster();
  new ManifestFile(new Layer(cluster, 'base'), 'file', { file: join(directory, 'a.yaml') });
  expect(clusterManifests(cluster, 'staging', []).layers[1]!.objects[0]!.file).toMatch(/a\.yaml:2$/);
});

test('a repository becomes layers without Kustomizations', () => {
  const repository = new Repository({ name: 'infra' });
  const layer = new Layer(repository, 'base');
  new Namespace(layer, 'base');
  const findings: Finding[] = [];
  const model = repositoryManifests(repository, [layer], findings);
  expect(findings).toEqual([]);
  expect(model).toMatchObject([{ name: 'base', directory: 'base', kustomization: undefined, objects: [{}] }]);
});

test('validations that constructs bring along are told, with the construct', () => {
  const cluster = testCluster();
  const layer = new Layer(cluster, 'base');
  new Namespace(layer, 'base').node.addValidation({
    validate: () => ['a namespace wants an owner', 'and a cost centre'],
  });
  expect(findingsOf(() => filesOf(cluster))).toMatchObject([
    { rule: 'validation', what: 'a namespace wants an owner', where: { construct: 'test/base/base' } },
    { rule: 'validation', what: 'and a cost centre', where: { construct: 'test/base/base' } },
  ]);
});

test('constructs in a layer group objects, and change nothing', () => {
  const plain = testCluster();
  new ConfigMap(new Layer(plain, 'base', { namespace: 'apps' }), 'settings');
  const grouped = testCluster();
  const group = new Construct(new Layer(grouped, 'base', { namespace: 'apps' }), 'group');
  new ConfigMap(new Construct(group, 'more'), 'settings');
  expect(filesOf(grouped)).toEqual(filesOf(plain));
});

test('a chart of cdk8s in a layer groups objects too', () => {
  const cluster = testCluster();
  const chart = new Chart(new Layer(cluster, 'base', { namespace: 'apps' }), 'chart');
  new ApiObject(chart, 'settings', { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'settings' } });
  expect(filesOf(cluster)['layers/base/base.yaml']).toBe(
    'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: settings\n  namespace: apps\n',
  );
});

test('a chart of cdk8s in a layer makes up no name', () => {
  const cluster = testCluster();
  const chart = new Chart(new Layer(cluster, 'base', { namespace: 'apps' }), 'chart');
  new ApiObject(chart, 'settings', { apiVersion: 'v1', kind: 'ConfigMap' });
  expect(findingsOf(() => filesOf(cluster))).toMatchObject([
    { rule: 'object-without-name', where: { construct: 'test/base/chart/settings' } },
  ]);
});

test('the namespace of a chart of cdk8s counts', () => {
  const cluster = testCluster();
  const chart = new Chart(new Layer(cluster, 'base', { namespace: 'apps' }), 'chart', { namespace: 'jobs' });
  new ApiObject(chart, 'settings', { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'settings' } });
  expect(filesOf(cluster)['layers/base/base.yaml']).toContain('  namespace: jobs\n');
});

test('the nearest of layer, component and tenant decides about the namespace', () => {
  const cluster = testCluster();
  const layer = new Layer(cluster, 'outer', { namespace: 'of-layer' });
  new ConfigMap(layer, 'a');
  new ConfigMap(new Tenant(layer, 'dev-team', { namespaces: ['of-tenant'] }), 'b');
  new ConfigMap(new InfraComponent(layer, 'c', { namespace: 'of-component' }).configs, 'c');
  new ConfigMap(new InfraComponent(layer, 'd').configs, 'd');
  const text = Object.values(filesOf(cluster)).join('---\n');
  const placed = [
    ...text.matchAll(/kind: ConfigMap\nmetadata:\n(?: {2}labels:\n.*\n)? {2}name: (.*)\n {2}namespace: (.*)/g),
  ];
  expect(Object.fromEntries(placed.map((m) => [m[1], m[2]]))).toEqual({
    a: 'of-layer',
    b: 'of-tenant',
    c: 'of-component',
    d: 'of-layer',
  });
});

test('a custom resource gets a namespace where its CRD is at hand', () => {
  const cluster = testCluster();
  const layer = new Layer(cluster, 'base', { namespace: 'apps' });
  const crd = (kind: string, scope: string) =>
    new ApiObject(layer, `crd-${kind}`, {
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      metadata: { name: `${kind.toLowerCase()}s.example.com` },
      spec: {
        group: 'example.com',
        names: { kind, plural: `${kind.toLowerCase()}s` },
        scope,
        versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object' } } }],
      },
    });
  crd('Local', 'Namespaced');
  crd('Wide', 'Cluster');
  new ApiObject(layer, 'local', { apiVersion: 'example.com/v1', kind: 'Local', metadata: { name: 'a' } });
  new ApiObject(layer, 'wide', { apiVersion: 'example.com/v1', kind: 'Wide', metadata: { name: 'a' } });
  const text = filesOf(cluster)['layers/base/base.yaml']!;
  expect(text).toContain('kind: Local\nmetadata:\n  name: a\n  namespace: apps\n');
  expect(text).toContain('kind: Wide\nmetadata:\n  name: a\n');
  expect(text).not.toContain('kind: Wide\nmetadata:\n  name: a\n  namespace');
});

test('objects that others make, and that something refers to, are known with their namespace', () => {
  const cluster = testCluster();
  const tenant = new Tenant(cluster, 'dev-team', {
    namespaces: ['apps'],
    imagePullSecrets: [Secret.fromName('registry', ['.dockerconfigjson'])],
  });
  expect(tenant.name).toBe('dev-team');
  expect(clusterManifests(cluster, 'staging', []).exists).toEqual([
    { kind: 'Secret', name: 'registry', namespace: 'apps', keys: ['.dockerconfigjson'] },
  ]);
});

test('a cluster of another fleet beside it is left out', () => {
  const cluster = testCluster();
  new Namespace(new Layer(cluster, 'base'), 'base');
  const other = new Cluster(cluster.node.scope as never, 'other');
  new Namespace(new Layer(other, 'base'), 'other');
  expect(JSON.stringify(clusterManifests(cluster, 'staging', []).layers)).not.toContain('"other"');
});

test('a reference to an object of another cluster is told, with both clusters', () => {
  const fleet = testFleet();
  const [one, two] = ['one', 'two'].map((name) => new Layer(new Cluster(fleet, name), 'base', { namespace: 'base' }));
  const values = new ConfigMap(one!, 'values', { data: { 'values.yaml': 'replicas: 1\n' } });
  const chartRef = Source.oci({ url: 'oci://ghcr.io/acme/charts/web', ref: OCIRef.semver('1.x') });
  for (const layer of [one!, two!]) {
    new HelmRelease(layer, 'web', { chartRef, serviceAccountName: 'web', valuesFrom: [{ from: values }] });
  }
  expect(findingsOf(() => renderFiles(fleet, OWN_RULES))).toMatchObject([
    {
      rule: 'reference-elsewhere',
      what: '"web" refers to a ConfigMap that is not of its cluster',
      expected: 'an object of the cluster "two"',
      given: 'ConfigMap "values" of the cluster "one"',
      where: { construct: 'two/base/web' },
    },
  ]);
});

test('an object of one repository is not there for another', () => {
  const [mine, other] = ['mine', 'other'].map((name) => new Layer(new Repository({ name }), 'base'));
  const values = new ConfigMap(other!, 'values', { namespace: 'apps', data: { 'values.yaml': '' } });
  const chartRef = Source.fromName('OCIRepository', 'web');
  new HelmRelease(mine!, 'web', { namespace: 'apps', chartRef, valuesFrom: [{ from: values }] });
  expect(findingsOf(() => (mine!.node.root as Repository).files()).map((f) => f.rule)).toEqual(['reference-elsewhere']);
});

test('a source of another cluster is told too, of objects and of layers', () => {
  const fleet = testFleet();
  const [one, two] = ['one', 'two'].map((name) => new Layer(new Cluster(fleet, name), 'base', { namespace: 'base' }));
  const source = new GitRepository(one!, 'web', { url: 'https://github.com/acme/web', ref: GitRef.branch('main') });
  new Kustomization(one!, 'here', { source, path: './', serviceAccountName: 'web' });
  new Kustomization(two!, 'there', { source, path: './', serviceAccountName: 'web' });
  new Layer(two!.node.scope!, 'whole', { source, path: './' });
  const findings = findingsOf(() => fleet.files()).filter((f) => f.rule === 'reference-elsewhere');
  expect(findings.map((f) => f.where?.construct)).toEqual(['two/whole', 'two/base/there']);
});

test('an artifact of a generator of another cluster is told as its sources are', () => {
  const fleet = testFleet();
  const [one, two] = ['one', 'two'].map(
    (name) => new Layer(new Cluster(fleet, name, { flux: ALL_CONTROLLERS }), 'base', { namespace: 'flux-system' }),
  );
  const artifact = new ArtifactGenerator(one!, 'parts', {
    sources: { web: Source.git({ url: 'https://github.com/acme/web', ref: GitRef.branch('main') }) },
    artifacts: [{ name: 'web', copy: [{ from: '@web/**', to: '@artifact/' }] }],
  }).artifact('web');
  for (const layer of [one!, two!]) {
    new Kustomization(layer, 'web', { source: artifact, path: './' });
    new HelmRelease(layer, 'chart', { chartRef: artifact });
    new Layer(layer.node.scope!, 'whole', { source: artifact, path: './whole' });
  }
  const findings = findingsOf(() => renderFiles(fleet, OWN_RULES));
  expect(findings.map((f) => [f.rule, f.where?.construct])).toEqual(
    ['two/whole', 'two/base/web', 'two/base/chart'].map((construct) => ['reference-elsewhere', construct]),
  );
});

test('variables of a layer from a ConfigMap of another cluster are told', () => {
  const fleet = testFleet();
  const [one, two] = ['one', 'two'].map((name) => new Cluster(fleet, name));
  const from = new ConfigMap(new Layer(one!, 'base', { namespace: 'flux-system' }), 'region', {
    data: { REGION: 'eu' },
  });
  const apps = new Layer(two!, 'apps', { postBuild: { substituteFrom: [{ from }] } });
  new Namespace(apps, 'apps');
  expect(findingsOf(() => renderFiles(fleet, OWN_RULES))).toMatchObject([
    { rule: 'reference-elsewhere', given: 'ConfigMap "region" of the cluster "one"', where: { construct: 'two/apps' } },
  ]);
});

test('what a hub applies elsewhere is not there for what it applies at home', () => {
  const cluster = testCluster();
  const kubeConfig = { secretRef: Secret.fromName('edge') };
  const edge = new Layer(cluster, 'edge', { namespace: 'flux-system', kubeConfig });
  const home = new Layer(cluster, 'home', { namespace: 'flux-system' });
  const source = new GitRepository(edge, 'web', { url: 'https://github.com/acme/web', ref: GitRef.branch('main') });
  for (const layer of [edge, home]) new Kustomization(layer, 'apps', { source, path: './' });
  new Layer(cluster, 'whole', { source, path: './whole' });
  expect(findingsOf(() => filesOf(cluster))).toMatchObject([
    {
      rule: 'reference-elsewhere',
      expected: 'an object of the cluster "test"',
      given: 'GitRepository "web" of the cluster behind the kubeConfig Secret/edge',
      where: { construct: 'test/whole' },
    },
    { rule: 'reference-elsewhere', where: { construct: 'test/home/apps' } },
  ]);
});
