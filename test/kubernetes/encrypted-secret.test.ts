import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from '@jest/globals';
import { Cluster, ConfigMap, EncryptedSecret, HelmRelease, Layer, Secret, Source } from 'cdk8s-flux-fleet';
import type { ClusterProps } from 'cdk8s-flux-fleet';
import { parse } from 'yaml';
import { filesOf, findingsOf, testCluster, testFleet } from '../support/fleet.js';
import { tempDir } from '../support/temp-dir.js';
import { errorOf, objectIn } from '../flux/objects.js';

/** As `sops --encrypt --encrypted-regex '^(data|stringData)$'` writes it, with four spaces and keys in its own order. */
const SOPS = `kind: Secret
apiVersion: v1
metadata:
    name: login
    namespace: apps
type: Opaque
stringData:
    username: ENC[AES256_GCM,data:3n4ZaQ==,iv:Vq0pS0zv3Qy9mO0nSg1F6rH6jg2m0xkq0r8yq5h8o1Y=,tag:0cYkz6b8d1t1v3u5w7x9yA==,type:str]
    password: ENC[AES256_GCM,data:p1Qx2Rz3,iv:9yq5h8o1YVq0pS0zv3Qy9mO0nSg1F6rH6jg2m0xkq0r=,tag:yA0cYkz6b8d1t1v3u5w7x9==,type:str]
    #ENC[AES256_GCM,data:Y29tbWVudA==,iv:bW0=,tag:dGFn,type:comment]
sops:
    age:
        - recipient: age1yt3tfqlfrwdwx0z0ynwplcr6qxcxfaqycuprpmy89nr83ltx74tqdpszlw
          enc: |
            -----BEGIN AGE ENCRYPTED FILE-----
            YWdlLWVuY3J5cHRpb24ub3JnL3YxCi0+IFgyNTUxOSBaR0lMWnpsb0ZxVGRyVGx6
            -----END AGE ENCRYPTED FILE-----
    lastmodified: "2026-03-01T12:00:00Z"
    mac: ENC[AES256_GCM,data:bWFj,iv:aXY=,tag:dGFn,type:str]
    encrypted_regex: ^(data|stringData)$
    version: 3.10.2
`;

/** How the layer of the Secret decrypts it. */
const DECRYPTION = { secretRef: Secret.fromName('sops-age') };

/** A file with this text in a directory of its own. */
function file(text: string): string {
  const path = join(tempDir(), 'login.sops.yaml');
  writeFileSync(path, text);
  return path;
}

/** The files of a cluster with the secret in a layer. */
function files(text: string, props: ClusterProps = {}): Record<string, string> {
  const cluster = testCluster(props);
  new EncryptedSecret(new Layer(cluster, 'layer', { decryption: DECRYPTION }), 'login', { file: file(text) });
  return filesOf(cluster);
}

test('defaults: a file of its own with the text as it is, although one file holds all else', () => {
  const cluster = testCluster();
  const layer = new Layer(cluster, 'layer', { decryption: DECRYPTION, namespace: 'apps' });
  new EncryptedSecret(layer, 'login', { file: file(SOPS) });
  new ConfigMap(layer, 'settings', { data: { a: '1' } });
  const all = filesOf(cluster);
  expect(all['layers/layer/secret-login.yaml']).toBe(SOPS);
  expect(all['layers/layer/kustomization.yaml']).toMatchInlineSnapshot(`
   "apiVersion: kustomize.config.k8s.io/v1beta1
   kind: Kustomization
   resources:
     - layer.yaml
     - secret-login.yaml
   "
  `);
  expect(all['layers/layer/layer.yaml']).toMatchInlineSnapshot(`
   "apiVersion: v1
   kind: ConfigMap
   metadata:
     name: settings
     namespace: apps
   data:
     a: "1"
   "
  `);
});

