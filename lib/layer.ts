import { Chart } from 'cdk8s';
import type { ApiObject } from 'cdk8s';
import type { Construct, IConstruct } from 'constructs';
import { Args } from './argument.js';
import { FleetError } from './finding.js';
import type { Finding } from './finding.js';
import { checkKustomizationOptions } from './flux/kustomization-options.js';
import type { KustomizationOptions } from './flux/kustomization-options.js';
import { checkPath } from './flux/kustomization.js';
import type { SourceLike } from './flux/source.js';
import { codeOf, currentCode, recordOrigin } from './origin.js';
import { clusterOf, defineScope, layerOf, scopeInfo } from './scope.js';
import type { Dependency, IDependable, ILayer, LayerDependency } from './scope.js';
import { checkShard } from './shard.js';

/** Props of {@link Layer}. */
export interface LayerProps extends KustomizationOptions {
  /**
   * Name of the Flux Kustomization, in flux-system. Changing it later deletes everything that it manages.
   *
   * @default - the construct's id
   */
  readonly name?: string;
  /**
   * Directory of the layer's files, relative to the cluster's (in a repository: to its root).
   *
   * @default - `layers/<name>`; in a repository `<name>`
   */
  readonly directory?: string;
  /**
   * Namespace of objects in the layer that say none.
   *
   * @default - none: every namespaced object says its own
   */
  readonly namespace?: string;
  /** Labels of everything in the layer, and of its Kustomization. */
  readonly labels?: Readonly<Record<string, string>>;
  /**
   * Shard of Flux's controllers that reconciles the layer and all Flux objects in it: the label
   * `sharding.fluxcd.io/key`.
   *
   * @default - that of what is around it; else none, the main controllers
   * @see https://fluxcd.io/flux/installation/configuration/sharding/
   */
  readonly shard?: string;
  /** Where the files come from, in place of content: an artifact, or another repository. Needs `path`. */
  readonly source?: SourceLike;
  /** The directory in `source`; `./` for all of it. */
  readonly path?: string;
  /**
   * What must be ready before it: layers, components and tenants of the same cluster.
   *
   * @see https://fluxcd.io/flux/components/kustomize/kustomizations/#dependencies
   */
  readonly dependsOn?: readonly Dependency[];
}

/** Names that the cluster's directory needs for itself. */
const RESERVED = new Set(['flux-system', 'kustomization', 'flux-fleet']);

/**
 * A unit of reconciliation: one directory, and the Flux `Kustomization` (in flux-system) that applies it. All objects
 * below it in the construct tree are written there; layers below it get Kustomizations that it applies.
 *
 * @see https://fluxcd.io/flux/components/kustomize/kustomizations/
 */
export class Layer extends Chart implements ILayer, IDependable {
  /** Name of the Flux Kustomization in flux-system; in a repository, just of the directory. */
  readonly name: string;
  /** Directory of its files, relative to that of the cluster; undefined where it points to a source. */
  readonly directory: string | undefined;
  /** How it reconciles. */
  readonly options: KustomizationOptions;
  /** Where its files come from, where it has no content of its own. */
  readonly source: { readonly source: SourceLike; readonly path: string } | undefined;
  /** The layer whose directory holds its Kustomization; undefined for the cluster's root. */
  readonly parent: Layer | undefined;
  private readonly waitsFor: LayerDependency[] = [];
  private waitsForLater: () => readonly Dependency[] = () => [];

  /**
   * @throws FleetError for a name that is taken or no DNS label, a path that leads out of the cluster's directory, and
   * options that Flux would refuse
   */
  constructor(scope: Construct, id: string, props: LayerProps = {}) {
    const args = new Args(scope, id);
    const name = props.name ?? id;
    const cluster = clusterOf(scope);
    args.dnsLabel('the name of this layer', name);
    checkPlace(args, scope, id);
    super(scope, id, { disableResourceNameHashes: true });
    recordOrigin(this);
    defineScope(this, { noun: 'layer', labels: props.labels, namespace: props.namespace, shard: props.shard });
    if (RESERVED.has(name)) {
      args.fail({
        rule: 'reserved-name',
        what: `a layer cannot be named "${name}"`,
        given: name,
        fix: 'give it another name; Flux or the cluster’s own files are called so',
      });
    }
    if (props.namespace !== undefined) args.dnsLabel("'namespace'", props.namespace);
    checkShard(args, scope, props.shard);
    checkKustomizationOptions(args, props);
    this.name = name;
    this.parent = layerOf(scope) as Layer | undefined;
    this.source = checkSource(args, props);
    this.directory = this.source
      ? undefined
      : checkDirectory(args, props.directory ?? (cluster ? `layers/${name}` : name));
    this.options = kustomizationOptions(props);
    if (!cluster) checkRepositoryLayer(args, props);
    (cluster as Registry | undefined)?.registerLayer(this, args);
    this.addDependsOn(...(props.dependsOn ?? []));
  }

