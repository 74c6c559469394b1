import { ApiObject, Chart } from 'cdk8s';
import { Construct } from 'constructs';
import { expect, test } from '@jest/globals';
import {
  Cluster,
  ConfigMap,
  Flux,
  GitRef,
  HelmRelease,
  InfraComponent,
  Layer,
  Namespace,
  OCIRef,
  RoleBinding,
  Source,
  Tenant,
} from 'cdk8s-flux-fleet';
import type { ClusterProps, Fleet, FleetProps } from 'cdk8s-flux-fleet';
import { parseAllDocuments } from 'yaml';
import { findingsOf, testFleet } from './support/fleet.js';

const OCI = Source.oci({ url: 'oci://ghcr.io/acme/fleet', ref: OCIRef.tag('latest') });
const TEAM = Source.git({ url: 'https://github.com/acme/dev-team', ref: GitRef.branch('main') });

test('the smallest fleet', () => {
  const fleet = testFleet();
  new Cluster(fleet, 'test');
  expect(fleet.files()).toMatchInlineSnapshot(`
   {
     "clusters/test/flux-fleet.yaml": "cluster: test
   components:
     - source-controller
     - kustomize-controller
     - helm-controller
     - notification-controller
   environment: test
   fleet: test
   fluxFleet: v1
   lockdown: true
   path: ./dist/clusters/test
   ",
     "clusters/test/flux-system/gotk-components.yaml": "# A placeholder, until this writes it: flux bootstrap git --path=./dist/clusters/test
   ",
     "clusters/test/flux-system/gotk-sync.yaml": "# A placeholder, until this writes it: flux bootstrap git --path=./dist/clusters/test
   ",
     "clusters/test/flux-system/kustomization.yaml": "apiVersion: kustomize.config.k8s.io/v1beta1
   kind: Kustomization
   patches:
     - patch: |
         - op: add
           path: /spec/template/spec/containers/0/args/-
           value: "--no-cross-namespace-refs=true"
       target:
         kind: Deployment
         name: "(kustomize-controller|helm-controller|notification-controller|image-reflector-controller|image-automation-controller|source-watcher)"
     - patch: |
         - op: add
           path: /spec/template/spec/containers/0/args/-
           value: "--no-remote-bases=true"
       target:
         kind: Deployment
         name: kustomize-controller
     - patch: |
         - op: add
           path: /spec/template/spec/containers/0/args/-
           value: "--default-service-account=default"
       target:
         kind: Deployment
         name: "(kustomize-controller|helm-controller)"
     - patch: |
         - op: add
           path: /spec/serviceAccountName
           value: kustomize-controller
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
   ",
     "clusters/test/kustomization.yaml": "apiVersion: kustomize.config.k8s.io/v1beta1
   kind: Kustomization
   resources:
     - flux-system
   ",
   }
  `);
});

test('a fleet is called like its environment unless it says a name, and its clusters belong to that environment', () => {
  const fleet = testFleet({ environment: 'production', name: 'edge' });
  const cluster = new Cluster(fleet, 'shop-1');
  expect([testFleet({ environment: 'production' }).name, fleet.name, cluster.environment]).toEqual([
    'production',
    'edge',
    'production',
  ]);
  expect(fleet.files()['clusters/shop-1/flux-fleet.yaml']).toContain('environment: production\nfleet: edge\n');
});

test('the path of the fleet is where its clusters lie in the source', () => {
  const fleet = testFleet({ path: './deploy/out/' });
  new Namespace(new Layer(new Cluster(fleet, 'test'), 'base'), 'base');
  expect(fleet.files()['clusters/test/base.yaml']).toContain('path: ./deploy/out/clusters/test/layers/base\n');
});

test.each([
  ['a source of others', Source.fromName('GitRepository', 'flux-system')],
  ['a repository of charts', Source.helm({ url: 'https://charts.example.com' })],
  ['nothing', undefined as never],
])('clusters cannot pull from %s', (_, source) => {
  expect(findingsOf(() => testFleet({ source })).map((f) => f.rule)).toEqual(['fleet-source']);
});

test.each([
  ['environment', { environment: 'Test' }],
  ['name', { name: 'my fleet' }],
])('for its %s a fleet takes DNS labels only', (_, props) => {
  expect(findingsOf(() => testFleet(props)).map((f) => f.rule)).toEqual(['invalid-name']);
});

// Clusters that are made late

