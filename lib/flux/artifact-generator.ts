import type { Construct } from 'constructs';
import type { ArtifactGeneratorCommonMetadata, ArtifactGeneratorCopy } from '../../imports/artifact-generator.js';
import { Args, show } from '../argument.js';
import { compact } from '../compact.js';
import type { DeepReadonly } from '../deep-readonly.js';
import { Manifest, objectMeta } from '../manifest.js';
import type { NamespacedObjectMeta } from '../manifest.js';
import { didYouMean } from '../model/did-you-mean.js';
import { defaultNamespace } from '../scope.js';
import { referTo } from './source.js';
import type { SourceLike } from './source.js';

/** An ExternalArtifact that an {@link ArtifactGenerator} makes; sources of layers, Kustomizations and charts take it. */
export interface GeneratedArtifact {
  readonly kind: 'ExternalArtifact';
  readonly name: string;
  /** Namespace of its generator. */
  readonly namespace: string | undefined;
  readonly generator: ArtifactGenerator;
}

/** Files that are taken from a source into an artifact. */
export interface ArtifactCopy extends DeepReadonly<Omit<ArtifactGeneratorCopy, 'from' | 'to'>> {
  /** The files, as `@<alias>/<glob>`, such as `@fleet/apps/**`. */
  readonly from: `@${string}/${string}`;
  /** Where they go, such as `@artifact/`. */
  readonly to: `@artifact/${string}`;
}

/** One artifact of an {@link ArtifactGenerator}. */
export interface ArtifactProps {
  /** Name of the ExternalArtifact; with `pathPattern` it may hold captures, such as `{app}`. */
  readonly name: string;
  /** What it is made of, from first to last; later files win over earlier ones. */
  readonly copy: readonly ArtifactCopy[];
  /**
   * The source whose revision the artifact takes, as `@<alias>`.
   *
   * @default - Flux's, a digest of the content
   */
  readonly revision?: `@${string}`;
  /** The source whose Git commit is noted in the artifact, as `@<alias>`. */
  readonly originRevision?: `@${string}`;
}

/** Props of {@link ArtifactGenerator}. */
export interface ArtifactGeneratorProps extends NamespacedObjectMeta {
  /**
   * What is read, by alias: the name by which `from` calls it. A source that is a value and has no name is emitted as
   * `<name of the generator>-<alias>`.
   */
  readonly sources: Readonly<Record<string, SourceLike>>;
  /** What is made. */
  readonly artifacts: readonly ArtifactProps[];
  /**
   * Makes the artifacts once for each directory that matches, such as `@fleet/apps/{app}`; what the captures hold can
   * be used as `{app}` in the artifacts.
   */
  readonly pathPattern?: `@${string}/${string}`;
  /** Labels and annotations of the artifacts. */
  readonly commonMetadata?: DeepReadonly<ArtifactGeneratorCommonMetadata>;
}

const SOURCE_KINDS = ['Bucket', 'GitRepository', 'OCIRepository', 'HelmChart', 'ExternalArtifact'];
const ALIAS = /^[a-z0-9]([a-z0-9_-]*[a-z0-9])?$/;

/**
 * An `ArtifactGenerator` of source.extensions.fluxcd.io/v1beta1: makes ExternalArtifacts of parts of other sources.
 * Needs the component source-watcher.
 *
 * @see https://fluxoperator.dev/docs/crd/artifactgenerator/
 */
export class ArtifactGenerator extends Manifest {
  declare readonly kind: 'ArtifactGenerator';
  private readonly artifactNames: readonly string[];

  /** @throws FleetError for an alias that is not among the sources, artifacts of one name, and sources of a wrong kind */
  constructor(scope: Construct, id: string, props: ArtifactGeneratorProps) {
    const args = new Args(scope, id);
    const metadata = objectMeta(scope, id, 'ArtifactGenerator', props);
    const namespace = metadata.namespace ?? defaultNamespace(scope);
    checkSources(args, props.sources);
    checkArtifacts(args, props);
    const sources = Object.entries(props.sources).map(([alias, source]) => ({
      alias,
      ...referTo(source, `${metadata.name}-${alias}`, namespace),
    }));
    super(
      scope,
      id,
      {
        apiVersion: 'source.extensions.fluxcd.io/v1beta1',
        kind: 'ArtifactGenerator',
        metadata,
        spec: {
          ...compact({ pathPattern: props.pathPattern, commonMetadata: props.commonMetadata }),
          sources: sources.map(({ alias, ref }) => ({ alias, ...ref })),
          artifacts: props.artifacts,
        },
      },
      { refs: sources.flatMap((s) => s.refs), sources: sources.flatMap((s) => s.uses) },
    );
    this.artifactNames = props.artifacts.map((a) => a.name);
  }

