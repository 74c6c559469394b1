import { Args } from '../argument.js';
import { refFrom } from '../reference.js';
import type { ExternalObject, NamedObject } from '../reference.js';
import type { GeneratedArtifact } from './artifact-generator.js';
import { bucketRefs, bucketSpec } from './bucket.js';
import type { Bucket, BucketSourceProps } from './bucket.js';
import { gitRepositoryRefs, gitRepositorySpec } from './git-repository.js';
import type { GitRepository, GitSourceProps } from './git-repository.js';
import { helmRepositoryRefs, helmRepositorySpec } from './helm-repository.js';
import type { HelmRepository, HelmSourceProps } from './helm-repository.js';
import { ociRepositoryRefs, ociRepositorySpec } from './oci-repository.js';
import type { OCIRepository, OCISourceProps } from './oci-repository.js';

/** Kinds of source that Flux pulls from. */
export type SourceKind =
  'GitRepository' | 'OCIRepository' | 'HelmRepository' | 'Bucket' | 'ExternalArtifact' | 'HelmChart';

/** A source that stands in the tree as a construct. */
export type SourceConstruct = GitRepository | OCIRepository | HelmRepository | Bucket;

/** Where a Kustomization or a HelmRelease takes its files from. */
export type SourceLike = Source | SourceConstruct | GeneratedArtifact;

/** `sourceRef` as Flux's objects have it. */
export interface SourceRef {
  readonly kind: SourceKind;
  readonly name: string;
  readonly namespace?: string;
}

/** A source that its user brings along: it is emitted beside the user, once per namespace. */
export interface SourceUse {
  readonly source: Source;
  readonly name: string;
}

/** Name for the source objects that do not name themselves. */
interface Named {
  /**
   * Name of the object in the cluster. Give one where several use the same source, so that they share one object.
   *
   * @default - the name of the Kustomization, HelmRelease or tenant that uses it
   */
  readonly name?: string;
}

type Props = Record<string, unknown>;
type Definition = {
  readonly spec: (args: Args, props: never) => Props;
  readonly refs: (props: never) => (NamedObject | undefined)[];
};

const DEFINITIONS: Partial<Record<SourceKind, Definition>> = {
  GitRepository: { spec: gitRepositorySpec, refs: gitRepositoryRefs },
  OCIRepository: { spec: ociRepositorySpec, refs: ociRepositoryRefs },
  HelmRepository: { spec: helmRepositorySpec, refs: helmRepositoryRefs },
  Bucket: { spec: bucketSpec, refs: bucketRefs },
};

/**
 * A source as a value: say it once, give it to as many tenants, layers and releases as you like. It becomes a source
 * object beside each user, one per namespace (under lockdown nothing may use a source of another namespace).
 */
export class Source<P extends object = object> {
  /**
   * A Git repository: `GitRepository`.
   *
   * @throws FleetError for an address, reference or duration that Flux would refuse
   */
  static git(props: GitSourceProps & Named): Source<GitSourceProps> {
    return new Source('GitRepository', props);
  }

  /**
   * An OCI artifact: `OCIRepository`.
   *
   * @throws FleetError for an address or duration that Flux would refuse
   */
  static oci(props: OCISourceProps & Named): Source<OCISourceProps> {
    return new Source('OCIRepository', props);
  }

  /**
   * A Helm repository, http or oci: `HelmRepository`.
   *
   * @throws FleetError for an address or duration that Flux would refuse
   */
  static helm(props: HelmSourceProps & Named): Source<HelmSourceProps> {
    return new Source('HelmRepository', props);
  }

  /**
   * A bucket of an object store: `Bucket`.
   *
   * @throws FleetError for a duration that Flux would refuse
   */
  static bucket(props: BucketSourceProps & Named): Source<BucketSourceProps> {
    return new Source('Bucket', props);
  }

  /**
   * A source object that others make; it is referred to and declared, never emitted.
   *
   * @param namespace its namespace, where it is not that of its user
   */
  static fromName(kind: SourceKind, name: string, namespace?: string): Source {
    return new Source(kind, { name }, { namespace });
  }

  /** Name of the object, where the code gives one. */
  readonly name: string | undefined;
  /** What was said of it. */
  readonly props: P;
  private readonly checkedSpec: Props | undefined;

  private constructor(
    readonly kind: SourceKind,
    props: P & Named,
    private readonly external?: { readonly namespace: string | undefined },
  ) {
    this.name = props.name;
    this.props = props;
    this.checkedSpec = external ? undefined : DEFINITIONS[kind]!.spec(new Args(undefined), props as never);
  }

  /** True where the fleet emits it. */
  get isEmitted(): boolean {
    return this.checkedSpec !== undefined;
  }

  /** Namespace of a source that others make. */
  get namespace(): string | undefined {
    return this.external?.namespace;
  }

  /** The objects that it refers to. */
  get refs(): (NamedObject | undefined)[] {
    return this.isEmitted ? DEFINITIONS[this.kind]!.refs(this.props as never) : [];
  }

  /** Its `spec`. */
  get spec(): Record<string, unknown> {
    return { ...this.checkedSpec };
  }

  /**
   * The same source, asked that often where it does not say how often itself.
   *
   * @internal
   */
  withInterval(interval: string | undefined): Source<P> {
    const said = (this.props as { readonly interval?: string }).interval;
    if (interval === undefined || said !== undefined || !this.isEmitted) return this;
    return new Source(this.kind, { ...this.props, interval });
  }

  /** The object as it stands in the cluster. */
  toObject(name: string, namespace: string, labels: Readonly<Record<string, string>> = {}): Record<string, unknown> {
    return {
      apiVersion: 'source.toolkit.fluxcd.io/v1',
      kind: this.kind,
      metadata: { ...(Object.keys(labels).length > 0 && { labels }), name, namespace },
      spec: this.spec,
    };
  }
}

/** True for a source that is a value, and not an object that stands somewhere already. */
function isValue(source: SourceLike): source is Source {
  return 'isEmitted' in source;
}

/**
 * How a user refers to a source: the reference (the namespace only where it differs), what has to be emitted beside the
 * user, and what stands elsewhere, in the tree or made by others.
 *
 * @param user name of the user, for a source that has none of its own
 */
export function referTo(
  source: SourceLike,
  user: string,
  namespace: string | undefined,
): { ref: SourceRef; uses: SourceUse[]; refs: (NamedObject | ExternalObject)[] } {
  const name = source.name ?? user;
  const ref = { kind: source.kind, ...refFrom({ name, namespace: source.namespace }, namespace) };
  if (!isValue(source)) return { ref, uses: [], refs: ['node' in source ? source : source.generator] };
  return {
    ref,
    uses: source.isEmitted ? [{ source, name }] : [],
    refs: source.isEmitted ? [] : [{ kind: source.kind, name, namespace: source.namespace }],
  };
}