test('a cluster of addCluster comes out as one that stands in the tree', () => {
  const eager = testFleet();
  fill(new Cluster(eager, 'shop', { variables: { DOMAIN: 'shop.example.com' } }));
  const late = testFleet();
  late.addCluster('shop', { variables: { DOMAIN: 'shop.example.com' } }, fill);
  expect(late.files()).toEqual(eager.files());
});

test('a cluster of addCluster is made only when its turn comes, and the one before is gone by then', () => {
  const fleet = testFleet();
  const seen: string[] = [];
  for (const name of ['one', 'two', 'three']) {
    fleet.addCluster(name, {}, () => void seen.push(fleet.node.children.map((c) => c.node.id).join()));
  }
  expect(seen).toEqual([]);
  fleet.files();
  expect(seen).toEqual(['one', 'two', 'three']);
});

test('nothing of a cluster of addCluster stays in the tree', () => {
  const fleet = testFleet();
  fleet.addCluster('shop', {}, fill);
  fleet.files();
  expect(fleet.node.children).toEqual([]);
});

test('a cluster of addCluster whose code throws leaves nothing in the tree either', () => {
  const fleet = testFleet();
  fleet.addCluster('shop', {}, () => {
    throw new Error('no such shop');
  });
  expect(() => fleet.files()).toThrow('no such shop');
  expect(fleet.node.children).toEqual([]);
});

test('a fleet with clusters of addCluster comes out alike as often as it is asked', () => {
  const fleet = testFleet();
  fleet.addCluster('shop', {}, fill);
  expect(fleet.files()).toEqual(fleet.files());
});

test('what is wrong in a cluster of addCluster is told together with the others', () => {
  const fleet = testFleet();
  new Layer(new Cluster(fleet, 'one'), 'nothing-1');
  fleet.addCluster('two', {}, (cluster) => new Layer(cluster, 'nothing-2'));
  fleet.addCluster('three', {}, (cluster) => new Layer(cluster, 'No label'));
  fleet.addCluster('four', {}, (cluster) => new Layer(cluster, 'nothing-4'));
  expect(findingsOf(() => fleet.files()).map((f) => f.where?.construct)).toEqual([
    'one/nothing-1',
    'two/nothing-2',
    'three/No label',
    'four/nothing-4',
  ]);
});

test('wrong props of a cluster of addCluster are told with the line that says them', () => {
  const fleet = testFleet();
  const line = lineHere() + 1;
  fleet.addCluster('shop', { path: '../elsewhere' }, fill);
  const [finding] = findingsOf(() => fleet.files());
  expect(finding).toMatchObject({ rule: 'cluster-path', where: { code: `test/fleet.test.ts:${line}:9` } });
});

test.each([
  ['addCluster twice', (fleet: Fleet) => [1, 2].forEach(() => fleet.addCluster('shop', {}, fill))],
  ['addCluster after new Cluster', (fleet: Fleet) => fleet.addCluster(new Cluster(fleet, 'shop').name, {}, fill)],
])('%s with one name is refused at once, with the line of the first', (_, declare) => {
  const [finding] = findingsOf(() => declare(testFleet()));
  expect(finding).toMatchObject({ rule: 'duplicate-name', what: 'the fleet has the cluster "shop" twice' });
  expect(finding!.given).toMatch(/^there is already one, from test\/fleet\.test\.ts:\d+:\d+/);
});

test('new Cluster after addCluster with one name is refused', () => {
  const fleet = testFleet();
  fleet.addCluster('shop', {}, fill);
  expect(findingsOf(() => (new Cluster(fleet, 'shop'), fleet.files())).map((f) => f.rule)).toEqual(['duplicate-name']);
});

test('a name of addCluster that is no DNS label is refused at once', () => {
  expect(findingsOf(() => testFleet().addCluster('Shop_1', {}, fill)).map((f) => f.rule)).toEqual(['invalid-name']);
});

// Files

