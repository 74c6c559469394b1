import { join } from 'node:path';
import { ApiObject } from 'cdk8s';
import { expect, test } from '@jest/globals';
import {
  Cluster,
  ConfigMap,
  FleetError,
  GitRef,
  HelmRelease,
  InfraComponent,
  Layer,
  Namespace,
  OCIRef,
  Source,
  Tenant,
  valuesFromFile,
} from 'cdk8s-flux-fleet';
import { synthesize } from '../lib/synth/synthesize.js';
import { filesOf, findingsOf, testCluster, testFleet } from './support/fleet.js';
import { readFiles, tempDir, writeFiles } from './support/temp-dir.js';

// What a person reads who made a mistake: one finding each, whole.

const OCI = Source.oci({ url: 'oci://ghcr.io/acme/policies', ref: OCIRef.tag('v1') });
const CHARTS = Source.helm({ url: 'https://charts.example.com' });
const URL = 'https://github.com/acme/fleet';

// Names

test('the name of a cluster is no DNS label', () => {
  expect(textOf(() => new Cluster(testFleet(), 'Prod_EU'))).toMatchInlineSnapshot(`
   "the name of this cluster is not a DNS label [invalid-name]
     expected  at most 63 lower-case letters, digits and "-", with a letter or digit at both ends
     given     "Prod_EU"
     construct Prod_EU
     at        test/bad-input.test.ts:<line>
     fix       write "prod-eu""
  `);
});

test('the name of a tenant is no DNS label', () => {
  expect(textOf(() => new Tenant(testCluster(), 'dev.team', { namespaces: ['apps'] }))).toMatchInlineSnapshot(`
   "the name of this tenant is not a DNS label [invalid-name]
     expected  at most 63 lower-case letters, digits and "-", with a letter or digit at both ends
     given     "dev.team"
     construct test/dev.team
     at        test/bad-input.test.ts:<line>
     fix       write "dev-team""
  `);
});

test('the name of a layer is no DNS label', () => {
  expect(textOf(() => new Layer(testCluster(), 'Base Layer'))).toMatchInlineSnapshot(`
   "the name of this layer is not a DNS label [invalid-name]
     expected  at most 63 lower-case letters, digits and "-", with a letter or digit at both ends
     given     "Base Layer"
     construct test/Base Layer
     at        test/bad-input.test.ts:<line>
     fix       write "base-layer""
  `);
});

test('a name is no text at all', () => {
  expect(textOf(() => new Layer(testCluster(), 'base', { name: 5 as never }))).toMatchInlineSnapshot(`
   "the name of this layer is not a DNS label [invalid-name]
     expected  at most 63 lower-case letters, digits and "-", with a letter or digit at both ends
     given     5
     construct test/base
     at        test/bad-input.test.ts:<line>
     fix       give a string"
  `);
});

test('the fleet has a cluster twice', () => {
  const fleet = testFleet();
  new Cluster(fleet, 'prod');
  expect(textOf(() => new Cluster(fleet, 'prod'))).toMatchInlineSnapshot(`
   "the name "prod" is given twice [duplicate-name]
     expected  one cluster of that name
     given     there is already a cluster "prod", from test/bad-input.test.ts:<line>
     construct prod
     at        test/bad-input.test.ts:<line>
     fix       rename one of them"
  `);
});

test('two apps have one cluster', () => {
  const apps = ['one', 'two'].map((name) => testFleet({ name }));
  for (const app of apps) new Cluster(app, 'prod');
  expect(textOf(() => synthesize(apps, { outdir: tempDir() }), { construct: false })).toMatchInlineSnapshot(`
   "the cluster "prod" is declared twice [duplicate-name]
     expected  one app that declares it
     given     test/bad-input.test.ts:<line> and test/bad-input.test.ts:<line>
     construct prod
     at        test/bad-input.test.ts:<line>
     fix       rename one of them, or declare it in one app only"
  `);
});

