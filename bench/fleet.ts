import { ConfigMap, Fleet, GitRef, HelmRelease, InfraComponent, Layer, Source, Tenant } from 'cdk8s-flux-fleet';
import type { Cluster } from 'cdk8s-flux-fleet';

/** How large the fleet is: clusters, and components and tenants on each. */
export interface BenchSize {
  readonly clusters: number;
  readonly components: number;
  readonly tenants: number;
}

/** The sizes that are measured: a first fleet, a company's, an estate. */
export const SIZES: Readonly<Record<string, BenchSize>> = {
  small: { clusters: 2, components: 2, tenants: 2 },
  medium: { clusters: 20, components: 10, tenants: 50 },
  large: { clusters: 100, components: 20, tenants: 200 },
};

/** A fleet as users write one, only with more of everything. */
export function benchFleet({ clusters, components, tenants }: BenchSize): Fleet {
  const fleet = new Fleet({
    environment: 'bench',
    source: Source.git({ url: 'https://github.com/acme/fleet', ref: GitRef.branch('main') }),
  });
  for (let c = 0; c < clusters; c++) {
    fleet.addCluster(`cluster-${c}`, { variables: { CLUSTER: `cluster-${c}` } }, (cluster) => {
      const infrastructure = new Layer(cluster, 'infrastructure');
      for (let i = 0; i < components; i++) component(infrastructure, `component-${i}`);
      for (let t = 0; t < tenants; t++) tenant(cluster, `tenant-${t}`, infrastructure);
    });
  }
  return fleet;
}

function component(scope: Layer, id: string): void {
  const addon = new InfraComponent(scope, id, { namespace: id });
  const source = Source.helm({ url: `https://charts.example.com/${id}` });
  new HelmRelease(addon.controllers, id, {
    chart: { chart: id, version: '1.x', source },
    values: { replicas: 2, resources: { limits: { memory: '256Mi' } }, ingress: { enabled: false } },
  });
  new ConfigMap(addon.configs, 'settings', { data: { level: 'info', region: 'eu-west-1' } });
}

function tenant(cluster: Cluster, id: string, after: Layer): void {
  new Tenant(cluster, id, {
    namespaces: [id],
    source: Source.git({ url: `https://github.com/acme/${id}`, ref: GitRef.branch('main') }),
    path: './deploy',
    dependsOn: [after],
  });
}