test('layout "layer": one file per layer', () => {
  expect(pathsOf({ files: 'layer' })).toMatchInlineSnapshot(`
   "clusters/test/base.yaml
   clusters/test/dev-team.yaml
   clusters/test/flux-fleet.yaml
   clusters/test/flux-runtime-info.yaml
   clusters/test/flux-system/gotk-components.yaml
   clusters/test/flux-system/gotk-sync.yaml
   clusters/test/flux-system/kustomization.yaml
   clusters/test/infrastructure/kyverno/configs/kustomization.yaml
   clusters/test/infrastructure/kyverno/configs/kyverno-configs.yaml
   clusters/test/infrastructure/kyverno/controllers/kustomization.yaml
   clusters/test/infrastructure/kyverno/controllers/kyverno-controllers.yaml
   clusters/test/kustomization.yaml
   clusters/test/kyverno-configs.yaml
   clusters/test/kyverno-controllers.yaml
   clusters/test/layers/base/base.yaml
   clusters/test/layers/base/kustomization.yaml
   clusters/test/layers/inner/inner.yaml
   clusters/test/layers/inner/kustomization.yaml
   clusters/test/layers/tenants/inner.yaml
   clusters/test/layers/tenants/kustomization.yaml
   clusters/test/layers/tenants/tenants.yaml
   clusters/test/remote-policies.yaml
   clusters/test/shared-sources.yaml
   clusters/test/tenants.yaml
   clusters/test/tenants/dev-team/dev-team.yaml
   clusters/test/tenants/dev-team/kustomization.yaml"
  `);
});

test('layout "object": one file per object', () => {
  expect(pathsOf({ files: 'object' })).toMatchInlineSnapshot(`
   "clusters/test/configmap-flux-runtime-info.yaml
   clusters/test/flux-fleet.yaml
   clusters/test/flux-system/gotk-components.yaml
   clusters/test/flux-system/gotk-sync.yaml
   clusters/test/flux-system/kustomization.yaml
   clusters/test/gitrepository-remote-policies.yaml
   clusters/test/infrastructure/kyverno/configs/configmap-policies.yaml
   clusters/test/infrastructure/kyverno/configs/kustomization.yaml
   clusters/test/infrastructure/kyverno/controllers/clusterrolebinding-flux-kyverno.yaml
   clusters/test/infrastructure/kyverno/controllers/helmrelease-kyverno.yaml
   clusters/test/infrastructure/kyverno/controllers/kustomization.yaml
   clusters/test/infrastructure/kyverno/controllers/namespace-kyverno.yaml
   clusters/test/infrastructure/kyverno/controllers/ocirepository-kyverno.yaml
   clusters/test/infrastructure/kyverno/controllers/serviceaccount-flux.yaml
   clusters/test/kustomization-base.yaml
   clusters/test/kustomization-dev-team.yaml
   clusters/test/kustomization-kyverno-configs.yaml
   clusters/test/kustomization-kyverno-controllers.yaml
   clusters/test/kustomization-remote-policies.yaml
   clusters/test/kustomization-tenants.yaml
   clusters/test/kustomization.yaml
   clusters/test/layers/base/configmap-settings.yaml
   clusters/test/layers/base/kustomization.yaml
   clusters/test/layers/inner/kustomization.yaml
   clusters/test/layers/inner/namespace-inner.yaml
   clusters/test/layers/tenants/configmap-flux-runtime-info_ops.yaml
   clusters/test/layers/tenants/gitrepository-ops_ops.yaml
   clusters/test/layers/tenants/kustomization-inner.yaml
   clusters/test/layers/tenants/kustomization-ops_ops.yaml
   clusters/test/layers/tenants/kustomization.yaml
   clusters/test/layers/tenants/namespace-ops.yaml
   clusters/test/layers/tenants/rolebinding-ops-reconciler_ops.yaml
   clusters/test/layers/tenants/serviceaccount-ops_ops.yaml
   clusters/test/tenants/dev-team/gitrepository-dev-team.yaml
   clusters/test/tenants/dev-team/kustomization-dev-team.yaml
   clusters/test/tenants/dev-team/kustomization.yaml
   clusters/test/tenants/dev-team/namespace-apps.yaml
   clusters/test/tenants/dev-team/namespace-jobs.yaml
   clusters/test/tenants/dev-team/rolebinding-dev-team-reconciler.yaml
   clusters/test/tenants/dev-team/rolebinding-dev-team-reconciler_jobs.yaml
   clusters/test/tenants/dev-team/serviceaccount-dev-team.yaml
   clusters/test/tenants/dev-team/serviceaccount-dev-team_jobs.yaml"
  `);
});

test('layout "object": each file has one object, and is called like it', () => {
  const files = objectsByFile(filledFleet({ files: 'object' }).files());
  for (const [path, objects] of Object.entries(files)) {
    expect([path, objects.length]).toEqual([path, 1]);
    const { kind, metadata } = objects[0]!;
    expect(path.split('/').at(-1)).toContain(`${kind.toLowerCase()}-${metadata.name.replaceAll(':', '-')}`);
  }
});

