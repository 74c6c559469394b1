import { LineCounter, isScalar, parseAllDocuments, visit } from 'yaml';
import type { Document, Node } from 'yaml';
import { FleetError } from '../finding.js';
import type { Finding } from '../finding.js';
import { currentCode } from '../origin.js';

/** One document of a YAML file. */
export interface YamlDocument {
  readonly value: unknown;
  /** Line of the file on which it begins. */
  readonly line: number;
}

/** `0644`, which YAML 1.1 (and with it Kubernetes) reads as octal, and YAML 1.2 as decimal. */
const LEADING_ZERO = /^[-+]?0[0-9]+$/;
/** Enough for every real file, and far from what a hostile one expands to. */
const MAX_ALIASES = 100;

/**
 * The documents of a file, read as YAML 1.2: `on` and `no` are words. Empty documents are left out.
 *
 * @param file name of the file, for messages
 * @throws FleetError for what is no YAML, and for numbers that Kubernetes reads otherwise
 */
export function parseDocuments(text: string, file: string): YamlDocument[] {
  const lines = new LineCounter();
  const documents = parseAllDocuments(text, { version: '1.2', merge: true, lineCounter: lines, prettyErrors: false });
  return [...(documents as Iterable<Document.Parsed>)].flatMap((document) => {
    const at = (offset: number): string => {
      const { line, col } = lines.linePos(offset);
      return `${file}:${line}:${col}`;
    };
    const [problem] = document.errors;
    if (problem) {
      throw error({
        rule: 'yaml-syntax',
        what: 'the file is no YAML',
        given: problem.message,
        where: { file: at(problem.pos[0]) },
      });
    }
    if (document.contents === null || (isScalar(document.contents) && document.contents.value === null)) return [];
    checkScalars(document, at);
    const value = toPlain(document, file);
    return [{ value, line: lines.linePos((document.contents as Node).range?.[0] ?? 0).line }];
  });
}

/**
 * The one map that a file holds.
 *
 * @throws FleetError for a file that holds anything else
 */
export function parseMap(text: string, file: string): Record<string, unknown> {
  const documents = parseDocuments(text, file);
  const [only] = documents;
  if (documents.length === 1 && typeof only!.value === 'object' && !Array.isArray(only!.value)) {
    return only!.value as Record<string, unknown>;
  }
  throw error({
    rule: 'yaml-not-a-map',
    what: 'the file holds no map',
    expected: 'one YAML document with keys and values',
    given:
      documents.length === 0
        ? 'an empty file'
        : documents.length > 1
          ? `${documents.length} documents`
          : describe(only!.value),
    where: { file },
  });
}

function checkScalars(document: Document.Parsed, at: (offset: number) => string): void {
  visit(document, {
    Scalar(_, node) {
      const source = node.source ?? '';
      const offset = node.range?.[0] ?? 0;
      if (
        node.type === 'PLAIN' &&
        typeof node.value === 'number' &&
        LEADING_ZERO.test(source) &&
        !/^[-+]?0+$/.test(source)
      ) {
        const octal = /[89]/.test(source) ? undefined : parseInt(source, 8);
        throw error({
          rule: 'yaml-ambiguous-number',
          what: `${source} is not the same number to everyone`,
          expected: 'a number without a leading zero, or text in quotes',
          given: `${source}: ${octal === undefined ? 'text' : octal} to Kubernetes, ${Number(source)} to YAML 1.2`,
          where: { file: at(offset) },
          fix: `write ${octal ?? Number(source)}, or "${source}"`,
        });
      }
      if (
        typeof node.value === 'number' &&
        (!Number.isFinite(node.value) || (Number.isInteger(node.value) && !Number.isSafeInteger(node.value)))
      ) {
        throw error({
          rule: 'yaml-number',
          what: `${source} is a number that does not survive`,
          expected: 'a finite number, or an integer of at most 2^53',
          given: source,
          where: { file: at(offset) },
          fix: `write it as text, "${source}", where the field takes text`,
        });
      }
    },
  });
}

/** The document as data of its own: what an alias repeats is copied, so that no two places share an object. */
function toPlain(document: Document.Parsed, file: string): unknown {
  try {
    return structuredCopy(document.toJS({ maxAliasCount: MAX_ALIASES }));
  } catch (e) {
    throw error({
      rule: 'yaml-syntax',
      what: 'the file is no YAML',
      given: e instanceof Error ? e.message : String(e),
      where: { file },
    });
  }
}

function structuredCopy(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(structuredCopy);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, structuredCopy(v)]));
}

function describe(value: unknown): string {
  return Array.isArray(value) ? 'a list' : `the ${typeof value} ${JSON.stringify(value)}`;
}

function error(finding: Finding): FleetError {
  return new FleetError({ ...finding, where: { code: currentCode(), ...finding.where } });
}
