import { join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from '@jest/globals';
import { HelmRelease, Source, mergeValues, overrideValues, valuesFromFile } from 'cdk8s-flux-fleet';
import type { HelmValues } from 'cdk8s-flux-fleet';
import fc from 'fast-check';
import { findingsOf } from '../support/fleet.js';
import { tempDir, writeFiles } from '../support/temp-dir.js';
import { errorOf, specOf } from './objects.js';

/** A values file of a directory of its own. */
function file(text: string): string {
  const directory = tempDir();
  writeFiles(directory, { 'values.yaml': text });
  return join(directory, 'values.yaml');
}

test('maps merge key by key, and the later one wins', () => {
  expect(
    mergeValues(
      { image: { repository: 'app', tag: 'v1' }, replicas: 1 },
      { image: { tag: 'v2' }, service: { port: 80 } },
      { image: { tag: 'v3' } },
    ),
  ).toEqual({ image: { repository: 'app', tag: 'v3' }, replicas: 1, service: { port: 80 } });
});

test('lists are replaced, not joined', () => {
  expect(mergeValues({ hosts: ['a', 'b'] }, { hosts: ['c'] })).toEqual({ hosts: ['c'] });
  expect(mergeValues({ env: [{ name: 'A', value: '1' }] }, { env: [{ name: 'A' }] })).toEqual({ env: [{ name: 'A' }] });
});

test('a null stays: to Helm it means that a default of the chart is deleted', () => {
  expect(mergeValues({ probe: { httpGet: { path: '/' } } }, { probe: { httpGet: null, exec: {} } })).toEqual({
    probe: { httpGet: null, exec: {} },
  });
  expect(mergeValues({ probe: null }, {})).toEqual({ probe: null });
  expect(mergeValues({ probe: null }, { probe: { exec: {} } })).toEqual({ probe: { exec: {} } });
});

test('a value that is undefined is one that nobody said', () => {
  const props: { replicas?: number } = {};
  expect(mergeValues({ replicas: 2 }, { replicas: props.replicas })).toEqual({ replicas: 2 });
  expect(mergeValues({ a: { b: 1 } }, { a: { b: undefined, c: undefined } })).toStrictEqual({ a: { b: 1 } });
});

test('a map and something else replace each other', () => {
  expect(mergeValues({ a: { b: 1 } }, { a: 'text' })).toEqual({ a: 'text' });
  expect(mergeValues({ a: 'text' }, { a: { b: 1 } })).toEqual({ a: { b: 1 } });
  expect(mergeValues({ a: [1] }, { a: { b: 1 } })).toEqual({ a: { b: 1 } });
});

test('nothing merges to nothing, and one to itself', () => {
  expect(mergeValues()).toEqual({});
  expect(mergeValues({ a: { b: [1] } })).toEqual({ a: { b: [1] } });
});

test('a key that JavaScript has a meaning for is a key like others', () => {
  const hostile = JSON.parse(
    '{"__proto__": {"polluted": true}, "constructor": {"prototype": {"polluted": true}}}',
  ) as HelmValues;
  const merged = mergeValues({ a: 1 }, hostile, { toString: { b: 2 } });
  expect(JSON.parse(JSON.stringify(merged))).toEqual(
    JSON.parse(
      '{"a": 1, "__proto__": {"polluted": true}, "constructor": {"prototype": {"polluted": true}}, "toString": {"b": 2}}',
    ),
  );
  expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  expect((merged as Record<string, unknown>)['polluted']).toBeUndefined();
});

const key = fc.constantFrom('a', 'b', 'c', '__proto__', 'constructor');
const values = fc.letrec((tie) => ({
  map: fc
    .uniqueArray(fc.tuple(key, tie('value')), { selector: ([k]) => k, maxLength: 4 })
    .map((entries) => Object.fromEntries(entries) as HelmValues),
  value: fc.oneof(
    { maxDepth: 3 },
    fc.integer(),
    fc.constant(null),
    fc.array(fc.integer(), { maxLength: 2 }),
    tie('map'),
  ),
})).map;

/** What Helm's documentation says of merging, word for word and slowly: the value at every path, last one that says it. */
function expected(base: unknown, over: unknown): unknown {
  const isMap = (x: unknown): x is object => typeof x === 'object' && x !== null && !Array.isArray(x);
  if (!isMap(base) || !isMap(over)) return over;
  const keys = new Set([...Object.keys(base), ...Object.keys(over)]);
  const at = (map: object, k: string): unknown => Object.getOwnPropertyDescriptor(map, k)?.value as unknown;
  return Object.fromEntries(
    [...keys].map((k) => [k, Object.hasOwn(over, k) ? expected(at(base, k), at(over, k)) : at(base, k)]),
  );
}

test('any two layers merge as Helm merges them, and are left as they were', () => {
  fc.assert(
    fc.property(values, values, (base, over) => {
      const before = JSON.stringify([base, over]);
      expect(JSON.stringify(mergeValues(base, over))).toBe(JSON.stringify(expected(base, over)));
      expect(JSON.stringify([base, over])).toBe(before);
    }),
    { seed: 1, numRuns: 500 },
  );
});

test('merging in two steps is merging at once', () => {
  fc.assert(
    fc.property(values, values, values, (a, b, c) => {
      expect(JSON.stringify(mergeValues(mergeValues(a, b), c))).toBe(JSON.stringify(mergeValues(a, b, c)));
    }),
    { seed: 2, numRuns: 300 },
  );
});

test('the values that were merged reach the YAML with their nulls', () => {
  const base = { probe: { httpGet: { path: '/' } }, resources: { limits: { cpu: '1' } } };
  const release = specOf(
    (layer) =>
      new HelmRelease(layer, 'app', {
        namespace: 'apps',
        chart: { chart: 'app', source: Source.fromName('HelmRepository', 'charts') },
        values: mergeValues(base, { probe: { httpGet: null }, resources: { limits: null } }),
      }),
  );
  expect(release['values']).toEqual({ probe: { httpGet: null }, resources: { limits: null } });
});

test.each([[null], ['text'], [['a']], [1]])('refuses to merge %j, which is no map', (layer) => {
  expect(findingsOf(() => mergeValues({ a: 1 }, layer as unknown as HelmValues))).toMatchObject([
    { rule: 'values-not-a-map', given: JSON.stringify(layer) },
  ]);
});

test('refuses to merge undefined, and names the line', () => {
  expect(errorOf(() => mergeValues({ a: 1 }, undefined as unknown as HelmValues))).toMatchInlineSnapshot(`
   "Helm values are no map [values-not-a-map]
     given     nothing
     at        test/flux/helm-values.test.ts:<line>, called from test/flux/helm-values.test.ts:<line>"
  `);
});

test('values of a file keep what YAML says: nulls, words and numbers', () => {
  expect(valuesFromFile(file('probe: null\nenabled: on\nport: 80\nversion: "1.10"\nlist: [a]\n'))).toEqual({
    probe: null,
    enabled: 'on',
    port: 80,
    version: '1.10',
    list: ['a'],
  });
});

test('a file may be named by a URL or by a path relative to the working directory', () => {
  const path = file('a: 1\n');
  expect(valuesFromFile(pathToFileURL(path))).toEqual({ a: 1 });
  expect(valuesFromFile(relative(process.cwd(), path))).toEqual({ a: 1 });
});

test('fails when the file is not there, and names it', () => {
  const path = join(tempDir(), 'missing.yaml');
  expect(findingsOf(() => valuesFromFile(path))).toMatchObject([
    { rule: 'file-unreadable', given: expect.stringContaining('it is not there'), where: { file: path } },
  ]);
});

test('fails when the file is no YAML, and names the line', () => {
  const path = file('a: 1\nb: [\n');
  expect(findingsOf(() => valuesFromFile(path))).toMatchObject([
    { rule: 'yaml-syntax', where: { file: expect.stringMatching(/values\.yaml:\d+:\d+$/) } },
  ]);
});

test.each([
  ['a list', '- a\n'],
  ['a text', 'hello\n'],
  ['empty', '# nothing\n'],
  ['two documents', 'a: 1\n---\nb: 2\n'],
])('fails when the file is %s and not one map', (_what, text) => {
  expect(findingsOf(() => valuesFromFile(file(text)))).toMatchObject([{ rule: 'yaml-not-a-map' }]);
});

test('changes over a chart’s own values change what the chart has', () => {
  const chart = { replicaCount: 1, image: { repository: 'web', tag: '1.0.0' }, resources: {}, nodeSelector: null };
  const changes = { image: { tag: '1.1.0' }, resources: { limits: { cpu: '1' } }, nodeSelector: { zone: 'a' } };
  expect(overrideValues(chart, changes)).toEqual(mergeValues(chart, changes));
});

test('a key that the chart does not have is told with its place and with what was meant', () => {
  const chart = { image: { repository: 'web', tag: '1.0.0' } };
  expect(errorOf(() => overrideValues(chart, { image: { tga: '1.1.0' } }))).toMatchInlineSnapshot(`
   "the chart has no value "image.tga" [values-unknown-key]
     expected  repository, tag
     given     tga
     at        test/flux/helm-values.test.ts:<line>, called from test/flux/helm-values.test.ts:<line>
     fix       write "tag""
  `);
});