test('layout "object": the namespace stands in the name of a file where it is not that of the layer', () => {
  const fleet = testFleet({ files: 'object' });
  const exists = ['base', 'other'].map((name) => ({ kind: 'Namespace', name }));
  const layer = new Layer(new Cluster(fleet, 'test', { exists }), 'base', { namespace: 'base' });
  new ConfigMap(layer, 'own', { name: 'settings' });
  new ConfigMap(layer, 'other', { name: 'settings', namespace: 'other' });
  expect(Object.keys(fleet.files()).filter((p) => p.includes('layers/base/'))).toEqual([
    'clusters/test/layers/base/configmap-settings.yaml',
    'clusters/test/layers/base/configmap-settings_other.yaml',
    'clusters/test/layers/base/kustomization.yaml',
  ]);
});

test('layout "object": a name that no disk takes is written with dashes', () => {
  const fleet = testFleet({ files: 'object' });
  const exists = ['base', 'other'].map((name) => ({ kind: 'Namespace', name }));
  const layer = new Layer(new Cluster(fleet, 'test', { exists }), 'base', { namespace: 'base' });
  new RoleBinding(layer, 'view', { name: 'system:view', role: 'view', subjects: [{ kind: 'Group', name: 'all' }] });
  expect(Object.keys(fleet.files())).toContain('clusters/test/layers/base/rolebinding-system-view.yaml');
});

test.each(['layer', 'object'] as const)('layout "%s": no path changes when something else is added', (files) => {
  const before = filledFleet({ files }).files();
  const fleet = filledFleet({ files });
  const cluster = fleet.node.findChild('test') as Cluster;
  const layer = cluster.layers.find((l) => l.name === 'base')!;
  new ConfigMap(layer, 'settings-elsewhere', { name: 'settings', namespace: 'elsewhere' });
  new ConfigMap(layer, 'aaa', {});
  new ConfigMap(new InfraComponent(cluster, 'another', { namespace: 'another' }).configs, 'settings');
  new Tenant(cluster, 'another-team', { namespaces: ['another-team'], source: TEAM, path: './' });
  new Layer(cluster, 'elsewhere', { source: TEAM, path: './' });
  const after = fleet.files();
  const listing = /\/kustomization\.yaml$/;
  const changed = Object.keys(before).filter((path) => before[path] !== after[path] && !listing.test(path));
  // With one file per layer the file of the layer that got more, and that of shared sources, hold more.
  const expected =
    files === 'object' ? [] : ['clusters/test/layers/base/base.yaml', 'clusters/test/shared-sources.yaml'];
  expect(changed).toEqual(expected);
  expect(Object.keys(after)).toEqual(expect.arrayContaining(Object.keys(before)));
});

// One description, several outputs

test('the same fleet from Git and from OCI differs in the source of the layers and in their paths only', () => {
  const git = objectsByFile(filledFleet().files());
  const oci = objectsByFile(filledFleet({ source: OCI }, { flux: Flux.operator() }).files());
  expect(Object.keys(oci)).toEqual(Object.keys(git));
  const differences = Object.keys(git).flatMap((path) => git[path]!.flatMap((o, i) => differing(o, oci[path]![i]!)));
  expect([...new Set(differences)].sort()).toEqual(['Kustomization spec.path', 'Kustomization spec.sourceRef.kind']);
});

test('the same fleet from Git and from OCI has the layers at the same place in the directory of the cluster', () => {
  const pathsIn = (fleet: Fleet) =>
    Object.values(objectsByFile(fleet.files()))
      .flat()
      .filter((o) => o.kind === 'Kustomization' && o.spec.sourceRef.name === 'flux-system')
      .map((o) => o.spec.path);
  const git = pathsIn(filledFleet());
  expect(git).toContain('./dist/clusters/test/layers/base');
  expect(pathsIn(filledFleet({ source: OCI }, { flux: Flux.operator() }))).toEqual(
    git.map((path) => path.replace('./dist/clusters/test/', './')),
  );
});

