import { TENANT_LABEL } from '../scope.js';
import type { JsonObject } from '../yaml/normalize.js';
import type { LayerModel, ObjectModel } from './cluster-model.js';
import { kustomizationId } from './cluster-state.js';
import type { ClusterState } from './cluster-state.js';
import { accessOf, accountOfUser } from './rbac/access.js';
import type { Account } from './rbac/access.js';

/** Where Flux's controllers are, and who is as mighty as they. */
export const FLUX_NAMESPACE = 'flux-system';

/** As whom something is applied. */
export type Identity =
  /** As the account that its spec names. */
  | 'named'
  /** As the account that the lockdown gives to what names none. */
  | 'default'
  /** As the controller itself, which may do everything. */
  | 'controller'
  /** As whom another cluster knows it (`kubeConfig`). */
  | 'elsewhere'
  /** On a cluster of a hub, where Flux's flags are not known. */
  | 'unknown';

/** A Kustomization or HelmRelease, and as whom Flux applies what it stands for. */
export interface Reconciler {
  readonly kind: 'Kustomization' | 'HelmRelease';
  /** Its name in messages: short in flux-system, `namespace/name` elsewhere. */
  readonly id: string;
  readonly name: string;
  readonly namespace: string;
  /** What a finding names as its place. */
  readonly on: ObjectModel | LayerModel;
  /** Undefined for the root, which Flux's installation makes. */
  readonly object: JsonObject | undefined;
  readonly spec: Readonly<Record<string, unknown>>;
  /** The layer that it stands in; undefined for the root. */
  readonly parent: LayerModel | undefined;
  /** What it applies, where that is here. */
  readonly layer: LayerModel | undefined;
  /** The cluster that it is on; '' for the cluster itself. */
  readonly target: string;
  readonly identity: Identity;
  /** The account, where there is one: on the cluster that it is on, or under this name on another. */
  readonly account: Account | undefined;
}

/** Who applies what on a cluster, and as whom: all Kustomizations, then all HelmReleases. */
export function reconcilersOf(cluster: ClusterState): readonly Reconciler[] {
  return cluster.once('reconcilers', () => {
    const kustomizations = cluster.kustomizations.map((k): Reconciler => {
      const { id, name, namespace, on, object, spec, parent, layer, target } = k;
      const kind = 'Kustomization';
      const { identity, account } = asWhom(cluster, { kind, namespace, spec, target, object });
      const own = layer && isKnown(layer) ? layer : undefined;
      return { kind, id, name, namespace, on, object, spec, parent, target, layer: own, identity, account };
    });
    const releases = cluster.ofKind('helm.toolkit.fluxcd.io', 'HelmRelease').map((state): Reconciler => {
      const { id, on, object, layer: parent, target } = state;
      const namespace = id.namespace ?? on.namespace ?? '';
      const spec = (object.spec ?? {}) as Readonly<Record<string, unknown>>;
      const base = {
        ...{ kind: 'HelmRelease' as const, id: kustomizationId(namespace, id.name), name: id.name, namespace },
        ...{ on, object, spec, parent, target },
      };
      return { ...base, layer: undefined, ...asWhom(cluster, base) };
    });
    return [...kustomizations, ...releases];
  });
}

/** The account of what names none, as the controllers' flag says it; undefined where they have no such flag. */
export function defaultAccount(cluster: ClusterState): string | undefined {
  return cluster.once('default account', () => {
    const controller = cluster.find({ ...CONTROLLER, target: '' });
    if (controller) return FLAG.exec(JSON.stringify(controller.object.spec ?? {}))?.[1];
    if (!cluster.lockdown) return undefined;
    const flag = FLAG.exec(JSON.stringify(cluster.system.kustomization))?.[1];
    const system = Object.values(cluster.system.files).flatMap((f) => ('objects' in f ? f.objects : []));
    const instances = [...system, ...cluster.ofKind('fluxcd.controlplane.io', 'FluxInstance').map((o) => o.object)];
    const said = instances
      .filter((o) => o.kind === 'FluxInstance')
      .map((o) => (o.spec as { cluster?: { tenantDefaultServiceAccount?: unknown } } | undefined)?.cluster)
      .map((c) => c?.tenantDefaultServiceAccount)
      .find((name) => typeof name === 'string');
    return flag ?? said ?? 'default';
  });
}

const CONTROLLER = { kind: 'Deployment', name: 'kustomize-controller', namespace: FLUX_NAMESPACE, group: 'apps' };
const FLAG = /--default-service-account=([a-z0-9.-]+)/;