test('a cluster has a tenant twice', () => {
  const cluster = testCluster();
  new Tenant(cluster, 'dev-team', { namespaces: ['apps'] });
  expect(textOf(() => new Tenant(cluster, 'dev-team', { namespaces: ['jobs'] }))).toMatchInlineSnapshot(`
   "the name "dev-team" is given twice [duplicate-name]
     expected  one tenant of that name
     given     there is already a tenant "test/dev-team", from test/bad-input.test.ts:<line>
     construct test/dev-team
     at        test/bad-input.test.ts:<line>
     fix       rename one of them"
  `);
});

test('a cluster has a layer twice', () => {
  const cluster = testCluster();
  new Layer(cluster, 'base');
  expect(textOf(() => new Layer(cluster, 'base'))).toMatchInlineSnapshot(`
   "the name "base" is given twice [duplicate-name]
     expected  one layer of that name
     given     there is already a layer "test/base", from test/bad-input.test.ts:<line>
     construct test/base
     at        test/bad-input.test.ts:<line>
     fix       rename one of them"
  `);
});

test('a cluster has a layer twice, at different places', () => {
  const cluster = testCluster();
  new Layer(cluster, 'base');
  const outer = new Layer(cluster, 'outer');
  expect(textOf(() => new Layer(outer, 'inner', { name: 'base' }))).toMatchInlineSnapshot(`
   "two layers of the cluster "test" are named "base" [duplicate-name]
     expected  one Kustomization of that name in flux-system
     given     test/base (test/bad-input.test.ts:<line>) and test/outer/inner
     construct test/outer/inner
     at        test/bad-input.test.ts:<line>
     fix       rename one of them"
  `);
});

// Arguments

test('an interval is no Go duration', () => {
  expect(textOf(() => new Layer(testCluster(), 'base', { interval: '5 minutes' }))).toMatchInlineSnapshot(`
   "'interval' is not a Go duration [invalid-duration]
     expected  hours, minutes, seconds or milliseconds, such as "5m" or "1h30m"
     given     "5 minutes"
     construct test/base
     at        test/bad-input.test.ts:<line>
     fix       write "5m""
  `);
});

test('an interval is a number', () => {
  expect(textOf(() => new Layer(testCluster(), 'base', { interval: 300 as never }))).toMatchInlineSnapshot(`
   "'interval' is not a Go duration [invalid-duration]
     expected  hours, minutes, seconds or milliseconds, such as "5m" or "1h30m"
     given     300
     construct test/base
     at        test/bad-input.test.ts:<line>
     fix       write "300s", or with the unit that you mean"
  `);
});

test('an interval has days, which Go has not', () => {
  expect(textOf(() => new Layer(testCluster(), 'base', { interval: '2d' }))).toMatchInlineSnapshot(`
   "'interval' is not a Go duration [invalid-duration]
     expected  hours, minutes, seconds or milliseconds, such as "5m" or "1h30m"
     given     "2d"
     construct test/base
     at        test/bad-input.test.ts:<line>
     fix       write "48h" (Go durations have no days)"
  `);
});

test('a HelmRelease has both chart and chartRef', () => {
  const layer = new Layer(testCluster(), 'web', { namespace: 'web' });
  const chart = { chart: 'web', version: '1.x', source: CHARTS };
  expect(textOf(() => new HelmRelease(layer, 'web', { chart, chartRef: OCI }))).toMatchInlineSnapshot(`
   "this HelmRelease has both chart and chartRef [helm-chart]
     expected  exactly one of chart (a chart in a HelmRepository, GitRepository or Bucket) and chartRef (an OCIRepository)
     given     chart and chartRef
     construct test/web/web
     at        test/bad-input.test.ts:<line>
     fix       leave one of them out"
  `);
});

test('a HelmRelease has neither chart nor chartRef', () => {
  const layer = new Layer(testCluster(), 'web', { namespace: 'web' });
  expect(textOf(() => new HelmRelease(layer, 'web', { interval: '5m' }))).toMatchInlineSnapshot(`
   "this HelmRelease has neither chart nor chartRef [helm-chart]
     expected  exactly one of chart (a chart in a HelmRepository, GitRepository or Bucket) and chartRef (an OCIRepository)
     given     neither
     construct test/web/web
     at        test/bad-input.test.ts:<line>
     fix       say chart: { chart, version, source }, or chartRef: Source.oci({ … })"
  `);
});

