import type { Need } from './missing.js';

const PODS = new Set(['Pod', 'Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet', 'Job', 'CronJob']);

/** What becomes of the pods of a workload that needs something; undefined for what makes no pods. */
export function podConsequence({ state, reference }: Need): string | undefined {
  if (!PODS.has(state.id.kind)) return undefined;
  if (reference.field.includes('volumes')) return 'its pods stay in ContainerCreating';
  if (reference.field.includes('imagePullSecrets')) return 'its images are pulled without credentials';
  return 'its pods stay in CreateContainerConfigError';
}
