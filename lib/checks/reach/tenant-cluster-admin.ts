import { allowsEverything } from '../../model/rbac/access.js';
import { nameOf } from '../rule.js';
import type { Rule } from '../rule.js';
import { bindingsBeyond, tenantsInWords } from '../shared/tenant-bindings.js';

/** No account of a tenant may do everything on the cluster. */
export const tenantClusterAdmin: Rule = {
  id: 'tenant-cluster-admin',
  title: 'No account of a tenant may do everything on the cluster.',
  *check(cluster) {
    if (cluster.partial) return;
    for (const found of bindingsBeyond(cluster)) {
      const { binding } = found;
      if (binding.namespace !== undefined || !binding.rules?.some(allowsEverything)) continue;
      yield {
        on: binding.state.on,
        field: ['roleRef', 'name'],
        what: `${nameOf(binding.state)} lets ${tenantsInWords(cluster, found)} do everything on the cluster: whoever writes to the tenant’s source reads every Secret and rules every other tenant`,
        expected: 'rights in the namespaces of the tenant: a RoleBinding in each, to the role "admin"',
        given: `the ClusterRole "${binding.role.name}" on the whole cluster`,
        fix: 'bind the role in the tenant’s namespaces; if these are people who rule the cluster anyway, allow it with that reason',
      };
    }
  },
};
