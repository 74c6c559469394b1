import { execFileSync, spawnSync } from 'node:child_process';
import { expect, test } from '@jest/globals';
import { Cluster, Flux, GitRef, OCIRef, Source } from 'cdk8s-flux-fleet';
import type { ClusterProps, Fleet, FluxSettings } from 'cdk8s-flux-fleet';
import { parse } from 'yaml';
import { filesOf, findingsOf, testFleet } from '../support/fleet.js';
import { tempDir, writeFiles } from '../support/temp-dir.js';
import { errorOf, objectIn, objectsIn } from './objects.js';
import type { KubeObject } from './objects.js';

const GIT = { url: 'https://github.com/acme/fleet', ref: GitRef.branch('main') };

/** The directory flux-system of a cluster, by file name. */
function system(flux: FluxSettings = {}, props: ClusterProps = {}, fleet: Fleet = testFleet()): Record<string, string> {
  const cluster = new Cluster(fleet, 'test', { flux: Flux.bootstrap(flux), ...props });
  return Object.fromEntries(
    Object.entries(filesOf(cluster))
      .filter(([path]) => path.startsWith('flux-system/'))
      .map(([path, text]) => [path.slice('flux-system/'.length), text]),
  );
}

interface Kustomization {
  readonly resources: string[];
  readonly patches?: { readonly patch: string; readonly target: { readonly kind: string; readonly name: string } }[];
  readonly transformers: string[];
}

/** The kustomization.yaml of the directory flux-system. */
function kustomization(...args: Parameters<typeof system>): Kustomization {
  return parse(system(...args)['kustomization.yaml']!) as Kustomization;
}

/** Its patches. */
function patchesOf(...args: Parameters<typeof system>): NonNullable<Kustomization['patches']> {
  return kustomization(...args).patches ?? [];
}

test('defaults', () => {
  expect(system()['kustomization.yaml']).toMatchInlineSnapshot(`
   "apiVersion: kustomize.config.k8s.io/v1beta1
   kind: Kustomization
   patches:
     - patch: |
         - op: add
           path: /spec/template/spec/containers/0/args/-
           value: "--no-cross-namespace-refs=true"
       target:
         kind: Deployment
         name: "(kustomize-controller|helm-controller|notification-controller|image-reflector-controller|image-automation-controller|source-watcher)"
     - patch: |
         - op: add
           path: /spec/template/spec/containers/0/args/-
           value: "--no-remote-bases=true"
       target:
         kind: Deployment
         name: kustomize-controller
     - patch: |
         - op: add
           path: /spec/template/spec/containers/0/args/-
           value: "--default-service-account=default"
       target:
         kind: Deployment
         name: "(kustomize-controller|helm-controller)"
     - patch: |
         - op: add
           path: /spec/serviceAccountName
           value: kustomize-controller
       target:
         kind: Kustomization
         name: flux-system
   resources:
     - gotk-components.yaml
     - gotk-sync.yaml
   transformers:
     - |
       apiVersion: builtin
       kind: AnnotationsTransformer
       metadata:
         name: never-prune
       annotations:
         kustomize.toolkit.fluxcd.io/prune: disabled
       fieldSpecs:
         - path: metadata/annotations
           create: true
   "
  `);
});

test('says by what name it goes', () => {
  expect(Flux.bootstrap().mode).toBe('bootstrap');
});

test('it is what a cluster gets where nothing is said', () => {
  expect(filesOf(new Cluster(testFleet(), 'test'))).toEqual(
    filesOf(new Cluster(testFleet(), 'test', { flux: Flux.bootstrap() })),
  );
});

test('the two files of Flux are placeholders that name the command which writes them', () => {
  const files = system();
  expect(Object.keys(files)).toEqual(['gotk-components.yaml', 'gotk-sync.yaml', 'kustomization.yaml']);
  const placeholder = '# A placeholder, until this writes it: flux bootstrap git --path=./dist/clusters/test\n';
  expect(files['gotk-components.yaml']).toBe(placeholder);
  expect(files['gotk-sync.yaml']).toBe(placeholder);
});

