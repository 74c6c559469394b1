import type { IProviderSpec } from '@kubernetes-models/flux-cd/notification.toolkit.fluxcd.io/v1beta3';
import type { Construct } from 'constructs';
import { SpecObject } from '../spec-object.js';
import type { SpecObjectProps } from '../spec-object.js';

/** Props of {@link Provider}: metadata, and the fields of its spec. */
export type ProviderProps = SpecObjectProps<IProviderSpec>;

/**
 * A `Provider`: where alerts are sent, such as a chat or the commit status of a Git host.
 *
 * @see https://fluxcd.io/flux/components/notification/providers/
 */
export class Provider extends SpecObject<IProviderSpec> {
  constructor(scope: Construct, id: string, props: ProviderProps) {
    super(scope, id, 'notification.toolkit.fluxcd.io/v1beta3', 'Provider', props);
  }
}
