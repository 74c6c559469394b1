import { createHash } from 'node:crypto';
import type { Rule } from '../checks/rule.js';
import type { Severity } from '../finding.js';
import { groupBy } from '../group-by.js';
import { namesOf } from './people.js';
import type { Place, Report, ReportedAllowance, ReportedFinding } from './report.js';

/** What SARIF says besides the findings. */
export interface SarifOptions {
  readonly version: string;
  /** The rules that judged; what others say is added. */
  readonly rules: readonly Rule[];
  /** The page of a rule, in Markdown, with its address on the web. */
  readonly pageOf: (rule: string) => { readonly text: string; readonly uri?: string } | undefined;
  /** A file as a path from the top of the repository; undefined for one that is not in there. */
  readonly fromTop: (file: string) => string | undefined;
  /** The file that stands for a cluster, where a finding names none: code scanning shows nothing without a file. */
  readonly homeOf: (cluster: string) => string | undefined;
}

/** A result before it is written as SARIF. */
interface Result {
  readonly rule: string;
  readonly severity: Severity;
  readonly text: string;
  readonly what: string;
  readonly place: Place;
  readonly reason?: string;
}

/**
 * The report as SARIF 2.1.0, for code scanning: one result for each file that has a finding; what is allowed is there as
 * well, suppressed with its reason.
 */
export function sarifReport(report: Report, options: SarifOptions): string {
  const found = report.findings.flatMap((f) => places(f).map((p) => resultOf(f, p)));
  const allowed = report.allowed.flatMap((a) => places(a).map((p) => suppressedOf(a, p, options.rules)));
  const results = [...found, ...allowed];
  const ids = [...new Set([...options.rules.map((r) => r.id), ...results.map((r) => r.rule)])];
  const index = new Map(ids.map((id, n) => [id, n]));
  const prints = new Map<string, number>();
  return `${JSON.stringify(
    {
      $schema: 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json',
      version: '2.1.0',
      runs: [
        {
          tool: {
            driver: {
              name: 'flux-fleet',
              version: options.version,
              rules: ids.map((id) => ruleOf(id, options, results)),
            },
          },
          columnKind: 'utf16CodeUnits',
          originalUriBaseIds: { '%SRCROOT%': { description: { text: 'the top of the repository' } } },
          results: results.map((r) => ({
            ruleId: r.rule,
            ruleIndex: index.get(r.rule),
            level: r.severity,
            message: { text: r.text },
            ...locationOf(r.place, options),
            partialFingerprints: { 'fluxFleetFinding/v1': fingerprint(r, options, prints) },
            ...(r.reason !== undefined && { suppressions: [{ kind: 'external', justification: r.reason }] }),
          })),
        },
      ],
    },
    undefined,
    2,
  )}\n`;
}

function ruleOf(id: string, { rules, pageOf }: SarifOptions, results: readonly Result[]): object {
  const rule = rules.find((r) => r.id === id);
  const text = rule?.title ?? id;
  const page = pageOf(id);
  const level = rule ? (rule.severity ?? 'error') : (results.find((r) => r.rule === id)?.severity ?? 'error');
  return {
    id,
    shortDescription: { text },
    help: { text, ...(page && { markdown: withoutNearLinks(page.text) }) },
    ...(page?.uri !== undefined && { helpUri: page.uri }),
    defaultConfiguration: { level },
  };
}

/** Links to pages beside this one lead nowhere from where the text is shown. */
function withoutNearLinks(markdown: string): string {
  return markdown.replace(/\[([^\]]+)\]\((?!https?:)[^)]*\)/g, '$1');
}

/** The places of a finding with the clusters of each: what several clusters have in one file is one place. */
function places({ places: all }: ReportedFinding | ReportedAllowance): { place: Place; clusters: string[] }[] {
  return [...groupBy(all, (p) => `${p.file ?? ''}\n${p.line ?? ''}`).values()].map((group) => ({
    place: group[0]!,
    clusters: group.flatMap((p) => p.cluster ?? []),
  }));
}

function resultOf(f: ReportedFinding, { place, clusters }: { place: Place; clusters: string[] }): Result {
  const rows: [string, string | undefined][] = [
    ['Expected', f.expected],
    ['Given', f.given],
    ['Fix', f.fix],
    ['On', clusters.length > 0 ? namesOf(clusters) : undefined],
  ];
  const said = rows.flatMap(([label, text]) => (text === undefined || text === '' ? [] : [`${label}: ${text}`]));
  return { rule: f.rule, severity: f.severity, what: f.what, text: [f.what, ...said].join('\n'), place };
}

function suppressedOf(
  a: ReportedAllowance,
  { place, clusters }: { place: Place; clusters: string[] },
  rules: readonly Rule[],
): Result {
  const severity = rules.find((r) => r.id === a.rule)?.severity ?? 'error';
  const text = `${a.what}\nOn: ${namesOf(clusters)}`;
  const reason = a.until === undefined ? a.reason : `${a.reason} (until ${a.until})`;
  return { rule: a.rule, severity, what: a.what, text, place, reason };
}

function locationOf({ file: named, line, cluster }: Place, { fromTop, homeOf }: SarifOptions): object {
  const file = named ?? (cluster === undefined ? undefined : homeOf(cluster));
  const path = file === undefined ? undefined : fromTop(file);
  const logical = cluster === undefined ? {} : { logicalLocations: [{ name: cluster, kind: 'module' }] };
  if (path === undefined) return cluster === undefined ? {} : { locations: [logical] };
  const artifactLocation = { uri: path.split('/').map(encodeURIComponent).join('/'), uriBaseId: '%SRCROOT%' };
  const region = line === undefined ? {} : { region: { startLine: line } };
  return { locations: [{ physicalLocation: { artifactLocation, ...region }, ...logical }] };
}

/** What stays when lines move: the rule, the file, what is said, and which of several alike it is. */
function fingerprint({ rule, place, what }: Result, { fromTop }: SarifOptions, counts: Map<string, number>): string {
  const file = place.file === undefined ? undefined : (fromTop(place.file) ?? place.file);
  const key = JSON.stringify([rule, file ?? place.cluster, what]);
  const count = counts.get(key) ?? 0;
  counts.set(key, count + 1);
  return createHash('sha256').update(`${key}\n${count}`).digest('hex').slice(0, 32);
}
