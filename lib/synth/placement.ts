import { ROOT } from './draft.js';
import type { Draft } from './draft.js';

/**
 * The layer that can own what several layers use in one namespace: for flux-system the cluster's root, so that it never
 * moves when another user comes; else the one that all the others come after. Undefined where there is none.
 */
export function commonPlace(
  layers: ReadonlyMap<string, Draft>,
  users: ReadonlySet<string>,
  namespace: string,
  target = '',
): Draft | undefined {
  const root = layers.get(ROOT);
  if (root && target === '' && namespace === ROOT) return root;
  const names = [...users];
  const first = names.find((name) => names.every((n) => n === name || comesAfter(layers, n, name)));
  return first === undefined ? undefined : layers.get(first);
}

/** Layers by name. */
export function byName(layers: readonly Draft[]): ReadonlyMap<string, Draft> {
  return new Map(layers.map((l) => [l.name, l]));
}

/** Whether a layer comes after another one by dependsOn. */
function comesAfter(
  layers: ReadonlyMap<string, Draft>,
  name: string,
  before: string,
  seen = new Set<string>(),
): boolean {
  if (seen.has(name)) return false;
  seen.add(name);
  const spec = layers.get(name)?.kustomization?.object.spec as { dependsOn?: { name: string }[] } | undefined;
  return (spec?.dependsOn ?? []).some((d) => d.name === before || comesAfter(layers, d.name, before, seen));
}
