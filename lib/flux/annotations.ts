import { Args } from '../argument.js';
import { compact } from '../compact.js';
import { PRUNE_DISABLED } from '../kubernetes/namespace.js';

const GROUP = 'kustomize.toolkit.fluxcd.io';

/** How kustomize-controller treats one object, where that differs from the others of its Kustomization. */
export interface FluxAnnotations {
  /**
   * Whether the object is deleted and made anew when a change of it is refused because a field is immutable, as those
   * of Jobs and of Kyverno's generate rules are. Data that hangs on the object is lost with it.
   *
   * @default false
   */
  readonly force?: boolean;
  /**
   * How the object is applied:
   * - `Override`: as the files say; what others changed with kubectl is undone.
   * - `Merge`: as the files say; fields that others added stay.
   * - `IfNotPresent`: made when it is not there, and left alone after that.
   * - `Ignore`: not applied at all.
   *
   * @default 'Override'
   */
  readonly ssa?: 'Override' | 'Merge' | 'IfNotPresent' | 'Ignore';
  /**
   * Whether the object is deleted when it is no longer in the files, or its Kustomization goes. Flux reads that from the
   * object on the cluster, so this has to be applied first: together with `reconcile: false` or `Ignore` it never is.
   *
   * @default true
   */
  readonly prune?: boolean;
  /**
   * Whether `${VARIABLES}` in the object are replaced, where the Kustomization has `postBuild`.
   *
   * @default true
   */
  readonly substitute?: boolean;
  /**
   * Whether the object is reconciled; false leaves the one on the cluster as it is.
   *
   * @default true
   */
  readonly reconcile?: boolean;
}

/**
 * The annotations by which kustomize-controller treats one object differently, for `annotations` of any construct. What
 * is the default anyway says nothing.
 *
 * @throws FleetError for an `ssa` that Flux does not know
 * @see https://fluxcd.io/flux/components/kustomize/kustomizations/#controlling-the-apply-behavior-of-resources
 */
export function fluxAnnotations(how: FluxAnnotations): Record<string, string> {
  new Args(undefined).oneOf('ssa', how.ssa, ['Override', 'Merge', 'IfNotPresent', 'Ignore']);
  return {
    ...compact({
      [`${GROUP}/force`]: how.force === true ? 'Enabled' : undefined,
      [`${GROUP}/ssa`]: how.ssa === 'Override' ? undefined : how.ssa,
      [`${GROUP}/substitute`]: how.substitute === false ? 'disabled' : undefined,
      [`${GROUP}/reconcile`]: how.reconcile === false ? 'disabled' : undefined,
    }),
    ...(how.prune === false && PRUNE_DISABLED),
  };
}
