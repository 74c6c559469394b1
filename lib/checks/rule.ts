import type { Finding } from '../finding.js';
import { fullName, identityOf } from '../model/identity.js';
import type { ClusterModel, LayerModel, ObjectModel } from '../model/cluster-model.js';

/** What a rule says of an object or a layer; who and where is added by the caller. */
export interface RuleFinding extends Omit<Finding, 'rule' | 'where'> {
  readonly on: ObjectModel | LayerModel;
}

/** One thing that must hold for a cluster. */
export interface Rule {
  /** Stable identifier; it stands in every message, and `allow` names it. */
  readonly id: string;
  check(cluster: ClusterModel): Iterable<RuleFinding>;
}

/** `Kind "name"` or `Kind "namespace/name"`, as messages name objects. */
export function nameOf({ object }: ObjectModel): string {
  const identity = identityOf(object);
  return `${identity.kind || 'an object'} "${fullName(identity)}"`;
}
