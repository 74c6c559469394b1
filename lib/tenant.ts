import { Construct } from 'constructs';
import { Args, show } from './argument.js';
import { Kustomization } from './flux/kustomization.js';
import type { KustomizationOptions } from './flux/kustomization-options.js';
import type { SourceLike } from './flux/source.js';
import { Layer, checkFree } from './layer.js';
import { originOf, recordOrigin } from './origin.js';
import { clusterOf, defineScope, layerOf, nearestNoun, scopeInfo, TENANT_LABEL } from './scope.js';
import type { Dependency, IDependable } from './scope.js';
import { checkShard, shardOf } from './shard.js';
import { TenantNamespace } from './tenant-namespace.js';
import type { TenantNamespaceProps } from './tenant-namespace.js';

/** What Flux applies for a tenant: a Kustomization, and the source that it takes its files from. */
export interface TenantSync extends KustomizationOptions {
  /**
   * Name of the Kustomization.
   *
   * @default - the tenant's name; with a sync per namespace, the namespace's
   */
  readonly name?: string;
  /**
   * Where the tenant's files come from.
   *
   * @default - the tenant's `source`
   */
  readonly source?: SourceLike;
  /**
   * The directory in the source, such as `./staging`.
   *
   * @default - the tenant's `path`
   */
  readonly path?: string;
  /**
   * Namespace that the Kustomization and its source stand in.
   *
   * @default - the tenant's first; with a sync per namespace, that one
   */
  readonly namespace?: string;
}

/** Props of {@link Tenant}; what they say of namespaces holds for all that do not say otherwise. */
export interface TenantProps extends Omit<TenantNamespaceProps, 'name' | 'sync'> {
  /** The tenant's namespaces, the first of which is its home. */
  readonly namespaces: readonly (string | TenantNamespaceProps)[];
  /**
   * Where the tenant's files come from.
   *
   * @default - nothing is synced: namespaces and rights only
   */
  readonly source?: SourceLike;
  /** The directory in `source` that is applied, such as `./staging`; `./` for all of it. */
  readonly path?: string;
  /** How the tenant's Kustomization reconciles, where that needs saying. */
  readonly sync?: TenantSync;
  /**
   * Lets the first namespace's service account act in all of the tenant's namespaces.
   *
   * @default false - one account per namespace, for that namespace only
   */
  readonly sharedServiceAccount?: boolean;
  /**
   * Shard of Flux's controllers that reconciles the tenant's Flux objects and its own layer: the label
   * `sharding.fluxcd.io/key`.
   *
   * @default - that of what is around it, else one of the cluster's `shards`; without those the main controllers
   * @see https://fluxcd.io/flux/installation/configuration/sharding/
   */
  readonly shard?: string;
  /** What must be ready before the tenant. In a layer that it shares, the whole layer waits. */
  readonly dependsOn?: readonly Dependency[];
  /**
   * The first of the two commits by which a tenant leaves: all objects of Flux and its operator go, such as
   * Kustomizations, HelmReleases and sources, and with them what they applied; accounts and namespaces stay, so that Flux
   * has the rights to clean up, and the namespaces lose their guard. The second commit removes the construct.
   *
   * @default false
   */
  readonly offboarding?: boolean;
}

/**
 * A team's place on a cluster: namespaces, service accounts with their rights, quota, limits, network policy, and what
 * Flux applies for the team, with the team's rights only. Given a cluster, it gets a layer of its own (and more may be
 * put under the tenant); given a layer, it stands in that.
 *
 * @see https://fluxcd.io/flux/cmd/flux_create_tenant/
 */
export class Tenant extends Construct implements IDependable {
  /** Name of the tenant: the value of the label `toolkit.fluxcd.io/tenant`. */
  readonly name: string;
  /** Its namespaces. */
  readonly namespaces: readonly TenantNamespace[];
  /** Whether it is about to leave. */
  readonly offboarding: boolean;
  /** The layer that it stands in. */
  readonly layer: Layer;

  /**
   * @throws FleetError for names that are taken or no DNS labels, for a sync without source or path, and for options
   * that Flux would refuse
   */
  constructor(scope: Construct, id: string, props: TenantProps) {
    const args = new Args(scope, id);
    args.dnsLabel('the name of this tenant', id);
    checkPlace(args, scope);
    checkFree(args, scope, id, 'tenant');
    const shard = shardOf(scope, id, props.shard);
    const place = placeFor(scope, id, props, shard);
    super(place, id);
    // A layer that was made for it was made by the same line.
    recordOrigin(this, place === scope ? undefined : originOf(place));
    const given = props.namespaces.map((n) => (typeof n === 'string' ? { name: n } : n));
    checkNamespaces(args, given);
    this.name = id;
    (clusterOf(this) as unknown as Registry).registerTenant(this, args);
    this.offboarding = props.offboarding ?? false;
    checkShard(args, scope, props.shard);
    this.layer = layerOf(this) as Layer;
    if (layerOf(scope)) this.layer.addDependsOn(...(props.dependsOn ?? []));
    defineScope(this, {
      noun: 'tenant',
      labels: { [TENANT_LABEL]: id },
      namespace: given[0]!.name,
      shard,
      accountIn: (ns) => this.namespaces.find((n) => n.name === ns)?.serviceAccountName,
    });
    const shared =
      props.sharedServiceAccount === true
        ? { namespace: given[0]!.name, name: accountOf(id, props, given[0]!) }
        : undefined;
    this.namespaces = given.map(
      (n) =>
        new TenantNamespace(
          this,
          n.name,
          { ...inherited(props), ...n },
          { tenant: id, offboarding: this.offboarding, shared },
        ),
    );
    this.makeSyncs(args, props, given);
  }

