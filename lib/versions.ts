import { extname } from 'node:path';
import type { Document, Pair, Scalar } from 'yaml';
import { Args, show } from './argument.js';
import { displayPath } from './display-path.js';
import { readTextFile } from './file.js';
import type { FileRef } from './file.js';
import { FleetError } from './finding.js';
import type { Finding } from './finding.js';
import { didYouMean } from './model/did-you-mean.js';
import { currentCode } from './origin.js';
import { noteVersions } from './versions-record.js';
import type { VersionMarker } from './versions-record.js';
import { isAlias, isMap, isScalar, isSeq, lexer, lineCounter, parseAllDocuments } from './yaml/parser.js';

/**
 * Versions of charts and images in a YAML file of their own: a flat map from names to versions, with a marker behind each
 * version that a bot may change. The code reads them, an `ImageUpdateAutomation` has the bot edit them.
 *
 * @see docs/versions.md
 */
export class Versions {
  /**
   * Reads a file of versions.
   *
   * @throws FleetError with everything that is wrong with the file, each with its line
   */
  static fromFile(file: FileRef): Versions {
    const { path, text } = readTextFile(file, 'file of versions');
    const reader = new VersionsReader(text, displayPath(path));
    reader.read();
    if (reader.findings.length > 0) throw new FleetError(reader.findings);
    const versions = new Versions(path, reader.versions, reader.markers);
    noteVersions(versions);
    return versions;
  }

  private constructor(
    /** Absolute path of the file. */
    readonly file: string,
    private readonly versions: ReadonlyMap<string, string>,
    /** What its markers name. */
    readonly markers: readonly VersionMarker[],
  ) {}

  /**
   * A version as it stands in the file: `1.10` is `'1.10'`, in quotes or not.
   *
   * @throws FleetError for a name that the file does not have
   */
  get(name: string): string {
    const version = this.versions.get(name);
    if (version !== undefined) return version;
    const file = displayPath(this.file);
    const near = didYouMean(String(name), this.versions.keys());
    return new Args(undefined).fail(
      {
        rule: 'version-missing',
        what: `${file} has no version "${name}"`,
        expected: [...this.versions.keys()].join(', '),
        given: show(name),
        fix: near === undefined ? `add a line "${name}: <version>" to the file` : `did you mean "${near}"?`,
      },
      file,
    );
  }
}

interface Comment {
  /** What stands behind the "#". */
  readonly text: string;
  readonly line: number;
  readonly alone: boolean;
}

const FIX_MARKER = 'write: <name>: <version> # {"$imagepolicy": "<namespace>:<policy>:tag"}';
const MARKER = /^([a-z0-9](?:[-a-z0-9]*[a-z0-9])?):([a-z0-9](?:[-.a-z0-9]*[a-z0-9])?)(?::(tag|name|digest))?$/;
/** Keys of manifests; with `metadata` the controller cannot even read the file. */
const MANIFEST_KEYS = ['apiVersion', 'kind', 'metadata'];

/** Reads and checks one file; what image-automation-controller would pass over in silence is an error here. */
class VersionsReader {
  readonly versions = new Map<string, string>();
  readonly markers: VersionMarker[] = [];
  readonly findings: Finding[] = [];
  private readonly lines = lineCounter();

  constructor(
    private readonly text: string,
    private readonly file: string,
  ) {}

  read(): void {
    if (!['.yaml', '.yml'].includes(extname(this.file))) {
      this.add(undefined, {
        rule: 'versions-file',
        what: 'image-automation-controller does not look into this file',
        expected: 'a name that ends in .yaml or .yml',
        given: this.file,
        fix: 'rename the file',
      });
    }
    // Every scalar is text: 1.10 is no number, and neither is the "!!float 3.5.1" that the controller makes of a 3.4.
    const options = {
      schema: 'failsafe',
      resolveKnownTags: false,
      uniqueKeys: false,
      lineCounter: this.lines,
    } as const;
    const documents = parseAllDocuments(this.text, options);
    if (documents.length === 0) return this.notAMap('an empty file');
    if (documents.length > 1) return this.notAMap(`${documents.length} documents`);
    const document = documents[0] as Document.Parsed;
    const error = document.errors[0];
    if (error) {
      const [what] = error.message.split('\n');
      const given = what!.replace(/ at line \d+, column \d+:?$/, '');
      return this.add(this.lines.linePos(error.pos[0]).line, {
        rule: 'yaml-syntax',
        what: 'the file of versions cannot be read as YAML',
        given,
      });
    }
    if (/^%/m.test(this.text)) {
      return this.add(1, {
        rule: 'versions-file',
        what: 'image-automation-controller cannot read a file with a directive',
        expected: 'keys and versions',
        given: this.text.split('\n').find((line) => line.startsWith('%')),
        fix: 'remove the line',
      });
    }
    const { contents } = document;
    if (!isMap(contents)) return this.notAMap(typeOf(contents));
    if (contents.items.length === 0) return this.notAMap('an empty map');
    const seen = new Map<number, string>();
    for (const pair of contents.items) {
      const line = this.entry(pair);
      if (line !== undefined && contents.flow !== true) seen.set(line, String((pair.key as Scalar).value));
    }
    for (const comment of this.comments()) this.comment(comment, seen);
  }

