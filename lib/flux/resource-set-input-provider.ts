import type { ResourceSetInputProviderSpec } from '../../imports/types/index.js';
import type { Construct } from 'constructs';
import { SpecObject } from '../spec-object.js';
import type { SpecObjectProps } from '../spec-object.js';

/** Props of {@link ResourceSetInputProvider}: metadata, and the fields of its spec. */
export type ResourceSetInputProviderProps = SpecObjectProps<ResourceSetInputProviderSpec>;

/**
 * A `ResourceSetInputProvider` of the Flux Operator: inputs of ResourceSets, such as the pull requests of a repository.
 *
 * @see https://fluxoperator.dev/docs/crd/resourcesetinputprovider/
 */
export class ResourceSetInputProvider extends SpecObject<ResourceSetInputProviderSpec> {
  constructor(scope: Construct, id: string, props: ResourceSetInputProviderProps) {
    super(scope, id, 'fluxcd.controlplane.io/v1', 'ResourceSetInputProvider', props);
  }
}
