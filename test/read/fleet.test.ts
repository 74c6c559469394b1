import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { findKustomize } from '../../lib/kustomize/command.js';
import type { ClusterModel, LayerModel } from '../../lib/model/cluster-model.js';
import { whereIs } from '../../lib/model/cluster-model.js';
import { readFleet } from '../../lib/read/fleet.js';
import type { ReadFleet, ReadOptions } from '../../lib/read/fleet.js';
import { tempDir, writeFiles } from '../support/temp-dir.js';
import type { Files } from '../support/temp-dir.js';

const withKustomize = findKustomize() ? test : test.skip;

const DECLARED = 'fluxFleet: v1\ncluster: prod\npath: ./clusters/prod\n';

/** A manifest of a Flux Kustomization. */
function kustomization(name: string, path: string, spec = '', namespace = 'flux-system'): string {
  return `apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata:
  name: ${name}
  namespace: ${namespace}
spec:
  path: ${path}
  prune: true
  sourceRef: {kind: GitRepository, name: flux-system, namespace: flux-system}
${spec}`;
}

function configMap(name: string, data = '', namespace = 'apps'): string {
  return `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${name}\n  namespace: ${namespace}\ndata: {${data}}\n`;
}

/** What `flux bootstrap` writes. */
function sync(path: string, source = ''): string {
  return `apiVersion: source.toolkit.fluxcd.io/v1
kind: GitRepository
metadata: {name: flux-system, namespace: flux-system}
spec:
  url: ssh://git@github.com/acme/fleet
  ref: {branch: main}
${source}---
${kustomization('flux-system', path)}`;
}

function read(files: Files, options?: ReadOptions): ReadFleet & { readonly at: string } {
  const at = tempDir();
  writeFiles(at, files);
  return { ...readFleet(at, options), at };
}

/** The only cluster of some files, of which nothing is wrong. */
function readOne(files: Files, options?: ReadOptions): ClusterModel {
  const { clusters, findings } = read(files, options);
  expect(findings).toEqual([]);
  expect(clusters).toHaveLength(1);
  return clusters[0]!;
}

function layerOf(cluster: ClusterModel, name: string): LayerModel {
  const layer = cluster.layers.find((l) => l.name === name);
  if (!layer) throw new Error(`no layer ${name} among ${cluster.layers.map((l) => l.name).join(', ')}`);
  return layer;
}

const namesIn = (layer: LayerModel) => layer.objects.map((o) => (o.object.metadata as { name: string }).name);

// ---- where clusters are ---------------------------------------------------------------------------------------------

test('a cluster with a flux-fleet.yaml, and a layer', () => {
  const cluster = readOne({
    'clusters/prod/flux-fleet.yaml': DECLARED,
    'clusters/prod/kustomization.yaml': 'resources: [apps.yaml]',
    'clusters/prod/apps.yaml': kustomization('apps', './apps'),
    'apps/a.yaml': configMap('a'),
  });
  expect(cluster).toMatchObject({ name: 'prod', label: 'the cluster "prod"', path: './clusters/prod', partial: false });
  expect(cluster.layers.map((l) => [l.name, l.parent, l.directory])).toEqual([
    ['flux-system', undefined, ''],
    ['apps', 'flux-system', '../../apps'],
  ]);
  const apps = layerOf(cluster, 'apps');
  expect(apps.kustomization).toBe(layerOf(cluster, 'flux-system').objects[0]);
  expect(namesIn(apps)).toEqual(['a']);
  expect(apps.facts).toEqual({ path: 'apps', exists: true, remote: [] });
  expect(apps.incomplete).toBe(false);
});

test('a cluster that flux bootstrap made; what it pulls from is known', () => {
  const cluster = readOne({
    'clusters/prod/flux-system/gotk-sync.yaml': sync('./clusters/prod'),
    'clusters/prod/apps.yaml': kustomization('apps', './apps'),
    'apps/a.yaml': configMap('a'),
  });
  expect(cluster).toMatchObject({
    name: 'prod',
    path: './clusters/prod',
    source: { kind: 'GitRepository', spec: { url: 'ssh://git@github.com/acme/fleet', ref: { branch: 'main' } } },
    lockdown: false,
    components: [],
    fluxVersion: undefined,
  });
  expect(cluster.layers.map((l) => l.name)).toEqual(['flux-system', 'apps']);
});

