import { expect, test } from '@jest/globals';
import {
  Alert,
  ArtifactGenerator,
  GitRef,
  HelmRelease,
  ImagePolicy,
  ImageRepository,
  Kustomization,
  Layer,
  Provider,
  Receiver,
  Secret,
  Source,
} from 'cdk8s-flux-fleet';
import type { ClusterProps } from 'cdk8s-flux-fleet';
import { crossNamespace } from '../../../lib/checks/reach/cross-namespace.js';
import { ALL_CONTROLLERS } from '../../support/fleet.js';
import { findingsIn, object } from '../support.js';

const GIT = Source.fromName('GitRepository', 'there', 'there');

/** What a rule says of one object in the namespace `here`. */
function findings(fill: (layer: Layer) => unknown, props: ClusterProps = {}): readonly object[] {
  return findingsIn((cluster) => fill(new Layer(cluster, 'base', { namespace: 'here' })), {
    flux: ALL_CONTROLLERS,
    ...props,
  }).filter((f) => f.rule === crossNamespace.id);
}

const USERS: [string, (layer: Layer) => unknown][] = [
  ['Kustomization', (l) => new Kustomization(l, 'x', { source: GIT, path: './' })],
  ['HelmRelease', (l) => new HelmRelease(l, 'x', { chart: { chart: './chart', source: GIT } })],
  ['HelmRelease', (l) => new HelmRelease(l, 'x', { chartRef: Source.fromName('OCIRepository', 'there', 'there') })],
  [
    'ImagePolicy',
    (l) =>
      new ImagePolicy(l, 'x', {
        imageRepository: ImageRepository.fromName('there', 'there'),
        policy: { alphabetical: {} },
      }),
  ],
  [
    'ImageUpdateAutomation',
    (l) =>
      object(l, 'x', {
        apiVersion: 'image.toolkit.fluxcd.io/v1',
        kind: 'ImageUpdateAutomation',
        spec: { interval: '1h', sourceRef: { kind: 'GitRepository', name: 'there', namespace: 'there' } },
      }),
  ],
  ['Alert', (l) => new Alert(l, 'x', { provider: Provider.fromName('chat'), eventSources: [GIT] })],
  ['Receiver', (l) => new Receiver(l, 'x', { type: 'github', secretRef: Secret.fromName('token'), resources: [GIT] })],
  [
    'ArtifactGenerator',
    (l) =>
      new ArtifactGenerator(l, 'x', {
        sources: { there: GIT },
        artifacts: [{ name: 'a', copy: [{ from: '@there/**', to: '@artifact/' }] }],
      }),
  ],
];

test.each(USERS)('%s may not refer to another namespace under lockdown', (kind, fill) => {
  expect(findings(fill)).toMatchObject([
    {
      rule: 'cross-namespace-reference',
      what: `${kind} "here/x" refers to another namespace, which the lockdown forbids: Flux refuses it`,
      expected: expect.stringMatching(/^the \w+ in here$/),
      given: expect.stringContaining('"there/there"'),
      where: { construct: 'test/base/x' },
    },
  ]);
  expect(findings(fill, { lockdown: false })).toEqual([]);
});

test('each reference is told by itself', () => {
  const eventSources = [
    { kind: 'Kustomization', name: '*', namespace: 'there' },
    GIT,
    { kind: 'HelmRelease', name: '*' },
  ] as const;
  expect(findings((l) => new Alert(l, 'x', { provider: Provider.fromName('chat'), eventSources }))).toMatchObject([
    { given: 'Kustomization "there/*"' },
    { given: 'GitRepository "there/there"' },
  ]);
});

test('a layer is told where it stands for its Kustomization in flux-system', () => {
  const tell = (namespace: string): readonly object[] =>
    findings((l) => new Alert(l, 'x', { namespace, provider: Provider.fromName('chat'), eventSources: [l] }));
  expect(tell('here')).toMatchObject([{ given: 'Kustomization "flux-system/base"' }]);
  expect(tell('flux-system')).toEqual([]);
});

test('to depend on a Kustomization of another namespace is allowed: Flux does not forbid it', () => {
  const source = Source.git({ url: 'https://github.com/acme/app', ref: GitRef.branch('main') });
  const found = findings((l) => {
    const there = new Kustomization(l, 'there', { namespace: 'there', source, path: './' });
    new Kustomization(l, 'here', { source, path: './', dependsOn: [there] });
  });
  expect(found).toEqual([]);
});

test('what a hub applies to another cluster is not judged', () => {
  const found = findingsIn((cluster) => {
    const kubeConfig = { secretRef: Secret.fromName('remote') };
    const layer = new Layer(cluster, 'base', { namespace: 'here', kubeConfig });
    new Kustomization(layer, 'x', { source: GIT, path: './' });
  });
  expect(found.filter((f) => f.rule === crossNamespace.id)).toEqual([]);
});
