import type { Construct } from 'constructs';
import { Args } from '../argument.js';
import { Manifest, objectMeta } from '../manifest.js';
import type { NamespacedObjectMeta } from '../manifest.js';
import { localRef } from '../reference.js';
import type { NamedObject, SecretRef } from '../reference.js';
import { GitRef } from './git-ref.js';
import { compact } from '../compact.js';
import { DEFAULT_INTERVALS, withInterval } from './intervals.js';
import { checkUrl, GIT_PROVIDERS } from './spec.js';

/** A Git repository that Flux pulls from: `GitRepository.spec`. */
export interface GitSourceProps {
  /**
   * Address of the repository: `https://`, `http://` or `ssh://`.
   *
   * @see https://fluxcd.io/flux/components/source/gitrepositories/#url
   */
  readonly url: string;
  /**
   * What is checked out.
   *
   * @see https://fluxcd.io/flux/components/source/gitrepositories/#reference
   */
  readonly ref: GitRef;
  /**
   * How often Flux looks for a new commit, a Go duration.
   *
   * @default - that of the cluster's or fleet's `intervals`, else '5m'
   * @see https://fluxcd.io/flux/components/source/gitrepositories/#interval
   */
  readonly interval?: string;
  /**
   * How long one fetch may take, a Go duration.
   *
   * @default - Flux's, 60s
   */
  readonly timeout?: string;
  /**
   * Credentials, in the namespace of the source.
   *
   * @default - none, the repository is public
   * @see https://fluxcd.io/flux/components/source/gitrepositories/#secret-reference
   */
  readonly secretRef?: SecretRef;
  /**
   * Where credentials come from.
   *
   * @default - Flux's, generic
   */
  readonly provider?: 'generic' | 'aws' | 'azure' | 'github';
  /** Service account for workload identity, in the namespace of the source. */
  readonly serviceAccountName?: string;
  /** Proxy settings, in the namespace of the source. */
  readonly proxySecretRef?: SecretRef;
  /**
   * Signatures that commits or tags must carry; the secret holds the public keys.
   *
   * @see https://fluxcd.io/flux/components/source/gitrepositories/#verification
   */
  readonly verify?: { readonly mode?: 'HEAD' | 'Tag' | 'TagAndHEAD'; readonly secretRef: SecretRef };
  /**
   * Paths that the artifact leaves out, in .gitignore syntax.
   *
   * @see https://fluxcd.io/flux/components/source/gitrepositories/#ignore
   */
  readonly ignore?: string;
  /**
   * The only directories that are checked out.
   *
   * @see https://fluxcd.io/flux/components/source/gitrepositories/#sparse-checkout
   */
  readonly sparseCheckout?: readonly string[];
  /** Whether submodules are fetched too. */
  readonly recurseSubmodules?: boolean;
  /**
   * Other GitRepositories of the same namespace whose files are put into this one's artifact.
   *
   * @see https://fluxcd.io/flux/components/source/gitrepositories/#include
   */
  readonly include?: readonly {
    readonly repository: NamedObject;
    readonly fromPath?: string;
    readonly toPath?: string;
  }[];
  /**
   * Stops fetching; written only when true, so that a `flux suspend` on the cluster is not undone.
   *
   * @default false
   */
  readonly suspend?: boolean;
}

/** Props of {@link GitRepository}. */
export interface GitRepositoryProps extends GitSourceProps, NamespacedObjectMeta {}

/**
 * A `GitRepository` of source.toolkit.fluxcd.io/v1 in its own place in the tree. Where one Kustomization uses it,
 * `Source.git` says the same with less.
 *
 * @see https://fluxcd.io/flux/components/source/gitrepositories/
 */
export class GitRepository extends Manifest {
  declare readonly kind: 'GitRepository';
  /** Its `spec`. */
  readonly spec: Readonly<Record<string, unknown>>;

  /** @throws FleetError for an address, duration or name that Flux would refuse */
  constructor(scope: Construct, id: string, props: GitRepositoryProps) {
    const spec = gitRepositorySpec(new Args(scope, id), withInterval(scope, 'GitRepository', props));
    super(
      scope,
      id,
      {
        apiVersion: 'source.toolkit.fluxcd.io/v1',
        kind: 'GitRepository',
        metadata: objectMeta(scope, id, 'GitRepository', props),
        spec,
      },
      { refs: gitRepositoryRefs(props) },
    );
    this.spec = spec;
  }
}

/** `GitRepository.spec` from props, checked. */
export function gitRepositorySpec(args: Args, props: GitSourceProps): Record<string, unknown> {
  checkUrl(args, 'GitRepository', props.url, ['https', 'http', 'ssh']);
  args.duration('interval', props.interval);
  args.duration('timeout', props.timeout);
  args.oneOf('provider', props.provider, GIT_PROVIDERS);
  return compact({
    interval: props.interval ?? DEFAULT_INTERVALS.GitRepository,
    url: props.url,
    ref: GitRef.from(props.ref).toSpec(),
    timeout: props.timeout,
    secretRef: localRef(props.secretRef),
    provider: props.provider,
    serviceAccountName: props.serviceAccountName,
    proxySecretRef: localRef(props.proxySecretRef),
    verify: props.verify && compact({ mode: props.verify.mode ?? 'HEAD', secretRef: localRef(props.verify.secretRef) }),
    ignore: props.ignore,
    sparseCheckout: props.sparseCheckout,
    recurseSubmodules: props.recurseSubmodules,
    include: props.include?.map((i) => compact({ ...i, repository: localRef(i.repository) })),
    suspend: props.suspend === true ? true : undefined,
  });
}

/** The objects that a Git source refers to. */
export function gitRepositoryRefs(props: GitSourceProps): (NamedObject | undefined)[] {
  return [props.secretRef, props.proxySecretRef, props.verify?.secretRef];
}
