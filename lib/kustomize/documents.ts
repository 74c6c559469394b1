import type * as JsYaml from 'js-yaml';
import type { Document, LineCounter, Node } from 'yaml';
import { lazily } from '../lazy.js';
import type { FieldPath } from '../model/cluster-model.js';
import { isMap, isSeq, lineCounter, parseAllDocuments } from '../yaml/parser.js';

/** One document of a file that somebody wrote. */
export interface ReadDocument {
  readonly value: unknown;
  /** Place among the documents of the file, empty ones counted. */
  readonly index: number;
}

/** What cannot be read, and where. */
export interface ReadProblem {
  readonly line: number;
  readonly what: string;
}

export interface Documents {
  readonly documents: readonly ReadDocument[];
  readonly problems: readonly ReadProblem[];
}

const OCTAL = /^[-+]?0[0-7]+$/;

/** The library, and what Kubernetes reads: YAML 1.2, octal numbers, merge keys; a date stays text. */
const reader = lazily((require) => {
  const { CORE_SCHEMA, Type, YAMLException, load, types } = require('js-yaml') as typeof JsYaml;
  // A leading zero makes an octal number, unlike in YAML 1.2.
  const integer = new Type('tag:yaml.org,2002:int', {
    kind: 'scalar',
    resolve: (text) => (typeof text === 'string' && OCTAL.test(text)) || types.int.resolve(text),
    construct: (text) => (OCTAL.test(text) ? parseInt(text, 8) : types.int.construct(text)),
  });
  return { load, YAMLException, schema: CORE_SCHEMA.extend({ implicit: [integer, types.merge] }) };
});

/** Something that js-yaml alone cannot be told line by line: directives, and the ends of documents. */
const NEEDS_WHOLE = /^(?:%|\.\.\.(?:\s|$))/m;
const SEPARATOR = /^---(?=\s|$)/gm;

/**
 * The documents of a file as Kubernetes reads them; empty ones are left out. What cannot be read is told, and the other
 * documents are read all the same.
 */
export function readDocuments(text: string): Documents {
  const clean = text.replace(/^\uFEFF/, '');
  if (NEEDS_WHOLE.test(clean)) return readWhole(clean);
  const { load, YAMLException, schema } = reader();
  const documents: ReadDocument[] = [];
  const problems: ReadProblem[] = [];
  for (const [index, chunk] of chunksOf(clean).entries()) {
    try {
      const value = load(chunk.text, { schema });
      const aliases = chunk.text.includes('*') ? wrongAliases(value) : undefined;
      if (aliases !== undefined) problems.push({ line: chunk.line, what: aliases });
      else if (value !== undefined && value !== null) documents.push({ value, index });
    } catch (e) {
      if (!(e instanceof YAMLException)) throw e;
      problems.push({ line: chunk.line + (e.mark?.line ?? 0), what: e.reason });
    }
  }
  return { documents, problems };
}

/** So many values are more than anybody writes: what is larger, aliases of aliases have made. */
const MOST_VALUES = 1_000_000;

/** What Kubernetes refuses of aliases: one inside of what it stands for, and texts that grow without measure. */
function wrongAliases(value: unknown): string | undefined {
  const sizes = new Map<object, number>();
  const open = new Set<object>();
  const sizeOf = (node: unknown): number => {
    if (typeof node !== 'object' || node === null) return 1;
    if (open.has(node)) return Infinity;
    let size = sizes.get(node);
    if (size === undefined) {
      open.add(node);
      size = Object.values(node).reduce<number>((sum, child) => sum + sizeOf(child), 1);
      open.delete(node);
      sizes.set(node, size);
    }
    return size;
  };
  const size = sizeOf(value);
  if (size === Infinity) return 'an anchor contains itself';
  return size > MOST_VALUES ? 'the document contains excessive aliasing' : undefined;
}

function readWhole(text: string): Documents {
  const lines = lineCounter();
  const all = documentsOf(text, lines).map((document, index) => ({ document, index }));
  return {
    documents: all
      .filter(({ document }) => document.errors.length === 0)
      .map(({ document, index }) => ({ value: document.toJS() as unknown, index }))
      .filter(({ value }) => value !== null),
    problems: all.flatMap(({ document: { errors } }) =>
      errors.slice(0, 1).map((e) => ({ line: lines.linePos(e.pos[0]).line, what: e.message.split(' at line ')[0]! })),
    ),
  };
}

interface Chunk {
  readonly text: string;
  /** Line on which it begins. */
  readonly line: number;
}

/** A text per document. No document can contain a separator: what is indented does not begin with it. */
function chunksOf(text: string): Chunk[] {
  const starts = [...text.matchAll(SEPARATOR)].map((m) => m.index);
  if (starts.length === 0) return [{ text, line: 1 }];
  const chunks: Chunk[] = [];
  let line = 1;
  const before = text.slice(0, starts[0]);
  // What stands before the first separator is a document only if it says something.
  if (/^\s*[^#\s]/m.test(before)) chunks.push({ text: before, line });
  line += count(before);
  for (const [i, start] of starts.entries()) {
    const part = text.slice(start + 3, starts[i + 1]);
    chunks.push({ text: part, line });
    line += count(part);
  }
  return chunks;
}

function count(text: string): number {
  let n = 0;
  for (let i = text.indexOf('\n'); i !== -1; i = text.indexOf('\n', i + 1)) n++;
  return n;
}

function documentsOf(text: string, lineCounter: LineCounter): Document.Parsed[] {
  const documents = parseAllDocuments(text, { version: '1.2', merge: true, logLevel: 'silent', lineCounter });
  return 'empty' in documents ? [] : documents;
}

/** Finds the lines of fields in one file; slow, so it is made only when there is something to say. */
export class LineFinder {
  private readonly lines = lineCounter();
  private readonly documents: readonly Document.Parsed[];

  constructor(text: string) {
    this.documents = documentsOf(text.replace(/^\uFEFF/, ''), this.lines);
  }

  /** Line of a field of a document; of the object (which `within` leads to) where the field is not there. */
  lineOf(index: number, within: FieldPath, field: FieldPath): number | undefined {
    const document = this.documents[index];
    if (!document) return undefined;
    const object = descend(document.contents, within);
    const node = object && (descend(object.node, field) ?? object);
    return node && this.lines.linePos(node.start).line;
  }
}

interface Place {
  readonly node: Node | null;
  /** Where it begins: at its key, where it has one. */
  readonly start: number;
}

function descend(from: Node | null, path: FieldPath): Place | undefined {
  let place: Place = { node: from, start: from?.range?.[0] ?? 0 };
  for (const step of path) {
    const { node } = place;
    if (isMap(node)) {
      const pair = node.items.find((p) => String((p.key as { value?: unknown } | null)?.value) === String(step));
      if (!pair) return undefined;
      const key = pair.key as Node;
      place = { node: pair.value as Node | null, start: key.range?.[0] ?? 0 };
    } else if (isSeq(node) && typeof step === 'number') {
      const item = node.items[step] as Node | undefined;
      if (!item) return undefined;
      place = { node: item, start: item.range?.[0] ?? 0 };
    } else return undefined;
  }
  return place;
}
