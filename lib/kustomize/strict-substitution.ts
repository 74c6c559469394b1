import type { ClusterState } from '../model/cluster-state.js';
import { semver } from '../semver.js';

/** Whether Flux refuses a variable that is not defined, as it does from 2.9 on; before, it was empty text. */
export function isStrict({ fluxVersion }: Pick<ClusterState, 'fluxVersion'>): boolean {
  const version = semver().coerce(fluxVersion);
  return version === null || !semver().lt(version, '2.9.0');
}
