import { readFileSync, writeFileSync } from 'node:fs';
import { nameOf } from './api.js';
import type { Api, KubeObject, Ref } from './api.js';
import { until } from './until.js';

/** What a cluster held at first, and the way back to it. */
export interface Memory {
  /** Remembers what the cluster holds now. */
  remember(): Promise<void>;
  /** Takes the cluster back to that. */
  restore(): Promise<void>;
}

/** What comes and goes by itself. */
const PASSING = new Set(['APIService', 'CSINode', 'Endpoints', 'EndpointSlice', 'Event', 'Lease', 'Node']);
const GONE_SECONDS = 180;

/**
 * The way back for a cluster that is somebody else's: deletes, through the API server, what was not there at first.
 * Nothing waits for Flux meanwhile: its controllers go first, and finalizers with them.
 */
export class ApiMemory implements Memory {
  /** @param file that keeps what the cluster held at first */
  constructor(
    private readonly api: Api,
    private readonly file: string,
  ) {}

  async remember(): Promise<void> {
    const names = (await this.api.objects(PASSING)).map(([, object]) => nameOf(object));
    writeFileSync(this.file, JSON.stringify(names));
  }

  async restore(): Promise<void> {
    const before = new Set(JSON.parse(readFileSync(this.file, 'utf8')) as string[]);
    await this.endFlux();
    const added = (await this.api.objects(PASSING)).filter(([, object]) => !before.has(nameOf(object)));
    for (const [ref, object] of added.filter(([, { metadata }]) => metadata.finalizers !== undefined)) {
      await this.api.merge(namedBy(ref, object), { metadata: { finalizers: null } }).catch(() => undefined);
    }
    // Namespaces take what is in them along; CRDs are last, so that their objects are still of some kind.
    const own = added.filter(
      ([ref, { metadata }]) => !ref.namespaced || before.has(`Namespace /${metadata.namespace}`),
    );
    own.sort(([, a], [, b]) => Number(isCrd(a)) - Number(isCrd(b)));
    for (const [ref, object] of own) await this.api.delete(namedBy(ref, object));
    await until('what the tests made to be gone', () => this.isAsBefore(before), {
      seconds: GONE_SECONDS,
      everyMs: 500,
    });
  }

  /** Deletes Flux's controllers, and waits until none of them runs. */
  private async endFlux(): Promise<void> {
    const deployments = { apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'flux-system' };
    for (const { metadata } of await this.api.list(deployments)) await this.api.delete({ ...deployments, ...metadata });
    const pods = { apiVersion: 'v1', kind: 'Pod', namespace: 'flux-system' };
    const none = async () => (await this.api.list(pods)).length === 0;
    await until('the end of the controllers', none, { seconds: GONE_SECONDS });
  }

  private async isAsBefore(before: ReadonlySet<string>): Promise<boolean> {
    const added = (await this.api.objects(PASSING)).filter(([, object]) => !before.has(nameOf(object)));
    return added.length === 0;
  }
}

function namedBy(ref: Ref, { metadata: { name, namespace } }: KubeObject): Ref & { readonly name: string } {
  return { ...ref, namespace, name };
}

function isCrd({ kind }: KubeObject): boolean {
  return kind === 'CustomResourceDefinition';
}