test('a cluster of the Flux Operator', () => {
  const instance = `apiVersion: fluxcd.controlplane.io/v1
kind: FluxInstance
metadata: {name: flux, namespace: flux-system}
spec:
  distribution: {version: 2.7.3, registry: ghcr.io/fluxcd}
  components: [source-controller, kustomize-controller]
  cluster: {multitenant: true}
  sync: {kind: OCIRepository, url: "oci://ghcr.io/acme/fleet", ref: latest, path: clusters/prod}
`;
  const cluster = readOne({
    'clusters/prod/flux-system/flux.yaml': instance,
    'clusters/prod/apps.yaml': kustomization('apps', 'apps').replace('GitRepository', 'OCIRepository'),
    'apps/a.yaml': configMap('a'),
  });
  expect(cluster).toMatchObject({
    name: 'prod',
    path: 'clusters/prod',
    source: { kind: 'OCIRepository', spec: { url: 'oci://ghcr.io/acme/fleet', ref: { tag: 'latest' } } },
    lockdown: true,
    components: ['source-controller', 'kustomize-controller'],
    fluxVersion: '2.7.3',
  });
  expect(namesIn(layerOf(cluster, 'apps'))).toEqual(['a']);
});

test('a path of ./ is the directory itself, as in an artifact', () => {
  const cluster = readOne({
    'prod/flux-fleet.yaml': 'fluxFleet: v1\ncluster: prod\npath: ./\n',
    'prod/kustomization.yaml': 'resources: [apps.yaml]',
    'prod/apps.yaml': kustomization('apps', './apps'),
    'prod/apps/a.yaml': configMap('a'),
  });
  expect(layerOf(cluster, 'apps')).toMatchObject({ directory: 'apps', facts: { path: 'apps', exists: true } });
});

test('a flux-fleet.yaml above the directory, because Flux builds all that lies in it', () => {
  const cluster = readOne({
    'flux-fleet.yaml': DECLARED,
    'clusters/prod/apps.yaml': kustomization('apps', './apps'),
    'apps/a.yaml': configMap('a'),
  });
  expect(cluster.layers.map((l) => [l.name, l.incomplete])).toEqual([
    ['flux-system', false],
    ['apps', false],
  ]);
});

test('a flux-fleet.yaml in a directory without a kustomization.yaml makes Flux fail', () => {
  const cluster = readOne({
    'clusters/prod/flux-fleet.yaml': DECLARED,
    'clusters/prod/a.yaml': configMap('a'),
  });
  expect(layerOf(cluster, 'flux-system').facts?.error).toBe(
    'clusters/prod/flux-fleet.yaml is no Kubernetes manifest: missing Resource metadata',
  );
});

test('directories that are given are clusters', () => {
  const cluster = readOne({ 'a/b/x.yaml': configMap('x') }, { clusters: ['a/b'] });
  expect([cluster.name, cluster.path, namesIn(cluster.layers[0]!)]).toEqual(['b', './a/b', ['x']]);
});

test('files without a cluster: what to do is said', () => {
  expect(read({ 'a.yaml': configMap('a') }).findings).toMatchObject([{ rule: 'no-cluster' }]);
  expect(read({ 'a.yaml': configMap('a') }, { clusters: ['b'] }).findings).toMatchObject([
    { rule: 'no-cluster', given: 'b' },
  ]);
});

test('a directory that is not there', () => {
  expect(readFleet('no/such/directory').findings).toMatchObject([{ rule: 'no-cluster', given: 'no/such/directory' }]);
});

test('links are not followed: no artifact of Flux has them', () => {
  const at = tempDir();
  writeFiles(at, { 'flux-fleet.yaml': DECLARED, 'clusters/prod/a.yaml': configMap('a') });
  symlinkSync(at, join(at, 'clusters/prod/loop'));
  symlinkSync(join(at, 'nothing'), join(at, 'clusters/prod/b.yaml'));
  const { clusters, findings } = readFleet(at);
  expect([findings, namesIn(clusters[0]!.layers[0]!)]).toEqual([[], ['a']]);
});

test('what another directory calls flux-system is no cluster', () => {
  const files = { 'x.yaml': kustomization('flux-system', './', '', 'other') };
  expect(read(files).findings.map((f) => f.rule)).toEqual(['no-cluster']);
});

// ---- declarations ---------------------------------------------------------------------------------------------------

