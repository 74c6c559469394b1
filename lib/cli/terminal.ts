import pc from 'picocolors';

/** Colours where a person reads stderr: not in files, not in CI's logs, not where NO_COLOR is set. */
export const colors = pc.createColors(process.stderr.isTTY === true && process.env.NO_COLOR === undefined);

/** Tells something that the user should know. */
export function warn(text: string): void {
  process.stderr.write(`${colors.yellow('warning')}: ${text}\n`);
}
