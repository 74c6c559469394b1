import type { Construct } from 'constructs';
import { Args, show } from '../argument.js';
import { Manifest, objectMeta } from '../manifest.js';
import type { NamespacedObjectMeta } from '../manifest.js';
import { localRef } from '../reference.js';
import type { NamedObject, SecretRef } from '../reference.js';
import { OCIRef } from './oci-ref.js';
import { compact } from '../compact.js';
import { DEFAULT_INTERVALS, withInterval } from './intervals.js';
import { checkUrl, CLOUD_PROVIDERS } from './spec.js';

/** Who may have signed an artifact: both are regular expressions, matched against the signing certificate. */
export interface OIDCIdentity {
  readonly issuer: string;
  readonly subject: string;
}

/**
 * Signatures that an OCI artifact must carry.
 *
 * @see https://fluxcd.io/flux/components/source/ocirepositories/#verification
 */
export interface OCIVerification {
  /** @default 'cosign' */
  readonly provider?: 'cosign' | 'notation';
  /** Public keys; without them cosign verifies keylessly. */
  readonly secretRef?: SecretRef;
  /** Identities of which one must have signed (keyless). */
  readonly matchOIDCIdentity?: readonly OIDCIdentity[];
  /** A sigstore trusted root of one's own. */
  readonly trustedRootSecretRef?: SecretRef;
}

/** An OCI repository that Flux pulls from: `OCIRepository.spec`. */
export interface OCISourceProps {
  /**
   * Address of the repository, `oci://…`, without a tag.
   *
   * @see https://fluxcd.io/flux/components/source/ocirepositories/#url
   */
  readonly url: string;
  /**
   * What is pulled.
   *
   * @see https://fluxcd.io/flux/components/source/ocirepositories/#reference
   */
  readonly ref: OCIRef;
  /**
   * How often Flux looks for a new artifact, a Go duration.
   *
   * @default - that of the cluster's or fleet's `intervals`, else '5m'
   */
  readonly interval?: string;
  /**
   * How long one pull may take, a Go duration.
   *
   * @default - Flux's, 60s
   */
  readonly timeout?: string;
  /**
   * Which layer of the artifact is taken, and whether it is unpacked or kept as it is.
   *
   * @see https://fluxcd.io/flux/components/source/ocirepositories/#layer-selector
   */
  readonly layerSelector?: { readonly mediaType?: string; readonly operation?: 'extract' | 'copy' };
  /** Signatures that the artifact must carry. */
  readonly verify?: OCIVerification;
  /**
   * Where credentials come from.
   *
   * @default - Flux's, generic
   */
  readonly provider?: 'generic' | 'aws' | 'azure' | 'gcp';
  /** Credentials (kubernetes.io/dockerconfigjson), in the namespace of the source. */
  readonly secretRef?: SecretRef;
  /** Service account with image pull secrets or a workload identity, in the namespace of the source. */
  readonly serviceAccountName?: string;
  /** TLS certificates, in the namespace of the source. */
  readonly certSecretRef?: SecretRef;
  /** Proxy settings, in the namespace of the source. */
  readonly proxySecretRef?: SecretRef;
  /** Paths that the artifact leaves out, in .gitignore syntax. */
  readonly ignore?: string;
  /** Allows a registry without TLS. */
  readonly insecure?: boolean;
  /**
   * Stops pulling; written only when true.
   *
   * @default false
   */
  readonly suspend?: boolean;
}

/** Props of {@link OCIRepository}. */
export interface OCIRepositoryProps extends OCISourceProps, NamespacedObjectMeta {}

/**
 * An `OCIRepository` of source.toolkit.fluxcd.io/v1 in its own place in the tree.
 *
 * @see https://fluxcd.io/flux/components/source/ocirepositories/
 */
export class OCIRepository extends Manifest {
  declare readonly kind: 'OCIRepository';

  /** @throws FleetError for an address, duration or name that Flux would refuse */
  constructor(scope: Construct, id: string, props: OCIRepositoryProps) {
    super(
      scope,
      id,
      {
        apiVersion: 'source.toolkit.fluxcd.io/v1',
        kind: 'OCIRepository',
        metadata: objectMeta(scope, id, 'OCIRepository', props),
        spec: ociRepositorySpec(new Args(scope, id), withInterval(scope, 'OCIRepository', props)),
      },
      { refs: ociRepositoryRefs(props) },
    );
  }
}

/** `OCIRepository.spec` from props, checked. */
export function ociRepositorySpec(args: Args, props: OCISourceProps): Record<string, unknown> {
  checkUrl(args, 'OCIRepository', props.url, ['oci']);
  checkNoRef(args, props.url);
  args.duration('interval', props.interval);
  args.duration('timeout', props.timeout);
  args.oneOf('provider', props.provider, CLOUD_PROVIDERS);
  return compact({
    interval: props.interval ?? DEFAULT_INTERVALS.OCIRepository,
    url: props.url,
    ref: OCIRef.from(props.ref).toSpec(),
    timeout: props.timeout,
    layerSelector: props.layerSelector,
    verify: props.verify && {
      ...compact({ matchOIDCIdentity: props.verify.matchOIDCIdentity, provider: props.verify.provider ?? 'cosign' }),
      ...compact({
        secretRef: localRef(props.verify.secretRef),
        trustedRootSecretRef: localRef(props.verify.trustedRootSecretRef),
      }),
    },
    provider: props.provider,
    secretRef: localRef(props.secretRef),
    serviceAccountName: props.serviceAccountName,
    certSecretRef: localRef(props.certSecretRef),
    proxySecretRef: localRef(props.proxySecretRef),
    ignore: props.ignore,
    insecure: props.insecure,
    suspend: props.suspend === true ? true : undefined,
  });
}

/** Checks that the address ends with the repository: what is pulled stands in `ref`. */
function checkNoRef(args: Args, url: string): void {
  const [, repository, mark, ref] = /^(oci:\/\/[^/]+\/[^:@]+)([:@])(.+)$/.exec(url) ?? [];
  if (repository === undefined) return;
  args.fail({
    rule: 'source-url',
    what: 'the url of this OCIRepository names more than the repository',
    expected: 'an address without a tag or digest',
    given: show(url),
    fix: `write url: ${show(repository)} and ref: OCIRef.${mark === '@' ? 'digest' : 'tag'}(${show(ref)})`,
  });
}

/** The objects that an OCI source refers to. */
export function ociRepositoryRefs(props: OCISourceProps): (NamedObject | undefined)[] {
  return [
    props.secretRef,
    props.certSecretRef,
    props.proxySecretRef,
    props.verify?.secretRef,
    props.verify?.trustedRootSecretRef,
  ];
}
