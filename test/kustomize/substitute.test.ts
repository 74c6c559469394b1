import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  sourceOf,
  substituteExactly,
  substituteObject as substitute,
  variablesFrom,
} from '../../lib/kustomize/substitute.js';
import type { Source, Substituted, Variables } from '../../lib/kustomize/substitute.js';
import type { JsonObject } from '../../lib/yaml/normalize.js';

test('variables become their values', () => {
  const { object } = substituteObject(configMap({ a: 'https://${HOST}/${PATH:=x}' }), { HOST: 'example.com' });
  expect(object.data).toEqual({ a: 'https://example.com/x' });
});

// What Flux itself makes of it: random objects, and what github.com/fluxcd/pkg/kustomize v1.35.4 answered.

interface Recorded {
  readonly spec: JsonObject;
  readonly variables: Readonly<Record<string, string>>;
  readonly result?: JsonObject;
  readonly error?: string;
}

test('objects become what Flux makes of them, and fail where Flux fails', () => {
  const file = join(import.meta.dirname, 'substitute.jsonl');
  const recorded = readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Recorded);
  expect(recorded.length).toBeGreaterThan(200);
  for (const { spec, variables, result } of recorded) {
    const object = { apiVersion: 'example.com/v1', kind: 'Thing', metadata: { name: 'x' }, spec };
    const done = substituteExactly(object, values(variables));
    const fails = done.failures.length + done.undefined.length > 0;
    expect({ spec, variables, result: fails ? undefined : done.object.spec }).toEqual({ spec, variables, result });
  }
});

test('an object without a dollar is the very same', () => {
  const text = fc.string().map((s) => s.replaceAll('$', ''));
  fc.assert(
    fc.property(fc.dictionary(text, fc.oneof(text, fc.integer(), fc.boolean(), fc.constant(null))), (data) => {
      const object = configMap(data);
      expect(substituteObject(object, { A: '1' }).object).toBe(object);
    }),
  );
});

test('escaped text is what was escaped, whatever it is', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      const { object, failures } = substituteObject(configMap({ a: `x${text.replaceAll('$', '$$$$')}$$` }), { A: '1' });
      expect(failures).toEqual([]);
      expect(object.data).toEqual({ a: `x${text}$` });
    }),
  );
});

// Types

test('text stays text where the kind wants text, and it is told what Flux reads', () => {
  const object = configMap({ port: '${PORT}', none: '${NONE}' });
  const done = substituteObject(object, { PORT: '8080', NONE: '' });
  expect(done.object.data).toEqual({ port: '8080', none: '' });
  expect(done.spoiled).toMatchObject([
    { field: ['data', 'port'], given: '${PORT}', text: '8080', value: 8080 },
    { field: ['data', 'none'], value: null },
  ]);
});

test('elsewhere it is what Flux reads', () => {
  const service = {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'a' },
    spec: { ports: [{ port: '${PORT}', name: 'p${PORT}' }] },
  };
  const { object, spoiled } = substituteObject(service, { PORT: '8080' });
  expect(object.spec).toEqual({ ports: [{ port: 8080, name: 'p8080' }] });
  expect(spoiled).toEqual([]);
});

// What is not known

test('a variable whose value is not known stays, and so does what depends on it', () => {
  const object = configMap({ a: '${SECRET}', b: '${HOST:-${SECRET}}', c: '${SECRET^^}', d: '${HOST}' });
  const done = substituteObject(object, { HOST: 'x', SECRET: undefined });
  expect(done.object.data).toEqual({ a: '${SECRET}', b: 'x', c: '${SECRET^^}', d: 'x' });
  expect(done).toMatchObject({ unknown: true, undefined: [], spoiled: [] });
});

test('where not all variables are known, none is undefined', () => {
  const done = substituteObject(configMap({ a: '${X}' }), { HOST: 'x' }, false);
  expect(done).toMatchObject({ unknown: true, undefined: [] });
});