test('two clusters that differ in three variables differ in these lines only', () => {
  const fleet = testFleet();
  const build = (cluster: Cluster<Record<'DOMAIN' | 'REGION' | 'SIZE', string>>) => {
    const layer = new Layer(cluster, 'shop', { namespace: 'shop' });
    new ConfigMap(layer, 'settings', { data: { domain: cluster.variables.DOMAIN, size: cluster.variables.SIZE } });
    new ConfigMap(layer, 'fixed', { data: { domain: 'example.com' } });
    fill(cluster);
    new Layer(cluster, 'remote', { source: TEAM, path: `./${cluster.variables.REGION}` });
  };
  build(new Cluster(fleet, 'eu', { variables: { DOMAIN: 'eu.example.com', REGION: 'fra', SIZE: '3' } }));
  build(new Cluster(fleet, 'us', { variables: { DOMAIN: 'us.example.com', REGION: 'iad', SIZE: '5' } }));
  expect(differingLines(fleet.files(), 'eu', 'us')).toMatchInlineSnapshot(`
   {
     "flux-fleet.yaml": [
       "DOMAIN: eu.example.com | DOMAIN: us.example.com",
       "REGION: fra | REGION: iad",
       "SIZE: "3" | SIZE: "5"",
     ],
     "flux-runtime-info.yaml": [
       "DOMAIN: eu.example.com | DOMAIN: us.example.com",
       "REGION: fra | REGION: iad",
       "SIZE: "3" | SIZE: "5"",
     ],
     "layers/shop/shop.yaml": [
       "domain: eu.example.com | domain: us.example.com",
       "size: "3" | size: "5"",
     ],
     "layers/tenants/tenants.yaml": [
       "DOMAIN: eu.example.com | DOMAIN: us.example.com",
       "REGION: fra | REGION: iad",
       "SIZE: "3" | SIZE: "5"",
     ],
     "remote.yaml": [
       "path: ./fra | path: ./iad",
     ],
   }
  `);
});

test('the same input gives the same bytes', () => {
  expect(filledFleet().files()).toEqual(filledFleet().files());
});

test.each(['layer', 'object'] as const)('layout "%s": the order of the lines does not change a byte', (files) => {
  const parts = PARTS.length;
  const orders = [[...PARTS].reverse(), ...Array.from({ length: parts }, (_, i) => rotated(PARTS, i))];
  const [first, ...others] = orders.map((order) => {
    const fleet = testFleet({ files });
    const cluster = new Cluster(fleet, 'test', { variables: { DOMAIN: 'example.com' } });
    for (const part of order) part(cluster);
    return fleet.files();
  });
  for (const other of others) expect(other).toEqual(first);
});

test('the order of the clusters does not change a byte', () => {
  const build = (names: readonly string[]) => {
    const fleet = testFleet();
    for (const name of names) fill(new Cluster(fleet, name));
    return fleet.files();
  };
  expect(Object.entries(build(['b', 'a']))).toEqual(Object.entries(build(['a', 'b'])));
});

test('every Kustomization of the fleet’s own files points to a directory that is written', () => {
  const files = filledFleet().files();
  const own = Object.values(objectsByFile(files))
    .flat()
    .filter((o) => o.kind === 'Kustomization' && o.spec.sourceRef.name === 'flux-system')
    .map((o) => files[`${o.spec.path.replace('./dist/', '')}/kustomization.yaml`]);
  expect(own.length).toBeGreaterThan(4);
  for (const listing of own) expect(listing).toMatch(/\nresources:\n {2}- /);
});

// What stands nowhere

test.each([
  ['a construct', (fleet: Fleet) => new Construct(fleet, 'stray')],
  ['a chart', (fleet: Fleet) => new Chart(fleet, 'stray')],
  ['a construct with a chart in it', (fleet: Fleet) => new Chart(new Construct(fleet, 'stray'), 'chart')],
])('%s directly in the fleet is refused', (_, add) => {
  const fleet = testFleet();
  new Cluster(fleet, 'test');
  add(fleet);
  expect(findingsOf(() => fleet.files())).toMatchObject([
    { rule: 'object-without-layer', where: { construct: 'stray' } },
  ]);
});

test('a stray construct is told together with what else is wrong', () => {
  const fleet = testFleet();
  new Layer(new Cluster(fleet, 'one'), 'nothing');
  new Construct(fleet, 'stray');
  new Layer(new Cluster(fleet, 'two'), 'nothing');
  expect(findingsOf(() => fleet.files()).map((f) => f.where?.construct)).toEqual([
    'one/nothing',
    'stray',
    'two/nothing',
  ]);
});

test('a layer directly in the fleet is refused at once', () => {
  expect(findingsOf(() => new Layer(testFleet(), 'base')).map((f) => f.rule)).toEqual(['layer-place']);
});

test('an object directly in a cluster is refused', () => {
  const fleet = testFleet();
  new ApiObject(new Cluster(fleet, 'test'), 'base', {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: 'base' },
  });
  expect(findingsOf(() => fleet.files())).toMatchObject([
    { rule: 'object-without-layer', given: 'the cluster "test"', where: { construct: 'test/base' } },
  ]);
});

