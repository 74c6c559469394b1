import { ClusterPolicy, HelmRelease, Propagation, Source } from 'cdk8s-flux-fleet';
import type { Layer, Versions } from 'cdk8s-flux-fleet';
import { installer } from './installer.js';

const secrets = (...verbs: string[]) => ({
  serviceMonitor: { enabled: true },
  rbac: { clusterRole: { extraResources: [{ apiGroups: [''], resources: ['secrets'], verbs }] } },
});

/** Kyverno, allowed to copy Secrets, which two policies need. */
export function admissionControllers(layer: Layer, { versions }: { readonly versions: Versions }): void {
  installer(layer, { component: 'admission', namespace: 'kyverno', podSecurity: 'baseline' });

  new HelmRelease(layer, 'kyverno', {
    serviceAccountName: 'flux',
    interval: '1h',
    chart: {
      chart: 'kyverno',
      version: versions.get('kyverno'),
      interval: '12h',
      source: Source.helm({ url: 'oci://ghcr.io/kyverno/charts', interval: '12h' }),
    },
    install: { crds: 'Create', timeout: '9m' },
    upgrade: { crds: 'CreateReplace', timeout: '9m' },
    values: {
      admissionController: secrets('get', 'list'),
      backgroundController: secrets('get', 'list', 'create', 'update', 'delete'),
    },
  });
}

/** What Kyverno copies: a cluster's facts into every namespace, and the Git password to where notifications read it. */
export function admissionConfigs(layer: Layer): void {
  new Propagation(layer, 'sync-flux-configmaps', {
    validationFailureAction: 'Enforce',
    kind: 'ConfigMap',
    matchLabels: { 'toolkit.fluxcd.io/runtime': 'true' },
    to: 'all',
  });

  const secret = { kind: 'Secret', name: 'flux-system', namespace: 'flux-system' };
  new ClusterPolicy(layer, 'sync-git-token', {
    mutateExistingOnPolicyUpdate: true,
    rules: [
      {
        name: 'copy-token-from-password',
        match: {
          any: [{ resources: { kinds: [secret.kind], names: [secret.name], namespaces: [secret.namespace] } }],
        },
        mutate: {
          targets: [{ apiVersion: 'v1', ...secret }],
          patchesJson6902: '- op: add\n  path: "/data/token"\n  value: "{{ request.object.data.password }}"\n',
        },
      },
    ],
  });
}
