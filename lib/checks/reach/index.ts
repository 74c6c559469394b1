import type { Rule } from '../rule.js';
import { accountNotNamed } from './account-not-named.js';
import { crossNamespace } from './cross-namespace.js';
import { forbidden } from './forbidden.js';
import { remoteBaseUnpinned } from './remote-base-unpinned.js';
import { remoteBase } from './remote-base.js';
import { remoteKubeconfig } from './remote-kubeconfig.js';
import { sourceNotAllowed } from './source-not-allowed.js';
import { tenantClusterAdmin } from './tenant-cluster-admin.js';
import { tenantReachesOut } from './tenant-reaches-out.js';
import { tenantUnbound } from './tenant-unbound.js';

/** Nobody reaches further than they may. */
export const REACH: readonly Rule[] = [
  accountNotNamed,
  tenantUnbound,
  forbidden,
  tenantClusterAdmin,
  tenantReachesOut,
  crossNamespace,
  sourceNotAllowed,
  remoteBase,
  remoteBaseUnpinned,
  remoteKubeconfig,
];
