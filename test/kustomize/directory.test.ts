import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { findKustomize } from '../../lib/kustomize/command.js';
import { buildDirectory, isRemote } from '../../lib/kustomize/directory.js';
import type { Build } from '../../lib/kustomize/directory.js';
import { applyOptions, changesObjects } from '../../lib/kustomize/options.js';
import type { KustomizationSpec } from '../../lib/kustomize/options.js';
import { Files } from '../../lib/kustomize/files.js';
import type { JsonObject } from '../../lib/yaml/normalize.js';
import { tempDir, writeFiles } from '../support/temp-dir.js';
import type { Files as Tree } from '../support/temp-dir.js';

const withKustomize = findKustomize() ? test : test.skip;

const configMap = (name: string, more: object = {}): string =>
  JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, ...more });

/** A tree, and what its directory `app` builds to. */
function build(
  tree: Tree,
  spec: KustomizationSpec = {},
  without: 'kustomize' | 'nothing' = 'nothing',
): Build & { at: string } {
  const at = tempDir();
  writeFiles(at, tree);
  const files = new Files(at);
  const kustomize = without === 'kustomize' ? undefined : findKustomize();
  return { ...buildDirectory(join(at, 'app'), spec, { files, kustomize, builtTexts: new Map() }), at };
}

const namesOf = ({ objects }: Build) => objects.map(({ object }) => (object.metadata as { name: string }).name);

test('a kustomization.yaml that lists files is read', () => {
  const built = build(
    {
      'app/kustomization.yaml': 'resources: [a.yaml, ../base]',
      'app/a.yaml': configMap('a'),
      'app/b.yaml': configMap('b'),
      'base/kustomization.yaml': 'resources: [c.yaml]',
      'base/c.yaml': configMap('c'),
    },
    {},
    'kustomize',
  );
  expect(namesOf(built)).toEqual(['a', 'c']);
  expect(built).toMatchObject({ incomplete: false, remote: [] });
  expect([...built.files].map((f) => f.slice(built.at.length + 1)).sort()).toEqual([
    'app/a.yaml',
    'app/kustomization.yaml',
    'base/c.yaml',
    'base/kustomization.yaml',
  ]);
});

test('without a kustomization.yaml, all manifests below are built, and directories that have one as it says', () => {
  const built = build(
    {
      'app/a.yaml': configMap('a'),
      'app/deep/b.yml': configMap('b'),
      'app/notes.txt': 'x',
      'app/own/kustomization.yaml': 'resources: [c.yaml]',
      'app/own/c.yaml': configMap('c'),
      'app/own/d.yaml': configMap('d'),
    },
    {},
    'kustomize',
  );
  expect(namesOf(built).sort()).toEqual(['a', 'b', 'c']);
});

test('a file that is no manifest makes Flux fail where all files are built', () => {
  const built = build({ 'app/a.yaml': configMap('a'), 'app/values.yaml': 'replicas: 2' }, {}, 'kustomize');
  expect(built).toMatchObject({
    error: 'app/values.yaml is no Kubernetes manifest: missing Resource metadata',
    incomplete: true,
  });
  expect(namesOf(built)).toEqual(['a']);
});

test('objects for local use are not applied', () => {
  const local = { metadata: { name: 'a', annotations: { 'config.kubernetes.io/local-config': 'true' } } };
  expect(namesOf(build({ 'app/a.yaml': configMap('a', local), 'app/b.yaml': configMap('b') }))).toEqual(['b']);
});

test.each([
  ['resources: [a.yaml]', 'app/kustomization.yaml names a.yaml, which is not there'],
  ['resources: [../app]', 'cycle: app leads to itself by ../app'],
  ['resources: [./sub]', "unable to find one of 'kustomization.yaml', 'kustomization.yml', 'Kustomization' in app/sub"],
])('%s: Flux cannot build it', (kustomization, error) => {
  const built = build({ 'app/kustomization.yaml': kustomization, 'app/sub/x.yaml': configMap('x') });
  expect(built).toMatchObject({ error, incomplete: true, objects: [] });
});

