import { expect, test } from '@jest/globals';
import { Certificate, ClusterIssuer, HelmRelease, Issuer, Layer, Source } from 'cdk8s-flux-fleet';
import type { CertificateProps } from 'cdk8s-flux-fleet';
import { parse } from 'yaml';
import { filesOf, findingsOf, testCluster, yamlOf } from '../support/fleet.js';
import { errorOf, objectIn, specOf } from '../flux/objects.js';

const ISSUER = ClusterIssuer.fromName('letsencrypt');
const MINIMAL = { namespace: 'apps', issuer: ISSUER, dnsNames: ['example.com'] };

/** The spec of a Certificate with these props over the minimal ones. */
function spec(props: Partial<CertificateProps> = {}): Record<string, unknown> {
  return specOf((layer) => new Certificate(layer, 'web', { ...MINIMAL, ...props }));
}

/** What flux-fleet.yaml says that exists. */
function existing(props: Partial<CertificateProps>): unknown {
  const cluster = testCluster();
  new Certificate(new Layer(cluster, 'layer'), 'web', { ...MINIMAL, ...props });
  return (parse(filesOf(cluster)['flux-fleet.yaml']!) as { exists?: unknown }).exists;
}

test('defaults', () => {
  expect(yamlOf((layer) => new Certificate(layer, 'web', MINIMAL))).toMatchInlineSnapshot(`
   "apiVersion: cert-manager.io/v1
   kind: Certificate
   metadata:
     name: web
     namespace: apps
   spec:
     dnsNames:
       - example.com
     issuerRef:
       kind: ClusterIssuer
       name: letsencrypt
     secretName: web
   "
  `);
});

test('the Secret is called like the Certificate, unless it says otherwise', () => {
  expect(spec({ name: 'www' })).toMatchObject({ secretName: 'www' });
  expect(spec({ secretName: 'tls' })).toMatchObject({ secretName: 'tls' });
});

test('what cert-manager 1.21 added is valid', () => {
  const renewal = { windows: [{ cron: '0 2 * * *', windowDuration: '2h', timezone: 'Europe/Berlin' }] };
  const pkcs12 = { create: true, password: 'changeit', profile: 'Modern2026' } as const;
  expect(spec({ renewal, keystores: { pkcs12 } })).toMatchObject({ renewal, keystores: { pkcs12 } });
});

test('takes an Issuer of the fleet', () => {
  const layer = new Layer(testCluster(), 'layer', { namespace: 'apps' });
  const issuer = new Issuer(layer, 'self-signed', { name: 'self', selfSigned: {} });
  const { namespace: _, ...props } = MINIMAL;
  new Certificate(layer, 'web', { ...props, issuer });
  const yaml = filesOf(layer.node.scope as never)['layers/layer/layer.yaml'];
  expect(objectIn(yaml, 'Certificate').spec['issuerRef']).toEqual({ kind: 'Issuer', name: 'self' });
});

test('takes a ClusterIssuer of the fleet, whatever the namespace', () => {
  const layer = new Layer(testCluster(), 'layer', { namespace: 'pki' });
  const issuer = new ClusterIssuer(layer, 'self', { selfSigned: {} });
  new Certificate(layer, 'web', { ...MINIMAL, issuer });
  const yaml = filesOf(layer.node.scope as never)['layers/layer/layer.yaml'];
  expect(objectIn(yaml, 'Certificate').spec['issuerRef']).toEqual({ kind: 'ClusterIssuer', name: 'self' });
});

test('declares an issuer that others make; a ClusterIssuer without a namespace', () => {
  expect(existing({})).toEqual([{ kind: 'ClusterIssuer', name: 'letsencrypt' }]);
  expect(existing({ issuer: Issuer.fromName('ca') })).toEqual([{ kind: 'Issuer', name: 'ca', namespace: 'apps' }]);
});

test('takes an issuer of another kind with its group, and declares nothing, since its scope is not known', () => {
  const issuer = { group: 'awspca.cert-manager.io', kind: 'AWSPCAClusterIssuer', name: 'pca' };
  expect(spec({ issuer })).toMatchObject({ issuerRef: issuer });
  expect(existing({ issuer })).toBeUndefined();
});

