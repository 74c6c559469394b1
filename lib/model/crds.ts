import type { LayerModel, ObjectModel } from './cluster-model.js';
import type { ClusterState, ObjectState } from './cluster-state.js';
import { fullName, identityOf } from './identity.js';
import type { Identity } from './identity.js';
import { lookup, schemaFileOf } from './kinds.js';
import { hasUnknownContent, isLeftAlone, orderOf } from './order.js';
import type { Order, Reconciled } from './order.js';
import { pluralOf } from './plural.js';

/** When the CRD of a custom resource is there, seen from the layer that applies the resource. */
export type Supply =
  /** Before the layer is applied, or nobody here can know. */
  | { readonly when: 'before' }
  /** Nothing on the cluster could bring it. */
  | { readonly when: 'never' }
  /** Only after the layer: what brings it is in the layer itself, or comes when the layer is ready. */
  | { readonly when: 'after'; readonly by: Bringer }
  /** At some time: nothing orders the two. */
  | { readonly when: 'sometime'; readonly by: Bringer };

/** Something that brings a CRD, or may bring some. */
export interface Bringer {
  /** As messages call it. */
  readonly label: string;
  /** The layer that applies it. */
  readonly layer: LayerModel;
  /** Where it is a Kustomization or HelmRelease itself. */
  readonly reconciled?: Reconciled;
  /** Whether it is known to bring this CRD, and not only to bring something. */
  readonly certain: boolean;
}

/** Custom resources of one group in one layer for which the same is true. */
export interface CustomResources {
  readonly first: ObjectState;
  readonly count: number;
  readonly supply: Supply;
}

/** The charts that bring the CRDs of well-known groups. */
const CHARTS: Readonly<Record<string, readonly string[]>> = {
  'acme.cert-manager.io': ['cert-manager'],
  'argoproj.io': ['argo-cd', 'argo-rollouts', 'argo-workflows', 'argo-events'],
  'bitnami.com': ['sealed-secrets'],
  'ceph.rook.io': ['rook-ceph'],
  'cert-manager.io': ['cert-manager'],
  'external-secrets.io': ['external-secrets'],
  'flagger.app': ['flagger'],
  'kafka.strimzi.io': ['strimzi-kafka-operator'],
  'keda.sh': ['keda'],
  'kyverno.io': ['kyverno'],
  'longhorn.io': ['longhorn'],
  'metallb.io': ['metallb'],
  'monitoring.coreos.com': ['kube-prometheus-stack', 'prometheus-operator', 'prometheus-operator-crds'],
  'policies.kyverno.io': ['kyverno'],
  'postgresql.cnpg.io': ['cloudnative-pg'],
  'templates.gatekeeper.sh': ['gatekeeper'],
  'velero.io': ['velero'],
};

/** Groups that come with a cluster: managed Kubernetes, k3s, OpenShift, a network plugin. */
const OF_PLATFORMS =
  /(^|\.)(openshift\.io|cattle\.io|gke\.io|cloud\.google\.com|googleapis\.com|k8s\.aws|amazonaws\.com|azure\.com|cilium\.io|projectcalico\.org|tigera\.io|traefik\.io|traefik\.containo\.us|k8s\.io|x-k8s\.io)$/;

/** Kinds that install something, which may bring CRDs. */
const INSTALLERS = [
  'fluxcd.controlplane.io/ResourceSet',
  'helm.cattle.io/HelmChart',
  'operators.coreos.com/Subscription',
];

/** Kinds that run something; some operators make their own CRDs. */
const WORKLOADS = ['apps/DaemonSet', 'apps/Deployment', 'apps/StatefulSet', 'batch/Job'];

