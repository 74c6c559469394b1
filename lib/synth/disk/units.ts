import type { OutputUnit } from './compare.js';
import { unitOverlap } from './errors.js';
import { ancestorsOf, foldPath, isWithin, joinPath } from './paths.js';

/** The units of one transaction: two in one directory would take each other's files for stale ones. */
export class UnitRoots {
  /** By folded root, as all the paths here: two clusters may not differ in case only */
  readonly #units = new Map<string, OutputUnit>();
  readonly #above = new Set<string>();

  /** Throws if the unit shares a directory with an earlier one, and does not exclude it. */
  claim(unit: OutputUnit): void {
    const root = foldPath(unit.root);
    const above = root === '' ? [] : ['', ...ancestorsOf(root)];
    // Looked up by name, because a fleet may have thousands; only a unit that lies above others looks at all of them.
    const candidates = this.#above.has(root) ? this.#units.values() : this.#lookup([...above, root]);
    for (const other of candidates) {
      if (!overlaps(other, unit) && !overlaps(unit, other)) continue;
      throw unitOverlap(other.root, unit.root, [other.owner, unit.owner]);
    }
    this.#units.set(root, { owner: unit.owner, root: unit.root, exclude: unit.exclude });
    for (const directory of above) this.#above.add(directory);
  }

  #lookup(roots: readonly string[]): OutputUnit[] {
    return roots.map((root) => this.#units.get(root)).filter((unit) => unit !== undefined);
  }
}

/** Does the inner unit lie in a directory that the outer one looks into? */
function overlaps(outer: OutputUnit, inner: OutputUnit): boolean {
  const root = foldPath(inner.root);
  const excluded = (outer.exclude ?? []).map((directory) => foldPath(joinPath(outer.root, directory)));
  return isWithin(root, foldPath(outer.root)) && !excluded.some((directory) => isWithin(root, directory));
}
