import { setTimeout as sleep } from 'node:timers/promises';
import type { Api } from '../environment/api.js';
import { KUSTOMIZATION } from '../environment/cluster.js';
import type { FluxObject } from '../environment/cluster.js';

/** Remembers what was said of Kustomizations that were not ready, also where they are by now. */
export class Memory {
  private readonly said = new Map<string, string[]>();
  private readonly stopping = new AbortController();
  private readonly watching: Promise<void>;

  constructor(private readonly api: Api) {
    this.watching = this.follow();
  }

  /** What was said of one, `Kustomization namespace/name`. */
  of(name: string): readonly string[] {
    return this.said.get(name) ?? [];
  }

  async end(): Promise<void> {
    this.stopping.abort();
    await this.watching;
  }

  private async follow(): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      try {
        for await (const { object } of this.api.watch(KUSTOMIZATION, signal)) this.hear(object as FluxObject);
      } catch {
        await sleep(50, undefined, { signal }).catch(() => undefined);
      }
    }
  }

  private hear({ metadata, status }: FluxObject): void {
    const name = `${KUSTOMIZATION.kind} ${metadata.namespace}/${metadata.name}`;
    const ready = status?.conditions?.find((c) => c.type === 'Ready');
    if (ready?.status !== 'False') return;
    this.said.set(name, [...this.of(name), ready.message]);
  }
}
