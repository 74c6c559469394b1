import { expect, test } from '@jest/globals';
import { Bucket, Layer, Secret } from 'cdk8s-flux-fleet';
import type { BucketProps } from 'cdk8s-flux-fleet';
import { parse } from 'yaml';
import { filesOf, findingsOf, testCluster, yamlOf } from '../support/fleet.js';
import { errorOf, specOf } from './objects.js';

const MINIMAL = { namespace: 'apps', bucketName: 'manifests', endpoint: 'minio.example.com' };

/** The spec of a bucket with these props over the minimal ones. */
function spec(props: Partial<BucketProps> = {}): Record<string, unknown> {
  return specOf((layer) => new Bucket(layer, 'app', { ...MINIMAL, ...props }));
}

test('defaults', () => {
  expect(
    yamlOf(
      (layer) =>
        new Bucket(layer, 'app', { namespace: 'apps', bucketName: 'manifests', endpoint: 'minio.example.com' }),
    ),
  ).toMatchInlineSnapshot(`
   "apiVersion: source.toolkit.fluxcd.io/v1
   kind: Bucket
   metadata:
     name: app
     namespace: apps
   spec:
     bucketName: manifests
     endpoint: minio.example.com
     interval: 5m
   "
  `);
});

test('every prop lands in its field', () => {
  const props: BucketProps = {
    name: 'the-bucket',
    namespace: 'apps',
    labels: { team: 'a' },
    annotations: { note: 'b' },
    bucketName: 'manifests',
    endpoint: 'minio.example.com:9000',
    provider: 'generic',
    interval: '1m',
    timeout: '2m',
    prefix: 'staging/',
    region: 'eu-central-1',
    ignore: '*.md\n',
    insecure: true,
    secretRef: Secret.fromName('credentials'),
    certSecretRef: Secret.fromName('tls'),
    proxySecretRef: Secret.fromName('proxy'),
    sts: {
      provider: 'ldap',
      endpoint: 'https://sts.example.com',
      secretRef: Secret.fromName('ldap'),
      certSecretRef: Secret.fromName('ldap-tls'),
    },
    suspend: true,
  };
  expect(parse(yamlOf((layer) => new Bucket(layer, 'app', props)))).toEqual({
    apiVersion: 'source.toolkit.fluxcd.io/v1',
    kind: 'Bucket',
    metadata: { name: 'the-bucket', namespace: 'apps', labels: { team: 'a' }, annotations: { note: 'b' } },
    spec: {
      bucketName: 'manifests',
      endpoint: 'minio.example.com:9000',
      provider: 'generic',
      interval: '1m',
      timeout: '2m',
      prefix: 'staging/',
      region: 'eu-central-1',
      ignore: '*.md\n',
      insecure: true,
      secretRef: { name: 'credentials' },
      certSecretRef: { name: 'tls' },
      proxySecretRef: { name: 'proxy' },
      sts: {
        provider: 'ldap',
        endpoint: 'https://sts.example.com',
        secretRef: { name: 'ldap' },
        certSecretRef: { name: 'ldap-tls' },
      },
      suspend: true,
    },
  });
});

test('a workload identity takes the place of credentials', () => {
  expect(spec({ provider: 'aws', serviceAccountName: 'puller' })).toMatchObject({
    provider: 'aws',
    serviceAccountName: 'puller',
  });
});

test('"suspend: false" is not written: it would undo a "flux suspend" on the cluster', () => {
  expect(spec({ suspend: false })).not.toHaveProperty('suspend');
});

test('the secrets that it needs are declared, in its namespace', () => {
  const cluster = testCluster();
  new Bucket(new Layer(cluster, 'layer'), 'app', {
    ...MINIMAL,
    secretRef: Secret.fromName('credentials', ['accesskey', 'secretkey']),
    certSecretRef: Secret.fromName('tls'),
    proxySecretRef: Secret.fromName('proxy'),
    sts: {
      provider: 'ldap',
      endpoint: 'https://sts.example.com',
      secretRef: Secret.fromName('ldap'),
      certSecretRef: Secret.fromName('ldap-tls'),
    },
  });
  const { exists } = parse(filesOf(cluster)['flux-fleet.yaml']!) as { exists: object[] };
  expect(exists).toEqual([
    { kind: 'Secret', namespace: 'apps', name: 'credentials', keys: ['accesskey', 'secretkey'] },
    ...['ldap', 'ldap-tls', 'proxy', 'tls'].map((name) => ({ kind: 'Secret', namespace: 'apps', name })),
  ]);
});

test.each(['interval', 'timeout'] as const)('refuses a wrong duration as %s and suggests a right one', (field) => {
  expect(findingsOf(() => spec({ [field]: '90' }))).toMatchObject([{ rule: 'invalid-duration', given: '"90"' }]);
  expect(findingsOf(() => spec({ [field]: 90 as unknown as string }))).toMatchObject([
    { rule: 'invalid-duration', fix: 'write "90s", or with the unit that you mean' },
  ]);
});

test('refuses a provider that Flux does not know', () => {
  expect(errorOf(() => spec({ provider: 's3' as 'aws' }))).toMatchInlineSnapshot(`
   "'provider' has no such value [invalid-value]
     expected  generic, aws, azure, gcp
     given     "s3"
     construct test/layer/app
     at        test/flux/bucket.test.ts:<line>, called from test/flux/bucket.test.ts:<line>"
  `);
});
