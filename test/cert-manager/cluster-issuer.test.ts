import { expect, test } from '@jest/globals';
import { ClusterIssuer, InfraComponent, Layer, SealedSecret } from 'cdk8s-flux-fleet';
import type { ClusterIssuerProps } from 'cdk8s-flux-fleet';
import { parse } from 'yaml';
import { filesOf, findingsOf, testCluster, yamlOf } from '../support/fleet.js';
import { cipher } from '../sealed-secrets/cipher.js';

const ACME = {
  email: 'ops@example.com',
  server: 'https://acme-v02.api.letsencrypt.org/directory',
  privateKeySecretRef: { name: 'letsencrypt' },
  solvers: [{ dns01: { cloudflare: { apiTokenSecretRef: { name: 'cloudflare', key: 'token' } } } }],
};

/** What flux-fleet.yaml says that exists, with such an issuer in a layer of the namespace `apps`. */
function existing(props: ClusterIssuerProps, fill?: (layer: Layer) => unknown): unknown {
  const cluster = testCluster();
  const layer = new Layer(cluster, 'layer', { namespace: 'apps' });
  new ClusterIssuer(layer, 'letsencrypt', props);
  fill?.(layer);
  return (parse(filesOf(cluster)['flux-fleet.yaml']!) as { exists?: unknown }).exists;
}

test('defaults', () => {
  expect(yamlOf((layer) => new ClusterIssuer(layer, 'letsencrypt', { acme: ACME }))).toMatchInlineSnapshot(`
   "apiVersion: cert-manager.io/v1
   kind: ClusterIssuer
   metadata:
     name: letsencrypt
   spec:
     acme:
       email: ops@example.com
       privateKeySecretRef:
         name: letsencrypt
       server: https://acme-v02.api.letsencrypt.org/directory
       solvers:
         - dns01:
             cloudflare:
               apiTokenSecretRef:
                 key: token
                 name: cloudflare
   "
  `);
});

test('has no namespace, whatever is around it', () => {
  const cluster = testCluster();
  const component = new InfraComponent(cluster, 'cert-manager', { namespace: 'cert-manager' });
  new ClusterIssuer(component.configs, 'self', { selfSigned: {} });
  const all = Object.values(filesOf(cluster)).join('\n---\n');
  expect(all).toContain('kind: ClusterIssuer\nmetadata:\n  name: self\nspec:');
});

test('declares its Secrets in the namespace of cert-manager', () => {
  expect(existing({ acme: ACME })).toEqual([
    { kind: 'Secret', name: 'cloudflare', namespace: 'cert-manager', keys: ['token'] },
  ]);
});

test('declares its Secrets where cert-manager was told to look', () => {
  expect(existing({ acme: ACME, clusterResourceNamespace: 'pki' })).toMatchObject([{ namespace: 'pki' }]);
  expect(existing({ ca: { secretName: 'root' }, clusterResourceNamespace: 'pki' })).toEqual([
    { kind: 'Secret', name: 'root', namespace: 'pki' },
  ]);
});

test('does not declare what a SealedSecret of the fleet becomes', () => {
  const sealed = (namespace: string) => (layer: Layer) =>
    new SealedSecret(layer, 'cloudflare', { namespace, encryptedData: { token: cipher() } });
  expect(existing({ acme: ACME }, sealed('cert-manager'))).toBeUndefined();
  expect(existing({ acme: ACME }, sealed('apps'))).toMatchObject([{ name: 'cloudflare' }]);
});

test('clusterResourceNamespace is no field of it', () => {
  const props = { selfSigned: {}, clusterResourceNamespace: 'pki' };
  expect(yamlOf((layer) => new ClusterIssuer(layer, 'self', props))).not.toContain('pki');
});

test('refuses a namespace that cannot be one', () => {
  const props = { selfSigned: {}, clusterResourceNamespace: 'PKI' };
  expect(findingsOf(() => existing(props))).toMatchObject([{ rule: 'invalid-name', fix: 'write "pki"' }]);
});

test('refuses no type', () => {
  expect(findingsOf(() => existing({}))).toMatchObject([{ rule: 'issuer-spec' }]);
});