withKustomize('what only kustomize can do is done by it, and files are known', () => {
  const built = build({
    'app/kustomization.yaml': 'namePrefix: my-\nresources: [../base, own.yaml]',
    'app/own.yaml': configMap('own'),
    'base/kustomization.yaml':
      'namespace: base\nresources: [a.yaml]\nconfigMapGenerator: [{name: made, literals: [a=b]}]',
    'base/a.yaml': `${configMap('x')}\n---\n${configMap('a')}`,
  });
  expect(built.error).toBeUndefined();
  const places = built.objects.map(({ object, from, configuredIn }) => [
    (object.metadata as { name: string }).name,
    (object.metadata as { namespace?: string }).namespace,
    (from?.file ?? configuredIn)?.slice(built.at.length + 1),
    from?.document,
  ]);
  expect(places).toEqual([
    ['my-x', 'base', 'base/a.yaml', 0],
    ['my-a', 'base', 'base/a.yaml', 1],
    [expect.stringMatching(/^my-made-/), 'base', 'base/kustomization.yaml', undefined],
    ['my-own', undefined, 'app/own.yaml', 0],
  ]);
  expect(JSON.stringify(built.objects.map((o) => o.object))).not.toContain('config.kubernetes.io');
});

withKustomize('paths of all kinds of fields lead to the files', () => {
  const built = build({
    'app/kustomization.yaml': `
resources: [a.yaml]
components: [../component]
patches: [{path: patch.yaml}]
configMapGenerator: [{name: files, files: [data.txt, other=../data.txt], envs: [x.env]}]
generatorOptions: {disableNameSuffixHash: true}
transformers: [labels.yaml]
replacements: [{path: replace.yaml}]
`,
    'app/a.yaml': configMap('a', { data: { from: '1', to: '2' } }),
    'app/patch.yaml': configMap('a', { data: { patched: 'yes' } }),
    'app/data.txt': 'one',
    'data.txt': 'two',
    'app/x.env': 'KEY=value',
    'app/labels.yaml':
      'apiVersion: builtin\nkind: LabelTransformer\nmetadata: {name: l}\nlabels: {x: "y"}\nfieldSpecs: [{path: metadata/labels, create: true}]',
    'app/replace.yaml':
      'source: {kind: ConfigMap, name: a, fieldPath: data.from}\ntargets: [{select: {name: a}, fieldPaths: [data.to]}]',
    'component/kustomization.yaml':
      'apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\nresources: [c.yaml]',
    'component/c.yaml': configMap('c'),
  });
  expect(built.error).toBeUndefined();
  expect(
    Object.fromEntries(built.objects.map(({ object }) => [(object.metadata as JsonObject).name, object.data])),
  ).toEqual({
    a: { from: '1', to: '1', patched: 'yes' },
    c: undefined,
    files: { 'data.txt': 'one', other: 'two', KEY: 'value' },
  });
  expect([...built.files].map((f) => f.slice(built.at.length + 1))).toEqual(
    expect.arrayContaining(['app/patch.yaml', 'app/data.txt', 'data.txt', 'app/x.env', 'component/c.yaml']),
  );
});

test('what lies elsewhere is named and never fetched, and the rest is built', () => {
  const remote = 'https://github.com/acme/base//deploy?ref=v1';
  const built = build({
    'app/kustomization.yaml': `resources: [a.yaml, ${remote}, ../base]`,
    'app/a.yaml': configMap('a'),
    'base/kustomization.yaml': 'resources: ["git@github.com:acme/other", b.yaml]',
    'base/b.yaml': configMap('b'),
  });
  expect(built).toMatchObject({ remote: [remote, 'git@github.com:acme/other'], incomplete: true });
  expect(built.error).toBeUndefined();
  expect(namesOf(built)).toEqual(['a', 'b']);
});

withKustomize('the same below what kustomize builds', () => {
  const built = build(
    {
      'app/kustomization.yaml': 'resources: [../base, a.yaml]',
      'app/a.yaml': configMap('a'),
      'base/kustomization.yaml': 'resources: ["https://example.com/x.yaml"]',
    },
    { targetNamespace: 'apps' },
  );
  expect(built).toMatchObject({ remote: ['https://example.com/x.yaml'], incomplete: true });
  expect(built.objects.map((o) => o.object.metadata)).toEqual([{ name: 'a', namespace: 'apps' }]);
});

