import type { Api } from '../environment/api.js';
import { follow } from '../environment/follow.js';
import { KUSTOMIZATION } from '../environment/flux-object.js';
import type { FluxObject } from '../environment/flux-object.js';

/** Remembers what was said of Kustomizations that were not ready, also where they are by now. */
export class Hearsay {
  private readonly said = new Map<string, string[]>();
  private readonly stopping = new AbortController();
  private readonly watching: Promise<void>;

  constructor(private readonly api: Api) {
    this.watching = follow(this.api, KUSTOMIZATION, this.stopping.signal, (object) => this.hear(object as FluxObject));
  }

  /** What was said of one, `Kustomization namespace/name`. */
  of(name: string): readonly string[] {
    return this.said.get(name) ?? [];
  }

  async end(): Promise<void> {
    this.stopping.abort();
    await this.watching;
  }

  private hear({ metadata, status }: FluxObject): void {
    const name = `${KUSTOMIZATION.kind} ${metadata.namespace}/${metadata.name}`;
    const ready = status?.conditions?.find((c) => c.type === 'Ready');
    if (ready?.status !== 'False') return;
    this.said.set(name, [...this.of(name), ready.message]);
  }
}
