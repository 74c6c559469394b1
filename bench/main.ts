import { InvalidArgumentError, Option, program } from 'commander';
import { judge } from './goals.js';
import { load, machine } from './machine.js';
import { writePage } from './page.js';
import { markdownReport, textReport } from './report.js';
import type { BenchResult } from './report.js';
import { stop } from './process.js';
import { runSection } from './runner.js';
import type { Section, SectionResult } from './runner.js';
import { cdk8s } from './sections/cdk8s.js';
import { CONTENDERS, contenders } from './sections/contenders.js';
import { reference } from './sections/reference.js';
import { scale } from './sections/scale.js';
import { SIZES } from './sizes.js';
import type { BenchSize, SizeName } from './sizes.js';
import { Workspace, defaultPlace, freeBytes, remove } from './workspace.js';

const SECTIONS = ['scale', 'cdk8s', 'reference'] as const;
const NAMES: readonly string[] = [...CONTENDERS, ...SECTIONS];

interface Options {
  readonly size: SizeName;
  readonly runs: number;
  readonly only: readonly string[];
  readonly dir?: string;
  readonly json?: boolean;
  readonly markdown?: string | true;
}

program
  .name('npm run bench --')
  .description('Measures a synth of a large fleet, and others that make the same objects.')
  .addOption(new Option('--size <size>', 'how large the fleet is').choices(Object.keys(SIZES)).default('large'))
  .addOption(new Option('--runs <n>', 'runs of each').argParser(count).default(5))
  .addOption(new Option('--only <what...>', 'measure only these').choices(NAMES).default(NAMES, 'all'))
  .option('--dir <directory>', 'work below this directory (default: in memory where there is room, else on disk)')
  .option('--json', 'print the results as JSON on stdout')
  .option('--markdown [page]', 'print the results as Markdown on stdout, or put them into a page')
  .action(bench);

try {
  await program.parseAsync();
} catch (e) {
  progress(`error: ${e instanceof Error ? e.message : String(e)}`);
  process.exitCode = 1;
}

async function bench({ size: name, runs, only, dir, json, markdown }: Options): Promise<void> {
  const size = SIZES[name];
  const place = dir ?? defaultPlace(bytesOf(size));
  if (load() > 0.5) progress(`warning: others use this machine (load ${load().toFixed(1)}); the figures will vary`);
  const workspace = new Workspace(place);
  // Ends the run, and with it this function: the directory is removed as after every error.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, stop);
  try {
    if (freeBytes(workspace.directory) < bytesOf(size)) progress(`warning: there is little room in ${place}`);
    const results: SectionResult[] = [];
    for (const make of sectionsOf(workspace, size, only)) {
      const section = await make();
      for (const skipped of section.skipped ?? []) progress(`left out: ${skipped}`);
      results.push(await runSection(section, runs, workspace, progress));
      remove(workspace.path(section.id));
    }
    const goals = judge(results, size);
    const result = { machine: machine(workspace.directory), size, runs, sections: results, goals };
    await tell(result, json === true, markdown);
  } finally {
    workspace.remove();
  }
}

/** The sections that are asked for; each is prepared when its turn comes. */
function sectionsOf(
  workspace: Workspace,
  size: BenchSize,
  only: readonly string[],
): (() => Section | Promise<Section>)[] {
  const others = CONTENDERS.filter((contender) => only.includes(contender));
  const all = {
    scale: () => scale(workspace, size),
    cdk8s: () => cdk8s(workspace, size),
    reference: () => reference(workspace),
  };
  return [
    ...(others.length > 0 ? [() => contenders(workspace, size, others)] : []),
    ...SECTIONS.filter((section) => only.includes(section)).map((section) => all[section]),
  ];
}

async function tell(result: BenchResult, json: boolean, markdown: string | true | undefined): Promise<void> {
  if (typeof markdown === 'string') await writePage(markdown, markdownReport(result));
  if (json) process.stdout.write(`${JSON.stringify(result, undefined, 2)}\n`);
  else process.stdout.write(`${markdown === true ? markdownReport(result) : textReport(result)}\n`);
}

/** About what the files of a section take at the most: a file of ours is a block of 4 KiB. */
function bytesOf({ clusters, components, tenants }: BenchSize): number {
  return clusters * (5 * components + 3 * tenants + 20) * 4 * 4096;
}

function progress(text: string): void {
  process.stderr.write(`${text}\n`);
}

function count(text: string): number {
  const n = Number(text);
  if (!Number.isInteger(n) || n < 1) throw new InvalidArgumentError('It must be a whole number, 1 or more.');
  return n;
}
