import { App } from 'cdk8s';
import type { Rule } from './checks/rule.js';
import { Args } from './argument.js';
import { readCrds } from './crd-files.js';
import type { FileRef } from './file.js';
import type { Layer } from './layer.js';
import { codeOf, recordOrigin } from './origin.js';
import { defineScope, scopeInfo } from './scope.js';
import { defineApp, FILE_LAYOUTS, joinRun } from './synth/app.js';
import type { FileLayout, SynthApp, SynthUnit } from './synth/app.js';
import { repositoryManifests } from './synth/manifests.js';
import { renderFiles, synthesize } from './synth/synthesize.js';
import type { JsonObject } from './yaml/normalize.js';

/** Props of {@link Repository}. */
export interface RepositoryProps {
  /** Name of the repository; it stands in the first line of each of its files. */
  readonly name: string;
  /**
   * How the objects of a directory are divided into files.
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
   * Rules of your own, by which every directory is judged besides those of the library.
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

/**
 * A place for directories that the Kustomizations of clusters elsewhere point into: a team's or a platform's repository
 * without clusters of its own. Its layers are directories; how they reconcile is said where the Kustomizations are.
 */
export class Repository extends App implements SynthApp {
  /** Name of the repository. */
  readonly name: string;
  /** Stands in the first line of each of its files. */
  readonly owner: string;
  /** Output directory that the code asks for. */
  readonly saidOutdir: string | undefined;
  private readonly layout: FileLayout;
  private readonly rules: readonly Rule[];
  private readonly crds: readonly JsonObject[];

  /** @throws FleetError for a name that is no DNS label */
  constructor(props: RepositoryProps) {
    super({ outdir: props.outdir });
    const args = new Args(undefined, props.name);
    args.dnsLabel('the name of this repository', props.name);
    args.oneOf('files', props.files, FILE_LAYOUTS);
    recordOrigin(this);
    defineScope(this, { noun: 'repository' });
    defineApp(this);
    this.name = props.name;
    this.owner = `repository "${props.name}"`;
    this.saidOutdir = props.outdir;
    this.layout = props.files ?? 'layer';
    this.rules = props.rules ?? [];
    this.crds = readCrds(props.crds ?? []);
  }

  /**
   * Checks and writes the repository; under `flux-fleet synth` it only says that it wants to be.
   *
   * @throws FleetError with everything that is wrong; the output directory is then as it was
   */
  override synth(): void {
    if (!joinRun(this)) synthesize([this]);
  }

  /**
   * The files of the repository by path, as text and without the first line that names their owner: for snapshot tests.
   *
   * @throws FleetError with everything that is wrong
   */
  files(): Record<string, string> {
    return renderFiles(this);
  }

  /**
   * The repository as the one thing that it is built as.
   *
   * @internal
   */
  *units(): Generator<SynthUnit> {
    yield {
      name: this.name,
      label: this.owner,
      root: '',
      layout: this.layout,
      rules: this.rules,
      crds: this.crds,
      code: () => codeOf(this),
      build: (findings, known) => ({ layers: repositoryManifests(this, this.layers, findings, this.crds, known) }),
    };
  }

  private get layers(): Layer[] {
    return this.node.findAll().filter((c) => scopeInfo(c)?.noun === 'layer') as unknown as Layer[];
  }
}
