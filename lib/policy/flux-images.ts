import { Construct } from 'constructs';
import { Args } from '../argument.js';
import { ValidatingAdmissionPolicyBinding } from '../kubernetes/validating-admission-policy-binding.js';
import type { ValidationAction } from '../kubernetes/validating-admission-policy-binding.js';
import { ValidatingAdmissionPolicy } from '../kubernetes/validating-admission-policy.js';
import { checkFree } from '../layer.js';
import { NOT_BEING_DELETED, REASON } from './admission.js';
import { checkImage, clusterAround, fluxImages } from './images.js';

/** Props of {@link FluxImages}. */
export interface FluxImagesProps {
  /**
   * Name of the policy and of its binding.
   *
   * @default - the construct's id
   */
  readonly name?: string;
  /**
   * Further images that may run in flux-system, without tag or digest.
   *
   * @default - none
   */
  readonly images?: readonly string[];
  /**
   * What becomes of pods with other images.
   *
   * @default ['Deny', 'Audit']
   */
  readonly validationActions?: readonly ValidationAction[];
}

const FLUX_OPERATOR = 'ghcr.io/controlplaneio-fluxcd/flux-operator';

/**
 * Lets nothing run in flux-system but the controllers that this cluster installs, and the Flux Operator where it
 * installs them: a `ValidatingAdmissionPolicy` and its binding. Whatever runs there may use the accounts of Flux.
 *
 * @see https://kubernetes.io/docs/reference/access-authn-authz/validating-admission-policy/
 */
export class FluxImages extends Construct {
  /** @throws FleetError outside of a cluster, and for images that are none or have a tag */
  constructor(scope: Construct, id: string, props: FluxImagesProps = {}) {
    const args = new Args(scope, id);
    checkFree(args, scope, id, 'policy for images');
    const { flux, components } = clusterAround(args, scope);
    for (const image of props.images ?? []) checkImage(args, image);
    const allowed = [
      ...fluxImages(args, [flux.registry], components),
      ...(flux.mode === 'operator' ? [FLUX_OPERATOR] : []),
      ...(props.images ?? []),
    ];
    super(scope, id);
    const name = props.name ?? id;
    const policy = new ValidatingAdmissionPolicy(this, 'policy', {
      name,
      failurePolicy: 'Fail',
      matchConstraints: {
        resourceRules: [
          {
            apiGroups: [''],
            apiVersions: ['v1'],
            operations: ['CREATE', 'UPDATE'],
            resources: ['pods', 'pods/ephemeralcontainers'],
          },
        ],
      },
      matchConditions: [NOT_BEING_DELETED],
      variables: [
        { name: 'allowed', expression: `[${allowed.map((image) => `'${image}'`).join(', ')}]` },
        {
          name: 'images',
          expression: ['containers', 'initContainers', 'ephemeralContainers'].map(imagesOf).join(' + '),
        },
        {
          name: 'others',
          expression:
            "variables.images.filter(i, !variables.allowed.exists(a, i.startsWith(a + ':') || i.startsWith(a + '@')))",
        },
      ],
      validations: [
        {
          expression: 'size(variables.others) == 0',
          message: 'only Flux runs in flux-system: run this in another namespace',
          reason: REASON,
          messageExpression:
            "'only Flux runs in flux-system: run this in another namespace, or add to the allowed images: ' + variables.others.join(', ')",
        },
      ],
    });
    new ValidatingAdmissionPolicyBinding(this, 'binding', {
      name,
      policy,
      validationActions: props.validationActions,
      matchResources: { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'flux-system' } } },
    });
  }
}

function imagesOf(containers: string): string {
  return `(has(object.spec.${containers}) ? object.spec.${containers}.map(c, c.image) : [])`;
}