/** Every group of custom resources of every layer, with when their CRDs are there. */
export function customResources(cluster: ClusterState): readonly CustomResources[] {
  return cluster.once('custom resources', () => {
    // A directory that some cluster applies may stand on anything.
    if (cluster.partial) return [];
    const found = new Map<string, { first: ObjectState; count: number; supply: Supply }>();
    const supplies = new Map<string, Supply>();
    for (const state of cluster.objects) {
      const { id, layer } = state;
      if (!isCustom(id) || isLeftAlone(state.on)) continue;
      const kind = `${layer.name}\n${id.group}\n${id.kind}`;
      const supply = supplies.get(kind) ?? supplyOf(cluster, state);
      supplies.set(kind, supply);
      if (supply.when === 'before') continue;
      const key = `${layer.name}\n${id.group}\n${supply.when}`;
      const known = found.get(key);
      if (known) known.count++;
      else found.set(key, { first: state, count: 1, supply });
    }
    return [...found.values()];
  });
}

/** True for a cluster of which nobody says what is on it besides: CRDs too may be installed in another way. */
function isOpen({ fleet, exists, provides }: ClusterState): boolean {
  return fleet === '' && exists.length === 0 && provides.length === 0;
}

/** Whether it can be told what brings a CRD: by its content, or by its name, such as stash for stash.appscode.com. */
function isLikely(by: Bringer, { group }: Identity): boolean {
  if (by.certain || !by.reconciled) return true;
  const words = [by.reconciled.name, ...(by.reconciled.kind === 'HelmRelease' ? chartNames(by.reconciled) : [])]
    .flatMap((name) => name.toLowerCase().split(/[^a-z0-9]+/))
    .filter((word) => word.length > 3 && !GENERAL.has(word));
  return words.some((word) => group.includes(word));
}

/** Words that say nothing of what a chart is for. */
const GENERAL: ReadonlySet<string> = new Set([
  'apps',
  'cluster',
  'config',
  'core',
  'infra',
  'infrastructure',
  'system',
]);

/** The charts that are known to bring the CRDs of a group. */
export function chartsOf(group: string): readonly string[] {
  return CHARTS[group] ?? [];
}

/** True for a kind that a CRD has to define, and not one of Flux or the Flux Operator, which are installed otherwise. */
function isCustom({ apiVersion, group, kind }: Identity): boolean {
  if (!group.includes('.') || apiVersion.includes('${') || kind === '') return false;
  if (/(^|\.)(fluxcd\.io|fluxcd\.controlplane\.io)$/.test(group) || group === 'kustomize.config.k8s.io') return false;
  // A version or kind that does not exist is told by the rule about those.
  const known = lookup(apiVersion, kind);
  if (known === 'unknown-group') return true;
  return known === 'served' && schemaFileOf(apiVersion, kind) !== 'kubernetes';
}

function supplyOf(cluster: ClusterState, { id, layer, target }: ObjectState): Supply {
  const order = orderOf(cluster);
  const defined = definitions(cluster).get(`${target}\n${id.group}\n${id.kind}`);
  const bringers = defined ?? (isDeclared(cluster, id, target) ? undefined : mayBring(cluster, id, target));
  if (!bringers) return { when: 'before' };
  const certain = bringers[0]?.certain === true;
  if (!certain && OF_PLATFORMS.test(id.group)) return { when: 'before' };
  let places: { by: Bringer; when: 'after' | 'sometime' }[] = [];
  for (const by of bringers) {
    const when = placeOf(order, by, layer, defined !== undefined);
    if (when === 'before') return { when };
    places.push({ by, when });
  }
  if (!defined && !certain && mayMakeItself(cluster, order, id, layer)) return { when: 'before' };
  if (isOpen(cluster)) {
    places = places.filter(({ by }) => isLikely(by, id));
    if (places.length === 0) return { when: 'before' };
  }
  const provided = cluster.provides.some((name) => isCrdOf(name, id));
  if (places.length === 0) return { when: provided ? 'before' : 'never' };
  const sometime = places.find((p) => p.when === 'sometime');
  if (sometime) return { when: 'sometime', by: sometime.by };
  return { when: 'after', by: (places.find((p) => p.by.certain) ?? places[0]!).by };
}

