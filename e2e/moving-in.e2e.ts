import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { disagreements, modelOf } from './environment/agreement.js';
import type { Checkout } from './environment/checkout.js';
import { TestCluster } from './environment/cluster.js';
import { crdsOf } from './environment/components.js';
import { KUSTOMIZATION } from './environment/flux-object.js';
import type { FluxObject } from './environment/flux-object.js';
import { uids } from './environment/uids.js';
import { until } from './environment/until.js';

const DIST = join(import.meta.dirname, '../dist');
const URL = 'https://github.com/fluxcd/flux2-multi-tenancy';
const KYVERNO = 'oci://ghcr.io/kyverno/manifests/kyverno';
const OLD = 'clusters/staging';
const NEW = 'dist/clusters/staging';
const GOTK = ['gotk-components.yaml', 'gotk-sync.yaml'];

const kustomization = (name: string, path: string, more: string) => `apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: { name: ${name}, namespace: flux-system }
spec:
  interval: 5m
  path: ${path}
  prune: true
  serviceAccountName: kustomize-controller
${more}`;
const listed = (...resources: string[]) => `apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
resources: [${resources.join(', ')}]
`;
const OWN_SOURCE = '  sourceRef: { kind: GitRepository, name: flux-system }\n';
const LOCKDOWN = ['--no-cross-namespace-refs=true', '--default-service-account=default'].map(
  (value) => `  - target: { kind: Deployment, name: "(kustomize-controller|helm-controller)" }
    patch: |
      - { op: add, path: /spec/template/spec/containers/0/args/-, value: "${value}" }
`,
);

/** A repository in the layout of flux2-multi-tenancy: cluster, infrastructure, and tenants as base and overlay. */
const LAYOUT: Readonly<Record<string, string>> = {
  [`${OLD}/flux-system/kustomization.yaml`]: `${listed(...GOTK)}patches:
${LOCKDOWN.join('')}  - target: { kind: Kustomization, name: flux-system }
    patch: |
      - { op: add, path: /spec/serviceAccountName, value: kustomize-controller }
`,
  [`${OLD}/infrastructure.yaml`]: [
    kustomization('kyverno', './infrastructure/kyverno', `${OWN_SOURCE}  wait: true\n  timeout: 10m\n`),
    kustomization(
      'kyverno-policies',
      './infrastructure/kyverno-policies',
      `${OWN_SOURCE}  dependsOn: [{ name: kyverno }]\n`,
    ),
  ].join('---\n'),
  [`${OLD}/tenants.yaml`]: kustomization(
    'tenants',
    './tenants/staging',
    `${OWN_SOURCE}  dependsOn: [{ name: kyverno-policies }]\n`,
  ),
  'infrastructure/kyverno/kustomization.yaml': listed('source.yaml', 'sync.yaml'),
  'infrastructure/kyverno/source.yaml': `apiVersion: source.toolkit.fluxcd.io/v1
kind: OCIRepository
metadata: { name: kyverno-controller, namespace: flux-system }
spec: { interval: 2h, url: ${KYVERNO}, ref: { tag: v1.14.4 } }
`,
  'infrastructure/kyverno/sync.yaml': kustomization(
    'kyverno-controller',
    './',
    '  sourceRef: { kind: OCIRepository, name: kyverno-controller }\n  wait: true\n  timeout: 5m\n',
  ),
  'infrastructure/kyverno-policies/kustomization.yaml': listed('policies.yaml'),
  'infrastructure/kyverno-policies/policies.yaml': readFileSync(
    join(DIST, 'clusters/staging/layers/kyverno-policies/kyverno-policies.yaml'),
    'utf8',
  ),
  'tenants/base/dev-team/kustomization.yaml': listed('rbac.yaml', 'sync.yaml'),
  'tenants/base/dev-team/rbac.yaml': `apiVersion: v1
kind: Namespace
metadata: { name: apps, labels: { toolkit.fluxcd.io/tenant: dev-team } }
---
apiVersion: v1
kind: ServiceAccount
metadata: { name: dev-team, namespace: apps, labels: { toolkit.fluxcd.io/tenant: dev-team } }
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: { name: gotk-reconciler, namespace: apps, labels: { toolkit.fluxcd.io/tenant: dev-team } }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: cluster-admin }
subjects:
  - { apiGroup: rbac.authorization.k8s.io, kind: User, name: 'gotk:apps:reconciler' }
  - { kind: ServiceAccount, name: dev-team, namespace: apps }
`,
  'tenants/base/dev-team/sync.yaml': `apiVersion: source.toolkit.fluxcd.io/v1
kind: GitRepository
metadata: { name: dev-team, namespace: apps }
spec: { interval: 1m, url: ${URL}, ref: { branch: dev-team } }
---
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: { name: dev-team, namespace: apps }
spec:
  interval: 5m
  prune: true
  serviceAccountName: dev-team
  sourceRef: { kind: GitRepository, name: dev-team }
`,
  'tenants/staging/kustomization.yaml': `${listed('../base/dev-team')}patches: [{ path: dev-team-patch.yaml }]
`,
  'tenants/staging/dev-team-patch.yaml': `apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: { name: dev-team, namespace: apps }
spec: { path: ./staging }
`,
};

