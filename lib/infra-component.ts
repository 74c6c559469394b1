import { Construct } from 'constructs';
import { Args, show } from './argument.js';
import { checkKustomizationOptions } from './flux/kustomization-options.js';
import type { KustomizationOptions } from './flux/kustomization-options.js';
import type { SourceLike } from './flux/source.js';
import { Namespace } from './kubernetes/namespace.js';
import type { PodSecurity } from './kubernetes/namespace.js';
import { ClusterRoleBinding } from './kubernetes/role-binding.js';
import { ServiceAccount } from './kubernetes/service-account.js';
import { checkDependency, checkFree, Layer } from './layer.js';
import type { LayerProps } from './layer.js';
import { recordOrigin } from './origin.js';
import { clusterOf, defineScope } from './scope.js';
import type { Dependency, IDependable } from './scope.js';
import { checkShard, shardOf } from './shard.js';

/** The namespace of a component, and the account that installs it. */
export interface ComponentNamespace {
  readonly name: string;
  /**
   * Pod Security Standard that is enforced there.
   *
   * @default false
   */
  readonly podSecurity?: PodSecurity | false;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  /**
   * Service account that the component's HelmReleases run as, with a ClusterRoleBinding; false for none.
   *
   * @default - 'flux' under lockdown, else false
   */
  readonly serviceAccountName?: string | false;
  /**
   * ClusterRole that the account gets on the whole cluster. Charts of add-ons make CRDs, webhooks and cluster roles.
   *
   * @default 'cluster-admin'
   */
  readonly clusterRole?: string;
}

/** One of the two layers of a component. */
export type ComponentLayerProps = Omit<LayerProps, 'dependsOn'>;

/** Props of {@link InfraComponent}; options of Kustomizations hold for both layers. */
export interface InfraComponentProps extends KustomizationOptions {
  /** The component's own namespace, made by its first layer; where objects of the component go that say none. */
  readonly namespace?: string | ComponentNamespace;
  /** What must be ready before the component's first layer. */
  readonly dependsOn?: readonly Dependency[];
  /** Where the controllers come from, in place of content. Needs `path`. */
  readonly source?: SourceLike;
  /** The directory in `source`. */
  readonly path?: string;
  /** What is different about the layer `controllers`: CRDs and HelmReleases. */
  readonly controllers?: ComponentLayerProps;
  /** What is different about the layer `configs`: custom resources, which need the controllers to be ready. */
  readonly configs?: ComponentLayerProps;
  /** Labels of everything in the component. */
  readonly labels?: Readonly<Record<string, string>>;
  /**
   * Shard of Flux's controllers that reconciles the component's layers and all Flux objects in them: the label
   * `sharding.fluxcd.io/key`.
   *
   * @default - that of what is around it, else one of the cluster's `shards`; without those the main controllers
   * @see https://fluxcd.io/flux/installation/configuration/sharding/
   */
  readonly shard?: string;
  /** CRDs that the component's charts or artifacts bring, by name (`clusterpolicies.kyverno.io`). */
  readonly provides?: readonly string[];
}

/**
 * An add-on of a cluster: first its controllers (CRDs, HelmReleases), then its configs (custom resources), each a layer
 * with a Kustomization of its own, the second waiting for the first. It is no place for objects itself.
 */
export class InfraComponent extends Construct implements IDependable {
  /** Name of the component. */
  readonly name: string;
  /** Its namespace, where it has one. */
  readonly namespace: string | undefined;
  /** CRDs that its charts or artifacts bring. */
  readonly provides: readonly string[];
  private readonly made: { controllers?: Layer; configs?: Layer } = {};
  private readonly layerProps: (stage: 'controllers' | 'configs') => LayerProps;
  private readonly waitsFor: Dependency[];

