import type { IConstruct } from 'constructs';

/** How Flux's controllers divide the work on a cluster. */
export interface Sharding {
  /** The label of objects that belong to a shard. */
  readonly key: string;
  /** The shards that have controllers of their own. */
  readonly shards: readonly string[];
}

/** What the objects of a cluster need to know of it. */
export interface ICluster extends IConstruct {
  readonly name: string;
  /** Whether tenants are locked in: no cross-namespace references, no rights without a service account. */
  readonly lockdown: boolean;
  /** How the controllers divide the work, where that is known. */
  readonly sharding: Sharding | undefined;
  /** The shards that tenants and components are divided among; none where the code divides them itself. */
  readonly shards: readonly string[];
}

/** What others need to know of a layer. */
export interface ILayer extends IConstruct {
  /** Name of its Flux Kustomization in flux-system. */
  readonly name: string;
  /** The cluster that its objects are for: '' for the one that it stands in, else the kubeConfig that leads to another. */
  readonly target: string;
  /** The layers that must be ready before it. */
  readonly dependencies: readonly LayerDependency[];
}

/** Something that others can wait for: a layer, a component (its last layer), a tenant (its layer). */
export interface IDependable extends IConstruct {
  /** The layer whose readiness is meant; undefined for a component that has none yet. */
  readonly dependableLayer: ILayer | undefined;
}

/** What a layer, component or tenant waits for. */
export type Dependency = IDependable | { readonly on: IDependable; readonly readyExpr?: string };

/** A dependency with its condition. */
export interface LayerDependency {
  readonly on: IDependable;
  readonly readyExpr?: string;
}

/** The label by which Flux knows a tenant's objects. */
export const TENANT_LABEL = 'toolkit.fluxcd.io/tenant';

/** What a noun of ours decides for everything below it in the construct tree. */
export interface ScopeInfo {
  readonly noun: 'fleet' | 'repository' | 'cluster' | 'layer' | 'component' | 'tenant' | 'tenant-namespace';
  /** Labels that every object below carries. */
  readonly labels?: Readonly<Record<string, string>>;
  /** Namespace of objects below that say none. */
  readonly namespace?: string;
  /** Shard of Flux's objects below. */
  readonly shard?: string;
  /** Intervals of Flux's objects below that say none, by kind. */
  readonly intervals?: Readonly<Record<string, string | undefined>>;
  /** Service account that reconciles in a namespace, where this noun has one there. */
  readonly accountIn?: (namespace: string) => string | undefined;
}

const SCOPE = Symbol.for('cdk8s-flux-fleet.Scope');

/** Marks a construct as one of our nouns. A symbol, so that two copies of the library understand each other. */
export function defineScope(construct: IConstruct, info: ScopeInfo): void {
  Object.defineProperty(construct, SCOPE, { value: info, enumerable: false });
}

/** What kind of noun the construct is, if it is one. */
export function scopeInfo(construct: IConstruct | undefined): ScopeInfo | undefined {
  return (construct as { [SCOPE]?: ScopeInfo } | undefined)?.[SCOPE];
}

/** The construct itself or the nearest one above that is this noun. */
function nearest(construct: IConstruct | undefined, noun: ScopeInfo['noun']): IConstruct | undefined {
  for (let c = construct; c; c = c.node.scope) if (scopeInfo(c)?.noun === noun) return c;
  return undefined;
}

/** The nearest noun of ours: the construct itself, or the first one above it. */
export function nearestNoun(construct: IConstruct | undefined): IConstruct | undefined {
  for (let c = construct; c; c = c.node.scope) if (scopeInfo(c)) return c;
  return undefined;
}

/** The cluster that the construct belongs to; undefined in a repository. */
export function clusterOf(construct: IConstruct | undefined): ICluster | undefined {
  return nearest(construct, 'cluster') as ICluster | undefined;
}

/** The layer that the construct's objects are written to. */
export function layerOf(construct: IConstruct | undefined): ILayer | undefined {
  return nearest(construct, 'layer') as ILayer | undefined;
}

/** The namespace of an object that says none: that of the nearest noun that has one. */
export function defaultNamespace(construct: IConstruct | undefined): string | undefined {
  for (let c = construct; c; c = c.node.scope) {
    const namespace = scopeInfo(c)?.namespace;
    if (namespace !== undefined) return namespace;
  }
  return undefined;
}

/**
 * The service account that an object which reconciles others (HelmRelease, Kustomization) runs as, unless it says:
 * its tenant's or component's in that namespace; in flux-system under lockdown the controller's own.
 */
export function accountIn(
  construct: IConstruct,
  namespace: string | undefined,
  controller: string,
): string | undefined {
  for (let c: IConstruct | undefined = construct; c; c = c.node.scope) {
    const account = namespace === undefined ? undefined : scopeInfo(c)?.accountIn?.(namespace);
    if (account !== undefined) return account;
  }
  return namespace === 'flux-system' && clusterOf(construct)?.lockdown ? controller : undefined;
}

/** The tenant that the construct belongs to. */
export function tenantOf(construct: IConstruct | undefined): IConstruct | undefined {
  return nearest(construct, 'tenant');
}

/** Whether the construct belongs to a tenant that is about to leave. */
export function isOffboarding(construct: IConstruct | undefined): boolean {
  return (tenantOf(construct) as { offboarding?: boolean } | undefined)?.offboarding === true;
}