test('a Git reference has two kinds', () => {
  const ref = { branch: 'main', tag: 'v1' } as never;
  expect(textOf(() => Source.git({ url: URL, ref }), { construct: false })).toMatchInlineSnapshot(`
   "a Git reference has two kinds [git-ref]
     expected  exactly one of branch, tag, semver, commit, name (a commit may name its branch too)
     given     {"branch":"main","tag":"v1"}
     at        test/bad-input.test.ts:<line>
     fix       say what to follow, for example GitRef.branch('main')"
  `);
});

test('a Git address is that of scp', () => {
  const url = 'git@github.com:acme/fleet.git';
  expect(textOf(() => Source.git({ url, ref: GitRef.branch('main') }), { construct: false })).toMatchInlineSnapshot(`
   "the url of this GitRepository is not one that Flux takes [source-url]
     expected  an address that begins with https:// or http:// or ssh://
     given     "git@github.com:acme/fleet.git"
     at        test/bad-input.test.ts:<line>
     fix       write "ssh://git@github.com/acme/fleet.git""
  `);
});

test('a path climbs out of the directory of the cluster', () => {
  expect(textOf(() => new Layer(testCluster(), 'base', { directory: '../../etc' }))).toMatchInlineSnapshot(`
   "the directory of a layer is not below that of its cluster [layer-directory]
     expected  a relative path without "..", outside of flux-system
     given     "../../etc"
     construct test/base
     at        test/bad-input.test.ts:<line>
     fix       write a directory such as "layers/base""
  `);
});

test('a path climbs out of the source', () => {
  expect(textOf(() => new Layer(testCluster(), 'base', { source: OCI, path: '../x' }))).toMatchInlineSnapshot(`
   "the path leads out of the source [source-path]
     expected  a directory relative to the root of the source, without ".."
     given     "../x"
     construct test/base
     at        test/bad-input.test.ts:<line>"
  `);
});

test('a variable is asked for that the cluster has not', () => {
  const variables: Record<string, string> = { CLUSTER_DOMAIN: 'example.com' };
  expect(textOf(() => testCluster({ variables }).variables['CLUSTER_DOMIAN'])).toMatchInlineSnapshot(`
   "the cluster has no variable CLUSTER_DOMIAN [unknown-variable]
     expected  CLUSTER_DOMAIN
     given     CLUSTER_DOMIAN
     construct test
     at        test/bad-input.test.ts:<line>
     fix       write CLUSTER_DOMAIN"
  `);
});

// Files

test('a values file is not there', () => {
  expect(textOf(() => valuesFromFile('values/staging.yaml'), { construct: false })).toMatchInlineSnapshot(`
   "the values file cannot be read [file-unreadable]
     expected  a file
     given     "values/staging.yaml" (<dir>/values/staging.yaml): it is not there
     at        test/bad-input.test.ts:<line>
     file      values/staging.yaml
     fix       a string is relative to the working directory; new URL('./name', import.meta.url) is relative to the module"
  `);
});

test('a values file is no YAML', () => {
  const directory = tempDir();
  writeFiles(directory, { 'values.yaml': 'replicas: 3\nimage: "nginx\n' });
  const read = () => valuesFromFile(join(directory, 'values.yaml'));
  expect(textOf(read, { construct: false, directory })).toMatchInlineSnapshot(`
   "the file cannot be read as YAML [yaml-syntax]
     given     Missing closing "quote:
               image: "nginx
               
               ^
     at        test/bad-input.test.ts:<line>
     file      <dir>/values.yaml:3:1"
  `);
});

test('a values file is no map', () => {
  const directory = tempDir();
  writeFiles(directory, { 'values.yaml': '- replicas: 3\n' });
  const read = () => valuesFromFile(join(directory, 'values.yaml'));
  expect(textOf(read, { construct: false, directory })).toMatchInlineSnapshot(`
   "the file holds no map [yaml-not-a-map]
     expected  one YAML document with keys and values
     given     a list
     at        test/bad-input.test.ts:<line>
     file      <dir>/values.yaml"
  `);
});

