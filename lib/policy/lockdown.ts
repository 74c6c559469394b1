import type { Args } from '../argument.js';
import { addArgs } from '../flux/controllers.js';
import type { PatchSpec } from '../flux/patch.js';
import { toYaml } from '../yaml/write.js';

/** How tenants are locked in. */
export interface LockdownOptions {
  /**
   * Service account of tenants' objects that name none. It should have no rights.
   *
   * @default 'default'
   * @see https://fluxcd.io/flux/installation/configuration/multitenancy/
   */
  readonly defaultServiceAccount?: string;
}

const REFERRING = [
  'kustomize-controller',
  'helm-controller',
  'notification-controller',
  'image-reflector-controller',
  'image-automation-controller',
  'source-watcher',
];

/** The service account of tenants' objects that name none; undefined where there is no lockdown. */
export function lockdownAccount(args: Args, lockdown: boolean | LockdownOptions): string | undefined {
  if (lockdown === false) return undefined;
  const account = (lockdown === true ? undefined : lockdown.defaultServiceAccount) ?? 'default';
  args.dnsSubdomain("'lockdown.defaultServiceAccount'", account);
  return account;
}

/**
 * The patches of Flux's manifests that lock tenants in: no references to other namespaces, no remote bases, no rights
 * without a service account; and the root Kustomization runs as kustomize-controller, which then needs saying.
 *
 * @see https://fluxcd.io/flux/installation/configuration/multitenancy/
 */
export function lockdownPatches(defaultServiceAccount: string): PatchSpec[] {
  return [
    addArgs(REFERRING, ['--no-cross-namespace-refs=true']),
    addArgs(['kustomize-controller'], ['--no-remote-bases=true']),
    addArgs(['kustomize-controller', 'helm-controller'], [`--default-service-account=${defaultServiceAccount}`]),
    rootAccountPatch(),
  ];
}

/**
 * Lets the root Kustomization say the account that it runs as, because none means the tenants' account under lockdown.
 */
export function rootAccountPatch(): PatchSpec {
  return {
    patch: toYaml([[{ op: 'add', path: '/spec/serviceAccountName', value: 'kustomize-controller' }]]),
    target: { kind: 'Kustomization', name: 'flux-system' },
  };
}
