import type { Construct } from 'constructs';
import { Args, show } from '../argument.js';
import { fluxAnnotations } from '../flux/annotations.js';
import { isLabelValue } from '../model/labels.js';
import { ClusterPolicy } from './cluster-policy.js';
import type { ClusterPolicyProps } from './cluster-policy.js';

/** Labels by which objects are chosen. */
export interface LabelMatch {
  readonly matchLabels: Readonly<Record<string, string>>;
}

/** Props of {@link Propagation}: what is copied, and further fields of the policy. */
export interface PropagationProps extends Omit<ClusterPolicyProps, 'background' | 'generateExisting' | 'rules'> {
  /** What is copied. */
  readonly kind: 'Secret' | 'ConfigMap';
  /**
   * Namespace that it is copied from.
   *
   * @default 'flux-system'
   */
  readonly from?: string;
  /** Labels of what is copied, such as `{ 'toolkit.fluxcd.io/tenant': 'apps' }`. */
  readonly matchLabels: Readonly<Record<string, string>>;
  /**
   * Namespaces that it is copied to, now and when they are made.
   *
   * @default - those that carry `matchLabels` themselves
   */
  readonly to?: LabelMatch | 'all';
  /**
   * Name of the policy's only rule.
   *
   * @default - 'sync-secrets' or 'sync-configmaps'
   */
  readonly ruleName?: string;
  /**
   * Whether copies follow what becomes of the original, its deletion included.
   *
   * @default true
   */
  readonly synchronize?: boolean;
}

/**
 * Copies Secrets or ConfigMaps of one namespace into others, by a Kyverno `ClusterPolicy`. Kyverno's background
 * controller needs the rights to read and write them.
 *
 * @see https://kyverno.io/docs/policy-types/cluster-policy/generate/#clone-multiple-resources
 */
export class Propagation extends ClusterPolicy {
  /** @throws FleetError where labels are missing by which it is decided what is copied, and to where */
  constructor(scope: Construct, id: string, props: PropagationProps) {
    const { kind, from, matchLabels, to, ruleName, synchronize, annotations, ...policy } = props;
    const args = new Args(scope, id);
    args.oneOf('kind', kind ?? null, ['Secret', 'ConfigMap']);
    if (from !== undefined) args.dnsLabel("'from'", from);
    checkLabels(args, 'matchLabels', `every ${kind} of the namespace would be copied`, matchLabels);
    if (to !== 'all' && to !== undefined) {
      checkLabels(args, 'to.matchLabels', "they would choose every namespace; to: 'all' says so", to?.matchLabels);
    }
    const chosen = to === 'all' ? {} : { selector: { matchLabels: to?.matchLabels ?? matchLabels } };
    super(scope, id, {
      ...policy,
      // Kyverno refuses to change a generate rule, so a changed policy has to be made anew.
      annotations: { ...fluxAnnotations({ force: true }), ...annotations },
      background: false,
      generateExisting: true,
      rules: [
        {
          name: ruleName ?? (kind === 'Secret' ? 'sync-secrets' : 'sync-configmaps'),
          match: { any: [{ resources: { kinds: ['v1/Namespace'], ...chosen } }] },
          generate: {
            namespace: '{{request.object.metadata.name}}',
            synchronize: synchronize ?? true,
            cloneList: { namespace: from ?? 'flux-system', kinds: [`v1/${kind}`], selector: { matchLabels } },
          },
        },
      ],
    });
  }
}

function checkLabels(args: Args, field: string, otherwise: string, labels: unknown): void {
  const given = Object.entries((labels ?? {}) as Readonly<Record<string, unknown>>);
  // A value that is not there is not written, which leaves an empty selector.
  const wrong = given.filter(([, value]) => !isLabelValue(value)).map(([key]) => key);
  if (given.length > 0 && wrong.length === 0) return;
  args.fail({
    rule: 'propagation-labels',
    what:
      given.length === 0
        ? `'${field}' has no label: ${otherwise}`
        : `'${field}' has labels without a value that labels can have`,
    expected: "labels, such as { 'toolkit.fluxcd.io/tenant': 'apps' }",
    given: given.length === 0 ? show(labels) : wrong.join(', '),
  });
}
