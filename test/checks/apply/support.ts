import type { Cluster, ClusterProps, Finding, Layer, LayerProps } from 'cdk8s-flux-fleet';
import { APPLY } from '../../../lib/checks/apply/index.js';
import { findingsIn, findingsInLayer } from '../support.js';

const IDS = new Set(APPLY.map((rule) => rule.id));

/** What the rules on applying say of a cluster that the test fills. */
export function applyFindingsIn(fill: (cluster: Cluster) => unknown, props: ClusterProps = {}): readonly Finding[] {
  return findingsIn(fill, props).filter((f) => IDS.has(f.rule));
}

/** What the rules on applying say of a layer `base` with the namespace `base`, which the test fills. */
export function applyFindings(fill: (layer: Layer) => unknown, props: LayerProps = {}): readonly Finding[] {
  return findingsInLayer(fill, props).filter((f) => IDS.has(f.rule));
}
