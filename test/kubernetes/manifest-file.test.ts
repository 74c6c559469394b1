import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from '@jest/globals';
import { Layer, ManifestFile } from 'cdk8s-flux-fleet';
import type { LayerProps } from 'cdk8s-flux-fleet';
import { filesOf, findingsOf, testCluster } from '../support/fleet.js';
import { tempDir } from '../support/temp-dir.js';
import { errorOf, objectIn, objectsIn } from '../flux/objects.js';

const TWO = `# Written by hand.
apiVersion: v1
kind: ConfigMap
metadata:
  name: settings
data:
  mode: on
---
apiVersion: v1
kind: Service
metadata:
  name: web
  namespace: other
spec:
  ports:
    - port: 80
`;

/** A file with this text in a directory of its own. */
function file(text: string): string {
  const path = join(tempDir(), 'app.yaml');
  writeFileSync(path, text);
  return path;
}

/** What is written of a layer with the file. */
function written(text: string, props: LayerProps = { namespace: 'apps' }): string {
  const cluster = testCluster();
  new ManifestFile(new Layer(cluster, 'layer', props), 'app', { file: file(text) });
  return filesOf(cluster)['layers/layer/layer.yaml']!;
}

test('defaults: its objects are objects of the layer', () => {
  expect(written(TWO, { namespace: 'apps', labels: { team: 'a' } })).toMatchInlineSnapshot(`
   "apiVersion: v1
   kind: ConfigMap
   metadata:
     labels:
       team: a
     name: settings
     namespace: apps
   data:
     mode: "on"
   ---
   apiVersion: v1
   kind: Service
   metadata:
     labels:
       team: a
     name: web
     namespace: other
   spec:
     ports:
       - port: 80
   "
  `);
});

test('the objects can be reached, in the order of the file', () => {
  const layer = new Layer(testCluster(), 'layer', { namespace: 'apps' });
  const { objects } = new ManifestFile(layer, 'app', { file: file(TWO) });
  expect(objects.map((o) => [o.kind, o.name, o.namespace])).toEqual([
    ['ConfigMap', 'settings', 'apps'],
    ['Service', 'web', 'other'],
  ]);
});

test('a file may be named by a URL', () => {
  const layer = new Layer(testCluster(), 'layer');
  expect(new ManifestFile(layer, 'app', { file: pathToFileURL(file(TWO)) }).objects).toHaveLength(2);
});

test('the items of a List are objects, too', () => {
  const text = `apiVersion: v1
kind: List
items:
  - apiVersion: v1
    kind: ConfigMap
    metadata: { name: a }
  - apiVersion: v1
    kind: ConfigMap
    metadata: { name: b }
---
apiVersion: v1
kind: ConfigMap
metadata: { name: c }
`;
  expect(objectsIn(written(text)).map((o) => `${o.kind}/${o.metadata.name}`)).toEqual([
    'ConfigMap/a',
    'ConfigMap/b',
    'ConfigMap/c',
  ]);
});

test('what only looks like a List is an object like others', () => {
  const text = `apiVersion: example.com/v1
kind: Basket
metadata: { name: fruit, namespace: apps }
items: [apple]
---
apiVersion: example.com/v1
kind: AllowList
metadata: { name: guests, namespace: apps }
spec: {}
`;
  expect(objectsIn(written(text)).map((o) => `${o.kind}/${o.metadata.name}`)).toEqual([
    'AllowList/guests',
    'Basket/fruit',
  ]);
});

test('empty documents are left out', () => {
  expect(objectsIn(written(`---\n---\n# only a comment\n---\n${TWO}---\n`))).toHaveLength(2);
});

test('words and nulls of the file stay what they are', () => {
  const text = `apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: { name: app }
spec:
  interval: 1h
  chartRef: { kind: OCIRepository, name: app }
  values: { debug: no, probe: null, version: "1.10", port: 0x50 }
`;
  expect(objectIn(written(text), 'HelmRelease').spec['values']).toEqual({
    debug: 'no',
    probe: null,
    version: '1.10',
    port: 80,
  });
});

test('two files may bring objects that are called alike and are not the same', () => {
  const cluster = testCluster();
  const layer = new Layer(cluster, 'layer');
  const text = (namespace: string): string =>
    `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: settings, namespace: ${namespace} }\n`;
  new ManifestFile(layer, 'blue', { file: file(text('blue')) });
  new ManifestFile(layer, 'green', { file: file(`${text('green')}---\n${text('red')}`) });
  expect(objectsIn(filesOf(cluster)['layers/layer/layer.yaml']).map((o) => o.metadata.namespace)).toEqual([
    'blue',
    'green',
    'red',
  ]);
});

