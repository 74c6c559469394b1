import { allowsEverything } from '../../model/rbac/access.js';
import { waysOut } from '../../model/rbac/ways-out.js';
import { nameOf } from '../rule.js';
import type { Rule } from '../rule.js';
import { bindingsBeyond, tenantsInWords } from '../shared/tenant-bindings.js';

/** So many are told; the rest is a number. */
const TOLD = 3;

/** No account of a tenant has a right by which it comes out of its namespaces. */
export const tenantReachesOut: Rule = {
  id: 'tenant-reaches-out',
  title: 'No account of a tenant has a right by which it reaches what is not the tenant’s.',
  *check(cluster) {
    if (cluster.partial) return;
    for (const found of bindingsBeyond(cluster)) {
      const { binding } = found;
      const whole = binding.namespace === undefined;
      // Who may do everything is told by the rule tenant-cluster-admin.
      if (!binding.rules || (whole && binding.rules.some(allowsEverything))) continue;
      const ways = waysOut(binding.rules, whole).map((way) => way.what);
      if (ways.length === 0) continue;
      const place = whole ? 'in every namespace' : `in ${binding.namespace}`;
      const more = ways.length > TOLD ? [`${ways.length - TOLD} more ways out`] : [];
      yield {
        on: binding.state.on,
        field: ['roleRef', 'name'],
        what: `${nameOf(binding.state)} lets ${tenantsInWords(cluster, found)} reach what is not the tenant’s: ${place} it may ${ways[0]}`,
        expected: 'rights in the namespaces of the tenant, and on the cluster only what opens no way to others',
        given: `the ${binding.role.kind} "${binding.role.name}" ${whole ? 'on the whole cluster' : place}, with which it may\n${[...ways.slice(0, TOLD), ...more].join('\n')}`,
        fix: whole
          ? 'bind the role in the tenant’s namespaces only (a RoleBinding in each), or give a ClusterRole without these rights'
          : `give a role without these rights in ${binding.namespace}, or let the platform do it for the tenant`,
      };
    }
  },
};
