import { execFileSync, spawnSync } from 'node:child_process';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parse } from 'yaml';
import { isFleetError } from '../../lib/finding.js';
import type { Finding } from '../../lib/finding.js';
import { parseDocuments, parseMap } from '../../lib/yaml/read.js';

const seed = Number(process.env['FAST_CHECK_SEED'] ?? 20_251_121);
const numRuns = Number(process.env['FAST_CHECK_RUNS'] ?? 2000);

function read(text: string): unknown {
  const documents = parseDocuments(text, 'a.yaml');
  expect(documents).toHaveLength(1);
  return documents[0]!.value;
}

function findingOf(act: () => unknown): Finding {
  try {
    act();
  } catch (e) {
    if (isFleetError(e)) return e.findings[0]!;
    throw e;
  }
  throw new Error('nothing was thrown');
}

function refused(text: string): Finding {
  return findingOf(() => parseDocuments(text, 'a.yaml'));
}

// ---- Documents -------------------------------------------------------------------------------------------------

test('each document comes with the line where its content begins', () => {
  const text = '# first\n\na: 1\n---\n# second\n- 2\n...\n---\nthree\n';
  expect(parseDocuments(text, 'a.yaml')).toEqual([
    { value: { a: 1 }, line: 3 },
    { value: [2], line: 6 },
    { value: 'three', line: 9 },
  ]);
});

test.each(['', '\n', '# comment\n', '---\n', '---\n---\n# comment\n', 'null\n', '---\n~\n---\n', '\ufeff'])(
  'the text %j holds no document',
  (text) => {
    expect(parseDocuments(text, 'a.yaml')).toEqual([]);
  },
);

test('empty documents between others are left out', () => {
  expect(parseDocuments('---\n---\na: 1\n---\n# nothing\n---\nnull\n---\nb: 2\n', 'a.yaml')).toEqual([
    { value: { a: 1 }, line: 3 },
    { value: { b: 2 }, line: 9 },
  ]);
});

test('lines may end in CRLF', () => {
  expect(read('a: |\r\n  x\r\n  y\r\nb:\r\n  - c\r\n')).toEqual({ a: 'x\ny\n', b: ['c'] });
});

test('JSON is YAML', () => {
  expect(read('{"a": [1, null, true, "\\u0041"], "b": {}}')).toEqual({ a: [1, null, true, 'A'], b: {} });
});

test('keys that JavaScript treats in a special way are data', () => {
  const value = read('__proto__: {a: 1}\nconstructor: 2\ntoString: 3\n');
  expect(Object.entries(value as object)).toEqual([
    ['__proto__', { a: 1 }],
    ['constructor', 2],
    ['toString', 3],
  ]);
  expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
});

// ---- Scalars ---------------------------------------------------------------------------------------------------

test.each([
  'y',
  'n',
  'yes',
  'No',
  'on',
  'OFF',
  '2001-01-01',
  '2001-12-14T21:59:43Z',
  '1_000',
  '12:30:00',
  '0b11',
  '0o',
  '=',
])('the word %s is text, as in YAML 1.2', (word) => {
  expect(read(`a: ${word}`)).toEqual({ a: word });
  expect(read(`${word}: a`)).toEqual({ [word]: 'a' });
});

test.each([
  ['true', true],
  ['FALSE', false],
  ['null', null],
  ['~', null],
  ['', null],
  ['12', 12],
  ['-0', -0],
  ['+1.50', 1.5],
  ['.5', 0.5],
  ['1e3', 1000],
  ['1e300', 1e300],
  ['0o17', 15],
  ['0x1F', 31],
  ['9007199254740991', Number.MAX_SAFE_INTEGER],
  ['! 12', '12'],
  ['!!str 0644', '0644'],
  ['"0644"', '0644'],
  ["'on'", 'on'],
])('the value %s is read as YAML 1.2 says', (text, value) => {
  expect(read(`a: ${text}`)).toEqual({ a: value });
});

test('a key without a value has the value null', () => {
  expect(read('? a\n? b\nc:\n')).toEqual({ a: null, b: null, c: null });
});