  /** The cluster that its objects are for: that of the nearest kubeConfig, '' for the cluster itself. */
  get target(): string {
    const { secretRef, configMapRef } = this.options.kubeConfig ?? {};
    const ref = secretRef ?? configMapRef;
    if (!ref) return this.parent?.target ?? '';
    return [ref.kind, ref.name, ...(secretRef?.key === undefined ? [] : [secretRef.key])].join('/');
  }

  /** The layers that must be ready before it. */
  get dependencies(): readonly LayerDependency[] {
    return [...this.waitsFor, ...this.waitsForLater().map(asLayerDependency)];
  }

  /** The layer that is meant when something depends on it: itself. */
  get dependableLayer(): Layer {
    return this;
  }

  /**
   * Adds something that must be ready before it.
   *
   * @throws FleetError for something of another cluster
   */
  addDependsOn(...dependencies: Dependency[]): void {
    for (const d of dependencies.map((given) => checkDependency(this, given))) {
      const before = this.waitsFor.find((w) => w.on === d.on);
      if (before && before.readyExpr !== d.readyExpr) this.failTwoConditions(before, d);
      if (!before) this.waitsFor.push(d);
    }
  }

  /**
   * Lets a component say at synth what its layers wait for, so that the order of calls does not matter.
   *
   * @internal
   */
  setLateDependencies(produce: () => readonly Dependency[]): void {
    this.waitsForLater = produce;
  }

  private failTwoConditions(a: LayerDependency, b: LayerDependency): never {
    return new Args(this).fail({
      rule: 'dependency-twice',
      what: `the layer "${this.name}" depends on "${a.on.node.path}" twice, on different conditions`,
      expected: 'one readyExpr for it, or none',
      given: `${a.readyExpr ?? 'none'} and ${b.readyExpr ?? 'none'}`,
      fix: 'join both conditions with && in one readyExpr',
    });
  }

  /** cdk8s' own word for it, with Flux's meaning. Only things that Flux can wait for are accepted. */
  override addDependency(...dependencies: IConstruct[]): void {
    this.addDependsOn(...(dependencies as IDependable[]));
  }

  /** Generated names change when a construct moves, and a changed name is a deletion; so there are none. */
  override generateObjectName(apiObject: ApiObject): string {
    throw new FleetError({
      ...generatedName(apiObject.kind, undefined),
      where: { construct: apiObject.node.path, code: currentCode() },
    });
  }
}

/** A cluster, as far as its layers need it. */
interface Registry {
  registerLayer(layer: Layer, args: Args): void;
}

/** What is wrong with an object whose name the code does not say. */
export function generatedName(kind: string | undefined, name: string | undefined): Omit<Finding, 'where'> {
  return {
    rule: 'object-without-name',
    what: `an object has no name: ${kind ?? 'an object without kind'}`,
    expected: 'metadata.name, written out',
    given: name === undefined ? 'nothing' : `nothing; cdk8s would call it "${name}"`,
    fix: 'give it metadata: { name: … }; a generated name changes with the place of the construct, and Flux deletes what changes its name',
  };
}

function checkPlace(args: Args, scope: Construct, id: string): void {
  const inRepository = [...scope.node.scopes].some((s) => scopeInfo(s)?.noun === 'repository');
  if (!clusterOf(scope) && !inRepository) {
    args.fail({
      rule: 'layer-place',
      what: 'a layer stands outside of any cluster',
      expected: 'a Cluster, another Layer, or a Repository as its scope',
      given: scope.node.path === '' ? 'the fleet itself' : scope.node.path,
      fix: 'make the cluster its first argument',
    });
  }
  checkFree(args, scope, id, 'layer');
}

