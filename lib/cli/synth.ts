import { availableParallelism } from 'node:os';
import { basename } from 'node:path';
import { formatFinding } from '../finding.js';
import type { SynthApp, SynthUnit } from '../synth/app.js';
import { synthesize } from '../synth/synthesize.js';
import type { SynthOptions, SynthResult } from '../synth/synthesize.js';
import { ThreadBackEnd } from '../synth/thread/thread-back-end.js';
import { loadApps } from './load.js';
import { misuseOf } from './misuse.js';
import { progressOf } from './progress.js';
import { checkOnly, selectionOf } from './selection.js';
import { shardOf } from './shard.js';
import { colors, plural, warn, widthOf } from './terminal.js';

/** Options of `flux-fleet synth`. */
export interface SynthCommand {
  readonly out?: string;
  readonly json?: boolean;
  /** Names of clusters, and label selectors. */
  readonly only?: readonly string[];
  /** `2/8`: the second of eight parts. */
  readonly shard?: string;
}

/** The rule of errors in the command itself, for the exit code. */
export const SYNTH_MISUSED = 'synth-misused';

/** `flux-fleet synth apps/*.ts`: loads all apps, checks all, and then writes all or nothing. */
export function synthCommand(files: readonly string[], options: SynthCommand): Promise<void> {
  return synthApps(() => loadApps(files), options);
}

/**
 * What the command does with its apps.
 *
 * @throws FleetError with everything that is wrong; nothing was written then
 */
export async function synthApps(load: () => Promise<readonly SynthApp[]>, options: SynthCommand): Promise<void> {
  const started = performance.now();
  const partOf = part(options);
  const progress = await progressOf();
  let result: SynthResult;
  let units: readonly SynthUnit[];
  try {
    progress.begin('loading');
    const apps = await load();
    units = apps.flatMap((app) => [...app.units()]);
    const select = partOf(units);
    const total = select ? units.filter(select).length : units.length;
    progress.begin('building', total);
    result = synthesize(apps, {
      outdir: options.out,
      ...(select && { select }),
      ...(total >= MANY_UNITS && hasSecondThread() && { backEnd: (o) => new ThreadBackEnd(o) }),
      paths: options.json === true,
      onUnit: ({ label }, n, objects) => progress.step(n, `${plural(objects, 'object')}, ${label}`),
      onWarning: (warning) => {
        progress.clear();
        warn(warning);
        progress.begin('building', total);
      },
    });
  } finally {
    progress.clear();
  }
  const seconds = (performance.now() - started) / 1000;
  tell(result);
  if (options.json === true)
    process.stdout.write(`${JSON.stringify({ ...result, seconds: Number(seconds.toFixed(3)) })}\n`);
  else process.stderr.write(`${summary(result, units, seconds)}\n`);
}

/** From so many units on a second thread is worth its start. */
const MANY_UNITS = 12;

function hasSecondThread(): boolean {
  return ThreadBackEnd.isAvailable && availableParallelism() > 1;
}

/** What is asked for, once the units are known; undefined for all of them. */
function part({ only, shard }: SynthCommand): (units: readonly SynthUnit[]) => SynthOptions['select'] {
  const misuse = misuseOf(SYNTH_MISUSED);
  checkOnly(only ?? [], misuse);
  const isInShard = shard === undefined ? undefined : shardOf(shard, misuse);
  return (units) => {
    const isSelected = only && selectionOf(only, units, misuseOf('nothing-selected'));
    if (!isSelected && !isInShard) return undefined;
    return (unit) => isSelected?.(unit) !== false && isInShard?.(unit.name) !== false;
  };
}

/** What a person should know, on stderr. */
function tell(result: SynthResult): void {
  for (const root of result.undeclared) {
    warn(
      `no app declares ${root}; it stays as it is, and Flux goes on applying it. When the cluster is gone: flux-fleet remove cluster ${basename(root)}`,
    );
  }
  for (const finding of result.warnings)
    process.stderr.write(`${colors.yellow('warning')}: ${formatFinding(finding, colors, widthOf(process.stderr))}\n\n`);
  const unchecked = Object.entries(result.unchecked).map(([kind, count]) => `${kind} (${count})`);
  if (unchecked.length > 0)
    process.stderr.write(`fields not checked, because no schema is known: ${unchecked.join(', ')}\n`);
  const rules = Object.entries(result.uncheckedRules).map(([rule, count]) => `${rule} (${count})`);
  if (rules.length > 0)
    process.stderr.write(`rules of CRDs not checked, because only the API server can: ${rules.join(', ')}\n`);
  if (result.others.length > 0)
    process.stderr.write(`not part of this run, and left alone: ${result.others.join(', ')}\n`);
}

function summary(r: SynthResult, units: readonly SynthUnit[], seconds: number): string {
  const counts = [`${r.written} written`, `${r.unchanged} unchanged`, `${r.removed} removed`];
  const clusters = units.filter(({ root }) => root !== '').length;
  const of = r.skipped > 0 ? `${r.clusters} of ` : '';
  const made = [
    ...(clusters > 0 ? [`${of}${plural(clusters, 'cluster')}`] : []),
    ...(r.repositories > 0 ? ['a repository'] : []),
    ...(clusters === 0 && r.repositories === 0 ? ['no repository'] : []),
  ];
  return `${r.outdir}: ${made.join(' and ')}, ${plural(r.objects, 'object')}, files: ${counts.join(', ')} (${seconds.toFixed(1)} s)`;
}