// The order

test('something depends on another cluster', () => {
  const fleet = testFleet();
  const there = new Layer(new Cluster(fleet, 'hub'), 'base');
  const here = new Cluster(fleet, 'shop');
  expect(textOf(() => new Layer(here, 'apps', { dependsOn: [there] }))).toMatchInlineSnapshot(`
   ""apps" depends on something that is not of its cluster [dependency-elsewhere]
     expected  a layer, component or tenant of the cluster "shop"
     given     hub/base, of the cluster "hub"
     construct shop/apps
     at        test/bad-input.test.ts:<line>
     fix       Flux on one cluster cannot wait for another: depend on what this cluster has"
  `);
});

test('layers wait for each other, containment counted', () => {
  const cluster = testCluster();
  const platform = new Layer(cluster, 'platform');
  const networking = new Layer(platform, 'networking');
  const policies = new Layer(cluster, 'policies', { dependsOn: [platform] });
  for (const layer of [networking, policies]) new Namespace(layer, layer.name);
  networking.addDependsOn(policies);
  expect(textOf(() => filesOf(cluster))).toMatchInlineSnapshot(`
   "the layer "platform", the layer "networking" and the layer "policies" wait for each other: none of them would ever be ready [dependency-cycle]
     expected  an order in which each can become ready
     given     "platform" waits for "networking", which it contains
               "networking" depends on "policies"
               "policies" depends on "platform"
     construct test/platform
     at        test/bad-input.test.ts:<line>
     fix       take one of these dependencies away, or move what both need into one before them"
  `);
});

// Content

test('a layer has neither content nor a source', () => {
  const cluster = testCluster();
  new Layer(cluster, 'base');
  expect(textOf(() => filesOf(cluster))).toMatchInlineSnapshot(`
   "the layer "base" is empty [layer-content]
     expected  objects, layers below it, or a source and a path
     given     nothing
     construct test/base
     at        test/bad-input.test.ts:<line>
     fix       put something into it, or leave it out: Flux takes an empty directory for ready, and deletes what it had applied before"
  `);
});

test('a layer has both content and a source', () => {
  const cluster = testCluster();
  const layer = new Layer(cluster, 'policies', { source: OCI, path: './' });
  new Namespace(layer, 'policies');
  expect(textOf(() => filesOf(cluster))).toMatchInlineSnapshot(`
   "the layer "policies" has both a source and content of its own [layer-content]
     expected  one of them
     given     a source, and 1 object such as test/policies/policies
     construct test/policies
     at        test/bad-input.test.ts:<line>
     fix       put the objects into another layer that it depends on, or that depends on it"
  `);
});

test('a component has nothing in it', () => {
  const cluster = testCluster();
  new InfraComponent(cluster, 'monitoring');
  expect(textOf(() => filesOf(cluster))).toMatchInlineSnapshot(`
   "the component "monitoring" has nothing in it [empty-layer]
     expected  objects in its controllers or configs, or a source and a path
     given     nothing
     construct test/monitoring
     at        test/bad-input.test.ts:<line>
     fix       put something into component.controllers or component.configs, or leave the component out"
  `);
});

test('an object stands in no layer', () => {
  const cluster = new Cluster(testFleet(), 'test');
  new Namespace(cluster, 'base');
  expect(textOf(() => filesOf(cluster))).toMatchInlineSnapshot(`
   "Namespace "base" stands in no layer, so nothing would apply it [object-without-layer]
     expected  a Layer, or the controllers or configs of a component, as its scope
     given     the cluster "test"
     construct test/base
     at        test/bad-input.test.ts:<line>
     fix       make a Layer and use it as its scope"
  `);
});