/** When something that a layer needs comes, seen from that layer. */
function placeOf(order: Order, by: Bringer, layer: LayerModel, isDefinition: boolean): 'before' | 'after' | 'sometime' {
  const above = order.ancestors(by.layer);
  // CRDs are applied first, and Flux waits until they are established, before it applies the rest of their layer.
  if (isDefinition && (by.layer === layer || order.ancestors(layer).includes(by.layer))) return 'before';
  // What does not wait for it is a matter of another rule.
  if (order.isReadyBefore(by.layer, layer) || above.some((l) => order.isReadyBefore(l, layer))) return 'before';
  const own = order.of(layer);
  const applies = by.reconciled?.kind === 'Kustomization' ? by.reconciled : order.of(by.layer);
  if (!own || !applies) return 'before';
  if (by.reconciled && order.isReadyBeforeApplied(by.reconciled, own)) return 'before';
  return order.cannotBeginBefore(applies, own) ? 'after' : 'sometime';
}

/**
 * Whether an operator that runs on the cluster may make the CRD itself. Which one does is not known: for a well-known
 * group, or where charts are there that could bring it, only one that runs before counts.
 */
function mayMakeItself(cluster: ClusterState, order: Order, { group }: Identity, layer: LayerModel): boolean {
  const isKnown = chartsOf(group).length > 0 || mayBringAny(cluster, layer.target);
  return workloadLayers(cluster).some(
    (l) =>
      l.target === layer.target && (!isKnown || [l, ...order.ancestors(l)].some((a) => order.isReadyBefore(a, layer))),
  );
}

function mayBringAny(cluster: ClusterState, target: string): boolean {
  return installers(cluster).some((i) => i.target === target);
}

function workloadLayers(cluster: ClusterState): readonly LayerModel[] {
  return cluster.once('layers with workloads', () => [
    ...new Set(cluster.objects.filter(({ id }) => WORKLOADS.includes(`${id.group}/${id.kind}`)).map((o) => o.layer)),
  ]);
}

// ---- who brings CRDs ----------------------------------------------------------------------------------------------

/** The CRDs that the fleet itself emits, by cluster, group and kind. */
function definitions(cluster: ClusterState): ReadonlyMap<string, readonly Bringer[]> {
  return cluster.once('CRDs', () => {
    const found = new Map<string, Bringer[]>();
    for (const { on, object, id, layer, target } of cluster.ofKind(
      'apiextensions.k8s.io',
      'CustomResourceDefinition',
    )) {
      if (isLeftAlone(on)) continue;
      const { group, names } = (object.spec ?? {}) as { group?: unknown; names?: { kind?: unknown } };
      const key = `${target}\n${String(group)}\n${String(names?.kind)}`;
      const bringer = { label: `CustomResourceDefinition "${id.name}"`, layer, certain: true };
      found.set(key, [...(found.get(key) ?? []), bringer]);
    }
    return found;
  });
}

/** What may bring the CRD of a kind: what is known to, together with all whose content is not known; else anything. */
function mayBring(cluster: ClusterState, id: Identity, target: string): readonly Bringer[] {
  const known = cluster.once('bringers', () => new Map<string, readonly Bringer[]>());
  const key = `${target}\n${id.group}\n${id.kind}`;
  let bringers = known.get(key);
  if (!bringers) {
    const all = installers(cluster).filter((i) => (i.target === undefined ? target !== '' : i.target === target));
    const certain = new Set(all.filter((i) => i.brings(id)));
    const candidates = certain.size > 0 ? all.filter((i) => certain.has(i) || i.isOpen) : all;
    // Those that are known to bring it first: one that comes before ends the search.
    const inOrder = [...certain, ...candidates.filter((i) => !certain.has(i))];
    bringers = inOrder.map((i) => ({ ...i.bringer, certain: certain.has(i) }));
    known.set(key, bringers);
  }
  return bringers;
}

