import { ClusterPolicy, Layer, VerifiedFluxImages } from 'cdk8s-flux-fleet';
import type { Cluster, Dependency } from 'cdk8s-flux-fleet';

/** What differs between environments. */
export interface PoliciesProps {
  readonly dependsOn: readonly Dependency[];
  readonly interval: string;
}

/** Kyverno policies: Flux's own images are signed, and tenants pull from the organisation's repositories. */
export class Policies extends Layer {
  constructor(cluster: Cluster, props: PoliciesProps) {
    super(cluster, 'kyverno-policies', props);

    new VerifiedFluxImages(this, 'verify-flux-images', {
      // Kyverno has to run before Flux may start anew.
      failurePolicy: 'Fail',
      components: [
        'source-controller',
        'kustomize-controller',
        'helm-controller',
        'notification-controller',
        'image-reflector-controller',
        'image-automation-controller',
      ],
    });

    new ClusterPolicy(this, 'verify-git-repositories', {
      // Audit reports; Enforce refuses. Enforce once the pattern names your own organisation.
      validationFailureAction: 'Audit',
      rules: [
        {
          name: 'github-repositories-only',
          match: { any: [{ resources: { kinds: ['GitRepository'] } }] },
          exclude: { any: [{ resources: { namespaces: ['flux-system'] } }] },
          validate: {
            message: 'a tenant may only pull from repositories of the organisation',
            pattern: { spec: { url: 'https://github.com/fluxcd/?* | ssh://git@github.com:fluxcd/?*' } },
          },
        },
      ],
    });
  }
}
