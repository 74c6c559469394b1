import type { IValidatingAdmissionPolicySpec } from 'kubernetes-models/admissionregistration.k8s.io/v1';
import type { Construct } from 'constructs';
import type { ExternalObject, NamedObject } from '../reference.js';
import { SpecObject } from '../spec-object.js';
import type { ClusterSpecObjectProps } from '../spec-object.js';

/** A ValidatingAdmissionPolicy of ours or of others. */
export type ValidatingAdmissionPolicyRef = NamedObject & { readonly kind: 'ValidatingAdmissionPolicy' };

/** `ValidatingAdmissionPolicy.spec`, where the API server wants to know which requests it is about. */
export type ValidatingAdmissionPolicySpec = Omit<IValidatingAdmissionPolicySpec, 'matchConstraints'> & {
  /** The requests that are judged. */
  readonly matchConstraints: NonNullable<IValidatingAdmissionPolicySpec['matchConstraints']>;
};

/** Props of {@link ValidatingAdmissionPolicy}: metadata, and the fields of its spec. */
export type ValidatingAdmissionPolicyProps = ClusterSpecObjectProps<ValidatingAdmissionPolicySpec>;

/**
 * A `ValidatingAdmissionPolicy`: CEL expressions that the API server itself judges requests by. It does nothing until a
 * {@link ValidatingAdmissionPolicyBinding} says where.
 *
 * @see https://kubernetes.io/docs/reference/access-authn-authz/validating-admission-policy/
 */
export class ValidatingAdmissionPolicy extends SpecObject<ValidatingAdmissionPolicySpec> {
  declare readonly kind: 'ValidatingAdmissionPolicy';

  /** A policy that others make; it is declared, never emitted. */
  static fromName(name: string): ValidatingAdmissionPolicyRef & ExternalObject {
    return { kind: 'ValidatingAdmissionPolicy', name };
  }

  constructor(scope: Construct, id: string, props: ValidatingAdmissionPolicyProps) {
    super(scope, id, 'admissionregistration.k8s.io/v1', 'ValidatingAdmissionPolicy', props);
  }
}
