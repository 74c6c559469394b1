import { expect, test } from '@jest/globals';
import { Certificate, ClusterIssuer, Issuer, Layer } from 'cdk8s-flux-fleet';
import type { IssuerProps } from 'cdk8s-flux-fleet';
import { parse } from 'yaml';
import { filesOf, findingsOf, testCluster, yamlOf } from '../support/fleet.js';

const SERVER = 'https://acme-v02.api.letsencrypt.org/directory';

/** What flux-fleet.yaml says that exists, with an issuer of these props in the namespace `apps`. */
function existing(props: IssuerProps, fill?: (layer: Layer) => unknown): unknown {
  const cluster = testCluster();
  const layer = new Layer(cluster, 'layer', { namespace: 'apps' });
  new Issuer(layer, 'issuer', props);
  fill?.(layer);
  return (parse(filesOf(cluster)['flux-fleet.yaml']!) as { exists?: unknown }).exists;
}

test('defaults', () => {
  expect(yamlOf((layer) => new Issuer(layer, 'self', { namespace: 'apps', selfSigned: {} }))).toMatchInlineSnapshot(`
   "apiVersion: cert-manager.io/v1
   kind: Issuer
   metadata:
     name: self
     namespace: apps
   spec:
     selfSigned: {}
   "
  `);
});

test('takes its namespace from what is around it', () => {
  const cluster = testCluster();
  new Issuer(new Layer(cluster, 'layer', { namespace: 'apps' }), 'self', { selfSigned: {} });
  expect(filesOf(cluster)['layers/layer/layer.yaml']).toContain('namespace: apps');
});

test('what cert-manager 1.21 added is valid', () => {
  const aws = { role: 'issuer', serviceAccountRef: { name: 'vault' } };
  const vault = { server: 'https://vault.example.com', path: 'pki/sign/apps', auth: { aws } };
  const ngts = { tsgID: '1', credentialsRef: { name: 'ngts' } };
  const acme = {
    server: SERVER,
    privateKeySecretRef: { name: 'account' },
    solvers: [{ waitInsteadOfSelfCheck: '2m', http01: { ingress: { ingressClassName: 'nginx' } } }],
  };
  for (const spec of [{ vault }, { venafi: { zone: 'z', ngts } }, { acme }]) {
    expect(findingsOf(() => existing(spec))).toEqual([]);
  }
});

test('declares the credentials of solvers and external accounts with their keys, and not the account key', () => {
  const solvers = [
    { dns01: { cloudflare: { apiTokenSecretRef: { name: 'cloudflare', key: 'token' } } } },
    { dns01: { route53: { region: 'eu-west-1', secretAccessKeySecretRef: { name: '' } } } },
  ];
  const keySecretRef = { name: 'zerossl', key: 'hmac' };
  const externalAccountBinding = { keyID: '1', keySecretRef };
  const acme = { server: SERVER, privateKeySecretRef: { name: 'account' }, solvers, externalAccountBinding };
  expect(existing({ acme })).toEqual([
    { kind: 'Secret', name: 'cloudflare', namespace: 'apps', keys: ['token'] },
    { kind: 'Secret', name: 'zerossl', namespace: 'apps', keys: ['hmac'] },
  ]);
});

test('declares the account key where cert-manager may not make one', () => {
  const acme = { server: SERVER, privateKeySecretRef: { name: 'account' }, disableAccountKeyGeneration: true };
  expect(existing({ acme })).toEqual([{ kind: 'Secret', name: 'account', namespace: 'apps' }]);
});

test('says nothing of what the config of a webhook names', () => {
  const config = { apiKeySecretRef: { name: 'hetzner', key: 'token' } };
  const solvers = [{ dns01: { webhook: { groupName: 'acme.example.com', solverName: 'hetzner', config } } }];
  const acme = { server: SERVER, privateKeySecretRef: { name: 'account' }, solvers };
  expect(existing({ acme })).toBeUndefined();
});

test('declares the Secrets with which it signs in to Vault and Venafi', () => {
  const auth = { clientCertificate: { secretName: 'client' } };
  expect(existing({ vault: { server: 'https://v', path: 'p', auth } })).toEqual([
    { kind: 'Secret', name: 'client', namespace: 'apps' },
  ]);
  const tpp = { url: 'https://tpp.example.com', credentialsRef: { name: 'tpp' } };
  expect(existing({ venafi: { zone: 'z', tpp } })).toEqual([{ kind: 'Secret', name: 'tpp', namespace: 'apps' }]);
});

test('declares the Secret of a CA, unless a Certificate of the fleet makes it', () => {
  const ca = { ca: { secretName: 'root' } };
  expect(existing(ca)).toEqual([{ kind: 'Secret', name: 'root', namespace: 'apps' }]);
  const made = existing(ca, (layer) => {
    const issuer = new Issuer(layer, 'self', { selfSigned: {} });
    new Certificate(layer, 'root', { issuer, isCA: true, commonName: 'root' });
  });
  expect(made).toBeUndefined();
});

test('the Secret of a Certificate in another namespace is not that of the CA', () => {
  const exists = existing({ ca: { secretName: 'root' } }, (layer) => {
    const issuer = new ClusterIssuer(layer, 'self', { selfSigned: {} });
    new Certificate(layer, 'root', { namespace: 'other', issuer, isCA: true, commonName: 'root' });
  });
  expect(exists).toEqual([{ kind: 'Secret', name: 'root', namespace: 'apps' }]);
});

test.each([
  ['no type', {}, 'nothing'],
  ['several types', { selfSigned: {}, ca: { secretName: 'root' } }, 'ca, selfSigned'],
])('refuses %s', (_what, props, given) => {
  expect(findingsOf(() => existing(props))).toMatchObject([{ rule: 'issuer-spec', given }]);
});

test('refuses a wait that is no Go duration', () => {
  const acme = {
    server: SERVER,
    privateKeySecretRef: { name: 'a' },
    solvers: [{ waitInsteadOfSelfCheck: '1 minute' }],
  };
  expect(findingsOf(() => existing({ acme }))).toMatchObject([{ rule: 'invalid-duration', fix: 'write "1m"' }]);
});

test('its own schema judges the rest', () => {
  const acme = { server: SERVER } as never;
  expect(findingsOf(() => existing({ acme }))).toMatchObject([
    { rule: 'invalid-field', what: expect.stringContaining('spec.acme.privateKeySecretRef') },
  ]);
});
