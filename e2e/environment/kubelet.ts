import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Api, KubeObject } from './api.js';
import { BINARIES } from './binaries.js';
import type { Binary } from './binaries.js';
import { freePorts, writeKubeconfig } from './control-plane.js';
import type { ControlPlaneAddress } from './control-plane.js';
import { Following } from './following.js';
import type { Processes } from './processes.js';

interface Deployment extends KubeObject {
  readonly spec: {
    readonly replicas?: number;
    readonly template: {
      readonly spec: {
        readonly serviceAccountName?: string;
        readonly containers: readonly { readonly image: string; readonly args?: readonly string[] }[];
      };
    };
  };
}

const NAMESPACE = 'flux-system';
const DEPLOYMENTS = { apiVersion: 'apps/v1', kind: 'Deployment', namespace: NAMESPACE } as const;
/** A process has no file that says its namespace, where a pod has one; and there is only one of each. */
const LEADER_ELECTION = '--enable-leader-election';
/** Flux waits half a minute before it looks again whether what something depends on is ready. */
const REQUEUE = '--requeue-dependency=2s';
/** Nobody asks there; one that is chosen here may be taken before the controller has it. */
const ANY_PORT = '127.0.0.1:0';
const EVENTS_TO = '--events-addr=http://';
const TOKEN_SECONDS = 24 * 3600;

/**
 * Plays the part of a kubelet for Flux's Deployments: runs the controllers as processes, with the arguments and as the
 * service accounts that the Deployments say, and again when these change.
 */
export class Kubelet {
  private readonly running = new Map<string, string>();
  private following: Following | undefined;
  private eventsPort = 0;

  constructor(
    private readonly api: Api,
    private readonly controlPlane: ControlPlaneAddress,
    private readonly processes: Processes,
    private readonly binaries: string,
    private readonly directory: string,
  ) {}

  /** Begins to run what the cluster says. */
  async start(): Promise<void> {
    [this.eventsPort] = (await freePorts(1)) as [number];
    this.following = new Following(this.api, DEPLOYMENTS, (object, event) =>
      event === 'DELETED' ? this.end(object.metadata.name) : this.run(object as Deployment),
    );
  }

  /** Stops following, and all controllers. */
  async stop(): Promise<void> {
    await this.following?.end();
    await Promise.all([...this.running.keys()].map((name) => this.end(name)));
  }

  private async run({ metadata: { name }, spec }: Deployment): Promise<void> {
    const [container] = spec.template.spec.containers;
    const binary = container?.image.split('/').at(-1)!.split(':')[0] as Binary;
    if (!BINARIES.includes(binary)) return;
    if (spec.replicas === 0) return this.end(name);
    const account = spec.template.spec.serviceAccountName ?? 'default';
    const wanted = JSON.stringify([account, container?.args]);
    if (this.running.get(name) === wanted) return;
    await this.end(name);
    const own = [`--metrics-addr=${ANY_PORT}`, `--health-addr=${ANY_PORT}`];
    if (binary === 'notification-controller') {
      own.push(`--events-addr=127.0.0.1:${this.eventsPort}`, `--receiverAddr=${ANY_PORT}`);
    } else {
      // None is said where notification-controller is not installed.
      if (container?.args?.some((arg) => arg.startsWith(EVENTS_TO)) === true) {
        own.push(`${EVENTS_TO}127.0.0.1:${this.eventsPort}/`);
      }
      own.push(REQUEUE);
    }
    const temporary = join(this.directory, name);
    mkdirSync(temporary, { recursive: true });
    this.processes.start({
      name,
      command: join(this.binaries, binary),
      args: [...(container?.args ?? []).filter((arg) => arg !== LEADER_ELECTION), ...own],
      env: {
        KUBECONFIG: writeKubeconfig(join(this.directory, `${name}.kubeconfig`), {
          ...this.controlPlane,
          token: await this.token(account),
        }),
        RUNTIME_NAMESPACE: NAMESPACE,
        TMPDIR: temporary,
      },
    });
    this.running.set(name, wanted);
  }

  /** Kills it: Flux has to bear that, and helm-controller waits up to ten minutes for what it does. */
  private async end(name: string): Promise<void> {
    this.running.delete(name);
    await this.processes.stop(name, 'SIGKILL');
  }

  /** What the controllers that have ended by themselves printed at last. */
  lastWords(): string[] {
    const ended = [...this.running.keys()].filter((name) => !this.processes.runs(name));
    return ended.map((name) => `${name} has ended:\n${this.processes.lastLines(name)}`);
  }

  private async token(account: string): Promise<string> {
    const ref = { apiVersion: 'v1', kind: 'ServiceAccount', namespace: NAMESPACE, name: account };
    const request = {
      apiVersion: 'authentication.k8s.io/v1',
      kind: 'TokenRequest',
      spec: { expirationSeconds: TOKEN_SECONDS },
    };
    const { status } = (await this.api.create(ref, request, 'token')) as unknown as { status: { token: string } };
    return status.token;
  }
}
