import type { IAlertSpec } from '@kubernetes-models/flux-cd/notification.toolkit.fluxcd.io/v1beta3';
import type { Construct } from 'constructs';
import { SpecObject } from '../spec-object.js';
import type { SpecObjectProps } from '../spec-object.js';

/** Props of {@link Alert}: metadata, and the fields of its spec. */
export type AlertProps = SpecObjectProps<IAlertSpec>;

/**
 * An `Alert`: events of which objects are sent to which provider.
 *
 * @see https://fluxcd.io/flux/components/notification/alerts/
 */
export class Alert extends SpecObject<IAlertSpec> {
  constructor(scope: Construct, id: string, props: AlertProps) {
    super(scope, id, 'notification.toolkit.fluxcd.io/v1beta3', 'Alert', props);
  }
}
