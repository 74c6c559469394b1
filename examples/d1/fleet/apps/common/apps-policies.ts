import { ClusterPolicy, fluxAnnotations, Layer, Propagation } from 'cdk8s-flux-fleet';
import type { Dependency } from 'cdk8s-flux-fleet';

const tenant = { 'toolkit.fluxcd.io/tenant': 'apps' };

/** What the application teams get without asking, and what they may not do. They wait for it. */
export function appsPolicies(parent: Layer, { dependsOn }: { readonly dependsOn: readonly Dependency[] }): void {
  const layer = new Layer(parent, 'flux-apps-policies', { labels: tenant, dependsOn, interval: '12h', wait: true });

  new Propagation(layer, 'generate-apps-secrets', {
    validationFailureAction: 'Enforce',
    kind: 'Secret',
    matchLabels: tenant,
  });

  new ClusterPolicy(layer, 'validate-apps-sources', {
    annotations: fluxAnnotations({ force: true }),
    validationFailureAction: 'Enforce',
    background: false,
    rules: [
      {
        name: 'helm-oci-only',
        match: {
          any: [{ resources: { kinds: ['HelmRepository'], namespaceSelector: { matchLabels: tenant } } }],
        },
        validate: {
          message: 'charts come from an OCI registry: set spec.type to oci',
          anyPattern: [{ spec: { type: 'oci' } }],
        },
      },
    ],
  });
}
