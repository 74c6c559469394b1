import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Cluster, Fleet, GitRef, Source, Tenant } from '../lib/index.js';
import { disagreements, modelOf } from './environment/agreement.js';
import type { Checkout } from './environment/checkout.js';
import { TestCluster } from './environment/cluster.js';
import { environment, processesOf, restartApiServer } from './environment/environment.js';
import { KUSTOMIZATION } from './environment/flux-object.js';
import type { FluxObject } from './environment/flux-object.js';
import { uids } from './environment/uids.js';
import { until } from './environment/until.js';

const URL = 'https://github.com/acme/fleet';
const PATH = 'dist/clusters/prod';
const TENANTS = 30;

let cluster: TestCluster;
let fleet: Checkout;
const { own } = environment();
const processes = processesOf(environment());
/** Only programs of one's own can be killed. */
const killed = own === undefined ? test.skip : test;
const sources: Record<string, string> = {};

const urlOf = (n: number) => `https://github.com/acme/team-${n}`;

/** The commit of a number that all tenants have in their quota. */
async function commit(quota: number): Promise<void> {
  const app = new Fleet({
    environment: 'prod',
    outdir: join(fleet.directory, 'dist'),
    source: Source.git({ url: URL, ref: GitRef.branch('main') }),
  });
  const prod = new Cluster(app, 'prod');
  for (let n = 0; n < TENANTS; n++) {
    new Tenant(prod, `team-${n}`, {
      namespaces: [`team-${n}`],
      source: Source.git({ url: urlOf(n), ref: GitRef.branch('main') }),
      path: './deploy',
      quota: { pods: quota },
    });
  }
  app.synth();
  await cluster.sources.publish();
}

/** How many layers Flux has applied from the newest commit. */
async function applied(): Promise<number> {
  const revision = await cluster.revision();
  const all = await cluster.api.list<FluxObject>(KUSTOMIZATION);
  return all.filter(({ status }) => status?.lastAppliedRevision === revision).length;
}

/** Waits until Flux is in the middle of applying a commit. */
async function middle(): Promise<void> {
  const some = async () => (await applied()) >= 5;
  await until('the first layers to be applied', some, { seconds: 60, everyMs: 20 });
  expect(await applied()).toBeLessThan(TENANTS);
}

/** Waits until the cluster is what the newest commit says. */
async function converged(): Promise<void> {
  await cluster.settled();
  expect(await disagreements(cluster.api, modelOf(fleet.directory, PATH, sources))).toEqual([]);
}

beforeAll(async () => {
  if (own === undefined) return;
  cluster = await TestCluster.empty();
  fleet = cluster.checkout(URL);
  for (let n = 0; n < TENANTS; n++) {
    const team = cluster.checkout(urlOf(n));
    team.write(
      'deploy/settings.yaml',
      `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: settings, namespace: team-${n} }\n`,
    );
    sources[urlOf(n)] = team.directory;
  }
  await commit(1);
  await cluster.bootstrap(fleet, PATH, { url: URL });
  await converged();
});
afterAll(() => cluster?.stop());

killed('kustomize-controller, killed in the middle of a commit and started again, finishes it', async () => {
  const before = await uids(cluster.api);
  await commit(2);
  await middle();
  await processes.stop('kustomize-controller', 'SIGKILL');
  processes.startAgain('kustomize-controller');
  await converged();
  expect(await uids(cluster.api)).toEqual(before);
});

killed(
  'an API server that is killed in the middle of a commit comes back with everything, and Flux finishes it',
  async () => {
    const before = await uids(cluster.api);
    await commit(3);
    await middle();
    await processes.stop('kube-apiserver', 'SIGKILL');
    await sleep(3000);
    await restartApiServer(environment());
    await converged();
    expect(await uids(cluster.api)).toEqual(before);
  },
);
