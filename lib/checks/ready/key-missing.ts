import { didYouMean } from '../../model/did-you-mean.js';
import { keysOf } from '../../model/presence.js';
import { nameOf } from '../rule.js';
import type { Rule } from '../rule.js';
import { needsOf, userOf } from '../shared/missing.js';
import type { Need } from '../shared/missing.js';

/**
 * Every key of a ConfigMap or Secret that is read is in it. Only those are judged of which the keys are known: the fleet
 * emits or encrypts them, or somebody declares them.
 *
 * @see https://fluxcd.io/flux/components/source/gitrepositories/#secret-reference
 */
export const keyMissing: Rule = {
  id: 'key-missing',
  title: 'Every key of a ConfigMap or Secret that is read is in it.',
  *check(cluster) {
    for (const need of needsOf(cluster, ['ConfigMap', 'Secret'])) {
      const { state, reference, wanted } = need;
      if (reference.optional || isOfValuesFrom(need)) continue;
      const keys = keysOf(cluster, wanted);
      const lacking = keys && lackingKeys(need, keys);
      if (!keys || lacking === undefined || lacking.length === 0) continue;
      const meant = didYouMean(lacking[0]!, keys);
      yield {
        on: state.on,
        field: reference.field,
        what: `${nameOf(state)} reads ${lacking.join(' and ')} of the ${wanted.kind} "${wanted.namespace ?? ''}/${wanted.name}", which has no such key: ${consequence(need)}`,
        expected: lacking.join(', '),
        given: [...keys].sort().join(', ') || 'no key',
        fix: `${meant === undefined ? `give the ${wanted.kind} this key` : `did you mean "${meant}"?`}; where others make it and it has the key, say so with its keys in 'exists'`,
      };
    }
  },
};

/** A ConfigMap that values are read from has a rule of its own, which reads the values too. */
function isOfValuesFrom({ state, reference, wanted }: Need): boolean {
  return state.id.kind === 'HelmRelease' && reference.field[1] === 'valuesFrom' && wanted.kind === 'ConfigMap';
}

/** Keys that are read for certain and are not there. */
function lackingKeys(need: Need, keys: readonly string[]): readonly string[] {
  const { state, reference } = need;
  const has = (key: string) => keys.includes(key);
  if (reference.field[1] === 'kubeConfig' && reference.keys.length === 0 && reference.kind === 'Secret') {
    return has('value') || has('value.yaml') ? [] : ['value'];
  }
  const spec = (state.object.spec ?? {}) as { readonly url?: unknown };
  const isGit = userOf(need) === 'source.toolkit.fluxcd.io/GitRepository' && reference.field[1] === 'secretRef';
  if (isGit && typeof spec.url === 'string' && spec.url.startsWith('ssh://')) {
    return ['identity', 'known_hosts'].filter((key) => !has(key));
  }
  if (isGit && has('password') && !has('username') && !has('bearerToken')) return ['username'];
  return reference.keys.filter((key) => !has(key));
}

function consequence({ state }: Need): string {
  switch (state.id.kind) {
    case 'GitRepository':
      return 'Flux reports "failed to configure authentication options", and fetches nothing new';
    case 'HelmRelease':
      return 'Flux reports that the key is missing, and neither installs nor upgrades the release';
    case 'Kustomization':
      return 'Flux cannot reach the cluster that it leads to, and applies nothing of it';
    case 'Receiver':
      return 'it never becomes ready, and has no address for a webhook';
    default:
      return 'its pods stay in CreateContainerConfigError';
  }
}
