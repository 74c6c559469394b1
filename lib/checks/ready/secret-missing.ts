import { referenceRule, userOf } from '../shared/missing.js';
import type { Need } from '../shared/missing.js';
import { podConsequence } from '../shared/pods.js';

/**
 * Every Secret that is read is there. On a cluster of which nobody says what is there besides, this cannot be judged:
 * Secrets are made by hand, because they must not stand in Git.
 */
export const secretMissing = referenceRule({
  id: 'secret-missing',
  title: 'Every Secret that an object reads is made by the fleet, by a controller, or declared.',
  kinds: ['Secret'],
  consequence,
});

function consequence(need: Need): string {
  const notFound = `secrets "${need.wanted.name}" not found`;
  switch (userOf(need)) {
    case 'kustomize.toolkit.fluxcd.io/Kustomization':
      return `Flux reports '${notFound}', and applies nothing of it`;
    case 'helm.toolkit.fluxcd.io/HelmRelease':
      return `Flux reports '${notFound}', and neither installs nor upgrades the release`;
    case 'notification.toolkit.fluxcd.io/Provider':
      return 'every message to it is lost, and only the log of notification-controller says so';
    case 'notification.toolkit.fluxcd.io/Receiver':
      return 'it never becomes ready, and has no address for a webhook';
    case 'networking.k8s.io/Ingress':
      return 'browsers get the ingress controller’s own certificate, and warn';
    default:
      return podConsequence(need) ?? `Flux reports '${notFound}', tries again for ever, and gets nothing new`;
  }
}