test.each(['"2.9"', '"2.x"', 'v2.7.1', '">=2.7 <2.9"'])('fluxVersion: %s is what a cluster may say', (version) => {
  const files = { 'clusters/prod/apps.yaml': kustomization('apps', './apps'), 'apps/a.yaml': configMap('a') };
  expect(readOne({ ...files, 'flux-fleet.yaml': `${DECLARED}fluxVersion: ${version}\n` }).fluxVersion).toBe(
    version.replaceAll('"', ''),
  );
});

test('all that a flux-fleet.yaml declares', () => {
  const cluster = readOne({
    'flux-fleet.yaml': `${DECLARED}fleet: production
environment: production
lockdown: true
components: [source-controller]
kubernetesVersion: "1.33"
fluxVersion: 2.7.0
labels: {region: eu}
variables: {A: "1"}
provides: [things.example.com]
exists:
  - {kind: Secret, name: key, namespace: flux-system, keys: [age.agekey]}
  - {kind: ConfigMap, name: there, namespace: apps, kubeConfig: Secret/edge}
allowed:
  - {rule: one, reason: Because., object: ConfigMap/apps/a}
  - {rule: two, reason: Because., layer: apps, until: "2026-12-31"}
  - {rule: three, reason: Because.}
`,
    'clusters/prod/apps.yaml': kustomization('apps', './apps'),
    'apps/a.yaml': `${configMap('a')}---\n${configMap('b')}`,
  });
  expect(cluster).toMatchObject({
    fleet: 'production',
    environment: 'production',
    lockdown: true,
    components: ['source-controller'],
    kubernetesVersion: '1.33',
    fluxVersion: '2.7.0',
    labels: { region: 'eu' },
    variables: { A: '1' },
    provides: ['things.example.com'],
    exists: [
      { kind: 'Secret', name: 'key', namespace: 'flux-system', keys: ['age.agekey'] },
      { kind: 'ConfigMap', name: 'there', namespace: 'apps', target: 'Secret/edge' },
    ],
  });
  const { allowed, objects } = layerOf(cluster, 'apps');
  expect(allowed.map((a) => a.rule)).toEqual(['two', 'three']);
  expect(allowed[0]).toEqual({ rule: 'two', reason: 'Because.', until: '2026-12-31' });
  expect(objects.map((o) => o.allowed.map((a) => a.rule))).toEqual([['one', 'three'], ['three']]);
});

test.each([
  ['lockdwn: true', 4, 'lockdwn'],
  ['lockdown: yes', 4, 'lockdown'],
  ['exists:\n  - kind: Secret\n', 5, 'exists.0'],
  ['allowed:\n  - rule: x\n    reason: " "\n', 6, 'allowed.0.reason'],
  ['allowed:\n  - {rule: x, reason: y, until: tomorrow}\n', 5, 'allowed.0.until'],
])('a flux-fleet.yaml with %j is wrong, on line %j', (text, line, field) => {
  const { findings, clusters } = read({
    'flux-fleet.yaml': `${DECLARED}${text}`,
    'clusters/prod/a.yaml': configMap('a'),
  });
  expect(findings).toMatchObject([{ rule: 'declarations-invalid', where: { file: `flux-fleet.yaml:${line}` } }]);
  expect(findings[0]!.what).toContain(field);
  expect(clusters).toEqual([]);
});

// ---- what is wrong with files ---------------------------------------------------------------------------------------

test('a file that cannot be read has its line, and the rest is read all the same', () => {
  const { findings, clusters } = read({
    'flux-fleet.yaml': DECLARED,
    'clusters/prod/a.yaml': `${configMap('a')}---\na: [\n`,
    'clusters/prod/b.yaml': 'kind: X\nkind: Y\n',
    'clusters/prod/c.yaml': '- one\n',
    'clusters/prod/d.yaml': configMap('d'),
  });
  expect(findings.map((f) => [f.rule, f.where?.file])).toEqual([
    ['file-unreadable', expect.stringMatching(/^clusters\/prod\/a\.yaml:\d+$/)],
    ['file-unreadable', 'clusters/prod/b.yaml:2'],
    ['file-unreadable', 'clusters/prod/c.yaml:1'],
  ]);
  expect([namesIn(clusters[0]!.layers[0]!), clusters[0]!.layers[0]!.incomplete]).toEqual([['a', 'd'], true]);
});