test('a leading zero means one number to Kubernetes and another to YAML 1.2, and is refused', () => {
  expect(refused('spec:\n  defaultMode: 0644\n')).toMatchObject({
    rule: 'yaml-ambiguous-number',
    what: '0644 is not the same number to everyone',
    given: '0644: 420 to Kubernetes, 644 to YAML 1.2',
    fix: 'write 420, or "0644" where text is meant',
    where: { file: 'a.yaml:2:16' },
  });
});

test.each(['-0644', '+010', '00000010', '!!int 0644', '!!int "0644"'])('the number %s is refused, too', (text) => {
  expect(refused(`[a, ${text}]`).rule).toBe('yaml-ambiguous-number');
});

test('a leading zero is refused in a key', () => {
  expect(refused('0644: a').rule).toBe('yaml-ambiguous-number');
});

test.each([
  ['0', 0],
  ['00', 0],
  ['007', 7],
  ['0888', 888],
  ['0644.5', 644.5],
  ['0644e1', 6440],
])('the number %s, although it begins with a zero, is the same to everyone', (text, value) => {
  expect(read(text === '0' ? '[0]' : `[${text}]`)).toEqual([value]);
});

test.each(['.nan', '.inf', '-.INF', '1e999', '9007199254740992', '-9007199254740993', '0xFFFFFFFFFFFFFFFF'])(
  'the number %s does not survive, and is refused',
  (text) => {
    expect(refused(`a:\n  - ${text}`)).toMatchObject({
      rule: 'yaml-number',
      given: text,
      fix: `write "${text}" where text is meant`,
      where: { file: 'a.yaml:2:5' },
    });
  },
);

// ---- Keys ------------------------------------------------------------------------------------------------------

test('numbers and booleans as keys become the text that Kubernetes makes of them', () => {
  expect(read('80: a\n-1: b\n1.5: c\ntrue: d\n')).toEqual({ '80': 'a', '-1': 'b', '1.5': 'c', true: 'd' });
});

test.each(['1.10', '1.0', '1234.567', '0x10', '1e3', '+1', '-0', '.5', 'True'])(
  'the key %s would become another text in Kubernetes, and is refused',
  (key) => {
    expect(refused(`a:\n  ${key}: b`)).toMatchObject({
      rule: 'yaml-ambiguous-key',
      fix: `write "${key}" in quotes`,
      where: { file: 'a.yaml:2:3' },
    });
  },
);

test.each(['null: a', '~: a', ': a', '? [a]\n: b', '? {a: b}\n: c', '[{a: b}: c]'])(
  '%j has a key that is no text',
  (text) => {
    expect(refused(text).rule).toBe('yaml-key');
  },
);

test.each(['a: 1\nb: 2\na: 3\n', 'a: 1\nb: 2\n"a": 3\n', '1: a\nb: 2\n"1": b\n'])(
  '%j has a key twice, and is refused',
  (text) => {
    expect(refused(text)).toMatchObject({ rule: 'yaml-duplicate-key', where: { file: 'a.yaml:3:1' } });
  },
);

// ---- Aliases and merge keys ------------------------------------------------------------------------------------

test('an alias is a copy of its own', () => {
  const value = read('a: &x {b: [1]}\nc: *x\nd: *x\n') as Record<'a' | 'c' | 'd', { b: number[] }>;
  expect(value).toEqual({ a: { b: [1] }, c: { b: [1] }, d: { b: [1] } });
  value.c.b.push(2);
  expect(value.a).toEqual({ b: [1] });
  expect(value.d).toEqual({ b: [1] });
});

test('an anchor that is used again means the nearest one before, also where an alias repeats it', () => {
  expect(read('- &x 1\n- &y [*x]\n- &x 2\n- *y\n- *x\n')).toEqual([1, [1], 2, [1], 2]);
});

test('an alias may stand for a key', () => {
  expect(read('- &k foo\n- *k : 1\n')).toEqual(['foo', { foo: 1 }]);
});

test('a merge key adds what the map does not say itself, wherever it stands', () => {
  const text = 'x: &x {a: 1, b: 2}\nbefore: {<<: *x, b: 3}\nafter: {b: 3, <<: *x}\n';
  expect(read(text)).toMatchObject({ before: { a: 1, b: 3 }, after: { a: 1, b: 3 } });
});

