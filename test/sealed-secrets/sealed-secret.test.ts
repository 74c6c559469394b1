import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from '@jest/globals';
import { HelmRelease, Layer, SealedSecret, Secret, Source } from 'cdk8s-flux-fleet';
import type { SealedSecretData, SealedSecretFile } from 'cdk8s-flux-fleet';
import * as fc from 'fast-check';
import { parse } from 'yaml';
import { isCipher } from '../../lib/sealed-secrets/cipher.js';
import { errorOf, objectIn } from '../flux/objects.js';
import type { KubeObject } from '../flux/objects.js';
import { filesOf, findingsOf, testCluster, yamlOf } from '../support/fleet.js';
import { tempDir } from '../support/temp-dir.js';
import { cipher, seal } from './cipher.js';

const PREFIX = 'sealedsecrets.bitnami.com/';
const CLUSTER_WIDE = { annotations: { [`${PREFIX}cluster-wide`]: 'true' } };
const NAMESPACE_WIDE = { annotations: { [`${PREFIX}namespace-wide`]: 'true' } };

/** The object, in a layer of the namespace `apps`. */
function sealed(props: Partial<SealedSecretData> | SealedSecretFile = {}): KubeObject {
  const cluster = testCluster();
  const layer = new Layer(cluster, 'layer', { namespace: 'apps' });
  new SealedSecret(layer, 'login', 'file' in props ? props : { encryptedData: { password: cipher() }, ...props });
  return objectIn(filesOf(cluster)['layers/layer/layer.yaml'], 'SealedSecret');
}

interface Change {
  readonly meta?: object;
  readonly template?: object | null;
  readonly templateMeta?: object;
  readonly spec?: object;
  readonly top?: object;
}

/** As `kubeseal --format json` writes it, with what the test changes. */
function kubeseal({ meta, template, templateMeta, spec, top }: Change = {}): string {
  const object = {
    kind: 'SealedSecret',
    apiVersion: 'bitnami.com/v1alpha1',
    metadata: { name: 'login', namespace: 'team', creationTimestamp: null, ...meta },
    spec: {
      template: template ?? {
        metadata: { name: 'login', namespace: 'team', creationTimestamp: null, ...templateMeta },
        type: 'Opaque',
      },
      encryptedData: { password: cipher() },
      ...spec,
    },
    ...top,
  };
  return JSON.stringify(object, null, 2);
}

/** A file with this text in a directory of its own. */
function file(text: string): string {
  const path = join(tempDir(), 'sealed.yaml');
  writeFileSync(path, text);
  return path;
}

test('defaults', () => {
  const props = { namespace: 'apps', encryptedData: { password: cipher() } };
  expect(yamlOf((layer) => new SealedSecret(layer, 'login', props)).replace(cipher(), '<cipher>'))
    .toMatchInlineSnapshot(`
   "apiVersion: bitnami.com/v1alpha1
   kind: SealedSecret
   metadata:
     name: login
     namespace: apps
   spec:
     encryptedData:
       password: <cipher>
     template:
       metadata:
         name: login
         namespace: apps
   "
  `);
});

test('what the Secret becomes is said in its template', () => {
  const template = {
    type: 'kubernetes.io/basic-auth',
    labels: { team: 'a' },
    annotations: { note: 'b' },
    immutable: true,
    data: { 'app.ini': 'password={{ .password }}', password: null },
  };
  expect(sealed({ template }).spec['template']).toEqual({
    type: 'kubernetes.io/basic-auth',
    immutable: true,
    data: { 'app.ini': 'password={{ .password }}', password: null },
    metadata: { name: 'login', namespace: 'apps', labels: { team: 'a' }, annotations: { note: 'b' } },
  });
});

test('name and namespace of the template follow the object’s', () => {
  const object = sealed({ name: 'other', namespace: 'team' });
  expect(object.metadata).toEqual({ name: 'other', namespace: 'team' });
  expect(object.spec['template']).toEqual({ metadata: { name: 'other', namespace: 'team' } });
});

test.each(['namespace-wide', 'cluster-wide'] as const)('the scope %s is annotated as kubeseal does', (sealingScope) => {
  const object = sealed({ sealingScope, annotations: { a: 'b' } });
  const annotations = { [`${PREFIX}${sealingScope}`]: 'true' };
  expect(object.metadata.annotations).toEqual({ a: 'b', ...annotations });
  expect(object.spec['template']).toMatchObject({ metadata: { annotations } });
});

