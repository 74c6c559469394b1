import { ClusterRoleBinding, Namespace, ServiceAccount } from 'cdk8s-flux-fleet';
import type { Layer } from 'cdk8s-flux-fleet';

/** What differs between components. */
export interface InstallerProps {
  /** The component, which gives its name to the binding. */
  readonly component: string;
  readonly namespace: string;
  readonly podSecurity: 'privileged' | 'baseline';
}

/** A component's namespace, and the account `flux` in it that its HelmReleases run as: charts of add-ons make CRDs. */
export function installer(layer: Layer, props: InstallerProps): void {
  const { component, namespace, podSecurity } = props;
  const labels = { 'app.kubernetes.io/component': component, 'toolkit.fluxcd.io/tenant': 'platform-team' };

  new Namespace(layer, 'namespace', { name: namespace, podSecurity, labels });
  new ServiceAccount(layer, 'flux', { labels });
  new ClusterRoleBinding(layer, `flux-${component}`, {
    role: 'cluster-admin',
    subjects: [{ kind: 'ServiceAccount', name: 'flux', namespace }],
    labels,
  });
}
