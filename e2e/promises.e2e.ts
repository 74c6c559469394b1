import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  Cluster,
  Fleet,
  GitRef,
  HelmRelease,
  InfraComponent,
  Layer,
  ManifestFile,
  Source,
  Tenant,
  Versions,
} from '../lib/index.js';
import type { KubeObject } from './environment/api.js';
import type { Checkout } from './environment/checkout.js';
import { TestCluster } from './environment/cluster.js';
import { HELM_RELEASE, KUSTOMIZATION } from './environment/flux-object.js';
import { uids } from './environment/uids.js';
import { until } from './environment/until.js';

const URL = 'https://github.com/acme/fleet';
const PATH = 'dist/clusters/prod';
const TENANTS = ['red', 'blue', 'green', 'grey'] as const;
type Name = (typeof TENANTS)[number];

/** What the fleet's code says at some commit. */
interface Code {
  readonly tenants: readonly Name[];
  readonly offboarding?: Name;
  /** What stands in the layer that others wait for. */
  readonly base?: string;
}

const RUNS = `apiVersion: apps/v1
kind: Deployment
metadata: { name: web }
spec:
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec:
      securityContext: { runAsNonRoot: true, seccompProfile: { type: RuntimeDefault } }
      containers:
        - name: web
          image: registry.k8s.io/pause:3.10
          securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: [ALL] } }
`;

const CONFIG = (name: string) => `apiVersion: v1
kind: ConfigMap
metadata: { name: ${name}, namespace: default }
data: { key: value }
`;

const SYNC = (name: string, namespace: string, spec: string) => `apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: { name: ${name}, namespace: ${namespace} }
spec: { interval: 10m, path: ./deploy, prune: true, targetNamespace: ${namespace}, ${spec} }
`;

let cluster: TestCluster;
let fleet: Checkout;
const repositories = new Map<Name, Checkout>();

/** The commit of a change to the code: what a synth makes of it, pushed. */
async function commit(code: Code): Promise<void> {
  fleet.write('base.yaml', code.base ?? CONFIG('base'));
  fleet.write('beside.yaml', CONFIG('beside'));
  fleet.write('after.yaml', CONFIG('after'));
  const file = (path: string) => join(fleet.directory, path);
  const versions = Versions.fromFile(file('versions.yaml'));
  const app = new Fleet({
    environment: 'prod',
    outdir: file('dist'),
    source: Source.git({ url: URL, ref: GitRef.branch('main') }),
  });
  const prod = new Cluster(app, 'prod');
  const podinfo = new InfraComponent(prod, 'podinfo', { namespace: 'podinfo' });
  new HelmRelease(podinfo.controllers, 'podinfo', {
    chart: {
      chart: 'podinfo',
      version: versions.get('podinfo'),
      source: Source.helm({ url: 'https://stefanprodan.github.io/podinfo' }),
    },
  });
  const base = new Layer(prod, 'base');
  new ManifestFile(base, 'base', { file: file('base.yaml') });
  new ManifestFile(new Layer(prod, 'after', { dependsOn: [base] }), 'after', { file: file('after.yaml') });
  new ManifestFile(new Layer(prod, 'beside'), 'beside', { file: file('beside.yaml') });
  for (const name of code.tenants) {
    new Tenant(prod, name, {
      namespaces: [name],
      source: Source.git({ url: `https://github.com/acme/${name}`, ref: GitRef.branch('main') }),
      path: './deploy',
      offboarding: code.offboarding === name,
    });
  }
  app.synth();
  await cluster.sources.publish();
}

/** The commit of a tenant in its own repository. */
async function push(tenant: Name, file: string, text: string | undefined): Promise<void> {
  const repository = repositories.get(tenant)!;
  if (text === undefined) repository.remove(file);
  else repository.write(file, text);
  await cluster.sources.publish();
}

const get = (apiVersion: string, kind: string, name: string, namespace?: string) =>
  cluster.api.get({ apiVersion, kind, name, namespace });
const gone = (object: () => Promise<KubeObject | undefined>, what: string) =>
  until(`the end of ${what}`, async () => (await object()) === undefined, {
    seconds: 60,
    otherwise: () => cluster.report(),
  });

beforeAll(async () => {
  cluster = await TestCluster.empty();
  fleet = cluster.checkout(URL);
  for (const name of TENANTS) {
    const repository = cluster.checkout(`https://github.com/acme/${name}`);
    repository.write('deploy/web.yaml', RUNS.replace('name: web', `name: web, namespace: ${name}`));
    repositories.set(name, repository);
  }
  fleet.write('versions.yaml', 'podinfo: 6.0.0\n');
  await commit({ tenants: TENANTS });
  await cluster.bootstrap(fleet, PATH, { url: URL });
  await cluster.settled();
});
afterAll(() => cluster.stop());

