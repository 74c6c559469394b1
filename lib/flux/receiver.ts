import type { IReceiverSpec } from '@kubernetes-models/flux-cd/notification.toolkit.fluxcd.io/v1';
import type { Construct } from 'constructs';
import { SpecObject } from '../spec-object.js';
import type { SpecObjectProps } from '../spec-object.js';

/** How a caller without a shared secret proves who it is; new in Flux 2.9. */
export interface OIDCProvider {
  readonly issuerURL: string;
  readonly audience?: string;
  /** CEL variables over the token's claims. */
  readonly variables?: readonly { readonly name: string; readonly expression: string }[];
  /** CEL that must hold, and what the caller is told where it does not. */
  readonly validations: readonly { readonly expression: string; readonly message: string }[];
}

/** `Receiver.spec`: the published types, and what Flux 2.9 added. */
export type ReceiverSpec = Omit<IReceiverSpec, 'secretRef' | 'type' | 'resources'> & {
  readonly type: IReceiverSpec['type'] | 'generic-oidc';
  /** The shared secret; with `oidcProviders` none is needed. */
  readonly secretRef?: IReceiverSpec['secretRef'];
  readonly oidcProviders?: readonly OIDCProvider[];
  /** What is reconciled; `filter` is CEL over the request, new in Flux 2.9. */
  readonly resources: readonly (Omit<IReceiverSpec['resources'][number], 'kind'> & {
    readonly kind: IReceiverSpec['resources'][number]['kind'] | 'ArtifactGenerator' | 'ExternalArtifact';
    readonly filter?: string;
  })[];
};

/** Props of {@link Receiver}: metadata, and the fields of its spec. */
export type ReceiverProps = SpecObjectProps<ReceiverSpec>;

/**
 * A `Receiver`: a webhook that makes Flux reconcile at once.
 *
 * @see https://fluxcd.io/flux/components/notification/receivers/
 */
export class Receiver extends SpecObject<ReceiverSpec> {
  constructor(scope: Construct, id: string, props: ReceiverProps) {
    super(scope, id, 'notification.toolkit.fluxcd.io/v1', 'Receiver', props);
  }
}
