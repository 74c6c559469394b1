import { reconcilersOf } from '../../model/accounts.js';
import type { Rule } from '../rule.js';
import { fullNameOf } from '../shared/reconciler.js';
import { isRemoteFile } from '../shared/remote.js';

/** Under lockdown no kustomization.yaml loads a base from another repository: Flux does not build it. */
export const remoteBase: Rule = {
  id: 'remote-base',
  title: 'Under lockdown everything that is built is in the source: no bases from other repositories.',
  *check(cluster) {
    if (!cluster.lockdown || cluster.partial) return;
    for (const r of reconcilersOf(cluster)) {
      if (r.kind !== 'Kustomization' || r.target !== '') continue;
      const remote = (r.layer?.facts?.remote ?? []).filter((url) => !isRemoteFile(url));
      if (remote.length === 0) continue;
      yield {
        on: r.on,
        field: ['spec', 'path'],
        what: `${fullNameOf(r)} builds a base of another repository, which the lockdown forbids (--no-remote-bases): the build fails, and nothing of it is applied`,
        expected: 'directories of its own source',
        given: remote.join('\n'),
        fix: 'copy the base into the source, or let Flux fetch it: a GitRepository with a ref and a Kustomization of its own',
      };
    }
  },
};
