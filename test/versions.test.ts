import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from '@jest/globals';
import { Versions } from 'cdk8s-flux-fleet';
import fc from 'fast-check';
import { errorOf } from './flux/objects.js';
import { findingsOf } from './support/fleet.js';
import { tempDir } from './support/temp-dir.js';

const MARKER = '# {"$imagepolicy": "flux-system:kyverno:tag"}';

/** Reads a file with this text. */
function versions(text: string, name = 'versions.yaml'): Versions {
  const file = join(tempDir(), name);
  writeFileSync(file, text);
  return Versions.fromFile(file);
}

/** What is wrong with a file of this text: `<rule> <line>: <what>; <given>`. */
function problems(text: string, name?: string): string[] {
  return findingsOf(() => versions(text, name)).map(({ rule, where, what, given }) => {
    const line = /:(\d+)$/.exec(where?.file ?? '')?.[1];
    return `${rule} ${line ?? '-'}: ${what}; ${given}`;
  });
}

test('gives each version as it stands in the file, never as a number', () => {
  const v = versions(`
minor: 3.10
year: 2024-01-01
exponent: 1e3
octal: 010
hex: 0x1F
word: true
underscore: 1_000
double: "1.20"
single: '1.20'
nothing: "null"
long: ghcr.io/acme/app:v1@sha256:0123
below:
  1.30
block: |-
  1.40
tag: !!str 1.50
__proto__: 1.60
`);
  expect(v.get('minor')).toBe('3.10');
  expect(v.get('year')).toBe('2024-01-01');
  expect(v.get('exponent')).toBe('1e3');
  expect(v.get('octal')).toBe('010');
  expect(v.get('hex')).toBe('0x1F');
  expect(v.get('word')).toBe('true');
  expect(v.get('underscore')).toBe('1_000');
  expect(v.get('double')).toBe('1.20');
  expect(v.get('single')).toBe('1.20');
  expect(v.get('nothing')).toBe('null');
  expect(v.get('long')).toBe('ghcr.io/acme/app:v1@sha256:0123');
  expect(v.get('below')).toBe('1.30');
  expect(v.get('block')).toBe('1.40');
  expect(v.get('tag')).toBe('1.50');
  expect(v.get('__proto__')).toBe('1.60');
});

