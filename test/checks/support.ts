import { ApiObject } from 'cdk8s';
import type { Construct } from 'constructs';
import { Layer } from 'cdk8s-flux-fleet';
import type { Cluster, ClusterProps, Finding, LayerProps } from 'cdk8s-flux-fleet';
import { RULES } from '../../lib/checks/index.js';
import { filesOf, findingsOf, testCluster } from '../support/fleet.js';

/** Namespaces that others make, so that tests of what stands in them need not. */
const NAMESPACES = ['apps', 'base', 'other'].map((name) => ({ kind: 'Namespace', name }));

/** What is wrong with a cluster that the test fills. */
export function findingsIn(fill: (cluster: Cluster) => unknown, props: ClusterProps = {}): readonly Finding[] {
  const cluster = testCluster({ ...props, exists: [...NAMESPACES, ...(props.exists ?? [])] });
  fill(cluster);
  return findingsOf(() => filesOf(cluster, RULES));
}

/** What is wrong with a layer `base` with the namespace `base`, which the test fills. */
export function findingsInLayer(fill: (layer: Layer) => unknown, props: LayerProps = {}): readonly Finding[] {
  return findingsIn((cluster) => fill(new Layer(cluster, 'base', { namespace: 'base', ...props })));
}

/** The rules that speak, one for each finding. */
export function rulesOf(findings: readonly Finding[]): string[] {
  return findings.map((f) => f.rule);
}

/** An object from plain data, as hand-written code makes it. */
export function object(scope: Construct, id: string, data: object): ApiObject {
  return new ApiObject(scope, id, { metadata: { name: id }, ...data } as never);
}
