import { Cluster, Fleet, GitRef, Source } from 'cdk8s-flux-fleet';
import { app } from './common/app.js';
import { metallbConfig } from './common/metallb-config.js';
import { helmRepositories } from './common/repositories.js';
import { wildcardCertificate } from './common/wildcard-certificate.js';

const fleet = new Fleet({
  environment: 'geek',
  source: Source.git({ url: 'https://github.com/example/geek-flux', ref: GitRef.branch('main') }),
  files: 'object',
});

// Every release takes its chart from a HelmRepository in flux-system, which is another namespace. The multi-tenancy
// lockdown refuses that, and this cluster has no tenants to lock in: its owner is the only one who commits here.
const cluster = new Cluster(fleet, 'geek', { lockdown: false });
const repositories = helmRepositories(cluster);

const sealedSecrets = app(cluster, 'sealed-secrets', {
  repository: repositories.sealedSecrets,
  version: '1.x',
  healthy: ['Deployment/sealed-secrets'],
});

const certManager = app(cluster, 'cert-manager', {
  repository: repositories.jetstack,
  version: 'v1.6.x',
  healthy: ['Deployment/cert-manager'],
});
wildcardCertificate(cluster, {
  dependsOn: [certManager, sealedSecrets],
  domain: 'example.com',
  email: 'batman@example.com',
});

const metallb = app(cluster, 'metallb', {
  namespace: 'metallb-system',
  repository: repositories.metallb,
  version: '0.13.7',
  healthy: ['Deployment/metallb-controller'],
});
metallbConfig(cluster, {
  dependsOn: [metallb],
  addresses: ['192.168.32.0/24'],
  peer: { address: '192.168.33.2', asn: 64501, ownAsn: 64500 },
});

app(cluster, 'nginx-ingress-controller', {
  repository: repositories.bitnami,
  version: '9.x',
  healthy: ['Deployment/nginx-ingress-controller'],
});

app(cluster, 'topolvm', {
  namespace: 'topolvm-system',
  // Its webhook has a certificate of cert-manager's.
  dependsOn: [certManager],
  repository: repositories.topolvm,
  version: '3.x',
  healthy: [
    'Deployment/topolvm-controller',
    'DaemonSet/topolvm-lvmd-0',
    'DaemonSet/topolvm-node',
    'DaemonSet/topolvm-scheduler',
  ],
});

/** The operator and the cluster that it runs come from one release of Rook, and both take their time. */
const rook = {
  namespace: 'rook-ceph',
  repository: repositories.rook,
  version: '1.9.x',
  interval: '30m',
  timeout: '10m',
  release: {
    timeout: '10m',
    install: { remediation: { retries: 3 } },
    upgrade: { crds: 'CreateReplace', remediation: { retries: -1 } },
  },
} as const;
const rookOperator = app(cluster, 'rook-ceph', {
  ...rook,
  healthy: ['CustomResourceDefinition/cephblockpools.ceph.rook.io'],
});
app(cluster, 'rook-ceph-cluster', { ...rook, createNamespace: false, dependsOn: [rookOperator] });

app(cluster, 'podinfo', {
  repository: repositories.podinfo,
  version: '10.x',
  healthy: ['Deployment/podinfo'],
});
app(cluster, 'podinfo', {
  namespace: 'podinfo-preview',
  repository: repositories.podinfo,
  version: '6.x',
  healthy: ['Deployment/podinfo'],
  release: {
    values: {
      replicaCount: 1,
      ui: { message: 'A second podinfo, from the same repository' },
      ingress: { hosts: [{ host: 'podinfo-preview.example.com', paths: [{ path: '/', pathType: 'Prefix' }] }] },
    },
  },
});

export default fleet;
