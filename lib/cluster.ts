import { Chart } from 'cdk8s';
import type { Construct, IConstruct } from 'constructs';
import { Args, show } from './argument.js';
import type { Finding } from './finding.js';
import { FLUX_COMPONENTS } from './flux/controllers.js';
import { Flux } from './flux/flux.js';
import type { FluxInstallation, InstallationTarget } from './flux/installation.js';
import { checkIntervals, saidInterval } from './flux/intervals.js';
import type { IntervalKind, Intervals } from './flux/intervals.js';
import type { Source } from './flux/source.js';
import { checkFree } from './layer.js';
import type { Layer } from './layer.js';
import { isVersion } from './model/lifecycle.js';
import { codeOf, recordOrigin } from './origin.js';
import { lockdownAccount } from './policy/lockdown.js';
import type { LockdownOptions } from './policy/lockdown.js';
import type { ExternalObject } from './reference.js';
import { defineScope, scopeInfo } from './scope.js';
import type { ICluster, Sharding } from './scope.js';
import { checkShard, checkShards } from './shard.js';
import { strictVariables } from './variables.js';
import type { Variables } from './variables.js';

/** Props of {@link Cluster}. */
export interface ClusterProps<V extends Variables = Variables> {
  /**
   * The environment that the cluster belongs to.
   *
   * @default - the fleet's
   */
  readonly environment?: string;
  /** Labels of the cluster, to select it by; they stand in flux-fleet.yaml and on no object. */
  readonly labels?: Readonly<Record<string, string>>;
  /**
   * What is different about this cluster, by name. `cluster.variables.NAME` resolves at synth; for repositories that
   * need it at run time, `runtimeInfo` emits the ConfigMap `flux-runtime-info`.
   */
  readonly variables?: V;
  /**
   * What the cluster pulls from, where clusters have each an artifact of their own.
   *
   * @default - the fleet's
   */
  readonly source?: Source;
  /**
   * How Flux gets onto the cluster.
   *
   * @default Flux.bootstrap()
   */
  readonly flux?: FluxInstallation;
  /**
   * Whether tenants are locked in: no references to other namespaces, no remote bases, no rights without a service
   * account.
   *
   * @default true
   * @see https://fluxcd.io/flux/installation/configuration/multitenancy/
   */
  readonly lockdown?: boolean | LockdownOptions;
  /**
   * Place of the cluster's directory in the fleet's source: what `flux bootstrap --path` or FluxInstance names.
   *
   * @default - `./dist/clusters/<name>` in Git, `./` in an artifact or bucket
   */
  readonly path?: string;
  /**
   * How often Flux looks at objects that say no `interval`, by kind, over what the fleet says.
   *
   * @default - the fleet's
   */
  readonly intervals?: Intervals;
  /**
   * Shards of Flux's controllers among which the tenants and components are divided that say none: each gets one by its
   * name (see `assignShard`), which stays the same when others come and go. Everything else is the main controllers'.
   *
   * @default - none: what says no shard is the main controllers'
   * @see https://fluxcd.io/flux/installation/configuration/sharding/
   */
  readonly shards?: readonly string[];
  /** Kubernetes version of the cluster, such as `1.34`: only what it serves is accepted. */
  readonly kubernetesVersion?: string;
  /** Flux version of the cluster, such as `2.9`, or a range such as `2.x`: only what it serves is accepted. */
  readonly fluxVersion?: string;
  /** Objects that are on the cluster although nothing here emits them. */
  readonly exists?: readonly ExternalObject[];
}

/** The fleet, as far as its clusters need it. */
interface FleetDefaults {
  readonly environment: string;
  readonly source: Source;
  readonly path: string;
}

/**
 * One Kubernetes cluster, and everything that Flux applies there: the directory `clusters/<name>` of the output. It is
 * no place for objects itself; layers, components and tenants are.
 */
export class Cluster<V extends Variables = Variables> extends Chart implements ICluster {
  /** Name of the cluster, and of its directory. */
  readonly name: string;
  readonly environment: string;
  /** What is different about this cluster; a name that is not there is an error. */
  readonly variables: V;
  readonly flux: FluxInstallation;
  /** Service account of tenants' objects that name none; undefined without lockdown. */
  readonly lockdownAccount: string | undefined;
  /** Place of the cluster's directory in the fleet's source. */
  readonly path: string;
  /** What the cluster pulls from. */
  readonly source: Source;
  /** The shards that tenants and components are divided among. */
  readonly shards: readonly string[];
  readonly kubernetesVersion: string | undefined;
  readonly fluxVersion: string | undefined;
  /** Labels of the cluster, to select it by. */
  readonly selectors: Readonly<Record<string, string>>;
  /** Objects that are on the cluster although nothing here emits them. */
  readonly exists: readonly ExternalObject[];
  private readonly sourceInterval: string | undefined;
  private readonly byName = new Map<string, Layer>();
  private readonly tenants = new Map<string, Named>();