test('without lockdown only the guard is left', () => {
  const { resources, patches, transformers } = kustomization({}, { lockdown: false });
  expect(resources).toEqual(['gotk-components.yaml', 'gotk-sync.yaml']);
  expect(patches).toBeUndefined();
  expect(transformers).toHaveLength(1);
});

test('what the source says beyond the flags of bootstrap is a patch of the sync, because bootstrap writes the file anew', () => {
  const source = Source.git({
    ...GIT,
    interval: '1m',
    ignore: '/docs\n',
    sparseCheckout: ['dist/clusters/test'],
    recurseSubmodules: true,
  });
  const patches = patchesOf({}, { lockdown: false }, testFleet({ source }));
  expect(patches.map((p) => ({ target: p.target, patch: parse(p.patch) as unknown }))).toEqual([
    {
      target: { kind: 'GitRepository', name: 'flux-system' },
      patch: [
        { op: 'add', path: '/spec/ignore', value: '/docs\n' },
        { op: 'add', path: '/spec/sparseCheckout', value: ['dist/clusters/test'] },
        { op: 'add', path: '/spec/recurseSubmodules', value: true },
      ],
    },
  ]);
});

test('patches come in the order lockdown, sync, settings, own: a later one wins', () => {
  const own = { patch: '- op: test\n  path: /kind\n  value: Deployment\n', target: { kind: 'Deployment', name: 'x' } };
  const patches = patchesOf(
    { controllers: [{ controllers: ['source-controller'], args: ['--concurrent=10'] }], patches: [own] },
    {},
    testFleet({ source: Source.git({ ...GIT, ignore: '/docs\n' }) }),
  );
  expect(patches.map((p) => `${p.target.kind} ${p.target.name}`).slice(3)).toEqual([
    'Kustomization flux-system',
    'GitRepository flux-system',
    'Deployment source-controller',
    'Deployment x',
  ]);
  expect(patches.at(-1)).toEqual(own);
});

test('refuses to be bootstrapped from an OCI artifact', () => {
  const source = Source.oci({ url: 'oci://ghcr.io/acme/fleet', ref: OCIRef.tag('latest') });
  expect(errorOf(() => system({}, {}, testFleet({ source })))).toMatchInlineSnapshot(`
   "the cluster is bootstrapped, but its fleet pulls from an OCIRepository [bootstrap-source]
     expected  a Git repository: flux bootstrap syncs from nothing else
     given     OCIRepository
     construct test
     at        test/flux/bootstrap.test.ts:<line>, called from test/flux/bootstrap.test.ts:<line>
     fix       install Flux with the operator (flux: Flux.operator({ … })), or let the fleet pull from Git"
  `);
});

test('refuses to be bootstrapped from a bucket', () => {
  const source = Source.bucket({ bucketName: 'fleet', endpoint: 'minio.example.com' });
  expect(findingsOf(() => system({}, {}, testFleet({ source })))).toMatchObject([
    { rule: 'bootstrap-source', given: 'Bucket', where: { construct: 'test' } },
  ]);
});

// ---- What kustomize makes of it --------------------------------------------------------------------------------

const CONTROLLERS = ['source-controller', 'kustomize-controller', 'helm-controller', 'notification-controller'];

