import type { ClusterState, ObjectState } from '../../model/cluster-state.js';
import { kindKey, kindsIn } from '../../model/identity.js';
import { deletesObjects, isGuarded, isOfFlux, saysGuard } from '../../model/prune.js';
import { nameOf } from '../rule.js';
import type { Rule } from '../rule.js';

/** What is lost with an object, by group and kind; undefined where a field keeps it. */
const LOST: Readonly<Record<string, (spec: Spec) => string | undefined>> = {
  '/PersistentVolumeClaim': () => 'the data on its volume, unless the volume is retained',
  '/PersistentVolume': (spec) =>
    spec.persistentVolumeReclaimPolicy === 'Delete'
      ? 'the data on the volume, which is to be deleted with it'
      : undefined,
  'apps/StatefulSet': (spec) =>
    spec.persistentVolumeClaimRetentionPolicy?.whenDeleted === 'Delete' && (spec.volumeClaimTemplates?.length ?? 0) > 0
      ? 'the claims of its pods, and the data on their volumes'
      : undefined,
  'apiextensions.k8s.io/CustomResourceDefinition': ({ names }) =>
    `every ${names?.kind ?? 'object of its kind'} on the cluster`,
  'postgresql.cnpg.io/Cluster': () => 'the volumes of all instances of the database',
  'postgres-operator.crunchydata.com/PostgresCluster': () => 'the volumes of all instances of the database',
  'elasticsearch.k8s.elastic.co/Elasticsearch': (spec) =>
    spec.volumeClaimDeletePolicy === 'DeleteOnScaledownOnly' ? undefined : 'the volumes of all its nodes',
};

/** The kinds of which something may be lost. */
const KINDS = kindsIn(['/Namespace', ...Object.keys(LOST)]);

interface Spec {
  readonly persistentVolumeReclaimPolicy?: string;
  readonly persistentVolumeClaimRetentionPolicy?: { readonly whenDeleted?: string };
  readonly volumeClaimTemplates?: readonly unknown[];
  readonly volumeClaimDeletePolicy?: string;
  readonly names?: { readonly kind?: string };
}

/**
 * What holds data is not pruned: a file that moves, or a Kustomization that is renamed, would delete it. A namespace is
 * told only where it takes along what somebody has guarded; all others would drown the report.
 *
 * @see https://fluxcd.io/flux/components/kustomize/kustomizations/#prune
 */
export const pruneUnguarded: Rule = {
  id: 'prune-unguarded',
  title: 'What holds data is guarded against pruning.',
  severity: 'warning',
  *check(cluster) {
    if (cluster.partial) return;
    let guarded: ReadonlyMap<string, ObjectState> | undefined;
    for (const state of cluster.objects) {
      const { on, object, id, layer } = state;
      if (!KINDS.has(id.kind) || !deletesObjects(layer) || isGuarded(object, layer) || isOfFlux(object)) continue;
      const isNamespace = id.group === '' && id.kind === 'Namespace';
      const inside = isNamespace
        ? (guarded ??= guardedByNamespace(cluster)).get(keyOf(state.target, id.name))
        : undefined;
      const lost = inside
        ? `${nameOf(inside.on)}, which is guarded itself, and all else that is in it`
        : LOST[kindKey(id)]?.((object.spec ?? {}) as Spec);
      if (lost === undefined) continue;
      yield {
        on,
        what: `Flux deletes ${nameOf(on)} when it leaves the files of ${nameOf(layer)}, and with it ${lost}`,
        expected: 'the annotation kustomize.toolkit.fluxcd.io/prune: disabled',
        given: 'a Kustomization that prunes, and no guard',
        fix: 'add the annotation; when it is to go, delete it with kubectl',
        field: ['metadata'],
      };
    }
  },
};

/** For each namespace one of the objects in it that says itself that Flux must leave it alone. */
function guardedByNamespace(cluster: ClusterState): ReadonlyMap<string, ObjectState> {
  const map = new Map<string, ObjectState>();
  for (const state of cluster.objects) {
    const { namespace } = state.id;
    if (namespace === undefined || !saysGuard(state.object)) continue;
    const key = keyOf(state.target, namespace);
    if (!map.has(key)) map.set(key, state);
  }
  return map;
}

function keyOf(target: string, namespace: string): string {
  return `${target}\n${namespace}`;
}
