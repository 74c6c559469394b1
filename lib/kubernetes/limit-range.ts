import type { Construct } from 'constructs';
import { compact } from '../compact.js';
import { Manifest, objectMeta } from '../manifest.js';
import type { NamespacedObjectMeta } from '../manifest.js';
import { quantities } from './resource-quota.js';
import type { ResourceList } from './resource-quota.js';

/**
 * Limits for one kind of thing in a namespace.
 *
 * @see https://kubernetes.io/docs/concepts/policy/limit-range/
 */
export interface Limit {
  /** @default 'Container' */
  readonly type?: 'Container' | 'Pod' | 'PersistentVolumeClaim';
  /** Limits of containers that say none. */
  readonly default?: ResourceList;
  /** Requests of containers that say none. */
  readonly defaultRequest?: ResourceList;
  readonly max?: ResourceList;
  readonly min?: ResourceList;
  readonly maxLimitRequestRatio?: ResourceList;
}

/** Props of {@link LimitRange}. */
export interface LimitRangeProps extends NamespacedObjectMeta {
  readonly limits: readonly Limit[];
}

/** A `LimitRange`: defaults and bounds for single containers, pods and claims of a namespace. */
export class LimitRange extends Manifest {
  constructor(scope: Construct, id: string, props: LimitRangeProps) {
    super(scope, id, {
      apiVersion: 'v1',
      kind: 'LimitRange',
      metadata: objectMeta(scope, id, 'LimitRange', props),
      spec: { limits: props.limits.map(limit) },
    });
  }
}

function limit({ type, ...lists }: Limit): Record<string, unknown> {
  const entries = Object.entries(compact(lists)).map(([k, v]) => [k, quantities(v as ResourceList)]);
  return { type: type ?? 'Container', ...(Object.fromEntries(entries) as object) };
}
