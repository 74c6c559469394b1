import type { Colors } from 'picocolors/types.js';
import { formatFinding } from '../finding.js';
import { groupBy } from '../group-by.js';
import type { Place, Report, ReportedFinding } from './report.js';

/** Names that a heading lists; with more clusters the rest are counted. */
const NAMED = 3;

/** How it is printed. */
export interface PeopleOptions {
  readonly colors: Colors;
  /** Where lines are broken. */
  readonly width?: number;
}

/**
 * The findings as a person reads them in a terminal: under each cluster what is wrong there, first of all what several
 * clusters have in common.
 */
export function peopleReport(report: Report, { colors, width }: PeopleOptions): string {
  const groups = [...groupBy(report.findings, (f) => f.clusters.join('\n')).values()];
  const order = new Map(report.clusters.map(({ name }, n) => [name, n]));
  const rank = ({ clusters }: ReportedFinding): number => order.get(clusters[0] ?? '') ?? -1;
  groups.sort(([a], [b]) => breadth(b!) - breadth(a!) || rank(a!) - rank(b!));
  return groups
    .map((findings) => {
      const blocks = findings.map((f) => block(f, colors, width));
      return [...heading(findings[0]!.clusters, report, colors), ...blocks].join('\n\n');
    })
    .join('\n\n');
}

/** What is about no cluster comes first, then what many have. */
function breadth({ clusters }: ReportedFinding): number {
  return clusters.length === 0 ? Infinity : clusters.length;
}

function heading(clusters: readonly string[], report: Report, colors: Colors): string[] {
  if (clusters.length === 0) return [];
  const all = clusters.length > NAMED && clusters.length === report.clusters.length;
  const text = all ? `all ${clusters.length} clusters: ${namesOf(clusters)}` : namesOf(clusters);
  return [colors.bold(`${text}\n${'─'.repeat(text.length)}`)];
}

/** `staging, prod-eu and 12 others`. */
export function namesOf(clusters: readonly string[]): string {
  if (clusters.length === 1) return clusters[0]!;
  const named = clusters.length <= NAMED ? clusters.length - 1 : NAMED - 1;
  const rest = clusters.length - named;
  return `${clusters.slice(0, named).join(', ')} and ${rest === 1 ? clusters.at(-1) : `${rest} others`}`;
}

function block(f: ReportedFinding, colors: Colors, width: number | undefined): string {
  const severity = f.severity === 'error' ? colors.red('error') : colors.yellow('warning');
  const where = { construct: f.places[0]?.construct, file: filesOf(f.places) };
  return `${severity}: ${formatFinding({ ...f, where }, colors, width)}`;
}

/** The file of the first cluster; those of the others only as a number. */
function filesOf(places: readonly Place[]): string | undefined {
  const files = [...new Set(places.map(placeText).filter((p) => p !== undefined))];
  if (files.length < 2) return files[0];
  return `${files[0]}, and ${files.length - 1 === 1 ? files[1] : `${files.length - 1} more like it`}`;
}

/** `file:line`. */
export function placeText({ file, line }: Place): string | undefined {
  return file === undefined || line === undefined ? file : `${file}:${line}`;
}
