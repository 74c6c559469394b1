import { assign } from '../assign.js';
import type { Misuse } from './misuse.js';

/**
 * What belongs to a shard, as `--shard 2/8` says it. Which one a name belongs to depends on the name and on the number of
 * shards, and on nothing else.
 *
 * @throws FleetError where it is not of that form, or there is no such shard
 */
export function shardOf(text: string, fail: Misuse): (name: string) => boolean {
  const [, digits, total] = /^(\d{1,4})\/(\d{1,4})$/.exec(text) ?? [];
  const [shard, count] = [Number(digits), Number(total)];
  if (!(shard >= 1 && shard <= count)) {
    throw fail(
      digits === undefined ? '--shard is not understood' : '--shard names a shard that is not there',
      'a shard and how many there are, counted from 1, such as 2/8',
      text,
      digits === undefined || count === 0 ? undefined : `the shards are 1/${count} to ${count}/${count}`,
    );
  }
  const shards = Array.from({ length: count }, (_, i) => String(i + 1));
  return (name) => assign(name, shards) === String(shard);
}
