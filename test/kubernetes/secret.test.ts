import { expect, test } from '@jest/globals';
import { ApiObject } from 'cdk8s';
import { Layer, Secret, Tenant, allow } from 'cdk8s-flux-fleet';
import { parse } from 'yaml';
import { filesOf, findingsOf, testCluster, yamlOf } from '../support/fleet.js';
import { errorOf, objectIn } from '../flux/objects.js';

const PLAIN = { namespace: 'apps', stringData: { username: 'guest', password: 'guest' } };

test('defaults: without values there is nothing to hide', () => {
  expect(yamlOf((layer) => new Secret(layer, 'login', { namespace: 'apps' }))).toMatchInlineSnapshot(`
   "apiVersion: v1
   kind: Secret
   metadata:
     name: login
     namespace: apps
   "
  `);
});

test('every prop lands in its field', () => {
  const meta = { name: 'the-login', namespace: 'apps', labels: { team: 'a' }, annotations: { note: 'b' } };
  const props = { ...meta, type: 'kubernetes.io/basic-auth', stringData: PLAIN.stringData, plaintextBecause: 'demo' };
  expect(parse(yamlOf((layer) => new Secret(layer, 'login', props)))).toEqual({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: meta,
    type: 'kubernetes.io/basic-auth',
    stringData: { username: 'guest', password: 'guest' },
  });
});

test('refuses values in clear, names the keys, and does not repeat the values', () => {
  const text = errorOf(() => yamlOf((layer) => new Secret(layer, 'login', PLAIN)));
  expect(text).toMatchInlineSnapshot(`
   "Secret "apps/login" would stand in the repository in clear [plaintext-secret]
     expected  a Secret that SOPS encrypted (EncryptedSecret), a sealed one, or one made outside of the fleet (Secret.fromName)
     given     values of stringData.password, stringData.username
     construct test/layer/login
     at        test/support/fleet.ts:<line>, called from test/kubernetes/secret.test.ts:<line>
     fix       encrypt it; where the values may be read by everyone, say why: plaintextBecause, or allow(construct, { rule, reason })"
  `);
  expect(text).not.toContain('guest');
});

test('takes values in clear where the code says why, and says so where reviewers read it', () => {
  const cluster = testCluster();
  new Secret(new Layer(cluster, 'layer'), 'login', { ...PLAIN, plaintextBecause: 'a demo without anything behind it' });
  const files = filesOf(cluster);
  expect(objectIn(files['layers/layer/layer.yaml'], 'Secret')).toMatchObject({ stringData: PLAIN.stringData });
  expect(parse(files['flux-fleet.yaml']!)).toMatchObject({
    allowed: [{ rule: 'plaintext-secret', reason: 'a demo without anything behind it', object: 'Secret/apps/login' }],
  });
  expect(files['layers/layer/layer.yaml']).not.toContain('a demo');
});

test('the reason holds for the one Secret only', () => {
  const cluster = testCluster();
  const layer = new Layer(cluster, 'layer');
  new Secret(layer, 'public', { ...PLAIN, plaintextBecause: 'it is public' });
  new Secret(layer, 'login', PLAIN);
  expect(findingsOf(() => filesOf(cluster))).toMatchObject([
    { rule: 'plaintext-secret', where: { construct: 'test/layer/login' } },
  ]);
});

test.each(['', '  '])('refuses the reason %j, which is none', (plaintextBecause) => {
  expect(findingsOf(() => yamlOf((layer) => new Secret(layer, 'login', { ...PLAIN, plaintextBecause })))).toMatchObject(
    [{ rule: 'allow-without-reason' }],
  );
});

test.each([
  ['data', { data: { password: 'Z3Vlc3Q=' } }, 'data.password'],
  ['stringData', { stringData: { password: 'guest' } }, 'stringData.password'],
  ['both', { data: { a: 'Z3Vlc3Q=' }, stringData: { b: 'guest' } }, 'data.a, stringData.b'],
])('refuses a Secret with %s that is a bare ApiObject', (_what, values, keys) => {
  const props = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'login', namespace: 'apps' }, ...values };
  expect(findingsOf(() => yamlOf((layer) => new ApiObject(layer, 'login', props)))).toMatchObject([
    { rule: 'plaintext-secret', given: `values of ${keys}` },
  ]);
});

test('refuses a Secret that pretends to be encrypted', () => {
  const props = {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'login', namespace: 'apps' },
    stringData: { password: 'guest' },
    sops: { mac: 'ENC[x]', lastmodified: '2026-01-01T00:00:00Z' },
  };
  const rules = findingsOf(() => yamlOf((layer) => new ApiObject(layer, 'login', props))).map((f) => f.rule);
  expect(rules).toContain('plaintext-secret');
});

test('what others make of a Secret is no Secret: a sealed one, and one that an operator fetches', () => {
  const sealed = {
    apiVersion: 'bitnami.com/v1alpha1',
    kind: 'SealedSecret',
    metadata: { name: 'login', namespace: 'apps' },
    spec: { encryptedData: { password: 'AgBy3i' }, template: { type: 'Opaque' } },
  };
  expect(parse(yamlOf((layer) => new ApiObject(layer, 'login', sealed)))).toEqual(sealed);
});

test('a rule may be allowed for everything below a construct', () => {
  const cluster = testCluster();
  const tenant = new Tenant(cluster, 'demo', { namespaces: ['apps'] });
  allow(tenant, { rule: 'plaintext-secret', reason: 'a demo' });
  new Secret(tenant, 'login', { stringData: PLAIN.stringData });
  expect(objectIn(filesOf(cluster)['tenants/demo/demo.yaml'], 'Secret')).toMatchObject({
    metadata: { namespace: 'apps' },
  });
});

test('one that is made outside of the fleet has a name and the keys that are read', () => {
  expect(Secret.fromName('login')).toEqual({ kind: 'Secret', name: 'login' });
  expect(Secret.fromName('login', ['password'])).toEqual({ kind: 'Secret', name: 'login', keys: ['password'] });
});

test('refuses a name that is none', () => {
  expect(findingsOf(() => yamlOf((layer) => new Secret(layer, 'Login', { namespace: 'apps' })))).toMatchObject([
    { rule: 'invalid-name', fix: 'write "login"' },
  ]);
});
