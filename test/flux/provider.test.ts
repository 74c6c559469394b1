import { expect, test } from '@jest/globals';
import { Layer, Provider, Secret } from 'cdk8s-flux-fleet';
import type { ProviderProps } from 'cdk8s-flux-fleet';
import { parse } from 'yaml';
import { filesOf, findingsOf, testCluster, yamlOf } from '../support/fleet.js';
import { errorOf, specOf } from './objects.js';

const SECRET = Secret.fromName('chat');

/** The spec of a provider in flux-system. */
function spec(props: ProviderProps): Record<string, unknown> {
  return specOf((layer) => new Provider(layer, 'chat', { namespace: 'flux-system', ...props }));
}

test('defaults', () => {
  expect(
    yamlOf(
      (layer) =>
        new Provider(layer, 'chat', {
          namespace: 'flux-system',
          type: 'slack',
          channel: 'platform',
          secretRef: Secret.fromName('chat'),
        }),
    ),
  ).toMatchInlineSnapshot(`
   "apiVersion: notification.toolkit.fluxcd.io/v1beta3
   kind: Provider
   metadata:
     name: chat
     namespace: flux-system
   spec:
     channel: platform
     secretRef:
       name: chat
     type: slack
   "
  `);
});

test('every prop lands in its field', () => {
  expect(
    spec({
      type: 'github',
      address: 'https://github.com/acme/fleet',
      channel: 'x',
      username: 'flux',
      secretRef: Secret.fromName('token'),
      certSecretRef: Secret.fromName('tls'),
      proxySecretRef: Secret.fromName('proxy'),
      serviceAccountName: 'notifier',
      commitStatusExpr: "(event.involvedObject.kind + '/' + event.involvedObject.name)",
      timeout: '30s',
      suspend: true,
    }),
  ).toEqual({
    type: 'github',
    address: 'https://github.com/acme/fleet',
    channel: 'x',
    username: 'flux',
    secretRef: { name: 'token' },
    certSecretRef: { name: 'tls' },
    proxySecretRef: { name: 'proxy' },
    serviceAccountName: 'notifier',
    commitStatusExpr: "(event.involvedObject.kind + '/' + event.involvedObject.name)",
    timeout: '30s',
    suspend: true,
  });
});

test('the secrets that it needs are declared, in its namespace', () => {
  const cluster = testCluster();
  new Provider(new Layer(cluster, 'layer', { namespace: 'flux-system' }), 'chat', {
    type: 'slack',
    secretRef: Secret.fromName('chat', ['address']),
    certSecretRef: Secret.fromName('tls'),
    proxySecretRef: Secret.fromName('proxy'),
  });
  expect(parse(filesOf(cluster)['flux-fleet.yaml']!)).toMatchObject({
    exists: [
      { kind: 'Secret', namespace: 'flux-system', name: 'chat', keys: ['address'] },
      { kind: 'Secret', namespace: 'flux-system', name: 'proxy' },
      { kind: 'Secret', namespace: 'flux-system', name: 'tls' },
    ],
  });
});

test('"suspend: false" is not written: it would undo a "flux suspend" on the cluster', () => {
  expect(spec({ type: 'slack', secretRef: SECRET, suspend: false })).not.toHaveProperty('suspend');
});

test.each<ProviderProps>([
  { type: 'generic', address: 'https://example.com/hook' },
  { type: 'slack', address: 'https://slack.com/api/chat.postMessage', secretRef: SECRET },
  { type: 'discord', secretRef: SECRET },
  { type: 'telegram', channel: '@flux', secretRef: SECRET },
  { type: 'azuredevops', address: 'https://dev.azure.com/acme/_git/fleet' },
  { type: 'googlepubsub', address: 'acme', channel: 'flux' },
])('takes %j', (props) => {
  expect(spec(props)).toMatchObject({ type: props.type });
});

test.each<[ProviderProps, string]>([
  [{ type: 'generic' }, 'address'],
  [{ type: 'github', address: 'https://github.com/acme/fleet' }, 'secretRef'],
  [{ type: 'github' }, 'address and secretRef'],
  [{ type: 'telegram', secretRef: SECRET }, 'channel'],
  [{ type: 'nats', address: 'nats://nats.example.com:4222' }, 'channel'],
])('refuses %j: %s is missing', (props, missing) => {
  expect(findingsOf(() => spec(props))).toMatchObject([
    { rule: 'provider-fields', what: `a Provider of type ${props.type} sends nothing without ${missing}` },
  ]);
});

test('refuses to name the commit status of what has none', () => {
  expect(findingsOf(() => spec({ type: 'slack', secretRef: SECRET, commitStatusExpr: "'x'" }))).toMatchObject([
    { rule: 'provider-fields', given: 'commitStatusExpr' },
  ]);
});

test('refuses a type that Flux does not know', () => {
  expect(findingsOf(() => spec({ type: 'slak' as never, address: 'https://example.com' }))).toMatchObject([
    { rule: 'invalid-field', expected: expect.stringContaining("did you mean 'slack'?") },
  ]);
});

test('refuses a webhook that is a credential, and does not repeat it', () => {
  const address = 'https://hooks.slack.com/services/T000/B000/XXXX';
  expect(errorOf(() => spec({ type: 'slack', address }))).toMatchInlineSnapshot(`
   "the address of this Provider is a credential, and would stand in the repository in clear [provider-address]
     expected  the key "address" of a Secret, which secretRef names
     given     an address, not shown
     construct test/layer/chat
     at        test/flux/provider.test.ts:<line>, called from test/flux/provider.test.ts:<line>
     fix       take it out of the code, and say secretRef: Secret.fromName('…', ['address']); then make a new webhook, if this one was committed"
  `);
});

test.each([
  'https://discord.com/api/webhooks/1/x',
  'https://discordapp.com/api/webhooks/1/x',
  'https://discord.com/api/v10/webhooks/1/x',
  'https://hooks.slack.com/workflows/T000/A000/1/x',
  'https://hooks.slack.com:443/services/T000/B000/x',
  'https://Hooks.Slack.com/services/T000/B000/x',
  'https://acme.webhook.office.com/webhookb2/x',
  'https://prod-1.westeurope.logic.azure.com:443/workflows/x/triggers/manual/paths/invoke?api-version=1&sig=x',
  'https://x.environment.api.powerplatform.com:443/powerautomate/automations/direct/workflows/x/invoke?sp=x&sig=x',
  'https://chat.googleapis.com/v1/spaces/x/messages?key=x&token=x',
  'https://open.feishu.cn/open-apis/bot/v2/hook/x',
  'https://open.larksuite.com/open-apis/bot/v2/hook/x',
  'Endpoint=sb://x.servicebus.windows.net/;SharedAccessKeyName=x;SharedAccessKey=x;EntityPath=x',
  'nats://user:password@nats.example.com:4222',
])('refuses the credential %s', (address) => {
  expect(findingsOf(() => spec({ type: 'generic', address }))).toMatchObject([{ rule: 'provider-address' }]);
});
