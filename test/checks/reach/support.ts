import { checkCluster } from '../../../lib/checks/index.js';
import type { Rule } from '../../../lib/checks/rule.js';
import type { Finding } from '../../../lib/finding.js';
import type { ClusterModel, LayerModel, ObjectModel } from '../../../lib/model/cluster-model.js';
import { ClusterState, kustomizationId } from '../../../lib/model/cluster-state.js';
import { identityOf } from '../../../lib/model/identity.js';
import type { JsonObject } from '../../../lib/yaml/normalize.js';

/** A cluster as a test says it: what its root applies, and what the Kustomizations among that apply, by their name. */
export interface TestCluster extends Partial<Omit<ClusterModel, 'layers'>> {
  readonly root: readonly object[];
  readonly layers?: Readonly<Record<string, readonly object[] | Partial<LayerModel>>>;
}

/** The model of a cluster from plain objects. */
export function modelOf({ root, layers = {}, ...rest }: TestCluster): ClusterModel {
  const layer = (name: string, parent: LayerModel | undefined, given: readonly object[] | Partial<LayerModel>) => {
    const { objects, ...more } = Array.isArray(given)
      ? { objects: (given as object[]).map(objectModel) }
      : (given as Partial<LayerModel>);
    const kustomization = parent?.objects.find(({ object }) => {
      const id = identityOf(object);
      return id.kind === 'Kustomization' && kustomizationId(id.namespace, id.name) === name;
    });
    return {
      ...{ name, parent: parent?.name, directory: name, target: '', namespace: undefined, objects: objects ?? [] },
      ...{ kustomization, construct: undefined, code: () => undefined, allowed: [], incomplete: false },
      ...more,
    } satisfies LayerModel;
  };
  const first = layer('flux-system', undefined, root);
  return {
    ...{ name: 'test', label: 'the cluster "test"', fleet: 'test', environment: 'test', labels: {}, variables: {} },
    ...{ kubernetesVersion: undefined, fluxVersion: undefined, components: [], lockdown: true, path: './' },
    ...{ source: undefined, system: { files: {}, kustomization: {} }, exists: [], provides: [], partial: false },
    ...rest,
    layers: [first, ...Object.entries(layers).map(([name, given]) => layer(name, first, given))],
  };
}

/** A cluster as rules see it. */
export function stateOf(cluster: TestCluster): ClusterState {
  return new ClusterState(modelOf(cluster));
}

/** What one rule says of a cluster. */
export function judge(rule: Rule, cluster: TestCluster): readonly Finding[] {
  return checkCluster(modelOf(cluster), [rule]).findings;
}

export function objectModel(object: object): ObjectModel {
  return {
    object: object as JsonObject,
    construct: undefined,
    code: () => undefined,
    allowed: [],
    namespace: undefined,
  };
}

/** A namespace; of a tenant, if there is one. */
export function namespace(name: string, tenant?: string): object {
  const labels = tenant === undefined ? {} : { labels: { 'toolkit.fluxcd.io/tenant': tenant } };
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name, ...labels } };
}

export function account(place: string, name: string): object {
  return { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name, namespace: place } };
}

/** A binding of a service account `namespace/name` in a namespace, or on the whole cluster. */
export function bind(who: string, role: string, place?: string, kind = 'ClusterRole'): object {
  const [of, name] = who.split('/');
  const binding = place === undefined ? 'ClusterRoleBinding' : 'RoleBinding';
  return {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: binding,
    metadata: { name: `${name}-${role}`, ...(place !== undefined && { namespace: place }) },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind, name: role },
    subjects: [{ kind: 'ServiceAccount', name, namespace: of }],
  };
}

/** A role of a namespace, or a ClusterRole; each rule is `verbs group resources`, with commas. */
export function role(name: string, rules: readonly string[], place?: string, labels?: Record<string, string>): object {
  return {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: place === undefined ? 'ClusterRole' : 'Role',
    metadata: { name, ...(place !== undefined && { namespace: place }), ...(labels && { labels }) },
    rules: rules.map((rule) => {
      const [verbs = '', group = '', resources = ''] = rule.split(' ');
      return {
        verbs: verbs.split(','),
        apiGroups: [group === 'core' ? '' : group],
        resources: resources.split(','),
      };
    }),
  };
}

export function kustomization(place: string, name: string, spec: object = {}): object {
  return {
    apiVersion: 'kustomize.toolkit.fluxcd.io/v1',
    kind: 'Kustomization',
    metadata: { name, namespace: place },
    spec: { interval: '1h', prune: true, path: './', sourceRef: { kind: 'GitRepository', name }, ...spec },
  };
}

export function helmRelease(place: string, name: string, spec: object = {}): object {
  return {
    apiVersion: 'helm.toolkit.fluxcd.io/v2',
    kind: 'HelmRelease',
    metadata: { name, namespace: place },
    spec: { interval: '1h', chartRef: { kind: 'OCIRepository', name }, ...spec },
  };
}

export function object(apiVersion: string, kind: string, name: string, place?: string, rest: object = {}): object {
  return { apiVersion, kind, metadata: { name, ...(place !== undefined && { namespace: place }) }, ...rest };
}
