import { defaultAccount, reconcilersOf } from '../../model/accounts.js';
import type { ClusterState } from '../../model/cluster-state.js';
import { accessOf } from '../../model/rbac/access.js';
import type { Rule, RuleFinding } from '../rule.js';
import { fullNameOf, isPatchedFor } from '../shared/reconciler.js';

const WHAT = 'names no service account: under lockdown Flux applies it as';

/** Under lockdown everything that Flux applies names the account that it is applied as. */
export const accountNotNamed: Rule = {
  id: 'account-not-named',
  title:
    'Under lockdown every Kustomization and HelmRelease names its service account, or the default account has rights there.',
  *check(cluster) {
    if (cluster.partial) return;
    yield* ofRoot(cluster);
    for (const r of reconcilersOf(cluster)) {
      // Fields that the layer's own patches add are seen on the cluster only.
      if (r.identity !== 'default' || r.namespace === '' || isPatchedFor(r, 'serviceAccountName')) continue;
      const { namespace, name } = r.account!;
      const bound = accessOf(cluster, r.target)
        .bindingsOf(r.account!)
        .some((b) => b.state !== undefined);
      if (bound || `${namespace}${name}`.includes('${')) continue;
      yield {
        on: r.on,
        field: ['spec', 'serviceAccountName'],
        what: `${fullNameOf(r)} ${WHAT} ${namespace}/${name}, which may do nothing, and the API server forbids all of it`,
        expected: `spec.serviceAccountName, an account of the namespace ${namespace} with the rights that it needs`,
        given: `none, and no binding for the account ${name} in ${namespace}`,
        fix:
          namespace === 'flux-system'
            ? `write serviceAccountName: ${r.kind === 'Kustomization' ? 'kustomize-controller' : 'helm-controller'} where it is the platform’s, or the account of the tenant`
            : `write serviceAccountName, such as the tenant’s, and bind that account to the role "admin" in ${namespace}`,
      };
    }
  },
};

/** The Kustomization of the root, which `flux bootstrap` writes without an account. */
function* ofRoot(cluster: ClusterState): Generator<RuleFinding> {
  const wanted = { kind: 'Kustomization', name: 'flux-system', namespace: 'flux-system', target: '' };
  const root = cluster.find({ ...wanted, group: 'kustomize.toolkit.fluxcd.io' });
  const { serviceAccountName } = (root?.object.spec ?? {}) as { serviceAccountName?: string };
  const account = defaultAccount(cluster);
  if (!root || account === undefined || serviceAccountName !== undefined) return;
  yield {
    on: root.on,
    field: ['spec', 'serviceAccountName'],
    what: `the root Kustomization "flux-system" ${WHAT} flux-system/${account}, which may do nothing: nothing of the cluster is applied any more, not even the commit that mends it`,
    expected: 'spec.serviceAccountName: kustomize-controller',
    given: 'none',
    fix: 'add a patch to flux-system/kustomization.yaml: target kind Kustomization, op add, path /spec/serviceAccountName, value kustomize-controller',
  };
}
