import type { Construct } from 'constructs';
import { Manifest, objectMeta } from '../manifest.js';
import type { NamespacedObjectMeta } from '../manifest.js';
import type { SecretRef } from '../reference.js';
import { localRef } from '../reference.js';

/** Props of {@link ServiceAccount}. */
export interface ServiceAccountProps extends NamespacedObjectMeta {
  /** Secrets with which its pods pull images. */
  readonly imagePullSecrets?: readonly SecretRef[];
}

/** A `ServiceAccount`. */
export class ServiceAccount extends Manifest {
  declare readonly kind: 'ServiceAccount';

  constructor(scope: Construct, id: string, props: ServiceAccountProps = {}) {
    super(
      scope,
      id,
      {
        apiVersion: 'v1',
        kind: 'ServiceAccount',
        metadata: objectMeta(scope, id, 'ServiceAccount', props),
        ...(props.imagePullSecrets && { imagePullSecrets: props.imagePullSecrets.map(localRef) }),
      },
      { refs: props.imagePullSecrets },
    );
  }
}
