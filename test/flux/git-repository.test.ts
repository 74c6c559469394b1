import { expect, test } from '@jest/globals';
import { GitRef, GitRepository, Layer, Secret, Source } from 'cdk8s-flux-fleet';
import type { GitRepositoryProps } from 'cdk8s-flux-fleet';
import { parse } from 'yaml';
import { filesOf, findingsOf, testCluster, yamlOf } from '../support/fleet.js';
import { errorOf, objectIn, objectsIn, specOf } from './objects.js';

const MINIMAL = { namespace: 'apps', url: 'https://github.com/acme/app', ref: GitRef.branch('main') };

/** The spec of a repository with these props over the minimal ones. */
function spec(props: Partial<GitRepositoryProps> = {}): Record<string, unknown> {
  return specOf((layer) => new GitRepository(layer, 'app', { ...MINIMAL, ...props }));
}

test('defaults', () => {
  expect(
    yamlOf(
      (layer) =>
        new GitRepository(layer, 'app', {
          namespace: 'apps',
          url: 'https://github.com/acme/app',
          ref: GitRef.branch('main'),
        }),
    ),
  ).toMatchInlineSnapshot(`
   "apiVersion: source.toolkit.fluxcd.io/v1
   kind: GitRepository
   metadata:
     name: app
     namespace: apps
   spec:
     interval: 5m
     ref:
       branch: main
     url: https://github.com/acme/app
   "
  `);
});

test('every prop lands in its field', () => {
  const props: GitRepositoryProps = {
    name: 'the-app',
    namespace: 'apps',
    labels: { team: 'a' },
    annotations: { note: 'b' },
    url: 'ssh://git@example.com/acme/app',
    ref: GitRef.semver('>=1.0.0'),
    interval: '2m30s',
    timeout: '90s',
    secretRef: Secret.fromName('deploy-key'),
    provider: 'aws',
    serviceAccountName: 'puller',
    proxySecretRef: Secret.fromName('proxy'),
    verify: { mode: 'TagAndHEAD', secretRef: Secret.fromName('pgp-keys') },
    ignore: '/*\n!/deploy\n',
    sparseCheckout: ['deploy', 'charts'],
    recurseSubmodules: true,
    include: [
      { repository: { kind: 'GitRepository', name: 'shared' }, fromPath: 'deploy', toPath: 'shared' },
      { repository: { kind: 'GitRepository', name: 'other' } },
    ],
    suspend: true,
  };
  expect(parse(yamlOf((layer) => new GitRepository(layer, 'app', props)))).toEqual({
    apiVersion: 'source.toolkit.fluxcd.io/v1',
    kind: 'GitRepository',
    metadata: { name: 'the-app', namespace: 'apps', labels: { team: 'a' }, annotations: { note: 'b' } },
    spec: {
      url: 'ssh://git@example.com/acme/app',
      ref: { semver: '>=1.0.0' },
      interval: '2m30s',
      timeout: '90s',
      secretRef: { name: 'deploy-key' },
      provider: 'aws',
      serviceAccountName: 'puller',
      proxySecretRef: { name: 'proxy' },
      verify: { mode: 'TagAndHEAD', secretRef: { name: 'pgp-keys' } },
      ignore: '/*\n!/deploy\n',
      sparseCheckout: ['deploy', 'charts'],
      recurseSubmodules: true,
      include: [
        { repository: { name: 'shared' }, fromPath: 'deploy', toPath: 'shared' },
        { repository: { name: 'other' } },
      ],
      suspend: true,
    },
  });
});

test('the same props as a value give the same spec', () => {
  const props = { url: 'https://github.com/acme/app', ref: GitRef.tag('v1'), interval: '1m', ignore: '*.md' };
  expect(spec(props)).toEqual(Source.git(props).spec);
});

test('"suspend: false" is not written: it would undo a "flux suspend" on the cluster', () => {
  expect(spec({ suspend: false })).not.toHaveProperty('suspend');
  expect(spec({ suspend: true })).toHaveProperty('suspend', true);
});

test('signatures are those of the commit that is checked out, unless the mode says otherwise', () => {
  expect(spec({ verify: { secretRef: Secret.fromName('keys') } })).toMatchObject({ verify: { mode: 'HEAD' } });
});

