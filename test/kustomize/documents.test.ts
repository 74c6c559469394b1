import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { LineFinder, readDocuments } from '../../lib/kustomize/documents.js';
import { toYaml } from '../../lib/yaml/write.js';

const valuesOf = (text: string) => readDocuments(text).documents.map((d) => d.value);

test('the documents of a file', () => {
  expect(valuesOf('a: 1\n---\nb: two\n')).toEqual([{ a: 1 }, { b: 'two' }]);
});

test('empty documents and comments are none', () => {
  expect(valuesOf('# only\n---\n---\n# this\n---\na: 1\n---\n')).toEqual([{ a: 1 }]);
  expect(valuesOf('')).toEqual([]);
});

test('scalars are what Kubernetes reads: octal numbers, words for switches, dates as text', () => {
  const text =
    'mode: 0644\nnew: 0o644\non: on\nyes: yes\ntrue: TRUE\ndate: 2024-01-01\ntime: 12:30:00\nnone: ~\nv: 1.10\n';
  expect(valuesOf(text)).toEqual([
    { mode: 420, new: 420, on: 'on', yes: 'yes', true: true, date: '2024-01-01', time: '12:30:00', none: null, v: 1.1 },
  ]);
});

test('anchors and merge keys are resolved', () => {
  expect(valuesOf('a: &a {x: 1}\nb:\n  <<: *a\n  y: 2\n')).toEqual([{ a: { x: 1 }, b: { x: 1, y: 2 } }]);
});

test('a document that cannot be read has its line, and the others are read', () => {
  expect(readDocuments('a: 1\n---\nb: [\n---\nc: 3\n')).toEqual({
    documents: [
      { value: { a: 1 }, index: 0 },
      { value: { c: 3 }, index: 2 },
    ],
    problems: [{ line: expect.any(Number), what: expect.any(String) }],
  });
});

test('a key that stands twice is a problem', () => {
  expect(readDocuments('---\na: 1\nb: 2\na: 3\n').problems).toEqual([{ line: 4, what: 'duplicated mapping key' }]);
});

test('a tab in the place of spaces is a problem with its line', () => {
  expect(readDocuments('# note\na: 1\n---\nb:\n\tc: 1\n').problems).toMatchObject([{ line: 5 }]);
});

test('a separator inside of a text separates nothing where it is indented', () => {
  expect(valuesOf('a: |\n  one\n  ---\n  two\n')).toEqual([{ a: 'one\n---\ntwo\n' }]);
});

test('directives and ends of documents are understood', () => {
  expect(valuesOf('%YAML 1.2\n---\na: 1\n...\n---\nb: 2\n')).toEqual([{ a: 1 }, { b: 2 }]);
});

test('a mark for the order of bytes is no content', () => {
  expect(valuesOf('\uFEFFa: 1\n')).toEqual([{ a: 1 }]);
});

test('what this library writes is read as it was', () => {
  const json = fc.jsonValue({ maxDepth: 3, noUnicodeString: false });
  const map = fc.dictionary(fc.string({ minLength: 1, maxLength: 5 }), json, { maxKeys: 4 });
  fc.assert(
    fc.property(fc.array(map, { minLength: 1, maxLength: 4 }), (objects) => {
      const plain = JSON.parse(
        JSON.stringify(objects).replaceAll('__proto__', 'proto').replaceAll('-0', '0'),
      ) as never[];
      expect(readDocuments(toYaml(plain))).toEqual({
        documents: plain.map((value, index) => ({ value, index })),
        problems: [],
      });
    }),
    { numRuns: 200 },
  );
});

const TEXT = `# comment
kind: A
---
# another
kind: List
items:
  - kind: B
    spec:
      list:
        - one
        - two
      "quoted": 1
`;

test.each([
  [0, [], [], 2],
  [0, [], ['kind'], 2],
  [0, [], ['spec'], 2],
  [1, ['items', 0], [], 7],
  [1, ['items', 0], ['spec', 'list'], 9],
  [1, ['items', 0], ['spec', 'list', 1], 11],
  [1, ['items', 0], ['spec', 'quoted'], 12],
  [1, ['items', 0], ['spec', 'list', 5], 7],
  [2, [], [], undefined],
])('lines: document %j, object %j, field %j is on line %j', (index, within, field, line) => {
  expect(new LineFinder(TEXT).lineOf(index, within, field)).toBe(line);
});

test('documents have the same numbers for their lines as for their content', () => {
  const text = '# before\n---\na: 1\n---\n---\nb: 2\n--- # c\nc: 3\n';
  const finder = new LineFinder(text);
  const lines = readDocuments(text).documents.map((d) => finder.lineOf(d.index, [], []));
  expect(lines).toEqual([3, 6, 8]);
});

test('aliases that grow without measure are refused, as Kubernetes does', () => {
  const lines = Array.from(
    { length: 12 },
    (_, i) =>
      `a${i}: &a${i} [${Array(9)
        .fill(i === 0 ? 'x' : `*a${i - 1}`)
        .join(',')}]`,
  );
  expect(readDocuments(lines.join('\n'))).toEqual({
    documents: [],
    problems: [{ line: 1, what: 'the document contains excessive aliasing' }],
  });
});

test('an anchor does not contain itself', () => {
  expect(readDocuments('a: &a\n  b: *a\n').problems).toEqual([{ line: 1, what: 'an anchor contains itself' }]);
});

test('aliases that people write are read', () => {
  expect(readDocuments('a: &a {b: 1}\nc: *a\nd: {<<: *a}\n').documents).toEqual([
    { value: { a: { b: 1 }, c: { b: 1 }, d: { b: 1 } }, index: 0 },
  ]);
});