test.each([
  ['as sops writes it', SOPS],
  ['without a line end at the end', SOPS.trimEnd()],
  ['with empty lines at the end', `${SOPS}\n\n`],
  ['with line ends of Windows', SOPS.replaceAll('\n', '\r\n')],
  ['with a document mark and comments', `---\n# by hand\n${SOPS}`],
])('on the disk the text is byte for byte the same behind the first line: %s', (_what, text) => {
  const outdir = join(tempDir(), 'dist');
  const fleet = testFleet({ outdir });
  const cluster = new Cluster(fleet, 'test', { exists: [{ kind: 'Namespace', name: 'apps' }] });
  new EncryptedSecret(new Layer(cluster, 'layer', { decryption: DECRYPTION, namespace: 'apps' }), 'login', {
    file: file(text),
  });
  fleet.synth();
  const written = readFileSync(join(outdir, 'clusters/test/layers/layer/secret-login.yaml'));
  const end = written.indexOf(0x0a) + 1;
  expect(written.subarray(0, end).toString()).toMatch(/^# .*fleet "test"/);
  expect(written.subarray(end).equals(Buffer.from(text))).toBe(true);
});

test('labels of the layer are not added: nothing may be, after it was encrypted', () => {
  const cluster = testCluster();
  new EncryptedSecret(
    new Layer(cluster, 'layer', { decryption: DECRYPTION, namespace: 'apps', labels: { team: 'a' } }),
    'login',
    {
      file: file(SOPS),
    },
  );
  expect(filesOf(cluster)['layers/layer/secret-login.yaml']).toBe(SOPS);
});

test('it may be referred to, and the watch label is not added either', () => {
  const cluster = testCluster();
  const layer = new Layer(cluster, 'layer', { decryption: DECRYPTION, namespace: 'apps' });
  const from = new EncryptedSecret(layer, 'login', { file: file(SOPS) });
  const chart = { chart: 'app', source: Source.fromName('HelmRepository', 'charts') };
  new HelmRelease(layer, 'app', { chart, valuesFrom: [{ from, valuesKey: 'password', targetPath: 'auth.password' }] });
  const all = filesOf(cluster);
  expect(objectIn(all['layers/layer/layer.yaml'], 'HelmRelease').spec['valuesFrom']).toEqual([
    { kind: 'Secret', name: 'login', valuesKey: 'password', targetPath: 'auth.password' },
  ]);
  expect(all['layers/layer/secret-login.yaml']).toBe(SOPS);
  expect(JSON.stringify(parse(all['flux-fleet.yaml']!))).not.toContain('login');
});

test('a file may be named by a URL', () => {
  const cluster = testCluster();
  new EncryptedSecret(new Layer(cluster, 'layer', { decryption: DECRYPTION, namespace: 'apps' }), 'login', {
    file: pathToFileURL(file(SOPS)),
  });
  expect(filesOf(cluster)['layers/layer/secret-login.yaml']).toBe(SOPS);
});

test('refuses a Secret that is not encrypted, and says how to encrypt it', () => {
  const path = file(SOPS.slice(0, SOPS.indexOf('sops:')).replaceAll(/ENC\[.*\]/g, 'guest'));
  const layer = new Layer(testCluster(), 'layer');
  const text = errorOf(() => new EncryptedSecret(layer, 'login', { file: path })).replaceAll(path, '<file>');
  expect(text).toMatchInlineSnapshot(`
   "the Secret is not encrypted [plaintext-secret]
     expected  every value under data and stringData encrypted, and the sops envelope
     given     no sops envelope
     construct test/layer/login
     at        test/kubernetes/encrypted-secret.test.ts:<line>, called from test/kubernetes/encrypted-secret.test.ts:<line>
     file      <file>
     fix       sops --encrypt --in-place --encrypted-regex '^(data|stringData)$' <file>"
  `);
  expect(text).not.toContain('guest');
});

test.each([
  ['one value is in clear', SOPS.replace(/password: .*/, 'password: guest'), 'in clear: stringData.password'],
  [
    'a value of data is in clear',
    SOPS.replace('stringData:', 'data:\n    key: Zw==\nstringData:'),
    'in clear: data.key',
  ],
  ['the envelope is missing', SOPS.slice(0, SOPS.indexOf('sops:')), 'no sops envelope'],
  ['the envelope has no signature', SOPS.replace(/ {4}mac: .*\n/, ''), 'no sops envelope'],
  ['the envelope is no map', `${SOPS.slice(0, SOPS.indexOf('sops:'))}sops: true\n`, 'no sops envelope'],
])('refuses a Secret of which %s', (_what, text, given) => {
  expect(findingsOf(() => files(text))).toMatchObject([
    { rule: 'plaintext-secret', given, where: { file: expect.stringContaining('login.sops.yaml') } },
  ]);
});

test.each([
  ['has no namespace', SOPS.replace(/ {4}namespace: .*\n/, '')],
  ['has no name', SOPS.replace(/ {4}name: .*\n/, '')],
  ['is no Secret', SOPS.replace('kind: Secret', 'kind: ConfigMap')],
  ['has no metadata', SOPS.replace(/metadata:\n(?: {4}.*\n){2}/, '')],
])('refuses a file that %s: nothing can be added afterwards', (_what, text) => {
  expect(findingsOf(() => files(text))).toMatchObject([
    { rule: 'encrypted-secret', where: { file: expect.stringContaining('login.sops.yaml') } },
  ]);
});

test('refuses a file of which all was encrypted, also what Flux has to read', () => {
  const text = SOPS.replace(
    /^(kind|apiVersion|type): .*$/gm,
    '$1: ENC[AES256_GCM,data:eA==,iv:aXY=,tag:dGFn,type:str]',
  );
  expect(findingsOf(() => files(text))).toMatchObject([
    {
      rule: 'encrypted-secret',
      fix: "encrypt only the values: sops --encrypt --encrypted-regex '^(data|stringData)$'",
    },
  ]);
});

test.each([
  ['two documents', `${SOPS}---\n${SOPS}`],
  ['nothing', ''],
  ['no YAML', 'a: [\n'],
])('refuses a file with %s', (_what, text) => {
  expect(findingsOf(() => files(text))).toMatchObject([{ rule: expect.stringMatching(/^yaml-/) }]);
});

test('fails when the file is not there', () => {
  const path = join(tempDir(), 'missing.yaml');
  const layer = new Layer(testCluster(), 'layer');
  expect(findingsOf(() => new EncryptedSecret(layer, 'login', { file: path }))).toMatchObject([
    { rule: 'file-unreadable', where: { file: path } },
  ]);
});

test('refuses the same Secret twice, once encrypted and once not', () => {
  const cluster = testCluster();
  const layer = new Layer(cluster, 'layer', { decryption: DECRYPTION, namespace: 'apps' });
  new EncryptedSecret(layer, 'encrypted', { file: file(SOPS) });
  new Secret(layer, 'login');
  expect(findingsOf(() => filesOf(cluster))).toMatchObject([{ rule: 'duplicate-object' }]);
});
