import { ROOT } from './draft.js';
import type { Draft } from './draft.js';

/**
 * The layer that can own what several layers use in one namespace: for flux-system the cluster's root, so that it never
 * moves when another user comes; else the one that all the others come after. Undefined where there is none.
 */
export function commonPlace(
  layers: readonly Draft[],
  users: ReadonlySet<string>,
  namespace: string,
  target = '',
): Draft | undefined {
  if (target === '' && namespace === ROOT && layers[0]!.name === ROOT) return layers[0];
  return layers.find(
    (l) => users.has(l.name) && [...users].every((n) => n === l.name || comesAfter(layers, n, l.name)),
  );
}

/** Whether a layer comes after another one by dependsOn. */
function comesAfter(layers: readonly Draft[], name: string, before: string, seen = new Set<string>()): boolean {
  if (seen.has(name)) return false;
  seen.add(name);
  const spec = layers.find((l) => l.name === name)?.kustomization?.object.spec as
    { dependsOn?: { name: string }[] } | undefined;
  return (spec?.dependsOn ?? []).some((d) => d.name === before || comesAfter(layers, d.name, before, seen));
}
