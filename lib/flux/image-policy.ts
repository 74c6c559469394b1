import type { IImagePolicySpec } from '@kubernetes-models/flux-cd/image.toolkit.fluxcd.io/v1';
import type { Construct } from 'constructs';
import { SpecObject } from '../spec-object.js';
import type { SpecObjectProps } from '../spec-object.js';

/** Props of {@link ImagePolicy}: metadata, and the fields of its spec. */
export type ImagePolicyProps = SpecObjectProps<IImagePolicySpec>;

/**
 * An `ImagePolicy`: which of the scanned tags is the newest.
 *
 * @see https://fluxcd.io/flux/components/image/imagepolicies/
 */
export class ImagePolicy extends SpecObject<IImagePolicySpec> {
  constructor(scope: Construct, id: string, props: ImagePolicyProps) {
    super(scope, id, 'image.toolkit.fluxcd.io/v1', 'ImagePolicy', props);
  }
}
