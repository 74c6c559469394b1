import { referenceRule } from '../shared/missing.js';
import type { Need } from '../shared/missing.js';
import { podConsequence } from '../shared/pods.js';

/** Every ConfigMap that is read is there. */
export const configMapMissing = referenceRule({
  id: 'config-map-missing',
  title: 'Every ConfigMap that an object reads is made by the fleet, by a controller, or declared.',
  kinds: ['ConfigMap'],
  consequence,
});

function consequence(need: Need): string {
  const notFound = `configmaps "${need.wanted.name}" not found`;
  switch (need.state.id.kind) {
    case 'Kustomization':
      return `Flux reports '${notFound}', and applies nothing of it`;
    case 'HelmRelease':
      return `Flux reports '${notFound}', and neither installs nor upgrades the release`;
    default:
      return podConsequence(need) ?? 'it never becomes ready';
  }
}