/** The Deployment of a controller, as `flux install --export` writes it, without what does not matter here. */
function deployment(name: string): string {
  return `---
apiVersion: apps/v1
kind: Deployment
metadata:
  labels:
    app.kubernetes.io/part-of: flux
    control-plane: controller
  name: ${name}
  namespace: flux-system
spec:
  replicas: 1
  selector:
    matchLabels:
      app: ${name}
  template:
    metadata:
      annotations:
        prometheus.io/port: "8080"
        prometheus.io/scrape: "true"
      labels:
        app: ${name}
    spec:
      containers:
      - args:
        - --events-addr=http://notification-controller.flux-system.svc.cluster.local./
        - --watch-all-namespaces=true
        - --log-level=info
        env:
        - name: RUNTIME_NAMESPACE
          valueFrom:
            fieldRef:
              fieldPath: metadata.namespace
        image: ghcr.io/fluxcd/${name}:v1.9.0
        name: manager
        securityContext:
          allowPrivilegeEscalation: false
          seccompProfile:
            type: RuntimeDefault
        resources:
          limits:
            cpu: 1000m
            memory: 1Gi
          requests:
            cpu: 100m
            memory: 64Mi
      serviceAccountName: ${name}
`;
}

const COMPONENTS = `---
# This manifest was generated by flux. DO NOT EDIT.
# Flux Version: v2.9.0
apiVersion: v1
kind: Namespace
metadata:
  labels:
    app.kubernetes.io/part-of: flux
    pod-security.kubernetes.io/warn: restricted
  name: flux-system
---
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata:
  annotations:
    controller-gen.kubebuilder.io/version: v0.19.0
  name: gitrepositories.source.toolkit.fluxcd.io
spec:
  group: source.toolkit.fluxcd.io
  names: { kind: GitRepository, listKind: GitRepositoryList, plural: gitrepositories, singular: gitrepository }
  scope: Namespaced
  versions:
  - name: v1
    schema: { openAPIV3Schema: { type: object, x-kubernetes-preserve-unknown-fields: true } }
    served: true
    storage: true
---
apiVersion: v1
kind: ServiceAccount
metadata:
  name: kustomize-controller
  namespace: flux-system
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata:
  name: cluster-reconciler-flux-system
roleRef:
  apiGroup: rbac.authorization.k8s.io
  kind: ClusterRole
  name: cluster-admin
subjects:
- kind: ServiceAccount
  name: kustomize-controller
  namespace: flux-system
${CONTROLLERS.map(deployment).join('')}`;

const SYNC = `# This manifest was generated by flux. DO NOT EDIT.
---
apiVersion: source.toolkit.fluxcd.io/v1
kind: GitRepository
metadata:
  name: flux-system
  namespace: flux-system
spec:
  interval: 1m0s
  ref:
    branch: main
  secretRef:
    name: flux-system
  url: ssh://git@github.com/acme/fleet
---
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata:
  name: flux-system
  namespace: flux-system
spec:
  interval: 10m0s
  path: ./dist/clusters/test
  prune: true
  sourceRef:
    kind: GitRepository
    name: flux-system
`;

const hasKubectl = spawnSync('kubectl', ['version', '--client']).status === 0;
/** Skipped, and shown as skipped, where kubectl is missing. */
const testKubectl = hasKubectl ? test : test.skip;

/** What `kubectl kustomize` makes of the directory flux-system, after `flux bootstrap` has written its two files. */
function build(...args: Parameters<typeof system>): { text: string; objects: KubeObject[] } {
  const directory = tempDir();
  writeFiles(directory, { ...system(...args), 'gotk-components.yaml': COMPONENTS, 'gotk-sync.yaml': SYNC });
  const text = execFileSync('kubectl', ['kustomize', directory], { encoding: 'utf8', stdio: 'pipe' });
  return { text, objects: objectsIn(text) };
}

interface PodTemplate {
  readonly metadata: { readonly annotations: Record<string, string> };
  readonly spec: { readonly containers: { readonly args: string[]; readonly resources: unknown }[] };
}

function podOf(text: string, name: string): PodTemplate {
  return objectIn(text, 'Deployment', name).spec['template'] as PodTemplate;
}

