import type { Alias, Document, LineCounter, Node, Scalar, YAMLError, YAMLMap } from 'yaml';
import { FleetError } from '../finding.js';
import type { Finding } from '../finding.js';
import { currentCode } from '../origin.js';
import { isAlias, isMap, isScalar, isSeq, lineCounter, parseAllDocuments, visit } from './parser.js';

/** One document of a YAML file. */
export interface YamlDocument {
  readonly value: unknown;
  /** Line of the file on which its content begins. */
  readonly line: number;
}

/** Nodes that aliases may repeat; far more than any real file does, and far less than a hostile one. */
const MAX_COPIES = 100_000;
/** Levels of nesting, with what aliases add. */
const MAX_DEPTH = 500;

/**
 * The documents of a file, read as YAML 1.2 with merge keys: `on`, `no`, dates and `12:30:00` are text. Empty documents
 * are left out, aliases are resolved to copies.
 *
 * @param file name of the file, for messages
 * @throws FleetError for what is no YAML, for keys that are not unique or no text, and for numbers that Kubernetes reads
 * otherwise or that JavaScript cannot hold
 */
export function parseDocuments(text: string, file: string): YamlDocument[] {
  const lines = lineCounter();
  // Equal keys are left to Reader, which compares what they become.
  const options = { version: '1.2', resolveKnownTags: false, uniqueKeys: false, lineCounter: lines } as const;
  const documents = parseAllDocuments(text, options);
  if ('empty' in documents) {
    checkSyntax(documents, file);
    return [];
  }
  return documents.flatMap((document) => {
    checkSyntax(document, file);
    if (isEmpty(document.contents)) return [];
    return [{ value: read(document, file, lines), line: lines.linePos(document.contents.range[0]).line }];
  });
}

/**
 * The one map that a file holds.
 *
 * @throws FleetError for a file that holds anything else, and as {@link parseDocuments}
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
    where: { file: documents.length > 1 ? `${file}:${documents[1]!.line}` : file },
  });
}

interface Parsed {
  readonly errors: readonly YAMLError[];
  readonly warnings: readonly YAMLError[];
  readonly directives?: Document['directives'];
}

/** Warnings count too: they are about tags and directives without a meaning, which would be lost. */
function checkSyntax({ errors, warnings, directives }: Parsed, file: string): void {
  const problem = errors[0] ?? warnings[0];
  if (problem) {
    const { line, col } = problem.linePos?.[0] ?? { line: 1, col: 1 };
    const where = { file: `${file}:${line}:${col}` };
    if (problem.code === 'RESOURCE_EXHAUSTION') throw error({ ...TOO_DEEP, where });
    throw error({
      rule: 'yaml-syntax',
      what: 'the file cannot be read as YAML',
      given: problem.message.trimEnd().replace(/ at line \d+, column \d+:\n/, ':'),
      where,
    });
  }
  if (directives?.yaml.explicit && directives.yaml.version === '1.1') {
    throw error({
      rule: 'yaml-syntax',
      what: 'the file asks to be read as YAML 1.1',
      expected: 'YAML 1.2, where yes, no, on and off are words',
      given: '%YAML 1.1',
      where: { file },
      fix: 'remove the directive',
    });
  }
}

/** Nothing, or a null, which kubectl takes for nothing as well. */
function isEmpty(contents: Node | null): contents is null {
  return contents === null || (isScalar(contents) && contents.value === null);
}

function read(document: Document.Parsed, file: string, lines: LineCounter): unknown {
  try {
    return new Reader(document).read();
  } catch (e) {
    if (!(e instanceof Problem)) throw e;
    const { line, col } = lines.linePos(e.offset);
    throw error({ ...e.finding, where: { file: `${file}:${line}:${col}` } });
  }
}

/** What is wrong with a node. It becomes a {@link FleetError} outside: in here, the stack can be too deep to see the caller. */
class Problem extends Error {
  readonly offset: number;

