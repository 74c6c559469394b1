import { groupBy } from '../group-by.js';
import type { LayerModel, ObjectModel } from './cluster-model.js';
import { isRoot, kustomizationId } from './cluster-state.js';
import type { ClusterState } from './cluster-state.js';
import { fullName } from './identity.js';

const FLUX_KINDS = {
  Kustomization: 'kustomize.toolkit.fluxcd.io',
  HelmRelease: 'helm.toolkit.fluxcd.io',
} as const;

/** The two kinds of Flux that wait for others of their kind. */
export type WaitingKind = keyof typeof FLUX_KINDS;

/** Something that Flux reconciles, and that others can wait for: a Kustomization or a HelmRelease. */
export interface Reconciled {
  readonly kind: WaitingKind;
  readonly name: string;
  readonly namespace: string;
  /** As messages call it: `"apps"`, `"tenant/apps"`, `HelmRelease "tenant/app"`. */
  readonly label: string;
  /** What a finding names as its place. */
  readonly on: ObjectModel | LayerModel;
  readonly spec: Readonly<Record<string, unknown>>;
  /** What it applies; undefined where that is not here, and for a HelmRelease. */
  readonly layer: LayerModel | undefined;
  /** The layer that applies it; undefined for the root. */
  readonly parent: LayerModel | undefined;
  /** The cluster that it stands on: '' for the cluster itself. */
  readonly target: string;
  readonly dependsOn: readonly DependencyEdge[];
}

/** One entry of `spec.dependsOn`. */
export interface DependencyEdge {
  /** Its place in the list. */
  readonly index: number;
  readonly name: string;
  readonly namespace: string;
  /** Flux asks this of the other one, in place of whether it is ready. */
  readonly readyExpr: string | undefined;
  /** Undefined where nothing here is it. */
  readonly on: Reconciled | undefined;
}

/** One step of a cycle: who waits, and why. */
export interface Step {
  readonly who: Reconciled;
  readonly why: string;
  /** The entry of `spec.dependsOn` that says it, where one does. */
  readonly entry?: number;
}

/** Something that has to happen before, as the number of a moment, and why. */
interface Before extends Pick<Step, 'why' | 'entry'> {
  readonly moment: number;
}

/**
 * In which order Flux reconciles. Each Kustomization and HelmRelease has two moments: Flux begins to apply it, and it is
 * ready. One begins when all that it depends on is ready, and not before what contains it has begun; a Kustomization
 * that waits (`wait`, or `healthChecks` without it) is ready only when what it waits for is.
 */
export class Order {
  readonly all: readonly Reconciled[];
  /** For each moment what has to happen before; the moments of the n-th are 2n (it begins) and 2n + 1 (it is ready). */
  private readonly before: readonly (readonly Before[])[];
  private readonly numbers: ReadonlyMap<Reconciled, number>;
  private readonly byName: ReadonlyMap<string, Reconciled>;
  private readonly byLayer: ReadonlyMap<LayerModel, Reconciled>;
  private readonly byParent: ReadonlyMap<LayerModel | undefined, readonly Reconciled[]>;
  private readonly above = new Map<LayerModel, readonly LayerModel[]>();
  private readonly reached = new Map<number, ReadonlySet<number>>();

  constructor(cluster: ClusterState) {
    const all = reconciled(cluster);
    this.all = all;
    this.numbers = new Map(all.map((r, i) => [r, i]));
    this.byName = new Map([...all].reverse().map((r) => [keyOf(r.kind, r.target, r.namespace, r.name), r]));
    this.byLayer = new Map(all.flatMap((r) => (r.layer ? [[r.layer, r] as const] : [])));
    this.byParent = groupBy(all, (r) => r.parent);
    for (const r of all) resolveDependencies(r, (kind, namespace, name) => this.find(kind, r.target, namespace, name));
    this.before = this.moments();
  }

