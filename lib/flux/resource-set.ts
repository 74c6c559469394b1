import type { Construct } from 'constructs';
import type { ResourceSetSpec } from '../../imports/types/index.js';
import { Manifest, objectMeta } from '../manifest.js';
import type { NamespacedObjectMeta } from '../manifest.js';
import { accountIn, defaultNamespace } from '../scope.js';

/** Props of {@link ResourceSet}: the fields of its spec. */
export interface ResourceSetProps extends NamespacedObjectMeta, ResourceSetSpec {}

/**
 * A `ResourceSet` of the Flux Operator: objects made on the cluster from inputs.
 *
 * @see https://fluxoperator.dev/docs/crd/resourceset/
 */
export class ResourceSet extends Manifest {
  constructor(scope: Construct, id: string, props: ResourceSetProps) {
    const { name, namespace, labels, annotations, ...spec } = props;
    const meta = objectMeta(scope, id, 'ResourceSet', { name, namespace, labels, annotations });
    const account =
      spec.serviceAccountName ?? accountIn(scope, meta.namespace ?? defaultNamespace(scope), 'flux-operator');
    super(scope, id, {
      apiVersion: 'fluxcd.controlplane.io/v1',
      kind: 'ResourceSet',
      metadata: meta,
      spec: { ...spec, ...(account !== undefined && { serviceAccountName: account }) },
    });
  }
}
