import { lookup } from '../../model/kinds.js';
import { nameOf } from '../rule.js';
import type { Rule } from '../rule.js';

/** Every object's API version is served: Flux 2.9 and Kubernetes refuse removed ones. */
export const apiVersion: Rule = {
  id: 'api-version-not-served',
  *check(cluster) {
    for (const on of cluster.layers.flatMap((l) => l.objects)) {
      const { apiVersion: version, kind } = on.object;
      if (typeof version !== 'string' || typeof kind !== 'string') continue;
      const known = lookup(version, kind);
      if (known === 'served' || known === 'unknown-group') continue;
      yield {
        on,
        what: `${nameOf(on)} has an API version that no cluster serves`,
        expected: known === 'unknown-kind' ? `a kind that ${version} has` : known.served.join(' or '),
        given: `${version} ${kind}`,
        fix:
          known === 'unknown-kind'
            ? 'check kind and group'
            : `write apiVersion: ${known.served[0]}, and read what changed since`,
      };
    }
  },
};