test('an object has no kind', () => {
  const cluster = testCluster();
  new ApiObject(new Layer(cluster, 'base'), 'web', { apiVersion: 'v1', metadata: { name: 'web' } } as never);
  expect(textOf(() => filesOf(cluster))).toMatchInlineSnapshot(`
   "an object "web" has no kind [object-identity]
     expected  apiVersion, kind and metadata.name, each a string
     given     kind: nothing
     construct test/base/web
     at        test/bad-input.test.ts:<line>
     fix       write kind"
  `);
});

test('an object has no name', () => {
  const layer = new Layer(testCluster(), 'base');
  expect(textOf(() => new ApiObject(layer, 'web', { apiVersion: 'v1', kind: 'Service' }))).toMatchInlineSnapshot(`
   "an object has no name: Service [object-without-name]
     expected  metadata.name, written out
     given     nothing
     construct test/base/web
     at        test/bad-input.test.ts:<line>
     fix       give it metadata: { name: … }; a generated name changes with the place of the construct, and Flux deletes what changes its name"
  `);
});

test('a namespaced object has no namespace', () => {
  const cluster = testCluster();
  new ConfigMap(new Layer(cluster, 'base'), 'settings');
  expect(textOf(() => filesOf(cluster))).toMatchInlineSnapshot(`
   "ConfigMap "settings" has no namespace [object-without-namespace]
     expected  metadata.namespace, or a namespace of the layer, component or tenant around it
     given     nothing
     construct test/base/settings
     at        test/bad-input.test.ts:<line>
     fix       write the namespace: where Flux would put it depends on who applies it"
  `);
});

test('a number stands where text must', () => {
  const cluster = testCluster();
  const layer = new Layer(cluster, 'base', { namespace: 'base' });
  new ConfigMap(layer, 'settings', { data: { PORT: 8080 as never } });
  expect(textOf(() => filesOf(cluster))).toMatchInlineSnapshot(`
   "data.PORT of ConfigMap "base/settings" is not what its kind takes: the API server refuses it [invalid-field]
     expected  a string
     given     8080 (a number)
     construct test/base/settings
     at        test/bad-input.test.ts:<line>
     fix       write "8080", in quotes"
  `);
});

test('a date stands where text must', () => {
  const cluster = testCluster();
  const layer = new Layer(cluster, 'base', { namespace: 'base' });
  new ConfigMap(layer, 'other');
  new ConfigMap(layer, 'settings', { data: { SINCE: new Date(0) as never } });
  expect(textOf(() => filesOf(cluster))).toMatchInlineSnapshot(`
   "data.SINCE of ConfigMap "settings" cannot be written as YAML [object-not-plain]
     expected  an ISO string
     given     an instance of Date
     construct test/base/settings
     at        test/bad-input.test.ts:<line>"
  `);
});

test('a variable is defined nowhere', () => {
  const cluster = testCluster();
  const postBuild = { substitute: { CLUSTER_DOMAIN: 'example.com' } };
  const layer = new Layer(cluster, 'base', { namespace: 'base', postBuild });
  new ConfigMap(layer, 'settings', { data: { host: 'web.${CLUSTER_DOMIAN}' } });
  expect(textOf(() => filesOf(cluster))).toMatchInlineSnapshot(`
   "\${CLUSTER_DOMIAN} in ConfigMap "base/settings" is defined nowhere, and the layer "base" substitutes variables: Flux applies nothing of the layer [undefined-variable]
     expected  one that is defined: CLUSTER_DOMAIN
     given     CLUSTER_DOMIAN
     construct test/base/settings
     at        test/bad-input.test.ts:<line>
     fix       write \${CLUSTER_DOMAIN}; write $\${CLUSTER_DOMIAN} where it is no variable of Flux"
  `);
});

test('one object is there twice', () => {
  const cluster = testCluster();
  for (const name of ['a', 'b']) new Namespace(new Layer(cluster, name), 'apps');
  expect(textOf(() => filesOf(cluster))).toMatchInlineSnapshot(`
   "Namespace "apps" is there twice in the cluster "test": two Kustomizations overwrite each other for ever, and when one lets go of it, it is deleted [duplicate-object]
     expected  one object of that group, kind, namespace and name
     given     test/a/apps in the layer "a" and test/b/apps in the layer "b"
     construct test/b/apps
     at        test/bad-input.test.ts:<line>
     fix       rename one of them, or leave one out"
  `);
});

