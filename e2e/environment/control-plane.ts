import { execFile } from 'node:child_process';
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { versionOf } from './binaries.js';
import type { Binary } from './binaries.js';
import { moduleDirectory, yamlFiles } from './modules.js';
import type { Processes } from './processes.js';
import { until } from './until.js';

/** What else needs to know of a control plane. */
export interface ControlPlaneAddress {
  /** URL of the API server. */
  readonly server: string;
  /** File with the certificate that the API server shows. */
  readonly certificate: string;
  /** File with which an administrator reaches it. */
  readonly kubeconfig: string;
  /** URL of etcd. */
  readonly etcd: string;
}

const READY_SECONDS = 120;

/**
 * Starts a Kubernetes control plane of plain processes: etcd, API server, controller manager, scheduler; and kwok, which
 * plays a node on which every pod runs at once. Waits until it serves.
 */
export async function startControlPlane(
  directory: string,
  binaries: string,
  processes: Processes,
): Promise<ControlPlaneAddress> {
  mkdirSync(directory, { recursive: true });
  const file = (name: string) => join(directory, name);
  const [etcdPort, peerPort, apiPort, managerPort] = await freePorts(4);
  const etcd = `http://127.0.0.1:${etcdPort}`;
  const peer = `http://127.0.0.1:${peerPort}`;
  const server = `https://127.0.0.1:${apiPort}`;
  const certificate = file('certificates/apiserver.crt');
  const start = (name: Binary, args: Readonly<Record<string, string | boolean | number>>) =>
    processes.start({ name, command: join(binaries, name), args: flags(args) });

  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  writeFileSync(file('accounts.key'), privateKey.export({ type: 'pkcs1', format: 'pem' }), { mode: 0o600 });
  writeFileSync(file('accounts.pub'), publicKey.export({ type: 'spki', format: 'pem' }));
  const users = ['admin', 'system:kube-controller-manager', 'system:kube-scheduler', 'kwok'] as const;
  const tokens = Object.fromEntries(users.map((user) => [user, randomBytes(24).toString('hex')]));
  const groupOf = (user: string) => (user.startsWith('system:') ? '' : ',system:masters');
  writeFileSync(file('tokens.csv'), users.map((u) => `${tokens[u]},${u},${u}${groupOf(u)}\n`).join(''), {
    mode: 0o600,
  });
  const kubeconfig = (user: (typeof users)[number]) =>
    writeKubeconfig(file(`${user.replace('system:', '')}.kubeconfig`), { server, certificate, token: tokens[user]! });
  const admin = kubeconfig('admin');

  start('etcd', {
    'data-dir': file('etcd'),
    'listen-client-urls': etcd,
    'advertise-client-urls': etcd,
    'listen-peer-urls': peer,
    'initial-advertise-peer-urls': peer,
    'initial-cluster': `default=${peer}`,
    // A run whose machine stops is started anew.
    'unsafe-no-fsync': true,
    'log-level': 'warn',
  });
  writeFileSync(file('audit.yaml'), AUDIT_POLICY);
  start('kube-apiserver', {
    'etcd-servers': etcd,
    'secure-port': apiPort!,
    'bind-address': '127.0.0.1',
    'advertise-address': '127.0.0.1',
    'endpoint-reconciler-type': 'none',
    'cert-dir': file('certificates'),
    'token-auth-file': file('tokens.csv'),
    'authorization-mode': 'RBAC',
    'service-account-issuer': 'https://kubernetes.default.svc',
    'service-account-key-file': file('accounts.pub'),
    'service-account-signing-key-file': file('accounts.key'),
    'service-cluster-ip-range': '10.96.0.0/16',
    'audit-policy-file': file('audit.yaml'),
    'audit-log-path': file('audit.log'),
    'audit-log-maxsize': 4096,
    'allow-privileged': true,
    profiling: false,
  });
  const client = (user: (typeof users)[number]) => {
    const path = kubeconfig(user);
    return { kubeconfig: path, 'authentication-kubeconfig': path, 'authorization-kubeconfig': path };
  };
  const address = { server, certificate, kubeconfig: admin, etcd };
  await whenReady(processes, binaries, address);
  start('kube-controller-manager', {
    ...client('system:kube-controller-manager'),
    'leader-elect': false,
    'use-service-account-credentials': true,
    'service-account-private-key-file': file('accounts.key'),
    'root-ca-file': certificate,
    'secure-port': managerPort!,
    'cert-dir': file('certificates'),
    'kube-api-qps': 200,
    'kube-api-burst': 400,
    'concurrent-namespace-syncs': 50,
    'concurrent-gc-syncs': 50,
  });
  start('kube-scheduler', { ...client('system:kube-scheduler'), 'leader-elect': false, 'secure-port': 0 });
  processes.start({
    name: 'kwok',
    command: join(binaries, 'kwok'),
    args: [
      ...flags({ kubeconfig: kubeconfig('kwok'), 'manage-all-nodes': true, 'server-address': '127.0.0.1:0' }),
      ...(await stages()).map((path) => `--config=${path}`),
    ],
  });
  return address;
}

/** Waits until the API server serves. */
export async function whenReady(
  processes: Processes,
  binaries: string,
  { kubeconfig }: ControlPlaneAddress,
): Promise<void> {
  const ready = async () => {
    processes.check('etcd');
    processes.check('kube-apiserver');
    const args = ['--kubeconfig', kubeconfig, 'get', '--raw', '/readyz'];
    const { stdout } = await promisify(execFile)(join(binaries, 'kubectl'), args);
    return stdout.trim() === 'ok';
  };
  await until('the API server', ready, { seconds: READY_SECONDS });
}

/** What kwok does with nodes and pods: its own files, with which all pods run and all Jobs end at once. */
async function stages(): Promise<string[]> {
  const module = await moduleDirectory('sigs.k8s.io/kwok', versionOf('sigs.k8s.io/kwok'));
  const directories = ['node/fast', 'node/heartbeat', 'pod/fast'].map((part) => join(module, 'kustomize/stage', part));
  return directories.flatMap(yamlFiles);
}

/** Where and as whom a client reaches an API server. */
export interface Access {
  readonly server: string;
  readonly certificate: string;
  readonly token: string;
}

/** Writes a kubeconfig file and returns its path. */
export function writeKubeconfig(path: string, { server, certificate, token }: Access): string {
  const name = 'e2e';
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name, cluster: { server, 'certificate-authority': certificate } }],
    users: [{ name, user: { token } }],
    contexts: [{ name, context: { cluster: name, user: name } }],
    'current-context': name,
  };
  writeFileSync(path, JSON.stringify(config), { mode: 0o600 });
  return path;
}

/** Ports that nobody listens on. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer());
  const ports = await Promise.all(
    servers.map(
      (server) =>
        new Promise<number>((resolve, reject) => {
          server.once('error', reject);
          server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
        }),
    ),
  );
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

function flags(args: Readonly<Record<string, string | boolean | number>>): string[] {
  return Object.entries(args).map(([name, value]) => `--${name}=${value}`);
}

/** Who asked for what, without what was said: the load of the controllers is counted from it. */
const AUDIT_POLICY = `apiVersion: audit.k8s.io/v1
kind: Policy
omitStages: [RequestReceived]
omitManagedFields: true
rules:
  - level: Metadata
    users:
      - system:serviceaccount:flux-system:kustomize-controller
      - system:serviceaccount:flux-system:helm-controller
      - system:serviceaccount:flux-system:notification-controller
  - level: None
`;
