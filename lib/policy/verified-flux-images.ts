import type { Construct } from 'constructs';
import { Args } from '../argument.js';
import type { Cluster } from '../cluster.js';
import { compact } from '../compact.js';
import type { FluxComponent } from '../flux/controllers.js';
import { FLUX_COMPONENTS, FLUX_REGISTRY } from '../flux/controllers.js';
import { ClusterPolicy } from '../kyverno/cluster-policy.js';
import type { ClusterPolicyProps } from '../kyverno/cluster-policy.js';
import { clusterOf } from '../scope.js';
import { clusterAround, fluxImages } from './images.js';

/** Props of {@link VerifiedFluxImages}: what is verified, and further fields of the policy. */
export interface VerifiedFluxImagesProps extends Omit<ClusterPolicyProps, 'rules' | 'validationFailureAction'> {
  /**
   * The controllers whose images are verified.
   *
   * @default - those of the cluster
   */
  readonly components?: readonly FluxComponent[];
  /**
   * Registries that the images may come from.
   *
   * @default ['ghcr.io/fluxcd', 'docker.io/fluxcd']
   */
  readonly registries?: readonly string[];
  /**
   * Whether an image without a valid signature is reported or refused. Refuse once the reports show that Kyverno can
   * verify: if it cannot reach the registry or the transparency log, or does not run, `Enforce` keeps Flux from
   * starting. The `failurePolicy` is `Fail` then, and else `Ignore`.
   *
   * @default 'Audit'
   */
  readonly action?: 'Audit' | 'Enforce';
}

/**
 * Verifies that the images of Flux's controllers are signed by Flux's release workflows (cosign, keyless), wherever
 * pods run them: a Kyverno `ClusterPolicy`.
 *
 * @see https://fluxcd.io/flux/security/#signed-container-images
 */
export class VerifiedFluxImages extends ClusterPolicy {
  /**
   * @throws FleetError for registries that are none, where the cluster takes its images from elsewhere, and outside of a
   * cluster where the controllers are not said
   */
  constructor(scope: Construct, id: string, props: VerifiedFluxImagesProps = {}) {
    const { components, registries, action, ...policy } = props;
    const args = new Args(scope, id);
    for (const c of components ?? []) args.oneOf('components', c, FLUX_COMPONENTS);
    args.oneOf('action', action, ['Audit', 'Enforce']);
    const cluster = clusterOf(scope) as Cluster | undefined;
    if (registries === undefined) checkRegistry(args, cluster);
    // Of an image with a digest Kyverno does not see the tag; the operator writes digests, `flux bootstrap` does not.
    const ends = cluster?.flux.mode === 'bootstrap' ? [':*'] : [':*', '@*'];
    const images = fluxImages(args, registries ?? REGISTRIES, components ?? clusterAround(args, scope).components);
    super(scope, id, {
      background: false,
      // With Fail an error of Kyverno's, such as a registry out of reach, keeps pods from starting even under Audit.
      failurePolicy: action === 'Enforce' ? 'Fail' : 'Ignore',
      // The registry and the transparency log are far away.
      webhookTimeoutSeconds: 30,
      ...(compact(policy) as typeof policy),
      validationFailureAction: action ?? 'Audit',
      rules: [
        {
          name: 'verify-cosign-signature',
          match: { any: [{ resources: { kinds: ['Pod'] } }] },
          verifyImages: [
            {
              imageReferences: images.flatMap((image) => ends.map((end) => `${image}${end}`)),
              // Tags stay as they are, so that Flux does not see a difference in what it applied.
              mutateDigest: false,
              verifyDigest: false,
              attestors: [{ entries: [{ keyless: FLUX_RELEASES }] }],
            },
          ],
        },
      ],
    });
  }
}

/** Where Flux publishes its images. */
const REGISTRIES = [FLUX_REGISTRY, 'docker.io/fluxcd'];

const FLUX_RELEASES = {
  subject: 'https://github.com/fluxcd/*',
  issuer: 'https://token.actions.githubusercontent.com',
  rekor: { url: 'https://rekor.sigstore.dev' },
};

/** Refuses to verify images that the cluster does not run. */
function checkRegistry(args: Args, cluster: Cluster | undefined): void {
  const registry = cluster?.flux.registry.replace(/\/+$/, '');
  if (registry === undefined || registry === 'fluxcd' || REGISTRIES.includes(registry)) return;
  args.fail({
    rule: 'verified-registry',
    what: 'the images of this cluster come from a registry that the policy would not look at',
    expected: REGISTRIES.join(' or '),
    given: registry,
    fix: 'name it in registries, if the images there carry the signatures of Flux’s releases',
  });
}
