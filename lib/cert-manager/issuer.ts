import type { Construct } from 'constructs';
import { Args } from '../argument.js';
import type { ExternalObject } from '../reference.js';
import { SpecObject } from '../spec-object.js';
import type { SpecObjectProps } from '../spec-object.js';
import { checkIssuerSpec, secretsOf } from './issuer-spec.js';
import type { IssuerSpec } from './issuer-spec.js';

/** Props of {@link Issuer}: metadata, and the fields of its spec. */
export type IssuerProps = SpecObjectProps<IssuerSpec>;

/**
 * An `Issuer`: signs the Certificates of its namespace. The Secrets that its spec names are declared in flux-fleet.yaml,
 * where the fleet does not make them.
 *
 * @see https://cert-manager.io/docs/configuration/issuers/
 */
export class Issuer extends SpecObject<IssuerSpec> {
  declare readonly kind: 'Issuer';

  /** An Issuer that others make, in the namespace of its user; it is declared, never emitted. */
  static fromName(name: string): ExternalObject & { readonly kind: 'Issuer' } {
    return { kind: 'Issuer', name };
  }

  /** @throws FleetError for no type or several, and as every object */
  constructor(scope: Construct, id: string, props: IssuerProps) {
    checkIssuerSpec(new Args(scope, id), props);
    super(scope, id, 'cert-manager.io/v1', 'Issuer', props, { refs: secretsOf(props) });
  }
}