test('files that nothing applies are listed, but not those that a kustomization.yaml names', () => {
  const cluster = readOne({
    'flux-fleet.yaml': DECLARED,
    'clusters/prod/kustomization.yaml': 'resources: [a.yaml]',
    'clusters/prod/a.yaml': configMap('a'),
    'clusters/prod/forgotten.yaml': configMap('forgotten'),
    'clusters/prod/values.yaml': 'replicas: 1\n',
    'clusters/prod/base/kustomization.yaml': 'resources: [b.yaml]\npatches: [{path: p.yaml}]',
    'clusters/prod/base/b.yaml': configMap('b'),
    'clusters/prod/base/p.yaml': configMap('b'),
    'elsewhere/x.yaml': configMap('x'),
  });
  expect(cluster.unreached).toEqual(['clusters/prod/forgotten.yaml']);
});

// ---- the walk -------------------------------------------------------------------------------------------------------

test('layers below layers, and Kustomizations that lead back to themselves', () => {
  const cluster = readOne({
    'flux-fleet.yaml': DECLARED,
    'clusters/prod/infra.yaml': kustomization('infra', './infra'),
    'infra/again.yaml': kustomization('again', './infra'),
    'infra/below.yaml': kustomization('below', './below', '', 'team'),
    'below/a.yaml': configMap('a'),
  });
  expect(cluster.layers.map((l) => [l.name, l.parent])).toEqual([
    ['flux-system', undefined],
    ['infra', 'flux-system'],
    ['again', 'infra'],
    ['team/below', 'infra'],
  ]);
});

test('a layer whose directory is not there', () => {
  const cluster = readOne({ 'flux-fleet.yaml': DECLARED, 'clusters/prod/a.yaml': kustomization('a', './nothing') });
  expect(layerOf(cluster, 'a')).toMatchObject({
    objects: [],
    incomplete: true,
    facts: { path: 'nothing', exists: false },
  });
});

test('a path cannot leave its source', () => {
  const cluster = readOne({
    'flux-fleet.yaml': DECLARED,
    'clusters/prod/a.yaml': kustomization('a', '../../apps'),
    'apps/a.yaml': configMap('a'),
  });
  expect(layerOf(cluster, 'a').facts).toMatchObject({ path: 'apps', exists: true });
});

test('what comes from another source is unknown, until somebody says where it lies', () => {
  const files = {
    'flux-fleet.yaml': DECLARED,
    'clusters/prod/team.yaml': `apiVersion: source.toolkit.fluxcd.io/v1
kind: GitRepository
metadata: {name: team, namespace: team}
spec: {url: "https://github.com/acme/team.git"}
---
${kustomization('team', './deploy', '', 'team').replace('name: flux-system, namespace: flux-system', 'name: team')}`,
  };
  const { clusters, notes, absent } = read(files);
  expect(clusters[0]!.layers.map((l) => l.name)).toEqual(['flux-system']);
  expect(notes).toEqual([]);
  expect(absent).toEqual(['GitRepository/team/team (https://github.com/acme/team.git)']);
  const team = tempDir();
  writeFiles(team, { 'deploy/a.yaml': configMap('a') });
  for (const key of ['ssh://git@github.com/acme/team', 'GitRepository/team/team']) {
    const cluster = readOne(files, { sources: { [key]: team } });
    expect(namesIn(layerOf(cluster, 'team/team'))).toEqual(['a']);
  }
});

test('a directory of another source that is not there is told', () => {
  const other = kustomization('apps', './apps').replace('name: flux-system, namespace: flux-system', 'name: other');
  const files = { 'flux-fleet.yaml': DECLARED, 'clusters/prod/apps.yaml': other };
  const sources = { 'GitRepository/flux-system/other': '/no/such/directory' };
  const { clusters, notes } = read(files, { sources });
  expect(notes).toEqual([
    'the content of GitRepository/flux-system/other is said to lie in /no/such/directory, which is no directory',
  ]);
  expect(clusters[0]!.layers.map((l) => l.name)).toEqual(['flux-system']);
});

