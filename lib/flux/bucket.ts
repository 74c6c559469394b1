import type { Construct } from 'constructs';
import { Args } from '../argument.js';
import { Manifest, objectMeta } from '../manifest.js';
import type { NamespacedObjectMeta } from '../manifest.js';
import { localRef } from '../reference.js';
import type { NamedObject, SecretRef } from '../reference.js';
import { compact } from '../compact.js';
import { DEFAULT_INTERVALS, withInterval } from './intervals.js';
import { CLOUD_PROVIDERS } from './spec.js';

/** A bucket that Flux pulls from: `Bucket.spec`. */
export interface BucketSourceProps {
  /** Name of the bucket. */
  readonly bucketName: string;
  /** Address of the object store, such as `minio.example.com`; only that of Azure has a scheme. */
  readonly endpoint: string;
  /**
   * The kind of object store.
   *
   * @default - Flux's, generic (S3)
   * @see https://fluxcd.io/flux/components/source/buckets/#provider
   */
  readonly provider?: 'generic' | 'aws' | 'azure' | 'gcp';
  /**
   * How often Flux looks for changes, a Go duration.
   *
   * @default - that of the cluster's or fleet's `intervals`, else '5m'
   */
  readonly interval?: string;
  /**
   * How long one download may take, a Go duration.
   *
   * @default - Flux's, 60s
   */
  readonly timeout?: string;
  /** Only objects whose key begins with this. */
  readonly prefix?: string;
  /** Region of the bucket. */
  readonly region?: string;
  /** Paths that the artifact leaves out, in .gitignore syntax. */
  readonly ignore?: string;
  /** Allows an endpoint without TLS. */
  readonly insecure?: boolean;
  /** Credentials, in the namespace of the source. */
  readonly secretRef?: SecretRef;
  /** TLS certificates, in the namespace of the source. */
  readonly certSecretRef?: SecretRef;
  /** Proxy settings, in the namespace of the source. */
  readonly proxySecretRef?: SecretRef;
  /** Service account for workload identity, in the namespace of the source. */
  readonly serviceAccountName?: string;
  /**
   * Temporary credentials from a security token service.
   *
   * @see https://fluxcd.io/flux/components/source/buckets/#sts
   */
  readonly sts?: {
    readonly provider: 'aws' | 'ldap';
    readonly endpoint: string;
    readonly secretRef?: SecretRef;
    readonly certSecretRef?: SecretRef;
  };
  /**
   * Stops downloading; written only when true.
   *
   * @default false
   */
  readonly suspend?: boolean;
}

/** Props of {@link Bucket}. */
export interface BucketProps extends BucketSourceProps, NamespacedObjectMeta {}

/**
 * A `Bucket` of source.toolkit.fluxcd.io/v1 in its own place in the tree.
 *
 * @see https://fluxcd.io/flux/components/source/buckets/
 */
export class Bucket extends Manifest {
  declare readonly kind: 'Bucket';

  /** @throws FleetError for a duration or name that Flux would refuse */
  constructor(scope: Construct, id: string, props: BucketProps) {
    super(
      scope,
      id,
      {
        apiVersion: 'source.toolkit.fluxcd.io/v1',
        kind: 'Bucket',
        metadata: objectMeta(scope, id, 'Bucket', props),
        spec: bucketSpec(new Args(scope, id), withInterval(scope, 'Bucket', props)),
      },
      { refs: bucketRefs(props) },
    );
  }
}

/** `Bucket.spec` from props, checked. */
export function bucketSpec(args: Args, props: BucketSourceProps): Record<string, unknown> {
  args.duration('interval', props.interval);
  args.duration('timeout', props.timeout);
  args.oneOf('provider', props.provider, CLOUD_PROVIDERS);
  return compact({
    interval: props.interval ?? DEFAULT_INTERVALS.Bucket,
    bucketName: props.bucketName,
    endpoint: props.endpoint,
    provider: props.provider,
    timeout: props.timeout,
    prefix: props.prefix,
    region: props.region,
    ignore: props.ignore,
    insecure: props.insecure,
    secretRef: localRef(props.secretRef),
    certSecretRef: localRef(props.certSecretRef),
    proxySecretRef: localRef(props.proxySecretRef),
    serviceAccountName: props.serviceAccountName,
    sts:
      props.sts &&
      compact({
        provider: props.sts.provider,
        endpoint: props.sts.endpoint,
        secretRef: localRef(props.sts.secretRef),
        certSecretRef: localRef(props.sts.certSecretRef),
      }),
    suspend: props.suspend === true ? true : undefined,
  });
}

/** The objects that a bucket source refers to. */
export function bucketRefs(props: BucketSourceProps): (NamedObject | undefined)[] {
  return [props.secretRef, props.certSecretRef, props.proxySecretRef, props.sts?.secretRef, props.sts?.certSecretRef];
}