  /** @throws FleetError for a name that is taken or no DNS label, and for variables that Flux cannot substitute */
  constructor(scope: Construct, id: string, props: ClusterProps<V> = {}) {
    const args = new Args(scope, id);
    args.dnsLabel('the name of this cluster', id);
    if (scopeInfo(scope)?.noun !== 'fleet') {
      args.fail({
        rule: 'cluster-place',
        what: 'a cluster stands outside of a fleet',
        expected: 'a Fleet as its scope',
        given: show(scope.node.path),
      });
    }
    checkFree(args, scope, id, 'cluster');
    super(scope, id, { disableResourceNameHashes: true });
    recordOrigin(this);
    checkIntervals(args, props.intervals);
    defineScope(this, { noun: 'cluster', intervals: { ...props.intervals } });
    const fleet = scope as unknown as FleetDefaults;
    this.name = id;
    this.environment = props.environment ?? fleet.environment;
    this.variables = strictVariables(args, props.variables ?? ({} as V));
    this.flux = props.flux ?? Flux.bootstrap();
    this.lockdownAccount = lockdownAccount(args, props.lockdown ?? true);
    const source = props.source ?? fleet.source;
    checkClusterSource(args, source);
    this.source = source.withInterval(saidInterval(this, source.kind as IntervalKind));
    this.sourceInterval = source === this.source ? undefined : (this.source.spec.interval as string);
    this.path = props.path ?? defaultPath(fleet.path, this.source, id);
    checkClusterPath(args, this.path);
    checkVersion(args, 'kubernetesVersion', props.kubernetesVersion);
    checkVersion(args, 'fluxVersion', props.fluxVersion);
    if (props.shards !== undefined) checkShards(args, 'shards', props.shards);
    this.shards = [...(props.shards ?? [])];
    this.kubernetesVersion = props.kubernetesVersion;
    this.fluxVersion = props.fluxVersion;
    this.selectors = { ...props.labels };
    this.exists = [...(props.exists ?? [])];
    this.flux.check(this.installationTarget);
    for (const shard of this.shards) checkShard(args, this, shard);
  }

  /** Whether tenants are locked in. */
  get lockdown(): boolean {
    return this.lockdownAccount !== undefined;
  }

  /** How Flux's controllers divide the work; undefined where the code does not say. */
  get sharding(): Sharding | undefined {
    return this.flux.sharding;
  }

  /** The layers of the cluster, also those of components and tenants, in the order in which they were made. */
  get layers(): readonly Layer[] {
    return [...this.byName.values()];
  }

  /** What the installation of Flux needs to know. */
  get installationTarget(): InstallationTarget {
    return {
      cluster: this.name,
      path: this.path,
      source: this.source,
      lockdownAccount: this.lockdownAccount,
      intervals: { source: this.sourceInterval, root: saidInterval(this, 'Kustomization') },
    };
  }

  /** The kinds' controllers that are installed, in Flux's order. */
  get components(): readonly string[] {
    return FLUX_COMPONENTS.filter((c) => this.flux.components.includes(c));
  }

  /**
   * Registers a tenant; tenants do it themselves.
   *
   * @internal
   */
  registerTenant(tenant: Named, args: Args): void {
    claim(this.tenants, tenant, args, {
      what: `two tenants of the cluster "${this.name}" are named "${tenant.name}"`,
      expected: 'one tenant of that name: it is the value of the label on all its objects',
      fix: 'rename one of them, or give the first one more namespaces',
    });
  }

  /**
   * Registers a layer; layers do it themselves.
   *
   * @internal
   */
  registerLayer(layer: Layer, args: Args): void {
    claim(this.byName, layer, args, {
      what: `two layers of the cluster "${this.name}" are named "${layer.name}"`,
      expected: 'one Kustomization of that name in flux-system',
      fix: 'rename one of them',
    });
  }
}

type Named = IConstruct & { readonly name: string };

/** Takes a name for a construct; the second one that wants it is refused, with the place of the first. */
function claim<T extends Named>(
  taken: Map<string, T>,
  made: T,
  args: Args,
  text: Pick<Finding, 'what' | 'expected' | 'fix'>,
): void {
  const before = taken.get(made.name);
  if (before) {
    const given = `${before.node.path} (${codeOf(before) ?? 'unknown line'}) and ${made.node.path}`;
    args.fail({ rule: 'duplicate-name', given, ...text });
  }
  taken.set(made.name, made);
}

function defaultPath(base: string, source: Source, name: string): string {
  return source.kind === 'GitRepository' ? `${base.replace(/\/$/, '')}/clusters/${name}` : './';
}

function checkVersion(args: Args, field: string, version: unknown): void {
  if (version === undefined || (typeof version === 'string' && isVersion(version))) return;
  args.fail({
    rule: 'invalid-value',
    what: `${field} of this cluster is no version`,
    expected: 'a version such as "2.9" or "1.36.3", or a range such as "2.x"',
    given: show(version),
  });
}

function checkClusterPath(args: Args, path: string): void {
  if (path !== '' && !path.startsWith('/') && !path.includes('\\') && !path.split('/').includes('..')) return;
  args.fail({
    rule: 'cluster-path',
    what: 'the path of the cluster leads out of its source',
    expected: 'a directory relative to the root of the source, such as "./dist/clusters/staging"',
    given: JSON.stringify(path),
  });
}

/** Checks that Flux can sync a cluster from a source. */
export function checkClusterSource(args: Args, source: Source): void {
  const kinds = ['GitRepository', 'OCIRepository', 'Bucket'];
  if (source?.isEmitted && kinds.includes(source.kind)) return;
  args.fail({
    rule: 'fleet-source',
    what: 'clusters cannot pull from this source',
    expected: 'Source.git, Source.oci or Source.bucket',
    given: source?.kind ?? 'nothing',
  });
}
