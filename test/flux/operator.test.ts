import { expect, test } from '@jest/globals';
import { Cluster, Flux, GitRef, OCIRef, Secret, Source } from 'cdk8s-flux-fleet';
import type { ClusterProps, Fleet, OperatorSettings } from 'cdk8s-flux-fleet';
import { parse } from 'yaml';
import { filesOf, findingsOf, testFleet } from '../support/fleet.js';
import { errorOf, objectIn } from './objects.js';

const GIT = { url: 'https://github.com/acme/fleet', ref: GitRef.branch('main') };
const OCI = { url: 'oci://ghcr.io/acme/fleet', ref: OCIRef.tag('latest') };
const BUCKET = { bucketName: 'fleet', endpoint: 'minio.example.com' };

interface Given {
  readonly operator?: OperatorSettings;
  readonly cluster?: ClusterProps;
  readonly fleet?: Fleet;
  readonly source?: Source;
}

/** The files of a cluster whose Flux the operator installs. */
function files({ operator, cluster, source, fleet = testFleet(source && { source }) }: Given = {}): Record<
  string,
  string
> {
  return filesOf(new Cluster(fleet, 'test', { flux: Flux.operator(operator), ...cluster }));
}

/** The spec of the FluxInstance. */
function instance(given?: Given): Record<string, unknown> {
  return objectIn(files(given)['flux-system/flux-instance.yaml'], 'FluxInstance').spec;
}

/** The patches of a FluxInstance without lockdown, with their text read as YAML. */
function patches(given?: Given): { target: unknown; patch: unknown }[] {
  const { kustomize } = instance({ ...given, cluster: { lockdown: false, ...given?.cluster } }) as {
    kustomize?: { patches: { patch: string; target: unknown }[] };
  };
  return (kustomize?.patches ?? []).map((p) => ({ target: p.target, patch: parse(p.patch) as unknown }));
}

/** The objects that the ResourceSet of the upgrade makes, by kind. */
function upgrade(given?: Given): Record<string, { spec: Record<string, unknown> }> {
  const { resources } = objectIn(files(given)['flux-system/flux-operator.yaml'], 'ResourceSet').spec as {
    resources: { kind: string; spec: Record<string, unknown> }[];
  };
  return Object.fromEntries(resources.map((r) => [r.kind, r]));
}

test('defaults from Git', () => {
  expect(files()['flux-system/flux-instance.yaml']).toMatchInlineSnapshot(`
   "apiVersion: fluxcd.controlplane.io/v1
   kind: FluxInstance
   metadata:
     annotations:
       kustomize.toolkit.fluxcd.io/prune: disabled
     name: flux
     namespace: flux-system
   spec:
     cluster:
       domain: cluster.local
       multitenant: true
       networkPolicy: true
       tenantDefaultServiceAccount: default
       type: kubernetes
     components:
       - source-controller
       - kustomize-controller
       - helm-controller
       - notification-controller
     distribution:
       artifact: oci://ghcr.io/controlplaneio-fluxcd/flux-operator-manifests:latest
       registry: ghcr.io/fluxcd
       version: "2.9.x"
     kustomize:
       patches:
         - patch: |
             - op: add
               path: /spec/serviceAccountName
               value: kustomize-controller
           target:
             kind: Kustomization
             name: flux-system
     sync:
       interval: 5m
       kind: GitRepository
       path: ./dist/clusters/test
       ref: refs/heads/main
       url: https://github.com/acme/fleet
   "
  `);
});

test('defaults of the upgrade', () => {
  expect(files()['flux-system/flux-operator.yaml']).toMatchInlineSnapshot(`
   "apiVersion: fluxcd.controlplane.io/v1
   kind: ResourceSet
   metadata:
     annotations:
       kustomize.toolkit.fluxcd.io/prune: disabled
     name: flux-operator
     namespace: flux-system
   spec:
     dependsOn:
       - apiVersion: apiextensions.k8s.io/v1
         kind: CustomResourceDefinition
         name: helmreleases.helm.toolkit.fluxcd.io
     resources:
       - apiVersion: source.toolkit.fluxcd.io/v1
         kind: OCIRepository
         metadata:
           name: flux-operator
           namespace: flux-system
         spec:
           interval: 10m
           ref:
             semver: "*"
           url: oci://ghcr.io/controlplaneio-fluxcd/charts/flux-operator
           verify:
             matchOIDCIdentity:
               - issuer: '^https://token\\.actions\\.githubusercontent\\.com$'
                 subject: '^https://github\\.com/controlplaneio-fluxcd/charts/\\.github/workflows/release\\.yml@refs/tags/v\\d+\\.\\d+\\.\\d+$'
             provider: cosign
       - apiVersion: helm.toolkit.fluxcd.io/v2
         kind: HelmRelease
         metadata:
           name: flux-operator
           namespace: flux-system
         spec:
           chartRef:
             kind: OCIRepository
             name: flux-operator
           interval: 30m
           releaseName: flux-operator
           serviceAccountName: flux-operator
           values:
             multitenancy:
               defaultServiceAccount: default
               enabled: true
     serviceAccountName: flux-operator
   "
  `);
});

