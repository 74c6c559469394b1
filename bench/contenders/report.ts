import { writeSync } from 'node:fs';

/** What a contender knows of itself better than the process that started it; see `measure`. */
export interface Report {
  /** Seconds of the part that counts. */
  readonly partSeconds?: number;
  /** The most memory that a program held that it started, in KiB. */
  readonly peakKiB?: number;
}

/** Where `measure` listens. */
export const REPORT_FD = 3;

export function report(what: Report): void {
  writeSync(REPORT_FD, `${JSON.stringify(what)}\n`);
}