  constructor(
    node: Node | null,
    readonly finding: Finding,
  ) {
    super(finding.what);
    this.offset = node?.range?.[0] ?? 0;
  }
}

/** Makes plain data of one document. */
class Reader {
  private readonly targets = new Map<Alias, Node>();
  /** How many aliases led to where the reader is. */
  private aliases = 0;
  private copies = 0;
  private depth = 0;

  constructor(private readonly document: Document.Parsed) {}

  read(): unknown {
    this.findTargets();
    return this.value(this.document.contents);
  }

  /** What each alias stands for: the last node before it with that anchor, also where the alias is copied elsewhere. */
  private findTargets(): void {
    const anchors = new Map<string, Node>();
    visit(this.document, {
      Alias: (_key, alias) => {
        const target = anchors.get(alias.source);
        if (!target) throw new Problem(alias, { rule: 'yaml-syntax', what: `there is no anchor &${alias.source}` });
        this.targets.set(alias, target);
      },
      Value: (_key, node) => void (node.anchor !== undefined && anchors.set(node.anchor, node)),
    });
  }

  private value(node: unknown): unknown {
    this.count(node);
    if (isAlias(node)) return this.follow(node, (target) => this.value(target));
    if (isScalar(node)) return this.scalar(node);
    if (!isMap(node) && !isSeq(node)) return null; // a key without a value
    if (++this.depth > MAX_DEPTH) throw new Problem(node, TOO_DEEP);
    const result = isMap(node) ? this.map(node) : node.items.map((item) => this.value(item));
    this.depth--;
    return result;
  }

  private count(node: unknown): void {
    if (this.aliases > 0 && ++this.copies > MAX_COPIES) throw new Problem(node as Node | null, TOO_MANY);
  }

  /** Goes where an alias points: always back, so that only an alias inside its own target would go in circles. */
  private follow<T>(alias: Alias, use: (target: Node) => T): T {
    const target = this.targets.get(alias)!;
    const [start] = alias.range!;
    if (target.range![0] <= start && start < target.range![1]) {
      throw new Problem(alias, { rule: 'yaml-syntax', what: `*${alias.source} stands inside &${alias.source}` });
    }
    this.aliases++;
    const result = use(target);
    this.aliases--;
    return result;
  }

  private map(node: YAMLMap): Record<string, unknown> {
    const result: Record<string, unknown> = {};
    const merged: unknown[] = [];
    for (const { key, value } of node.items) {
      if (isMergeKey(key)) {
        merged.push(value);
        continue;
      }
      const name = this.key(key, node);
      if (Object.hasOwn(result, name)) throw new Problem(key as Node, duplicate(name));
      setOwn(result, name, this.value(value));
    }
    // What the map says itself wins, wherever the merge key stands.
    for (const source of merged) this.merge(result, source, node);
    return result;
  }

  private merge(result: Record<string, unknown>, source: unknown, around: Node): void {
    this.count(source);
    if (isAlias(source)) return this.follow(source, (target) => this.merge(result, target, around));
    if (isSeq(source)) return source.items.forEach((item) => this.merge(result, item, around));
    if (!isMap(source)) {
      throw new Problem((source as Node | null) ?? around, {
        rule: 'yaml-syntax',
        what: 'the value of the merge key << is no map',
        expected: 'an alias of a map, or a list of such',
        fix: 'write "<<" in quotes if it is an ordinary key',
      });
    }
    const map = this.value(source) as Record<string, unknown>;
    for (const [key, value] of Object.entries(map)) if (!Object.hasOwn(result, key)) setOwn(result, key, value);
  }