  /** The one of this name on a cluster; the root is `flux-system/flux-system`. */
  find(kind: WaitingKind, target: string, namespace: string, name: string): Reconciled | undefined {
    return this.byName.get(keyOf(kind, target, namespace, name));
  }

  /** What applies a layer. */
  of(layer: LayerModel): Reconciled | undefined {
    return this.byLayer.get(layer);
  }

  /** The Kustomizations and HelmReleases that a layer contains. */
  contained(layer: LayerModel | undefined): readonly Reconciled[] {
    return layer ? (this.byParent.get(layer) ?? []) : [];
  }

  /** What a Kustomization is ready only after: with `wait` all that it contains, else what its healthChecks name. */
  waitedForBy(r: Reconciled): readonly Reconciled[] {
    if (r.spec.wait === true) return this.contained(r.layer).filter((o) => !isLeftAlone(o.on));
    return this.checkedBy(r).filter((o) => o !== r);
  }

  /** Whether a layer is ready before Flux begins to apply another one. */
  isReadyBefore(layer: LayerModel, other: LayerModel): boolean {
    const [first, second] = [this.of(layer), this.of(other)];
    return first !== undefined && second !== undefined && this.isReadyBeforeApplied(first, second);
  }

  /** The same for what is no layer. */
  isReadyBeforeApplied(first: Reconciled, second: Reconciled): boolean {
    return this.reachedFrom(2 * this.numbers.get(second)!).has(2 * this.numbers.get(first)! + 1);
  }

  /** Whether Flux cannot begin with one before another one is ready, or its content is applied. */
  cannotBeginBefore(one: Reconciled, other: Reconciled): boolean {
    const reached = this.reachedFrom(2 * this.numbers.get(one)!);
    const number = this.numbers.get(other)!;
    return one === other || reached.has(2 * number) || reached.has(2 * number + 1);
  }

  /** The layers that contain this one's Kustomization, the nearest first. */
  ancestors(layer: LayerModel): readonly LayerModel[] {
    const known = this.above.get(layer);
    if (known) return known;
    const found: LayerModel[] = [];
    for (let l = this.of(layer)?.parent; l && !found.includes(l); l = this.of(l)?.parent) found.push(l);
    this.above.set(layer, found);
    return found;
  }

  /** One for each knot of those that wait for each other; none where there is an order. */
  cycles(): Step[][] {
    const found: Step[][] = [];
    let knots = this.knots(this.before.map((_, i) => i));
    while (knots.length > 0) {
      const left: number[][] = [];
      for (const knot of knots) {
        const cycle = this.cycleIn(knot);
        found.push(cycle.map((b) => b.step));
        // Those that are told are taken out, so that other cycles of the knot show.
        const told = new Set(cycle.map((b) => b.number));
        left.push(...this.knots(knot.filter((moment) => !told.has(moment >> 1))));
      }
      knots = left;
    }
    const first = (cycle: readonly Step[]) => Math.min(...cycle.map((s) => this.numbers.get(s.who)!));
    return found.sort((a, b) => first(a) - first(b));
  }

  private moments(): Before[][] {
    const before: Before[][] = this.all.flatMap((_, i) => [[], [{ moment: 2 * i, why: '' }]]);
    for (const [i, r] of this.all.entries()) {
      for (const { on, index } of r.dependsOn) {
        if (!on) continue;
        const moment = 2 * this.numbers.get(on)! + 1;
        before[2 * i]!.push({ moment, why: `${r.label} depends on ${on.label}`, entry: index });
      }
      const parent = r.parent && this.of(r.parent);
      if (parent) {
        const moment = 2 * this.numbers.get(parent)!;
        before[2 * i]!.push({ moment, why: `${r.label} is applied by ${parent.label}` });
      }
      for (const other of this.waitedForBy(r)) {
        const why = r.spec.wait === true ? 'waits for' : 'checks the health of';
        const contains = other.parent !== undefined && other.parent === r.layer ? ', which it contains' : '';
        const moment = 2 * this.numbers.get(other)! + 1;
        before[2 * i + 1]!.push({ moment, why: `${r.label} ${why} ${other.label}${contains}` });
      }
    }
    return before;
  }