test('from an OCI artifact', () => {
  expect(files({ source: Source.oci(OCI) })['flux-system/flux-instance.yaml']).toMatchInlineSnapshot(`
   "apiVersion: fluxcd.controlplane.io/v1
   kind: FluxInstance
   metadata:
     annotations:
       kustomize.toolkit.fluxcd.io/prune: disabled
     name: flux
     namespace: flux-system
   spec:
     cluster:
       domain: cluster.local
       multitenant: true
       networkPolicy: true
       tenantDefaultServiceAccount: default
       type: kubernetes
     components:
       - source-controller
       - kustomize-controller
       - helm-controller
       - notification-controller
     distribution:
       artifact: oci://ghcr.io/controlplaneio-fluxcd/flux-operator-manifests:latest
       registry: ghcr.io/fluxcd
       version: "2.9.x"
     kustomize:
       patches:
         - patch: |
             - op: add
               path: /spec/serviceAccountName
               value: kustomize-controller
           target:
             kind: Kustomization
             name: flux-system
     sync:
       interval: 5m
       kind: OCIRepository
       path: ./
       ref: latest
       url: oci://ghcr.io/acme/fleet
   "
  `);
});

test('from a bucket', () => {
  expect(files({ source: Source.bucket(BUCKET) })['flux-system/flux-instance.yaml']).toMatchInlineSnapshot(`
   "apiVersion: fluxcd.controlplane.io/v1
   kind: FluxInstance
   metadata:
     annotations:
       kustomize.toolkit.fluxcd.io/prune: disabled
     name: flux
     namespace: flux-system
   spec:
     cluster:
       domain: cluster.local
       multitenant: true
       networkPolicy: true
       tenantDefaultServiceAccount: default
       type: kubernetes
     components:
       - source-controller
       - kustomize-controller
       - helm-controller
       - notification-controller
     distribution:
       artifact: oci://ghcr.io/controlplaneio-fluxcd/flux-operator-manifests:latest
       registry: ghcr.io/fluxcd
       version: "2.9.x"
     kustomize:
       patches:
         - patch: |
             - op: add
               path: /spec/serviceAccountName
               value: kustomize-controller
           target:
             kind: Kustomization
             name: flux-system
     sync:
       interval: 5m
       kind: Bucket
       path: ./
       ref: fleet
       url: minio.example.com
   "
  `);
});

test('says by what name it goes', () => {
  expect(Flux.operator().mode).toBe('operator');
});

test('the directory lists its two files, and needs neither patches nor transformers: the operator makes them', () => {
  expect(files()['flux-system/kustomization.yaml']).toMatchInlineSnapshot(`
   "apiVersion: kustomize.config.k8s.io/v1beta1
   kind: Kustomization
   resources:
     - flux-instance.yaml
     - flux-operator.yaml
   "
  `);
});

test('pruning either of the two would run an uninstaller, so both carry the guard', () => {
  const all = files();
  for (const [file, kind] of [
    ['flux-instance', 'FluxInstance'],
    ['flux-operator', 'ResourceSet'],
  ] as const) {
    expect(objectIn(all[`flux-system/${file}.yaml`], kind).metadata).toMatchObject({
      namespace: 'flux-system',
      annotations: { 'kustomize.toolkit.fluxcd.io/prune': 'disabled' },
    });
  }
});

test('without lockdown neither Flux nor the operator is told of tenants', () => {
  const cluster = { lockdown: false };
  expect(instance({ cluster })['cluster']).toEqual({
    type: 'kubernetes',
    networkPolicy: true,
    domain: 'cluster.local',
  });
  expect(upgrade({ cluster })['HelmRelease']!.spec['values']).toEqual({});
});

test('the account of the lockdown is that of the operator, too', () => {
  const cluster = { lockdown: { defaultServiceAccount: 'flux' } };
  expect(instance({ cluster })['cluster']).toMatchObject({ multitenant: true, tenantDefaultServiceAccount: 'flux' });
  expect(upgrade({ cluster })['HelmRelease']!.spec['values']).toEqual({
    multitenancy: { enabled: true, defaultServiceAccount: 'flux' },
  });
});

