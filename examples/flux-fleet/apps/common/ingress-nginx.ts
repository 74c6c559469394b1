import { HelmRelease, InfraComponent, Source } from 'cdk8s-flux-fleet';
import type { Layer } from 'cdk8s-flux-fleet';

/** What differs between environments. */
export interface IngressProps {
  readonly replicas: number;
  /**
   * Ports on every node, for a load balancer that is set up by hand.
   *
   * @default - any that are free
   */
  readonly nodePorts?: { readonly http: number; readonly https: number };
}

/** The ingress controller, with the metrics that Flagger judges canaries by. */
export class IngressNginx extends InfraComponent {
  constructor(scope: Layer, { replicas, nodePorts }: IngressProps) {
    super(scope, 'nginx-ingress', { namespace: 'nginx-ingress', wait: true });

    new HelmRelease(this.controllers, 'nginx-ingress', {
      chart: {
        chart: 'ingress-nginx',
        version: '4.13.x',
        source: Source.helm({ url: 'https://kubernetes.github.io/ingress-nginx', interval: '24h' }),
      },
      interval: '24h',
      values: {
        controller: {
          replicaCount: replicas,
          metrics: { enabled: true },
          podAnnotations: { 'prometheus.io/port': '10254', 'prometheus.io/scrape': 'true' },
          service: { type: 'LoadBalancer', nodePorts },
          admissionWebhooks: { enabled: false },
        },
        defaultBackend: { enabled: true },
      },
    });
  }
}
