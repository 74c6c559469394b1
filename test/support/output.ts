import { OutputTransaction, markerLine } from '../../lib/synth/disk/output.js';
import type { OutputFile, OutputOptions, OutputSummary, OutputUnit } from '../../lib/synth/disk/output.js';
import type { Files } from './temp-dir.js';

/** The unit that most tests write. */
export const STAGING: OutputUnit = { owner: 'fleet "staging"', root: 'clusters/staging' };

/** A unit beside it, of another fleet. */
export const PRODUCTION: OutputUnit = { owner: 'fleet "production"', root: 'clusters/production' };

/** A file as it stands on disk after it was written. */
export function written(text: string, unit = STAGING): string {
  return `${markerLine(unit.owner)}\n${text}`;
}

/** Files for `stage`; the paths of placeholders end in "?". */
export function outputFiles(files: Files): Map<string, OutputFile> {
  return new Map(
    Object.entries(files).map(([path, text]) =>
      path.endsWith('?') ? [path.slice(0, -1), { text, placeholder: true }] : [path, { text }],
    ),
  );
}

/** Stages one unit and commits; rolls back after an error, as every caller does. */
export function synth(outdir: string, files: Files, unit = STAGING, options?: OutputOptions): OutputSummary {
  return synthAll(outdir, [[unit, files]], options);
}

/** Stages several units and commits. */
export function synthAll(
  outdir: string,
  units: readonly (readonly [OutputUnit, Files])[],
  options?: OutputOptions,
): OutputSummary {
  const transaction = new OutputTransaction(outdir, options);
  try {
    for (const [unit, files] of units) transaction.stage(unit, outputFiles(files));
    return transaction.commit();
  } finally {
    transaction.rollback();
  }
}

/** An error as the system throws it. */
export function systemError(code: string, text: string, syscall: string): Error {
  return Object.assign(new Error(`${code}: ${text}, ${syscall} '/somewhere'`), { code, syscall });
}
