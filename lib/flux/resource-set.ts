import type { Construct } from 'constructs';
import type { ResourceSetSpec } from '../../imports/types/index.js';
import type { ManifestNeeds } from '../manifest.js';
import { accountIn, defaultNamespace } from '../scope.js';
import { SpecObject } from '../spec-object.js';
import type { SpecObjectProps } from '../spec-object.js';

/** Props of {@link ResourceSet}: metadata, and the fields of its spec. */
export type ResourceSetProps = SpecObjectProps<ResourceSetSpec>;

/**
 * A `ResourceSet` of the Flux Operator: objects made on the cluster from inputs. It runs as the tenant's or component's
 * account where it names none, and as the operator's in flux-system under lockdown.
 *
 * @see https://fluxoperator.dev/docs/crd/resourceset/
 */
export class ResourceSet extends SpecObject<ResourceSetSpec> {
  constructor(scope: Construct, id: string, props: ResourceSetProps, needs?: ManifestNeeds) {
    const namespace = props.namespace ?? defaultNamespace(scope);
    const account = props.serviceAccountName ?? accountIn(scope, namespace, 'flux-operator');
    const spec = { ...props, ...(account !== undefined && { serviceAccountName: account }) };
    super(scope, id, 'fluxcd.controlplane.io/v1', 'ResourceSet', spec, needs);
  }
}