test('declares the passwords of keystores', () => {
  const jks = { create: true, passwordSecretRef: { name: 'keystore', key: 'password' } };
  expect(existing({ keystores: { jks } })).toEqual([
    { kind: 'ClusterIssuer', name: 'letsencrypt' },
    { kind: 'Secret', name: 'keystore', namespace: 'apps', keys: ['password'] },
  ]);
});

test('its Secret may be read by others, is not said to exist, and tells Flux when it changes', () => {
  const cluster = testCluster();
  const layer = new Layer(cluster, 'layer', { namespace: 'apps' });
  const secretTemplate = { labels: { team: 'a' } };
  const from = new Certificate(layer, 'web', { ...MINIMAL, secretName: 'tls', secretTemplate }).secret;
  const chart = { chart: 'app', source: Source.fromName('HelmRepository', 'charts') };
  new HelmRelease(layer, 'app', { chart, valuesFrom: [{ from, valuesKey: 'ca.crt', targetPath: 'ca' }] });
  const files = filesOf(cluster);
  const yaml = files['layers/layer/layer.yaml'];
  expect(objectIn(yaml, 'HelmRelease').spec['valuesFrom']).toEqual([
    { kind: 'Secret', name: 'tls', valuesKey: 'ca.crt', targetPath: 'ca' },
  ]);
  expect(files['flux-fleet.yaml']).not.toContain('name: tls');
  expect(objectIn(yaml, 'Certificate').spec['secretTemplate']).toEqual({
    labels: { 'reconcile.fluxcd.io/watch': 'Enabled', team: 'a' },
  });
});

test('refuses an Issuer of another namespace', () => {
  const layer = new Layer(testCluster(), 'layer', { namespace: 'apps' });
  const issuer = new Issuer(layer, 'ca', { namespace: 'pki', selfSigned: {} });
  const make = () => new Certificate(layer, 'web', { issuer, dnsNames: ['example.com'] });
  expect(errorOf(make)).toMatchInlineSnapshot(`
   "the Issuer "ca" stands in another namespace than the Certificate [issuer-namespace]
     expected  an Issuer of apps, or a ClusterIssuer
     given     pki
     construct test/layer/web
     at        test/cert-manager/certificate.test.ts:<line>, called from test/cert-manager/certificate.test.ts:<line>
     fix       make it a ClusterIssuer, or let the two have one namespace"
  `);
});

test.each([
  ['nobody', { dnsNames: [] }, 'certificate-spec'],
  ['less than an hour', { duration: '59m' }, 'certificate-spec'],
  ['days', { duration: '90d' }, 'invalid-duration'],
  ['a renewal after its end', { duration: '1h', renewBefore: '1h' }, 'certificate-spec'],
  ['a renewal before it is issued, with the default duration', { renewBefore: '2160h' }, 'certificate-spec'],
  ['a renewal in the last minutes', { renewBefore: '4m' }, 'certificate-spec'],
  ['a renewal said twice', { renewBefore: '5m', renewBeforePercentage: 50 }, 'certificate-spec'],
  ['a renewal at its end', { renewBeforePercentage: 100 }, 'certificate-spec'],
  ['a renewal when it is issued', { renewBeforePercentage: 0 }, 'certificate-spec'],
  ['a name that is too long', { commonName: 'x'.repeat(65) }, 'certificate-spec'],
  ['a renewal that is no duration', { renewBefore: '30 days' }, 'invalid-duration'],
  [
    'a window that is no duration',
    { renewal: { windows: [{ cron: '* * * * *', windowDuration: '2' }] } },
    'invalid-duration',
  ],
  ['a Secret that cannot be one', { secretName: 'TLS' }, 'invalid-name'],
])('refuses a Certificate for %s', (_what, props, rule) => {
  expect(findingsOf(() => spec(props))).toMatchObject([{ rule }]);
});

test.each([{ uris: ['spiffe://a'] }, { commonName: 'a' }, { literalSubject: 'CN=a' }, { ipAddresses: ['10.0.0.1'] }])(
  'is for somebody with %j alone',
  (subject) => {
    expect(spec({ dnsNames: undefined, ...subject })).toMatchObject(subject);
  },
);

test('may be renewed after a part of its time', () => {
  expect(spec({ renewBeforePercentage: 50 })).toMatchObject({ renewBeforePercentage: 50 });
});
