import { expect, test } from '@jest/globals';
import { Provider } from 'cdk8s-flux-fleet';
import { findingsInLayer, object } from '../support.js';

/** What is said of an Alert, beside the Provider `slack` in another namespace or its own. */
function findings(name: string, namespace = 'base') {
  return findingsInLayer((layer) => {
    new Provider(layer, 'slack', { type: 'slack', address: 'https://slack.com/api/chat.postMessage', namespace });
    object(layer, 'all', {
      apiVersion: 'notification.toolkit.fluxcd.io/v1beta3',
      kind: 'Alert',
      spec: { providerRef: { name }, eventSources: [{ kind: 'Kustomization', name: '*' }] },
    });
  }).filter((f) => f.rule === 'provider-missing');
}

test('a provider that is misspelt is told with what was meant', () => {
  expect(findings('slakc')).toMatchObject([{ expected: 'a Provider that is there in base: did you mean "slack"?' }]);
  expect(findings('slack')).toEqual([]);
});

test('a provider of another namespace is not looked for', () => {
  expect(findings('slack', 'other')).toMatchObject([
    { expected: 'a Provider in base: there is one of this name in other, and it is not looked for there' },
  ]);
});