test('gives back any version, in any style that YAML has for a text', () => {
  const name = fc.stringMatching(/^[a-zA-Z_][-\w.]{0,20}$/).filter((n) => !/^(apiVersion|kind|metadata)$/.test(n));
  const version = fc.oneof(
    fc.stringMatching(/^[\w][-\w.+]{0,40}$/),
    fc.tuple(fc.nat(99), fc.nat(99)).map(([a, b]) => `${a}.${b}`),
    fc.constantFrom(
      '1e3',
      '0x1F',
      '010',
      '1_000',
      'true',
      'yes',
      '2024-01-01',
      '12:30:45',
      '.inf',
      '1.',
      '-1',
      '"',
      "'",
    ),
  );
  const style = fc.constantFrom(
    (v: string) => (/^[-"'.]|^(null|Null|NULL|~)$/.test(v) ? JSON.stringify(v) : v),
    (v: string) => JSON.stringify(v),
    (v: string) => `'${v.replaceAll("'", "''")}'`,
    (v: string) => `|-\n  ${v}`,
    (v: string) => `>-\n    ${v}`,
    (v: string) => `\n  ${JSON.stringify(v)}`,
  );
  const comment = fc.constantFrom('', ' # a comment', '\n# {not: a marker}', '\n');
  const entry = fc.tuple(version, style, comment);
  const directory = tempDir();
  fc.assert(
    fc.property(fc.dictionary(name, entry), fc.boolean(), (entries, crlf) => {
      fc.pre(Object.keys(entries).length > 0);
      const lines = Object.entries(entries).map(([n, [v, write, c]]) => {
        const text = write(v);
        const behind = c.startsWith(' ') && /^[|>]/.test(text) ? '' : c;
        return `${n}: ${text}${behind}\n`;
      });
      const file = join(directory, 'versions.yaml');
      writeFileSync(file, crlf ? lines.join('').replaceAll('\n', '\r\n') : lines.join(''));
      const read = Versions.fromFile(file);
      for (const [n, [v]] of Object.entries(entries)) expect(read.get(n)).toBe(v);
    }),
  );
});

// What image-automation-controller 1.2 leaves of 3.4, "3.4", 3.4.0, 4, 2024-01-01 and true after a new version.
test('reads what the controller has written', () => {
  const written = ['!!float 3.5.1', '"3.5.1"', '"3.10"', '!!int 4.1.0', '!!timestamp v2', '!!bool 1.0.0'];
  const v = versions(written.map((text, i) => `v${i}: ${text} ${MARKER}\n`).join(''));
  expect(written.map((_, i) => v.get(`v${i}`))).toEqual(['3.5.1', '3.5.1', '3.10', '4.1.0', 'v2', '1.0.0']);
  expect(v.markers.map((m) => m.line)).toEqual([1, 2, 3, 4, 5, 6]);
});

test('tells what the markers name', () => {
  const { markers } = versions(`# Versions, edited by a bot

kyverno: 3.4.0 ${MARKER}
image: ghcr.io/acme/app:1.0.0 # {"$imagepolicy": "apps:app"}
name: ghcr.io/acme/app # {"$imagepolicy": "apps:app:name"}
digest:
  "sha256:0123" ## {"$imagepolicy":"apps:app.eu:digest", "note": "text"}
pinned: 1.0.0 # by hand
`);
  expect(markers).toEqual([
    { version: 'kyverno', namespace: 'flux-system', policy: 'kyverno', field: 'tag', line: 3 },
    { version: 'image', namespace: 'apps', policy: 'app', field: undefined, line: 4 },
    { version: 'name', namespace: 'apps', policy: 'app', field: 'name', line: 5 },
    { version: 'digest', namespace: 'apps', policy: 'app.eu', field: 'digest', line: 7 },
  ]);
});

test('reads a file relative to the module, with and without a byte order mark', () => {
  const file = join(tempDir(), 'versions.yml');
  writeFileSync(file, `\ufeffkyverno: 3.4.0 ${MARKER}\n`);
  const v = Versions.fromFile(pathToFileURL(file));
  expect(v.file).toBe(file);
  expect(v.get('kyverno')).toBe('3.4.0');
  expect(v.markers.map((m) => m.line)).toEqual([1]);
});

test('takes comments for comments', () => {
  const text = `
# A marker such as {"$imagepolicy": "flux-system:kyverno:tag"} stands behind a version.
# old: 1.0.0 ${MARKER}
# {braces}
a: "1.0.0#${MARKER.replaceAll('"', '').replaceAll(' ', '')}"
b: |-
  #{"$imagepolicy":"a:b"}
c: 1.0.0 # see {the notes}
`;
  expect(versions(text).markers).toEqual([]);
  expect(versions(text).get('b')).toBe('#{"$imagepolicy":"a:b"}');
});

test('a name that the file lacks is an error at the line of the code that reads it', () => {
  const v = versions('kyverno: 3.4.0\ncert-manager: 1.18.2\n');
  expect(errorOf(() => v.get('kyvrno')).replace(/\S*versions\.yaml/g, 'versions.yaml')).toMatchInlineSnapshot(`
   "versions.yaml has no version "kyvrno" [version-missing]
     expected  kyverno, cert-manager
     given     "kyvrno"
     at        test/versions.test.ts:<line>, called from test/versions.test.ts:<line>
     file      versions.yaml
     fix       did you mean "kyverno"?"
  `);
  expect(findingsOf(() => v.get('podinfo'))).toMatchObject([{ fix: 'add a line "podinfo: <version>" to the file' }]);
  expect(findingsOf(() => v.get('constructor'))).toMatchObject([{ rule: 'version-missing' }]);
});

test('refuses a file that is not there', () => {
  expect(findingsOf(() => Versions.fromFile('no/versions.yaml'))).toMatchObject([
    { rule: 'file-unreadable', what: 'the file of versions cannot be read' },
  ]);
});

test.each([
  ['', 'an empty file'],
  ['# nothing yet\n', 'an empty file'],
  ['---\n', 'nothing'],
  ['{}\n', 'an empty map'],
  ['- a\n', 'a list'],
  ['word\n', 'a text'],
  ['a: 1\n---\nb: 2\n', '2 documents'],
])('refuses a file that is no map: %j', (text, given) => {
  expect(problems(text)).toEqual([`yaml-not-a-map -: the file of versions holds no map; ${given}`]);
});

test('refuses what is no YAML, with the line', () => {
  expect(problems('a: 1.0\nb: [\n')).toEqual([
    expect.stringMatching(/^yaml-syntax 3: the file of versions cannot be read as YAML; /),
  ]);
});

test('refuses a directive, with which the controller cannot read the file', () => {
  expect(problems(`%YAML 1.2\n---\na: 1.0\n`)).toEqual([
    'versions-file 1: image-automation-controller cannot read a file with a directive; %YAML 1.2',
  ]);
});

test('refuses a file whose name the controller passes over', () => {
  expect(problems('a: 1.0\n', 'versions.txt')).toEqual([
    expect.stringMatching(
      /^versions-file -: image-automation-controller does not look into this file; .*versions.txt$/,
    ),
  ]);
});

test('refuses a manifest', () => {
  expect(problems('apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: versions\n')).toEqual([
    'versions-file 1: the file of versions has the key "apiVersion", as manifests have; apiVersion',
    'versions-file 2: the file of versions has the key "kind", as manifests have; kind',
    'versions-file 3: the file of versions has the key "metadata", as manifests have; metadata',
    'version-value 3: the version "metadata" is no version; a map',
  ]);
});

test('tells of every wrong version with its line', () => {
  const text = `ok: &a 1.0
empty:
quoted: ""
null: null
tilde: ~
space: 1.0 beta
folded: 1.0
  beta
newline: |
  1.0
list: [1.0]
map: { a: 1.0 }
alias: *a
ok: 2.0
[a]: 1.0
`;
  expect(problems(text)).toEqual([
    'version-value 2: the version "empty" is no version; nothing',
    'version-value 3: the version "quoted" is no version; nothing',
    'version-value 4: the version "null" is no version; null',
    'version-value 5: the version "tilde" is no version; null',
    'version-value 6: the version "space" is no version; "1.0 beta"',
    'version-value 7: the version "folded" is no version; "1.0 beta"',
    'version-value 9: the version "newline" is no version; "1.0\\n"',
    'version-value 11: the version "list" is no version; a list',
    'version-value 12: the version "map" is no version; a map',
    'version-value 13: the version "alias" is no version; an alias',
    'yaml-duplicate-key 14: the version "ok" stands twice in the file; undefined',
    'yaml-key 15: a name of a version is no text; undefined',
  ]);
});

test.each([
  ['# {"$imagepolicy": "flux-system:kyverno:version"}'],
  ['# {"$imagepolicy": "flux-system/kyverno:tag"}'],
  ['# {"$imagepolicy": "kyverno"}'],
  ['# {"$imagepolicy": "Flux:kyverno:tag"}'],
  ['# {"$imagepolicy": "flux-system:kyverno:tag", "note": 1}'],
  ['# {"$imagepolicy": 1}'],
  ['# {"$imagepolicy": null}'],
  ['# {"$imagePolicy": "flux-system:kyverno:tag"}'],
  ['# {"imagepolicy": "flux-system:kyverno:tag"}'],
  ['# {"\\u0024imagepolicy": "flux-system:kyverno:tag"}'],
  ["# {'$imagepolicy': 'flux-system:kyverno:tag'}"],
  ['# {"$imagepolicy": "flux-system:kyverno:tag"} by the bot'],
  ['# bot: {"$imagepolicy": "flux-system:kyverno:tag"}'],
  ['# # {"$imagepolicy": "flux-system:kyverno:tag"}'],
  ['# $imagepolicy: flux-system:kyverno:tag'],
  ['# {"$imagepolicy": "flux-system:kyverno:tag"'],
])('refuses a marker that the controller would not understand: %s', (marker) => {
  expect(problems(`a: 1.0.0\nkyverno: 3.4.0 ${marker}\n`)).toEqual([
    `version-marker-syntax 2: the marker of the version "kyverno" is none; ${marker}`,
  ]);
});

test.each([
  ['above the version', `${MARKER}\nkyverno: 3.4.0\n`, 1],
  ['below the version', `kyverno: 3.4.0\n${MARKER}\n`, 2],
  ['behind the key', `kyverno: ${MARKER}\n  3.4.0\n`, 1],
  ['between key and version', `kyverno:\n  ${MARKER}\n  3.4.0\n`, 2],
  ['behind the head of a block', `kyverno: |- ${MARKER}\n  3.4.0\n`, 1],
  ['behind a map on one line', `{ kyverno: 3.4.0 } ${MARKER}\n`, 1],
  ['at the start of the document', `--- ${MARKER}\nkyverno: 3.4.0\n`, 1],
])('refuses a marker where the controller does not look: %s', (_, text, line) => {
  expect(problems(text)).toEqual([
    `version-marker-syntax ${line}: image-automation-controller does not see this marker; ${MARKER}`,
  ]);
});

test('a name that is undefined is shown as nothing', () => {
  const file = join(tempDir(), 'versions.yaml');
  writeFileSync(file, 'app: 1.0.0\n');
  expect(findingsOf(() => Versions.fromFile(file).get(undefined as never))).toMatchObject([{ given: 'nothing' }]);
});