  /** What a Kustomization names in its healthChecks, which Flux reads only where `wait` is not true. */
  private checkedBy({ kind, spec, layer, target }: Reconciled): Reconciled[] {
    if (kind !== 'Kustomization' || spec.wait === true || !Array.isArray(spec.healthChecks)) return [];
    const where = layer?.target ?? (spec.kubeConfig === undefined ? target : undefined);
    if (where === undefined) return [];
    return (spec.healthChecks as readonly Readonly<Record<string, unknown>>[]).flatMap((check) => {
      const wanted = text(check.kind);
      if (!isWaitingKind(wanted)) return [];
      return this.find(wanted, where, text(check.namespace), text(check.name)) ?? [];
    });
  }

  /** All moments that have to happen before one; itself is among them only where there is a cycle. */
  private reachedFrom(moment: number): ReadonlySet<number> {
    const known = this.reached.get(moment);
    if (known) return known;
    const reached = new Set<number>();
    const open = [moment];
    while (open.length > 0) {
      for (const { moment: next } of this.before[open.pop()!]!) {
        if (reached.has(next)) continue;
        reached.add(next);
        open.push(next);
      }
    }
    this.reached.set(moment, reached);
    return reached;
  }

  /** The strongly connected parts that have a cycle, by Tarjan, without recursion: chains may be long. */
  private knots(moments: readonly number[]): number[][] {
    const count = this.before.length;
    const inside = new Uint8Array(count);
    for (const moment of moments) inside[moment] = 1;
    const index = new Int32Array(count).fill(-1);
    const low = new Int32Array(count);
    const stack: number[] = [];
    const onStack = new Uint8Array(count);
    const knots: number[][] = [];
    let next = 0;
    for (const start of moments) {
      if (index[start] !== -1) continue;
      const path: { moment: number; next: number }[] = [];
      const enter = (moment: number) => {
        index[moment] = low[moment] = next++;
        stack.push(moment);
        onStack[moment] = 1;
        path.push({ moment, next: 0 });
      };
      enter(start);
      while (path.length > 0) {
        const top = path.at(-1)!;
        const edge = this.before[top.moment]![top.next++];
        if (edge) {
          if (inside[edge.moment] === 0) continue;
          if (index[edge.moment] === -1) enter(edge.moment);
          else if (onStack[edge.moment] === 1) low[top.moment] = Math.min(low[top.moment]!, index[edge.moment]!);
          continue;
        }
        path.pop();
        const above = path.at(-1);
        if (above) low[above.moment] = Math.min(low[above.moment]!, low[top.moment]!);
        if (low[top.moment] !== index[top.moment]) continue;
        const knot = stack.splice(stack.lastIndexOf(top.moment));
        for (const moment of knot) onStack[moment] = 0;
        const isCycle = knot.length > 1 || this.before[top.moment]!.some((b) => b.moment === top.moment);
        if (isCycle) knots.push(knot.sort((a, b) => a - b));
      }
    }
    return knots;
  }

  /** The shortest cycle through the first moment of a knot. */
  private cycleIn(knot: readonly number[]): { number: number; step: Step }[] {
    const inside = new Set(knot);
    const start = knot[0]!;
    const cameBy = new Map<number, { from: number; by: Before }>();
    const open = [start];
    for (let i = 0; i < open.length && !cameBy.has(start); i++) {
      for (const by of this.before[open[i]!]!) {
        if (!inside.has(by.moment) || cameBy.has(by.moment)) continue;
        cameBy.set(by.moment, { from: open[i]!, by });
        open.push(by.moment);
      }
    }
    const steps: { number: number; step: Step }[] = [];
    let at = start;
    do {
      const { from, by } = cameBy.get(at)!;
      const step = { who: this.all[from >> 1]!, why: by.why, ...(by.entry !== undefined && { entry: by.entry }) };
      if (by.why !== '') steps.unshift({ number: from >> 1, step });
      at = from;
    } while (at !== start);
    return steps;
  }
}

