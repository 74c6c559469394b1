import { App } from 'cdk8s';
import type { Rule } from './checks/rule.js';
import { Args } from './argument.js';
import { checkClusterSource, Cluster } from './cluster.js';
import type { ClusterProps } from './cluster.js';
import { readCrds } from './crd-files.js';
import type { FileRef } from './file.js';
import { FleetError, isFleetError } from './finding.js';
import type { Finding } from './finding.js';
import { checkIntervals } from './flux/intervals.js';
import type { Intervals } from './flux/intervals.js';
import type { Source } from './flux/source.js';
import type { IConstruct } from 'constructs';
import { clusterLabels } from './model/cluster-labels.js';
import { captureOrigin, codeAt, codeOf, recordOrigin } from './origin.js';
import type { Origin } from './origin.js';
import { defineScope, scopeInfo } from './scope.js';
import { defineApp, FILE_LAYOUTS, joinRun } from './synth/app.js';
import type { FileLayout, SynthApp, SynthUnit } from './synth/app.js';
import { clusterManifests } from './synth/manifests.js';
import { renderFiles, synthesize } from './synth/synthesize.js';
import type { Variables } from './variables.js';
import type { JsonObject } from './yaml/normalize.js';

/** Props of {@link Fleet}. */
export interface FleetProps {
  /** The environment of the fleet's clusters, such as `staging`. */
  readonly environment: string;
  /**
   * Name of the fleet; it stands in the first line of each of its files, and two fleets never touch each other's.
   *
   * @default - the environment
   */
  readonly name?: string;
  /** What the clusters pull from: where the output is published. */
  readonly source: Source;
  /**
   * Place of the output directory in the source, where clusters do not say their own path.
   *
   * @default './dist'
   */
  readonly path?: string;
  /**
   * How often Flux looks at objects that say no `interval`, by kind; clusters may say other ones.
   *
   * @default - 10 minutes for Kustomizations, 5 for sources, 30 for HelmReleases; see {@link Intervals}
   */
  readonly intervals?: Intervals;
  /**
   * How the objects of a layer are divided into files: one for all, or one for each (`<kind>-<name>.yaml`).
   *
   * @default 'layer'
   */
  readonly files?: FileLayout;
  /**
   * Output directory, relative to the working directory.
   *
   * @default 'dist'
   */
  readonly outdir?: string;
  /**
   * Rules of your own, by which every cluster is judged besides those of the library.
   *
   * @default - none
   */
  readonly rules?: readonly Rule[];
  /**
   * Files with CRDs of kinds that this library does not know, such as those of a chart: objects of these kinds are then
   * checked like all others. CRDs that the layers emit are known anyway.
   *
   * @default - none
   */
  readonly crds?: readonly FileRef[];
}

/** What clusters are selected by. */
type Selectable = Pick<Cluster, 'name' | 'environment' | 'selectors'>;

interface LateCluster {
  readonly props: ClusterProps;
  readonly build: (cluster: Cluster) => void;
  readonly origin: Origin;
}

/**
 * The clusters of one app, and the source that they pull from. It is synthesized to `dist/clusters/<cluster>/`, plain
 * YAML that Flux reconciles.
 */
export class Fleet extends App implements SynthApp {
  readonly environment: string;
  /** Name of the fleet. */
  readonly name: string;
  /** What the clusters pull from. */
  readonly source: Source;
  /** Place of the output directory in the source. */
  readonly path: string;
  /** Stands in the first line of each of its files. */
  readonly owner: string;
  /** Output directory that the code asks for. */
  readonly saidOutdir: string | undefined;
  private readonly layout: FileLayout;
  private readonly rules: readonly Rule[];
  private readonly crds: readonly JsonObject[];
  private readonly late = new Map<string, LateCluster>();

  /** @throws FleetError for a name that is no DNS label, and for a source that Flux cannot sync a cluster from */
  constructor(props: FleetProps) {
    super({ outdir: props.outdir });
    const args = new Args(undefined, props.name ?? props.environment);
    args.dnsLabel('the environment of this fleet', props.environment);
    args.dnsLabel('the name of this fleet', props.name ?? props.environment);
    args.oneOf('files', props.files, FILE_LAYOUTS);
    checkClusterSource(args, props.source);
    recordOrigin(this);
    checkIntervals(args, props.intervals);
    defineScope(this, { noun: 'fleet', intervals: { ...props.intervals } });
    defineApp(this);
    this.environment = props.environment;
    this.name = props.name ?? props.environment;
    this.owner = `fleet "${this.name}"`;
    this.source = props.source;
    this.path = props.path ?? './dist';
    this.saidOutdir = props.outdir;
    this.layout = props.files ?? 'layer';
    this.rules = props.rules ?? [];
    this.crds = readCrds(props.crds ?? []);
  }

