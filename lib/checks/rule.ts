import type { Finding, Severity } from '../finding.js';
import type { FieldPath, LayerModel, ObjectModel } from '../model/cluster-model.js';
import { layerName } from '../model/cluster-model.js';
import type { ClusterState } from '../model/cluster-state.js';
import { fullName, identityOf } from '../model/identity.js';

/** What a rule says of an object or a layer; who and where is added by the caller. */
export interface RuleFinding extends Omit<Finding, 'rule' | 'severity' | 'where' | 'cluster'> {
  readonly on: ObjectModel | LayerModel;
  /** The field that is meant, so that a file's very line can be named. */
  readonly field?: FieldPath;
}

/** One thing that must hold for a cluster. */
export interface Rule {
  /** Stable identifier; it stands in every message, and `allow` names it. */
  readonly id: string;
  /** What must hold, as a sentence. */
  readonly title?: string;
  /**
   * Whether the synth fails: an error is something that Flux refuses, that never becomes ready, that lets somebody reach
   * further than they may, or that can delete what nobody wanted deleted.
   *
   * @default 'error'
   */
  readonly severity?: Severity;
  /** What is wrong. */
  check(cluster: ClusterState): Iterable<RuleFinding>;
}

/**
 * What messages call an object or a layer: `Kind "name"` or `Kind "namespace/name"`; `the layer "apps"`, or
 * `the Kustomization "apps"` where files were read.
 */
export function nameOf(on: Pick<ObjectModel, 'object'> | Pick<LayerModel, 'name' | 'facts'>): string {
  if (!('object' in on)) return layerName(on);
  const identity = identityOf(on.object);
  return `${identity.kind || 'an object'} "${fullName(identity)}"`;
}