testKubectl('each flag of the lockdown lands once on each of its controllers, and nowhere else', () => {
  const { text } = build();
  const given = [
    '--events-addr=http://notification-controller.flux-system.svc.cluster.local./',
    '--watch-all-namespaces=true',
    '--log-level=info',
  ];
  expect(Object.fromEntries(CONTROLLERS.map((c) => [c, podOf(text, c).spec.containers[0]!.args]))).toEqual({
    'source-controller': given,
    'kustomize-controller': [
      ...given,
      '--no-cross-namespace-refs=true',
      '--no-remote-bases=true',
      '--default-service-account=default',
    ],
    'helm-controller': [...given, '--no-cross-namespace-refs=true', '--default-service-account=default'],
    'notification-controller': [...given, '--no-cross-namespace-refs=true'],
  });
});

testKubectl('the root Kustomization runs as kustomize-controller under lockdown, and else as it was', () => {
  expect(objectIn(build().text, 'Kustomization').spec).toEqual({
    interval: '10m0s',
    path: './dist/clusters/test',
    prune: true,
    serviceAccountName: 'kustomize-controller',
    sourceRef: { kind: 'GitRepository', name: 'flux-system' },
  });
  expect(objectIn(build({}, { lockdown: false }).text, 'Kustomization').spec).not.toHaveProperty('serviceAccountName');
});

testKubectl('nothing that the directory builds is ever pruned, and pods are not restarted for it', () => {
  const { text, objects } = build();
  expect(objects.map((o) => o.kind)).toEqual([
    'Namespace',
    'CustomResourceDefinition',
    'ServiceAccount',
    'ClusterRoleBinding',
    ...CONTROLLERS.map(() => 'Deployment'),
    'Kustomization',
    'GitRepository',
  ]);
  for (const object of objects) {
    expect(object.metadata.annotations).toHaveProperty(['kustomize.toolkit.fluxcd.io/prune'], 'disabled');
  }
  for (const name of CONTROLLERS) {
    expect(podOf(text, name).metadata.annotations).toEqual({
      'prometheus.io/port': '8080',
      'prometheus.io/scrape': 'true',
    });
  }
  // The selector, and what else a transformer could reach.
  expect(objectIn(text, 'Deployment', 'helm-controller').spec['selector']).toEqual({
    matchLabels: { app: 'helm-controller' },
  });
});

testKubectl('annotations that were there stay beside the guard', () => {
  expect(objectIn(build().text, 'CustomResourceDefinition').metadata.annotations).toEqual({
    'controller-gen.kubebuilder.io/version': 'v0.19.0',
    'kustomize.toolkit.fluxcd.io/prune': 'disabled',
  });
});

testKubectl('the patches of the sync land, and what bootstrap’s flags say stays', () => {
  const source = Source.git({
    ...GIT,
    interval: '30m',
    ignore: '/*\n!/dist\n',
    sparseCheckout: ['dist/clusters/test'],
    timeout: '2m',
  });
  expect(objectIn(build({}, {}, testFleet({ source })).text, 'GitRepository').spec).toEqual({
    interval: '1m0s',
    ref: { branch: 'main' },
    secretRef: { name: 'flux-system' },
    url: 'ssh://git@github.com/acme/fleet',
    ignore: '/*\n!/dist\n',
    sparseCheckout: ['dist/clusters/test'],
    timeout: '2m',
  });
});

testKubectl('flags and resources of controllers land on those that are named', () => {
  const { text } = build({
    controllers: [
      {
        controllers: ['kustomize-controller', 'helm-controller'],
        args: ['--concurrent=10', '--requeue-dependency=5s'],
        resources: { limits: { memory: '2Gi' } },
      },
      { controllers: ['source-controller'], args: ['--storage-adv-addr=x'] },
    ],
  });
  for (const name of ['kustomize-controller', 'helm-controller']) {
    const [manager] = podOf(text, name).spec.containers;
    expect(manager!.args.slice(-2)).toEqual(['--concurrent=10', '--requeue-dependency=5s']);
    expect(manager!.resources).toEqual({
      limits: { cpu: '1000m', memory: '2Gi' },
      requests: { cpu: '100m', memory: '64Mi' },
    });
  }
  expect(podOf(text, 'source-controller').spec.containers[0]!.args.slice(3)).toEqual(['--storage-adv-addr=x']);
  expect(podOf(text, 'notification-controller').spec.containers[0]!.args.slice(3)).toEqual([
    '--no-cross-namespace-refs=true',
  ]);
});

