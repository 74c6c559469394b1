import { HelmRelease, mergeValues, Source } from 'cdk8s-flux-fleet';
import type { HelmReleaseProps, Layer, Versions } from 'cdk8s-flux-fleet';

/** What differs between environments. */
export interface BackendProps {
  readonly versions: Versions;
  /** CPU limit of each server. */
  readonly cpu: string;
}

const charts = Source.helm({
  name: 'bitnamicharts',
  url: 'oci://registry-1.docker.io/bitnamicharts',
  interval: '24h',
});

/** How both releases reconcile. */
const release = {
  interval: '50m',
  driftDetection: { mode: 'disabled' },
  install: { timeout: '10m', remediation: { retries: 3 } },
  upgrade: { timeout: '10m' },
} satisfies Partial<HelmReleaseProps>;

/** The images moved to another registry path, which the charts have to be told. */
const legacy = (repository: string) => ({ image: { repository: `bitnamilegacy/${repository}` } });
const legacyImages = { global: { security: { allowInsecureImages: true } }, volumePermissions: legacy('os-shell') };

/** Two caches: memcached and redis. */
export function backend(layer: Layer, { versions, cpu }: BackendProps): void {
  const resources = { limits: { memory: '128Mi', cpu } };

  new HelmRelease(layer, 'memcached', {
    ...release,
    releaseName: 'memcached',
    chart: { chart: 'memcached', version: versions.get('memcached'), source: charts },
    values: mergeValues(legacyImages, {
      ...legacy('memcached'),
      clusterDomain: 'cluster.local',
      metrics: legacy('memcached-exporter'),
      resources,
    }),
  });

  new HelmRelease(layer, 'redis', {
    ...release,
    releaseName: 'redis',
    chart: { chart: 'redis', version: versions.get('redis'), source: charts },
    values: mergeValues(legacyImages, {
      ...legacy('redis'),
      master: { kind: 'StatefulSet', persistence: { enabled: false }, resources },
      replica: { kind: 'StatefulSet', replicaCount: 1, persistence: { enabled: false } },
      sentinel: legacy('redis-sentinel'),
      metrics: legacy('redis-exporter'),
      kubectl: legacy('kubectl'),
      sysctl: legacy('os-shell'),
    }),
  });
}
