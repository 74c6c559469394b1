import type { IImageUpdateAutomationSpec } from '@kubernetes-models/flux-cd/image.toolkit.fluxcd.io/v1';
import type { Construct } from 'constructs';
import { SpecObject } from '../spec-object.js';
import type { SpecObjectProps } from '../spec-object.js';

type Git = NonNullable<IImageUpdateAutomationSpec['git']>;
type SigningKey = NonNullable<Git['commit']['signingKey']>;

/** `ImageUpdateAutomation.spec`: the published types, and the kind of signing key that Flux 2.9 added. */
export type ImageUpdateAutomationSpec = Omit<IImageUpdateAutomationSpec, 'git'> & {
  readonly git?: Omit<Git, 'commit'> & {
    readonly commit: Omit<Git['commit'], 'signingKey'> & {
      readonly signingKey?: SigningKey & { readonly type?: 'gpg' | 'ssh' };
    };
  };
};

/** Props of {@link ImageUpdateAutomation}: metadata, and the fields of its spec. */
export type ImageUpdateAutomationProps = SpecObjectProps<ImageUpdateAutomationSpec>;

/**
 * An `ImageUpdateAutomation`: writes new versions into the files of a Git repository.
 *
 * @see https://fluxcd.io/flux/components/image/imageupdateautomations/
 */
export class ImageUpdateAutomation extends SpecObject<ImageUpdateAutomationSpec> {
  constructor(scope: Construct, id: string, props: ImageUpdateAutomationProps) {
    super(scope, id, 'image.toolkit.fluxcd.io/v1', 'ImageUpdateAutomation', props);
  }
}