test('every setting lands in its field', () => {
  const operator: OperatorSettings = {
    version: '2.8.x',
    registry: 'registry.example.com/fluxcd',
    artifact: 'oci://registry.example.com/flux-operator-manifests:v1',
    distribution: { imagePullSecret: 'registry', variant: 'upstream-alpine' },
    components: ['source-controller', 'kustomize-controller', 'source-watcher'],
    cluster: { type: 'openshift', size: 'large', domain: 'example.internal', networkPolicy: false },
    sharding: { shards: ['shard1', 'shard2'] },
    storage: { class: 'standard', size: '10Gi' },
    commonMetadata: { labels: { team: 'platform' } },
    wait: false,
  };
  expect(instance({ operator, cluster: { lockdown: false } })).toEqual({
    distribution: {
      version: '2.8.x',
      registry: 'registry.example.com/fluxcd',
      artifact: 'oci://registry.example.com/flux-operator-manifests:v1',
      imagePullSecret: 'registry',
      variant: 'upstream-alpine',
    },
    components: ['source-controller', 'kustomize-controller', 'source-watcher'],
    cluster: { type: 'openshift', size: 'large', domain: 'example.internal', networkPolicy: false },
    sharding: { shards: ['shard1', 'shard2'] },
    storage: { class: 'standard', size: '10Gi' },
    commonMetadata: { labels: { team: 'platform' } },
    wait: false,
    sync: {
      kind: 'GitRepository',
      url: 'https://github.com/acme/fleet',
      ref: 'refs/heads/main',
      path: './dist/clusters/test',
      interval: '5m',
    },
  });
});

test('fields of the cluster that are said do not turn the lockdown off', () => {
  expect(instance({ operator: { cluster: { size: 'small' } } })['cluster']).toMatchObject({
    size: 'small',
    multitenant: true,
    tenantDefaultServiceAccount: 'default',
  });
});

test('the manifests may come from the image of the operator, for clusters without the Internet', () => {
  expect(instance({ operator: { artifact: false } })['distribution']).toEqual({
    version: '2.9.x',
    registry: 'ghcr.io/fluxcd',
  });
});

test('the fields in "spec" win over all settings', () => {
  const operator: OperatorSettings = { wait: true, spec: { wait: false, migrateResources: false } };
  expect(instance({ operator })).toMatchObject({ wait: false, migrateResources: false });
});

test.each([
  ['a branch', Source.git(GIT), 'refs/heads/main'],
  ['a Git tag', Source.git({ ...GIT, ref: GitRef.tag('v1.0.0') }), 'refs/tags/v1.0.0'],
  ['a full name', Source.git({ ...GIT, ref: GitRef.name('refs/pull/1/head') }), 'refs/pull/1/head'],
  ['an OCI tag', Source.oci({ ...OCI, ref: OCIRef.tag('production') }), 'production'],
  ['a bucket', Source.bucket(BUCKET), 'fleet'],
])('syncs from %s', (_what, source, ref) => {
  expect(instance({ source })['sync']).toMatchObject({ kind: source.kind, ref });
});

test('syncs the directory of the cluster: below the output in Git, and all of an artifact', () => {
  expect(instance()['sync']).toMatchObject({ path: './dist/clusters/test' });
  expect(instance({ source: Source.oci(OCI) })['sync']).toMatchObject({ path: './' });
  expect(instance({ source: Source.oci(OCI), cluster: { path: './eu' } })['sync']).toMatchObject({ path: './eu' });
});

test('credentials, provider and interval of the source are those of the sync', () => {
  const source = Source.git({ ...GIT, interval: '1m', provider: 'github', secretRef: Secret.fromName('flux-system') });
  expect(instance({ source })).toMatchObject({
    sync: { interval: '1m', provider: 'github', pullSecret: 'flux-system' },
  });
  expect(patches({ source })).toEqual([]);
});

test('under lockdown the root Kustomization says that it runs as kustomize-controller, before all other patches', () => {
  const controllers = [{ controllers: ['source-controller'], args: ['--concurrent=10'] }] as const;
  const [first, second] = patches({ operator: { controllers }, cluster: { lockdown: true } });
  expect(first).toEqual({
    target: { kind: 'Kustomization', name: 'flux-system' },
    patch: [{ op: 'add', path: '/spec/serviceAccountName', value: 'kustomize-controller' }],
  });
  expect(second?.target).toEqual({ kind: 'Deployment', name: 'source-controller' });
});

test('what the source says beyond the fields of the sync is a patch: the operator owns the object', () => {
  const source = Source.oci({
    ...OCI,
    provider: 'aws',
    verify: { matchOIDCIdentity: [{ issuer: '^https://example\\.com$', subject: '^.*$' }] },
    certSecretRef: Secret.fromName('tls'),
  });
  expect(patches({ source })).toEqual([
    {
      target: { kind: 'OCIRepository', name: 'flux-system' },
      patch: [
        {
          op: 'add',
          path: '/spec/verify',
          value: { provider: 'cosign', matchOIDCIdentity: [{ issuer: '^https://example\\.com$', subject: '^.*$' }] },
        },
        { op: 'add', path: '/spec/certSecretRef', value: { name: 'tls' } },
      ],
    },
  ]);
});

