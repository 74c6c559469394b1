import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseTxtar } from './txtar.js';
import type { Txtar, TxtarFile } from './txtar.js';

const CORPUS = join(import.meta.dirname, '../corpus');
const EXPECTED = 'expected';

/** A case of the corpus. */
export interface CorpusCase {
  /** `<rule id>/<case>`. */
  readonly name: string;
  readonly file: string;
  readonly archive: Txtar;
  /** Its files, as they are written into a directory. */
  readonly files: Readonly<Record<string, string>>;
  /** What must be found, a line each; undefined where the case does not say. */
  readonly expected: string | undefined;
}

/** Names of all cases, `<rule id>/<case>`, sorted. */
export function corpusCases(): string[] {
  return readdirSync(CORPUS, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .flatMap(({ name }) => readdirSync(join(CORPUS, name)).map((file) => `${name}/${file}`))
    .filter((path) => path.endsWith('.txtar'))
    .map((path) => path.slice(0, -'.txtar'.length))
    .sort();
}

/** Reads a case. */
export function readCase(name: string): CorpusCase {
  const file = join(CORPUS, `${name}.txtar`);
  const archive = parseTxtar(readFileSync(file, 'utf8'));
  return {
    name,
    file,
    archive,
    files: Object.fromEntries(archive.files.filter((f) => f.name !== EXPECTED).map(repeated)),
    expected: archive.files.find((f) => f.name === EXPECTED)?.text,
  };
}

/** A case with another section `expected`. */
export function withExpected({ archive }: CorpusCase, text: string): Txtar {
  const files = archive.files.filter((f) => f.name !== EXPECTED);
  return { ...archive, files: [...files, { name: EXPECTED, text }] };
}

/** A file with its text; `-- path {1..9} --` has it nine times, each with its number for `{n}`. */
function repeated({ name, text }: TxtarFile): readonly [string, string] {
  const [, path, last] = /^(.+) \{1\.\.(\d+)\}$/.exec(name) ?? [];
  if (path === undefined) return [name, text];
  return [path, Array.from({ length: Number(last) }, (_, n) => text.replaceAll('{n}', `${n + 1}`)).join('')];
}
