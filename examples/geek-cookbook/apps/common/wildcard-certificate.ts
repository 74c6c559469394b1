import { Certificate, ClusterIssuer, Namespace, SealedSecret } from 'cdk8s-flux-fleet';
import type { Cluster, Dependency, Layer } from 'cdk8s-flux-fleet';
import { recipe } from './recipe.js';

/** Props of {@link wildcardCertificate}. */
export interface WildcardCertificateProps {
  readonly dependsOn: readonly Dependency[];
  readonly domain: string;
  /** Account at Let's Encrypt and at Cloudflare. */
  readonly email: string;
}

/** Let's Encrypt signs for real, and for trying things out: the latter with wide rate limits, and nobody trusts it. */
const SERVERS = {
  prod: 'https://acme-v02.api.letsencrypt.org/directory',
  staging: 'https://acme-staging-v02.api.letsencrypt.org/directory',
};

/**
 * One certificate for the domain and all its subdomains, of each of Let's Encrypt's servers. What is signed stands in a
 * namespace of its own, so that it outlives that of cert-manager.
 */
export function wildcardCertificate(cluster: Cluster, props: WildcardCertificateProps): Layer {
  const { dependsOn, domain, email } = props;
  const name = 'letsencrypt-wildcard-cert';
  const layer = recipe(cluster, name, { namespace: name, dependsOn });
  new Namespace(layer, 'namespace', { name });
  const token = new SealedSecret(layer, 'cloudflare-api-token', {
    file: new URL('../../secrets/cloudflare-api-token-secret.yaml', import.meta.url),
  });

  for (const [stage, server] of Object.entries(SERVERS)) {
    const issuer = new ClusterIssuer(layer, `letsencrypt-${stage}`, {
      acme: {
        email,
        server,
        privateKeySecretRef: { name: `letsencrypt-${stage}` },
        solvers: [
          {
            selector: { dnsZones: [domain] },
            dns01: {
              cloudflare: { email, apiTokenSecretRef: { name: token.secret.name, key: 'api-token' } },
            },
          },
        ],
      },
    });
    new Certificate(layer, `${name}-${domain}${stage === 'prod' ? '' : `-${stage}`}`, {
      issuer,
      dnsNames: [domain, `*.${domain}`],
    });
  }
  return layer;
}