let cluster: TestCluster;
let fleet: Checkout;
let team: Checkout;
let kyverno: Checkout;

beforeAll(async () => {
  cluster = await TestCluster.empty();
  fleet = cluster.checkout(URL, { branch: 'main' });
  team = cluster.checkout(URL, { branch: 'dev-team' });
  kyverno = cluster.checkout(KYVERNO);
  for (const [path, text] of Object.entries(LAYOUT)) fleet.write(path, text);
  team.write(
    'staging/settings.yaml',
    'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: settings, namespace: apps }\n',
  );
  kyverno.write('crds.yaml', await crdsOf('kyverno'));
  await cluster.bootstrap(fleet, OLD, { url: URL });
  await cluster.settled();
});
afterAll(() => cluster.stop());

async function pathOfRoot(): Promise<string | undefined> {
  const root = await cluster.api.get<FluxObject>({ ...KUSTOMIZATION, namespace: 'flux-system', name: 'flux-system' });
  return root?.spec.path;
}

test('a cluster moves to dist/ by one commit, and every object stays the one that it is', async () => {
  const before = await uids(cluster.api);
  expect(await pathOfRoot()).toBe(`./${OLD}`);

  fleet.copy(DIST, 'dist');
  for (const file of GOTK) fleet.write(`${NEW}/flux-system/${file}`, fleet.read(`${OLD}/flux-system/${file}`));
  for (const at of [OLD, NEW]) fleet.edit(`${at}/flux-system/gotk-sync.yaml`, `path: ./${OLD}`, `path: ./${NEW}`);
  await cluster.sources.publish();
  await until('the new path', async () => (await pathOfRoot()) === `./${NEW}`, { seconds: 60 });
  await cluster.settled();

  const sources = { 'GitRepository/apps/dev-team': team.directory, [KYVERNO]: kyverno.directory };
  expect(await disagreements(cluster.api, modelOf(fleet.directory, NEW, sources))).toEqual([]);
  expect(await uids(cluster.api)).toMatchObject(before);
});

test('then the old directories can go, and nothing goes with them', async () => {
  const before = await uids(cluster.api);
  for (const directory of ['clusters', 'infrastructure', 'tenants']) fleet.remove(directory);
  await cluster.sources.publish();
  await cluster.settled();
  expect(await uids(cluster.api)).toEqual(before);
});

test('placeholders in place of Flux’s own manifests, committed by mistake, delete nothing', async () => {
  const before = await uids(cluster.api);
  for (const file of GOTK) {
    const placeholder = readFileSync(join(DIST, 'clusters/staging/flux-system', file), 'utf8');
    expect(placeholder).toContain('# A placeholder');
    fleet.write(`${NEW}/flux-system/${file}`, placeholder);
  }
  await cluster.sources.publish();
  await cluster.settled();
  expect(await uids(cluster.api)).toEqual(before);
});