test.each([
  ['https://github.com/acme/x', true],
  ['github.com/acme/x?ref=v1', true],
  ['git@github.com:acme/x', true],
  ['ssh://git@example.com/x', true],
  ['../base', false],
  ['github.community/x', false],
  ['./https', false],
])('%s comes from elsewhere: %s', (path, expected) => {
  expect(isRemote(path)).toBe(expected);
});

withKustomize('options of the Flux Kustomization replace and extend what the directory says', () => {
  const built = build(
    {
      'app/kustomization.yaml':
        'namespace: old\nnamePrefix: old-\nresources: [a.yaml]\nimages: [{name: nginx, newTag: "1", newName: my/nginx}]',
      'app/a.yaml': JSON.stringify({
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name: 'a' },
        spec: { containers: [{ name: 'c', image: 'nginx' }] },
      }),
    },
    {
      targetNamespace: 'new',
      namePrefix: 'new-',
      nameSuffix: '-x',
      images: [{ name: 'nginx', newTag: '2' }],
      commonMetadata: { labels: { team: 'a' }, annotations: { note: 'b' } },
      // Patches see the names that the files have.
      patches: [{ patch: '- {op: add, path: /spec/hostNetwork, value: false}', target: { kind: 'Pod', name: 'a' } }],
    },
  );
  expect(built.objects.map((o) => o.object)).toEqual([
    {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'new-a-x', namespace: 'new', labels: { team: 'a' }, annotations: { note: 'b' } },
      spec: { containers: [{ name: 'c', image: 'my/nginx:2' }], hostNetwork: false },
    },
  ]);
});

withKustomize('components of the Flux Kustomization; one that is missing is an error unless that is allowed', () => {
  const tree = {
    'app/a.yaml': configMap('a'),
    'extra/kustomization.yaml':
      'apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\ncommonAnnotations: {x: "y"}',
  };
  const components = ['../extra', '../missing'];
  expect(build(tree, { components, ignoreMissingComponents: true }).objects[0]!.object.metadata).toEqual({
    name: 'a',
    annotations: { x: 'y' },
  });
  expect(build(tree, { components }).error).toBe('app names ../missing, which is not there');
});

withKustomize('two directories that stand on the same one are each built whole', () => {
  const built = build({
    'app/kustomization.yaml': 'resources: [../one, ../two]',
    'one/kustomization.yaml': 'namespace: one\nresources: [../base]',
    'two/kustomization.yaml': 'namespace: two\nresources: [../base]',
    'base/kustomization.yaml': 'resources: [a.yaml]',
    'base/a.yaml': configMap('a'),
  });
  expect(built.error).toBeUndefined();
  expect(built.objects.map((o) => o.object.metadata)).toEqual([
    { name: 'a', namespace: 'one' },
    { name: 'a', namespace: 'two' },
  ]);
});

withKustomize('what is not there is told, and the rest is built', () => {
  const built = build({
    'app/kustomization.yaml': 'namespace: x\nresources: [a.yaml, ../base]',
    'app/a.yaml': configMap('a'),
    'base/kustomization.yaml': 'resources: [b.yaml, c.yaml]',
    'base/c.yaml': configMap('c'),
  });
  expect(built).toMatchObject({ error: 'base/kustomization.yaml names b.yaml, which is not there', incomplete: true });
  expect(namesOf(built)).toEqual(['a', 'c']);
});

withKustomize('a field that kustomize does not know is dropped with Flux’s own writing of the directory’s file', () => {
  const built = build({
    'app/kustomization.yaml': 'resources: [a.yaml]\nnamespaces: x\nimages: [{name: a, tag: b}]\nnamePrefix: my-',
    'app/a.yaml': configMap('a'),
  });
  expect(built).toMatchObject({ incomplete: false, unbuilt: false });
  expect(built.error).toBeUndefined();
  expect(namesOf(built)).toEqual(['my-a']);
});

withKustomize.each(['resources: [../base]', 'resources: [../base]\nnamePrefix: my-'])(
  'in a base of %j it makes the build fail',
  (top) => {
    const { error } = build({
      'app/kustomization.yaml': top,
      'base/kustomization.yaml': 'resources: [a.yaml]\nnamespaces: x',
      'base/a.yaml': configMap('a'),
    });
    expect(error).toContain('unknown field "namespaces"');
  },
);

