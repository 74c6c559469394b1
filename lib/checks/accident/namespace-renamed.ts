import { unitOf } from '../../model/cluster-model.js';
import type { ObjectModel } from '../../model/cluster-model.js';
import { identityOf, isKind } from '../../model/identity.js';
import type { JsonObject } from '../../yaml/normalize.js';
import type { Rule } from '../rule.js';
import { nameOf } from '../rule.js';

/**
 * No Namespace stands where kustomize sets the namespace of everything: it renames Namespaces too, and what is pruned
 * later is the namespace of that name with all that is in it (fluxcd/flux2#4570).
 *
 * @see https://fluxcd.io/flux/components/kustomize/kustomizations/#target-namespace
 */
export const namespaceRenamed: Rule = {
  id: 'namespace-renamed',
  title: 'No Namespace is renamed by targetNamespace.',
  *check(cluster) {
    for (const layer of cluster.layers) {
      const { targetNamespace } = (layer.kustomization?.object.spec ?? {}) as { targetNamespace?: string };
      // The field of a kustomization.yaml does the same, but there it stands beside the Namespace, and is often meant.
      if (targetNamespace === undefined || targetNamespace === '' || targetNamespace.includes('${')) continue;
      for (const on of layer.objects) {
        // Whatever else is called Namespace keeps its name.
        const written = isKind(on.object, '', 'Namespace') ? writtenName(on) : undefined;
        if (written === undefined || written === targetNamespace || written.includes('${')) continue;
        yield {
          on,
          what: `Namespace "${written}" becomes the namespace "${targetNamespace}": the targetNamespace of ${nameOf(layer)} renames Namespaces too`,
          expected: `no Namespace where targetNamespace is set, or the Namespace "${targetNamespace}" itself`,
          given: `Namespace "${written}", and targetNamespace: ${targetNamespace}`,
          fix: `put the Namespace into another ${unitOf(layer)}; as it is, to take it out of the files again deletes "${targetNamespace}" and all that is in it`,
          field: ['metadata', 'name'],
        };
      }
    }
  },
};

/** The name in the files, before kustomize has built them. */
function writtenName(on: ObjectModel & { readonly written?: JsonObject }): string | undefined {
  return identityOf(on.written ?? on.object).name || undefined;
}