test('the secrets that it needs are declared, in its namespace', () => {
  const cluster = testCluster();
  new GitRepository(new Layer(cluster, 'layer'), 'app', {
    ...MINIMAL,
    secretRef: Secret.fromName('deploy-key', ['identity', 'known_hosts']),
    proxySecretRef: Secret.fromName('proxy'),
    verify: { secretRef: Secret.fromName('pgp-keys') },
  });
  expect(parse(filesOf(cluster)['flux-fleet.yaml']!)).toMatchObject({
    exists: [
      { kind: 'Secret', namespace: 'apps', name: 'deploy-key', keys: ['identity', 'known_hosts'] },
      { kind: 'Secret', namespace: 'apps', name: 'pgp-keys' },
      { kind: 'Secret', namespace: 'apps', name: 'proxy' },
    ],
  });
});

test('a secret that the fleet itself emits is referred to and not declared', () => {
  const cluster = testCluster();
  const layer = new Layer(cluster, 'layer', { namespace: 'apps' });
  const secret = new Secret(layer, 'public-login', { stringData: { username: 'x' }, plaintextBecause: 'it is public' });
  new GitRepository(layer, 'app', { url: MINIMAL.url, ref: MINIMAL.ref, secretRef: secret });
  const files = filesOf(cluster);
  expect(objectIn(files['layers/layer/layer.yaml'], 'GitRepository').spec).toMatchObject({
    secretRef: { name: 'public-login' },
  });
  expect(parse(files['flux-fleet.yaml']!)).not.toHaveProperty('exists');
});

test('without a namespace of its own it gets that of its layer', () => {
  const cluster = testCluster();
  new GitRepository(new Layer(cluster, 'layer', { namespace: 'infra' }), 'app', { url: MINIMAL.url, ref: MINIMAL.ref });
  expect(objectsIn(filesOf(cluster)['layers/layer/layer.yaml'])).toMatchObject([{ metadata: { namespace: 'infra' } }]);
});

test.each(['https://example.com/r', 'http://example.com/r', 'ssh://git@example.com/r'])('takes the url %s', (url) => {
  expect(spec({ url })).toMatchObject({ url });
});

test('refuses an scp-like address and says how to write it', () => {
  expect(errorOf(() => spec({ url: 'git@github.com:acme/app.git' }))).toMatchInlineSnapshot(`
   "the url of this GitRepository is not one that Flux takes [source-url]
     expected  an address that begins with https:// or http:// or ssh://
     given     "git@github.com:acme/app.git"
     construct test/layer/app
     at        test/flux/git-repository.test.ts:<line>, called from test/flux/git-repository.test.ts:<line>
     fix       write "ssh://git@github.com/acme/app.git""
  `);
});

test.each([
  ['oci://example.com/r'],
  ['github.com/acme/app'],
  ['file:///srv/git/app'],
  ['https://'],
  [''],
  [undefined as unknown as string],
])('refuses the url %j', (url) => {
  expect(findingsOf(() => spec({ url }))).toMatchObject([{ rule: 'source-url' }]);
});

test.each(['interval', 'timeout'] as const)('refuses a wrong duration as %s and suggests a right one', (field) => {
  expect(findingsOf(() => spec({ [field]: '5 minutes' }))).toMatchObject([
    { rule: 'invalid-duration', what: `'${field}' is not a Go duration`, given: '"5 minutes"', fix: 'write "5m"' },
  ]);
});

test('refuses a provider that Git does not have', () => {
  expect(findingsOf(() => spec({ provider: 'gcp' as 'aws' }))).toMatchObject([
    { rule: 'invalid-value', expected: 'generic, aws, azure, github', given: '"gcp"' },
  ]);
});

test('refuses a reference with two kinds', () => {
  const ref = { branch: 'main', tag: 'v1' } as unknown as GitRef;
  expect(findingsOf(() => spec({ ref }))).toMatchObject([{ rule: 'git-ref' }]);
});

test('refuses a name that is none', () => {
  expect(findingsOf(() => spec({ name: 'The App' }))).toMatchObject([
    { rule: 'invalid-name', given: '"The App"', fix: 'write "the-app"', where: { construct: 'test/layer/app' } },
  ]);
});
