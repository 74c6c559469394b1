import { expect, test } from '@jest/globals';
import {
  Alert,
  ArtifactGenerator,
  GitRef,
  GitRepository,
  HelmRelease,
  Kustomization,
  Layer,
  Provider,
  Source,
} from 'cdk8s-flux-fleet';
import type { AlertProps } from 'cdk8s-flux-fleet';
import { parse } from 'yaml';
import { filesOf, findingsOf, testCluster, yamlOf } from '../support/fleet.js';
import { errorOf, objectIn, specOf } from './objects.js';

const MINIMAL: AlertProps = {
  namespace: 'flux-system',
  provider: Provider.fromName('chat'),
  eventSources: [{ kind: 'Kustomization', name: '*' }],
};

/** The spec of an alert with these props over the minimal ones. */
function spec(props: Partial<AlertProps> = {}): Record<string, unknown> {
  return specOf((layer) => new Alert(layer, 'failures', { ...MINIMAL, ...props }), { lockdown: false });
}

test('defaults', () => {
  expect(
    yamlOf(
      (layer) =>
        new Alert(layer, 'failures', {
          namespace: 'flux-system',
          provider: Provider.fromName('chat'),
          eventSources: [{ kind: 'Kustomization', name: '*' }],
        }),
    ),
  ).toMatchInlineSnapshot(`
   "apiVersion: notification.toolkit.fluxcd.io/v1beta3
   kind: Alert
   metadata:
     name: failures
     namespace: flux-system
   spec:
     eventSources:
       - kind: Kustomization
         name: "*"
     providerRef:
       name: chat
   "
  `);
});

test('every prop lands in its field', () => {
  expect(
    spec({
      eventSources: [{ kind: 'HelmRelease', name: '*', namespace: 'apps', matchLabels: { team: 'a' } }],
      eventSeverity: 'error',
      eventMetadata: { cluster: 'staging' },
      inclusionList: ['failed'],
      exclusionList: ['timeout$'],
      summary: 'staging',
      suspend: true,
    }),
  ).toEqual({
    providerRef: { name: 'chat' },
    eventSources: [{ kind: 'HelmRelease', name: '*', namespace: 'apps', matchLabels: { team: 'a' } }],
    eventSeverity: 'error',
    eventMetadata: { cluster: 'staging' },
    inclusionList: ['failed'],
    exclusionList: ['timeout$'],
    summary: 'staging',
    suspend: true,
  });
});

test('event sources are objects of the fleet, layers, and what others make', () => {
  const cluster = testCluster({ lockdown: false });
  const infra = new Layer(cluster, 'infra', { namespace: 'infra' });
  const git = new GitRepository(infra, 'git', { url: 'https://github.com/acme/app', ref: GitRef.branch('main') });
  const kustomization = new Kustomization(infra, 'web', { source: git, path: './' });
  const release = new HelmRelease(infra, 'api', { chart: { chart: './chart', source: git } });
  const layer = new Layer(cluster, 'layer', { namespace: 'flux-system' });
  new Alert(layer, 'failures', {
    provider: new Provider(layer, 'chat', { type: 'slack', address: 'https://slack.com/api/chat.postMessage' }),
    eventSources: [infra, git, kustomization, release, Source.fromName('Bucket', 'theirs')],
  });
  const files = filesOf(cluster);
  expect(objectIn(files['layers/layer/layer.yaml'], 'Alert').spec).toEqual({
    providerRef: { name: 'chat' },
    eventSources: [
      { kind: 'Kustomization', name: 'infra' },
      { kind: 'GitRepository', name: 'git', namespace: 'infra' },
      { kind: 'Kustomization', name: 'web', namespace: 'infra' },
      { kind: 'HelmRelease', name: 'api', namespace: 'infra' },
      { kind: 'Bucket', name: 'theirs' },
    ],
  });
  expect(parse(files['flux-fleet.yaml']!)).toMatchObject({
    exists: [{ kind: 'Bucket', namespace: 'flux-system', name: 'theirs' }],
  });
});

test('a generator and what it makes are event sources too', () => {
  const yaml = yamlOf((layer) => {
    const generator = new ArtifactGenerator(layer, 'shop', {
      namespace: 'flux-system',
      sources: { shop: Source.fromName('GitRepository', 'shop') },
      artifacts: [{ name: 'deploy', copy: [{ from: '@shop/**', to: '@artifact/' }] }],
    });
    new Alert(layer, 'failures', { ...MINIMAL, eventSources: [generator, generator.artifact('deploy')] });
  });
  expect(objectIn(yaml, 'Alert').spec['eventSources']).toEqual([
    { kind: 'ArtifactGenerator', name: 'shop' },
    { kind: 'ExternalArtifact', name: 'deploy' },
  ]);
});

test('a provider of others is declared, in the namespace of the alert', () => {
  const cluster = testCluster();
  new Alert(new Layer(cluster, 'layer'), 'failures', MINIMAL);
  expect(parse(filesOf(cluster)['flux-fleet.yaml']!)).toMatchObject({
    exists: [{ kind: 'Provider', namespace: 'flux-system', name: 'chat' }],
  });
});

test('suspends only when asked, so that a suspension on the cluster is not undone', () => {
  expect(spec({ suspend: false })).not.toHaveProperty('suspend');
  expect(spec({ suspend: true })).toHaveProperty('suspend', true);
});

test('refuses a provider of another namespace', () => {
  const alert = (): unknown =>
    yamlOf((layer) => {
      const provider = new Provider(layer, 'chat', {
        namespace: 'chat',
        type: 'generic',
        address: 'https://example.com',
      });
      new Alert(layer, 'failures', { ...MINIMAL, provider });
    });
  expect(errorOf(alert)).toMatchInlineSnapshot(`
   "the provider "chat" of this Alert stands in another namespace [alert-provider]
     expected  a Provider in flux-system: Flux looks in no other
     given     "chat"
     construct test/layer/failures
     at        test/flux/alert.test.ts:<line>, called from test/flux/alert.test.ts:<line>
     fix       put both into one namespace"
  `);
});

test('refuses a source that is a value: each of its users has an object of its own', () => {
  const value = Source.git({ url: 'https://github.com/acme/app', ref: GitRef.branch('main') });
  expect(findingsOf(() => spec({ eventSources: [value] }))).toMatchObject([{ rule: 'source-value' }]);
});

test('refuses a severity that events do not have', () => {
  expect(findingsOf(() => spec({ eventSeverity: 'warning' as never }))).toMatchObject([
    { rule: 'invalid-value', expected: 'info, error' },
  ]);
});

test('refuses an alert that would send nothing', () => {
  expect(errorOf(() => spec({ eventSources: [] }))).toMatchInlineSnapshot(`
   "this Alert has no event sources, so it would send nothing [alert-event-sources]
     expected  at least one object, or all of a kind
     given     []
     construct test/layer/failures
     at        test/flux/alert.test.ts:<line>, called from test/flux/alert.test.ts:<line>
     fix       say such as { kind: 'Kustomization', name: '*' }"
  `);
});
