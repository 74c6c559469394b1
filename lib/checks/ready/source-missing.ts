import { isListener } from './event-source-missing.js';
import { referenceRule } from '../shared/missing.js';
import type { Need } from '../shared/missing.js';

/**
 * Every source that something is fetched or chosen from is on the cluster.
 *
 * @see https://fluxcd.io/flux/components/kustomize/kustomizations/#source-reference
 */
export const sourceMissing = referenceRule({
  id: 'source-missing',
  title: 'Every source that an object of Flux takes something from is on the cluster.',
  kinds: [
    ...['GitRepository', 'OCIRepository', 'Bucket', 'HelmRepository', 'HelmChart', 'ExternalArtifact'],
    ...['ImageRepository', 'ResourceSetInputProvider'],
  ],
  consequence,
  only: (need) => !isListener(need),
});

function consequence({ state: { id }, wanted }: Need): string {
  switch (id.kind) {
    case 'Kustomization':
      return `Flux reports '${wanted.kind}.source.toolkit.fluxcd.io "${wanted.name}" not found', and applies nothing of it`;
    case 'HelmRelease':
      return 'Flux gets no chart, and neither installs nor upgrades the release';
    case 'ImageUpdateAutomation':
      return 'Flux has nothing to push to, and no image is ever updated';
    case 'ImagePolicy':
      return 'Flux reports "failed to get the referred ImageRepository", and chooses no new image';
    case 'ResourceSet':
      return 'the Flux Operator never gets the inputs, and makes nothing of it';
    default:
      return 'it never becomes ready, and nothing that uses it';
  }
}
