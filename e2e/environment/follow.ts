import { setTimeout as sleep } from 'node:timers/promises';
import type { Api, KubeObject, Ref } from './api.js';

/** What happened to an object. */
export type Event = 'ADDED' | 'MODIFIED' | 'DELETED';

const PAUSE_MS = 100;

/**
 * Shows each object of a kind, and again each time that one changes, until it is aborted: also before the kind is there,
 * and after the API server was away.
 */
export async function follow(
  api: Api,
  ref: Ref,
  signal: AbortSignal,
  see: (object: KubeObject, event: Event) => void | Promise<void>,
): Promise<void> {
  while (!signal.aborted) {
    try {
      for await (const { type, object } of api.watch(ref, signal)) {
        if (type === 'ADDED' || type === 'MODIFIED' || type === 'DELETED') await see(object, type);
      }
    } catch {
      await sleep(PAUSE_MS, undefined, { signal }).catch(() => undefined);
    }
  }
}
