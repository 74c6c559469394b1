import type { Construct } from 'constructs';
import { Manifest, objectMeta } from '../manifest.js';
import type { NamespacedObjectMeta } from '../manifest.js';

/** Limits by resource, such as `{ 'limits.memory': '64Gi', pods: 50 }`. */
export type ResourceList = Readonly<Record<string, string | number>>;

/** Props of {@link ResourceQuota}. */
export interface ResourceQuotaProps extends NamespacedObjectMeta {
  /**
   * What the namespace may use in all.
   *
   * @see https://kubernetes.io/docs/concepts/policy/resource-quotas/
   */
  readonly hard: ResourceList;
  /** Objects that count, such as `BestEffort` pods only. */
  readonly scopes?: readonly string[];
}

/** A `ResourceQuota`: what one namespace may use in all. */
export class ResourceQuota extends Manifest {
  constructor(scope: Construct, id: string, props: ResourceQuotaProps) {
    super(scope, id, {
      apiVersion: 'v1',
      kind: 'ResourceQuota',
      metadata: objectMeta(scope, id, 'ResourceQuota', props),
      spec: { hard: quantities(props.hard), ...(props.scopes && { scopes: props.scopes }) },
    });
  }
}

/** Quantities as text: the API server stores them so, and a number would differ from it for ever. */
export function quantities(list: ResourceList): Record<string, string> {
  return Object.fromEntries(Object.entries(list).map(([name, value]) => [name, String(value)]));
}
