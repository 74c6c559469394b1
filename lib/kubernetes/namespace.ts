import type { Construct } from 'constructs';
import { Args } from '../argument.js';
import { checkId, Manifest } from '../manifest.js';
import type { ObjectMeta } from '../manifest.js';

/** Annotation that keeps Flux from deleting an object that is no longer in the files. */
export const PRUNE_DISABLED = { 'kustomize.toolkit.fluxcd.io/prune': 'disabled' } as const;

/**
 * A Pod Security Standard.
 *
 * @see https://kubernetes.io/docs/concepts/security/pod-security-standards/
 */
export type PodSecurity = 'privileged' | 'baseline' | 'restricted';

/** Props of {@link Namespace}. */
export interface NamespaceProps extends ObjectMeta {
  /**
   * Pod Security Standard that the API server enforces on the namespace's pods; false sets no label.
   *
   * @default false
   * @see https://kubernetes.io/docs/concepts/security/pod-security-admission/
   */
  readonly podSecurity?: PodSecurity | false;
  /**
   * Whether Flux deletes the namespace, and all that is in it, when it is no longer in the files.
   *
   * @default false
   * @see https://fluxcd.io/flux/components/kustomize/kustomizations/#prune
   */
  readonly prune?: boolean;
}

/**
 * A `Namespace`. Flux does not prune it unless the code says so: a namespace takes everything in it along.
 */
export class Namespace extends Manifest {
  /** @throws FleetError for a name that is no DNS label */
  constructor(scope: Construct, id: string, props: NamespaceProps = {}) {
    const args = new Args(scope, id);
    const name = props.name ?? id;
    checkId(args, scope, id, 'Namespace');
    args.dnsLabel('the name of this Namespace', name);
    args.oneOf('podSecurity', props.podSecurity || undefined, ['privileged', 'baseline', 'restricted']);
    const annotations = { ...(props.prune === true ? {} : PRUNE_DISABLED), ...props.annotations };
    const labels = {
      ...(props.podSecurity && { 'pod-security.kubernetes.io/enforce': props.podSecurity }),
      ...props.labels,
    };
    super(scope, id, { apiVersion: 'v1', kind: 'Namespace', metadata: { name, annotations, labels } });
  }
}
