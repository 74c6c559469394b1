import type { Api } from './api.js';
import { Following } from './following.js';
import { KUSTOMIZATION, verdictOf } from './flux-object.js';
import type { FluxObject } from './flux-object.js';

/** Records in which order Kustomizations become ready for the first time. */
export class Chronicle {
  private readonly ready: string[] = [];
  private readonly following: Following;

  constructor(api: Api) {
    this.following = new Following(api, KUSTOMIZATION, (object) => this.see(object as FluxObject));
  }

  /** Ends it, and returns `namespace/name` of each, the first one first. */
  async end(): Promise<readonly string[]> {
    await this.following.end();
    return this.ready;
  }

  private see(object: FluxObject): void {
    const { namespace, name } = object.metadata;
    const id = `${namespace}/${name}`;
    if (verdictOf(object)?.ready === true && !this.ready.includes(id)) this.ready.push(id);
  }
}
