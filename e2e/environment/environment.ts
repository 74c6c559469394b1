import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Api } from './api.js';
import { binaries, cacheDirectory } from './binaries.js';
import { freePorts, startControlPlane, whenReady } from './control-plane.js';
import type { ControlPlaneAddress } from './control-plane.js';
import { Etcd } from './etcd.js';
import { fluxComponents } from './flux-manifests.js';
import { Processes } from './processes.js';
import { until } from './until.js';

/** What the tests are told about where they run. */
export interface Environment {
  /** Directory for what a run leaves; removed at its end. */
  readonly directory: string;
  readonly binaries: string;
  /** URL of `kubectl proxy`. */
  readonly proxy: string;
  readonly kubeconfig: string;
  /** Undefined where the cluster is somebody else's. */
  readonly controlPlane?: ControlPlaneAddress;
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

/** The memory of an environment's own control plane. */
export function etcdOf({ directory, controlPlane }: Environment): Etcd | undefined {
  return controlPlane && new Etcd(controlPlane.etcd, join(directory, 'at-first.json'));
}

/** An environment that was started, and how to end it. */
export interface Started {
  readonly environment: Environment;
  /** Variables for a process that runs the tests. */
  readonly variables: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

/** Starts what the tests run on. */
export async function startEnvironment(say: (what: string) => void): Promise<Started> {
  const built = await binaries();
  const directory = mkdtempSync(join(tmpdir(), 'flux-fleet-e2e-'));
  const processes = new Processes(join(directory, 'processes'));
  const stop = async () => {
    await processes.stopAll();
    keepLogs(join(directory, 'processes'));
    rmSync(directory, { recursive: true, force: true });
  };
  try {
    say('starting a control plane');
    const controlPlane = await startControlPlane(join(directory, 'control-plane'), built, processes);
    const proxy = await startProxy(controlPlane.kubeconfig, built, processes);
    const components = join(directory, 'gotk-components.yaml');
    mkdirSync(join(directory, 'controllers'));
    writeFileSync(components, await fluxComponents(join(built, 'kubectl')));
    await addNode(new Api(proxy));
    const environment: Environment = {
      directory,
      binaries: built,
      proxy,
      kubeconfig: controlPlane.kubeconfig,
      controlPlane,
      components,
    };
    await etcdOf(environment)!.remember();
    const file = join(directory, 'environment.json');
    writeFileSync(file, JSON.stringify(environment));
    return { environment, variables: { [VARIABLE]: file }, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Starts the API server again after it was killed. */
export async function restartApiServer(environment: Environment): Promise<void> {
  const processes = processesOf(environment);
  processes.startAgain('kube-apiserver');
  await whenReady(processes, environment.binaries, environment.controlPlane!);
}

/** Where the logs of the last run are. */
export const LOGS = join(cacheDirectory(), 'logs');

function keepLogs(directory: string): void {
  rmSync(LOGS, { recursive: true, force: true });
  cpSync(directory, LOGS, { recursive: true, filter: (path) => path === directory || path.endsWith('.log') });
}

async function startProxy(kubeconfig: string, binaries: string, processes: Processes): Promise<string> {
  const [port] = (await freePorts(1)) as [number];
  processes.start({
    name: 'kubectl-proxy',
    command: join(binaries, 'kubectl'),
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
