import { ApiObject } from 'cdk8s';
import { Layer, Namespace, OCIRef, Source } from 'cdk8s-flux-fleet';
import type { Dependency, LayerProps } from 'cdk8s-flux-fleet';

/** What differs between environments. */
export interface FlaggerProps {
  /** Whether there is a service that sends requests to canaries, where no users do. */
  readonly loadTester: boolean;
}

const NAMESPACE = 'flagger-system';

/** Flagger's manifests, from its own artifact: one version for all parts, signed by the workflow that released it. */
const MANIFESTS = Source.oci({
  name: 'flagger',
  url: 'oci://ghcr.io/fluxcd/flagger-manifests',
  ref: OCIRef.tag('1.43.0'),
  interval: '12h',
  verify: {
    matchOIDCIdentity: [
      { issuer: '^https://token.actions.githubusercontent.com$', subject: '^https://github.com/fluxcd/flagger/.*$' },
    ],
  },
});

/** Progressive delivery by NGINX: Flagger, a Prometheus for it, and what it measures. */
export function flagger(infra: Layer, { loadTester }: FlaggerProps): void {
  const namespace = new Layer(infra, 'flagger-namespace');
  new Namespace(namespace, NAMESPACE, {
    annotations: { 'linkerd.io/inject': 'disabled' },
    labels: { 'istio-injection': 'disabled', 'appmesh.k8s.aws/sidecarInjectorWebhook': 'disabled' },
  });

  const part = (id: string, path: string, props: LayerProps = {}) =>
    new Layer(infra, id, {
      source: MANIFESTS,
      path,
      targetNamespace: NAMESPACE,
      dependsOn: [namespace],
      interval: '1h',
      wait: true,
      ...props,
    });
  part('flagger-prometheus', './base/prometheus');
  if (loadTester) part('flagger-loadtester', './tester');
  const controller = part('flagger', './base/flagger', { patches: [{ patch: ARGUMENTS }] });

  metrics(infra, controller);
}

/** The base comes without arguments: which mesh, and where its metrics are. */
const ARGUMENTS = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'flagger' },
  spec: {
    template: {
      spec: {
        containers: [
          {
            name: 'flagger',
            args: ['-log-level=info', '-mesh-provider=nginx', '-metrics-server=http://flagger-prometheus:9090'],
          },
        ],
      },
    },
  },
};

/** Its CRD comes with Flagger, so it stands in a layer that comes after. */
function metrics(infra: Layer, controller: Dependency): void {
  const layer = new Layer(infra, 'flagger-metrics', { dependsOn: [controller] });
  new ApiObject(layer, 'error-rate', {
    apiVersion: 'flagger.app/v1beta1',
    kind: 'MetricTemplate',
    metadata: { name: 'error-rate', namespace: NAMESPACE },
    spec: {
      provider: { type: 'prometheus', address: 'http://flagger-prometheus:9090' },
      query: `100 - ${requests('status!~"5.*"')}\n  / ${requests()} * 100\n`,
    },
  });
}

/** Requests per second to an ingress; Flagger fills in what stands in double braces. */
function requests(...filters: string[]): string {
  const labels = ['namespace="{{ namespace }}"', 'ingress="{{ ingress }}"', ...filters];
  return `sum(rate(nginx_ingress_controller_requests{${labels.join(', ')}}[{{ interval }}]))`;
}
