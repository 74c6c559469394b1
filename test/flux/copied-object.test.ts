import { expect, test } from '@jest/globals';
import { Certificate, ClusterIssuer, ConfigMap, CopiedObject, Layer, Secret } from 'cdk8s-flux-fleet';
import type { CopiedObjectProps } from 'cdk8s-flux-fleet';
import { parse } from 'yaml';
import { filesOf, findingsOf, testCluster, yamlOf } from '../support/fleet.js';
import { errorOf, objectIn, specOf } from './objects.js';

const MINIMAL: CopiedObjectProps = { from: Secret.fromName('registry'), to: ['apps', 'jobs'] };

function copied(props: Partial<CopiedObjectProps> = {}): string {
  return yamlOf((layer) => new CopiedObject(layer, 'registry', { ...MINIMAL, ...props }));
}

test('defaults', () => {
  expect(copied()).toMatchInlineSnapshot(`
   "apiVersion: fluxcd.controlplane.io/v1
   kind: ResourceSet
   metadata:
     name: registry
     namespace: flux-system
   spec:
     inputs:
       - namespace: apps
       - namespace: jobs
     resources:
       - apiVersion: v1
         kind: Secret
         metadata:
           annotations:
             fluxcd.controlplane.io/copyFrom: flux-system/registry
           name: registry
           namespace: "<< inputs.namespace >>"
     serviceAccountName: flux-operator
   "
  `);
});

test('a ConfigMap of the fleet is copied from where it stands', () => {
  const text = yamlOf((layer) => {
    const from = new ConfigMap(layer, 'settings', { namespace: 'shared', data: { a: 'b' } });
    new CopiedObject(layer, 'settings-copies', { from, to: ['apps'] });
  });
  expect(objectIn(text, 'ResourceSet').spec['resources']).toEqual([
    {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: {
        name: 'settings',
        namespace: '<< inputs.namespace >>',
        annotations: { 'fluxcd.controlplane.io/copyFrom': 'shared/settings' },
      },
    },
  ]);
});

test('a Secret that others make is declared where it has to be', () => {
  const cluster = testCluster();
  const layer = new Layer(cluster, 'layer');
  new CopiedObject(layer, 'registry', MINIMAL);
  new CopiedObject(layer, 'tls', { from: { ...Secret.fromName('wildcard'), namespace: 'certs' }, to: ['apps'] });
  expect(parse(filesOf(cluster)['flux-fleet.yaml']!)).toMatchObject({
    exists: [
      { kind: 'Secret', namespace: 'certs', name: 'wildcard' },
      { kind: 'Secret', namespace: 'flux-system', name: 'registry' },
    ],
  });
});

test('labels of the copies, and further fields of the ResourceSet', () => {
  const spec = specOf(
    (layer) =>
      new CopiedObject(layer, 'registry', {
        ...MINIMAL,
        copyLabels: { 'reconcile.fluxcd.io/watch': 'Enabled' },
        serviceAccountName: 'copier',
        wait: true,
      }),
  );
  expect(spec).toMatchObject({
    serviceAccountName: 'copier',
    wait: true,
    resources: [{ metadata: { labels: { 'reconcile.fluxcd.io/watch': 'Enabled' } } }],
  });
});

test('without lockdown it has the rights of the operator', () => {
  expect(specOf((layer) => new CopiedObject(layer, 'registry', MINIMAL), { lockdown: false })).not.toHaveProperty(
    'serviceAccountName',
  );
});

test('refuses to copy an object over itself', () => {
  expect(errorOf(() => copied({ to: ['apps', 'flux-system'] }))).toMatchInlineSnapshot(`
   "an object is copied over itself [copy-targets]
     expected  a list of namespaces other than flux-system, which it is copied from
     given     ["apps","flux-system"]
     construct test/layer/registry
     at        test/flux/copied-object.test.ts:<line>, called from test/flux/copied-object.test.ts:<line>"
  `);
});

test('refuses to copy to nowhere, and to what is no namespace', () => {
  expect(findingsOf(() => copied({ to: [] }))).toMatchObject([{ rule: 'copy-targets' }]);
  expect(findingsOf(() => copied({ to: ['Apps'] }))).toMatchObject([{ rule: 'invalid-name' }]);
  expect(findingsOf(() => copied({ to: 'apps' as never }))).toMatchObject([{ rule: 'copy-targets', given: '"apps"' }]);
});

test('the Secret of a Certificate is copied from the namespace that is said', () => {
  const cluster = testCluster();
  const layer = new Layer(cluster, 'pki', { namespace: 'pki' });
  const { secret } = new Certificate(layer, 'root', { issuer: ClusterIssuer.fromName('ca'), dnsNames: ['acme.com'] });
  new CopiedObject(layer, 'copy', { from: { ...secret, namespace: 'pki' }, to: ['apps'] });
  const files = filesOf(cluster);
  expect(objectIn(files['layers/pki/pki.yaml'], 'ResourceSet').spec).toMatchObject({
    resources: [{ metadata: { annotations: { 'fluxcd.controlplane.io/copyFrom': 'pki/root' } } }],
  });
  expect(files['flux-fleet.yaml']).not.toContain('root');
});
