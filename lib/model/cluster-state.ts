import { groupBy } from '../group-by.js';
import type { JsonObject } from '../yaml/normalize.js';
import type { ClusterModel, ExistingObject, LayerModel, ObjectModel } from './cluster-model.js';
import { identityOf, kindKey, nameKey } from './identity.js';
import type { Identity } from './identity.js';
import { SharedObjects } from './shared-objects.js';

/** An object with what is asked of it again and again. */
export interface ObjectState {
  /** What a finding names as its place. */
  readonly on: ObjectModel;
  /** The object as Flux applies it. */
  readonly object: JsonObject;
  readonly id: Identity;
  /** The layer that applies it. */
  readonly layer: LayerModel;
  /** The cluster that it is on: '' for the cluster itself, else what leads to it from a hub. */
  readonly target: string;
}

/** Something that is asked for on a cluster, or on one of a hub's. */
export interface Wanted {
  readonly kind: string;
  readonly name: string;
  /** Undefined for what has no namespace. */
  readonly namespace?: string | undefined;
  /** '' for the cluster itself. */
  readonly target: string;
  /** Asked for only where two groups have a kind of that name. */
  readonly group?: string;
}

/** A Flux Kustomization: one of a layer, the cluster's root, or one that points to what is not here. */
export interface KustomizationState {
  /** Its name in flux-system, `namespace/name` elsewhere: as messages call it. */
  readonly id: string;
  readonly name: string;
  readonly namespace: string;
  /** What a finding names as its place: the layer, where it is one. */
  readonly on: ObjectModel | LayerModel;
  /** Undefined for the root, which Flux's installation makes. */
  readonly object: JsonObject | undefined;
  readonly spec: Readonly<Record<string, unknown>>;
  /** What it applies; undefined where that is not here. */
  readonly layer: LayerModel | undefined;
  /** The layer that applies it; undefined for the root. */
  readonly parent: LayerModel | undefined;
  /** The cluster that it is on, which on a hub may not be the one that it applies to. */
  readonly target: string;
}

const NONE: ReadonlyMap<string, readonly ObjectState[]> = new Map();

/** The name of a Kustomization in messages and references: short in flux-system. */
export function kustomizationId(namespace: string | undefined, name: string): string {
  return namespace === undefined || namespace === 'flux-system' ? name : `${namespace}/${name}`;
}

/**
 * A cluster as rules see it: the model, and what is asked of it again and again, each made once and only when asked for.
 */
export class ClusterState implements ClusterModel {
  readonly name!: string;
  readonly label!: string;
  readonly fleet!: string;
  readonly environment!: string;
  readonly labels!: ClusterModel['labels'];
  readonly variables!: ClusterModel['variables'];
  readonly kubernetesVersion: string | undefined;
  readonly fluxVersion: string | undefined;
  readonly components!: readonly string[];
  readonly lockdown!: boolean;
  readonly path!: string;
  readonly source: ClusterModel['source'];
  readonly layers!: readonly LayerModel[];
  readonly system!: ClusterModel['system'];
  readonly exists!: readonly ExistingObject[];
  readonly provides!: readonly string[];
  readonly crds?: readonly JsonObject[];
  readonly partial!: boolean;
  readonly unreached?: readonly string[];

  private allObjects: readonly ObjectState[] | undefined;
  private isJudged: ((state: ObjectState) => boolean) | undefined;
  private readonly memo = new Map<string, unknown>();

  /** `shared` are objects that other clusters have too, and what is known of them. */
  constructor(
    model: ClusterModel,
    readonly shared: SharedObjects = new SharedObjects(),
  ) {
    Object.assign(this, model);
  }

  /** Every object that Flux applies, layer by layer, parents first. */
  get objects(): readonly ObjectState[] {
    this.allObjects ??= this.layers.flatMap((layer) =>
      layer.objects.map((on): ObjectState => ({
        on,
        object: on.object,
        id: this.shared.factsOf(on.object)?.identity ?? identityOf(on.object),
        layer,
        target: layer.target,
      })),
    );
    return this.allObjects;
  }

  /**
   * The objects for rules that look at each by itself: all but those of which it is known from another cluster that
   * nothing is wrong with them. A rule that looks at what is around an object needs all of them.
   */
  get unjudged(): readonly ObjectState[] {
    const { isJudged } = this;
    return isJudged ? this.once('unjudged objects', () => this.objects.filter((o) => !isJudged(o))) : this.objects;
  }

  /** Leaves out, for rules that look at each object by itself, those that were judged before. */
  leaveOut(isJudged: (state: ObjectState) => boolean): void {
    this.isJudged = isJudged;
  }