  /** The layer that is meant when something depends on the tenant: the one that it stands in. */
  get dependableLayer(): Layer {
    return this.layer;
  }

  private makeSyncs(args: Args, props: TenantProps, given: readonly TenantNamespaceProps[]): void {
    const wholeTenant = props.path !== undefined || props.sync !== undefined;
    const own = given.filter((n) => n.sync !== undefined);
    if (wholeTenant) {
      this.makeSync(args, 'sync', {
        source: props.source,
        path: props.path,
        name: this.name,
        namespace: given[0]!.name,
        ...props.sync,
      });
    }
    for (const n of own) {
      const id = `sync-${n.name}`;
      this.makeSync(args, id, { source: props.source, path: props.path, name: n.name, namespace: n.name, ...n.sync });
    }
    if (props.source && !wholeTenant && own.length === 0) {
      args.fail({
        rule: 'tenant-sync',
        what: 'the tenant has a source but no path: nothing of it would be applied',
        expected: 'path, or a sync of one of its namespaces',
        given: 'source alone',
        fix: 'say the directory, such as path: "./staging"',
      });
    }
  }

  private makeSync(args: Args, id: string, sync: TenantSync): void {
    const { name, source, path, namespace, ...options } = sync;
    const home = this.namespaces.find((n) => n.name === namespace);
    const account = home?.serviceAccountName;
    if (source === undefined || path === undefined) {
      return args.fail({
        rule: 'tenant-sync',
        what: `the sync of the tenant has no ${source === undefined ? 'source' : 'path'}`,
        expected: 'both: where the files come from, and which directory',
        given: show({ source: source?.name ?? source?.kind, path }),
      });
    }
    if (account === undefined && options.serviceAccountName === undefined) {
      return args.fail({
        rule: 'tenant-sync',
        what: home
          ? 'the sync of the tenant is in a namespace that has no account of its own'
          : 'the sync of the tenant is in a namespace that is not the tenant’s',
        expected: this.namespaces
          .filter((n) => n.serviceAccountName !== undefined)
          .map((n) => n.name)
          .join(', '),
        given: show(namespace),
      });
    }
    new Kustomization(home ?? this, id, {
      ...options,
      name,
      source,
      path,
      namespace,
      serviceAccountName: options.serviceAccountName ?? account,
    });
  }
}

/** A cluster, as far as its tenants need it. */
interface Registry {
  registerTenant(tenant: Tenant, args: Args): void;
}

/** A tenant on a cluster gets a layer above it; a tenant in a layer stands there. */
function placeFor(scope: Construct, id: string, props: TenantProps, shard: string | undefined): Construct {
  if (layerOf(scope)) return scope;
  return new Layer(scope, id, {
    directory: `tenants/${id}`,
    namespace: typeof props.namespaces[0] === 'string' ? props.namespaces[0] : props.namespaces[0]?.name,
    labels: { [TENANT_LABEL]: id },
    shard,
    dependsOn: props.dependsOn,
  });
}

function checkPlace(args: Args, scope: Construct): void {
  const { noun } = scopeInfo(nearestNoun(scope)) ?? {};
  if (clusterOf(scope) && (noun === 'cluster' || noun === 'layer')) return;
  args.fail({
    rule: 'tenant-place',
    what: 'a tenant stands neither on a cluster nor in a layer',
    expected: 'a Cluster or a Layer as its scope',
    given: show(scope.node.path),
  });
}

function checkNamespaces(args: Args, given: readonly TenantNamespaceProps[]): void {
  if (given.length === 0) {
    args.fail({
      rule: 'tenant-namespaces',
      what: 'the tenant has no namespace',
      expected: 'at least one',
      given: '[]',
    });
  }
  for (const { name } of given) {
    args.dnsLabel('the name of a tenant’s namespace', name);
    if (name === 'flux-system') {
      args.fail({
        rule: 'tenant-namespaces',
        what: 'flux-system is given to a tenant, who could then do what Flux may do',
        expected: 'a namespace of the tenant’s own',
        given: name,
        fix: 'put what the platform applies into a Layer or an InfraComponent',
      });
    }
    if (given.filter((n) => n.name === name).length > 1) {
      args.fail({
        rule: 'duplicate-name',
        what: `the tenant has the namespace "${name}" twice`,
        expected: 'each once',
      });
    }
  }
}

function accountOf(tenant: string, props: TenantProps, home: TenantNamespaceProps): string {
  return home.serviceAccountName ?? props.serviceAccountName ?? tenant;
}

/** What the tenant says for all its namespaces. */
function inherited(props: TenantProps): Omit<TenantNamespaceProps, 'name' | 'sync'> {
  const {
    namespaces: _n,
    source: _s,
    path: _p,
    sync: _y,
    sharedServiceAccount: _a,
    shard: _sh,
    dependsOn: _d,
    offboarding: _o,
    ...rest
  } = props;
  return rest;
}
