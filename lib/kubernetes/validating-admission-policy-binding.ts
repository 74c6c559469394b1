import type { IValidatingAdmissionPolicyBindingSpec } from 'kubernetes-models/admissionregistration.k8s.io/v1';
import type { Construct } from 'constructs';
import { Args, show } from '../argument.js';
import { SpecObject } from '../spec-object.js';
import type { ClusterSpecObjectProps } from '../spec-object.js';
import type { ValidatingAdmissionPolicyRef } from './validating-admission-policy.js';

type Spec = IValidatingAdmissionPolicyBindingSpec;

/** What becomes of a request that a policy objects to. */
export type ValidationAction = 'Deny' | 'Warn' | 'Audit';

/** Props of {@link ValidatingAdmissionPolicyBinding}: metadata, and the fields of its spec. */
export type ValidatingAdmissionPolicyBindingProps = ClusterSpecObjectProps<
  Omit<Spec, 'policyName' | 'validationActions'>
> & {
  /** The policy that is put into force. */
  readonly policy: ValidatingAdmissionPolicyRef;
  /**
   * What becomes of a request that the policy objects to: it is refused (`Deny`), whoever makes it is told (`Warn`), or
   * the audit log is (`Audit`). `Deny` tells anyway, so it takes no `Warn` beside it.
   *
   * @default ['Deny', 'Audit']
   */
  readonly validationActions?: readonly ValidationAction[];
};

/**
 * A `ValidatingAdmissionPolicyBinding`: says for which requests a policy holds, with which parameters, and what becomes
 * of requests that it objects to.
 *
 * @see https://kubernetes.io/docs/reference/access-authn-authz/validating-admission-policy/
 */
export class ValidatingAdmissionPolicyBinding extends SpecObject<Spec> {
  /** @throws FleetError for actions that the API server would refuse */
  constructor(scope: Construct, id: string, props: ValidatingAdmissionPolicyBindingProps) {
    const { policy, validationActions, ...rest } = props;
    checkValidationActions(new Args(scope, id), validationActions);
    super(
      scope,
      id,
      'admissionregistration.k8s.io/v1',
      'ValidatingAdmissionPolicyBinding',
      { ...rest, policyName: policy.name, validationActions: validationActions ?? ['Deny', 'Audit'] },
      { refs: [policy] },
    );
  }
}

/** Checks what the API server takes: at least one action, none twice, and not both Deny and Warn. */
export function checkValidationActions(args: Args, actions: readonly ValidationAction[] | undefined): void {
  if (actions === undefined) return;
  for (const action of actions) args.oneOf('validationActions', action, ['Deny', 'Warn', 'Audit']);
  const both = actions.includes('Deny') && actions.includes('Warn');
  if (actions.length > 0 && new Set(actions).size === actions.length && !both) return;
  args.fail({
    rule: 'validation-actions',
    what: 'the API server does not take these validationActions together',
    expected: 'at least one of Deny, Warn and Audit, none twice, and not both Deny and Warn',
    given: show(actions),
    fix: both ? 'leave out Warn: who is denied is told why' : undefined,
  });
}
