import type { Api } from './api.js';
import { follow } from './follow.js';
import { KUSTOMIZATION, verdictOf } from './flux-object.js';
import type { FluxObject } from './flux-object.js';

/** Records in which order Kustomizations become ready for the first time. */
export class Chronicle {
  private readonly ready: string[] = [];
  private readonly stopping = new AbortController();
  private readonly watching: Promise<void>;

  constructor(api: Api) {
    this.watching = follow(api, KUSTOMIZATION, this.stopping.signal, (object) => this.see(object as FluxObject));
  }

  /** Ends it, and returns `namespace/name` of each, the first one first. */
  async end(): Promise<readonly string[]> {
    this.stopping.abort();
    await this.watching;
    return this.ready;
  }

  private see(object: FluxObject): void {
    const { namespace, name } = object.metadata;
    const id = `${namespace}/${name}`;
    if (verdictOf(object)?.ready === true && !this.ready.includes(id)) this.ready.push(id);
  }
}
