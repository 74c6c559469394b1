import { HelmRelease, Source, variable } from 'cdk8s-flux-fleet';
import type { Layer, Versions } from 'cdk8s-flux-fleet';

/** What differs between environments. */
export interface FrontendProps {
  readonly versions: Versions;
  readonly replicaCount: number;
}

/** podinfo, under the domain of the cluster: that one thing is substituted on the cluster. */
export function frontend(layer: Layer, { versions, replicaCount }: FrontendProps): void {
  new HelmRelease(layer, 'podinfo', {
    interval: '50m',
    releaseName: 'podinfo',
    chart: {
      chart: 'podinfo',
      version: versions.get('podinfo'),
      source: Source.helm({ url: 'oci://ghcr.io/stefanprodan/charts', interval: '12h' }),
    },
    driftDetection: { mode: 'enabled' },
    install: { timeout: '10m', remediation: { retries: 3 } },
    upgrade: { timeout: '10m' },
    values: {
      replicaCount,
      ingress: {
        enabled: true,
        className: 'nginx',
        hosts: [
          {
            host: `podinfo.${variable('CLUSTER_DOMAIN')}`,
            paths: [{ path: '/', pathType: 'ImplementationSpecific' }],
          },
        ],
      },
    },
  });
}
