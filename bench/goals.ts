import type { Row, SectionResult } from './runner.js';
import { clusterCounts, SMALLEST } from './sections/scale.js';
import type { BenchSize } from './sizes.js';

/** What the library wants to reach. */
export interface Goal {
  readonly text: string;
  /** What a figure is compared with, as people read it. */
  readonly limit: string;
  /** The figure; undefined where its rows were not measured. */
  figure(rows: Rows, size: BenchSize): Figure | undefined;
}

export interface Figure {
  readonly text: string;
  readonly met: boolean;
}

/** A goal and what came out. */
export interface GoalResult {
  readonly goal: string;
  readonly limit: string;
  readonly measured: string;
  readonly met: boolean;
}

/** Rows by `section/row`. */
export type Rows = ReadonlyMap<string, Row>;

/** The goals are those of the large fleet; for other sizes they only say where one stands. */
export const GOALS: readonly Goal[] = [
  {
    text: 'Time of a synth, in that of cdk8s alone: an eighth',
    limit: '≤ 0.125',
    figure: (rows) => ratio(rows, 'contenders/library', 'contenders/raw', 1 / 8),
  },
  {
    text: 'The least of it: a fifth',
    limit: '≤ 0.2',
    figure: (rows) => ratio(rows, 'contenders/library', 'contenders/raw', 1 / 5),
  },
  {
    text: 'Time of a synth, in that of kosko',
    limit: '≤ 1',
    figure: (rows) => ratio(rows, 'contenders/library', 'contenders/kosko', 1),
  },
  {
    text: 'Time of a synth, in that of the floor',
    limit: '≤ 6',
    figure: (rows) => ratio(rows, 'contenders/library', 'contenders/floor', 6),
  },
  {
    text: 'Time where nothing has changed, in that of the first synth',
    limit: '< 1',
    figure: (rows) => ratio(rows, 'contenders/library-unchanged', 'contenders/library', 1),
  },
  {
    text: 'Files written where nothing has changed',
    limit: '0',
    figure(rows) {
      const row = rows.get('contenders/library-unchanged');
      return row && { text: String(row.touched), met: row.touched === 0 };
    },
  },
  {
    text: 'Most memory of any synth',
    limit: '< 300 MiB',
    figure: mostMemory,
  },
  {
    text: 'Memory with four times as many clusters',
    limit: '≤ 1.1',
    figure: (rows, size) => memoryGrowth(rows, size, 1.1),
  },
  {
    text: 'Time per object, few clusters and many, less that of the smallest fleet: how far apart',
    limit: '≤ 25 %',
    figure: (rows, size) => linearity(rows, size, 0.25),
  },
  {
    text: 'What npx cdk8s synth adds here beyond what it adds to a small fleet, in the time of the synth',
    limit: '≤ 0.1',
    figure: (rows) => addedByCdk8s(rows, 0.1),
  },
  {
    text: 'Time of the reference fleet, in that of cdk8s alone',
    limit: '≤ 1',
    figure: (rows) => ratio(rows, 'reference/library', 'reference/raw', 1),
  },
];

/** Judges what was measured; goals whose figures were not measured are left out. */
export function judge(sections: readonly SectionResult[], size: BenchSize): GoalResult[] {
  const rows = new Map(sections.flatMap((s) => s.rows.map((row) => [`${s.id}/${row.id}`, row] as const)));
  return GOALS.flatMap((goal) => {
    const figure = goal.figure(rows, size);
    return figure === undefined ? [] : [{ goal: goal.text, limit: goal.limit, measured: figure.text, met: figure.met }];
  });
}

function ratio(rows: Rows, one: string, other: string, most: number): Figure | undefined {
  const [a, b] = [rows.get(one), rows.get(other)];
  if (!a || !b) return undefined;
  const value = a.median / b.median;
  return { text: value.toFixed(3), met: value <= most };
}

function mostMemory(rows: Rows): Figure | undefined {
  const ours = [...rows].filter(([id]) => /^(contenders\/library|scale\/)/.test(id));
  const peaks = ours.flatMap(([, row]) => row.peakMiB ?? []);
  if (peaks.length === 0) return undefined;
  const most = Math.max(...peaks);
  return { text: `${most.toFixed(0)} MiB`, met: most < 300 };
}

function memoryGrowth(rows: Rows, { clusters }: BenchSize, most: number): Figure | undefined {
  const [few, many] = [Math.max(1, Math.round(clusters / 4)), clusters].map((n) => rows.get(`scale/clusters-${n}`));
  if (few?.peakMiB === undefined || many?.peakMiB === undefined) return undefined;
  const value = many.peakMiB / few.peakMiB;
  return { text: value.toFixed(2), met: value <= most };
}

function linearity(rows: Rows, { clusters }: BenchSize, most: number): Figure | undefined {
  const smallest = rows.get(`scale/${SMALLEST}`);
  const [few, many] = [clusterCounts(clusters)[0]!, clusters].map((n) => rows.get(`scale/clusters-${n}`));
  if (!smallest || !few || !many || few === many) return undefined;
  const each = (row: Row): number => (row.median - smallest.median) / (row.objects - smallest.objects);
  const value = Math.abs(each(many) / each(few) - 1);
  const microseconds = [few, many].map((row) => `${(each(row) * 1e6).toFixed(0)} µs`);
  return { text: `${(value * 100).toFixed(0)} % (${microseconds.join(', ')})`, met: value <= most };
}

function addedByCdk8s(rows: Rows, most: number): Figure | undefined {
  const names = ['small-direct', 'small-cdk8s', 'full-direct', 'full-cdk8s'];
  const [smallDirect, small, fullDirect, full] = names.map((name) => rows.get(`cdk8s/${name}`));
  if (!smallDirect || !small || !fullDirect || !full) return undefined;
  const [here, there] = [full.median - fullDirect.median, small.median - smallDirect.median];
  const value = (here - there) / fullDirect.median;
  return { text: `${value.toFixed(2)} (${here.toFixed(2)} s, ${there.toFixed(2)} s)`, met: value <= most };
}
