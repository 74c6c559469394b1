import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { isFleetError } from '../lib/finding.js';
import type { Finding } from '../lib/finding.js';
import { displayPath } from '../lib/display-path.js';
import { readBinaryFile, readTextFile, resolveFile } from '../lib/file.js';

let directory: string;

beforeAll(() => {
  directory = realpathSync(mkdtempSync(join(tmpdir(), 'file-')));
});

afterAll(() => rmSync(directory, { recursive: true }));

function write(name: string, content: string | Uint8Array): string {
  const path = join(directory, name);
  writeFileSync(path, content);
  return path;
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

test('a string is relative to the working directory', () => {
  expect(resolveFile('a/../b.yaml')).toBe(join(process.cwd(), 'b.yaml'));
});

test('an absolute path stays as it is', () => {
  expect(resolveFile(join(directory, 'a.yaml'))).toBe(join(directory, 'a.yaml'));
});

test('a URL stands for its file, also with blanks in the name', () => {
  const path = join(directory, 'a b.yaml');
  expect(resolveFile(pathToFileURL(path))).toBe(path);
});

test.each(['https://example.com/values.yaml', 'file://server/values.yaml', 'file:///a%2Fb.yaml'])(
  'the URL %s names no file of this machine',
  (href) => {
    const finding = findingOf(() => resolveFile(new URL(href), 'values file'));
    expect(finding).toMatchObject({
      rule: 'file-unreadable',
      what: 'the values file is no file of this machine',
      given: expect.stringContaining(href),
    });
  },
);

test('a path inside the working directory is shown relative to it, with forward slashes', () => {
  expect(displayPath(join(process.cwd(), 'a', '..b', 'c.yaml'))).toBe('a/..b/c.yaml');
});

test('a path whose name begins with two dots may still lie inside the working directory', () => {
  expect(displayPath(join(process.cwd(), '..a.yaml'))).toBe('..a.yaml');
});

test('a path outside the working directory is shown whole', () => {
  expect(displayPath(join(directory, 'a.yaml'))).toBe(join(directory, 'a.yaml').split(sep).join('/'));
});

test('the working directory itself is shown whole', () => {
  expect(displayPath(process.cwd())).toBe(process.cwd().split(sep).join('/'));
});

test('a text file gives its text and its absolute path', () => {
  const path = write('text.yaml', 'a: grün 👍\n');
  expect(readTextFile(relative(process.cwd(), path), 'values file')).toEqual({ path, text: 'a: grün 👍\n' });
});

test('a text file may be named by a URL', () => {
  const path = write('url.yaml', 'a\r\nb');
  expect(readTextFile(pathToFileURL(path), 'values file')).toEqual({ path, text: 'a\r\nb' });
});

test('a byte order mark is left out', () => {
  expect(readTextFile(write('bom.yaml', '\ufeffa: 1'), 'values file').text).toBe('a: 1');
});

test('an empty file is an empty text', () => {
  expect(readTextFile(write('empty.yaml', ''), 'values file').text).toBe('');
});

test('a text that is no UTF-8 is refused with the line where that shows', () => {
  const path = write('latin1.yaml', Buffer.from('a: 1\nb: ü\nc: 2\n', 'latin1'));
  expect(findingOf(() => readTextFile(path, 'values file'))).toMatchObject({
    rule: 'file-not-utf8',
    what: 'the values file is no UTF-8 text',
    expected: 'UTF-8',
    where: { file: `${displayPath(path)}:2` },
    fix: 'save it as UTF-8',
  });
});

test('a text whose last character is cut off is refused', () => {
  const path = write('cut.yaml', Buffer.from('a: 1\nb: 👍').subarray(0, -1));
  expect(findingOf(() => readTextFile(path, 'values file')).where?.file).toBe(`${displayPath(path)}:2`);
});

test.each(['ff fe 61 00', 'fe ff 00 61'])('a text in UTF-16 (%s) is called by its name', (bytes) => {
  const path = write('utf16.yaml', Buffer.from(bytes.replaceAll(' ', ''), 'hex'));
  expect(findingOf(() => readTextFile(path, 'values file'))).toMatchObject({ rule: 'file-not-utf8', given: 'UTF-16' });
});

test('a binary file gives its bytes unchanged', () => {
  const path = write('binary', Uint8Array.of(0xef, 0xbb, 0xbf, 0, 0xff));
  const read = readBinaryFile(path, 'file');
  expect(read.path).toBe(path);
  expect([...read.bytes]).toEqual([0xef, 0xbb, 0xbf, 0, 0xff]);
});

test('a missing file is named as it was given and as it was looked for', () => {
  const path = join(process.cwd(), 'no', 'values.yaml');
  expect(findingOf(() => readTextFile('./no/values.yaml', 'values file'))).toMatchObject({
    rule: 'file-unreadable',
    what: 'the values file cannot be read',
    expected: 'a file',
    given: `"./no/values.yaml" (${path}): it is not there`,
    fix: expect.stringContaining('import.meta.url'),
    where: { file: 'no/values.yaml', code: expect.stringMatching(/^test\/file\.test\.ts:\d+:\d+/) },
  });
});

test('a missing file that a URL names is shown as URL', () => {
  const url = pathToFileURL(join(directory, 'no.yaml'));
  const finding = findingOf(() => readTextFile(url, 'values file'));
  expect(finding.given).toBe(`${url.href} (${join(directory, 'no.yaml')}): it is not there`);
});

test('the text of a URL is no URL, which the error says', () => {
  const href = pathToFileURL(write('text-of-url.yaml', '')).href;
  expect(findingOf(() => readTextFile(href, 'values file')).fix).toBe('give the URL itself, not its text');
});

test('a directory is no file', () => {
  mkdirSync(join(directory, 'directory'));
  const finding = findingOf(() => readBinaryFile(join(directory, 'directory'), 'file'));
  expect(finding).toMatchObject({
    rule: 'file-unreadable',
    given: expect.stringContaining('it is a directory'),
  });
});

test('a path through a file is not there', () => {
  const path = join(write('file', ''), 'values.yaml');
  expect(findingOf(() => readTextFile(path, 'values file')).given).toContain('a part of the path is no directory');
});

test('what the system says of any other failure is passed on', () => {
  const path = join(directory, 'loop');
  symlinkSync('loop', path);
  const finding = findingOf(() => readTextFile(path, 'values file'));
  expect(finding).toMatchObject({ rule: 'file-unreadable', given: expect.stringContaining('ELOOP') });
});

test('a path that no system can have is refused as well', () => {
  expect(findingOf(() => readTextFile('a\0b', 'values file')).rule).toBe('file-unreadable');
});

test.each([undefined, null, 5, {}])('%p is no file', (ref) => {
  expect(findingOf(() => readTextFile(ref as never, 'values file'))).toMatchObject({
    rule: 'file-unreadable',
    what: 'the values file is not said',
    expected: "a path, or new URL('./name', import.meta.url)",
  });
});
