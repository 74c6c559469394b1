import type { Construct } from 'constructs';
import { Args } from '../argument.js';
import { Manifest, objectMeta } from '../manifest.js';
import type { NamespacedObjectMeta } from '../manifest.js';
import { localRef } from '../reference.js';
import type { NamedObject, SecretRef } from '../reference.js';
import { compact } from '../compact.js';
import { DEFAULT_INTERVALS, withInterval } from './intervals.js';
import { checkUrl, CLOUD_PROVIDERS } from './spec.js';

/** A Helm repository that charts come from: `HelmRepository.spec`. */
export interface HelmSourceProps {
  /**
   * Address of the repository: `https://`, `http://`, or `oci://` for a registry.
   *
   * @see https://fluxcd.io/flux/components/source/helmrepositories/#url
   */
  readonly url: string;
  /**
   * How often Flux reads the repository's index, a Go duration.
   *
   * @default - that of the cluster's or fleet's `intervals`, else '1h'
   */
  readonly interval?: string;
  /**
   * How long reading the index may take, a Go duration.
   *
   * @default - Flux's, 60s
   */
  readonly timeout?: string;
  /** Credentials, in the namespace of the source. */
  readonly secretRef?: SecretRef;
  /** TLS certificates, in the namespace of the source. */
  readonly certSecretRef?: SecretRef;
  /** Sends the credentials to the host that a chart is downloaded from too. */
  readonly passCredentials?: boolean;
  /**
   * Where credentials for a registry come from.
   *
   * @default - Flux's, generic
   */
  readonly provider?: 'generic' | 'aws' | 'azure' | 'gcp';
  /** Allows a registry without TLS. */
  readonly insecure?: boolean;
  /**
   * Namespaces whose objects may use it, where cross-namespace references are allowed.
   *
   * @see https://fluxcd.io/flux/components/source/helmrepositories/#access-from
   */
  readonly accessFrom?: { readonly namespaceSelectors: readonly { readonly matchLabels?: Record<string, string> }[] };
  /**
   * Stops reading the index; written only when true.
   *
   * @default false
   */
  readonly suspend?: boolean;
}

/** Props of {@link HelmRepository}. */
export interface HelmRepositoryProps extends HelmSourceProps, NamespacedObjectMeta {}

/**
 * A `HelmRepository` of source.toolkit.fluxcd.io/v1 in its own place in the tree; `type: oci` follows from the url.
 *
 * @see https://fluxcd.io/flux/components/source/helmrepositories/
 */
export class HelmRepository extends Manifest {
  declare readonly kind: 'HelmRepository';

  /** @throws FleetError for an address, duration or name that Flux would refuse */
  constructor(scope: Construct, id: string, props: HelmRepositoryProps) {
    super(
      scope,
      id,
      {
        apiVersion: 'source.toolkit.fluxcd.io/v1',
        kind: 'HelmRepository',
        metadata: objectMeta(scope, id, 'HelmRepository', props),
        spec: helmRepositorySpec(new Args(scope, id), withInterval(scope, 'HelmRepository', props)),
      },
      { refs: helmRepositoryRefs(props) },
    );
  }
}

/** `HelmRepository.spec` from props, checked. */
export function helmRepositorySpec(args: Args, props: HelmSourceProps): Record<string, unknown> {
  checkUrl(args, 'HelmRepository', props.url, ['https', 'http', 'oci']);
  args.duration('interval', props.interval);
  args.duration('timeout', props.timeout);
  args.oneOf('provider', props.provider, CLOUD_PROVIDERS);
  return compact({
    interval: props.interval ?? DEFAULT_INTERVALS.HelmRepository,
    url: props.url,
    type: props.url.startsWith('oci://') ? 'oci' : undefined,
    timeout: props.timeout,
    secretRef: localRef(props.secretRef),
    certSecretRef: localRef(props.certSecretRef),
    passCredentials: props.passCredentials,
    provider: props.provider,
    insecure: props.insecure,
    accessFrom: props.accessFrom,
    suspend: props.suspend === true ? true : undefined,
  });
}

/** The objects that a Helm source refers to. */
export function helmRepositoryRefs(props: HelmSourceProps): (NamedObject | undefined)[] {
  return [props.secretRef, props.certSecretRef];
}
