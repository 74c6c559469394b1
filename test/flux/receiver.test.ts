import { expect, test } from '@jest/globals';
import { GitRef, GitRepository, HelmRelease, Layer, Receiver, Secret, Source } from 'cdk8s-flux-fleet';
import type { ReceiverProps } from 'cdk8s-flux-fleet';
import { parse } from 'yaml';
import { filesOf, findingsOf, testCluster, yamlOf } from '../support/fleet.js';
import { errorOf, objectIn, specOf } from './objects.js';

const MINIMAL: ReceiverProps = {
  namespace: 'flux-system',
  type: 'github',
  secretRef: Secret.fromName('webhook', ['token']),
  resources: [Source.fromName('GitRepository', 'flux-system')],
};
const OIDC = [{ issuerURL: 'https://issuer.example.com', validations: [{ expression: 'true', message: 'refused' }] }];

/** The spec of a receiver with these props over the minimal ones. */
function spec(props: Partial<ReceiverProps> = {}): Record<string, unknown> {
  return specOf((layer) => new Receiver(layer, 'push', { ...MINIMAL, ...props }), { lockdown: false });
}

test('defaults', () => {
  expect(
    yamlOf(
      (layer) =>
        new Receiver(layer, 'push', {
          namespace: 'flux-system',
          type: 'github',
          secretRef: Secret.fromName('webhook', ['token']),
          resources: [Source.fromName('GitRepository', 'flux-system')],
        }),
    ),
  ).toMatchInlineSnapshot(`
   "apiVersion: notification.toolkit.fluxcd.io/v1
   kind: Receiver
   metadata:
     name: push
     namespace: flux-system
   spec:
     resources:
       - kind: GitRepository
         name: flux-system
     secretRef:
       name: webhook
     type: github
   "
  `);
});

test('every prop lands in its field', () => {
  expect(
    spec({
      events: ['ping', 'push'],
      interval: '1h',
      resourceFilter: 'true',
      resources: [
        { kind: 'GitRepository', name: '*', matchLabels: { team: 'a' } },
        { on: { kind: 'OCIRepository', name: 'app', namespace: 'apps' }, filter: 'req.tag != ""' },
      ],
      suspend: true,
    }),
  ).toEqual({
    type: 'github',
    events: ['ping', 'push'],
    interval: '1h',
    resourceFilter: 'true',
    secretRef: { name: 'webhook' },
    resources: [
      { kind: 'GitRepository', name: '*', matchLabels: { team: 'a' } },
      { kind: 'OCIRepository', name: 'app', namespace: 'apps', filter: 'req.tag != ""' },
    ],
    suspend: true,
  });
});

test('resources are objects of the fleet and layers, with the apiVersion where Flux does not know it', () => {
  const cluster = testCluster();
  const layer = new Layer(cluster, 'layer', { namespace: 'flux-system' });
  const git = new GitRepository(layer, 'git', { url: 'https://github.com/acme/app', ref: GitRef.branch('main') });
  const release = new HelmRelease(layer, 'api', { chart: { chart: './chart', source: git } });
  const resources = [git, release, layer, { on: git, filter: 'true' }];
  new Receiver(layer, 'push', { ...MINIMAL, resources });
  expect(objectIn(filesOf(cluster)['layers/layer/layer.yaml'], 'Receiver').spec['resources']).toEqual([
    { kind: 'GitRepository', name: 'git' },
    { apiVersion: 'helm.toolkit.fluxcd.io/v2', kind: 'HelmRelease', name: 'api' },
    { apiVersion: 'kustomize.toolkit.fluxcd.io/v1', kind: 'Kustomization', name: 'layer' },
    { kind: 'GitRepository', name: 'git', filter: 'true' },
  ]);
});

test('its secret and the resources of others are declared', () => {
  const cluster = testCluster();
  new Receiver(new Layer(cluster, 'layer'), 'push', MINIMAL);
  expect(parse(filesOf(cluster)['flux-fleet.yaml']!)).toMatchObject({
    exists: [
      { kind: 'GitRepository', namespace: 'flux-system', name: 'flux-system' },
      { kind: 'Secret', namespace: 'flux-system', name: 'webhook', keys: ['token'] },
    ],
  });
});

test('callers may prove who they are with tokens', () => {
  expect(spec({ type: 'generic-oidc', secretRef: undefined, oidcProviders: OIDC })).toEqual({
    type: 'generic-oidc',
    oidcProviders: OIDC,
    resources: [{ kind: 'GitRepository', name: 'flux-system' }],
  });
});

test('"suspend: false" is not written: it would undo a "flux suspend" on the cluster', () => {
  expect(spec({ suspend: false })).not.toHaveProperty('suspend');
});

test('refuses a webhook that anybody may call', () => {
  expect(errorOf(() => spec({ secretRef: undefined }))).toMatchInlineSnapshot(`
   "a Receiver of type github does not know its callers in the right way [receiver-callers]
     expected  secretRef and no oidcProviders
     given     neither
     construct test/layer/push
     at        test/flux/receiver.test.ts:<line>, called from test/flux/receiver.test.ts:<line>
     fix       make a Secret with a random token on the cluster: Secret.fromName('…', ['token'])"
  `);
});

test.each<Partial<ReceiverProps>>([
  { oidcProviders: OIDC },
  { type: 'generic-oidc' },
  { type: 'generic-oidc', oidcProviders: OIDC },
  { type: 'generic-oidc', secretRef: undefined },
  { type: 'generic-oidc', secretRef: undefined, oidcProviders: [] },
])('refuses %j', (props) => {
  expect(findingsOf(() => spec(props))).toMatchObject([{ rule: 'receiver-callers' }]);
});

test('refuses all objects of a kind: Flux wants labels for that', () => {
  expect(findingsOf(() => spec({ resources: [{ kind: 'GitRepository', name: '*' }] }))).toMatchObject([
    { rule: 'receiver-resources', given: '{"kind":"GitRepository","name":"*"}' },
  ]);
});

test('refuses a receiver that would reconcile nothing', () => {
  expect(findingsOf(() => spec({ resources: [] }))).toMatchObject([{ rule: 'receiver-resources', given: '[]' }]);
});