test('a source of the same repository and branch under another name is the cluster’s own content', () => {
  const other = (branch: string) => `apiVersion: source.toolkit.fluxcd.io/v1
kind: GitRepository
metadata: {name: other, namespace: flux-system}
spec: {url: "https://github.com/acme/fleet.git", ref: {branch: ${branch}}}
---
${kustomization('apps', './apps').replace('name: flux-system, namespace: flux-system', 'name: other')}`;
  const files = {
    'clusters/prod/flux-system/gotk-sync.yaml': sync('./clusters/prod'),
    'apps/a.yaml': configMap('a'),
  };
  const same = readOne({ ...files, 'clusters/prod/apps.yaml': other('main') });
  expect(namesIn(layerOf(same, 'apps'))).toEqual(['a']);
  const different = readOne({ ...files, 'clusters/prod/apps.yaml': other('dev') });
  expect(different.layers.map((l) => l.name)).toEqual(['flux-system']);
});

test('a kubeConfig leads to another cluster, for all layers below', () => {
  const cluster = readOne({
    'flux-fleet.yaml': DECLARED,
    'clusters/prod/edge.yaml': kustomization('edge', './edge', '  kubeConfig: {secretRef: {name: edge, key: value}}\n'),
    'edge/a.yaml': configMap('a'),
  });
  expect(cluster.layers.map((l) => l.target)).toEqual(['', 'Secret/edge/value']);
});

withKustomize('the options of a Kustomization are applied, and those of its parent to itself', () => {
  const patch = `  patches:
    - target: {kind: Kustomization}
      patch: |
        - {op: add, path: /spec/targetNamespace, value: given}
`;
  const cluster = readOne({
    'flux-fleet.yaml': DECLARED,
    'clusters/prod/infra.yaml': kustomization('infra', './infra', patch),
    'infra/apps.yaml': kustomization('apps', './apps'),
    'apps/a.yaml': configMap('a'),
  });
  expect(layerOf(cluster, 'apps').objects[0]!.object.metadata).toEqual({ name: 'a', namespace: 'given' });
});

// ---- variables ------------------------------------------------------------------------------------------------------

test('variables are substituted, also those of ConfigMaps that another layer brings', () => {
  const postBuild = `  postBuild:
    substitute: {WHO: world}
    substituteFrom: [{kind: ConfigMap, name: settings}]
`;
  const cluster = readOne({
    'flux-fleet.yaml': DECLARED,
    'clusters/prod/a-apps.yaml': kustomization('apps', './apps', postBuild),
    'clusters/prod/b-settings.yaml': kustomization('settings', './settings'),
    'settings/a.yaml': configMap('settings', 'GREETING: hello', 'flux-system'),
    'apps/a.yaml': configMap('a', 'text: "${GREETING} ${WHO}"'),
  });
  const [object] = layerOf(cluster, 'apps').objects;
  expect(object!.object.data).toEqual({ text: 'hello world' });
  expect(object!.unsubstituted?.data).toEqual({ text: '${GREETING} ${WHO}' });
});

withKustomize('the root substitutes where a patch of the FluxInstance says so', () => {
  const instance = `apiVersion: fluxcd.controlplane.io/v1
kind: FluxInstance
metadata: {name: flux, namespace: flux-system}
spec:
  sync: {kind: GitRepository, url: "https://github.com/acme/fleet", ref: refs/heads/main, path: clusters/prod}
  kustomize:
    patches:
      - target: {kind: Kustomization}
        patch: |
          - {op: add, path: /spec/postBuild, value: {substitute: {ENV: prod}}}
`;
  const cluster = readOne({
    'clusters/prod/flux.yaml': instance,
    'clusters/prod/apps.yaml': kustomization('apps', './apps/${ENV}'),
    'apps/prod/a.yaml': configMap('a'),
  });
  expect(namesIn(layerOf(cluster, 'apps'))).toEqual(['a']);
});

test('a path with variables of the parent leads to the directory that is meant', () => {
  const cluster = readOne({
    'flux-fleet.yaml': DECLARED,
    'clusters/prod/infra.yaml': kustomization('infra', './infra', '  postBuild: {substitute: {ENV: prod}}\n'),
    'infra/apps.yaml': kustomization('apps', './apps/${ENV}'),
    'apps/prod/a.yaml': configMap('a'),
  });
  expect(namesIn(layerOf(cluster, 'apps'))).toEqual(['a']);
});

test('values of objects that only exist are not known, and the text stays', () => {
  const postBuild = '  postBuild: {substituteFrom: [{kind: Secret, name: key}]}\n';
  const cluster = readOne({
    'flux-fleet.yaml': `${DECLARED}exists: [{kind: Secret, name: key, namespace: flux-system, keys: [TOKEN]}]\n`,
    'clusters/prod/apps.yaml': kustomization('apps', './apps', postBuild),
    'apps/a.yaml': configMap('a', 'text: "${TOKEN}"'),
  });
  expect(layerOf(cluster, 'apps').objects[0]!.object.data).toEqual({ text: '${TOKEN}' });
});

