import type { Construct } from 'constructs';
import { Args, show } from '../argument.js';
import type { ConfigMapRef, SecretRef } from '../reference.js';
import { ResourceSet } from './resource-set.js';
import type { ResourceSetProps } from './resource-set.js';

/** Props of {@link CopiedObject}: what is copied to where, and further fields of the ResourceSet. */
export interface CopiedObjectProps extends Omit<
  ResourceSetProps,
  'inputs' | 'inputsFrom' | 'inputStrategy' | 'resources' | 'resourcesTemplate' | 'steps'
> {
  /**
   * The Secret or ConfigMap that is copied. One by `fromName`, and the `secret` of a Certificate or SealedSecret, says its
   * namespace where that is not the ResourceSet's: `{ ...Secret.fromName('registry'), namespace: 'registry' }`.
   */
  readonly from: (SecretRef | ConfigMapRef) & { readonly namespace?: string | undefined };
  /** Namespaces that get a copy, under the same name. */
  readonly to: readonly string[];
  /**
   * Labels of the copies; those of the original are not copied.
   *
   * @default - none
   */
  readonly copyLabels?: Readonly<Record<string, string>>;
}

/**
 * Copies one Secret or ConfigMap into other namespaces, by a `ResourceSet` of the Flux Operator in flux-system. The
 * operator copies with the rights of the ResourceSet's service account, which must be allowed to read the original.
 *
 * @see https://fluxoperator.dev/docs/crd/resourceset/#copying-data-from-existing-configmaps-and-secrets
 */
export class CopiedObject extends ResourceSet {
  /** @throws FleetError for namespaces that are missing or no DNS labels, or that hold the original */
  constructor(scope: Construct, id: string, props: CopiedObjectProps) {
    const { from, to, copyLabels, namespace = 'flux-system', ...resourceSet } = props;
    const origin = from.namespace ?? namespace;
    checkTargets(new Args(scope, id), origin, to);
    const copy = {
      apiVersion: 'v1',
      kind: from.kind,
      metadata: {
        name: from.name,
        namespace: '<< inputs.namespace >>',
        ...(copyLabels && { labels: copyLabels }),
        annotations: { 'fluxcd.controlplane.io/copyFrom': `${origin}/${from.name}` },
      },
    };
    const inputs = to.map((target) => ({ namespace: target }));
    super(scope, id, { ...resourceSet, namespace, inputs, resources: [copy] }, { refs: [from] });
  }
}

function checkTargets(args: Args, origin: string, to: readonly string[]): void {
  const targets: readonly string[] = Array.isArray(to) ? to : [];
  for (const namespace of targets) args.dnsLabel("a namespace of 'to'", namespace);
  if (targets.length > 0 && !targets.includes(origin)) return;
  args.fail({
    rule: 'copy-targets',
    what: targets.length === 0 ? 'an object is copied to no namespace' : 'an object is copied over itself',
    expected: `a list of namespaces other than ${origin}, which it is copied from`,
    given: show(to),
  });
}
