import type { ClusterState, KustomizationState, ObjectState, Wanted } from '../../model/cluster-state.js';
import { kindsIn } from '../../model/crd-kinds.js';
import { groupOf } from '../../model/kinds.js';
import type { Rule, RuleFinding } from '../rule.js';
import { isMissing } from '../shared/missing.js';

/** An entry of spec.healthChecks. */
interface HealthCheck {
  readonly apiVersion?: unknown;
  readonly kind?: unknown;
  readonly name?: unknown;
  readonly namespace?: unknown;
}

/** The same, as kustomize-controller reads it. */
interface Checked {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly namespace: string | undefined;
}

type Said = Pick<RuleFinding, 'what' | 'expected' | 'given' | 'fix'>;

/**
 * What a Kustomization waits for can come: its kind is one of the group, and it, or its namespace, is on the cluster.
 *
 * @see https://fluxcd.io/flux/components/kustomize/kustomizations/#health-checks
 */
export const healthCheckMissing: Rule = {
  id: 'health-check-missing',
  title: 'Everything that a Kustomization names in healthChecks can be there.',
  *check(cluster) {
    if (cluster.partial) return;
    for (const k of cluster.kustomizations) {
      const { healthChecks, wait, kubeConfig } = k.spec;
      // With wait, Flux looks at all that it applies, and reads no healthChecks.
      if (wait === true || !Array.isArray(healthChecks) || (kubeConfig !== undefined && !k.layer)) continue;
      for (const [index, entry] of (healthChecks as (HealthCheck | null)[]).entries()) {
        const checked = checkedOf(entry);
        const said = checked && judge(cluster, k, checked);
        if (said) yield { on: k.on, field: ['spec', 'healthChecks', index, 'name'], ...said };
      }
    }
  },
};

/** Undefined where it is not known what is meant. */
function checkedOf(entry: HealthCheck | null): Checked | undefined {
  // Kustomize-controller takes apps/v1 where nothing is said.
  const { apiVersion = 'apps/v1', kind, name, namespace } = entry ?? {};
  if (typeof apiVersion !== 'string' || typeof kind !== 'string' || typeof name !== 'string') return undefined;
  if (namespace !== undefined && typeof namespace !== 'string') return undefined;
  if ([apiVersion, kind, name, namespace ?? ''].some((text) => text.includes('${'))) return undefined;
  return { apiVersion, kind, name, namespace: namespace === '' ? undefined : namespace };
}

function judge(cluster: ClusterState, k: KustomizationState, checked: Checked): Said | undefined {
  const { apiVersion, kind, name, namespace } = checked;
  const target = k.layer?.target ?? k.target;
  const group = groupOf(apiVersion);
  const kinds = kindsIn(cluster, target);
  const found = kinds.lookup(apiVersion, kind);
  const waiting = `Kustomization "${k.id}" waits for ${kind} "${namespace === undefined ? name : `${namespace}/${name}`}"`;
  const served = typeof found === 'object' ? found.served[0] : undefined;
  // Of the apiVersion only the group counts.
  if (found === 'unknown-kind' || (served !== undefined && groupOf(served) !== group)) {
    return {
      what: `${waiting} of ${apiVersion}, where there is no such kind: the health check fails each time, and it is never ready`,
      expected: served === undefined ? 'the apiVersion of the kind' : served,
      given: apiVersion,
      fix: 'correct apiVersion and kind, or wait for all that is applied: wait: true, without healthChecks',
    };
  }
  const scope = kinds.scopeOf(apiVersion, kind);
  if (scope !== 'Namespaced') return undefined;
  if (namespace === undefined) {
    return {
      what: `${waiting} without a namespace, where there is none: the health check fails each time, and it is never ready`,
      expected: 'the namespace beside the name',
      given: 'none',
      fix: 'write the namespace',
    };
  }
  const user = userOf(cluster, k);
  if (user === undefined) return undefined;
  const wanted: Wanted = group.endsWith('.toolkit.fluxcd.io')
    ? { kind, group, name, namespace, target }
    : // Who makes a Deployment is often not known, but the namespace has to be there.
      { kind: 'Namespace', name: namespace, target };
  if (!isMissing(cluster, user, wanted)) return undefined;
  const lacks = wanted.kind === 'Namespace' ? `in a namespace that nothing makes` : 'which nothing makes';
  return {
    what: `${waiting}, ${lacks}: the health check fails when the timeout is over, and it is never ready`,
    expected: wanted.kind === 'Namespace' ? 'a namespace of this cluster' : `a ${kind} that is there in ${namespace}`,
    given: wanted.kind === 'Namespace' ? namespace : name,
    fix: 'correct name and namespace, or wait for all that is applied (wait: true, without healthChecks); what others make can be declared (exists)',
  };
}

/** The Kustomization as the object that asks. */
function userOf(cluster: ClusterState, { object }: KustomizationState): ObjectState | undefined {
  return cluster.ofKind('kustomize.toolkit.fluxcd.io', 'Kustomization').find((o) => o.object === object);
}
