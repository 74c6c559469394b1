import { expect, test } from '@jest/globals';
import { Layer, OCIRef, OCIRepository, Secret } from 'cdk8s-flux-fleet';
import type { OCIRepositoryProps } from 'cdk8s-flux-fleet';
import { parse } from 'yaml';
import { filesOf, findingsOf, testCluster, yamlOf } from '../support/fleet.js';
import { errorOf, specOf } from './objects.js';

const MINIMAL = { namespace: 'apps', url: 'oci://ghcr.io/acme/app', ref: OCIRef.semver('1.x') };
const IDENTITY = {
  issuer: '^https://token\\.actions\\.githubusercontent\\.com$',
  subject: '^https://github\\.com/acme/app/.*$',
};

/** The spec of a repository with these props over the minimal ones. */
function spec(props: Partial<OCIRepositoryProps> = {}): Record<string, unknown> {
  return specOf((layer) => new OCIRepository(layer, 'app', { ...MINIMAL, ...props }));
}

test('defaults', () => {
  expect(
    yamlOf(
      (layer) =>
        new OCIRepository(layer, 'app', {
          namespace: 'apps',
          url: 'oci://ghcr.io/acme/app',
          ref: OCIRef.semver('1.x'),
        }),
    ),
  ).toMatchInlineSnapshot(`
   "apiVersion: source.toolkit.fluxcd.io/v1
   kind: OCIRepository
   metadata:
     name: app
     namespace: apps
   spec:
     interval: 5m
     ref:
       semver: "1.x"
     url: oci://ghcr.io/acme/app
   "
  `);
});

test('every prop lands in its field', () => {
  const props: OCIRepositoryProps = {
    name: 'the-app',
    namespace: 'apps',
    labels: { team: 'a' },
    annotations: { note: 'b' },
    url: 'oci://ghcr.io/acme/app',
    ref: OCIRef.semver('*', '-rc'),
    interval: '12h',
    timeout: '2m',
    layerSelector: { mediaType: 'application/vnd.cncf.helm.chart.content.v1.tar+gzip', operation: 'copy' },
    verify: {
      provider: 'cosign',
      secretRef: Secret.fromName('cosign-keys'),
      matchOIDCIdentity: [IDENTITY],
      trustedRootSecretRef: Secret.fromName('sigstore-root'),
    },
    provider: 'aws',
    secretRef: Secret.fromName('registry'),
    serviceAccountName: 'puller',
    certSecretRef: Secret.fromName('tls'),
    proxySecretRef: Secret.fromName('proxy'),
    ignore: '*.md\n',
    insecure: true,
    suspend: true,
  };
  expect(parse(yamlOf((layer) => new OCIRepository(layer, 'app', props)))).toEqual({
    apiVersion: 'source.toolkit.fluxcd.io/v1',
    kind: 'OCIRepository',
    metadata: { name: 'the-app', namespace: 'apps', labels: { team: 'a' }, annotations: { note: 'b' } },
    spec: {
      url: 'oci://ghcr.io/acme/app',
      ref: { semver: '*', semverFilter: '-rc' },
      interval: '12h',
      timeout: '2m',
      layerSelector: { mediaType: 'application/vnd.cncf.helm.chart.content.v1.tar+gzip', operation: 'copy' },
      verify: {
        provider: 'cosign',
        secretRef: { name: 'cosign-keys' },
        matchOIDCIdentity: [IDENTITY],
        trustedRootSecretRef: { name: 'sigstore-root' },
      },
      provider: 'aws',
      secretRef: { name: 'registry' },
      serviceAccountName: 'puller',
      certSecretRef: { name: 'tls' },
      proxySecretRef: { name: 'proxy' },
      ignore: '*.md\n',
      insecure: true,
      suspend: true,
    },
  });
});

test('"suspend: false" is not written: it would undo a "flux suspend" on the cluster', () => {
  expect(spec({ suspend: false })).not.toHaveProperty('suspend');
});

