import { dirname, join } from 'node:path';
import { expect, test } from '@jest/globals';
import { ApiObject } from 'cdk8s';
import {
  Cluster,
  ConfigMap,
  EncryptedSecret,
  Flux,
  Layer,
  Namespace,
  NetworkPolicy,
  OCIRef,
  Repository,
  RoleBinding,
  ServiceAccount,
  Source,
} from 'cdk8s-flux-fleet';
import type { ClusterProps, FleetProps } from 'cdk8s-flux-fleet';
import { parse } from 'yaml';
import { filesOf, findingsOf, testCluster, testFleet } from '../support/fleet.js';
import { tempDir, writeFiles } from '../support/temp-dir.js';

const OCI = Source.oci({ url: 'oci://ghcr.io/acme/fleet', ref: OCIRef.tag('latest') });

test.each<[string, Partial<FleetProps>, ClusterProps]>([
  ['with one file per layer', { files: 'layer' }, {}],
  ['with one file per object', { files: 'object' }, {}],
  ['with one directory per kind', { files: 'kind' }, {}],
  ['with the operator', { source: OCI }, { flux: Flux.operator() }],
])('%s each kustomization.yaml lists exactly the files beside it', (_, fleet, props) => {
  const cluster = new Cluster(testFleet(fleet), 'test', props);
  const outer = new Layer(cluster, 'outer', { namespace: 'apps' });
  new Namespace(outer, 'apps');
  new ConfigMap(outer, 'settings');
  new ConfigMap(new Layer(outer, 'inner', { namespace: 'apps', runtimeInfo: true }), 'more');
  new Layer(cluster, 'remote', { source: OCI, path: './' });
  const files = filesOf(cluster);
  const listings = Object.keys(files).filter((path) => path.endsWith('kustomization.yaml'));
  expect(listings).toHaveLength(4);
  for (const path of listings) {
    const directory = path.slice(0, -'kustomization.yaml'.length);
    const listedElsewhere = listings.map(dirname).filter((other) => `${other}/` !== directory && other !== '.');
    const beside = Object.keys(files)
      .filter((other) => other.startsWith(directory) && other !== path && other !== 'flux-fleet.yaml')
      .filter((other) => !listedElsewhere.some((l) => `${l}/`.startsWith(directory) && other.startsWith(`${l}/`)))
      .map((other) => other.slice(directory.length))
      .concat(directory === '' ? ['flux-system'] : []);
    const { resources } = parse(files[path]!) as { resources: string[] };
    expect([directory, resources]).toEqual([directory, [...new Set(beside)].sort()]);
  }
});

test('objects stand in an order that does not depend on the code: what others stand on first', () => {
  const cluster = testCluster();
  const layer = new Layer(cluster, 'base', { namespace: 'apps' });
  new ConfigMap(layer, 'z');
  new ConfigMap(layer, 'a');
  new ConfigMap(layer, 'm', { namespace: 'another' });
  new ServiceAccount(layer, 'account');
  new Namespace(layer, 'z-namespace');
  new Namespace(layer, 'apps');
  expect(filesOf(cluster)['layers/base/base.yaml']!.match(/^kind: .*|^ {2}name: .*/gm)).toEqual([
    ...['kind: Namespace', '  name: apps'],
    ...['kind: Namespace', '  name: z-namespace'],
    ...['kind: ServiceAccount', '  name: account'],
    ...['kind: ConfigMap', '  name: m'],
    ...['kind: ConfigMap', '  name: a'],
    ...['kind: ConfigMap', '  name: z'],
  ]);
});

test('files of Flux’s bootstrap are placeholders without a resource in them', () => {
  const files = filesOf(testCluster());
  expect(parse(files['flux-system/gotk-components.yaml']!)).toBeNull();
  expect(parse(files['flux-system/gotk-sync.yaml']!)).toBeNull();
});

test('with the operator flux-system holds no file of bootstrap', () => {
  const files = filesOf(new Cluster(testFleet({ source: OCI }), 'test', { flux: Flux.operator() }));
  expect(Object.keys(files).filter((path) => path.startsWith('flux-system/'))).toEqual([
    'flux-system/flux-instance.yaml',
    'flux-system/flux-operator.yaml',
    'flux-system/kustomization.yaml',
  ]);
});

