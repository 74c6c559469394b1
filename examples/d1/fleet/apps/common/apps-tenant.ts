import { ConfigMap, GitRef, ImageUpdateAutomation, Layer, Secret, Source, Tenant } from 'cdk8s-flux-fleet';
import type { Cluster, Dependency, TenantNamespaceProps } from 'cdk8s-flux-fleet';
import { automationLabels, bot } from './bot.js';

/** What differs between environments. */
export interface AppsTenantProps {
  readonly branch: string;
  readonly automation: boolean;
  readonly dependsOn: readonly Dependency[];
}

const account = 'flux-apps';

/** The application teams: a namespace for each part of the application, and one for the bot. */
export function appsTenant(cluster: Cluster, { branch, automation, dependsOn }: AppsTenantProps): void {
  const { ENVIRONMENT: environment } = cluster.variables;
  const layer = new Layer(cluster, 'flux-apps-tenant', {
    interval: '12h',
    retryInterval: '3m',
    // The facts of the cluster, which a policy copies into every namespace.
    runtimeInfo: true,
    dependsOn,
  });

  const repository = (interval: string) =>
    Source.git({
      name: 'flux-apps',
      url: 'https://github.com/controlplaneio-fluxcd/d1-apps.git',
      ref: GitRef.branch(branch),
      // A policy copies it into the tenant's namespaces.
      secretRef: Secret.fromName('flux-apps'),
      interval,
    });
  const runtimeInfo = ConfigMap.fromName('flux-runtime-info', Object.keys(cluster.variables));
  const reconcile = { interval: '12h', retryInterval: '3m' };

  const workload = (name: string): TenantNamespaceProps => ({
    name,
    sync: {
      ...reconcile,
      name: `flux-${name}`,
      source: repository('1m'),
      path: `./dist/components/${name}/${environment}`,
      wait: true,
      timeout: '15m',
      postBuild: { substituteFrom: [{ from: runtimeInfo }] },
      // What the repository holds runs as the tenant too, whatever it says itself.
      patches: [
        {
          patch: [{ op: 'add', path: '/spec/serviceAccountName', value: account }],
          target: { kind: '(HelmRelease|Kustomization)' },
        },
      ],
    },
  });
  const source = repository('10m');
  const updates: TenantNamespaceProps = {
    name: 'apps-update',
    commonLabels: automationLabels,
    sync: { ...reconcile, name: 'flux-apps', source, path: './dist/update' },
  };

  const tenant = new Tenant(layer, 'apps', {
    serviceAccountName: account,
    roleBindingName: account,
    namespaces: [workload('backend'), workload('frontend'), ...(automation ? [updates] : [])],
  });
  const home = tenant.namespaces.find(({ name }) => name === updates.name);
  if (home) new ImageUpdateAutomation(home, 'flux-apps', { source, ...bot(branch) });
}
