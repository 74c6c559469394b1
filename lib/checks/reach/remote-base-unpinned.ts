import { reconcilersOf } from '../../model/accounts.js';
import type { Rule } from '../rule.js';
import { fullNameOf } from '../shared/reconciler.js';
import { isPinned, isRemoteFile } from '../shared/remote.js';

/** What is loaded from elsewhere while Flux builds is a version that stays what it is. */
export const remoteBaseUnpinned: Rule = {
  id: 'remote-base-unpinned',
  title: 'What kustomize loads from elsewhere is pinned to a version or a commit.',
  severity: 'warning',
  *check(cluster) {
    if (cluster.partial) return;
    for (const r of reconcilersOf(cluster)) {
      if (r.kind !== 'Kustomization' || r.target !== '') continue;
      // Under lockdown what Git would clone is refused anyway; files by HTTP are not.
      const remote = (r.layer?.facts?.remote ?? []).filter(
        (url) => !isPinned(url) && (!cluster.lockdown || isRemoteFile(url)),
      );
      if (remote.length === 0) continue;
      const fetched = remote.some((url) => isRemoteFile(url));
      yield {
        on: r.on,
        field: ['spec', 'path'],
        what: `${fullNameOf(r)} loads what is not in its source and may change without a commit: Flux applies whatever is there when it builds${cluster.lockdown && fetched ? ', for --no-remote-bases does not hold back files by HTTP' : ''}`,
        expected: 'a version or a commit in the address, or a copy in the source',
        given: remote.join('\n'),
        fix: 'pin it (?ref=v1.2.3 for a repository, a tag or commit in the path for a file), or copy it into the source',
      };
    }
  },
};