/** The tenants of a cluster, by the label `toolkit.fluxcd.io/tenant`. */
export interface Tenancy {
  /** The tenant that a namespace belongs to; undefined for one of the platform's, and one that is not known. */
  tenantOf(namespace: string): string | undefined;
  /** Whether the Namespace object is here, so that it is known whose it is. */
  isKnown(namespace: string): boolean;
  /** The tenant that an account belongs to; undefined for one of the platform's. */
  tenantOfAccount(account: Account): string | undefined;
  /** The service accounts of tenants: those that are here, that a binding names, or that something is applied as. */
  readonly accounts: readonly Account[];
}

/** The tenants of the cluster (`target` ''), or of one that a hub reconciles. */
export function tenancyOf(cluster: ClusterState, target: string): Tenancy {
  return cluster.once(`tenancy ${target}`, () => {
    const namespaces = new Map<string, string | undefined>();
    for (const o of cluster.ofKind('', 'Namespace')) {
      if (o.target === target) namespaces.set(o.id.name, tenantLabel(o.object));
    }
    const labelled = new Map<string, string>();
    const accounts = new Map<string, Account>();
    const tenantOf = (namespace: string): string | undefined =>
      namespace === FLUX_NAMESPACE ? undefined : namespaces.get(namespace);
    const tenantOfAccount = ({ namespace, name }: Account): string | undefined =>
      labelled.get(`${namespace}/${name}`) ?? tenantOf(namespace);
    for (const o of cluster.ofKind('', 'ServiceAccount')) {
      if (o.target !== target) continue;
      const account = { namespace: o.id.namespace ?? o.on.namespace ?? '', name: o.id.name };
      const tenant = tenantLabel(o.object);
      if (tenant !== undefined) labelled.set(`${account.namespace}/${account.name}`, tenant);
      if (tenantOfAccount(account) !== undefined) accounts.set(`${account.namespace}/${account.name}`, account);
    }
    for (const { account, target: on, identity } of reconcilersOf(cluster)) {
      if (!account || on !== target || identity === 'elsewhere' || tenantOfAccount(account) === undefined) continue;
      accounts.set(`${account.namespace}/${account.name}`, account);
    }
    // A tenant makes accounts in its namespaces as it likes, and `default` is there by itself.
    for (const { subjects, state } of accessOf(cluster, target).bindings) {
      const named = state ? subjects.flatMap((s) => (s.kind === 'User' ? (accountOfUser(s.name) ?? []) : [])) : [];
      for (const account of named.filter((a) => tenantOfAccount(a) !== undefined)) {
        accounts.set(`${account.namespace}/${account.name}`, account);
      }
    }
    return {
      tenantOf,
      isKnown: (namespace) => namespaces.has(namespace),
      tenantOfAccount,
      accounts: [...accounts.values()],
    };
  });
}

/** The tenant that a Kustomization or HelmRelease belongs to; what stands in flux-system is the platform's. */
export function tenantOfReconciler(cluster: ClusterState, r: Reconciler): string | undefined {
  if (r.namespace === FLUX_NAMESPACE) return undefined;
  return (r.object && tenantLabel(r.object)) ?? tenancyOf(cluster, r.target).tenantOf(r.namespace);
}

function tenantLabel(object: JsonObject): string | undefined {
  const { labels } = (object.metadata ?? {}) as { labels?: Record<string, unknown> };
  const tenant = labels?.[TENANT_LABEL];
  return typeof tenant === 'string' ? tenant : undefined;
}

/** Whether it is known what a Kustomization applies: its directory is here, and could be built. */
function isKnown(layer: LayerModel): boolean {
  if (layer.facts) return layer.facts.exists && layer.facts.error === undefined;
  return layer.directory !== undefined;
}

interface Unjudged {
  readonly kind: Reconciler['kind'];
  readonly namespace: string;
  readonly spec: Readonly<Record<string, unknown>>;
  readonly target: string;
  readonly object: JsonObject | undefined;
}

function asWhom(cluster: ClusterState, r: Unjudged): Pick<Reconciler, 'identity' | 'account'> {
  const own = r.kind === 'Kustomization' ? 'kustomize-controller' : 'helm-controller';
  const controller = { namespace: FLUX_NAMESPACE, name: own };
  if (r.object === undefined) return { identity: cluster.lockdown ? 'named' : 'controller', account: controller };
  const { serviceAccountName, kubeConfig } = r.spec;
  const said = typeof serviceAccountName === 'string' && serviceAccountName !== '' ? serviceAccountName : undefined;
  const name = said ?? (r.target === '' ? defaultAccount(cluster) : undefined);
  const account = name === undefined ? undefined : { namespace: r.namespace, name };
  if (kubeConfig !== undefined && kubeConfig !== null) return { identity: 'elsewhere', account };
  if (said !== undefined) return { identity: 'named', account };
  if (r.target !== '') return { identity: 'unknown', account };
  return account ? { identity: 'default', account } : { identity: 'controller', account: controller };
}
