import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Api } from './api.js';
import { binaries, cacheDirectory } from './binaries.js';
import { freePorts, startControlPlane, whenReady } from './control-plane.js';
import type { ControlPlaneAddress } from './control-plane.js';
import { EtcdMemory } from './etcd.js';
import { fluxComponents } from './flux-manifests.js';
import { ApiMemory } from './memory.js';
import type { Memory } from './memory.js';
import { Processes } from './processes.js';
import { until } from './until.js';

/** What the tests are told about where they run. */
export interface Environment {
  /** Directory for what a run leaves; removed at its end. */
  readonly directory: string;
  readonly kubectl: string;
  readonly kubeconfig: string;
  /** URL of `kubectl proxy`. */
  readonly proxy: string;
  /** Name under which the controllers reach the process of the tests. */
  readonly host: string;
  /** The control plane that was started for the tests; undefined where the cluster is somebody else's. */
  readonly own?: { readonly controlPlane: ControlPlaneAddress; readonly binaries: string };
  /** File with Flux's own manifests: gotk-components.yaml. */
  readonly components: string;
}

const VARIABLE = 'FLUX_FLEET_E2E';
const NODE = 'node-1';

/** The environment that this process was started in. */
export function environment(): Environment {
  const file = process.env[VARIABLE];
  if (file === undefined) throw new Error('these tests need a cluster: run them by "npm run e2e"');
  return JSON.parse(readFileSync(file, 'utf8')) as Environment;
}

/** The programs of an environment. */
export function processesOf({ directory }: Environment): Processes {
  return new Processes(join(directory, 'processes'));
}

/** What a cluster held at first, or when something else was remembered, and the way back to it. */
export function memoryOf({ directory, own, proxy }: Environment, name = 'at-first'): Memory {
  const file = join(directory, `${name}.json`);
  return own === undefined ? new ApiMemory(new Api(proxy), file) : new EtcdMemory(own.controlPlane.etcd, file);
}

/** An environment that was started, and how to end it. */
export interface Started {
  readonly environment: Environment;
  /** Variables for a process that runs the tests. */
  readonly variables: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

/** Starts what the tests run on; or uses the cluster of `KUBECONFIG`. */
export async function startEnvironment(say: (what: string) => void): Promise<Started> {
  const given = process.env.KUBECONFIG;
  const directory = mkdtempSync(join(tmpdir(), 'flux-fleet-e2e-'));
  const processes = new Processes(join(directory, 'processes'));
  let environment: Environment | undefined;
  const stop = async () => {
    // A cluster that is somebody else's is left as it was.
    if (environment !== undefined && environment.own === undefined) await memoryOf(environment).restore();
    await processes.stopAll();
    keepLogs(join(directory, 'processes'));
    rmSync(directory, { recursive: true, force: true });
  };
  try {
    const cluster = given ? await otherCluster(given, processes) : await ownCluster(directory, processes, say);
    const components = join(directory, 'gotk-components.yaml');
    mkdirSync(join(directory, 'controllers'));
    writeFileSync(components, await fluxComponents(cluster.kubectl, cluster.own === undefined));
    environment = { ...cluster, directory, components };
    await memoryOf(environment).remember();
    const file = join(directory, 'environment.json');
    writeFileSync(file, JSON.stringify(environment));
    return { environment, variables: { [VARIABLE]: file }, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

type ClusterPart = Omit<Environment, 'directory' | 'components'>;

async function ownCluster(directory: string, processes: Processes, say: (what: string) => void): Promise<ClusterPart> {
  const built = await binaries();
  say('starting a control plane');
  const controlPlane = await startControlPlane(join(directory, 'control-plane'), built, processes);
  const kubectl = join(built, 'kubectl');
  const { kubeconfig } = controlPlane;
  const proxy = await startProxy(kubeconfig, kubectl, processes);
  await addNode(new Api(proxy));
  return { kubectl, kubeconfig, proxy, host: '127.0.0.1', own: { controlPlane, binaries: built } };
}

/** Namespaces of a cluster that nobody uses yet. */
const EMPTY = /^(default|kube-.*|local-path-storage)$/;

/** A cluster that is there; only one that holds nothing, because the tests take off what they find. */
async function otherCluster(kubeconfig: string, processes: Processes): Promise<ClusterPart> {
  const proxy = await startProxy(kubeconfig, 'kubectl', processes);
  const namespaces = await new Api(proxy).list({ apiVersion: 'v1', kind: 'Namespace' });
  const used = namespaces.map(({ metadata }) => metadata.name).filter((name) => !EMPTY.test(name));
  if (used.length > 0) {
    throw new Error(
      [
        `the cluster of KUBECONFIG has the namespace${used.length > 1 ? 's' : ''} ${used.join(', ')}`,
        '  expected  an empty cluster, such as kind makes: these tests install Flux on it and delete all that is there',
        `  given     ${kubeconfig}`,
        '  fix       unset KUBECONFIG, to run them on a control plane of their own',
      ].join('\n'),
    );
  }
  return { kubectl: 'kubectl', kubeconfig, proxy, host: process.env.E2E_HOST ?? '127.0.0.1' };
}

/** Starts the API server of a control plane of the tests' own again, after it was killed. */
export async function restartApiServer(environment: Environment): Promise<void> {
  const processes = processesOf(environment);
  const { binaries: built, controlPlane } = environment.own!;
  processes.startAgain('kube-apiserver');
  await whenReady(processes, built, controlPlane);
}

/** Where the logs of the last run are. */
export const LOGS = join(cacheDirectory(), 'logs');

function keepLogs(directory: string): void {
  rmSync(LOGS, { recursive: true, force: true });
  cpSync(directory, LOGS, { recursive: true, filter: (path) => path === directory || path.endsWith('.log') });
}

async function startProxy(kubeconfig: string, kubectl: string, processes: Processes): Promise<string> {
  const [port] = (await freePorts(1)) as [number];
  processes.start({
    name: 'kubectl-proxy',
    command: kubectl,
    args: ['--kubeconfig', kubeconfig, 'proxy', `--port=${port}`, '--reject-paths=^$'],
  });
  const url = `http://127.0.0.1:${port}`;
  await until('kubectl proxy', async () => (await fetch(`${url}/readyz`)).ok, { seconds: 20, everyMs: 50 });
  return url;
}

/** A node that has room for everything, and what the controllers of the control plane make of an empty cluster. */
async function addNode(api: Api): Promise<void> {
  await api.apply({
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name: NODE, labels: { 'kubernetes.io/hostname': NODE, 'kubernetes.io/os': 'linux' } },
  });
  const room = { cpu: '1k', memory: '4Ti', pods: '100k' };
  const status = { capacity: room, allocatable: room };
  await api.merge({ apiVersion: 'v1', kind: 'Node', name: NODE }, { status }, 'status');
  const ready = async () => {
    const node = await api.get({ apiVersion: 'v1', kind: 'Node', name: NODE });
    const { conditions = [] } = node!['status'] as { conditions?: { type: string; status: string }[] };
    return conditions.some((c) => c.type === 'Ready' && c.status === 'True');
  };
  await until('a node', ready, { seconds: 60 });
  // The last that the controller manager makes in an empty cluster.
  const account = { apiVersion: 'v1', kind: 'ServiceAccount', namespace: 'kube-system', name: 'default' };
  await until('default service accounts', () => api.get(account), { seconds: 60 });
  const edit = { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', name: 'admin' };
  await until('aggregated roles', async () => ((await api.get(edit))?.['rules'] as unknown[] | null)?.length, {
    seconds: 60,
  });
}
