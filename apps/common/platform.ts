import { Cluster, Fleet, GitRef, Layer, Source, Tenant } from 'cdk8s-flux-fleet';
import { Kyverno } from './kyverno.js';
import { Policies } from './policies.js';

/** What differs between environments. */
export interface PlatformProps {
  readonly environment: 'staging' | 'production';
  readonly kyverno: { readonly interval: string; readonly timeout: string };
  readonly policies: { readonly interval: string };
}

/** The platform of one environment: one cluster, Kyverno, its policies, and then the tenants. */
export function platform(props: PlatformProps): Fleet {
  const { environment } = props;
  const fleet = new Fleet({
    environment,
    source: Source.git({ url: 'https://github.com/fluxcd/flux2-multi-tenancy', ref: GitRef.branch('main') }),
  });
  const cluster = new Cluster(fleet, environment, { lockdown: true });

  const kyverno = new Kyverno(cluster, { version: 'v1.14.4', ...props.kyverno });
  const policies = new Policies(cluster, { dependsOn: [kyverno], ...props.policies });
  const tenants = new Layer(cluster, 'tenants', { interval: '5m', dependsOn: [policies] });

  new Tenant(tenants, 'dev-team', {
    namespaces: ['apps'],
    role: 'cluster-admin',
    roleBindingName: 'gotk-reconciler',
    reconcilerUser: true,
    source: Source.git({
      url: 'https://github.com/fluxcd/flux2-multi-tenancy',
      ref: GitRef.branch('dev-team'),
      interval: '1m',
    }),
    path: `./${environment}`,
    sync: { interval: '5m' },
  });
  return fleet;
}