test('signatures are verified keylessly with cosign, unless the provider says otherwise', () => {
  expect(spec({ verify: { matchOIDCIdentity: [IDENTITY] } })['verify']).toEqual({
    provider: 'cosign',
    matchOIDCIdentity: [IDENTITY],
  });
  expect(spec({ verify: { provider: 'notation', secretRef: Secret.fromName('keys') } })['verify']).toEqual({
    provider: 'notation',
    secretRef: { name: 'keys' },
  });
});

test('the secrets that it needs are declared, in its namespace', () => {
  const cluster = testCluster();
  new OCIRepository(new Layer(cluster, 'layer'), 'app', {
    ...MINIMAL,
    secretRef: Secret.fromName('registry'),
    certSecretRef: Secret.fromName('tls'),
    proxySecretRef: Secret.fromName('proxy'),
    verify: { secretRef: Secret.fromName('cosign-keys'), trustedRootSecretRef: Secret.fromName('sigstore-root') },
  });
  const { exists } = parse(filesOf(cluster)['flux-fleet.yaml']!) as { exists: object[] };
  expect(exists).toEqual(
    ['cosign-keys', 'proxy', 'registry', 'sigstore-root', 'tls'].map((name) => ({
      kind: 'Secret',
      namespace: 'apps',
      name,
    })),
  );
});

test('refuses an address that is not oci://', () => {
  expect(errorOf(() => spec({ url: 'https://ghcr.io/acme/app' }))).toMatchInlineSnapshot(`
   "the url of this OCIRepository is not one that Flux takes [source-url]
     expected  an address that begins with oci://
     given     "https://ghcr.io/acme/app"
     construct test/layer/app
     at        test/flux/oci-repository.test.ts:<line>, called from test/flux/oci-repository.test.ts:<line>"
  `);
});

test.each(['ghcr.io/acme/app', 'oci://', 'docker://ghcr.io/acme/app'])('refuses the url %j', (url) => {
  expect(findingsOf(() => spec({ url }))).toMatchObject([{ rule: 'source-url', given: JSON.stringify(url) }]);
});

test.each(['interval', 'timeout'] as const)('refuses a wrong duration as %s and suggests a right one', (field) => {
  expect(findingsOf(() => spec({ [field]: '1d' }))).toMatchObject([
    { rule: 'invalid-duration', given: '"1d"', fix: 'write "24h" (Go durations have no days)' },
  ]);
});

test('refuses a provider that registries do not have', () => {
  expect(findingsOf(() => spec({ provider: 'github' as 'aws' }))).toMatchObject([
    { rule: 'invalid-value', expected: 'generic, aws, azure, gcp' },
  ]);
});

test('refuses to pull without a reference', () => {
  expect(findingsOf(() => spec({ ref: undefined }))).toMatchObject([{ rule: 'oci-ref' }]);
});

test('refuses a layer operation that Flux does not know', () => {
  const layerSelector = { operation: 'unpack' as 'extract' };
  expect(findingsOf(() => spec({ layerSelector }))).toMatchObject([{ rule: 'invalid-field' }]);
});

test.each([
  'oci://ghcr.io/acme/app:v1.2.3',
  'oci://localhost:5000/app:latest',
  `oci://ghcr.io/acme/app@sha256:${'0'.repeat(64)}`,
])('refuses a tag or digest in the url: %s', (url) => {
  expect(findingsOf(() => spec({ url }))).toMatchObject([{ rule: 'source-url', given: JSON.stringify(url) }]);
});

test('says where the tag of the url belongs', () => {
  expect(findingsOf(() => spec({ url: 'oci://ghcr.io/acme/app:v1.2.3' }))).toMatchObject([
    { fix: 'write url: "oci://ghcr.io/acme/app" and ref: OCIRef.tag("v1.2.3")' },
  ]);
  expect(findingsOf(() => spec({ url: 'oci://ghcr.io/acme/app@sha256:00' }))).toMatchObject([
    { fix: 'write url: "oci://ghcr.io/acme/app" and ref: OCIRef.digest("sha256:00")' },
  ]);
});

test('takes a port in the url', () => {
  expect(spec({ url: 'oci://localhost:5000/app' })).toMatchObject({ url: 'oci://localhost:5000/app' });
});