// ---- what is in the artifact ----------------------------------------------------------------------------------------

const FLEET: Files = {
  'clusters/prod/apps.yaml': kustomization('apps', './apps'),
  'apps/a.yaml': configMap('a'),
};

test.each([
  [{ '.sourceignore': '/apps\n' }, '', '/apps in .sourceignore'],
  [{}, '  ignore: |\n    /*\n    !/clusters\n', '/* in spec.ignore of GitRepository "flux-system"'],
  [
    {},
    '  sparseCheckout: [clusters/prod]\n',
    'spec.sparseCheckout of GitRepository "flux-system", which has only clusters/prod',
  ],
])('a directory that is not in the artifact: %j %j', (more, source, ignoredBy) => {
  const cluster = readOne({
    ...FLEET,
    ...more,
    'clusters/prod/flux-system/gotk-sync.yaml': sync('./clusters/prod', source),
  });
  expect(layerOf(cluster, 'apps')).toMatchObject({ incomplete: true, facts: { exists: true, ignoredBy } });
});

test('a single file that is left out of the artifact is not applied', () => {
  const cluster = readOne({
    ...FLEET,
    'flux-fleet.yaml': DECLARED,
    'apps/b.yaml': configMap('b'),
    'apps/.sourceignore': 'a.yaml\n',
  });
  expect(namesIn(layerOf(cluster, 'apps'))).toEqual(['b']);
});

// ---- how Flux is installed ------------------------------------------------------------------------------------------

test('the version shows in the namespace too, where the controllers are not there', () => {
  const cluster = readOne({
    'clusters/prod/flux-system/gotk-components.yaml': `apiVersion: v1
kind: Namespace
metadata:
  name: flux-system
  labels: {app.kubernetes.io/version: v2.7.1, app.kubernetes.io/part-of: flux}
`,
    'clusters/prod/flux-system/gotk-sync.yaml': sync('./clusters/prod'),
  });
  expect(cluster.fluxVersion).toBe('2.7.1');
});

withKustomize('components, version and lockdown show in the controllers', () => {
  const controller = (name: string) => `apiVersion: apps/v1
kind: Deployment
metadata:
  name: ${name}
  namespace: flux-system
  labels: {app.kubernetes.io/version: v2.7.1, app.kubernetes.io/part-of: flux}
spec: {template: {spec: {containers: [{name: manager, args: [--events-addr=x]}]}}}
`;
  const files = {
    'clusters/prod/flux-system/gotk-components.yaml': `${controller('source-controller')}---\n${controller('kustomize-controller')}`,
    'clusters/prod/flux-system/gotk-sync.yaml': sync('./clusters/prod'),
  };
  const listed = 'resources: [gotk-components.yaml, gotk-sync.yaml]\n';
  const open = readOne({ ...files, 'clusters/prod/flux-system/kustomization.yaml': listed });
  expect(open).toMatchObject({
    components: ['source-controller', 'kustomize-controller'],
    fluxVersion: '2.7.1',
    lockdown: false,
  });
  const patches = `patches:
  - target: {kind: Deployment, name: "(kustomize-controller|helm-controller)"}
    patch: |
      - {op: add, path: /spec/template/spec/containers/0/args/-, value: --no-cross-namespace-refs=true}
`;
  const locked = readOne({ ...files, 'clusters/prod/flux-system/kustomization.yaml': `${listed}${patches}` });
  expect(locked.lockdown).toBe(true);
});

// ---- lines ----------------------------------------------------------------------------------------------------------

test('where an object and a field of it stands', () => {
  const cluster = readOne({
    'flux-fleet.yaml': DECLARED,
    'clusters/prod/apps.yaml': `# two\n---\n${configMap('a', 'x: "1"')}---\n${kustomization('apps', './apps')}`,
    'apps/list.yaml': `apiVersion: v1\nkind: List\nitems:\n- ${configMap('a').replaceAll('\n', '\n  ')}\n`,
  });
  const [object] = layerOf(cluster, 'flux-system').objects;
  expect(object!.file).toBe('clusters/prod/apps.yaml');
  expect([[], ['data', 'x'], ['metadata', 'name'], ['spec']].map((path) => object!.lineOf!(path))).toEqual([
    3, 8, 6, 3,
  ]);
  expect(whereIs(layerOf(cluster, 'apps'), ['spec', 'path']).file).toBe('clusters/prod/apps.yaml:16');
  expect(whereIs(layerOf(cluster, 'apps').objects[0]!, ['data']).file).toBe('apps/list.yaml:9');
});

