import { unitOf } from '../../model/cluster-model.js';
import type { LayerModel } from '../../model/cluster-model.js';
import type { ClusterState, ObjectState } from '../../model/cluster-state.js';
import { hasUnknownContent, orderOf } from '../../model/order.js';
import type { Reconciled } from '../../model/order.js';
import { guards, policiesOf } from '../../model/policies.js';
import type { AdmissionPolicy } from '../../model/policies.js';
import { nameOf } from '../rule.js';
import type { Rule } from '../rule.js';

const TENANT_LABEL = 'toolkit.fluxcd.io/tenant';

/** What goes around a policy that comes too late. */
interface Late {
  readonly policy: AdmissionPolicy;
  readonly first: Reconciled;
  count: number;
}

/**
 * What keeps tenants in is there before they are. An admission policy judges only what is created or changed after it:
 * what a tenant applied before stays.
 */
export const policyOrder: Rule = {
  id: 'policy-order',
  title: 'Admission policies for tenants are ready before what tenants reconcile.',
  severity: 'warning',
  *check(cluster) {
    if (cluster.partial) return;
    const order = orderOf(cluster);
    const policies = policiesOf(cluster).filter((p) => p.refuses && p.kinds.length > 0);
    const tenants = policies.length > 0 ? tenantNamespaces(cluster) : [];
    // One for each layer that applies tenants, for it is the layer that has to wait.
    const late = new Map<LayerModel, Late>();
    for (const { namespace, reconciled } of tenants) {
      for (const policy of policies.filter((p) => guards(p, namespace.object, namespace.target))) {
        const owners = policy.layers.map((l) => order.of(l));
        for (const r of reconciled) {
          const isGuarded = policy.kinds.includes(r.kind) || (r.kind === 'Kustomization' && mayBringAnything(r.layer));
          if (!r.parent || !isGuarded || owners.every((o) => o && order.isReadyBeforeApplied(o, r))) continue;
          const known = late.get(r.parent);
          if (known) known.count += known.policy === policy ? 1 : 0;
          else late.set(r.parent, { policy, first: r, count: 1 });
        }
      }
    }
    for (const [layer, { policy, first, count }] of late) {
      const beside = policy.layers.includes(layer);
      const from = policy.layers.find((l) => l !== layer) ?? layer;
      const who = `${first.kind === 'Kustomization' ? `Kustomization ${first.label}` : first.label}${count > 1 ? ` and ${count - 1} more of tenants` : ''}`;
      yield {
        on: layer,
        field: ['spec', 'dependsOn'],
        what: `${nameOf(layer)} does not wait for ${nameOf(policy.state.on)}: ${who} may apply what the policy would refuse before it is there`,
        expected: `a dependency on the ${unitOf(layer)} of the policy, so that it is ready before tenants are applied`,
        given: beside ? `the policy in the same ${unitOf(layer)}` : `the policy in ${nameOf(from)}, without any order`,
        fix: beside
          ? `move the policy into a ${unitOf(layer)} of its own, and let "${layer.name}" depend on it`
          : `let "${layer.name}" depend on "${from.name}"`,
      };
    }
  },
};

/** True for what is not here, and for what comes from another repository: what it brings tomorrow nobody here reviews. */
function mayBringAnything(layer: LayerModel | undefined): boolean {
  if (hasUnknownContent(layer)) return true;
  const spec = layer?.kustomization?.object.spec as { sourceRef?: { name?: string } } | undefined;
  return spec?.sourceRef?.name !== 'flux-system';
}

/** The namespaces that are a tenant's, with what is reconciled there. */
function tenantNamespaces(cluster: ClusterState): { namespace: ObjectState; reconciled: Reconciled[] }[] {
  const byNamespace = new Map<string, Reconciled[]>();
  for (const r of orderOf(cluster).all) {
    const key = `${r.target}\n${r.namespace}`;
    byNamespace.set(key, [...(byNamespace.get(key) ?? []), r]);
  }
  return cluster.ofKind('', 'Namespace').flatMap((namespace) => {
    const { labels } = namespace.object.metadata as { labels?: Record<string, unknown> };
    if (typeof labels?.[TENANT_LABEL] !== 'string') return [];
    return [{ namespace, reconciled: byNamespace.get(`${namespace.target}\n${namespace.id.name}`) ?? [] }];
  });
}
