import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { expect, test } from '@jest/globals';

const ROOT = join(import.meta.dirname, '..');

/** All pages: the documentation, and the READMEs of the project and its examples. */
const PAGES: readonly string[] = [
  'README.md',
  ...pagesBelow('docs'),
  ...pagesBelow('examples').filter((path) => path.endsWith('README.md')),
];

/** A link, as a page has it. */
interface Link {
  readonly page: string;
  readonly target: string;
}

const LINKS: readonly Link[] = PAGES.flatMap((page) =>
  [...prose(page).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target]) => ({ page, target: target! })),
);

test('there are pages and links', () => {
  expect(PAGES.length).toBeGreaterThan(40);
  expect(LINKS.length).toBeGreaterThan(300);
});

test('every link to a file leads to one', () => {
  const broken = LINKS.filter((link) => !isElsewhere(link)).filter((link) => !existsSync(join(ROOT, fileOf(link))));
  expect(broken).toEqual([]);
});

test('every link to a section leads to one', () => {
  const broken = LINKS.filter((link) => !isElsewhere(link) && link.target.includes('#'))
    .filter((link) => existsSync(join(ROOT, fileOf(link))))
    .filter((link) => !sectionsOf(fileOf(link)).has(link.target.slice(link.target.indexOf('#') + 1)));
  expect(broken).toEqual([]);
});

test('every page of the documentation can be reached from its first one', () => {
  const reached = new Set<string>(['docs/README.md']);
  for (const page of reached) {
    for (const link of LINKS) if (link.page === page && !isElsewhere(link)) reached.add(fileOf(link));
  }
  expect(PAGES.filter((page) => page.startsWith('docs/') && !reached.has(page))).toEqual([]);
});

function pagesBelow(directory: string): string[] {
  return readdirSync(join(ROOT, directory), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.md') && !path.includes('node_modules'))
    .map((path) => join(directory, path));
}

/** A page without its examples. */
function prose(page: string): string {
  const text = readFileSync(join(ROOT, page), 'utf8').replace(/^ *```[^]*?^ *```/gm, '');
  return text.replace(/`[^`\n]*`/g, '');
}

function isElsewhere({ target }: Link): boolean {
  return /^[a-z]+:/.test(target);
}

/** The file that a link leads to, relative to the root; a directory is its README. */
function fileOf({ page, target }: Link): string {
  const [path] = target.split('#');
  const file = path === '' ? page : join(dirname(page), path!);
  const at = join(ROOT, file);
  const isDirectory = existsSync(at) && statSync(at).isDirectory();
  return relative(ROOT, isDirectory && existsSync(join(at, 'README.md')) ? join(at, 'README.md') : at);
}

/** The anchors of a page's headings, as GitHub makes them. */
function sectionsOf(page: string): ReadonlySet<string> {
  const headings = prose(page).match(/(?<=^#+ ).*$/gm) ?? [];
  return new Set(
    headings.map((h) =>
      h
        .toLowerCase()
        .replace(/[^\p{L}\p{N} _-]/gu, '')
        .replaceAll(' ', '-'),
    ),
  );
}