test('of several merged maps, the earlier one wins', () => {
  const text = '- &x {a: 1}\n- &y {a: 2, b: 2}\n- {<<: [*x, *y]}\n- {<<: *y, <<: *x}\n- {<<: {a: 3}}\n';
  expect((read(text) as unknown[]).slice(2)).toEqual([{ a: 1, b: 2 }, { a: 2, b: 2 }, { a: 3 }]);
});

test('merged maps are copies', () => {
  const value = read('- &x {a: [1]}\n- {<<: *x}\n') as { a: number[] }[];
  value[0]!.a.push(2);
  expect(value[1]).toEqual({ a: [1] });
});

test.each(['"<<"', "'<<'", '!!str <<'])('%s is an ordinary key', (key) => {
  expect(read(`${key}: {a: 1}`)).toEqual({ '<<': { a: 1 } });
});

test.each(['<<: 1', '<<: [1]', '<<:', 'a: &a [1]\nb: {<<: *a}'])('in %j the merge key has no map', (text) => {
  expect(refused(text)).toMatchObject({ rule: 'yaml-syntax', what: 'the value of the merge key << is no map' });
});

test.each(['a: &a [*a]', 'a: &a {b: [*a]}', 'a: &a {<<: *a}', '&a [&b [*a], *b]'])(
  'in %j an alias stands inside itself',
  (text) => {
    expect(refused(text)).toMatchObject({ rule: 'yaml-syntax', what: '*a stands inside &a' });
  },
);

test.each(['a: *x', 'a: *x\nb: &x 1', '&x a\n---\n*x'])('in %j an alias has no anchor before it', (text) => {
  expect(refused(text)).toMatchObject({ rule: 'yaml-syntax', what: 'there is no anchor &x' });
});

const ten = (alias: string): string => `[${Array<string>(10).fill(alias).join(', ')}]`;
const bombs = (first: string): string[] => [
  `&a0 ${first}`,
  ...Array.from({ length: 9 }, (_, i) => `&a${i + 1} ${ten(`*a${i}`)}`),
];

test.each([
  ['in values', `[${bombs('x').join(', ')}]`],
  ['in merge keys', `<<: [${bombs('[]').join(', ')}]`],
])('aliases that multiply are refused (%s)', (_place, text) => {
  expect(refused(text).rule).toBe('yaml-too-large');
});

test('a thousand aliases of a small map are no harm', () => {
  const text = `- &x {a: 1, b: 2}\n${'- {<<: *x, c: 3}\n- *x\n'.repeat(1000)}`;
  expect(read(text)).toHaveLength(2001);
});

test.each([600, 5000, 100_000])('%d levels of nesting are refused', (n) => {
  expect(refused('['.repeat(n) + ']'.repeat(n))).toMatchObject({
    rule: 'yaml-too-large',
    what: 'the file is nested too deeply',
  });
});

test('nesting that aliases build up is refused', () => {
  const lines = Array.from(
    { length: 20 },
    (_, i) => `- &a${i} ${'['.repeat(50)}${i > 0 ? `*a${i - 1}` : ''}${']'.repeat(50)}`,
  );
  expect(refused(lines.join('\n')).what).toBe('the file is nested too deeply');
});

// ---- What is no YAML -------------------------------------------------------------------------------------------

test('a syntax error shows its place and its line', () => {
  expect(refused('a: 1\nb: c: d\n')).toMatchObject({
    rule: 'yaml-syntax',
    what: 'the file cannot be read as YAML',
    given: 'Nested mappings are not allowed in compact mappings:\nb: c: d\n   ^',
    where: { file: 'a.yaml:2:4', code: expect.stringMatching(/^test\/yaml\/read\.test\.ts:\d+:\d+/) },
  });
});

test.each([
  'a: "b',
  'a:\n\t- b',
  'a: @b',
  'a: ]',
  '- a\nb: c',
  'a: b\nc',
  '%FOO',
  '%FOO\n---\na: 1',
  '%YAML 1.3\n---\na: 1',
])('%j cannot be read as YAML', (text) => {
  expect(refused(text).rule).toBe('yaml-syntax');
});

