import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { disagreements, modelOf } from './environment/agreement.js';
import { TestCluster } from './environment/cluster.js';
import { HELM_RELEASE, KUSTOMIZATION } from './environment/flux-object.js';
import type { FluxObject } from './environment/flux-object.js';
import { crdsOf } from './environment/components.js';
import { outOfOrder } from './environment/inventory.js';

const ROOT = join(import.meta.dirname, '..');
const URL = 'https://github.com/fluxcd/flux2-multi-tenancy';
const KYVERNO = 'oci://ghcr.io/kyverno/manifests/kyverno';

/** What the tenant's own repository has for each environment: a chart, installed as the tenant. */
const PODINFO = `apiVersion: source.toolkit.fluxcd.io/v1
kind: HelmRepository
metadata: { name: podinfo, namespace: apps }
spec: { interval: 10m, url: https://stefanprodan.github.io/podinfo }
---
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: { name: podinfo, namespace: apps }
spec:
  interval: 10m
  serviceAccountName: dev-team
  chart: { spec: { chart: podinfo, version: '>=6.0.0', sourceRef: { kind: HelmRepository, name: podinfo } } }
  values: { replicaCount: 2 }
`;

let cluster: TestCluster;
beforeAll(async () => {
  cluster = await TestCluster.empty();
});
afterEach(() => cluster.restore());
afterAll(() => cluster.stop());

describe.each(['staging', 'production'])('%s', (name) => {
  test('becomes ready in the order that dependsOn says, with what dist/ says on the cluster', async () => {
    const fleet = cluster.checkout(URL, { branch: 'main' });
    fleet.copy(join(ROOT, 'dist'), 'dist');
    const team = cluster.checkout(URL, { branch: 'dev-team' });
    team.write(`${name}/podinfo.yaml`, PODINFO);
    const kyverno = cluster.checkout(KYVERNO);
    kyverno.write('crds.yaml', await crdsOf('kyverno'));
    const path = `dist/clusters/${name}`;
    const chronicle = cluster.chronicle();

    await cluster.bootstrap(fleet, path, { url: URL });
    await cluster.settled();

    const kustomizations = await cluster.api.list<FluxObject>(KUSTOMIZATION);
    expect(kustomizations.map(({ metadata }) => `${metadata.namespace}/${metadata.name}`)).toEqual([
      'apps/dev-team',
      'flux-system/flux-system',
      'flux-system/kyverno',
      'flux-system/kyverno-controller',
      'flux-system/kyverno-policies',
      'flux-system/tenants',
    ]);
    expect(outOfOrder(await chronicle.end(), kustomizations)).toEqual([]);
    const sources = { 'GitRepository/apps/dev-team': team.directory, [KYVERNO]: kyverno.directory };
    expect(await disagreements(cluster.api, modelOf(fleet.directory, path, sources))).toEqual([]);
    const podinfo = await cluster.api.get({ ...HELM_RELEASE, namespace: 'apps', name: 'podinfo' });
    expect(podinfo?.['status']).toMatchObject({ history: [{ chartVersion: '6.0.0', status: 'deployed' }] });
  });
});