interface Installer {
  readonly bringer: Omit<Bringer, 'certain'>;
  /** Undefined for one of a hub's other clusters, of which it is not known. */
  readonly target: string | undefined;
  readonly brings: (id: Identity) => boolean;
  /** True for what may bring anything, also what another one is known for. */
  readonly isOpen: boolean;
}

function installers(cluster: ClusterState): readonly Installer[] {
  return cluster.once('installers', () => {
    const reconciled = orderOf(cluster).all.flatMap((r): Installer[] => {
      if (r.kind === 'HelmRelease' ? !r.parent || isLeftAlone(r.on) : !hasUnknownContent(r.layer)) return [];
      const layer = r.layer ?? r.parent;
      if (!layer) return [];
      const away = r.spec.kubeConfig !== undefined;
      const charts = r.kind === 'HelmRelease' ? chartNames(r) : [];
      return [
        {
          bringer: {
            label: r.kind === 'HelmRelease' ? r.label : `Kustomization ${r.label}`,
            layer: r.parent ?? layer,
            reconciled: r,
          },
          target: r.layer?.target ?? (away ? undefined : r.target),
          brings: ({ group }) => chartsOf(group).some((chart) => charts.includes(chart)),
          isOpen: r.kind === 'Kustomization' || charts.some((name) => name.includes('crd')),
        },
      ];
    });
    const objects = cluster.objects.flatMap(({ on, object, id, layer, target }): Installer[] => {
      const brings = broughtBy(on, id);
      if (!brings && !INSTALLERS.includes(`${id.group}/${id.kind}`)) return [];
      const bringer = { label: `${id.kind} "${fullName(identityOf(object))}"`, layer };
      return [{ bringer, target, brings: brings ?? (() => false), isOpen: id.kind === 'ResourceSet' }];
    });
    return [...reconciled, ...objects];
  });
}

/** Which kinds an object defines that is no CRD itself, but of which a controller makes one. */
function broughtBy({ object }: ObjectModel, { group, kind }: Identity): Installer['brings'] | undefined {
  if (group === 'templates.gatekeeper.sh' && kind === 'ConstraintTemplate') {
    const spec = object.spec as { crd?: { spec?: { names?: { kind?: string } } } } | undefined;
    const made = spec?.crd?.spec?.names?.kind;
    return (id) => id.group === 'constraints.gatekeeper.sh' && id.kind === made;
  }
  if (group === 'apiextensions.crossplane.io' && kind === 'CompositeResourceDefinition') {
    const spec = object.spec as
      { group?: string; names?: { kind?: string }; claimNames?: { kind?: string } } | undefined;
    const made = [spec?.names?.kind, spec?.claimNames?.kind];
    return (id) => id.group === spec?.group && made.includes(id.kind);
  }
  return undefined;
}

/** What a HelmRelease calls its chart: the name in the repository, the name of the artifact, or its own. */
function chartNames({ name, spec }: Reconciled): string[] {
  const { chart, chartRef } = spec as { chart?: { spec?: { chart?: unknown } }; chartRef?: { name?: unknown } };
  const said = chart?.spec?.chart;
  if (typeof said === 'string') return [said.split('/').at(-1)!];
  return [name, chartRef?.name].filter((n) => typeof n === 'string');
}

function isDeclared(cluster: ClusterState, id: Identity, target: string): boolean {
  return cluster.exists.some(
    (e) => e.kind === 'CustomResourceDefinition' && (e.target ?? '') === target && isCrdOf(e.name, id),
  );
}

/** Whether a CRD's name is that of a kind; plurals that are not formed by the rule are known by how they begin. */
function isCrdOf(name: string, { group, kind }: Identity): boolean {
  const plural = name.slice(0, -group.length - 1);
  if (name !== `${plural}.${group}`) return false;
  return plural === pluralOf(kind) || plural.startsWith(kind.toLowerCase());
}
