import { coerce, lt } from 'semver';
import type { ClusterState } from '../model/cluster-state.js';

/** Whether Flux refuses a variable that is not defined, as it does from 2.9 on; before, it was empty text. */
export function isStrict({ fluxVersion }: Pick<ClusterState, 'fluxVersion'>): boolean {
  const version = coerce(fluxVersion);
  return version === null || !lt(version, '2.9.0');
}
