import { ConfigMap, Fleet, GitRef, HelmRelease, InfraComponent, Layer, Source, Tenant } from 'cdk8s-flux-fleet';
import type { Cluster } from 'cdk8s-flux-fleet';
import type { BenchSize } from './sizes.js';

/** What a cluster can differ in from another of its size. */
export interface BenchChange {
  /** Replicas of its components. */
  readonly replicas?: number;
  /** What the settings of its first component say. */
  readonly level?: string;
}

/** A fleet as users write one, only with more of everything; what is changed is so on the first cluster. */
export function benchFleet({ clusters, ...size }: BenchSize, change: BenchChange = {}): Fleet {
  const fleet = new Fleet({
    environment: 'bench',
    source: Source.git({ url: 'https://github.com/acme/fleet', ref: GitRef.branch('main') }),
  });
  for (let c = 0; c < clusters; c++) {
    fleet.addCluster(`cluster-${c}`, { variables: { CLUSTER: `cluster-${c}` } }, (cluster) => {
      populate(cluster, size, c === 0 ? change : {});
    });
  }
  return fleet;
}

/** What stands on one of its clusters. */
export function populate(
  cluster: Cluster,
  { components, tenants }: Omit<BenchSize, 'clusters'>,
  { replicas = 2, level = 'info' }: BenchChange = {},
): void {
  const infrastructure = new Layer(cluster, 'infrastructure');
  for (let i = 0; i < components; i++) {
    component(infrastructure, `component-${i}`, replicas, i === 0 ? level : 'info');
  }
  for (let t = 0; t < tenants; t++) tenant(cluster, `tenant-${t}`, infrastructure);
}

function component(scope: Layer, id: string, replicas: number, level: string): void {
  const addon = new InfraComponent(scope, id, { namespace: id });
  const source = Source.helm({ url: `https://charts.example.com/${id}` });
  new HelmRelease(addon.controllers, id, {
    chart: { chart: id, version: '1.x', source },
    values: { replicas, resources: { limits: { memory: '256Mi' } }, ingress: { enabled: false } },
  });
  new ConfigMap(addon.configs, 'settings', { data: { level, region: 'eu-west-1' } });
}

function tenant(cluster: Cluster, id: string, after: Layer): void {
  new Tenant(cluster, id, {
    namespaces: [id],
    source: Source.git({ url: `https://github.com/acme/${id}`, ref: GitRef.branch('main') }),
    path: './deploy',
    dependsOn: [after],
  });
}
