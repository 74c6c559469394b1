import type { KubeObject } from './api.js';

/** A Flux object with what Flux says of it. */
export interface FluxObject extends KubeObject {
  readonly spec: {
    readonly suspend?: boolean;
    readonly path?: string;
    readonly dependsOn?: readonly { readonly name: string; readonly namespace?: string }[];
    readonly sourceRef?: { readonly kind: string; readonly name: string; readonly namespace?: string };
  };
  readonly status?: {
    readonly observedGeneration?: number;
    readonly conditions?: readonly Condition[];
    readonly lastAppliedRevision?: string;
    readonly lastAttemptedRevision?: string;
    readonly lastHandledReconcileAt?: string;
    readonly inventory?: { readonly entries: readonly { readonly id: string; readonly v: string }[] };
  };
}

/** A condition of an object. */
export interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason: string;
  readonly message: string;
  readonly observedGeneration?: number;
}

/** What Flux says of an object. */
export interface Verdict {
  readonly ready: boolean;
  readonly reason: string;
  readonly message: string;
}

/** Kinds that Flux makes ready or not. */
export const KUSTOMIZATION = { apiVersion: 'kustomize.toolkit.fluxcd.io/v1', kind: 'Kustomization' } as const;
export const HELM_RELEASE = { apiVersion: 'helm.toolkit.fluxcd.io/v2', kind: 'HelmRelease' } as const;
export const GIT_REPOSITORY = { apiVersion: 'source.toolkit.fluxcd.io/v1', kind: 'GitRepository' } as const;

/** What a controller that these tests play says of an object, in its status. */
export function readyCondition(observedGeneration: number, message: string, failure?: string): object {
  return {
    type: 'Ready',
    status: failure === undefined ? 'True' : 'False',
    reason: failure ?? 'Succeeded',
    message,
    lastTransitionTime: new Date().toISOString(),
    observedGeneration,
  };
}

/** What Flux says of an object; undefined as long as it has nothing to say of its present spec. */
export function verdictOf({ metadata, status }: FluxObject): Verdict | undefined {
  const ready = status?.conditions?.find((c) => c.type === 'Ready');
  if (ready === undefined || ready.status === 'Unknown') return undefined;
  const seen = Math.max(status?.observedGeneration ?? 0, ready.observedGeneration ?? 0);
  if (seen < (metadata.generation ?? 0)) return undefined;
  return { ready: ready.status === 'True', reason: ready.reason, message: ready.message };
}