  /** The objects of a group and kind, whatever their version and cluster. */
  ofKind(group: string, kind: string): readonly ObjectState[] {
    const byKind = this.once('objects by kind', () =>
      groupBy(this.objects, ({ object, id }) => this.shared.factsOf(object)?.kindKey ?? kindKey(id)),
    );
    return byKind.get(kindKey({ group, kind })) ?? [];
  }

  /** The object that is asked for, where the fleet emits it. */
  find(wanted: Wanted): ObjectState | undefined {
    const { group } = wanted;
    const all = this.named(wanted);
    return group === undefined ? all[0] : all.find((o) => o.id.group === group);
  }

  /** The objects of a kind that have this name, of whatever group. */
  named({ kind, name, namespace, target }: Wanted): readonly ObjectState[] {
    return this.namesOn(target).get(nameKey({ kind, namespace, name })) ?? [];
  }

  /** The objects that have one name with others of their kind, which mostly are none. */
  get namesakes(): ReadonlySet<ObjectState> {
    return this.once('namesakes', () => {
      const targets = new Set(this.layers.map((l) => l.target));
      const groups = [...targets].flatMap((target) => [...this.namesOn(target).values()]);
      return new Set(groups.filter((all) => all.length > 1).flat());
    });
  }

  private namesOn(target: string): ReadonlyMap<string, readonly ObjectState[]> {
    const byTarget = this.once('objects by name', () => {
      const on = groupBy(this.layers, (layer) => layer.target);
      return new Map([...on.keys()].map((at) => [at, this.objectsByName(at)]));
    });
    return byTarget.get(target) ?? NONE;
  }

  private objectsByName(target: string): ReadonlyMap<string, readonly ObjectState[]> {
    const objects = this.objects.filter((o) => o.target === target);
    return groupBy(objects, ({ object, id }) => this.shared.factsOf(object)?.nameKey ?? nameKey(id));
  }

  /** What is declared of an object that others make; all declarations of it as one. */
  declared({ kind, name, namespace, target }: Wanted): ExistingObject | undefined {
    const byName = this.once('declared objects', () =>
      groupBy(this.exists, (e) => keyOf(e.target ?? '', e.kind, e.namespace, e.name)),
    );
    const all = byName.get(keyOf(target, kind, namespace, name));
    if (!all) return undefined;
    const keys = all.flatMap((e) => e.keys ?? []);
    return { ...all[0]!, ...(keys.length > 0 && { keys: [...new Set(keys)] }) };
  }

  /** All Kustomizations of Flux, the root's first, parents before children. */
  get kustomizations(): readonly KustomizationState[] {
    return this.once('kustomizations', () => {
      const byName = new Map(this.layers.map((l) => [l.name, l]));
      const layers = this.layers.map((layer): KustomizationState => {
        const parent = layer.parent === undefined ? undefined : byName.get(layer.parent);
        return kustomizationOf(layer, layer.kustomization?.object, layer, parent, parent?.target ?? '');
      });
      const own = new Set(this.layers.map((l) => l.kustomization));
      const others = this.ofKind('kustomize.toolkit.fluxcd.io', 'Kustomization')
        .filter((o) => !own.has(o.on) && !isRoot(o))
        .map((o) => kustomizationOf(o.on, o.object, undefined, o.layer, o.target));
      return [...layers, ...others];
    });
  }

  /** Makes something of the cluster once, for all rules that ask for it by this name. */
  once<T>(name: string, make: () => T): T {
    let made = this.memo.get(name) as T | undefined;
    if (made === undefined && !this.memo.has(name)) this.memo.set(name, (made = make()));
    return made as T;
  }
}

/** The Kustomization of the root, which stands among the files of a hand-written cluster. */
export function isRoot({ id, target }: ObjectState): boolean {
  return target === '' && id.name === 'flux-system' && id.namespace === 'flux-system';
}

function kustomizationOf(
  on: ObjectModel | LayerModel,
  object: JsonObject | undefined,
  layer: LayerModel | undefined,
  parent: LayerModel | undefined,
  target: string,
): KustomizationState {
  const { name, namespace } = object ? identityOf(object) : { name: 'flux-system', namespace: 'flux-system' };
  return {
    id: kustomizationId(namespace, name),
    name,
    namespace: namespace ?? '',
    on,
    object,
    spec: (object?.spec ?? {}) as Readonly<Record<string, unknown>>,
    layer,
    parent,
    target,
  };
}

function keyOf(target: string, kind: string, namespace: string | undefined, name: string): string {
  return `${target}\n${kind}\n${namespace ?? ''}\n${name}`;
}