testKubectl('settings for a controller that is not installed change nothing', () => {
  const settings: FluxSettings = { controllers: [{ controllers: ['source-watcher'], args: ['--concurrent=10'] }] };
  expect(build(settings).text).toBe(build().text);
});

testKubectl('patches of one’s own land after all others', () => {
  const own = {
    patch: `- op: replace\n  path: /spec/template/spec/containers/0/args/3\n  value: --no-cross-namespace-refs=false\n`,
    target: { kind: 'Deployment', name: 'notification-controller' },
  };
  expect(podOf(build({ patches: [own] }).text, 'notification-controller').spec.containers[0]!.args.slice(3)).toEqual([
    '--no-cross-namespace-refs=false',
  ]);
});

testKubectl('a Service of Flux may be patched, so that webhooks get in', () => {
  const service = `---
apiVersion: v1
kind: Service
metadata:
  name: webhook-receiver
  namespace: flux-system
spec:
  ports:
  - name: http
    port: 80
    protocol: TCP
    targetPort: http-webhook
  selector:
    app: notification-controller
  type: ClusterIP
`;
  const patch = {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'webhook-receiver', namespace: 'flux-system' },
    spec: { type: 'NodePort', ports: [{ port: 80, protocol: 'TCP', nodePort: 31234 }] },
  };
  const directory = tempDir();
  const components = { 'gotk-components.yaml': COMPONENTS + service, 'gotk-sync.yaml': SYNC };
  writeFiles(directory, { ...system({ patches: [{ patch }] }), ...components });
  const text = execFileSync('kubectl', ['kustomize', directory], { encoding: 'utf8', stdio: 'pipe' });
  expect(objectIn(text, 'Service').spec).toEqual({
    ports: [{ name: 'http', nodePort: 31234, port: 80, protocol: 'TCP', targetPort: 'http-webhook' }],
    selector: { app: 'notification-controller' },
    type: 'NodePort',
  });
});

testKubectl('patches take away what OpenShift does not want', () => {
  const labelSelector = 'app.kubernetes.io/part-of=flux';
  const { text } = build({
    patches: [
      {
        target: { kind: 'Deployment', labelSelector },
        patch: {
          apiVersion: 'apps/v1',
          kind: 'Deployment',
          metadata: { name: 'all' },
          spec: {
            template: {
              spec: { containers: [{ name: 'manager', securityContext: { seccompProfile: { $patch: 'delete' } } }] },
            },
          },
        },
      },
      {
        target: { kind: 'Namespace', labelSelector },
        patch: [{ op: 'remove', path: '/metadata/labels/pod-security.kubernetes.io~1warn' }],
      },
    ],
  });
  expect(objectIn(text, 'Namespace').metadata.labels).toEqual({ 'app.kubernetes.io/part-of': 'flux' });
  for (const name of CONTROLLERS) {
    expect(podOf(text, name).spec.containers).toMatchObject([{ securityContext: { allowPrivilegeEscalation: false } }]);
  }
  expect(text).not.toContain('seccompProfile');
});

testKubectl('with the placeholders in their place it builds, and what it builds is nothing', () => {
  const directory = tempDir();
  writeFiles(directory, system());
  const { status, stdout } = spawnSync('kubectl', ['kustomize', directory], { encoding: 'utf8' });
  expect({ status, stdout }).toEqual({ status: 0, stdout: '' });
});
