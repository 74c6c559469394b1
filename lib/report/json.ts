import { notesOfAbsent } from './absent.js';
import type { Place, Report } from './report.js';

/** The report as one line of JSON; its fields are stable. `file` and `line` are those of the first cluster. */
export function jsonReport(report: Report): string {
  const { clusters, findings, allowed, unchecked, notes, absent, summary } = report;
  return JSON.stringify({
    clusters,
    findings: findings.map((f) => ({ ...f, ...first(f.places) })),
    allowed: allowed.map((a) => ({ ...a, ...first(a.places) })),
    unchecked,
    notes: [...notes, ...notesOfAbsent(absent)],
    summary,
  });
}

function first([place]: readonly Place[]): Omit<Place, 'cluster'> {
  return { file: place?.file, line: place?.line, construct: place?.construct };
}