test('a syntax error in any document is found', () => {
  expect(refused('a: 1\n---\nb: "\n').where?.file).toBe('a.yaml:4:1');
});

test.each(['!foo b', '!!binary aGk=', '!!timestamp 2001-01-01', '!!set {b}', '!!bool yes', '!Ref b'])(
  'the tag of %s has no meaning here, and is refused',
  (text) => {
    expect(refused(`a: ${text}`)).toMatchObject({ rule: 'yaml-syntax', where: { file: 'a.yaml:1:4' } });
  },
);

test('a file that asks for YAML 1.1 is refused', () => {
  expect(refused('%YAML 1.1\n---\na: yes\n')).toMatchObject({ rule: 'yaml-syntax', given: '%YAML 1.1' });
});

test('a file may ask for YAML 1.2', () => {
  expect(parseDocuments('%YAML 1.2\n---\na: yes\n', 'a.yaml')).toEqual([{ value: { a: 'yes' }, line: 3 }]);
});

// ---- One map ---------------------------------------------------------------------------------------------------

test('parseMap gives the one map of a file', () => {
  expect(parseMap('# values\n---\na: {b: null}\n', 'a.yaml')).toEqual({ a: { b: null } });
});

test.each([
  ['', 'an empty file'],
  ['# only a comment\n', 'an empty file'],
  ['- a', 'a list'],
  ['a', 'the string "a"'],
  ['12', 'the number 12'],
  ['a: 1\n---\nb: 1\n', '2 documents'],
])('parseMap refuses %j', (text, given) => {
  expect(findingOf(() => parseMap(text, 'a.yaml'))).toMatchObject({ rule: 'yaml-not-a-map', given });
});

// ---- Kubernetes' own reader ------------------------------------------------------------------------------------

const numberLike = fc.oneof(
  fc.stringMatching(/^[-+]?0[0-9]{0,5}(?:\.[0-9]{0,3})?(?:[eE][-+]?[0-9])?$/),
  fc.stringMatching(/^[-+]?[0-9]{1,17}$/),
  fc.stringMatching(/^[-+]?(?:\.[0-9]{1,3}|[0-9]{1,7}\.?[0-9]{0,5})(?:[eE][-+]?[0-9]{1,2})?$/),
  fc.stringMatching(/^[-+]?0[xob][0-9a-f_]{1,6}$/),
  fc.constantFrom('true', 'false', 'True', 'FALSE'),
);

/** What kubectl makes of each text as a value, or as a key, of its own object. */
function readWithKubectl(lines: readonly string[]): unknown[] {
  const objects = lines.map((line) => `apiVersion: example.com/v1\nkind: Foo\nmetadata: {name: a}\nspec:\n  ${line}\n`);
  const args = ['annotate', '--local', '-f', '-', 'read=yes', '-o', 'json'];
  const stdout = execFileSync('kubectl', args, { input: objects.join('---\n'), encoding: 'utf8', maxBuffer: 2 ** 30 });
  return stdout.split(/\n(?=\{$)/m).map((json) => (JSON.parse(json) as { spec: unknown }).spec);
}

function accepts(text: string): boolean {
  try {
    parseDocuments(text, 'a.yaml');
    return true;
  } catch {
    return false;
  }
}

const withKubectl = spawnSync('kubectl', ['version', '--client'], { stdio: 'ignore' }).status === 0 ? test : test.skip;

withKubectl.each([
  ['value', (text: string) => `a: ${text}`],
  ['key', (text: string) => `${text}: a`],
])('a number or boolean that is accepted as a %s is what Kubernetes reads', (_place, lineOf) => {
  const lines = fc
    .sample(numberLike, { seed, numRuns })
    .filter((text) => typeof parse(text) !== 'string')
    .map(lineOf)
    .filter(accepts);
  expect(lines.length).toBeGreaterThan(numRuns / 10);
  const expected = readWithKubectl(lines);
  expect(lines.map((line) => [line, toJson(read(line))])).toEqual(lines.map((line, i) => [line, expected[i]]));
});

/** JSON knows no -0. */
function toJson(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value)) as unknown;
}
