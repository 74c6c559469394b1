import { setTimeout as sleep } from 'node:timers/promises';
import type { Api } from './api.js';
import { KUSTOMIZATION, verdictOf } from './flux-object.js';
import type { FluxObject } from './flux-object.js';

/** Records in which order Kustomizations become ready for the first time. */
export class Chronicle {
  private readonly ready: string[] = [];
  private readonly stopping = new AbortController();
  private readonly watching: Promise<void>;

  constructor(private readonly api: Api) {
    this.watching = this.follow();
  }

  /** Ends it, and returns `namespace/name` of each, the first one first. */
  async end(): Promise<readonly string[]> {
    this.stopping.abort();
    await this.watching;
    return this.ready;
  }

  private async follow(): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      try {
        for await (const { object } of this.api.watch(KUSTOMIZATION, signal)) this.see(object as FluxObject);
      } catch {
        await sleep(50, undefined, { signal }).catch(() => undefined);
      }
    }
  }

  private see(object: FluxObject): void {
    const { namespace, name } = object.metadata;
    const id = `${namespace}/${name}`;
    if (verdictOf(object)?.ready === true && !this.ready.includes(id)) this.ready.push(id);
  }
}
