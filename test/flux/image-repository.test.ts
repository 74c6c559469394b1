import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { ImageRepository, Layer, Secret } from 'cdk8s-flux-fleet';
import type { ImageRepositoryProps } from 'cdk8s-flux-fleet';
import { parse } from 'yaml';
import { ALL_CONTROLLERS, filesOf, findingsOf, testCluster, yamlOf } from '../support/fleet.js';
import { errorOf, specOf } from './objects.js';

const MINIMAL = { namespace: 'apps', image: 'ghcr.io/acme/app' };

/** The spec of a repository with these props over the minimal ones. */
function spec(props: Partial<ImageRepositoryProps> = {}): Record<string, unknown> {
  return specOf((layer) => new ImageRepository(layer, 'app', { ...MINIMAL, ...props }));
}

test('defaults', () => {
  expect(yamlOf((layer) => new ImageRepository(layer, 'app', { namespace: 'apps', image: 'ghcr.io/acme/app' })))
    .toMatchInlineSnapshot(`
   "apiVersion: image.toolkit.fluxcd.io/v1
   kind: ImageRepository
   metadata:
     name: app
     namespace: apps
   spec:
     image: ghcr.io/acme/app
     interval: 5m
   "
  `);
});

test('every prop lands in its field', () => {
  expect(
    spec({
      interval: '1h',
      timeout: '30s',
      provider: 'aws',
      secretRef: Secret.fromName('registry'),
      certSecretRef: Secret.fromName('tls'),
      proxySecretRef: Secret.fromName('proxy'),
      serviceAccountName: 'puller',
      insecure: true,
      exclusionList: ['^.*\\.sig$', '^nightly'],
      accessFrom: { namespaceSelectors: [{ matchLabels: { team: 'a' } }] },
      suspend: true,
    }),
  ).toEqual({
    image: 'ghcr.io/acme/app',
    interval: '1h',
    timeout: '30s',
    provider: 'aws',
    secretRef: { name: 'registry' },
    certSecretRef: { name: 'tls' },
    proxySecretRef: { name: 'proxy' },
    serviceAccountName: 'puller',
    insecure: true,
    exclusionList: ['^.*\\.sig$', '^nightly'],
    accessFrom: { namespaceSelectors: [{ matchLabels: { team: 'a' } }] },
    suspend: true,
  });
});

test('the secrets that it needs are declared, in its namespace', () => {
  const cluster = testCluster({ flux: ALL_CONTROLLERS });
  new ImageRepository(new Layer(cluster, 'layer'), 'app', {
    ...MINIMAL,
    secretRef: Secret.fromName('registry', ['.dockerconfigjson']),
    certSecretRef: Secret.fromName('tls'),
    proxySecretRef: Secret.fromName('proxy'),
  });
  expect(parse(filesOf(cluster)['flux-fleet.yaml']!)).toMatchObject({
    exists: [
      { kind: 'Secret', namespace: 'apps', name: 'proxy' },
      { kind: 'Secret', namespace: 'apps', name: 'registry', keys: ['.dockerconfigjson'] },
      { kind: 'Secret', namespace: 'apps', name: 'tls' },
    ],
  });
});

test('"suspend: false" is not written: it would undo a "flux suspend" on the cluster', () => {
  expect(spec({ suspend: false })).not.toHaveProperty('suspend');
});

test.each(['app', 'acme/app', 'ghcr.io/acme/app', 'localhost:5000/app', '${REGISTRY}/app'])(
  'takes the image %s',
  (i) => {
    expect(spec({ image: i })).toMatchObject({ image: i });
  },
);

test.each([
  ['https://ghcr.io/acme/app', 'ghcr.io/acme/app'],
  ['oci://ghcr.io/acme/app:1.0.0', 'ghcr.io/acme/app'],
  ['ghcr.io/acme/app:1.0.0', 'ghcr.io/acme/app'],
  ['localhost:5000/app:latest', 'localhost:5000/app'],
  ['ghcr.io/acme/app@sha256:0123', 'ghcr.io/acme/app'],
  ['ghcr.io/acme/app:1.0.0@sha256:0123', 'ghcr.io/acme/app'],
])('refuses the image %s and says how to write it', (image, bare) => {
  expect(findingsOf(() => spec({ image }))).toMatchObject([
    { rule: 'image-name', given: `"${image}"`, fix: expect.stringContaining(`write "${bare}"`) },
  ]);
});

test('what is refused for its scheme, tag or digest is taken as the error says it', () => {
  const step = fc.stringMatching(/^[a-z0-9]([-._]?[a-z0-9]){0,5}$/);
  const host = fc.option(fc.constantFrom('ghcr.io/', 'localhost:5000/'), { nil: '' });
  const bare = fc.tuple(host, fc.array(step, { minLength: 1, maxLength: 3 })).map(([h, path]) => h + path.join('/'));
  const scheme = fc.constantFrom('https://', 'oci://', 'docker://');
  const version = fc.constantFrom(':latest', ':1.0.0', '@sha256:0123', ':1.0.0@sha256:0123');
  fc.assert(
    fc.property(bare, scheme, version, (image, before, behind) => {
      expect(spec({ image })).toMatchObject({ image });
      for (const wrong of [before + image, image + behind, before + image + behind]) {
        const [finding] = findingsOf(() => spec({ image: wrong }));
        expect(finding?.fix).toContain(`write "${image}";`);
      }
    }),
    { numRuns: 30 },
  );
});

test('refuses a missing image', () => {
  expect(errorOf(() => spec({ image: undefined as never }))).toMatchInlineSnapshot(`
   "the image of this ImageRepository is missing [image-name]
     expected  the address of an image without scheme, tag and digest, such as ghcr.io/acme/app
     given     nothing
     construct test/layer/app
     at        test/flux/image-repository.test.ts:<line>, called from test/flux/image-repository.test.ts:<line>"
  `);
});

test('refuses a provider that registries do not have', () => {
  expect(findingsOf(() => spec({ provider: 'github' as never }))).toMatchObject([
    { rule: 'invalid-value', expected: 'generic, aws, azure, gcp', given: '"github"' },
  ]);
});

test.each(['interval', 'timeout'] as const)('refuses a wrong duration as %s', (field) => {
  expect(findingsOf(() => spec({ [field]: '5 minutes' }))).toMatchObject([
    { rule: 'invalid-duration', given: '"5 minutes"', fix: 'write "5m"' },
  ]);
});

test.each(['a b', ' app', 'ghcr.io/acme/', 'ghcr.io//app', 'ghcr.io/Acme/app', '/app'])('%j is no address', (image) => {
  expect(errorOf(() => spec({ image }))).toContain('is no address [image-name]');
});

test('an exclusion that is no regular expression is refused', () => {
  expect(errorOf(() => spec({ exclusionList: ['^a', '('] }))).toContain("'exclusionList' has an entry");
});

test('a secret by its bare name is refused', () => {
  expect(errorOf(() => spec({ secretRef: 'registry' as never }))).toContain('a reference is no object [invalid-value]');
});
