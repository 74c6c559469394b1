import { measure } from './process.js';
import type { Command, Measured } from './process.js';
import { median, range } from './statistics.js';
import { treeSize } from './tree.js';
import type { Workspace } from './workspace.js';

/** Something that is measured again and again. */
export interface Task {
  readonly id: string;
  readonly title: string;
  readonly command: Command;
  /** Where it writes. */
  readonly output: string;
  /** The part of it that is told as a row of its own. */
  readonly part?: { readonly id: string; readonly title: string };
  /** The most runs, where one takes minutes. @default as many as asked for */
  readonly runs?: number;
  /** Puts things where each run finds them; not measured. */
  before?(): void;
  /** Looks at what the first run made, and tells what it found. */
  verify?(): Verified;
}

/** What is known of the output of a task. */
export interface Verified {
  readonly objects: number;
  /** Files that the run wrote or removed. @default all of them */
  readonly touched?: number;
}

/** Tasks that are compared with each other. */
export interface Section {
  readonly id: string;
  readonly title: string;
  readonly tasks: readonly Task[];
  /** What could not be measured, and why. */
  readonly skipped?: readonly string[];
}

/** What was measured of a task. */
export interface Row {
  readonly id: string;
  readonly title: string;
  /** Seconds of each run. */
  readonly seconds: readonly number[];
  readonly median: number;
  readonly least: number;
  readonly most: number;
  /** The most memory of all runs; undefined where nothing tells. */
  readonly peakMiB: number | undefined;
  /** Median of the time on processors; undefined where nothing tells. */
  readonly cpuSeconds: number | undefined;
  readonly objects: number;
  readonly files: number;
  readonly bytes: number;
  readonly touched: number;
}

export interface SectionResult {
  readonly id: string;
  readonly title: string;
  readonly rows: readonly Row[];
  readonly skipped: readonly string[];
}

/** Runs the tasks of a section in turn (a, b, c, a, b, c, …), so that what changes on the machine meets all alike. */
export async function runSection(
  section: Section,
  runs: number,
  workspace: Workspace,
  progress: (text: string) => void,
): Promise<SectionResult> {
  const records = section.tasks.map((task) => ({
    task,
    measured: [] as Measured[],
    found: undefined as Found | undefined,
  }));
  for (let round = 1; round <= runs; round++) {
    for (const record of records) {
      const { task } = record;
      if (round > (task.runs ?? runs)) continue;
      task.before?.();
      workspace.settle();
      const measured = await measure(task.command);
      progress(`${section.id} ${round}/${task.runs ?? runs}: ${task.title}: ${measured.seconds.toFixed(2)} s`);
      record.measured.push(measured);
      record.found ??= look(task);
    }
  }
  const rows = records.flatMap(({ task, measured, found }) => rowsOf(task, measured, found!));
  return { id: section.id, title: section.title, rows, skipped: section.skipped ?? [] };
}

interface Found {
  readonly objects: number;
  readonly files: number;
  readonly bytes: number;
  readonly touched: number;
}

function look(task: Task): Found {
  const size = treeSize(task.output);
  const { objects = 0, touched = size.files } = task.verify?.() ?? {};
  return { objects, ...size, touched };
}

function rowsOf({ id, title, part }: Task, measured: readonly Measured[], found: Found): Row[] {
  const peaks = measured.flatMap((m) => m.peakKiB ?? []);
  const peakMiB = peaks.length > 0 ? Math.max(...peaks) / 1024 : undefined;
  const parts = measured.flatMap((m) => m.partSeconds ?? []);
  const cpu = measured.flatMap((m) => m.cpuSeconds ?? []);
  const cpuSeconds = cpu.length > 0 ? median(cpu) : undefined;
  const whole = { id, title, ...summary(measured.map((m) => m.seconds)), peakMiB, cpuSeconds, ...found };
  return part === undefined ? [whole] : [{ ...whole, ...part, ...summary(parts), cpuSeconds: undefined }, whole];
}

function summary(seconds: readonly number[]): Pick<Row, 'seconds' | 'median' | 'least' | 'most'> {
  const [least, most] = range(seconds);
  return { seconds: seconds.map((s) => Number(s.toFixed(4))), median: median(seconds), least, most };
}
