import { ImagePolicy, ImageRepository } from 'cdk8s-flux-fleet';
import type { Layer } from 'cdk8s-flux-fleet';

/** Where a chart is looked for, and which of its versions are taken. */
export interface ChartPolicyProps {
  /** The registry and directory that hold the chart. */
  readonly registry: string;
  /** Versions that are taken, a semver range. */
  readonly range: string;
  /**
   * How often the registry is asked, a Go duration.
   *
   * @default '1h'
   */
  readonly interval?: string;
}

/** Follows the newest version of a chart; its name is the one that markers in versions.yaml write. */
export function chartPolicy(layer: Layer, chart: string, props: ChartPolicyProps): void {
  const imageRepository = new ImageRepository(layer, `${chart}-charts`, {
    name: chart,
    image: `${props.registry}/${chart}`,
    interval: props.interval ?? '1h',
    provider: 'generic',
  });
  new ImagePolicy(layer, chart, { imageRepository, policy: { semver: { range: props.range } } });
}
