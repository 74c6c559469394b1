import type { Construct } from 'constructs';
import { Args } from '../argument.js';
import type { ExternalObject } from '../reference.js';
import { SpecObject } from '../spec-object.js';
import type { ClusterSpecObjectProps } from '../spec-object.js';
import { checkIssuerSpec, secretsOf } from './issuer-spec.js';
import type { IssuerSpec } from './issuer-spec.js';

/** Props of {@link ClusterIssuer}: metadata, and the fields of its spec. */
export type ClusterIssuerProps = ClusterSpecObjectProps<IssuerSpec> & {
  /**
   * Namespace from which cert-manager reads the Secrets that the spec names, for flux-fleet.yaml: what its chart calls
   * `clusterResourceNamespace`.
   *
   * @default 'cert-manager'
   */
  readonly clusterResourceNamespace?: string;
};

/**
 * A `ClusterIssuer`: signs the Certificates of every namespace. The Secrets that its spec names are declared in
 * flux-fleet.yaml, where the fleet does not make them.
 *
 * @see https://cert-manager.io/docs/configuration/issuers/
 */
export class ClusterIssuer extends SpecObject<IssuerSpec> {
  declare readonly kind: 'ClusterIssuer';

  /** A ClusterIssuer that others make; it is declared, never emitted. */
  static fromName(name: string): ExternalObject & { readonly kind: 'ClusterIssuer' } {
    return { kind: 'ClusterIssuer', name };
  }

  /** @throws FleetError for no type or several, and as every object */
  constructor(scope: Construct, id: string, props: ClusterIssuerProps) {
    const { clusterResourceNamespace = 'cert-manager', ...spec } = props;
    const args = new Args(scope, id);
    args.dnsLabel("'clusterResourceNamespace'", clusterResourceNamespace);
    checkIssuerSpec(args, spec);
    super(scope, id, 'cert-manager.io/v1', 'ClusterIssuer', spec, { refs: secretsOf(spec, clusterResourceNamespace) });
  }
}
