import type { Api, KubeObject } from './api.js';
import { readyCondition } from './flux-object.js';
import { Following } from './following.js';

const IMAGE = 'image.toolkit.fluxcd.io/v1';
const KINDS = ['ImageRepository', 'ImagePolicy', 'ImageUpdateAutomation'];

/**
 * Plays the part of Flux's image controllers, for which these tests have no registry: says that all is well, so that what
 * waits for their objects goes on. It finds no tags and makes no commits.
 */
export class Images {
  private following: readonly Following[] = [];

  constructor(private readonly api: Api) {}

  start(): void {
    const refs = KINDS.map((kind) => ({ apiVersion: IMAGE, kind }));
    this.following = refs.map((ref) => new Following(this.api, ref, (object) => this.see(object)));
  }

  async stop(): Promise<void> {
    await Promise.all(this.following.map((each) => each.end()));
  }

  private async see({ apiVersion, kind, metadata, status }: KubeObject): Promise<void> {
    const { generation = 1, name, namespace } = metadata;
    const { observedGeneration } = (status ?? {}) as { observedGeneration?: number };
    if (observedGeneration === generation || metadata.deletionTimestamp !== undefined) return;
    const condition = readyCondition(generation, 'nothing was looked for');
    await this.api.apply(
      {
        apiVersion,
        kind,
        metadata: { name, namespace },
        status: { observedGeneration: generation, conditions: [condition] },
      },
      { subresource: 'status', fieldManager: 'image-controller' },
    );
  }
}