test('refuses a scope that is said by annotation alone', () => {
  expect(findingsOf(() => sealed(CLUSTER_WIDE))).toMatchObject([
    { rule: 'sealed-secret', expected: 'strict', given: 'cluster-wide' },
  ]);
});

test('refuses a scope that does not exist', () => {
  expect(findingsOf(() => sealed({ sealingScope: 'wide' as never }))).toMatchObject([{ rule: 'invalid-value' }]);
});

test('has to stand in a namespace', () => {
  const make = () => yamlOf((layer) => new SealedSecret(layer, 'login', { encryptedData: {} }));
  expect(findingsOf(make)).toMatchObject([{ rule: 'object-without-namespace' }]);
});

test('its Secret may be read by others, is not said to exist, and tells Flux when it changes', () => {
  const cluster = testCluster();
  const layer = new Layer(cluster, 'layer', { namespace: 'apps' });
  const from = new SealedSecret(layer, 'sealed', { name: 'login', encryptedData: { password: cipher() } }).secret;
  const chart = { chart: 'app', source: Source.helm({ url: 'https://charts.example.com', secretRef: from }) };
  new HelmRelease(layer, 'app', { chart, valuesFrom: [{ from, valuesKey: 'password', targetPath: 'auth' }] });
  const files = filesOf(cluster);
  const yaml = files['layers/layer/layer.yaml'];
  expect(objectIn(yaml, 'HelmRelease').spec['valuesFrom']).toEqual([
    { kind: 'Secret', name: 'login', valuesKey: 'password', targetPath: 'auth' },
  ]);
  expect(objectIn(yaml, 'HelmRepository').spec['secretRef']).toEqual({ name: 'login' });
  expect(parse(files['flux-fleet.yaml']!)).not.toHaveProperty('exists');
  const { metadata, spec } = objectIn(yaml, 'SealedSecret');
  expect(metadata.labels).toBeUndefined();
  expect(spec['template']).toMatchObject({ metadata: { labels: { 'reconcile.fluxcd.io/watch': 'Enabled' } } });
});

test('in another namespace its Secret is not there, so what is read there has to exist', () => {
  const cluster = testCluster();
  const layer = new Layer(cluster, 'layer', { namespace: 'apps' });
  const from = new SealedSecret(layer, 'login', { encryptedData: { password: cipher() } }).secret;
  const chart = { chart: 'app', source: Source.fromName('HelmRepository', 'charts') };
  new HelmRelease(layer, 'app', { namespace: 'other', chart, valuesFrom: [{ from }] });
  expect(parse(filesOf(cluster)['flux-fleet.yaml']!)).toMatchObject({
    exists: expect.arrayContaining([{ kind: 'Secret', name: 'login', namespace: 'other' }]),
  });
});

test('a Secret of the fleet that is named with fromName is not said to exist', () => {
  const cluster = testCluster();
  const layer = new Layer(cluster, 'layer', { namespace: 'apps' });
  new Secret(layer, 'login');
  const chart = { chart: 'app', source: Source.helm({ url: 'https://a', secretRef: Secret.fromName('login') }) };
  new HelmRelease(layer, 'app', { chart });
  expect(parse(filesOf(cluster)['flux-fleet.yaml']!)).not.toHaveProperty('exists');
});

// ---- values in clear

test('refuses a value in clear, and does not repeat it', () => {
  const layer = new Layer(testCluster(), 'layer', { namespace: 'apps' });
  const encryptedData = { password: 'hunter2', user: cipher() };
  const text = errorOf(() => new SealedSecret(layer, 'login', { encryptedData }));
  expect(text).toMatchInlineSnapshot(`
   "the SealedSecret holds values that kubeseal did not seal [plaintext-secret]
     expected  encryptedData from kubeseal, whole, and in template.data nothing but templates over it
     given     in clear, or cut short: encryptedData.password
     construct test/layer/login
     at        test/sealed-secrets/sealed-secret.test.ts:<line>, called from test/sealed-secrets/sealed-secret.test.ts:<line>
     fix       seal each value: kubeseal, or kubeseal --raw; what anybody may read belongs into a ConfigMap"
  `);
  expect(text).not.toContain('hunter2');
});

