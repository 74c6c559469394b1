import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from '@jest/globals';
import { ConfigMap, Layer } from 'cdk8s-flux-fleet';
import type { ConfigMapProps } from 'cdk8s-flux-fleet';
import fc from 'fast-check';
import { parse } from 'yaml';
import { filesOf, findingsOf, testCluster, yamlOf } from '../support/fleet.js';
import { tempDir } from '../support/temp-dir.js';
import { errorOf } from '../flux/objects.js';

interface Content {
  readonly data?: Record<string, string>;
  readonly binaryData?: Record<string, string>;
}

/** A ConfigMap with these props, as the YAML has it. */
function configMap(props: ConfigMapProps): Content & Record<string, unknown> {
  return parse(yamlOf((layer) => new ConfigMap(layer, 'settings', { namespace: 'apps', ...props }))) as Content &
    Record<string, unknown>;
}

/** A file with these bytes in a directory of its own. */
function file(content: string | Uint8Array): string {
  const path = join(tempDir(), 'file');
  writeFileSync(path, content);
  return path;
}

test('defaults', () => {
  expect(
    yamlOf(
      (layer) => new ConfigMap(layer, 'settings', { namespace: 'apps', data: { 'app.properties': 'a=1\nb=2\n' } }),
    ),
  ).toMatchInlineSnapshot(`
   "apiVersion: v1
   kind: ConfigMap
   metadata:
     name: settings
     namespace: apps
   data:
     app.properties: |
       a=1
       b=2
   "
  `);
});

test('every prop lands in its field', () => {
  const meta = { name: 'the-settings', namespace: 'apps', labels: { team: 'a' }, annotations: { note: 'b' } };
  const files = { 'text.txt': file('text\n'), 'logo.png': file(Uint8Array.of(0x89, 0x50, 0xff, 0x00)) };
  expect(configMap({ ...meta, data: { key: 'value' }, files, immutable: true })).toEqual({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: meta,
    immutable: true,
    data: { key: 'value', 'text.txt': 'text\n' },
    binaryData: { 'logo.png': 'iVD/AA==' },
  });
});

test('nothing in it is written as nothing', () => {
  expect(configMap({})).toEqual({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'settings', namespace: 'apps' },
  });
});

test.each([
  ['line ends of Windows', 'a=1\r\nb=2\r\n'],
  ['a byte order mark', '\ufeffa=1\n'],
  ['no line end at the end', 'a=1'],
  ['several line ends at the end', 'a=1\n\n\n'],
  ['spaces at the ends of lines', '  a = 1  \n\tb\t\n'],
  ['what YAML has a meaning for', '# a: b\n---\n- {}\n... \n'],
  ['what Flux would substitute', 'a=${A}\n'],
  ['letters outside of ASCII', 'größe=日本👩‍👩‍👧\n'],
  ['control characters', 'a\u0001b\u001b[0m\n'],
  ['nothing', ''],
])('a file with %s keeps its bytes', (_what, text) => {
  expect(configMap({ files: { f: file(text) } }).data).toEqual({ f: text });
});

test.each([
  ['bytes that are no UTF-8', Uint8Array.of(0x61, 0xff, 0xfe)],
  ['UTF-16', Uint8Array.of(0xff, 0xfe, 0x61, 0x00)],
  ['a zero byte', Uint8Array.of(0x61, 0x00, 0x62)],
  ['a surrogate', Uint8Array.of(0xed, 0xa0, 0x80)],
])('a file with %s is binary data', (_what, bytes) => {
  const { data, binaryData } = configMap({ files: { f: file(bytes) } });
  expect(data).toBeUndefined();
  expect(binaryData).toEqual({ f: Buffer.from(bytes).toString('base64') });
});

test('any bytes come back as they were, as text or as binary data', () => {
  const path = file('');
  fc.assert(
    fc.property(
      fc.oneof(
        fc.uint8Array(),
        fc.string({ unit: 'binary' }).map((s) => Buffer.from(s)),
      ),
      (bytes) => {
        writeFileSync(path, bytes);
        const { data, binaryData } = configMap({ files: { f: path } });
        const back = data ? Buffer.from(data['f']!, 'utf8') : Buffer.from(binaryData!['f']!, 'base64');
        expect(back.equals(Buffer.from(bytes))).toBe(true);
      },
    ),
    { seed: 3, numRuns: 100 },
  );
});

test('a file may be named by a URL', () => {
  expect(configMap({ files: { f: pathToFileURL(file('text')) } }).data).toEqual({ f: 'text' });
});

test('a key that JavaScript has a meaning for is a key like others', () => {
  const files: Record<string, string> = Object.fromEntries([
    ['constructor', file('a')],
    ['toString', file('b')],
  ]);
  expect(configMap({ files }).data).toEqual({ constructor: 'a', toString: 'b' });
});

test('one that others make is declared with the keys that are read, and never emitted', () => {
  expect(ConfigMap.fromName('theirs')).toEqual({ kind: 'ConfigMap', name: 'theirs' });
  expect(ConfigMap.fromName('theirs', ['a'])).toEqual({ kind: 'ConfigMap', name: 'theirs', keys: ['a'] });
  const cluster = testCluster({ exists: [{ ...ConfigMap.fromName('theirs', ['a']), namespace: 'apps' }] });
  expect(parse(filesOf(cluster)['flux-fleet.yaml']!)).toMatchObject({
    exists: [{ kind: 'ConfigMap', namespace: 'apps', name: 'theirs', keys: ['a'] }],
  });
});

test('refuses a key that has both data and a file', () => {
  const props = { data: { a: '1', b: '2' }, files: { b: file('3') } };
  expect(errorOf(() => configMap(props))).toMatchInlineSnapshot(`
   "the key "b" has both data and a file [duplicate-key]
     construct test/layer/settings
     at        test/kubernetes/config-map.test.ts:<line>, called from test/kubernetes/config-map.test.ts:<line>"
  `);
});

test('fails when a file is not there, and names the key', () => {
  const path = join(tempDir(), 'missing');
  expect(findingsOf(() => configMap({ files: { 'app.properties': path } }))).toMatchObject([
    { rule: 'file-unreadable', what: expect.stringContaining('"app.properties"'), where: { file: path } },
  ]);
});

test('refuses a value that is no text', () => {
  const data = { replicas: 2 } as unknown as Record<string, string>;
  expect(findingsOf(() => configMap({ data }))).toMatchObject([
    {
      rule: 'invalid-field',
      what: 'data.replicas of ConfigMap "apps/settings" is not what its kind takes: the API server refuses it',
    },
  ]);
});

test('refuses to stand in no namespace', () => {
  const cluster = testCluster();
  new ConfigMap(new Layer(cluster, 'layer'), 'settings');
  expect(findingsOf(() => filesOf(cluster))).toMatchObject([{ rule: 'object-without-namespace' }]);
});
