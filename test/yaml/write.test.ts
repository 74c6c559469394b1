import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { loadAll } from 'js-yaml';
import { isAlias, parseAllDocuments, visit } from 'yaml';
import { parseDocuments } from '../../lib/yaml/read.js';
import type { JsonObject, JsonValue } from '../../lib/yaml/normalize.js';
import { toYaml } from '../../lib/yaml/write.js';
import { object } from './documents.js';

// FAST_CHECK_SEED=$RANDOM FAST_CHECK_RUNS=50000 npx jest test/yaml
const seed = Number(process.env['FAST_CHECK_SEED'] ?? 20_251_121);
const numRuns = Number(process.env['FAST_CHECK_RUNS'] ?? 2000);

// ---- Readers ---------------------------------------------------------------------------------------------------

function readYaml(version: '1.1' | '1.2') {
  return (source: string): unknown[] =>
    parseAllDocuments(source, { version, merge: false, logLevel: 'error' }).map((document) => {
      expect([...document.errors, ...document.warnings]).toEqual([]);
      return document.toJS() as unknown;
    });
}

function expectSame(actual: readonly unknown[], expected: readonly unknown[], source: string): void {
  if (isDeepStrictEqual(actual, expected)) return;
  expect({ source, read: actual }).toEqual({ source, read: expected });
  throw new Error(`not strictly equal, although it looks like it:\n${source}`);
}

/** Runs a program in a directory that holds these files. */
function run(command: string, args: readonly string[], files: Record<string, string>): string {
  const directory = mkdtempSync(join(tmpdir(), 'yaml-'));
  try {
    for (const [name, content] of Object.entries(files)) writeFileSync(join(directory, name), content);
    return execFileSync(command, args, { cwd: directory, encoding: 'utf8', maxBuffer: 2 ** 30, stdio: 'pipe' });
  } finally {
    rmSync(directory, { recursive: true });
  }
}

function testIf(command: string, args: readonly string[]): typeof test | typeof test.skip {
  return spawnSync(command, args, { stdio: 'ignore' }).status === 0 ? test : test.skip;
}

