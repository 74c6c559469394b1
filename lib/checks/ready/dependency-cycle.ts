import type { LayerModel, ObjectModel } from '../../model/cluster-model.js';
import type { ClusterState } from '../../model/cluster-state.js';
import { identityOf, isKind } from '../../model/identity.js';
import type { Rule } from '../rule.js';

/** One moment in the life of a Kustomization: Flux begins to apply it, or it is ready. */
interface Moment {
  readonly id: string;
  readonly phase: 'applied' | 'ready';
  /** What has to happen before, and why. */
  readonly after: { readonly id: string; readonly phase: Moment['phase']; readonly why: string }[];
}

interface Kustomization {
  readonly id: string;
  readonly model: ObjectModel | LayerModel;
  readonly parent: string | undefined;
  readonly waits: boolean;
  readonly dependsOn: readonly string[];
}

/**
 * Nothing waits for itself. Flux knows two ways of waiting: a Kustomization is applied after those that it depends on
 * are ready, and after the one that contains it is applied; one that waits is ready only after those that it contains.
 */
export const dependencyCycle: Rule = {
  id: 'dependency-cycle',
  *check(cluster) {
    const all = kustomizations(cluster);
    const moments = momentsOf(all);
    for (let cycle = findCycle(moments); cycle; cycle = findCycle(moments)) {
      const names = [...new Set(cycle.map((step) => step.id))];
      yield {
        on: all.get(names[0]!)!.model,
        what: `${names.map((n) => `"${n}"`).join(', ')} wait${names.length === 1 ? 's for itself' : ' for each other'}: none of them would ever be ready`,
        expected: 'an order in which each can become ready',
        given: cycle.map((step) => step.why).join('\n'),
        fix: 'take one of these dependencies away, or move what both need into a layer before them',
      };
      // Those that are told are taken out, so that other cycles show.
      for (const id of names) for (const phase of ['applied', 'ready']) moments.delete(`${phase} ${id}`);
    }
  },
};

function kustomizations(cluster: ClusterState): Map<string, Kustomization> {
  const all = new Map<string, Kustomization>();
  for (const layer of cluster.layers) {
    if (layer.kustomization) all.set(layer.name, kustomization(layer.name, layer, layer.kustomization, layer.parent));
  }
  for (const layer of cluster.layers) {
    for (const on of layer.objects) {
      const id = idOf(on);
      // Those of layers are there already, and one of Flux itself is told as a second one.
      if (id === undefined || id === 'flux-system' || all.has(id)) continue;
      all.set(id, kustomization(id, on, on, layer.name));
    }
  }
  return all;
}

function kustomization(
  id: string,
  model: ObjectModel | LayerModel,
  { object }: ObjectModel,
  parent: string | undefined,
): Kustomization {
  const spec = (object.spec ?? {}) as { wait?: boolean; dependsOn?: { name: string; namespace?: string }[] };
  const { namespace } = object.metadata as { namespace?: string };
  const dependsOn = (spec.dependsOn ?? []).map((d) => label(d.namespace ?? namespace, d.name));
  return { id, model, parent, waits: spec.wait === true, dependsOn };
}

/** Layers go by their name, Kustomizations of other namespaces by both. */
function label(namespace: string | undefined, name: string): string {
  return namespace === undefined || namespace === 'flux-system' ? name : `${namespace}/${name}`;
}

function idOf({ object }: ObjectModel): string | undefined {
  if (!isKind(object, 'kustomize.toolkit.fluxcd.io', 'Kustomization')) return undefined;
  const { name, namespace } = identityOf(object);
  return label(namespace, name);
}

function momentsOf(all: ReadonlyMap<string, Kustomization>): Map<string, Moment> {
  const moments = new Map<string, Moment>();
  const moment = (id: string, phase: Moment['phase']): Moment => {
    const key = `${phase} ${id}`;
    if (!moments.has(key)) moments.set(key, { id, phase, after: [] });
    return moments.get(key)!;
  };
  for (const k of all.values()) {
    moment(k.id, 'ready').after.push({ id: k.id, phase: 'applied', why: '' });
    for (const d of k.dependsOn) {
      if (all.has(d)) moment(k.id, 'applied').after.push({ id: d, phase: 'ready', why: `"${k.id}" depends on "${d}"` });
    }
    if (k.parent === undefined || !all.has(k.parent)) continue;
    moment(k.id, 'applied').after.push({
      id: k.parent,
      phase: 'applied',
      why: `"${k.id}" is applied by "${k.parent}"`,
    });
    if (all.get(k.parent)!.waits) {
      moment(k.parent, 'ready').after.push({
        id: k.id,
        phase: 'ready',
        why: `"${k.parent}" waits for "${k.id}", which it contains`,
      });
    }
  }
  return moments;
}

interface Step {
  readonly id: string;
  readonly why: string;
}

/** A cycle with the reason of each step, found depth first; undefined where there is an order. */
function findCycle(moments: ReadonlyMap<string, Moment>): Step[] | undefined {
  const done = new Set<string>();
  for (const start of moments.keys()) {
    const path: { key: string; why: string; next: number }[] = [];
    const onPath = new Map<string, number>();
    if (done.has(start)) continue;
    path.push({ key: start, why: '', next: 0 });
    onPath.set(start, 0);
    while (path.length > 0) {
      const top = path.at(-1)!;
      const edge = moments.get(top.key)?.after[top.next++];
      if (!edge) {
        done.add(top.key);
        onPath.delete(top.key);
        path.pop();
        continue;
      }
      const key = `${edge.phase} ${edge.id}`;
      const from = onPath.get(key);
      if (from !== undefined) {
        const whys = [...path.slice(from + 1).map((p) => p.why), edge.why];
        const ids = path.slice(from).map((p) => moments.get(p.key)!.id);
        return ids.map((id, i) => ({ id, why: whys[i]! })).filter((s) => s.why !== '');
      }
      if (done.has(key)) continue;
      path.push({ key, why: edge.why, next: 0 });
      onPath.set(key, path.length - 1);
    }
  }
  return undefined;
}