test('refuses a document that is no object, and names its line', () => {
  const path = file(`${TWO}---\nkind: ConfigMap\nmetadata:\n  name: x\n`);
  const layer = new Layer(testCluster(), 'layer');
  expect(errorOf(() => new ManifestFile(layer, 'app', { file: path })).replaceAll(path, '<file>'))
    .toMatchInlineSnapshot(`
   "a document of the manifest file is no Kubernetes object [not-an-object]
     expected  a map with apiVersion, kind and metadata.name
     given     apiVersion is nothing
     construct test/layer/app
     at        test/kubernetes/manifest-file.test.ts:<line>, called from test/kubernetes/manifest-file.test.ts:<line>
     file      <file>:18"
  `);
});

test.each([
  ['has no kind', 'apiVersion: v1\nmetadata: { name: x }\n', 'not-an-object', 'kind is nothing'],
  ['has no apiVersion', 'kind: Service\nmetadata: { name: x }\n', 'not-an-object', 'apiVersion is nothing'],
  ['has no name', 'apiVersion: v1\nkind: Service\nmetadata: {}\n', 'object-without-name', 'metadata.name is nothing'],
  ['has no metadata', 'apiVersion: v1\nkind: Service\n', 'object-without-name', 'metadata.name is nothing'],
  [
    'has a number as name',
    'apiVersion: v1\nkind: Service\nmetadata: { name: 1234 }\n',
    'object-without-name',
    'metadata.name is 1234',
  ],
  [
    'has a name that is to be generated',
    'apiVersion: v1\nkind: Pod\nmetadata: { generateName: x- }\n',
    'object-without-name',
    'metadata.name is nothing',
  ],
  ['is a list', '- a\n- b\n', 'not-an-object', '["a","b"]'],
  ['is a text', 'hello\n', 'not-an-object', '"hello"'],
  [
    'is a List with something that is no object',
    'apiVersion: v1\nkind: List\nitems: [hello]\n',
    'not-an-object',
    '"hello"',
  ],
])('refuses a document that %s', (_what, text, rule, given) => {
  expect(findingsOf(() => written(text))).toMatchObject([
    { rule, given, where: { construct: 'test/layer/app', file: expect.stringMatching(/app\.yaml:1$/) } },
  ]);
});

test('what is wrong with an object is told with the line of the file that it begins on', () => {
  const text = TWO.replace('\ndata:\n', '\ndta:\n').replace('port: 80', 'port: eighty');
  expect(findingsOf(() => written(text))).toMatchObject([
    { rule: 'invalid-field', where: { file: expect.stringMatching(/app\.yaml:2$/) } },
    { rule: 'invalid-field', where: { file: expect.stringMatching(/app\.yaml:9$/) } },
  ]);
});

test('refuses a Secret in clear, and names its line', () => {
  const text = `${TWO}---\napiVersion: v1\nkind: Secret\nmetadata: { name: login }\nstringData: { password: guest }\n`;
  expect(findingsOf(() => written(text))).toMatchObject([
    { rule: 'plaintext-secret', where: { file: expect.stringMatching(/app\.yaml:18$/) } },
  ]);
});

test('refuses a Secret that SOPS encrypted: its signature covers the text', () => {
  const text = `apiVersion: v1
kind: Secret
metadata: { name: login, namespace: apps }
stringData: { password: "ENC[AES256_GCM,data:x]" }
sops: { mac: "ENC[AES256_GCM,data:x]", lastmodified: "2026-03-01T12:00:00Z" }
`;
  expect(findingsOf(() => written(`${TWO}---\n${text}`))).toMatchObject([
    {
      rule: 'encrypted-secret',
      fix: 'use new EncryptedSecret(layer, id, { file })',
      where: { file: expect.stringMatching(/app\.yaml:18$/) },
    },
  ]);
});

test('refuses a number that Kubernetes reads otherwise, and names its line', () => {
  const text = TWO.replace('port: 80', 'port: 0644');
  expect(findingsOf(() => written(text))).toMatchObject([
    { rule: 'yaml-ambiguous-number', where: { file: expect.stringMatching(/app\.yaml:16:13$/) } },
  ]);
});

test('refuses an API version that no cluster serves', () => {
  const text = 'apiVersion: helm.toolkit.fluxcd.io/v2beta2\nkind: HelmRelease\nmetadata: { name: app }\n';
  expect(findingsOf(() => written(text))).toMatchObject([
    { rule: 'api-version-not-served', expected: 'helm.toolkit.fluxcd.io/v2' },
  ]);
});

test.each(['', '---\n', '# only a comment\n'])('refuses a file without an object: %j', (text) => {
  expect(findingsOf(() => written(text))).toMatchObject([
    { rule: 'empty-file', where: { file: expect.stringMatching(/app\.yaml$/) } },
  ]);
});

test('fails when the file is not there', () => {
  const path = join(tempDir(), 'missing.yaml');
  const layer = new Layer(testCluster(), 'layer');
  expect(findingsOf(() => new ManifestFile(layer, 'app', { file: path }))).toMatchObject([
    { rule: 'file-unreadable', where: { file: path } },
  ]);
});
