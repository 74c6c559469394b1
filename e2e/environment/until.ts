import { setTimeout as sleep } from 'node:timers/promises';

/** How long something is waited for, and how often it is looked at. */
export interface Patience {
  readonly seconds: number;
  readonly everyMs?: number;
  /** Says, when time is up, what was there in its place. */
  readonly otherwise?: () => string | Promise<string>;
}

/** Waits until a condition gives something, and returns that. Throws when time is up. */
export async function until<T>(
  what: string,
  condition: () => T | Promise<T>,
  { seconds, everyMs = 200, otherwise }: Patience,
): Promise<NonNullable<Exclude<T, false>>> {
  const end = performance.now() + seconds * 1000;
  let last = '';
  for (;;) {
    try {
      const found = await condition();
      if (found) return found as NonNullable<Exclude<T, false>>;
    } catch (error) {
      last = `\n${(error as Error).message}`;
    }
    if (performance.now() > end) break;
    await sleep(everyMs);
  }
  throw new Error(`waited ${seconds} s for ${what}${otherwise === undefined ? last : `\n${await otherwise()}`}`);
}
