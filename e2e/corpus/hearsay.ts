import { nameOf } from '../environment/api.js';
import type { Api } from '../environment/api.js';
import { Following } from '../environment/following.js';
import { KUSTOMIZATION } from '../environment/flux-object.js';
import type { FluxObject } from '../environment/flux-object.js';

/** Remembers what was said of Kustomizations that were not ready, also where they are by now. */
export class Hearsay {
  private readonly said = new Map<string, string[]>();
  private readonly following: Following;

  constructor(api: Api) {
    this.following = new Following(api, KUSTOMIZATION, (object) => this.hear(object as FluxObject));
  }

  /** What was said of one, `Kustomization namespace/name`. */
  of(name: string): readonly string[] {
    return this.said.get(name) ?? [];
  }

  async end(): Promise<void> {
    await this.following.end();
  }

  private hear(object: FluxObject): void {
    const name = nameOf(object);
    const ready = object.status?.conditions?.find((c) => c.type === 'Ready');
    if (ready?.status !== 'False') return;
    this.said.set(name, [...this.of(name), ready.message]);
  }
}
