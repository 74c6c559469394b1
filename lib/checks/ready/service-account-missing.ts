import type { ClusterState, Wanted } from '../../model/cluster-state.js';
import type { JsonObject } from '../../yaml/normalize.js';
import { referenceRule } from '../shared/missing.js';
import type { Need } from '../shared/missing.js';

const RBAC = 'rbac.authorization.k8s.io';

/**
 * Every service account that something runs as is there.
 *
 * @see https://fluxcd.io/flux/components/kustomize/kustomizations/#role-based-access-control
 */
export const serviceAccountMissing = referenceRule({
  id: 'service-account-missing',
  title: 'Every service account that Flux or a pod runs as is on the cluster.',
  kinds: ['ServiceAccount'],
  consequence,
  // An account that is bound before it is there gets its rights when it comes.
  only: ({ state }) => state.id.group !== RBAC,
});

function consequence({ state, wanted }: Need, cluster: ClusterState): string {
  const { group, kind } = state.id;
  switch (kind) {
    case 'Kustomization':
    case 'HelmRelease':
      return impersonated(kind === 'HelmRelease' ? 'installs' : 'applies', wanted, cluster);
    case 'ResourceSet':
      return 'the Flux Operator applies nothing of it';
    default:
      return group.endsWith('fluxcd.io') ? 'Flux fetches and sends nothing by it' : 'no pod of it is ever made';
  }
}

/** Flux only says the name of an account, so rights that are bound to the name hold; but it does not clean up as nobody. */
function impersonated(does: string, { name, namespace, target }: Wanted, cluster: ClusterState): string {
  const bindings = ['RoleBinding', 'ClusterRoleBinding'].flatMap((kind) => cluster.ofKind(RBAC, kind));
  const isBound = bindings.some(
    ({ object, id, target: on }) =>
      on === target &&
      ((object.subjects ?? []) as JsonObject[]).some(
        (s) => s.kind === 'ServiceAccount' && s.name === name && (s.namespace ?? id.namespace) === namespace,
      ),
  );
  return isBound
    ? `Flux ${does} with the rights that are bound to the name, but cleans nothing up when this goes, so that everything stays behind`
    : `Flux ${does} as "system:serviceaccount:${namespace ?? ''}:${name}", and the API server forbids it everything`;
}