/** The order of a cluster, made once. */
export function orderOf(cluster: ClusterState): Order {
  return cluster.once('order', () => new Order(cluster));
}

/** True where not all that a Kustomization applies is known: it comes from elsewhere, or could not be read. */
export function hasUnknownContent(layer: LayerModel | undefined): boolean {
  if (layer?.directory === undefined || layer.incomplete) return true;
  const { facts } = layer;
  if (!facts) return false;
  return !facts.exists || facts.error !== undefined || facts.ignoredBy !== undefined || facts.remote.length > 0;
}

/** True for what Flux neither applies nor waits for, although it is in the layer. */
export function isLeftAlone(on: ObjectModel | LayerModel): boolean {
  const object = 'objects' in on ? on.kustomization?.object : on.object;
  const metadata = (object?.metadata ?? {}) as { labels?: unknown; annotations?: unknown };
  return [metadata.labels, metadata.annotations].some((map) => {
    const values = (map ?? {}) as Readonly<Record<string, unknown>>;
    const of = (name: string) => text(values[`kustomize.toolkit.fluxcd.io/${name}`]).toLowerCase();
    return of('reconcile') === 'disabled' || of('ssa') === 'ignore';
  });
}

interface Draft extends Omit<Reconciled, 'dependsOn'> {
  dependsOn: DependencyEdge[];
}

function reconciled(cluster: ClusterState): Draft[] {
  const [root, ...others] = cluster.kustomizations;
  const installed = cluster.ofKind(FLUX_KINDS.Kustomization, 'Kustomization').find(isRoot);
  const rootSpec = (installed?.object.spec ?? {}) as Readonly<Record<string, unknown>>;
  const kustomizations = [...(root ? [{ ...root, spec: { ...rootSpec, ...root.spec } }] : []), ...others].map(
    (k): Draft => ({
      kind: 'Kustomization',
      name: k.name,
      namespace: k.namespace,
      label: `"${kustomizationId(k.namespace, k.name)}"`,
      on: k.on,
      spec: k.spec,
      layer: k.layer,
      parent: k.parent,
      target: k.target,
      dependsOn: [],
    }),
  );
  const releases = cluster
    .ofKind(FLUX_KINDS.HelmRelease, 'HelmRelease')
    .map(({ on, object, id, layer, target }): Draft => ({
      kind: 'HelmRelease',
      name: id.name,
      namespace: id.namespace ?? '',
      label: `HelmRelease "${fullName(id)}"`,
      on,
      spec: (object.spec ?? {}) as Readonly<Record<string, unknown>>,
      layer: undefined,
      parent: layer,
      target,
      dependsOn: [],
    }));
  return [...kustomizations, ...releases];
}

function resolveDependencies(
  r: Reconciled,
  find: (kind: WaitingKind, namespace: string, name: string) => Reconciled | undefined,
): void {
  if (!Array.isArray(r.spec.dependsOn)) return;
  const edges = (r.spec.dependsOn as readonly unknown[]).flatMap((entry, index): DependencyEdge[] => {
    const said = (entry ?? {}) as Readonly<Record<string, unknown>>;
    const name = text(said.name);
    // What Flux substitutes with a value that nobody knows here is nobody's name; neither is none.
    if (name === '' || name.includes('${') || text(said.namespace).includes('${')) return [];
    const namespace = text(said.namespace) || r.namespace;
    const readyExpr = text(said.readyExpr) || undefined;
    return [{ index, name, namespace, readyExpr, on: find(r.kind, namespace, name) }];
  });
  (r as Draft).dependsOn.push(...edges);
}

function isWaitingKind(kind: string): kind is WaitingKind {
  return Object.hasOwn(FLUX_KINDS, kind);
}

function keyOf(kind: string, target: string, namespace: string, name: string): string {
  return [kind, target, namespace, name].join('\n');
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
