import { Cluster, Fleet, GitRef, Secret, Source } from 'cdk8s-flux-fleet';
import { appsTenant } from './apps-tenant.js';
import { flux } from './flux.js';
import { infraTenant } from './infra-tenant.js';

/** What differs between environments. */
export interface Environment {
  readonly environment: 'staging' | 'production';
  /** Branch of the repositories infra and apps; merging one into the other promotes. */
  readonly branch: string;
  /** Whether the bot that updates versions runs here. */
  readonly automation: boolean;
  readonly clusters: Readonly<Record<string, ClusterFacts>>;
}

/** What differs between the clusters of an environment. */
export interface ClusterFacts {
  /**
   * What the cluster calls itself.
   *
   * @default - the name of its directory
   */
  readonly clusterName?: string;
  /** Domain under which the cluster's applications are reached. */
  readonly domain: string;
}

/** The clusters of one environment, alike but for their facts. */
export function referenceFleet(props: Environment): Fleet {
  const { environment, branch, automation } = props;
  const fleet = new Fleet({
    environment,
    source: Source.git({
      url: 'https://github.com/controlplaneio-fluxcd/d1-fleet.git',
      ref: GitRef.branch('main'),
      secretRef: Secret.fromName('flux-system'),
    }),
  });
  for (const [name, { clusterName = name, domain }] of Object.entries(props.clusters)) {
    const cluster = new Cluster(fleet, name, {
      flux: flux({ automation }),
      variables: {
        ENVIRONMENT: environment,
        GIT_BRANCH: branch,
        CLUSTER_NAME: clusterName,
        CLUSTER_DOMAIN: domain,
      },
    });
    const infra = infraTenant(cluster, { branch, automation });
    appsTenant(cluster, { branch, automation, dependsOn: [infra] });
  }
  return fleet;
}
