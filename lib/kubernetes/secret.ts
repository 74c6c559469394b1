import type { Construct } from 'constructs';
import { allow } from '../allow.js';
import { Manifest, objectMeta } from '../manifest.js';
import type { NamespacedObjectMeta } from '../manifest.js';
import type { ExternalObject, SecretRef } from '../reference.js';

/** Props of {@link Secret}. */
export interface SecretProps extends NamespacedObjectMeta {
  /**
   * Kind of secret, such as `kubernetes.io/dockerconfigjson`.
   *
   * @default - Kubernetes', Opaque
   */
  readonly type?: string;
  /** Values in clear. Everyone who reads the repository reads them. */
  readonly stringData?: Readonly<Record<string, string>>;
  /**
   * Why the values may stand in the repository in clear. Without a reason a Secret with values is refused.
   *
   * @default - they may not
   */
  readonly plaintextBecause?: string;
}

/**
 * A `Secret`. Nearly always what you want is one of the others: `EncryptedSecret` (SOPS), a sealed secret, or
 * `Secret.fromName` for one that is made outside the fleet. A Secret with values in clear is refused unless
 * `plaintextBecause` says why it may be.
 */
export class Secret extends Manifest {
  declare readonly kind: 'Secret';

  /**
   * A Secret that is made outside the fleet; it is declared in flux-fleet.yaml, never emitted.
   *
   * @param keys the keys of it that are read
   */
  static fromName(name: string, keys?: readonly string[]): SecretRef & ExternalObject {
    return { kind: 'Secret', name, ...(keys && { keys }) };
  }

  constructor(scope: Construct, id: string, props: SecretProps = {}) {
    super(scope, id, {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: objectMeta(scope, id, 'Secret', props),
      ...(props.type !== undefined && { type: props.type }),
      ...(props.stringData && { stringData: props.stringData }),
    });
    if (props.plaintextBecause !== undefined) {
      allow(this, { rule: 'plaintext-secret', reason: props.plaintextBecause });
    }
  }
}
