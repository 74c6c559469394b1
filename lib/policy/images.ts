import type { Construct } from 'constructs';
import { show } from '../argument.js';
import type { Args } from '../argument.js';
import type { Cluster } from '../cluster.js';
import { clusterOf } from '../scope.js';

/** The images of controllers, without tags. */
export function fluxImages(args: Args, registries: readonly string[], components: readonly string[]): string[] {
  const images = registries.flatMap((r) => components.map((component) => `${r.replace(/\/+$/, '')}/${component}`));
  if (images.length === 0) failImage(args, 'nothing', 'there is no image: no registry, or no controller');
  for (const image of images) checkImage(args, image);
  return images;
}

/** Checks that this is an image, without tag or digest: text that can stand in CEL and in a pattern of Kyverno's. */
export function checkImage(args: Args, image: string): void {
  if (/^[a-z0-9.-]+(:\d+)?(\/[a-z0-9._-]+)+$/.test(image)) return;
  failImage(args, show(image), 'this is no image of a registry');
}

function failImage(args: Args, given: string, what: string): never {
  return args.fail({
    rule: 'invalid-image',
    what,
    expected: 'registry and name, without tag or digest, such as "ghcr.io/acme/tool"',
    given,
  });
}

/** The cluster whose Flux is meant. */
export function clusterAround(args: Args, scope: Construct): Cluster {
  const cluster = clusterOf(scope) as Cluster | undefined;
  if (cluster) return cluster;
  return args.fail({
    rule: 'policies-place',
    what: 'a policy for images of Flux stands outside of any cluster, so it is not known which there are',
    expected: 'a layer of a Cluster as its scope',
    given: show(scope.node.path),
  });
}
