import pc from 'picocolors';

/** Where something is said: in the construct tree, in the user's code, in a file. */
export interface Where {
  /** Path of the construct in the tree, for example `staging/tenants/dev-team`. */
  readonly construct?: string;
  /** Line of the user's code that made the construct, for example `apps/staging.ts:12:1`. */
  readonly code?: string;
  /** A file that was read, with its line where it is known. */
  readonly file?: string;
}

/** How bad a finding is: an `error` stops a synth, a `warning` is only told. */
export type Severity = 'error' | 'warning';

/** One thing that is wrong, as data; {@link formatFinding} makes the text. */
export interface Finding {
  /** Stable identifier of the rule that speaks, for example `dependency-cycle`. */
  readonly rule: string;
  /** @default 'error' */
  readonly severity?: Severity;
  /** What is wrong, in the user's terms; lower-case, no full stop. */
  readonly what: string;
  /** What would have been right. */
  readonly expected?: string;
  /** What was found instead. */
  readonly given?: string;
  /** How to mend it. */
  readonly fix?: string;
  /** The cluster that it is about, where it is about one. */
  readonly cluster?: string;
  readonly where?: Where;
}

/**
 * Thrown for a wrong argument (one finding, at once) and for a fleet that cannot be synthesized (all findings together).
 */
export class FleetError extends Error {
  override readonly name = 'FleetError';
  readonly findings: readonly Finding[];

  constructor(findings: Finding | readonly Finding[]) {
    const all = Array.isArray(findings) ? (findings as readonly Finding[]) : [findings as Finding];
    super(all.map((f) => formatFinding(f)).join('\n\n'));
    this.findings = all;
  }
}

/** True for a {@link FleetError}, also for one that another copy of this library made. */
export function isFleetError(e: unknown): e is FleetError {
  return e instanceof Error && e.name === 'FleetError' && Array.isArray((e as FleetError).findings);
}

/**
 * A finding as a person reads it in a terminal.
 *
 * @param width where lines are broken; never, unless a terminal reads them
 */
export function formatFinding(f: Finding, colors = pc.createColors(false), width = Infinity): string {
  const rows: [string, string | undefined][] = [
    ['expected', f.expected],
    ['given', f.given],
    ['construct', f.where?.construct],
    ['at', f.where?.code],
    ['file', f.where?.file],
    ['fix', f.fix],
  ];
  const lines = rows
    .filter((row): row is [string, string] => row[1] !== undefined && row[1] !== '')
    .map(([label, text]) => `  ${colors.dim(label.padEnd(9))} ${wrap(text, width, 12)}`);
  // Whoever prints it puts the severity before it.
  const severity = `${f.severity ?? 'error'}: `;
  const what = wrap(`${severity}${f.what} [${f.rule}]`, width, 2).slice(severity.length);
  return [what.replace(/\[[^[]*\]$/, (rule) => colors.dim(rule)), ...lines].join('\n');
}

/** The text in lines of at most so many characters, broken between words; all but the first are indented. */
function wrap(text: string, width: number, indent: number): string {
  const rows = text.split('\n').flatMap((line) => brokenAt(width - indent, line));
  return rows.join(`\n${' '.repeat(indent)}`);
}

function brokenAt(width: number, line: string): string[] {
  const rows: string[] = [];
  for (const word of line.split(' ')) {
    const row = rows.at(-1);
    if (row === undefined || row.length + 1 + word.length > width) rows.push(word);
    else rows[rows.length - 1] = `${row} ${word}`;
  }
  return rows;
}
