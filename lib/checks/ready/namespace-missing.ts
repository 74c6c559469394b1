import type { ClusterState, ObjectState, Wanted } from '../../model/cluster-state.js';
import { kindsIn } from '../../model/crd-kinds.js';
import { scopeOf } from '../../model/kinds.js';
import type { Rule } from '../rule.js';
import { nameOf } from '../rule.js';
import { findingFor, isDeclared, isMissing, missing } from '../shared/missing.js';

/**
 * Every namespace that something stands in, or is installed into, is made.
 *
 * @see https://fluxcd.io/flux/components/kustomize/kustomizations/#target-namespace
 */
export const namespaceMissing: Rule = {
  id: 'namespace-missing',
  title: 'Every namespace that something stands in, or is installed into, is made by the fleet or declared.',
  *check(cluster) {
    if (cluster.partial) return;
    const told = new Set<string>();
    for (const { state, wanted, others } of homeless(cluster)) {
      told.add(`${wanted.target}\n${wanted.name}`);
      const more = others === 0 ? '' : ` (and ${others} more beside it)`;
      const need = { state, wanted, reference: { field: ['metadata', 'namespace'] } };
      yield {
        ...findingFor(cluster, need, ''),
        what: `${nameOf(state)}${more} stands in the namespace "${wanted.name}", which nothing makes: the API server refuses it, and Flux applies nothing more of ${nameOf(state.layer)}`,
      };
    }
    for (const need of missing(cluster, ['Namespace'])) {
      // What a Kustomization puts into it is told already.
      if (told.has(`${need.wanted.target}\n${need.wanted.name}`)) continue;
      const does = need.state.id.kind === 'HelmRelease' ? 'Helm installs nothing' : 'Flux applies nothing of it';
      yield findingFor(cluster, need, `${does}, because the API server refuses what stands in no namespace`);
    }
  },
};

interface Homeless {
  readonly state: ObjectState;
  readonly wanted: Wanted;
  readonly others: number;
}

/** The first object of each layer in each namespace that is missing, and how many there are besides. */
function homeless(cluster: ClusterState): Homeless[] {
  const found = new Map<string, Homeless>();
  const judged = new Map<string, Map<string, boolean>>();
  const customs = isDeclared(cluster) ? new Set() : groupsOfOthers(cluster);
  for (const state of cluster.objects) {
    const { namespace, apiVersion, kind } = state.id;
    if (namespace === undefined || namespace === '') continue;
    const known = judged.get(state.target) ?? new Map<string, boolean>();
    let isGone = known.get(namespace);
    if (isGone === false || /\$\{|<<|\{\{/.test(namespace)) continue;
    if (scopeOf(apiVersion, kind) === 'Cluster') continue;
    // What was installed in another way, as its CRD was, has its namespace from there.
    if (customs.has(state.id.group)) continue;
    const wanted = { kind: 'Namespace', name: namespace, target: state.target };
    isGone ??= isMissing(cluster, state, wanted);
    judged.set(state.target, known.set(namespace, isGone));
    if (!isGone) continue;
    const key = [state.layer.name, state.target, namespace].join('\n');
    const before = found.get(key);
    found.set(key, before ? { ...before, others: before.others + 1 } : { state, wanted, others: 0 });
  }
  return [...found.values()];
}

/** Groups of custom resources of which no schema is known, and no CRD is here. */
function groupsOfOthers(cluster: ClusterState): ReadonlySet<string> {
  const unknown = cluster.objects.filter(({ id: { apiVersion, kind }, target }) => {
    return kindsIn(cluster, target).lookup(apiVersion, kind) === 'unknown-group';
  });
  return new Set(unknown.map(({ id }) => id.group));
}