test('region and prefix of a bucket are patches, too', () => {
  const source = Source.bucket({ ...BUCKET, region: 'eu', prefix: 'test/' });
  expect(patches({ source })).toEqual([
    {
      target: { kind: 'Bucket', name: 'flux-system' },
      patch: [
        { op: 'add', path: '/spec/prefix', value: 'test/' },
        { op: 'add', path: '/spec/region', value: 'eu' },
      ],
    },
  ]);
});

test('patches of the sync come first, then those of controllers, then one’s own', () => {
  const own = { patch: '- op: remove\n  path: /spec/replicas\n', target: { kind: 'Deployment', name: 'x' } };
  const operator: OperatorSettings = {
    controllers: [{ controllers: ['source-controller'], args: ['--concurrent=10'] }],
    patches: [own],
  };
  expect(patches({ operator, source: Source.git({ ...GIT, ignore: '/docs\n' }) }).map((p) => p.target)).toEqual([
    { kind: 'GitRepository', name: 'flux-system' },
    { kind: 'Deployment', name: 'source-controller' },
    { kind: 'Deployment', name: 'x' },
  ]);
});

test('an upgrade may be held to a range of versions, and given values over ours', () => {
  const operator: OperatorSettings = {
    upgrade: { version: '0.x', values: { reporting: { interval: '30s' }, multitenancy: { enabled: false } } },
  };
  expect(upgrade({ operator })['OCIRepository']!.spec['ref']).toEqual({ semver: '0.x' });
  expect(upgrade({ operator })['HelmRelease']!.spec['values']).toEqual({
    reporting: { interval: '30s' },
    multitenancy: { enabled: false, defaultServiceAccount: 'default' },
  });
});

test('values of the upgrade that say one thing of tenants leave the rest of the lockdown as it is', () => {
  const operator: OperatorSettings = { upgrade: { values: { multitenancy: { defaultServiceAccount: 'flux' } } } };
  expect(upgrade({ operator })['HelmRelease']!.spec['values']).toEqual({
    multitenancy: { enabled: true, defaultServiceAccount: 'flux' },
  });
});

test('a chart that is mirrored is not verified with the signature of the operator’s makers', () => {
  const operator: OperatorSettings = { upgrade: { url: 'oci://registry.example.com/charts/flux-operator' } };
  const { spec } = upgrade({ operator })['OCIRepository']!;
  expect(spec).toMatchObject({ url: 'oci://registry.example.com/charts/flux-operator' });
  expect(spec).not.toHaveProperty('verify');
});

test('without an upgrade there is no ResourceSet', () => {
  const all = files({ operator: { upgrade: false } });
  expect(Object.keys(all)).not.toContain('flux-system/flux-operator.yaml');
  expect(parse(all['flux-system/kustomization.yaml']!)).toMatchObject({ resources: ['flux-instance.yaml'] });
});

test('refuses a range of versions as reference', () => {
  const source = Source.git({ ...GIT, ref: GitRef.semver('1.x') });
  expect(errorOf(() => files({ source }))).toMatchInlineSnapshot(`
   "the Flux Operator cannot sync from this reference [operator-sync-ref]
     expected  a branch, a tag or a full reference name
     given     {"semver":"1.x"}
     construct test
     at        test/flux/operator.test.ts:<line>, called from test/flux/operator.test.ts:<line>
     fix       follow a branch or a tag, and let CI move it"
  `);
});

test.each([
  ['a commit', Source.git({ ...GIT, ref: GitRef.commit('0'.repeat(40)) }), 'a branch, a tag or a full reference name'],
  ['a range of OCI tags', Source.oci({ ...OCI, ref: OCIRef.semver('*') }), 'a tag'],
  ['a digest', Source.oci({ ...OCI, ref: OCIRef.digest(`sha256:${'0'.repeat(64)}`) }), 'a tag'],
])('refuses %s as reference', (_what, source, expected) => {
  expect(findingsOf(() => files({ source }))).toMatchObject([
    { rule: 'operator-sync-ref', expected, where: { construct: 'test' } },
  ]);
});

test('takes a reference of untyped code, too', () => {
  const ref = { branch: 'main' } as unknown as GitRef;
  expect(instance({ source: Source.git({ ...GIT, ref }) })['sync']).toMatchObject({ ref: 'refs/heads/main' });
});

test('refuses a field that FluxInstance does not have', () => {
  const spec = { synch: {} } as OperatorSettings['spec'];
  expect(findingsOf(() => files({ operator: { spec } }))).toMatchObject([
    {
      rule: 'invalid-field',
      what: 'spec.synch of FluxInstance "flux-system/flux" is not what its kind takes: the API server refuses it',
    },
  ]);
});
