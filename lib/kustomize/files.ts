import { lstatSync, readFileSync, readdirSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import type { Finding } from '../finding.js';
import type { FieldPath } from '../model/cluster-model.js';
import type { JsonObject } from '../yaml/normalize.js';
import { LineFinder, readDocuments } from './documents.js';
import type { Documents } from './documents.js';

/** An object of a file. */
export interface FileObject {
  readonly object: JsonObject;
  /** The file, absolute. */
  readonly file: string;
  /** Place of its document in the file. */
  readonly document: number;
  /** What leads to it in the document: nothing, or an item of a List. */
  readonly within: FieldPath;
}

/** What a file holds. */
export interface FileContent {
  readonly objects: readonly FileObject[];
  /** Whether some of it cannot be read; a finding tells it. */
  readonly broken: boolean;
}

/** Characters of a text that is worth remembering. */
const LARGE = 50_000;

/** The names of a file that kustomize builds, in the order in which it looks for them. */
export const KUSTOMIZATION_FILES = ['kustomization.yaml', 'kustomization.yml', 'Kustomization'] as const;

/** Files that are read once, and what was wrong with them. */
export class Files {
  readonly findings: Finding[] = [];
  private readonly contents = new Map<string, FileContent>();
  private readonly kinds = new Map<string, 'file' | 'directory' | undefined>();
  private readonly listings = new Map<string, readonly string[]>();
  private readonly large = new Map<string, Documents>();
  private lastLines: { readonly file: string; readonly finder: LineFinder } | undefined;

  /** @param base what paths in messages are relative to */
  constructor(private readonly base: string) {}

  /** The objects of a file; what cannot be read becomes a finding. */
  objects(file: string): FileContent {
    let content = this.contents.get(file);
    if (!content) {
      content = this.read(file);
      this.contents.set(file, content);
    }
    return content;
  }

  /** Whether a file holds an object of Kubernetes; one that cannot be read may be for something else. */
  holdsManifests(file: string): boolean {
    const text = readFileSync(file, 'utf8');
    if (!/^apiVersion:/m.test(text) || !/^kind:/m.test(text)) return false;
    const { documents } = readDocuments(text);
    return documents.some(
      ({ value }) => isMap(value) && typeof value.apiVersion === 'string' && typeof value.kind === 'string',
    );
  }

  /** What is at a path; nothing, for a link. */
  kindOf(path: string): 'file' | 'directory' | undefined {
    if (!this.kinds.has(path)) this.kinds.set(path, kindAt(path));
    return this.kinds.get(path);
  }

  /** Whether there is a link at a path: no artifact has links. */
  isLink(path: string): boolean {
    return !path.includes('\0') && lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === true;
  }

  /** The names in a directory, sorted; those of directories end in a slash. Links are none: no artifact has them. */
  list(directory: string): readonly string[] {
    let names = this.listings.get(directory);
    if (!names) {
      names = readdirSync(directory, { withFileTypes: true })
        .filter((e) => e.isDirectory() || e.isFile())
        .map((e) => (e.isDirectory() ? `${e.name}/` : e.name))
        .sort();
      this.listings.set(directory, names);
    }
    return names;
  }

  /** The file in a directory that kustomize builds. */
  kustomizationIn(directory: string): string | undefined {
    const names = this.list(directory);
    const name = KUSTOMIZATION_FILES.find((n) => names.includes(n));
    return name === undefined ? undefined : join(directory, name);
  }

  /** A path as messages show it. */
  display(file: string): string {
    const path = relative(this.base, file).split(sep).join('/');
    return path === '' ? '.' : path;
  }

  /** Line of a field of an object. */
  lineOf({ file, document, within }: FileObject, field: FieldPath): number | undefined {
    if (this.lastLines?.file !== file) this.lastLines = { file, finder: new LineFinder(readFileSync(file, 'utf8')) };
    return this.lastLines.finder.lineOf(document, within, field);
  }

  private read(file: string): FileContent {
    const text = readFileSync(file, 'utf8');
    const { documents, problems } = this.documents(text);
    const objects: FileObject[] = [];
    for (const { line, what } of problems) this.unreadable(file, line, what);
    let broken = problems.length > 0;
    for (const { value, index } of documents) {
      if (!isMap(value)) {
        broken = true;
        const line = new LineFinder(text).lineOf(index, [], []) ?? 1;
        this.unreadable(
          file,
          line,
          `the document is no map of fields but ${Array.isArray(value) ? 'a list' : 'a text'}`,
        );
        continue;
      }
      objects.push(...unpacked(value).map((o) => ({ ...o, file, document: index })));
    }
    return { objects, broken };
  }

  /** Flux's own controllers and CRDs lie in each cluster's directory, mostly the same: large texts are read once. */
  private documents(text: string): Documents {
    if (text.length < LARGE) return readDocuments(text);
    let documents = this.large.get(text);
    if (!documents) this.large.set(text, (documents = readDocuments(text)));
    return documents;
  }

  private unreadable(file: string, line: number, given: string): void {
    this.findings.push({
      rule: 'file-unreadable',
      what: `${this.display(file)} cannot be read as YAML, and Flux cannot build what it belongs to`,
      expected: 'documents that are maps, each key once',
      given,
      fix: 'mend the file; until then Flux keeps what it applied before',
      where: { file: `${this.display(file)}:${line}` },
    });
  }
}

/** The items of a List, or the object itself. */
function unpacked(object: JsonObject): Pick<FileObject, 'object' | 'within'>[] {
  const { kind, items } = object;
  if (typeof kind === 'string' && kind.endsWith('List') && items === null) return [];
  if (typeof kind !== 'string' || !kind.endsWith('List') || !Array.isArray(items)) return [{ object, within: [] }];
  return items.flatMap((item, i) =>
    isMap(item) ? unpacked(item).map((o) => ({ object: o.object, within: ['items', i, ...o.within] })) : [],
  );
}

function isMap(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function kindAt(path: string): 'file' | 'directory' | undefined {
  if (path.includes('\0')) return undefined;
  const stats = lstatSync(path, { throwIfNoEntry: false });
  if (stats?.isDirectory()) return 'directory';
  return stats?.isFile() ? 'file' : undefined;
}
