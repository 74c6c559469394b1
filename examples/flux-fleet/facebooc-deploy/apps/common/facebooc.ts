import { ApiObject } from 'cdk8s';
import type { Layer } from 'cdk8s-flux-fleet';

/** What differs between environments. */
export interface FaceboocProps {
  readonly replicas: number;
  /** `NodePort` where there is no ingress in front of it. */
  readonly serviceType: 'ClusterIP' | 'NodePort';
}

const NAME = 'facebooc';
const PORT = 16000;

/** The Deployment, and the Service in front of it. */
export function facebooc(layer: Layer, { replicas, serviceType }: FaceboocProps): void {
  const labels = { app: NAME };
  const metadata = { name: NAME, labels };

  new ApiObject(layer, 'deployment', {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata,
    spec: {
      replicas,
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: {
          containers: [
            { name: NAME, image: 'schoolofdevops/facebooc:latest', ports: [{ name: 'http', containerPort: PORT }] },
          ],
        },
      },
    },
  });
  new ApiObject(layer, 'service', {
    apiVersion: 'v1',
    kind: 'Service',
    metadata,
    spec: {
      type: serviceType,
      selector: labels,
      ports: [{ name: 'http', port: PORT, targetPort: 'http', protocol: 'TCP' }],
    },
  });
}
