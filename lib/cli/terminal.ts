import pc from 'picocolors';
import type { Colors } from 'picocolors/types.js';

/** Colours where a person reads stderr: not in files, not in CI's logs, not where NO_COLOR is set. */
export const colors = colorsFor(process.stderr);

/** The same for another stream. */
export function colorsFor(stream: NodeJS.WriteStream): Colors {
  return pc.createColors(stream.isTTY === true && process.env.NO_COLOR === undefined);
}

/** Where lines for people are broken: at the edge of a terminal, and nowhere in files. */
export function widthOf(stream: NodeJS.WriteStream): number {
  return stream.isTTY === true && stream.columns > 0 ? Math.max(stream.columns, 40) : Infinity;
}

/** Tells something that the user should know. */
export function warn(text: string): void {
  process.stderr.write(`${colors.yellow('warning')}: ${text}\n`);
}

/** `1 cluster`, `2 clusters`. */
export function plural(n: number, noun: string): string {
  return `${n} ${noun}${n === 1 ? '' : 's'}`;
}