  private key(node: unknown, around: Node): string {
    this.count(node);
    if (isAlias(node)) return this.follow(node, (target) => this.key(target, around));
    if (!isScalar(node)) {
      const given = node === null ? 'no key' : 'a map or list as key';
      throw new Problem((node as Node | null) ?? around, { ...NOT_A_KEY, given });
    }
    const value = this.scalar(node);
    if (typeof value === 'string') return value;
    const source = node.source ?? '';
    if (value === null) throw new Problem(node, { ...NOT_A_KEY, given: source === '' ? 'no key' : source });
    if (SAME_KEY.test(source)) return source;
    throw new Problem(node, {
      rule: 'yaml-ambiguous-key',
      what: `the key ${source} is not the same text to everyone`,
      expected: 'a text as key',
      given: `${source}, which Kubernetes takes for the ${typeof value} ${value} before it makes a text of it`,
      fix: `write "${source}" in quotes`,
    });
  }

  private scalar(node: Scalar): string | number | boolean | null {
    const { value, source = '' } = node as Scalar<string | number | boolean | null>;
    if (typeof value !== 'number') return value;
    if (OCTAL.test(source) && parseInt(source, 8) !== value) {
      const octal = parseInt(source, 8);
      throw new Problem(node, {
        rule: 'yaml-ambiguous-number',
        what: `${source} is not the same number to everyone`,
        expected: 'a number without a leading zero, or text in quotes',
        given: `${source}: ${octal} to Kubernetes, ${value} to YAML 1.2`,
        fix: `write ${octal}, or "${source}" where text is meant`,
      });
    }
    if (!Number.isFinite(value) || (!Number.isSafeInteger(value) && INTEGER.test(source))) {
      throw new Problem(node, {
        rule: 'yaml-number',
        what: `${source} is a number that does not survive`,
        expected: 'a finite number, and between -2^53 and 2^53 where it is an integer',
        given: source,
        fix: `write "${source}" where text is meant`,
      });
    }
    return value;
  }
}

const TOO_MANY = {
  rule: 'yaml-too-large',
  what: 'the aliases of the file repeat too much',
  expected: `at most ${MAX_COPIES} values that aliases repeat`,
} as const;

const TOO_DEEP = {
  rule: 'yaml-too-large',
  what: 'the file is nested too deeply',
  expected: `at most ${MAX_DEPTH} levels`,
} as const;

const NOT_A_KEY = {
  rule: 'yaml-key',
  what: 'a key is no text',
  expected: 'a text as key',
  fix: 'write the key in quotes',
} as const;

/** What YAML 1.1, and with it Kubernetes, reads as an octal number. */
const OCTAL = /^[-+]?0[0-7]+$/;
const INTEGER = /^(?:[-+]?\d+|0o[0-7]+|0x[\da-fA-F]+)$/;
/**
 * Numbers and booleans that Kubernetes turns into the same text when they are keys: `80` and `true`, but not `1.10`, and
 * no more digits than a 32-bit float has, which it makes of them.
 */
const SAME_KEY = /^(?:true|false|0|-?[1-9]\d*|-?(?:0|[1-9]\d{0,2})\.\d{0,2}[1-9])$/;

function duplicate(key: string): Finding {
  return {
    rule: 'yaml-duplicate-key',
    what: `the key ${JSON.stringify(key)} stands twice in one map`,
    expected: 'each key once',
    fix: 'remove one of them',
  };
}

function isMergeKey(key: unknown): boolean {
  return isScalar(key) && key.type === 'PLAIN' && key.value === '<<' && key.tag === undefined;
}

/** Sets a key as data; a plain assignment of `__proto__` would change the prototype instead. */
function setOwn(target: Record<string, unknown>, key: string, value: unknown): void {
  Object.defineProperty(target, key, { value, writable: true, enumerable: true, configurable: true });
}

function describe(value: unknown): string {
  return Array.isArray(value) ? 'a list' : `the ${typeof value} ${JSON.stringify(value)}`;
}

function error(finding: Finding): FleetError {
  return new FleetError({ ...finding, where: { code: currentCode(), ...finding.where } });
}