  /** @throws FleetError for a name that is taken or no DNS label, and for options that Flux would refuse */
  constructor(scope: Construct, id: string, props: InfraComponentProps = {}) {
    const args = new Args(scope, id);
    args.dnsLabel('the name of this component', id);
    checkPlace(args, scope);
    checkFree(args, scope, id, 'component');
    super(scope, id);
    recordOrigin(this);
    const { namespace, dependsOn, source, path, controllers, configs, labels, shard, provides, ...options } = props;
    const own = typeof namespace === 'string' ? { name: namespace } : namespace;
    const account = own && (own.serviceAccountName ?? (clusterOf(scope)?.lockdown ? 'flux' : false));
    checkKustomizationOptions(args, options);
    checkShard(args, scope, shard);
    if (path !== undefined && source === undefined) {
      args.fail({
        rule: 'layer-source',
        what: 'a component has a path but no source',
        expected: 'both, where its controllers come from elsewhere, or none of them and content of its own',
        given: `path: ${show(path)}`,
      });
    }
    defineScope(this, {
      noun: 'component',
      labels,
      shard: options.kubeConfig ? shard : shardOf(scope, id, shard),
      namespace: own?.name,
      accountIn: (ns) => (ns === own?.name && account ? account : undefined),
    });
    this.name = id;
    this.namespace = own?.name;
    this.provides = [...(provides ?? [])];
    this.waitsFor = [];
    this.addDependsOn(...(dependsOn ?? []));
    this.layerProps = (stage) => ({
      ...options,
      ...(stage === 'controllers' && source && { source, path }),
      name: `${id}-${stage}`,
      directory: `infrastructure/${id}/${stage}`,
      ...(stage === 'controllers' ? controllers : configs),
    });
    if (source || controllers?.source) void this.controllers;
    if (configs?.source) void this.configs;
    if (own) this.makeNamespace(own, account || undefined);
  }

  /** The layer of CRDs and HelmReleases; made on first use. */
  get controllers(): Layer {
    return (this.made.controllers ??= this.makeLayer('controllers'));
  }

  /** The layer of custom resources; made on first use, it waits for the controllers. */
  get configs(): Layer {
    return (this.made.configs ??= this.makeLayer('configs'));
  }

  /** The layers that there are. */
  get layers(): readonly Layer[] {
    return [this.made.controllers, this.made.configs].filter((l) => l !== undefined);
  }

  /** The layer that is meant when something depends on the component: its last one. */
  get dependableLayer(): Layer | undefined {
    return this.made.configs ?? this.made.controllers;
  }

  /** Adds something that must be ready before the component. */
  addDependsOn(...dependencies: Dependency[]): void {
    this.waitsFor.push(...dependencies.map((d) => checkDependency(this, d)));
  }

  private makeLayer(stage: 'controllers' | 'configs'): Layer {
    const layer = new Layer(this, stage, this.layerProps(stage));
    layer.setLateDependencies(() => {
      const before = stage === 'configs' ? this.made.controllers : undefined;
      return before ? [before] : this.waitsFor;
    });
    return layer;
  }

  private makeNamespace(own: ComponentNamespace, account: string | undefined): void {
    const { name, podSecurity, labels, annotations } = own;
    if (this.made.controllers?.source) {
      new Args(this).fail({
        rule: 'component-namespace',
        what: 'a component that comes from a source cannot have a namespace here',
        expected: 'the namespace among the source’s own files, or in another layer',
        given: `namespace: ${name}`,
      });
    }
    const layer = this.controllers;
    new Namespace(layer, `namespace-${name}`, { name, podSecurity, labels, annotations });
    if (account === undefined) return;
    new ServiceAccount(layer, `account-${account}`, { name: account, namespace: name });
    new ClusterRoleBinding(layer, `binding-${account}`, {
      name: `${account}-${this.name}`,
      role: own.clusterRole ?? 'cluster-admin',
      subjects: [{ kind: 'ServiceAccount', name: account, namespace: name }],
    });
  }
}

function checkPlace(args: Args, scope: Construct): void {
  if (clusterOf(scope)) return;
  args.fail({
    rule: 'component-place',
    what: 'a component stands outside of any cluster',
    expected: 'a Cluster or a Layer as its scope',
    given: show(scope.node.path),
  });
}