  /** Takes one version; gives the line on which its marker can stand. */
  private entry({ key, value }: Pair): number | undefined {
    const line = this.lineOf(key ?? value);
    const name = isScalar(key) ? String(key.value) : '';
    if (!isScalar(key) || name === '') {
      this.add(line, { rule: 'yaml-key', what: 'a name of a version is no text', expected: 'a text as key' });
      return undefined;
    }
    if (MANIFEST_KEYS.includes(name)) {
      this.add(line, {
        rule: 'versions-file',
        what: `the file of versions has the key "${name}", as manifests have`,
        expected: 'names and versions, and nothing else',
        given: name,
        fix: 'keep versions in a file of their own',
      });
    } else if (this.versions.has(name)) {
      this.add(line, {
        rule: 'yaml-duplicate-key',
        what: `the version "${name}" stands twice in the file`,
        expected: 'each once',
        fix: 'remove one of them',
      });
    }
    const given = problemOf(value);
    if (given !== undefined) {
      this.add(line, {
        rule: 'version-value',
        what: `the version "${name}" is no version`,
        expected: 'one word, such as 3.4.0 or "1.10"',
        given,
      });
    }
    this.versions.set(name, isScalar(value) ? String(value.value) : '');
    const isBlock = isScalar(value) && (value.type === 'BLOCK_LITERAL' || value.type === 'BLOCK_FOLDED');
    return isScalar(value) && !isBlock ? this.lines.linePos(value.range![1]).line : undefined;
  }

  /** Takes a comment for a marker where it is one, or was meant to be. */
  private comment({ text, line, alone }: Comment, seen: ReadonlyMap<number, string>): void {
    const marker = text.replace(/^#*/, '').trim();
    const signs = [marker.startsWith('{'), /imagepolicy/i.test(marker)];
    // On a line of its own, prose may mention markers.
    if (alone ? signs.includes(false) : !signs.includes(true)) return;
    const version = alone ? undefined : seen.get(line);
    if (version === undefined) {
      return this.add(line, {
        rule: 'version-marker-syntax',
        what: 'image-automation-controller does not see this marker',
        expected: 'the marker behind the version, on the same line',
        given: `# ${marker}`,
        fix: FIX_MARKER,
      });
    }
    const names = MARKER.exec(policyIn(marker) ?? '');
    if (!names) {
      return this.add(line, {
        rule: 'version-marker-syntax',
        what: `the marker of the version "${version}" is none`,
        expected: '{"$imagepolicy": "<namespace>:<policy>"}, with :tag, :name or :digest behind the policy for a part',
        given: `# ${marker}`,
        fix: FIX_MARKER,
      });
    }
    const [, namespace, policy, field] = names as unknown as [string, string, string, VersionMarker['field']];
    this.markers.push({ version, namespace, policy, field, line });
  }

  /** The comments of the file, from its tokens: the parser attaches some to nodes far away. */
  private comments(): Comment[] {
    const comments: Comment[] = [];
    let offset = this.text.startsWith('\ufeff') ? 1 : 0;
    let isScalarText = false;
    for (const token of lexer().lex(this.text)) {
      if (token === '\u0002' || token === '\u0018' || token === '\ufeff') continue;
      const wasScalarText = isScalarText;
      isScalarText = token === '\u001f';
      if (isScalarText) continue;
      if (token.startsWith('#') && !wasScalarText) {
        const { line, col } = this.lines.linePos(offset);
        const before = this.text.slice(offset - col + 1, offset);
        comments.push({ text: token.slice(1), line, alone: before.trim() === '' });
      }
      offset += token.length;
    }
    return comments;
  }

  private lineOf(node: unknown): number | undefined {
    const range = (node as { range?: readonly number[] | null } | null)?.range;
    return range ? this.lines.linePos(range[0]!).line : undefined;
  }

  private notAMap(given: string): void {
    this.add(undefined, {
      rule: 'yaml-not-a-map',
      what: 'the file of versions holds no map',
      expected: 'one YAML document with names and versions',
      given,
    });
  }

  private add(line: number | undefined, finding: Omit<Finding, 'where'>): void {
    const file = line === undefined ? this.file : `${this.file}:${line}`;
    this.findings.push({ ...finding, where: { code: currentCode(), file } });
  }
}

function typeOf(node: unknown): string {
  if (isAlias(node)) return 'an alias';
  if (isMap(node)) return 'a map';
  return isSeq(node) ? 'a list' : isScalar(node) && node.value !== '' ? 'a text' : 'nothing';
}

/** What is wrong with a value. */
function problemOf(value: unknown): string | undefined {
  if (!isScalar(value)) return typeOf(value);
  const text = value.value as string;
  if (text === '') return 'nothing';
  if (value.type === 'PLAIN' && /^(?:~|null|Null|NULL)$/.test(text)) return 'null';
  return /[\s\p{Cc}]/u.test(text) ? JSON.stringify(text) : undefined;
}

/** What a marker names, read as the controller does: JSON with texts only. */
function policyIn(marker: string): string | undefined {
  try {
    const json = JSON.parse(marker) as Record<string, unknown> | null;
    const values = Object.values(json ?? {});
    // The controller opens only files in which the key stands just so.
    if (!marker.includes('"$imagepolicy"') || !values.every((v) => typeof v === 'string')) return undefined;
    return json!.$imagepolicy as string | undefined;
  } catch {
    return undefined;
  }
}
