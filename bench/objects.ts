import type { BenchSize } from './sizes.js';

/** A Kubernetes object, untyped. */
export interface PlainObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string } & Readonly<Record<string, unknown>>;
  readonly [field: string]: unknown;
}

/**
 * The objects of one cluster of the fleet by the directory that they are applied from, written by hand: what a team
 * has in its head that uses no library for fleets.
 */
export function plainCluster(cluster: string, { components, tenants }: BenchSize): Map<string, PlainObject[]> {
  const directories = new Map<string, PlainObject[]>();
  const root: PlainObject[] = [fluxKustomization(cluster, 'infrastructure', 'layers/infrastructure', { wait: true })];
  directories.set('', root);
  const infrastructure: PlainObject[] = [];
  directories.set('layers/infrastructure', infrastructure);
  for (let i = 0; i < components; i++) {
    const id = `component-${i}`;
    const controllers = `infrastructure/${id}/controllers`;
    const configs = `infrastructure/${id}/configs`;
    infrastructure.push(fluxKustomization(cluster, `${id}-controllers`, controllers, { wait: true }));
    infrastructure.push(
      fluxKustomization(cluster, `${id}-configs`, configs, { dependsOn: [{ name: `${id}-controllers` }] }),
    );
    directories.set(controllers, controllersOf(id));
    directories.set(configs, [settings(id)]);
  }
  for (let t = 0; t < tenants; t++) {
    const id = `tenant-${t}`;
    const directory = `tenants/${id}`;
    root.push(fluxKustomization(cluster, id, directory, { tenant: id, dependsOn: [{ name: 'infrastructure' }] }));
    directories.set(directory, tenantObjects(id));
  }
  return directories;
}

interface Options {
  readonly wait?: boolean;
  readonly tenant?: string;
  readonly dependsOn?: readonly { name: string }[];
}

function fluxKustomization(cluster: string, name: string, directory: string, options: Options): PlainObject {
  const labels = options.tenant === undefined ? {} : { labels: { 'toolkit.fluxcd.io/tenant': options.tenant } };
  return {
    apiVersion: 'kustomize.toolkit.fluxcd.io/v1',
    kind: 'Kustomization',
    metadata: { name, namespace: 'flux-system', ...labels },
    spec: {
      ...(options.dependsOn && { dependsOn: options.dependsOn }),
      interval: '10m',
      path: `./dist/clusters/${cluster}/${directory}`,
      prune: true,
      retryInterval: '2m',
      serviceAccountName: 'kustomize-controller',
      sourceRef: { kind: 'GitRepository', name: 'flux-system' },
      ...(options.wait && { timeout: '5m', wait: true }),
    },
  };
}

function controllersOf(id: string): PlainObject[] {
  return [
    {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: id, annotations: { 'kustomize.toolkit.fluxcd.io/prune': 'disabled' } },
    },
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'flux', namespace: id } },
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRoleBinding',
      metadata: { name: `flux-${id}` },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' },
      subjects: [{ kind: 'ServiceAccount', name: 'flux', namespace: id }],
    },
    {
      apiVersion: 'helm.toolkit.fluxcd.io/v2',
      kind: 'HelmRelease',
      metadata: { name: id, namespace: id },
      spec: {
        chart: { spec: { chart: id, version: '1.x', sourceRef: { kind: 'HelmRepository', name: id } } },
        interval: '30m',
        serviceAccountName: 'flux',
        values: { replicas: 2, resources: { limits: { memory: '256Mi' } }, ingress: { enabled: false } },
      },
    },
    {
      apiVersion: 'source.toolkit.fluxcd.io/v1',
      kind: 'HelmRepository',
      metadata: { name: id, namespace: id },
      spec: { interval: '1h', url: `https://charts.example.com/${id}` },
    },
  ];
}

function settings(id: string): PlainObject {
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'settings', namespace: id },
    data: { level: 'info', region: 'eu-west-1' },
  };
}

function tenantObjects(id: string): PlainObject[] {
  const labels = { 'toolkit.fluxcd.io/tenant': id };
  const metadata = { name: id, namespace: id, labels };
  return [
    {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: {
        name: id,
        annotations: { 'kustomize.toolkit.fluxcd.io/prune': 'disabled' },
        labels: { ...labels, 'pod-security.kubernetes.io/enforce': 'baseline' },
      },
    },
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata },
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'RoleBinding',
      metadata: { ...metadata, name: `${id}-reconciler` },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'admin' },
      subjects: [{ kind: 'ServiceAccount', name: id, namespace: id }],
    },
    {
      apiVersion: 'source.toolkit.fluxcd.io/v1',
      kind: 'GitRepository',
      metadata,
      spec: { interval: '5m', ref: { branch: 'main' }, url: `https://github.com/acme/${id}` },
    },
    {
      apiVersion: 'kustomize.toolkit.fluxcd.io/v1',
      kind: 'Kustomization',
      metadata,
      spec: {
        interval: '10m',
        path: './deploy',
        prune: true,
        retryInterval: '2m',
        serviceAccountName: id,
        sourceRef: { kind: 'GitRepository', name: id },
      },
    },
  ];
}
