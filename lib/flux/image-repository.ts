import type { IImageRepositorySpec } from '@kubernetes-models/flux-cd/image.toolkit.fluxcd.io/v1';
import type { Construct } from 'constructs';
import { Args, show } from '../argument.js';
import { compact } from '../compact.js';
import type { DeepReadonly } from '../deep-readonly.js';
import type { NamespacedObjectMeta } from '../manifest.js';
import { localRef } from '../reference.js';
import type { ExternalObject, NamedObject, SecretRef } from '../reference.js';
import { SpecObject } from '../spec-object.js';
import { isGoPattern } from './go-pattern.js';
import { intervalOf } from './intervals.js';
import { CLOUD_PROVIDERS } from './spec.js';

/** An ImageRepository of ours or of others. */
export type ImageRepositoryRef = NamedObject & {
  readonly kind: 'ImageRepository';
  readonly namespace?: string | undefined;
};

/** Props of {@link ImageRepository}. */
export interface ImageRepositoryProps extends NamespacedObjectMeta {
  /**
   * The image or chart whose tags are listed, without scheme and without tag, such as `ghcr.io/acme/app`.
   *
   * @see https://fluxcd.io/flux/components/image/imagerepositories/#image
   */
  readonly image: string;
  /**
   * How often the registry is asked, a Go duration.
   *
   * @default - that of the cluster's or fleet's `intervals`, else '5m'
   */
  readonly interval?: string;
  /**
   * How long one question may take, a Go duration.
   *
   * @default - Flux's, the interval
   */
  readonly timeout?: string;
  /**
   * Where credentials come from.
   *
   * @default - Flux's, generic
   */
  readonly provider?: 'generic' | 'aws' | 'azure' | 'gcp';
  /** Credentials, in the namespace of the object: a Secret of type kubernetes.io/dockerconfigjson. */
  readonly secretRef?: SecretRef;
  /** TLS certificates, in the namespace of the object. */
  readonly certSecretRef?: SecretRef;
  /** Proxy settings, in the namespace of the object. */
  readonly proxySecretRef?: SecretRef;
  /** Service account with image pull secrets, or for workload identity, in the namespace of the object. */
  readonly serviceAccountName?: string;
  /** Allows a registry without TLS. */
  readonly insecure?: boolean;
  /**
   * Regular expressions of tags that are left out.
   *
   * @default - Flux's, signatures: `^.*\.sig$`
   */
  readonly exclusionList?: readonly string[];
  /**
   * Namespaces whose ImagePolicies may refer to it; under lockdown none may.
   *
   * @see https://fluxcd.io/flux/components/image/imagerepositories/#access-from
   */
  readonly accessFrom?: DeepReadonly<IImageRepositorySpec['accessFrom']>;
  /**
   * Stops listing; written only when true, so that a `flux suspend` on the cluster is not undone.
   *
   * @default false
   */
  readonly suspend?: boolean;
}

/**
 * An `ImageRepository` of image.toolkit.fluxcd.io/v1: the tags of an image or chart, listed at an interval. Needs the
 * component image-reflector-controller.
 *
 * @see https://fluxcd.io/flux/components/image/imagerepositories/
 */
export class ImageRepository extends SpecObject<Record<string, unknown>> {
  declare readonly kind: 'ImageRepository';

  /**
   * An ImageRepository that others make; it is referred to and declared, never emitted.
   *
   * @param namespace its namespace, where it is not that of its user
   */
  static fromName(name: string, namespace?: string): ImageRepositoryRef & ExternalObject {
    return { kind: 'ImageRepository', name, ...(namespace !== undefined && { namespace }) };
  }

  /** @throws FleetError for an image with a scheme or tag, and for a duration or name that Flux would refuse */
  constructor(scope: Construct, id: string, props: ImageRepositoryProps) {
    const args = new Args(scope, id);
    checkImage(args, props.image);
    args.oneOf('provider', props.provider, CLOUD_PROVIDERS);
    checkExclusions(args, props.exclusionList);
    const { secretRef, certSecretRef, proxySecretRef, ...fields } = props;
    super(
      scope,
      id,
      'image.toolkit.fluxcd.io/v1',
      'ImageRepository',
      compact({
        ...fields,
        interval: props.interval ?? intervalOf(scope, 'ImageRepository'),
        secretRef: localRef(secretRef),
        certSecretRef: localRef(certSecretRef),
        proxySecretRef: localRef(proxySecretRef),
      }),
      { refs: [secretRef, certSecretRef, proxySecretRef] },
    );
  }
}

/** A registry, which may have a port, and the path of the image in it. */
const ADDRESS = /^([\w.-]+(:\d+)?\/)?[a-z0-9][a-z0-9_.-]*(\/[a-z0-9_.-]+)*$/;

/** Checks an address as image-reflector-controller does: no scheme, and no tag behind the last slash. */
function checkImage(args: Args, image: unknown): void {
  const given = typeof image === 'string' ? image : '';
  const bare = given.replace(/^.*:\/\//, '').replace(/[:@][^/]*$/, '');
  // What Flux substitutes on the cluster is not known here.
  if (given === bare && (ADDRESS.test(given) || given.includes('${'))) return;
  args.fail({
    rule: 'image-name',
    what:
      given === ''
        ? 'the image of this ImageRepository is missing'
        : `the image of this ImageRepository ${given === bare ? 'is no address' : 'has too much'}`,
    expected: 'the address of an image without scheme, tag and digest, such as ghcr.io/acme/app',
    given: show(image),
    fix: bare === '' || given === bare ? undefined : `write "${bare}"; an ImagePolicy says which tags count`,
  });
}

function checkExclusions(args: Args, exclusions: readonly string[] | undefined): void {
  const wrong = [exclusions ?? []].flat().find((pattern) => !isGoPattern(pattern));
  if (wrong === undefined) return;
  args.fail({
    rule: 'invalid-value',
    what: "'exclusionList' has an entry that is no regular expression",
    expected: 'regular expressions of Go, such as ^.*\\.sig$',
    given: show(wrong),
  });
}
