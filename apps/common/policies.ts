import { ApiObject } from 'cdk8s';
import { Layer } from 'cdk8s-flux-fleet';
import type { Cluster, Dependency } from 'cdk8s-flux-fleet';

/** What differs between environments. */
export interface PoliciesProps {
  readonly dependsOn: readonly Dependency[];
  readonly interval: string;
}

const FLUX_CONTROLLERS = [
  'source-controller',
  'kustomize-controller',
  'helm-controller',
  'notification-controller',
  'image-reflector-controller',
  'image-automation-controller',
];
const FLUX_REGISTRIES = ['ghcr.io/fluxcd', 'docker.io/fluxcd'];

/** Kyverno policies: Flux's own images are signed, and tenants pull from the organisation's repositories. */
export class Policies extends Layer {
  constructor(cluster: Cluster, props: PoliciesProps) {
    super(cluster, 'kyverno-policies', props);

    new ApiObject(this, 'verify-flux-images', {
      apiVersion: 'kyverno.io/v1',
      kind: 'ClusterPolicy',
      metadata: { name: 'verify-flux-images' },
      spec: {
        validationFailureAction: 'Audit',
        background: false,
        webhookTimeoutSeconds: 30,
        failurePolicy: 'Fail',
        rules: [
          {
            name: 'verify-cosign-signature',
            match: { any: [{ resources: { kinds: ['Pod'] } }] },
            verifyImages: [
              {
                imageReferences: FLUX_REGISTRIES.flatMap((r) => FLUX_CONTROLLERS.map((c) => `${r}/${c}:*`)),
                mutateDigest: false,
                verifyDigest: false,
                attestors: [
                  {
                    entries: [
                      {
                        keyless: {
                          subject: 'https://github.com/fluxcd/*',
                          issuer: 'https://token.actions.githubusercontent.com',
                          rekor: { url: 'https://rekor.sigstore.dev' },
                        },
                      },
                    ],
                  },
                ],
              },
            ],
          },
        ],
      },
    });

    new ApiObject(this, 'verify-git-repositories', {
      apiVersion: 'kyverno.io/v1',
      kind: 'ClusterPolicy',
      metadata: { name: 'verify-git-repositories' },
      spec: {
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
      },
    });
  }
}
