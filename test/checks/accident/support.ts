import type { Cluster, ClusterProps, Finding, Layer, LayerProps } from 'cdk8s-flux-fleet';
import { ACCIDENT } from '../../../lib/checks/accident/index.js';
import { checkCluster } from '../../../lib/checks/index.js';
import type { Rule } from '../../../lib/checks/rule.js';
import type { ClusterModel } from '../../../lib/model/cluster-model.js';
import { clusterManifests } from '../../../lib/synth/manifests.js';
import { testCluster } from '../../support/fleet.js';
import { findingsIn, findingsInLayer } from '../support.js';

/** What one rule says of a cluster that the test fills, warnings as well as errors. */
export function toldBy(
  rule: Rule,
  fill: (cluster: Cluster) => unknown,
  props: ClusterProps = {},
  change: (model: ClusterModel) => ClusterModel = (model) => model,
): readonly Finding[] {
  const cluster = testCluster(props);
  fill(cluster);
  const broken: Finding[] = [];
  const model = clusterManifests(cluster, 'test', broken);
  if (broken.length > 0) throw new Error(JSON.stringify(broken));
  return checkCluster(change(model), [rule]).findings;
}

const IDS = new Set(ACCIDENT.map((rule) => rule.id));

/** What this group of rules says of a cluster that the test fills; it fails the synth, so only errors. */
export function accidentsIn(fill: (cluster: Cluster) => unknown, props: ClusterProps = {}): readonly Finding[] {
  return findingsIn(fill, props).filter((f) => IDS.has(f.rule));
}

/** What this group of rules says of a layer `base` with the namespace `base`, which the test fills. */
export function accidentsInLayer(fill: (layer: Layer) => unknown, props: LayerProps = {}): readonly Finding[] {
  return findingsInLayer(fill, props).filter((f) => IDS.has(f.rule));
}