  /**
   * Adds a cluster that is made only when its turn comes: made, checked, staged and dropped, so that the memory that a
   * fleet of thousands needs is that of its largest cluster.
   *
   * @throws FleetError for a name that is taken
   */
  addCluster<V extends Variables>(name: string, props: ClusterProps<V>, build: (cluster: Cluster<V>) => void): void {
    const args = new Args(this, name);
    args.dnsLabel('the name of this cluster', name);
    if (this.late.has(name) || this.node.tryFindChild(name)) {
      const late = this.late.get(name);
      const first = late ? codeAt(late.origin) : codeOf(this.node.tryFindChild(name));
      args.fail({
        rule: 'duplicate-name',
        what: `the fleet has the cluster "${name}" twice`,
        expected: 'each once',
        given: `there is already one, from ${first ?? 'another line'}`,
        fix: 'rename one of them',
      });
    }
    this.late.set(name, { props, build: build as (cluster: Cluster) => void, origin: captureOrigin() });
  }

  /**
   * Checks and writes the fleet. Under `flux-fleet synth` it only says that it wants to be: all apps are checked before
   * anything is written.
   *
   * @throws FleetError with everything that is wrong; the output directory is then as it was
   */
  override synth(): void {
    if (!joinRun(this)) synthesize([this]);
  }

  /**
   * The files of the fleet by path, as text and without the first line that names their owner: for snapshot tests.
   *
   * @throws FleetError with everything that is wrong
   */
  files(): Record<string, string> {
    return renderFiles(this);
  }

  /**
   * The clusters one by one.
   *
   * @internal
   */
  *units(): Generator<SynthUnit> {
    for (const child of this.node.children) {
      if (scopeInfo(child)?.noun === 'cluster') yield this.unitOf(child as Cluster);
      else yield this.strayUnit(child);
    }
    for (const [name, { props, build, origin }] of this.late) {
      const { environment = this.environment, labels: selectors = {} } = props;
      yield {
        ...this.unit({ name, environment, selectors }, () => codeAt(origin)),
        build: (findings, known) => {
          const cluster = this.makeLate(name, props, origin);
          try {
            build(cluster);
            return { cluster: clusterManifests(cluster, this.name, findings, this.crds, known) };
          } finally {
            this.node.tryRemoveChild(name);
          }
        },
      };
    }
  }

  /** A cluster whose time has come; what is wrong with its props is told with the line that says them. */
  private makeLate(name: string, props: ClusterProps, origin: Origin): Cluster {
    try {
      const cluster = new Cluster(this, name, props);
      recordOrigin(cluster, origin);
      return cluster;
    } catch (e) {
      if (!isFleetError(e)) throw e;
      throw new FleetError(e.findings.map((f) => ({ ...f, where: { ...f.where, code: codeAt(origin) } })));
    }
  }

  /** Something that is no cluster; it is told together with what else is wrong. */
  private strayUnit(child: IConstruct): SynthUnit {
    return {
      ...this.unit({ name: child.node.id, environment: this.environment, selectors: {} }, () => codeOf(child)),
      build: () => {
        throw new FleetError(strayFinding(child));
      },
    };
  }

  private unitOf(cluster: Cluster): SynthUnit {
    return {
      ...this.unit(cluster, () => codeOf(cluster)),
      build: (findings, known) => ({ cluster: clusterManifests(cluster, this.name, findings, this.crds, known) }),
    };
  }

  private unit({ name, environment, selectors }: Selectable, code: () => string | undefined): Omit<SynthUnit, 'build'> {
    return {
      name,
      label: `cluster "${name}"`,
      root: `clusters/${name}`,
      layout: this.layout,
      labels: clusterLabels({ name, environment, fleet: this.name, labels: selectors }),
      rules: this.rules,
      crds: this.crds,
      code,
    };
  }
}

function strayFinding(child: IConstruct): Finding {
  return {
    rule: 'object-without-layer',
    what: `"${child.node.path}" stands directly in the fleet, where nothing would apply it`,
    expected: 'only clusters in a fleet',
    given: child.constructor.name,
    fix: 'put it into a layer of a cluster',
    where: { construct: child.node.path, code: codeOf(child) },
  };
}