describe('a tenant', () => {
  test('is forbidden what its account has no right to', async () => {
    await push('red', 'deploy/more.yaml', 'apiVersion: v1\nkind: Namespace\nmetadata: { name: red-more }\n');
    const message = await cluster.failed({ ...KUSTOMIZATION, name: 'red', namespace: 'red' }, /forbidden/);
    expect(message).toContain('system:serviceaccount:red:red');
    expect(message).toContain('"namespaces"');
    expect(await get('v1', 'Namespace', 'red-more')).toBeUndefined();
    await push('red', 'deploy/more.yaml', undefined);
    await cluster.settled();
  });

  test('is denied a source of another namespace', async () => {
    const spec =
      'serviceAccountName: red, sourceRef: { kind: GitRepository, name: flux-system, namespace: flux-system }';
    await push('red', 'deploy/more.yaml', SYNC('stolen', 'red', spec));
    const message = await cluster.failed({ ...KUSTOMIZATION, name: 'stolen', namespace: 'red' }, /./);
    expect(message).toContain("can't access 'GitRepository/flux-system/flux-system'");
    expect(message).toContain('cross-namespace references have been blocked');
    await push('red', 'deploy/more.yaml', undefined);
    await cluster.settled();
  });

  test('can do nothing by an account that it does not name', async () => {
    await push('red', 'deploy/more.yaml', SYNC('nobody', 'red', 'sourceRef: { kind: GitRepository, name: red }'));
    const message = await cluster.failed({ ...KUSTOMIZATION, name: 'nobody', namespace: 'red' }, /forbidden/);
    expect(message).toContain('system:serviceaccount:red:default');
    await push('red', 'deploy/more.yaml', undefined);
    await cluster.settled();
  });

  test('gets back what somebody deleted', async () => {
    const binding = {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'RoleBinding',
      namespace: 'red',
      name: 'red-reconciler',
    };
    const before = await cluster.api.get(binding);
    await cluster.api.delete(binding);
    await cluster.reconcile({ ...KUSTOMIZATION, name: 'red' });
    const after = await until('the RoleBinding', () => cluster.api.get(binding), { seconds: 60 });
    expect(after['roleRef']).toEqual(before!['roleRef']);
    expect(after.metadata.uid).not.toBe(before!.metadata.uid);
  });
});

test('a version that a bot has edited arrives after a synth', async () => {
  const podinfo = async () => {
    const release = await get(HELM_RELEASE.apiVersion, 'HelmRelease', 'podinfo', 'podinfo');
    const { history } = release!['status'] as { history: { chartVersion: string; status: string }[] };
    return history[0]!;
  };
  expect(await podinfo()).toMatchObject({ chartVersion: '6.0.0', status: 'deployed' });
  fleet.edit('versions.yaml', 'podinfo: 6.0.0', 'podinfo: 6.1.0');
  await commit({ tenants: TENANTS });
  await until('podinfo 6.1.0', async () => (await podinfo()).chartVersion === '6.1.0', { seconds: 90 });
  await cluster.settled();
  const deployment = await get('apps/v1', 'Deployment', 'podinfo', 'podinfo');
  expect(deployment!['spec']).toMatchObject({ template: { metadata: { labels: { chart: 'podinfo-6.1.0' } } } });
});

test('a layer that fails holds back what depends on it, and only that', async () => {
  // A name that nothing in a synth can know to be taken by an object that may not be changed.
  await cluster.api.apply({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'fixed', namespace: 'default' },
    immutable: true,
    data: { key: 'old' },
  });
  await commit({ tenants: TENANTS, base: CONFIG('fixed') });
  const revision = await cluster.revision();
  await cluster.failed({ ...KUSTOMIZATION, name: 'base' }, /field is immutable/);
  await cluster.failed({ ...KUSTOMIZATION, name: 'after' }, /dependency 'flux-system\/base' is not ready/);
  await until('the rest', async () => (await cluster.pending()).length === 2, {
    seconds: 60,
    otherwise: () => cluster.report(),
  });
  for (const name of ['beside', 'podinfo-controllers', ...TENANTS]) {
    const object = await cluster.api.get({ ...KUSTOMIZATION, namespace: 'flux-system', name });
    expect(object!['status']).toMatchObject({ lastAppliedRevision: revision });
  }
  await commit({ tenants: TENANTS });
  await cluster.settled();
});

describe('leaving', () => {
  test('a tenant that is only removed keeps its namespace, which is guarded', async () => {
    const before = await get('v1', 'Namespace', 'grey');
    await commit({ tenants: ['red', 'blue', 'green'] });
    await gone(() => get(KUSTOMIZATION.apiVersion, 'Kustomization', 'grey', 'flux-system'), 'the layer grey');
    await gone(() => get('v1', 'ServiceAccount', 'grey', 'grey'), 'the account grey');
    const after = await get('v1', 'Namespace', 'grey');
    expect(after?.metadata.uid).toBe(before?.metadata.uid);
    expect(after?.metadata.deletionTimestamp).toBeUndefined();
  });

  test('a tenant leaves in two commits with its workloads, and nothing else goes', async () => {
    const others = ['flux-system', 'red', 'green', 'podinfo', 'default'];
    const before = await uids(cluster.api, others);
    expect(await get('apps/v1', 'Deployment', 'web', 'blue')).toBeDefined();

    await commit({ tenants: ['red', 'blue', 'green'], offboarding: 'blue' });
    await gone(() => get(KUSTOMIZATION.apiVersion, 'Kustomization', 'blue', 'blue'), 'the Kustomization blue');
    await gone(() => get('apps/v1', 'Deployment', 'web', 'blue'), 'the workload of blue');
    expect(await get('v1', 'ServiceAccount', 'blue', 'blue')).toBeDefined();
    await cluster.settled();

    await commit({ tenants: ['red', 'green'] });
    await gone(() => get('v1', 'Namespace', 'blue'), 'the namespace blue');
    await cluster.settled();
    const after = await uids(cluster.api, others);
    const { 'Kustomization flux-system/blue': layer, ...rest } = before;
    expect(layer).toBeDefined();
    expect(after).toEqual(rest);
  });
});