test.each([
  ['base64 of a word', Buffer.from('hunter2').toString('base64')],
  ['base64 of a key', Buffer.alloc(32, 9).toString('base64')],
  ['base64 of a long text', Buffer.from('-----BEGIN CERTIFICATE-----'.repeat(80)).toString('base64')],
  ['a cipher that was cut short', cipher().slice(0, -4)],
  ['a cipher with a space in it', cipher().replace('B', ' B')],
  ['a cipher in the alphabet for URLs', seal('a'.repeat(999), '').replaceAll('/', '_').replaceAll('+', '-')],
  ['nothing', ''],
  ['no text', 5 as never],
])('refuses %s', (_what, value) => {
  const findings = findingsOf(() => sealed({ encryptedData: { password: value } }));
  expect(findings).toMatchObject([
    { rule: 'plaintext-secret', given: 'in clear, or cut short: encryptedData.password' },
  ]);
});

test('takes a value that was wrapped into lines, as the controller does', () => {
  const password = seal('x', 'apps/login').replace(/(.{76})/g, '$1\n');
  expect(sealed({ encryptedData: { password } }).spec['encryptedData']).toEqual({ password });
});

test('whatever kubeseal seals is taken, and no text is', () => {
  fc.assert(
    fc.property(fc.string(), (value) => isCipher(seal(value, 'apps/login')) && !isCipher(value)),
    { numRuns: 50 },
  );
  const base64 = fc.string({ minLength: 1, maxLength: 2000 }).map((text) => Buffer.from(`x${text}`).toString('base64'));
  fc.assert(fc.property(base64, (value) => !isCipher(value)));
});

test('refuses text in the template that is no template', () => {
  const template = { data: { user: 'admin', 'app.ini': '{{ .password }}' } };
  expect(findingsOf(() => sealed({ template }))).toMatchObject([
    { rule: 'plaintext-secret', given: 'in clear, or cut short: template.data.user' },
  ]);
});

// ---- from a file

test('a file as kubeseal writes it comes out as it is, without what it does not say', () => {
  const object = sealed({ file: file(kubeseal()) });
  expect(object).toEqual({
    apiVersion: 'bitnami.com/v1alpha1',
    kind: 'SealedSecret',
    metadata: { name: 'login', namespace: 'team' },
    spec: {
      encryptedData: { password: cipher() },
      template: { metadata: { name: 'login', namespace: 'team' }, type: 'Opaque' },
    },
  });
});

test('a file may be YAML, and named by a URL', () => {
  const text = `---
apiVersion: bitnami.com/v1alpha1
kind: SealedSecret
metadata:
  creationTimestamp: null
  name: login
  namespace: team
spec:
  encryptedData:
    password: ${cipher()}
  template:
    metadata:
      creationTimestamp: null
      name: login
      namespace: team
`;
  expect(sealed({ file: pathToFileURL(file(text)) })).toEqual({
    ...sealed({ file: file(kubeseal()) }),
    spec: {
      encryptedData: { password: cipher() },
      template: { metadata: { name: 'login', namespace: 'team' } },
    },
  });
});

test('the Secret of a file is called as the file says, not as the construct', () => {
  const layer = new Layer(testCluster(), 'layer', { namespace: 'apps' });
  expect(new SealedSecret(layer, 'x', { file: file(kubeseal()) }).secret).toEqual({ kind: 'Secret', name: 'login' });
});

test('labels and annotations are added to those of the file, and the template’s stay', () => {
  const text = kubeseal({ meta: { labels: { a: '1' } }, templateMeta: { labels: { b: '2' } } });
  const object = sealed({ file: file(text), labels: { c: '3' }, annotations: { d: '4' } });
  expect(object.metadata).toMatchObject({ labels: { a: '1', c: '3' }, annotations: { d: '4' } });
  expect(object.spec['template']).toMatchObject({ metadata: { labels: { b: '2' } } });
});

test('a file without a template is taken', () => {
  const object = sealed({ file: file(kubeseal({ template: {} })) });
  expect(object.spec['template']).toEqual({ metadata: { name: 'login', namespace: 'team' } });
});

test('what was sealed namespace-wide may get another name', () => {
  const text = kubeseal({ meta: NAMESPACE_WIDE, templateMeta: NAMESPACE_WIDE });
  expect(sealed({ file: file(text), name: 'other' })).toMatchObject({
    metadata: { name: 'other', namespace: 'team', ...NAMESPACE_WIDE },
    spec: { template: { metadata: { name: 'other', namespace: 'team', ...NAMESPACE_WIDE } } },
  });
});

test('what was sealed cluster-wide may get another namespace, also that of the layer', () => {
  const text = kubeseal({ meta: CLUSTER_WIDE, templateMeta: CLUSTER_WIDE });
  expect(sealed({ file: file(text), namespace: 'other' })).toMatchObject({
    metadata: { name: 'login', namespace: 'other' },
    spec: { template: { metadata: { namespace: 'other' } } },
  });
  const without = { ...CLUSTER_WIDE, namespace: undefined };
  expect(sealed({ file: file(kubeseal({ meta: without, templateMeta: without })) })).toMatchObject({
    metadata: { namespace: 'apps' },
    spec: { template: { metadata: { namespace: 'apps' } } },
  });
});

