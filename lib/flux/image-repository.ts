import type { IImageRepositorySpec } from '@kubernetes-models/flux-cd/image.toolkit.fluxcd.io/v1';
import type { Construct } from 'constructs';
import { SpecObject } from '../spec-object.js';
import type { SpecObjectProps } from '../spec-object.js';

/** Props of {@link ImageRepository}: metadata, and the fields of its spec. */
export type ImageRepositoryProps = SpecObjectProps<IImageRepositorySpec>;

/**
 * An `ImageRepository`: the tags of an image or chart, scanned at an interval.
 *
 * @see https://fluxcd.io/flux/components/image/imagerepositories/
 */
export class ImageRepository extends SpecObject<IImageRepositorySpec> {
  constructor(scope: Construct, id: string, props: ImageRepositoryProps) {
    super(scope, id, 'image.toolkit.fluxcd.io/v1', 'ImageRepository', props);
  }
}