  /**
   * One of its artifacts, as a source for layers, Kustomizations and HelmReleases (`chartRef`).
   *
   * @param name with `pathPattern`, the name that comes of one of the directories
   * @throws FleetError for a name that the generator does not make
   */
  artifact(name: string): GeneratedArtifact {
    if (!this.artifactNames.some((pattern) => fits(name, pattern))) {
      const meant = didYouMean(name, this.artifactNames);
      new Args(this).fail({
        rule: 'artifact-name',
        what: `this ArtifactGenerator makes no artifact "${name}"`,
        expected: this.artifactNames.join(', '),
        given: show(name),
        fix: meant === undefined ? 'add it to artifacts' : `write "${meant}"`,
      });
    }
    return { kind: 'ExternalArtifact', name, namespace: this.namespace, generator: this };
  }
}

/** Whether a name can come of an artifact's name, whose captures (`{app}`) stand for anything. */
function fits(name: string, pattern: string): boolean {
  const literals = pattern.split(/\{\w+\}/).map((text) => text.replace(/\W/g, '\\$&'));
  return new RegExp(`^${literals.join('.+')}$`).test(name);
}

function checkSources(args: Args, sources: ArtifactGeneratorProps['sources']): void {
  for (const [alias, source] of Object.entries(sources)) {
    if (!ALIAS.test(alias) || alias.length > 63) {
      args.fail({
        rule: 'artifact-alias',
        what: 'a source of this ArtifactGenerator has an alias that Flux does not take',
        expected: 'at most 63 lower-case letters, digits, "-" and "_", with a letter or digit at both ends',
        given: show(alias),
      });
    }
    if (SOURCE_KINDS.includes(source.kind)) continue;
    args.fail({
      rule: 'artifact-source',
      what: `an ArtifactGenerator cannot read the source "${alias}"`,
      expected: SOURCE_KINDS.join(', '),
      given: source.kind,
    });
  }
}

function checkArtifacts(args: Args, { sources, artifacts, pathPattern }: ArtifactGeneratorProps): void {
  const aliases = Object.keys(sources);
  if (pathPattern !== undefined) checkAlias(args, 'pathPattern', pathPattern, aliases);
  for (const [i, { name, copy, revision, originRevision }] of artifacts.entries()) {
    if (artifacts.findIndex((a) => a.name === name) < i) {
      args.fail({
        rule: 'artifact-name',
        what: `this ArtifactGenerator has two artifacts named "${name}"`,
        expected: 'one artifact of that name, with everything that is copied into it',
      });
    }
    if (pathPattern === undefined) args.dnsSubdomain('the name of an artifact', name);
    for (const { from, to } of copy) {
      checkAlias(args, `from of "${name}"`, from, aliases);
      if (pathPattern !== undefined) checkCaptures(args, [name, from, to], pathPattern);
    }
    if (revision !== undefined) checkAlias(args, `revision of "${name}"`, revision, aliases);
    if (originRevision !== undefined) checkAlias(args, `originRevision of "${name}"`, originRevision, aliases);
  }
}

/** Checks that `@<alias>` or `@<alias>/<path>` begins with an alias that there is. */
function checkAlias(args: Args, field: string, value: string, aliases: readonly string[]): void {
  const alias = /^@([^/]+)/.exec(value)?.[1];
  if (alias !== undefined && aliases.includes(alias)) return;
  const meant = alias === undefined ? undefined : didYouMean(alias, aliases);
  args.fail({
    rule: 'artifact-alias',
    what: `${field} names no source of this ArtifactGenerator`,
    expected: aliases.map((a) => `@${a}`).join(', '),
    given: show(value),
    fix: meant === undefined ? 'add the source to sources, by that alias' : `write "@${meant}"`,
  });
}

/** Checks that what stands in braces is captured. */
function checkCaptures(args: Args, texts: readonly string[], pathPattern: string): void {
  const names = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map((m) => m[1]!);
  const captures = names(pathPattern);
  const missing = texts.flatMap((text) => names(String(text))).find((name) => !captures.includes(name));
  if (missing === undefined) return;
  const meant = didYouMean(missing, captures);
  args.fail({
    rule: 'artifact-capture',
    what: `an artifact uses "{${missing}}", which the pathPattern does not capture`,
    expected: captures.map((c) => `{${c}}`).join(', ') || 'a capture in the pathPattern',
    given: pathPattern,
    fix: meant === undefined ? undefined : `write "{${meant}}"`,
  });
}
