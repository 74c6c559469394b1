import type { Api, KubeObject } from './api.js';
import { follow } from './follow.js';

const IMAGE = 'image.toolkit.fluxcd.io/v1';
const KINDS = ['ImageRepository', 'ImagePolicy', 'ImageUpdateAutomation'];

/**
 * Plays the part of Flux's image controllers, for which these tests have no registry: says that all is well, so that what
 * waits for their objects goes on. It finds no tags and makes no commits.
 */
export class Images {
  private readonly stopping = new AbortController();
  private watching: Promise<void>[] = [];

  constructor(private readonly api: Api) {}

  start(): void {
    this.watching = KINDS.map((kind) => {
      return follow(this.api, { apiVersion: IMAGE, kind }, this.stopping.signal, (object) => this.see(object));
    });
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await Promise.all(this.watching);
  }

  private async see({ apiVersion, kind, metadata, status }: KubeObject): Promise<void> {
    const { generation = 1, name, namespace } = metadata;
    const { observedGeneration } = (status ?? {}) as { observedGeneration?: number };
    if (observedGeneration === generation || metadata.deletionTimestamp !== undefined) return;
    const condition = {
      type: 'Ready',
      status: 'True',
      reason: 'Succeeded',
      message: 'nothing was looked for',
      lastTransitionTime: new Date().toISOString(),
      observedGeneration: generation,
    };
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
