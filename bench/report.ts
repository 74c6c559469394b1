import type { GoalResult } from './goals.js';
import { machineText } from './machine.js';
import type { Machine } from './machine.js';
import type { Row, SectionResult } from './runner.js';
import { plural, sizeText } from './sizes.js';
import type { BenchSize } from './sizes.js';
import { markdownTable, textTable } from './table.js';
import type { Column } from './table.js';

/** All that a bench found, for machines as it stands here. */
export interface BenchResult {
  readonly machine: Machine;
  readonly size: BenchSize;
  readonly runs: number;
  readonly sections: readonly SectionResult[];
  readonly goals: readonly GoalResult[];
}

const COLUMNS: readonly Column[] = [
  { title: '' },
  { title: 'median', number: true },
  { title: 'min–max', number: true },
  { title: 'to the first', number: true },
  { title: 'CPU', number: true },
  { title: 'peak memory', number: true },
  { title: 'objects', number: true },
  { title: 'files', number: true },
  { title: 'written', number: true },
  { title: 'bytes', number: true },
];

const GOAL_COLUMNS: readonly Column[] = [
  { title: 'goal, for the large fleet' },
  { title: 'limit', number: true },
  { title: 'measured', number: true },
  { title: 'met' },
];

/** The report for a terminal. */
export function textReport(result: BenchResult): string {
  const sections = result.sections.map((section) =>
    [`${section.title}\n`, textTable(COLUMNS, cellsOf(section)), ...skippedOf(section)].join('\n'),
  );
  const goals = result.goals.length > 0 ? [textTable(GOAL_COLUMNS, goalCells(result))] : [];
  return [headOf(result), ...sections, ...goals].join('\n\n');
}

/** The report for a page. */
export function markdownReport(result: BenchResult): string {
  const sections = result.sections.map((section) =>
    [`### ${section.title}\n`, markdownTable(COLUMNS, cellsOf(section)), ...skippedOf(section)].join('\n'),
  );
  const goals = result.goals.length > 0 ? [`### Goals\n\n${markdownTable(GOAL_COLUMNS, goalCells(result))}`] : [];
  return [headOf(result), ...sections, ...goals].join('\n\n');
}

function headOf({ machine, size, runs }: BenchResult): string {
  return `${sizeText(size)}; ${plural(runs, 'run')} of each. ${machineText(machine)}.`;
}

function cellsOf({ rows }: SectionResult): string[][] {
  const first = rows[0];
  return rows.map((row) => [
    row.title,
    seconds(row.median),
    row.seconds.length === 1 ? 'one run' : rangeText(row),
    (row.median / first!.median).toFixed(2),
    row.cpuSeconds === undefined ? '–' : seconds(row.cpuSeconds),
    row.peakMiB === undefined ? '–' : `${row.peakMiB.toFixed(0)} MiB`,
    row.objects === 0 ? '–' : thousands(row.objects),
    thousands(row.files),
    thousands(row.touched),
    bytesText(row),
  ]);
}

function goalCells({ goals }: BenchResult): string[][] {
  return goals.map(({ goal, limit, measured, met }) => [goal, limit, measured, met ? 'yes' : 'no']);
}

function skippedOf({ skipped }: SectionResult): string[] {
  return skipped.map((what) => `\nLeft out: ${what}.`);
}

/** Three digits, which is more than two runs share. */
function seconds(value: number): string {
  return value < 0.1 ? `${(value * 1000).toFixed(0)} ms` : `${value.toFixed(value < 10 ? 2 : 1)} s`;
}

function rangeText({ least, most }: Row): string {
  const [from, to] = [least, most].map(seconds);
  return `${to!.endsWith(' ms') ? from : from!.replace(/ s$/, '')}–${to}`;
}

function bytesText({ bytes }: Row): string {
  return bytes < 1e6 ? `${(bytes / 1e3).toFixed(0)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}

function thousands(value: number): string {
  return value.toLocaleString('en-GB');
}
