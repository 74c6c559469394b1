import { Flux } from 'cdk8s-flux-fleet';
import type { FluxInstallation } from 'cdk8s-flux-fleet';

const main = ['kustomize-controller', 'helm-controller', 'source-controller'] as const;

/** Flux by its operator, tuned for clusters with many objects; the operator keeps itself up to date. */
export function flux({ automation }: { readonly automation: boolean }): FluxInstallation {
  return Flux.operator({
    version: '2.7.x',
    components: [
      'source-controller',
      'kustomize-controller',
      'helm-controller',
      'notification-controller',
      ...(automation ? (['image-reflector-controller', 'image-automation-controller'] as const) : []),
      'source-watcher',
    ],
    controllers: [
      { controllers: ['kustomize-controller'], args: ['--feature-gates=CancelHealthCheckOnNewRevision=true'] },
      { controllers: main, args: ['--concurrent=10', '--requeue-dependency=10s'] },
      {
        controllers: ['source-controller'],
        args: ['--helm-cache-max-size=10', '--helm-cache-ttl=60m', '--helm-cache-purge-interval=5m'],
      },
      { controllers: ['kustomize-controller'], args: ['--no-remote-bases=true'], inMemoryBuilds: true },
      { controllers: main, resources: { limits: { cpu: '2000m', memory: '2Gi' } } },
    ],
    upgrade: { values: { reporting: { interval: '30s' } } },
  });
}
