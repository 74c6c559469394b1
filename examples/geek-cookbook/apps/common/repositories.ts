import { HelmRepository, Layer } from 'cdk8s-flux-fleet';
import type { Cluster } from 'cdk8s-flux-fleet';

/** The Helm repositories that all apps share, in flux-system. */
export function helmRepositories(cluster: Cluster) {
  const layer = new Layer(cluster, 'helm-repositories', { namespace: 'flux-system', interval: '15m' });
  const repository = (name: string, url: string) => new HelmRepository(layer, name, { url, interval: '15m' });
  return {
    bitnami: repository('bitnami', 'https://charts.bitnami.com/bitnami'),
    jetstack: repository('jetstack', 'https://charts.jetstack.io'),
    metallb: repository('metallb', 'https://metallb.github.io/metallb'),
    podinfo: repository('podinfo', 'https://stefanprodan.github.io/podinfo'),
    rook: repository('rook-release', 'https://charts.rook.io/release'),
    sealedSecrets: repository('sealed-secrets', 'https://bitnami-labs.github.io/sealed-secrets'),
    topolvm: repository('topolvm', 'https://topolvm.github.io/topolvm'),
  };
}