// The output

test('the output directory is a file', () => {
  const directory = tempDir();
  writeFiles(directory, { dist: 'a file\n' });
  const fleet = testFleet({ outdir: join(directory, 'dist') });
  new Cluster(fleet, 'test');
  expect(textOf(() => fleet.synth(), { construct: false, code: false, directory })).toMatchInlineSnapshot(`
   "the output directory is no directory [output-unwritable]
     expected  a directory, or nothing there yet
     given     a file
     file      <dir>/dist
     fix       move that file away, or give another output directory"
  `);
  expect(readFiles(directory)).toEqual({ dist: 'a file\n' });
});

test('the output directory cannot be made', () => {
  const directory = tempDir();
  writeFiles(directory, { build: 'a file\n' });
  const fleet = testFleet({ outdir: join(directory, 'build/dist') });
  new Cluster(fleet, 'test');
  expect(textOf(() => fleet.synth(), { construct: false, code: false, directory })).toMatchInlineSnapshot(`
   "the output directory cannot be written; nothing in it has changed [output-unwritable]
     given     ENOTDIR: not a directory (mkdir)
     file      <dir>/build/dist
     fix       move away the file that stands where a directory is needed"
  `);
  expect(readFiles(directory)).toEqual({ build: 'a file\n' });
});

test('the apps declare nothing', () => {
  const synth = () => synthesize([testFleet()], { outdir: tempDir() });
  expect(textOf(synth, { construct: false, code: false })).toMatchInlineSnapshot(`
   "the apps declare no cluster and no repository [nothing-declared]
     expected  at least one Cluster in a Fleet that the app exports or synthesizes
     given     none
     fix       end the app with \`export default fleet\` or \`fleet.synth()\`"
  `);
});

test('all that only the whole fleet shows is told together', () => {
  const fleet = testFleet();
  const one = new Cluster(fleet, 'one');
  new Layer(one, 'empty');
  const [a, b] = ['a', 'b'].map((name) => new Layer(one, name));
  for (const layer of [a!, b!]) new Namespace(layer, 'apps');
  a!.addDependsOn(b!);
  b!.addDependsOn(a!);
  const two = new Cluster(fleet, 'two', { exists: [{ kind: 'Namespace', name: 'base' }] });
  new ConfigMap(new Layer(two, 'base', { namespace: 'base' }), 'settings', { data: { PORT: 8080 as never } });
  new Namespace(two, 'nowhere');
  expect(findingsOf(() => fleet.files()).map((f) => `${f.rule} ${f.where?.construct}`)).toMatchInlineSnapshot(`
   [
     "layer-content one/empty",
     "dependency-cycle one/a",
     "duplicate-object one/b/apps",
     "object-without-layer two/nowhere",
     "invalid-field two/base/settings",
   ]
  `);
});

interface Shown {
  /** Whether it is known which construct it is about. */
  readonly construct?: boolean;
  /** Whether it is known which line of the code it is about. */
  readonly code?: boolean;
  /** A directory whose name changes from run to run. */
  readonly directory?: string;
}

/** The text of the one thing that is wrong, without the numbers of lines of this file. */
function textOf(run: () => unknown, { construct = true, code = true, directory }: Shown = {}): string {
  const findings = findingsOf(run);
  expect(findings).toHaveLength(1);
  const [finding] = findings;
  expect(finding!.what).not.toMatch(/\.$/);
  if (construct) expect(finding!.where?.construct).toEqual(expect.any(String));
  if (code) expect(finding!.where?.code).toMatch(/^test\/(bad-input\.test|support\/fleet)\.ts:\d+:\d+/);
  const text = new FleetError(findings).message.replace(
    /(test\/[\w/-]+(?:\.test)?\.ts):\d+:\d+(, called from [^\s)]*)?/g,
    '$1:<line>',
  );
  return text.replaceAll(directory ?? process.cwd(), '<dir>');
}
