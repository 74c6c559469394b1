import { Layer, OCIRef, Source } from 'cdk8s-flux-fleet';
import type { Cluster } from 'cdk8s-flux-fleet';

/** What differs between environments. */
export interface KyvernoProps {
  /** Version of Kyverno's manifests, a tag of the artifact. */
  readonly version: string;
  readonly interval: string;
  readonly timeout: string;
}

/** Kyverno from its own OCI artifact, signature verified; ready when Kyverno runs. */
export class Kyverno extends Layer {
  constructor(cluster: Cluster, props: KyvernoProps) {
    super(cluster, 'kyverno', { interval: props.interval, timeout: props.timeout, wait: true });

    new Layer(this, 'kyverno-controller', {
      interval: '12h',
      timeout: '5m',
      wait: true,
      path: './',
      source: Source.oci({
        url: 'oci://ghcr.io/kyverno/manifests/kyverno',
        ref: OCIRef.tag(props.version),
        interval: '2h',
        provider: 'generic',
        verify: { provider: 'cosign' },
      }),
    });
  }
}