test('what is not defined is told with its place, and stays', () => {
  const done = substituteObject(configMap({ a: '${HOST}', b: 'x ${Y}${Z:=1}', c: '${Y}' }), { HOST: 'x' });
  expect([...done.places]).toEqual([['Y', ['data', 'b']]]);
  expect(done.object.data).toEqual({ a: 'x', b: 'x ${Y}${Z:=1}', c: '${Y}' });
});

test.each(['labels', 'annotations'])('an object that opts out by its %s is left alone', (field) => {
  const object = {
    ...configMap({ a: '${A}' }),
    metadata: { [field]: { 'kustomize.toolkit.fluxcd.io/substitute': 'disabled' } },
  };
  expect(substituteObject(object, { A: '1' }).object).toBe(object);
});

// Where variables come from

test('later sources win, and what is written out wins over all', () => {
  const sources = { one: { A: '1', B: '1', C: '1' }, two: { B: '2', C: '2' } };
  expect(from({ substituteFrom: refs('one', 'two'), substitute: { C: '3' } }, sources)).toEqual({
    values: new Map([
      ['A', '1'],
      ['B', '2'],
      ['C', '3'],
    ]),
    complete: true,
  });
});

test('a source of which nothing is known may define anything, except for what is written out', () => {
  const postBuild = { substituteFrom: refs('one', 'unknown'), substitute: { C: '3' } };
  expect(from(postBuild, { one: { A: '1' } })).toEqual({
    values: new Map([
      ['A', undefined],
      ['C', '3'],
    ]),
    complete: false,
  });
});

test('values are one line, as Flux makes them', () => {
  expect(from({ substitute: { A: 'a\nb\n' } }, {})!.values.get('A')).toBe('ab');
});

test('of a Secret the keys are known, of a ConfigMap the values, unless they are not settled', () => {
  const objects: [string, JsonObject][] = [
    ['Secret', { stringData: { A: '1' }, data: { B: 'Mg==' } }],
    ['ConfigMap', { data: { A: '1', B: '${X}' } }],
    [
      'ConfigMap',
      { data: { A: '1' }, metadata: { annotations: { 'kustomize.toolkit.fluxcd.io/ssa': 'IfNotPresent' } } },
    ],
  ];
  const known = objects.map(([kind, more]) => {
    const metadata = { ...((more.metadata ?? {}) as JsonObject), name: 'facts', namespace: 'flux-system' };
    const layers = [{ target: '', objects: [{ object: { apiVersion: 'v1', kind, ...more, metadata } }] }] as never;
    return [...sourceOf({ layers, exists: [] }, { kind, name: 'facts' }, 'flux-system', '')!];
  });
  expect(known).toEqual([
    [
      ['B', undefined],
      ['A', undefined],
    ],
    [
      ['A', '1'],
      ['B', undefined],
    ],
    [['A', undefined]],
  ]);
});

test.each([
  ['no postBuild', {}, false],
  ['one that defines nothing', { postBuild: {} }, false],
  ['one that always substitutes', { postBuild: { substituteStrategy: 'Always' } }, true],
])('a Kustomization with %s', (_, spec, substitutes) => {
  expect(variablesFrom({ spec }, () => undefined) !== undefined).toBe(substitutes);
});

function substituteObject(
  object: JsonObject,
  variables: Record<string, string | undefined>,
  complete = true,
): Substituted {
  return substitute(object, values(variables, complete));
}

function refs(...names: string[]) {
  return names.map((name) => ({ kind: 'ConfigMap', name }));
}

function from(postBuild: JsonObject, sources: Record<string, Record<string, string>>): Variables | undefined {
  const find = (name: string): Source => (sources[name] ? new Map(Object.entries(sources[name])) : undefined);
  return variablesFrom({ spec: { postBuild } }, (ref) => find(ref.name));
}

function configMap(data: JsonObject): JsonObject {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' }, data };
}

function values(variables: Readonly<Record<string, string | undefined>>, complete = true): Variables {
  const all = Object.entries(variables).map(([k, v]) => [k, v?.replaceAll('\n', '')] as const);
  return { values: new Map(all), complete };
}
