import { createHash } from 'node:crypto';

/**
 * The place that a name belongs to: always the same one for these places, in whatever order they come, and whatever other
 * names there are. Where a place is added, only what it takes over moves; where one goes, only what was its own.
 *
 * Rendezvous hashing: each place draws a number for the name, and the highest wins.
 *
 * @see https://en.wikipedia.org/wiki/Rendezvous_hashing
 */
export function assign(name: string, places: readonly string[]): string {
  const drawn = places.map((place) => ({ place, number: draw(name, place) }));
  const [first, ...others] = drawn;
  if (first === undefined) throw new Error(`There is no place to which "${name}" could be assigned.`);
  return others.reduce((best, other) => (other.number > best.number ? other : best), first).place;
}

/** The text of SHA-256 as hexadecimal digits: it has the order of the number. */
function draw(name: string, place: string): string {
  return createHash('sha256').update(`${place}\n${name}`).digest('hex');
}
