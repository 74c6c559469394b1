import { referenceRule } from '../shared/missing.js';

/**
 * The Provider that an Alert sends to is there, in the namespace of the Alert.
 *
 * @see https://fluxcd.io/flux/components/notification/alerts/#provider-reference
 */
export const providerMissing = referenceRule({
  id: 'provider-missing',
  title: 'Every Provider that an Alert sends to is in the namespace of the Alert.',
  kinds: ['Provider'],
  consequence: () =>
    'every message is lost, and only the log of notification-controller says "failed to read provider"',
});
