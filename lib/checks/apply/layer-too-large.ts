import { identityOf } from '../../model/identity.js';
import type { ObjectModel } from '../../model/cluster-model.js';
import { unitOf } from '../../model/cluster-model.js';
import type { Rule } from '../rule.js';
import { nameOf } from '../rule.js';
import { inMib, MAX_REQUEST } from './object-too-large.js';

const RBAC_KINDS = new Set(['Role', 'RoleBinding', 'ClusterRole', 'ClusterRoleBinding']);

/** No layer has more objects than its Kustomization can note: all of them stand in its status, in one object. */
export const layerTooLarge: Rule = {
  id: 'layer-too-large',
  title: 'No Kustomization has more objects than its status can hold',
  *check(cluster) {
    for (const layer of cluster.layers) {
      const size = layer.objects.reduce((sum, o) => sum + entrySize(o), 0);
      if (size <= MAX_REQUEST) continue;
      yield {
        on: layer,
        what: `${nameOf(layer)} has more objects than status.inventory can hold: Flux applies them, fails to write what it applied, and is never ready`,
        expected: 'an inventory of at most 1.5 MiB, which is what etcd takes',
        given: `${layer.objects.length} objects, ${inMib(size)} in status.inventory`,
        fix: `divide the ${unitOf(layer)}`,
      };
    }
  },
};

/** The length of `{"id":"<namespace>_<name>_<group>_<kind>","v":"<version>"},`. */
function entrySize({ object }: ObjectModel): number {
  const { apiVersion, group, kind, name, namespace = '' } = identityOf(object);
  const version = apiVersion.slice(apiVersion.indexOf('/') + 1);
  const colons = RBAC_KINDS.has(kind) ? name.split(':').length - 1 : 0;
  return (
    '{"id":"___","v":""},'.length +
    namespace.length +
    name.length +
    colons +
    group.length +
    kind.length +
    version.length
  );
}
