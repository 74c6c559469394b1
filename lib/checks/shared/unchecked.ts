import type { ClusterState } from '../../model/cluster-state.js';
import { kindsIn } from '../../model/crd-kinds.js';
import { identityOf } from '../../model/identity.js';
import { verdictsOf } from './verdicts.js';

/** What nothing could check, so that nobody takes silence for proof; how many objects by what it is. */
export interface Unchecked {
  /** Kinds without a schema, such as `example.com/v1 Widget`. */
  readonly kinds: Readonly<Record<string, number>>;
  /** Rules of CRDs that only the API server can evaluate, such as `example.com/v1 Widget: the function cidr`. */
  readonly rules: Readonly<Record<string, number>>;
}

/** What nothing could check in a cluster. */
export function uncheckedIn(cluster: ClusterState): Unchecked {
  const kinds = new Map<string, number>();
  for (const { id, target } of cluster.objects) {
    if (id.kind === '' || id.apiVersion === '') continue;
    const known = kindsIn(cluster, target);
    if (known.isChecked(id.apiVersion, id.kind) || known.lookup(id.apiVersion, id.kind) === 'unknown-kind') continue;
    add(kinds, `${id.apiVersion} ${id.kind}`);
  }
  const rules = new Map<string, number>();
  for (const { on, skipped } of verdictsOf(cluster)) {
    const { apiVersion, kind } = identityOf(on.object);
    const reasons = new Set(skipped.map((s) => s.reason));
    for (const reason of reasons) add(rules, `${apiVersion} ${kind}: ${reason}`);
  }
  return { kinds: sorted(kinds), rules: sorted(rules) };
}

/** The sum of what nothing could check in several clusters. */
export function sumOfUnchecked(all: readonly Unchecked[]): Unchecked {
  const kinds = new Map<string, number>();
  const rules = new Map<string, number>();
  for (const unchecked of all) {
    for (const [name, count] of Object.entries(unchecked.kinds)) add(kinds, name, count);
    for (const [name, count] of Object.entries(unchecked.rules)) add(rules, name, count);
  }
  return { kinds: sorted(kinds), rules: sorted(rules) };
}

function add(counts: Map<string, number>, name: string, count = 1): void {
  counts.set(name, (counts.get(name) ?? 0) + count);
}

function sorted(counts: ReadonlyMap<string, number>): Record<string, number> {
  return Object.fromEntries([...counts].sort(([a], [b]) => (a < b ? -1 : 1)));
}
