import { basename } from 'node:path';
import { formatFinding } from '../finding.js';
import { synthesize } from '../synth/synthesize.js';
import type { SynthResult } from '../synth/synthesize.js';
import { loadApps } from './load.js';
import { colors, plural, progressLine, warn, widthOf } from './terminal.js';

/** Options of `flux-fleet synth`. */
export interface SynthCommand {
  readonly out?: string;
  readonly json?: boolean;
}

/** `flux-fleet synth apps/*.ts`: loads all apps, checks all, and then writes all or nothing. */
export async function synthCommand(files: readonly string[], options: SynthCommand): Promise<void> {
  const started = performance.now();
  const progress = progressLine();
  let result: SynthResult;
  try {
    progress('loading');
    const apps = await loadApps(files);
    result = synthesize(apps, {
      outdir: options.out,
      onUnit: ({ label }, n) => progress(`${n + 1}: ${label}`),
      onWarning: warn,
    });
  } finally {
    progress('');
  }
  const seconds = (performance.now() - started) / 1000;
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
  if (options.json === true)
    process.stdout.write(`${JSON.stringify({ ...result, seconds: Number(seconds.toFixed(3)) })}\n`);
  else process.stderr.write(`${summary(result, seconds)}\n`);
}

function summary(r: SynthResult, seconds: number): string {
  const counts = [`${r.written} written`, `${r.unchanged} unchanged`, `${r.removed} removed`];
  const units = [
    ...(r.clusters > 0 ? [plural(r.clusters, 'cluster')] : []),
    ...(r.repositories > 0 ? ['a repository'] : []),
  ];
  return `${r.outdir}: ${units.join(' and ')}, ${plural(r.objects, 'object')}, files: ${counts.join(', ')} (${seconds.toFixed(1)} s)`;
}
