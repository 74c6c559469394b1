import { referenceRule, userOf } from '../shared/missing.js';
import type { Need } from '../shared/missing.js';

/** True for a reference by which events are chosen, or by which a webhook says what is to be reconciled. */
export function isListener(need: Need): boolean {
  return /^notification\.toolkit\.fluxcd\.io\/(Alert|Receiver)$/.test(userOf(need));
}

/**
 * What an Alert or a Receiver names is there: else the first never speaks of it, and the second does nothing for it.
 *
 * @see https://fluxcd.io/flux/components/notification/alerts/#event-sources
 */
export const eventSourceMissing = referenceRule({
  id: 'event-source-missing',
  title: 'Every object that an Alert listens to or a Receiver reconciles is on the cluster.',
  severity: 'warning',
  kinds: [
    ...['Bucket', 'GitRepository', 'HelmRepository', 'OCIRepository', 'ExternalArtifact', 'ArtifactGenerator'],
    ...['Kustomization', 'HelmRelease', 'ImageRepository', 'ImagePolicy', 'ImageUpdateAutomation'],
  ],
  consequence: ({ state }) =>
    state.id.kind === 'Alert'
      ? 'no event of it ever comes, and nobody is told when something fails'
      : 'the webhook is answered with an error, and nothing is reconciled before its interval',
  only: isListener,
});
