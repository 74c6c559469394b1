import { ImagePolicy, ImageRepository } from 'cdk8s-flux-fleet';
import type { Layer } from 'cdk8s-flux-fleet';

/** Follows the newest release of a chart; its name is the one that markers in versions.yaml write. */
export function chartPolicy(
  layer: Layer,
  name: string,
  { image, interval }: { readonly image: string; readonly interval: string },
): void {
  const imageRepository = new ImageRepository(layer, `${name}-charts`, { name, image, interval, provider: 'generic' });
  new ImagePolicy(layer, name, { imageRepository, policy: { semver: { range: '>=1.0.0' } } });
}