/** Parts of a cluster, none of which needs another to be there. */
const PARTS: readonly ((cluster: Cluster) => unknown)[] = [
  (cluster) => new ConfigMap(new Layer(cluster, 'base', { namespace: 'base' }), 'settings', { data: { a: '1' } }),
  (cluster) => new Layer(cluster, 'remote-policies', { source: TEAM, path: './policies', runtimeInfo: true }),
  (cluster) => {
    const kyverno = new InfraComponent(cluster, 'kyverno', { namespace: 'kyverno' });
    const chartRef = Source.oci({ url: 'oci://ghcr.io/kyverno/charts/kyverno', ref: OCIRef.semver('3.x') });
    new HelmRelease(kyverno.controllers, 'kyverno', { chartRef });
    new ConfigMap(kyverno.configs, 'policies');
  },
  (cluster) => new Tenant(cluster, 'dev-team', { namespaces: ['apps', 'jobs'], source: TEAM, path: './test' }),
  (cluster) => {
    const shared = new Layer(cluster, 'tenants', { labels: { team: 'platform' } });
    new Tenant(shared, 'ops', { namespaces: ['ops'], source: TEAM, path: './ops', sync: { runtimeInfo: true } });
    new Namespace(new Layer(shared, 'inner'), 'inner');
  },
];

function fill(cluster: Cluster): void {
  for (const part of PARTS) part(cluster);
}

/** A fleet with a cluster `test` that has something of everything. */
function filledFleet(props: Partial<FleetProps> = {}, cluster: ClusterProps = {}): Fleet {
  const fleet = testFleet(props);
  fill(new Cluster(fleet, 'test', cluster));
  return fleet;
}

function pathsOf(props: Partial<FleetProps>): string {
  return Object.keys(filledFleet(props).files()).join('\n');
}

interface Parsed {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly spec: { readonly path: string; readonly sourceRef: { readonly name: string } };
}

/** The objects that Flux applies besides itself, by file. */
function objectsByFile(files: Record<string, string>): Record<string, Parsed[]> {
  return Object.fromEntries(
    Object.entries(files)
      .filter(([path]) => !/\/(flux-system\/.*|kustomization\.yaml|flux-fleet\.yaml)$/.test(path))
      .map(([path, text]) => [path, parseAllDocuments(text).map((d) => d.toJS() as Parsed)]),
  );
}

/** The fields in which two objects differ, as `Kind path.of.field`. */
function differing(a: Parsed, b: Parsed): string[] {
  const [left, right] = [leavesOf(a), leavesOf(b)];
  const all = [...new Set([...left.keys(), ...right.keys()])];
  return all.filter((path) => left.get(path) !== right.get(path)).map((path) => `${a.kind} ${path}`);
}

function leavesOf(value: unknown, path = ''): Map<string, string> {
  if (typeof value !== 'object' || value === null) return new Map([[path, JSON.stringify(value)]]);
  const below = Object.entries(value).map(([key, v]) => leavesOf(v, path === '' ? key : `${path}.${key}`));
  return new Map(below.flatMap((m) => [...m]));
}

/** The lines in which the files of two clusters differ, their names aside, by file. */
function differingLines(files: Record<string, string>, one: string, other: string): Record<string, string[]> {
  const of = (cluster: string) =>
    new Map(
      Object.entries(files)
        .filter(([path]) => path.startsWith(`clusters/${cluster}/`))
        .map(([path, text]) => [
          path.slice(`clusters/${cluster}/`.length),
          text.replaceAll(`clusters/${cluster}`, 'clusters/<name>').replace(`cluster: ${cluster}`, 'cluster: <name>'),
        ]),
    );
  const [a, b] = [of(one), of(other)];
  expect([...a.keys()]).toEqual([...b.keys()]);
  const result: Record<string, string[]> = {};
  for (const [path, text] of a) {
    const [left, right] = [text.split('\n'), b.get(path)!.split('\n')];
    expect([path, left.length]).toEqual([path, right.length]);
    const lines = left.flatMap((line, i) => (line === right[i] ? [] : [`${line.trim()} | ${right[i]!.trim()}`]));
    if (lines.length > 0) result[path] = lines;
  }
  return result;
}

function rotated<T>(list: readonly T[], by: number): T[] {
  return [...list.slice(by), ...list.slice(0, by)];
}

/** The line on which it is called. */
function lineHere(): number {
  return Number(/fleet\.test\.ts:(\d+)/.exec(new Error().stack!.split('\n')[2]!)![1]);
}