test('files are named from the directory that is read', () => {
  const { at } = read({ 'fleet/flux-fleet.yaml': DECLARED, 'fleet/clusters/prod/a.yaml': configMap('a') });
  const [cluster] = readFleet(join(at, 'fleet')).clusters;
  expect(cluster!.layers[0]!.objects[0]!.file).toBe('clusters/prod/a.yaml');
});

test('a source that nothing takes its content from is told', () => {
  const { notes } = read(
    { 'flux-fleet.yaml': DECLARED, 'clusters/prod/a.yaml': configMap('a') },
    {
      sources: { 'GitRepository/team/tema': tempDir() },
    },
  );
  expect(notes).toEqual(['nothing takes its content from GitRepository/team/tema, for which a directory is given']);
});

test('a declared cluster whose directory is not there is told, not read', () => {
  const { clusters, findings } = read({ 'flux-fleet.yaml': DECLARED });
  expect(clusters).toEqual([]);
  expect(findings).toMatchObject([
    {
      what: 'the directory of the cluster "prod" is not there, so nothing of it is judged',
      where: { file: 'flux-fleet.yaml:3' },
    },
  ]);
});

test('the path of a cluster does not climb out of what is read', () => {
  const { clusters } = read({
    'flux-fleet.yaml': 'fluxFleet: v1\ncluster: prod\npath: ../../clusters/prod\n',
    'clusters/prod/a.yaml': configMap('a'),
  });
  expect(clusters.map((c) => namesIn(c.layers[0]!))).toEqual([['a']]);
});

test.each(['../../secret.yaml', '/etc/passwd'])('%s is not in the source, and Flux does not build it', (path) => {
  const at = tempDir();
  writeFiles(at, {
    'secret.yaml': configMap('outside'),
    'fleet/flux-fleet.yaml': DECLARED,
    'fleet/clusters/prod/apps.yaml': kustomization('apps', './apps'),
    'fleet/apps/kustomization.yaml': `resources: [${path}]\n`,
  });
  const { clusters } = readFleet(join(at, 'fleet'));
  const apps = layerOf(clusters[0]!, 'apps');
  expect(apps.objects).toEqual([]);
  expect(apps.facts!.error).toBe(
    `apps/kustomization.yaml names ${path}, which is not in or below the source that Flux builds it from`,
  );
});

test('neither is a file that a generator takes from there', () => {
  const at = tempDir();
  writeFiles(at, {
    'outside.txt': 'x',
    'fleet/flux-fleet.yaml': DECLARED,
    'fleet/clusters/prod/kustomization.yaml': 'configMapGenerator: [{name: a, files: [../../../outside.txt]}]\n',
  });
  const { clusters } = readFleet(join(at, 'fleet'));
  if (findKustomize()) expect(clusters[0]!.layers[0]!.facts!.error).toContain('not in or below the source');
});

test('a link in the resources is said to be one', () => {
  const at = tempDir();
  writeFiles(at, {
    'flux-fleet.yaml': DECLARED,
    'clusters/prod/kustomization.yaml': 'resources: [a.yaml]\n',
    'real/a.yaml': configMap('a'),
  });
  symlinkSync('../../real/a.yaml', join(at, 'clusters/prod/a.yaml'));
  const { clusters } = readFleet(at);
  expect(clusters[0]!.layers[0]!.facts!.error).toContain('names a.yaml, which is a link');
});

test('what is no list of maps where one should be does not stop the reader', () => {
  const cluster = readOne({
    'flux-fleet.yaml': DECLARED,
    'clusters/prod/kustomization.yaml': 'resources: [a.yaml]\npatches: [null]\n',
    'clusters/prod/a.yaml': configMap('a'),
  });
  expect(cluster.layers).toHaveLength(1);
});

test('a List without items is empty', () => {
  const cluster = readOne({
    'flux-fleet.yaml': DECLARED,
    'clusters/prod/a.yaml': 'apiVersion: v1\nkind: List\nitems: null\n',
  });
  expect(cluster.layers[0]!.objects).toEqual([]);
});
