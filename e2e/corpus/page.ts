import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const FILE = join(import.meta.dirname, '../../docs/verdicts.md');
const LONGEST = 400;

/** A line of the table: what a rule says of a case, and what the cluster says. */
export interface Row {
  readonly case: string;
  /** Our message. */
  readonly what: string;
  /** Of whom or what the cluster says something, and what; undefined where it says nothing. */
  readonly said: { readonly of: string; readonly text: string } | undefined;
  /** Why nothing is said here. */
  readonly unheard?: string;
}

/** What a rule's part of the page says. */
export interface Part {
  readonly rule: string;
  readonly rows: readonly Row[];
}

/** All that the page is made of. */
export interface Contents {
  readonly flux: string;
  readonly kubernetes: string;
  readonly groups: Readonly<Record<string, readonly Part[]>>;
  /** Rules of which the cluster says nothing here, with the reason. */
  readonly notShown: Readonly<Record<string, string>>;
}

/** A message as it is every time: without what is another in each run, and not longer than anybody reads. */
export function steady(message: string, says: RegExp): string {
  const said = says.exec(message)?.groups?.['said'];
  const own = said === undefined ? message : `…${said}`;
  const text = own
    .replaceAll(/\n\S+ (?:created|configured|deleted)$/gm, '')
    .replaceAll(/\/tmp\/[^\s']*?\/(kustomiz(?:ation|e)-)\d+/g, '/tmp/$1…')
    .replaceAll(/\bafter \d[\d.]*m?s\b/g, 'after …')
    .replaceAll(/\b(sha1|sha256):[0-9a-f]{40,64}/g, '$1:…')
    .replaceAll(/\s+/g, ' ')
    .trim();
  if (text.length <= LONGEST) return text;
  // Around what was looked for.
  const at = text.search(says);
  const from = Math.max(0, Math.min(at - 60, text.length - LONGEST));
  const end = from + LONGEST;
  return `${from > 0 ? '…' : ''}${text.slice(from, end).trim()}${end < text.length ? '…' : ''}`;
}

/** The page as it is. */
export function readPage(): string {
  return existsSync(FILE) ? readFileSync(FILE, 'utf8') : '';
}

export function writePage(text: string): void {
  writeFileSync(FILE, text);
}

/** What the cluster says, by what `keyOf` says of a row. */
export type Sayings = ReadonlyMap<string, Row['said']>;

/** Stands for a finding of a case. */
export function keyOf(name: string, what: string): string {
  return `${name} ${what.trim()}`;
}

/** What the page says that the cluster says. */
export function saidIn(page: string): Map<string, Row['said']> {
  const said = new Map<string, Row['said']>();
  for (const line of page.split('\n')) {
    const cells = line
      .replaceAll('\\|', '\0')
      .split('|')
      .map((cell) => cell.replaceAll('\0', '|').trim());
    const name = /^`([^`]+\/[^`]+)`$/.exec(cells[1] ?? '')?.[1];
    const what = /^(`+) ?(.+?) ?\1$/.exec(cells[2] ?? '')?.[2];
    const [, of, , text] = /^(.+?): (`+) ?(.+?) ?\2$/.exec(cells[3] ?? '') ?? [];
    if (name !== undefined && what !== undefined && of !== undefined) said.set(keyOf(name, what), { of, text: text! });
  }
  return said;
}

/** Text of the page. */
export function pageOf({ flux, kubernetes, groups, notShown }: Contents): string {
  const rows = Object.values(groups).flatMap((parts) => parts.flatMap((part) => part.rows));
  const heard = rows.filter(({ said }) => said !== undefined);
  const lines = [
    '# What Flux says',
    '',
    'The rules say what Flux or the API server will say. Here both stand side by side: each case is a small repository with',
    'something wrong in it, `flux-fleet check` has judged it, and then it was brought on a cluster. What the cluster said is',
    'verbatim, but for paths, digests, and what is left out at an ellipsis.',
    '',
    `Flux ${flux} on Kubernetes ${kubernetes}; ${heard.length} verdicts of ${new Set(heard.map((r) => r.case)).size} cases. The cases lie in \`test/corpus\`. What each has beside its mistake that`,
    'looks alike and is right became ready.',
  ];
  for (const [group, parts] of Object.entries(groups)) {
    if (parts.length === 0) continue;
    lines.push('', `## ${group}`);
    for (const { rule, rows } of parts) {
      lines.push(
        '',
        `### [${rule}](rules/${rule}.md)`,
        '',
        ...table(['case', 'flux-fleet', 'the cluster'], rows.map(cellsOf)),
      );
    }
  }
  lines.push(
    '',
    '## Not shown here',
    '',
    'Of these the cluster of the tests says nothing: it says nothing anywhere, or another program than those of this cluster',
    'would say it, or it happens only later.',
    '',
    ...table(
      ['rule', 'why'],
      Object.entries(notShown).map(([rule, why]) => [`[${rule}](rules/${rule}.md)`, why]),
    ),
    '',
    '## See also',
    '',
    '[Rules](rules/README.md), [What happened to others](accidents.md), [Check a fleet](check.md)',
    '',
  );
  return lines.join('\n');
}

function cellsOf({ case: name, what, said, unheard }: Row): string[] {
  return [`\`${name}\``, code(what), said === undefined ? (unheard ?? '') : `${said.of}: ${code(said.text)}`];
}

/** A text that is shown as it is. */
function code(text: string): string {
  if (!text.includes('`')) return `\`${text}\``;
  return `\`\` ${text} \`\``;
}

/** A table as prettier would write it. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const escaped = [head, ...rows].map((row) => row.map((cell) => cell.replaceAll('|', '\\|')));
  const widths = head.map((_, n) => Math.max(...escaped.map((row) => [...row[n]!].length)));
  const line = (row: readonly string[]) =>
    `| ${row.map((cell, n) => cell + ' '.repeat(widths[n]! - [...cell].length)).join(' | ')} |`;
  return [line(escaped[0]!), `| ${widths.map((w) => '-'.repeat(w)).join(' | ')} |`, ...escaped.slice(1).map(line)];
}
