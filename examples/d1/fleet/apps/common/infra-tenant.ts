import {
  Alert,
  ClusterRoleBinding,
  GitRef,
  GitRepository,
  ImageUpdateAutomation,
  InfraComponent,
  Layer,
  Provider,
  Secret,
  ServiceAccount,
  allow,
} from 'cdk8s-flux-fleet';
import type { Cluster, Dependency } from 'cdk8s-flux-fleet';
import { appsPolicies } from './apps-policies.js';
import { automationLabels, bot } from './bot.js';

/** What differs between environments. */
export interface InfraTenantProps {
  readonly branch: string;
  readonly automation: boolean;
}

const repository = 'https://github.com/controlplaneio-fluxcd/d1-infra';

/**
 * The platform team: its components come from a repository of its own, with the rights of cluster-admin. Ready when
 * they all are.
 */
export function infraTenant(cluster: Cluster, { branch, automation }: InfraTenantProps): Layer {
  const { ENVIRONMENT: environment } = cluster.variables;
  const tenant = new Layer(cluster, 'flux-infra-tenant', {
    namespace: 'flux-system',
    labels: { 'toolkit.fluxcd.io/tenant': 'infra' },
    interval: '12h',
    retryInterval: '3m',
    wait: true,
    timeout: '15m',
  });

  const account = new ServiceAccount(tenant, 'flux-infra');
  const admin = new ClusterRoleBinding(tenant, 'flux-infra-admin', {
    name: 'flux-infra',
    role: 'cluster-admin',
    subjects: [{ kind: 'ServiceAccount', name: account.name, namespace: 'flux-system' }],
  });
  const reason = 'the platform team, which runs the clusters: CRDs, controllers and admission come from its repository';
  allow(admin, { rule: 'tenant-cluster-admin', reason });
  // The accounts of its components, which stand in that repository.
  for (const name of ['flux-monitoring', 'flux-admission']) {
    allow(cluster, { rule: 'tenant-cluster-admin', object: `ClusterRoleBinding/${name}`, reason });
  }
  allow(cluster, {
    rule: 'plaintext-value',
    object: 'HelmRelease/monitoring/kube-prometheus-stack',
    reason: 'nothing but a port-forward leads to Grafana, as in the original',
  });
  const source = new GitRepository(tenant, 'flux-infra-repository', {
    name: 'flux-infra',
    url: `${repository}.git`,
    ref: GitRef.branch(branch),
    secretRef: Secret.fromName('flux-system'),
    interval: '1m',
  });

  const component = (name: string, dependsOn: Dependency[] = []) => {
    const from = (stage: string) => ({ source, path: `./dist/components/${name}/${stage}/${environment}`, wait: true });
    return new InfraComponent(tenant, name, {
      serviceAccountName: account.name,
      interval: '1h',
      retryInterval: '2m',
      controllers: { ...from('controllers'), timeout: '10m' },
      configs: { ...from('configs'), timeout: '5m' },
      dependsOn,
    });
  };
  const monitoring = component('monitoring');
  // Kyverno asks for ServiceMonitors, a kind that monitoring brings.
  const admission = component('admission', [monitoring.controllers]);
  appsPolicies(tenant, { dependsOn: [admission] });

  // Commits of the infra repository show whether they arrived. A policy of admission puts the token into the Secret.
  const provider = new Provider(tenant, 'flux-infra-commits', {
    type: 'github',
    address: repository,
    secretRef: Secret.fromName('flux-system', ['token']),
  });
  new Alert(tenant, 'flux-infra-commits-alert', {
    name: 'flux-infra-commits',
    provider,
    eventSources: [...monitoring.layers, ...admission.layers],
  });

  if (automation) {
    new Layer(tenant, 'flux-infra-update-policies', {
      source,
      path: './dist/update',
      labels: automationLabels,
      serviceAccountName: account.name,
      interval: '12h',
      retryInterval: '3m',
    });
    new ImageUpdateAutomation(tenant, 'flux-infra-automation', {
      name: 'flux-infra',
      labels: automationLabels,
      source,
      ...bot(branch),
    });
  }
  return tenant;
}