test.each(['layer', 'object'] as const)(
  'layout "%s": an encrypted Secret has a file of its own, byte for byte',
  (files) => {
    const directory = tempDir();
    const text = [
      '# The signature covers all of this.',
      'kind:   Secret',
      'apiVersion: v1',
      'metadata: { namespace: apps, name: token }',
      'stringData:',
      '    token: ENC[AES256_GCM,data:x,iv:x,tag:x,type:str]',
      'sops:',
      '    mac: ENC[AES256_GCM,data:x,iv:x,tag:x,type:str]',
      '    lastmodified: "2026-01-01T00:00:00Z"',
      '',
    ].join('\n');
    writeFiles(directory, { 'token.yaml': text });
    const cluster = new Cluster(testFleet({ files }), 'test');
    const layer = new Layer(cluster, 'base', { namespace: 'apps', labels: { team: 'web' }, decryption: {} });
    new EncryptedSecret(layer, 'token', { file: join(directory, 'token.yaml') });
    new ConfigMap(layer, 'settings');
    const written = filesOf(cluster);
    expect(written['layers/base/secret-token.yaml']).toBe(text);
    expect(written['layers/base/kustomization.yaml']).toContain('- secret-token.yaml\n');
  },
);

test('layout "object": two kinds of one name and different groups want one file, and that is told', () => {
  const cluster = new Cluster(testFleet({ files: 'object' }), 'test');
  const layer = new Layer(cluster, 'base', { namespace: 'apps' });
  for (const apiVersion of ['v1', 'serving.knative.dev/v1']) {
    const ports = apiVersion === 'v1' ? { spec: { ports: [{ port: 80 }] } } : {};
    new ApiObject(layer, apiVersion.replace('/', '-'), {
      apiVersion,
      kind: 'Service',
      metadata: { name: 'web', namespace: 'apps' },
      ...ports,
    });
  }
  expect(findingsOf(() => filesOf(cluster))).toMatchObject([
    {
      rule: 'duplicate-file',
      what: 'two objects of the layer "base" want the file service-web.yaml',
      where: { construct: 'test/base/v1' },
    },
  ]);
});

test('layout "object": two names that one disk cannot tell apart are told', () => {
  const cluster = new Cluster(testFleet({ files: 'object' }), 'test');
  const layer = new Layer(cluster, 'base', { namespace: 'apps' });
  for (const name of ['system:web', 'system-web']) {
    new RoleBinding(layer, name, { role: 'view', subjects: [{ kind: 'Group', name: 'all' }] });
  }
  expect(findingsOf(() => filesOf(cluster)).map((f) => f.rule)).toEqual(['duplicate-file']);
});

test.each([
  ['layer', ['base/base.yaml', 'base/kustomization.yaml']],
  ['object', ['base/configmap-settings.yaml', 'base/kustomization.yaml', 'base/namespace-apps.yaml']],
  [
    'kind',
    ['base/configmaps/configmap-settings.yaml', 'base/kustomization.yaml', 'base/namespaces/namespace-apps.yaml'],
  ],
] as const)('layout "%s" of a repository', (files, expected) => {
  const repository = new Repository({ name: 'infra', files });
  const layer = new Layer(repository, 'base', { namespace: 'apps' });
  new Namespace(layer, 'apps');
  new ConfigMap(layer, 'settings');
  expect(Object.keys(repository.files())).toEqual(expected);
});

test('layout "kind": directories are called as the API server calls the kinds', () => {
  const cluster = new Cluster(testFleet({ files: 'kind' }), 'test');
  const layer = new Layer(cluster, 'base', { namespace: 'apps' });
  new NetworkPolicy(layer, 'deny');
  const kinds = [
    ['Ingress', 'networking.k8s.io/v1'],
    ['Gateway', 'gateway.networking.k8s.io/v1'],
  ] as const;
  for (const [kind, apiVersion] of kinds) {
    const spec =
      kind === 'Ingress'
        ? { defaultBackend: { service: { name: 'web', port: { number: 80 } } } }
        : { gatewayClassName: 'envoy', listeners: [{ name: 'http', port: 80, protocol: 'HTTP' }] };
    new ApiObject(layer, kind, { apiVersion, kind, metadata: { name: 'web', namespace: 'apps' }, spec });
  }
  new ApiObject(layer, 'endpoints', {
    apiVersion: 'v1',
    kind: 'Endpoints',
    metadata: { name: 'web', namespace: 'apps' },
  });
  expect(Object.keys(filesOf(cluster)).filter((path) => path.endsWith('.yaml') && path.startsWith('layers/'))).toEqual([
    'layers/base/endpoints/endpoints-web.yaml',
    'layers/base/gateways/gateway-web.yaml',
    'layers/base/ingresses/ingress-web.yaml',
    'layers/base/kustomization.yaml',
    'layers/base/networkpolicies/networkpolicy-deny.yaml',
  ]);
});

test('a layout that there is not is refused', () => {
  expect(findingsOf(() => testFleet({ files: 'kinds' as never })).map((f) => f.rule)).toEqual(['invalid-value']);
});
