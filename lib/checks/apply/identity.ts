import { show } from '../../argument.js';
import type { ObjectModel } from '../../model/cluster-model.js';
import { identityOf } from '../../model/identity.js';
import { nameOf } from '../rule.js';
import type { Rule } from '../rule.js';

/** Every object says what it is and what it is called. */
export const identity: Rule = {
  id: 'object-identity',
  title: 'Every object has an apiVersion, a kind and a name.',
  *check(cluster) {
    for (const { on } of cluster.unjudged) {
      const { apiVersion, kind, metadata } = on.object;
      const name = (metadata as { name?: unknown } | undefined)?.name;
      const missing = Object.entries({ apiVersion, kind, 'metadata.name': name }).filter(
        ([, v]) => typeof v !== 'string' || v === '',
      );
      if (missing.length === 0) continue;
      yield {
        on,
        field: missing[0]![0].split('.'),
        what: `${named(on)} has no ${missing.map(([field]) => field).join(' and no ')}`,
        expected: 'apiVersion, kind and metadata.name, each a string',
        given: missing.map(([field, value]) => `${field}: ${show(value)}`).join(', '),
        fix: `write ${missing.map(([field]) => field).join(' and ')}`,
      };
    }
  },
};

/** What has no name is called by its kind and namespace. */
function named(on: ObjectModel): string {
  const { kind, name, namespace } = identityOf(on.object);
  if (name !== '') return nameOf(on);
  return `${kind === '' ? 'an object' : `a ${kind}`}${namespace === undefined ? '' : ` in ${namespace}`}`;
}
