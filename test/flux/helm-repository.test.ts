import { expect, test } from '@jest/globals';
import { HelmRepository, Layer, Secret } from 'cdk8s-flux-fleet';
import type { HelmRepositoryProps } from 'cdk8s-flux-fleet';
import { parse } from 'yaml';
import { filesOf, findingsOf, testCluster, yamlOf } from '../support/fleet.js';
import { errorOf, specOf } from './objects.js';

const MINIMAL = { namespace: 'apps', url: 'https://charts.example.com' };

/** The spec of a repository with these props over the minimal ones. */
function spec(props: Partial<HelmRepositoryProps> = {}): Record<string, unknown> {
  return specOf((layer) => new HelmRepository(layer, 'charts', { ...MINIMAL, ...props }));
}

test('defaults', () => {
  expect(
    yamlOf((layer) => new HelmRepository(layer, 'charts', { namespace: 'apps', url: 'https://charts.example.com' })),
  ).toMatchInlineSnapshot(`
   "apiVersion: source.toolkit.fluxcd.io/v1
   kind: HelmRepository
   metadata:
     name: charts
     namespace: apps
   spec:
     interval: 1h
     url: https://charts.example.com
   "
  `);
});

test('every prop lands in its field', () => {
  const props: HelmRepositoryProps = {
    name: 'the-charts',
    namespace: 'apps',
    labels: { team: 'a' },
    annotations: { note: 'b' },
    url: 'oci://ghcr.io/acme/charts',
    interval: '24h',
    timeout: '2m',
    secretRef: Secret.fromName('login'),
    certSecretRef: Secret.fromName('tls'),
    passCredentials: true,
    provider: 'azure',
    insecure: true,
    accessFrom: { namespaceSelectors: [{ matchLabels: { team: 'b' } }, {}] },
    suspend: true,
  };
  expect(parse(yamlOf((layer) => new HelmRepository(layer, 'charts', props)))).toEqual({
    apiVersion: 'source.toolkit.fluxcd.io/v1',
    kind: 'HelmRepository',
    metadata: { name: 'the-charts', namespace: 'apps', labels: { team: 'a' }, annotations: { note: 'b' } },
    spec: {
      url: 'oci://ghcr.io/acme/charts',
      type: 'oci',
      interval: '24h',
      timeout: '2m',
      secretRef: { name: 'login' },
      certSecretRef: { name: 'tls' },
      passCredentials: true,
      provider: 'azure',
      insecure: true,
      accessFrom: { namespaceSelectors: [{ matchLabels: { team: 'b' } }, {}] },
      suspend: true,
    },
  });
});

test('"type: oci" follows from the url', () => {
  expect(spec({ url: 'oci://ghcr.io/acme/charts' })).toHaveProperty('type', 'oci');
  expect(spec({ url: 'https://charts.example.com' })).not.toHaveProperty('type');
  expect(spec({ url: 'http://charts.example.com' })).not.toHaveProperty('type');
});

test('"suspend: false" is not written: it would undo a "flux suspend" on the cluster', () => {
  expect(spec({ suspend: false })).not.toHaveProperty('suspend');
});

test('the secrets that it needs are declared, in its namespace', () => {
  const cluster = testCluster();
  new HelmRepository(new Layer(cluster, 'layer'), 'charts', {
    ...MINIMAL,
    secretRef: Secret.fromName('login'),
    certSecretRef: Secret.fromName('tls'),
  });
  expect(parse(filesOf(cluster)['flux-fleet.yaml']!)).toMatchObject({
    exists: [
      { kind: 'Secret', namespace: 'apps', name: 'login' },
      { kind: 'Secret', namespace: 'apps', name: 'tls' },
    ],
  });
});

test('refuses an address that is none of https, http and oci', () => {
  expect(errorOf(() => spec({ url: 'charts.example.com' }))).toMatchInlineSnapshot(`
   "the url of this HelmRepository is not one that Flux takes [source-url]
     expected  an address that begins with https:// or http:// or oci://
     given     "charts.example.com"
     construct test/layer/charts
     at        test/flux/helm-repository.test.ts:<line>, called from test/flux/helm-repository.test.ts:<line>"
  `);
});

test.each(['ssh://git@example.com/charts', 'oci://', ''])('refuses the url %j', (url) => {
  expect(findingsOf(() => spec({ url }))).toMatchObject([{ rule: 'source-url', given: JSON.stringify(url) }]);
});

test.each(['interval', 'timeout'] as const)('refuses a wrong duration as %s and suggests a right one', (field) => {
  expect(findingsOf(() => spec({ [field]: '1 hour' }))).toMatchObject([
    { rule: 'invalid-duration', fix: 'write "1h"' },
  ]);
});

test('refuses a provider that registries do not have', () => {
  expect(findingsOf(() => spec({ provider: 'github' as 'aws' }))).toMatchObject([
    { rule: 'invalid-value', expected: 'generic, aws, azure, gcp' },
  ]);
});
