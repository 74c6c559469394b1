import { setTimeout as sleep } from 'node:timers/promises';
import type { Api, KubeObject, Ref } from './api.js';

/** What happened to an object. */
export type Event = 'ADDED' | 'MODIFIED' | 'DELETED';

const PAUSE_MS = 100;

/**
 * Shows each object of a kind, and again each time that one changes, until it is ended: also before the kind is there, and
 * after the API server was away.
 */
export class Following {
  private readonly stopping = new AbortController();
  private readonly done: Promise<void>;

  constructor(
    private readonly api: Api,
    private readonly ref: Ref,
    private readonly see: (object: KubeObject, event: Event) => void | Promise<void>,
  ) {
    this.done = this.follow(this.stopping.signal);
  }

  /** Ends it; nothing is shown any more. */
  async end(): Promise<void> {
    this.stopping.abort();
    await this.done;
  }

  private async follow(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        for await (const { type, object } of this.api.watch(this.ref, signal)) {
          if (type === 'ADDED' || type === 'MODIFIED' || type === 'DELETED') await this.see(object, type);
        }
      } catch {
        await sleep(PAUSE_MS, undefined, { signal }).catch(() => undefined);
      }
    }
  }
}