/** Checks that no other construct of that scope has the id; the host library's own message names no line. */
export function checkFree(args: Args, scope: Construct, id: string, noun: string): void {
  const taken = scope.node.tryFindChild(id);
  if (!taken) return;
  // A tenant on a cluster stands in a layer of its own name.
  const { noun: other = 'construct' } = scopeInfo(taken.node.tryFindChild(id)) ?? scopeInfo(taken) ?? {};
  const said = codeOf(taken);
  args.fail({
    rule: 'duplicate-name',
    what: `the name "${id}" is given twice`,
    expected: `one ${noun} of that name`,
    given: `there is already a ${other} "${taken.node.path}"${said === undefined ? '' : `, from ${said}`}`,
    fix: 'rename one of them',
  });
}

/** Checks that a construct can wait for something: both must be of one cluster. */
export function checkDependency(owner: IConstruct, given: Dependency): LayerDependency {
  const d = asLayerDependency(given);
  if (!('dependableLayer' in d.on)) {
    new Args(owner).fail({
      rule: 'dependency-kind',
      what: `"${owner.node.id}" depends on something that Flux cannot wait for`,
      expected: 'a Layer, an InfraComponent or a Tenant',
      given: `${(d.on as IConstruct).constructor.name} "${(d.on as IConstruct).node.path}"`,
      fix: 'depend on the layer that the object stands in',
    });
  }
  const there = clusterOf(d.on);
  const here = clusterOf(owner);
  if (there && there === here) return d;
  return new Args(owner).fail({
    rule: 'dependency-elsewhere',
    what: here
      ? `"${owner.node.id}" depends on something that is not of its cluster`
      : 'a layer of a repository depends on something',
    expected: here
      ? `a layer, component or tenant of the cluster "${here.name}"`
      : 'no dependencies: the Kustomizations that point to the repository have them',
    given: `${d.on.node.path}${there ? `, of the cluster "${there.name}"` : ''}`,
    fix: here ? 'Flux on one cluster cannot wait for another: depend on what this cluster has' : undefined,
  });
}

function asLayerDependency(d: Dependency): LayerDependency {
  return 'on' in d ? d : { on: d };
}

function checkSource(args: Args, props: LayerProps): Layer['source'] {
  if (props.source === undefined) {
    if (props.path === undefined) return undefined;
    args.fail({
      rule: 'layer-source',
      what: 'a layer has a path but no source',
      expected: 'both, where the files come from elsewhere, or none of them and content of its own',
      given: `path: ${JSON.stringify(props.path)}`,
      fix: 'for the directory of the layer’s own files use `directory`',
    });
  }
  checkPath(args, props.path);
  return { source: props.source, path: props.path! };
}

function checkDirectory(args: Args, directory: string): string {
  const steps = directory.replace(/^\.\//, '').replace(/\/$/, '').split('/');
  const ok =
    steps.every((s) => s !== '' && s !== '.' && s !== '..' && !s.includes('\\')) &&
    steps[0]!.toLowerCase() !== 'flux-system';
  if (!ok) {
    args.fail({
      rule: 'layer-directory',
      what: 'the directory of a layer is not below that of its cluster',
      expected: 'a relative path without "..", outside of flux-system',
      given: JSON.stringify(directory),
      fix: 'write a directory such as "layers/base"',
    });
  }
  return steps.join('/');
}

function checkRepositoryLayer(args: Args, props: LayerProps): void {
  const said = [...(props.source ? ['source'] : []), ...Object.keys(kustomizationOptions(props))];
  if (said.length === 0) return;
  args.fail({
    rule: 'repository-layer',
    what: 'a layer of a repository says how it reconciles',
    expected: 'only name, directory, namespace, labels and shard: the Kustomization that points to it says the rest',
    given: said.join(', '),
    fix: 'say it where the Kustomization is, on the cluster',
  });
}

/** The options without what is the layer's own. */
function kustomizationOptions(props: LayerProps): KustomizationOptions {
  const {
    name: _n,
    directory: _d,
    namespace: _ns,
    labels: _l,
    shard: _sh,
    source: _s,
    path: _p,
    dependsOn: _dep,
    ...options
  } = props;
  return options;
}