test.each<[string, Change, object]>([
  ['the prop name is another', {}, { name: 'other' }],
  ['the prop namespace is another', {}, { namespace: 'apps' }],
  ['the name was changed by hand', { meta: { name: 'other' } }, {}],
  ['the namespace was changed by hand', { meta: { namespace: 'apps' } }, {}],
  ['the name of the template was changed by hand', { templateMeta: { name: 'other' } }, {}],
  ['the namespace is missing', { meta: { namespace: undefined } }, {}],
  ['the name is missing', { meta: { name: undefined } }, {}],
  ['the name is missing, sealed cluster-wide', { meta: { name: undefined, ...CLUSTER_WIDE } }, {}],
  [
    'the namespace is another, sealed namespace-wide',
    { meta: NAMESPACE_WIDE, templateMeta: NAMESPACE_WIDE },
    { namespace: 'apps' },
  ],
  ['the annotation of the scope was lost', { templateMeta: CLUSTER_WIDE }, {}],
  ['an annotation says another scope', {}, CLUSTER_WIDE],
  ['the kind is another', { top: { kind: 'Secret' } }, {}],
  ['the version is another', { top: { apiVersion: 'bitnami.com/v1' } }, {}],
  ['there are no values', { spec: { encryptedData: undefined } }, {}],
  ['the values are one, as kubeseal wrote them once', { spec: { encryptedData: undefined, data: cipher() } }, {}],
])('refuses a file of which %s', (_what, change, props) => {
  const path = file(kubeseal(change));
  const findings = findingsOf(() => sealed({ file: path, ...props }));
  expect(findings).toMatchObject([{ rule: 'sealed-secret' }]);
  expect(JSON.stringify(findings)).not.toContain(cipher());
});

test('says what differs, and where', () => {
  const path = file(kubeseal({ meta: { namespace: 'apps' } }));
  const layer = new Layer(testCluster(), 'layer', { namespace: 'apps' });
  const text = errorOf(() => new SealedSecret(layer, 'login', { file: path })).replaceAll(path, '<file>');
  expect(text).toMatchInlineSnapshot(`
   "the SealedSecret was sealed for another namespace [sealed-secret]
     expected  one namespace, that for which its values were sealed (scope strict)
     given     {"metadata.namespace":"apps","spec.template.metadata.namespace":"team"}
     construct test/layer/login
     at        test/sealed-secrets/sealed-secret.test.ts:<line>, called from test/sealed-secrets/sealed-secret.test.ts:<line>
     file      <file>
     fix       seal it again for the namespace that you mean"
  `);
});

test.each<[string, Change]>([
  ['a value is in clear', { spec: { encryptedData: { password: 'hunter2' } } }],
  ['the template has text', { template: { data: { password: 'hunter2' } } }],
  ['the template has stringData', { template: { stringData: { password: 'hunter2' } } }],
])('refuses a file of which %s, and does not repeat it', (_what, change) => {
  const findings = findingsOf(() => sealed({ file: file(kubeseal(change)) }));
  expect(findings).toMatchObject([
    { rule: 'plaintext-secret', where: { file: expect.stringContaining('sealed.yaml') } },
  ]);
  expect(JSON.stringify(findings)).not.toContain('hunter2');
});

test('what the schema does not know is refused with the file’s name', () => {
  const text = kubeseal({ template: { foo: 1 } });
  expect(findingsOf(() => sealed({ file: file(text) }))).toMatchObject([
    { rule: 'invalid-field', where: { file: expect.stringContaining('sealed.yaml') } },
  ]);
});

test('fails when the file is not there', () => {
  expect(findingsOf(() => sealed({ file: join(tempDir(), 'missing.yaml') }))).toMatchObject([
    { rule: 'file-unreadable' },
  ]);
});

test('refuses several documents in a file', () => {
  expect(findingsOf(() => sealed({ file: file(`${kubeseal()}\n---\n${kubeseal()}`) }))).toMatchObject([
    { rule: 'yaml-not-a-map' },
  ]);
});

test('refuses what only JavaScript can say: neither values nor a file', () => {
  expect(findingsOf(() => sealed({ encryptedData: undefined }))).toMatchObject([
    { rule: 'sealed-secret', given: 'nothing' },
  ]);
});
