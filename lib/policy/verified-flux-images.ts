import type { Construct } from 'constructs';
import { Args, show } from '../argument.js';
import type { Cluster } from '../cluster.js';
import type { FluxComponent } from '../flux/controllers.js';
import { FLUX_COMPONENTS } from '../flux/controllers.js';
import { ClusterPolicy } from '../kyverno/cluster-policy.js';
import type { ClusterPolicyProps } from '../kyverno/cluster-policy.js';
import { clusterOf } from '../scope.js';

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
   * verify: if it cannot reach the registry or the transparency log, `Enforce` keeps Flux from starting.
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
  /** @throws FleetError outside of a cluster, where the controllers are not said */
  constructor(scope: Construct, id: string, props: VerifiedFluxImagesProps = {}) {
    const { components, registries, action, ...policy } = props;
    const args = new Args(scope, id);
    for (const c of components ?? []) args.oneOf('components', c, FLUX_COMPONENTS);
    args.oneOf('action', action, ['Audit', 'Enforce']);
    const images = fluxImages(
      registries ?? ['ghcr.io/fluxcd', 'docker.io/fluxcd'],
      components ?? clusterAround(args, scope).components,
    );
    super(scope, id, {
      background: false,
      failurePolicy: 'Fail',
      // The registry and the transparency log are far away.
      webhookTimeoutSeconds: 30,
      ...policy,
      validationFailureAction: action ?? 'Audit',
      rules: [
        {
          name: 'verify-cosign-signature',
          match: { any: [{ resources: { kinds: ['Pod'] } }] },
          verifyImages: [
            {
              imageReferences: images.map((image) => `${image}:*`),
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

const FLUX_RELEASES = {
  subject: 'https://github.com/fluxcd/*',
  issuer: 'https://token.actions.githubusercontent.com',
  rekor: { url: 'https://rekor.sigstore.dev' },
};

/** The images of controllers, without tags. */
export function fluxImages(registries: readonly string[], components: readonly string[]): string[] {
  return registries.flatMap((registry) => components.map((component) => `${registry}/${component}`));
}

/** The cluster whose Flux is meant. */
export function clusterAround(args: Args, scope: Construct): Cluster {
  const cluster = clusterOf(scope) as Cluster | undefined;
  if (cluster) return cluster;
  return args.fail({
    rule: 'policies-place',
    what: 'a policy for images of Flux stands outside of any cluster, so it is not known which there are',
    expected: 'a layer of a Cluster as its scope',
    given: show(scope.node.path),
  });
}