withKustomize('a file of a patch that is not there is named as the user does', () => {
  const { error } = build({
    'app/kustomization.yaml': 'resources: [a.yaml]\npatches: [{path: patches/missing.yaml}]',
    'app/a.yaml': configMap('a'),
  });
  expect(error).toContain('app/patches/missing.yaml');
  expect(error).not.toContain('../');
});

withKustomize('what kustomize says names the files of the user', () => {
  const { error } = build({
    'app/kustomization.yaml': 'resources: [a.yaml]\npatches: [{path: patch.yaml}]',
    'app/a.yaml': configMap('a'),
    'app/patch.yaml': configMap('b'),
  });
  expect(error).toContain('no matches for Id');
  expect(error).not.toContain('flux-fleet-build');
});

test('without kustomize, what needs it is not known', () => {
  const built = build({ 'app/a.yaml': configMap('a') }, { targetNamespace: 'x' }, 'kustomize');
  expect(built).toMatchObject({ objects: [], incomplete: true });
});

withKustomize('files of the same text are built once, and each keeps its own path', () => {
  const root = (path: string) =>
    JSON.stringify({
      apiVersion: 'kustomize.toolkit.fluxcd.io/v1',
      kind: 'Kustomization',
      metadata: { name: 'flux-system' },
      spec: { path },
    });
  const at = tempDir();
  const kustomization =
    'resources: [sync.yaml]\npatches: [{target: {kind: Kustomization}, patch: "- {op: add, path: /spec/prune, value: true}"}]';
  for (const name of ['a', 'b']) {
    writeFiles(at, { [`${name}/kustomization.yaml`]: kustomization, [`${name}/sync.yaml`]: root(`./${name}`) });
  }
  const files = new Files(at);
  let runs = 0;
  const kustomize = { overlay: (fill: (directory: string) => JsonObject) => (runs++, findKustomize()!.overlay(fill)) };
  const builtTexts = new Map();
  const built = ['a', 'b'].map(
    (name) => buildDirectory(join(at, name), {}, { files, kustomize, builtTexts }).objects[0]!,
  );
  expect(built.map((o) => o.object.spec)).toEqual([
    { path: './a', prune: true },
    { path: './b', prune: true },
  ]);
  expect(built.map((o) => o.from?.file)).toEqual([join(at, 'a/sync.yaml'), join(at, 'b/sync.yaml')]);
  expect(runs).toBe(1);
});

// ---- objects in memory ----------------------------------------------------------------------------------------------

const OBJECTS: JsonObject[] = ['b', 'a', 'c'].map((name) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name },
}));

test('what changes objects, and what does not', () => {
  expect(changesObjects({ interval: '1m', path: './', postBuild: {}, patches: [] })).toBe(false);
  expect(changesObjects({ targetNamespace: 'x' })).toBe(true);
  expect(changesObjects({ commonMetadata: { labels: { a: 'b' } } })).toBe(true);
});

test('common metadata needs no kustomize, and wins', () => {
  const object = { ...OBJECTS[0]!, metadata: { name: 'b', labels: { a: 'own', b: 'own' } } };
  expect(applyOptions([object], { commonMetadata: { labels: { a: 'all' } } })).toEqual([
    { ...object, metadata: { name: 'b', labels: { a: 'all', b: 'own' } } },
  ]);
});

withKustomize('objects keep their order', () => {
  const applied = applyOptions(OBJECTS, { targetNamespace: 'x' }) as JsonObject[];
  expect(applied.map((o) => o.metadata)).toEqual(['b', 'a', 'c'].map((name) => ({ name, namespace: 'x' })));
});

withKustomize('an object that a patch deletes is left out', () => {
  const patches = [{ patch: '{apiVersion: v1, kind: ConfigMap, metadata: {name: a}, $patch: delete}' }];
  expect(applyOptions(OBJECTS, { patches })).toEqual([OBJECTS[0], OBJECTS[2]]);
});

withKustomize('a patch that cannot be applied is an error', () => {
  const patches = [{ patch: '- {op: remove, path: /spec/x}', target: { kind: 'ConfigMap' } }];
  expect(applyOptions(OBJECTS, { patches })).toMatchObject({ error: expect.stringContaining('/spec/x') });
});

test('some kustomize is there where tests of it must run', () => {
  const isThere = ['kubectl', 'kustomize'].some((name) => spawnSync(name, ['version', '--client']).status === 0);
  expect(findKustomize() !== undefined).toBe(isThere);
});
