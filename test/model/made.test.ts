import { expect, test } from '@jest/globals';
import { isCopied, isNamed, madeOf } from '../../lib/model/made.js';
import type { JsonObject } from '../../lib/yaml/normalize.js';

/** What is made of an object `x` of the namespace `apps`. */
function made(apiVersion: string, kind: string, spec: JsonObject, annotations: JsonObject = {}) {
  return madeOf({ apiVersion, kind, metadata: { name: 'x', namespace: 'apps', annotations }, spec });
}

test.each([
  ['bitnami.com/v1alpha1', 'SealedSecret', { encryptedData: { a: 'x' } }, { name: 'x', keys: ['a'] }],
  ['cert-manager.io/v1', 'Certificate', { secretName: 'tls' }, { name: 'tls' }],
  ['external-secrets.io/v1', 'ExternalSecret', { data: [{ secretKey: 'a' }] }, { name: 'x', keys: ['a'] }],
  ['external-secrets.io/v1', 'ExternalSecret', { target: { name: 'y' }, dataFrom: [] }, { name: 'y' }],
  ['secrets.hashicorp.com/v1beta1', 'VaultStaticSecret', { destination: { name: 'y' } }, { name: 'y' }],
])('%s %s makes a Secret', (apiVersion, kind, spec, secret) => {
  expect(made(apiVersion, kind, spec as unknown as JsonObject)).toEqual([
    { kind: 'Secret', namespace: 'apps', ...secret },
  ]);
});

test('an Ingress makes a Secret only for cert-manager', () => {
  const spec = { tls: [{ secretName: 'tls' }] };
  expect(made('networking.k8s.io/v1', 'Ingress', spec)).toEqual([]);
  expect(made('networking.k8s.io/v1', 'Ingress', spec, { 'cert-manager.io/cluster-issuer': 'ca' })).toEqual([
    { kind: 'Secret', namespace: 'apps', name: 'tls' },
  ]);
});

test('an ArtifactGenerator makes its artifacts, and a release its namespace where it says so', () => {
  const artifacts = [{ name: 'web' }];
  expect(made('source.extensions.fluxcd.io/v1beta1', 'ArtifactGenerator', { artifacts })).toEqual([
    { kind: 'ExternalArtifact', namespace: 'apps', name: 'web' },
  ]);
  const release = { targetNamespace: 'web', install: { createNamespace: true } };
  expect(made('helm.toolkit.fluxcd.io/v2', 'HelmRelease', release)).toMatchObject([{ kind: 'Namespace', name: 'web' }]);
  expect(made('helm.toolkit.fluxcd.io/v2', 'HelmRelease', { targetNamespace: 'web' })).toEqual([]);
});

test('a ResourceSet makes its resources for each of its inputs', () => {
  const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'key', namespace: '<< inputs.team >>' } };
  const spec = { inputs: [{ team: 'a' }, { team: 'b' }], resources: [secret] };
  const found = made('fluxcd.controlplane.io/v1', 'ResourceSet', spec);
  expect(found.map((m) => [m.kind, m.name, m.namespace])).toEqual([
    ['Secret', 'key', 'a'],
    ['Secret', 'key', 'b'],
  ]);
});

test('what only the cluster knows is a pattern', () => {
  const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'key-<< inputs.id >>', namespace: 'a.b' } };
  const [found] = made('fluxcd.controlplane.io/v1', 'ResourceSet', { resources: [secret] });
  expect(['key-1', 'key-', 'kex-1', 'a-key-1'].map((name) => isNamed(found!.name, name))).toEqual([
    true,
    true,
    false,
    false,
  ]);
  expect(isNamed(found!.namespace, 'a.b')).toBe(true);
  expect(isNamed(found!.namespace, 'axb')).toBe(false);
});

test('Kyverno makes copies in the namespaces that it is told', () => {
  const rule = {
    match: { any: [{ resources: { kinds: ['v1/Namespace'], selector: { matchLabels: { team: 'a*' } } } }] },
    generate: {
      namespace: '{{request.object.metadata.name}}',
      cloneList: { namespace: 'flux-system', kinds: ['v1/Secret'], selector: { matchLabels: { copy: 'yes' } } },
    },
  };
  const [copy] = made('kyverno.io/v1', 'ClusterPolicy', { rules: [rule] });
  expect(copy).toMatchObject({ kind: 'Secret', copyOf: { namespace: 'flux-system', matchLabels: { copy: 'yes' } } });
  expect(copy!.inNamespace!('x', { team: 'abc' })).toBe(true);
  expect(copy!.inNamespace!('x', { team: 'b' })).toBe(false);
  expect(copy!.inNamespace!('x', undefined)).toBe(true);
});

test('an original with an annotation of a controller that copies is copied', () => {
  const annotations = { 'reflector.v1.k8s.emberstack.com/reflection-allowed': 'true' };
  expect(isCopied({ kind: 'Secret', metadata: { annotations } })).toBe(true);
  expect(isCopied({ kind: 'SealedSecret', spec: { template: { metadata: { annotations } } } })).toBe(true);
  expect(isCopied({ kind: 'Secret', metadata: { annotations: { a: 'b' } } })).toBe(false);
});