/** What kubectl would send to a server; without one, it can change an annotation and print the objects as JSON. */
function readWithKubectl(source: string): JsonObject[] {
  const args = ['annotate', '--local', '-f', 'objects.yaml', 'read=yes', '-o', 'json'];
  const printed = run('kubectl', args, { 'objects.yaml': source });
  return printed.split(/\n(?=\{$)/m).map((json) => {
    const object = JSON.parse(json) as JsonObject & { metadata: JsonObject };
    delete object.metadata['annotations'];
    return object;
  });
}

// Keys that are no strings would become some in JSON, and nobody would see that they were misread.
const PYTHON = `
import json, sys, yaml
def check(x):
    if isinstance(x, dict): return {k if isinstance(k, str) else repr(k): check(v) for k, v in x.items()}
    return [check(v) for v in x] if isinstance(x, list) else x
with open('objects.yaml', 'rb') as f:
    print(json.dumps([check(d) for d in yaml.load_all(f, getattr(yaml, sys.argv[1]))], default=repr))
`;

function readWithPython(loader: string) {
  return (source: string) =>
    JSON.parse(run('python3', ['-c', PYTHON, loader], { 'objects.yaml': source })) as unknown[];
}

// ---- Every reader reads what was written -----------------------------------------------------------------------

test.each([
  ['the yaml library as YAML 1.2', readYaml('1.2')],
  ['the yaml library as YAML 1.1', readYaml('1.1')],
  ['js-yaml', (source: string) => loadAll(source)],
  ['parseDocuments', (source: string) => parseDocuments(source, 'a.yaml').map((document) => document.value)],
])('%s reads back what was written', (_reader, read) => {
  fc.assert(
    fc.property(fc.array(object, { minLength: 1, maxLength: 2 }), (documents) => {
      const source = toYaml(documents);
      expectSame(read(source), documents, source);
    }),
    { seed, numRuns },
  );
});

const withKubectl = testIf('kubectl', ['version', '--client']);
const withPython = testIf('python3', ['-c', 'import yaml']);
const withLibyaml = testIf('python3', ['-c', 'import yaml; yaml.CSafeLoader']);

/** For readers that are started once for many documents. */
function expectToReadBack(read: (source: string) => unknown[], runs: number): void {
  const documents = fc.sample(object, { seed, numRuns: runs });
  const actual = read(toYaml(documents));
  documents.forEach((document, i) => expectSame([actual[i]], [document], toYaml([document])));
  expect(actual).toHaveLength(documents.length);
}

withKubectl('kubectl reads back what was written', () => {
  expectToReadBack(readWithKubectl, Math.ceil(numRuns / 3));
});

withPython('PyYAML reads back what was written', () => {
  expectToReadBack(readWithPython('SafeLoader'), Math.ceil(numRuns / 10));
});

withLibyaml('PyYAML with libyaml reads back what was written', () => {
  expectToReadBack(readWithPython('CSafeLoader'), Math.ceil(numRuns / 3));
});

withKubectl('kubectl kustomize builds the same objects', () => {
  const documents = fc.sample(object, { seed, numRuns: Math.min(Math.ceil(numRuns / 5), 1000) }).map((document, i) => ({
    ...(forKustomize(document) as JsonObject),
    metadata: { name: `o${i}`, namespace: 'a' },
  }));
  const files = { 'objects.yaml': toYaml(documents), 'kustomization.yaml': toYaml([{ resources: ['objects.yaml'] }]) };
  const built = readWithKubectl(run('kubectl', ['kustomize', '.'], files));
  const byName = new Map(built.map((o) => [(o['metadata'] as JsonObject)['name'], o]));
  expect(built).toHaveLength(documents.length);
  for (const document of documents) {
    expectSame([byName.get(document.metadata.name)], [document], toYaml([document]));
  }
});

/**
 * Without what kustomize loses or refuses in any notation: DEL, C1 controls (among them U+0085), two non-characters,
 * U+2028 and U+2029 at the end (after which it forgets the `---`), the key `<<`, and keys of more than 1022 characters.
 */
function forKustomize(value: JsonValue): JsonValue {
  if (typeof value === 'string')
    return value.replaceAll(/[\x7f-\x9f\ufffe\uffff]/g, '').replace(/[\u2028\u2029]+$/, '');
  if (Array.isArray(value)) return value.map(forKustomize);
  if (typeof value !== 'object' || value === null) return value;
  const key = (text: string) => (forKustomize(text) as string).replace(/^(?:k{50,}|<<$)/, 'k');
  return Object.fromEntries(Object.entries(value).map(([k, v]) => [key(k), forKustomize(v)]));
}

test('whatever is written has neither anchors nor tags nor comments, and no characters that cannot be seen', () => {
  fc.assert(
    fc.property(fc.array(object, { minLength: 1, maxLength: 2 }), (documents) => {
      const source = toYaml(documents);
      expect(source).not.toMatch(/[\p{Cs}\u2028\u2029\ufeff\ufffe\uffff]|(?![\t\n])\p{Cc}/u);
      expect(source).toMatch(/^apiVersion: [^]*[^\n]\n+$/);
      expect(source.match(/^---$/gm) ?? []).toHaveLength(documents.length - 1);
      for (const document of parseAllDocuments(source)) {
        visit(document, {
          Node: (_key, node) => {
            if (isAlias(node) || (node.anchor ?? node.tag ?? node.comment ?? node.commentBefore) != null)
              throw new Error(source);
          },
        });
      }
    }),
    { seed, numRuns: Math.ceil(numRuns / 10) },
  );
});

// ---- What it looks like ----------------------------------------------------------------------------------------

test('documents are joined by ---, without a marker at the start or the end', () => {
  expect(toYaml([{ a: 1 }, { b: [] }, {}])).toBe('a: 1\n---\nb: []\n---\n{}\n');
});

test('no documents are no text', () => {
  expect(toYaml([])).toBe('');
});

test('lists are indented below their key, by two spaces', () => {
  expect(toYaml([{ a: [{ b: [1, [2, null]], c: true }] }])).toBe(
    'a:\n  - b:\n      - 1\n      - - 2\n        - null\n    c: true\n',
  );
});

test('an object that occurs twice is written twice', () => {
  const shared = { x: [1] };
  expect(toYaml([{ a: shared, b: shared }])).toBe('a:\n  x:\n    - 1\nb:\n  x:\n    - 1\n');
});

test('long text is not folded', () => {
  const long = 'word '.repeat(100) + 'end';
  expect(toYaml([{ a: long, b: `${long}'` }])).toBe(`a: ${long}\nb: "${long}'"\n`);
});

const style = (value: JsonValue): string => toYaml([{ a: value }]).slice('a: '.length, -1);

test.each([
  ...[
    'a',
    'apps/v1',
    './staging',
    '../b',
    '/var/run',
    '_a',
    'ssh://git@github.com/acme/fleet',
    'ghcr.io/a/b:v1.2',
    'v1.14.4',
  ],
  ...[
    'https://example.com:80/?a=b&c#d',
    'Some words, and (more) of them; as usual!',
    'a=$(B)',
    'x*',
    'nope',
    'yesterday',
  ],
  ...['5m', '10m0s', '1h30m', '500ms', '0s', 'kubernetes.io/metadata.name', 'system:serviceaccount:a:b', 'a  b', 'a#b'],
])('%s is written without quotes', (value) => {
  expect(style(value)).toBe(value);
});

test.each([
  ...[
    '',
    ' ',
    ' a',
    'a ',
    'a:',
    'a: b',
    'a #b',
    '-',
    '- a',
    '---',
    '...',
    '.',
    '..',
    '~',
    '=',
    '<<',
    '?',
    '*',
    '*a',
    '&a',
    '!a',
  ],
  ...[
    'y',
    'N',
    'yes',
    'No',
    'ON',
    'off',
    'True',
    'FALSE',
    'null',
    'Null',
    '.inf',
    '.NaN',
    '>=1.0',
    '@a',
    '%a',
    '`a`',
    '#a',
  ],
  ...['{a}', '[a]', 'a[b]', "it's", 'e1', 'E+10', 'ä', '日本', '${VAR}', '{{ x }}'],
  ...[
    '0',
    '1',
    '-1',
    '+1',
    '0644',
    '0o14',
    '0x1F',
    '0b1',
    '1e3',
    '1.5',
    '.5',
    '1_000',
    '12:30',
    '2001-01-01',
    '1.14.4',
    '1Gi',
    '5d',
  ],
])('%j is written in quotes', (value) => {
  expect(style(value)).toBe(`"${value}"`);
});

test('keys are written like values', () => {
  expect(toYaml([{ on: 1, y: 2, '8080': 3, 'a b': 4, '': 5, 'a: b': 6 }])).toBe(
    '"8080": 3\n"on": 1\n"y": 2\na b: 4\n"": 5\n"a: b": 6\n',
  );
});

test('__proto__ is a key like any other', () => {
  expect(toYaml([JSON.parse('{"__proto__": {"__proto__": 1}}')])).toBe('__proto__:\n  __proto__: 1\n');
});

test('a key of more than 1024 characters is written as an explicit one', () => {
  const key = 'k'.repeat(1025);
  expect(toYaml([{ [key]: [1] }])).toBe(`? ${key}\n: - 1\n`);
});

test('single quotes save escapes', () => {
  expect(style('{"a": 1}')).toBe(`'{"a": 1}'`);
  expect(style('^v\\d+$')).toBe(`'^v\\d+$'`);
  expect(style(`"it's"`)).toBe(`"\\"it's\\""`);
  expect(style('"a\tb"')).toBe('"\\"a\\tb\\""');
});

test('control characters, line breaks of YAML 1.1 and non-characters are escaped', () => {
  expect(style('\0\x07\b\t\v\f\r\x1b\x7f\x80\x85\x9f')).toBe(
    '"\\u0000\\u0007\\b\\t\\u000b\\f\\r\\u001b\\u007f\\u0080\\u0085\\u009f"',
  );
  expect(style('\u2028\u2029\ufeff\ufdd0\uffff\u{1fffe}\u{10ffff}')).toBe(
    '"\\u2028\\u2029\\ufeff\\ufdd0\\uffff\\U0001fffe\\U0010ffff"',
  );
});

test('other characters stay as they are', () => {
  expect(style('Grüße, 日本 👩‍👩‍👧\u00a0!')).toBe('"Grüße, 日本 👩‍👩‍👧\u00a0!"');
});

test.each([
  ['a\nb', '|-\n  a\n  b'],
  ['a\nb\n', '|\n  a\n  b'],
  ['a\n\nb\n\n\n', '|+\n  a\n\n  b\n\n'],
  ['{\n  "a": "b"\n}', '|-\n  {\n    "a": "b"\n  }'],
  ['#!/bin/sh\nset -e\n\tcd /a \n', '|\n  #!/bin/sh\n  set -e\n  \tcd /a '],
  ['---\n...\n%a\n', '|\n  ---\n  ...\n  %a'],
  ['  a\nb\n', '|2\n    a\n  b'],
  ['\n\na\n', '|\n\n\n  a'],
  ['\n a', '|2-\n\n   a'],
  ['a\n  \n\t\nb', '|-\n  a\n    \n  \t\n  b'],
  ['Grüße\n👍\n', '|\n  Grüße\n  👍'],
])('the text %j is written as a block', (value, expected) => {
  expect(style(value)).toBe(expected);
});

test.each([
  '\n',
  '\n\n',
  'a\n ',
  'a\n\t\n',
  '\ta\nb',
  ' \ta\nb',
  '\n\ta\n',
  'a\r\nb\r\n',
  'a\nb\0',
  'a\n\u0085b',
  'a\n\u2028b',
  'a\n\ufeffb',
])('the text %j would not survive as a block in all readers, and is written in quotes', (value) => {
  expect(style(value)).toMatch(/^"[^\n]*"$/);
});

test('blocks in lists and below long keys are indented below their place', () => {
  const key = 'k'.repeat(1025);
  expect(toYaml([{ a: ['x\n', ['y\n']], [key]: 'z\n' }])).toBe(
    `a:\n  - |\n    x\n  - - |\n      y\n? ${key}\n: |\n  z\n`,
  );
});

test.each([
  [0, '0'],
  [-0, '0'],
  [-12, '-12'],
  [0.1, '0.1'],
  [100, '100'],
  [0.000001, '0.000001'],
  [Number.MAX_SAFE_INTEGER, '9007199254740991'],
  [Number.MIN_SAFE_INTEGER, '-9007199254740991'],
  [2 ** 53, '9.007199254740992e+15'],
  [1e20, '1.0e+20'],
  [-1e21, '-1.0e+21'],
  [1.5e300, '1.5e+300'],
  [1e-7, '1.0e-7'],
  [1.25e-7, '1.25e-7'],
])('the number %d is written so that YAML 1.1 reads it, too', (value, expected) => {
  expect(style(value)).toBe(expected);
});

test.each([NaN, Infinity, -Infinity, 1n])('%p cannot be written', (value) => {
  expect(() => toYaml([{ a: value }])).toThrow(/no such number/);
});

test('lone surrogates cannot be written', () => {
  expect(() => toYaml([{ a: 'x\ud800' }])).toThrow(/lone surrogates/);
  expect(() => toYaml([{ 'x\udc00': 1 }])).toThrow(/lone surrogates/);
});

test('long texts take no longer than their length', () => {
  const texts = [
    'a '.repeat(500_000),
    `a${'\n'.repeat(500_000)} `,
    ' '.repeat(500_000),
    '\n\t'.repeat(500_000),
    '1m'.repeat(500_000),
  ];
  const start = performance.now();
  expectSame(
    parseAllDocuments(toYaml(texts)).map((d) => d.toJS() as unknown),
    texts,
    '',
  );
  expect(performance.now() - start).toBeLessThan(2000);
});

test('marks that turn the direction of text are escaped, so that reviewers see them', () => {
  expect(toYaml([{ image: 'app\u202egpj.exe' }])).toBe('image: "app\\u202egpj.exe"\n');
});
