import type { Construct } from 'constructs';
import { Args, show } from '../argument.js';
import { compact } from '../compact.js';
import type { NamespacedObjectMeta } from '../manifest.js';
import { refFrom } from '../reference.js';
import type { ExternalObject, NamedObject } from '../reference.js';
import { defaultNamespace } from '../scope.js';
import { SpecObject } from '../spec-object.js';
import type { ImageRepositoryRef } from './image-repository.js';
import { isGoPattern } from './go-pattern.js';
import { checkVersionRange } from './version-range.js';

/** An ImagePolicy of ours or of others. */
export type ImagePolicyRef = NamedObject & { readonly kind: 'ImagePolicy'; readonly namespace?: string | undefined };

/** How the newest tag is found: exactly one of three orders. */
export type ImagePolicyChoice =
  | { readonly semver: { readonly range: string } }
  | { readonly alphabetical: { readonly order?: 'asc' | 'desc' } }
  | { readonly numerical: { readonly order?: 'asc' | 'desc' } };

/** Props of {@link ImagePolicy}. */
export interface ImagePolicyProps extends NamespacedObjectMeta {
  /** The repository whose tags are judged. */
  readonly imageRepository: ImageRepositoryRef;
  /**
   * What makes a tag the newest: its version (in a range), its place in the alphabet, or its number.
   *
   * @see https://fluxcd.io/flux/components/image/imagepolicies/#policy
   */
  readonly policy: ImagePolicyChoice;
  /**
   * Which tags count: a regular expression of Go, and the part of the tag that is compared, such as `$ts`.
   *
   * @default - all tags, each as a whole
   * @see https://fluxcd.io/flux/components/image/imagepolicies/#filter-tags
   */
  readonly filterTags?: { readonly pattern: string; readonly extract?: string };
  /**
   * Whether the digest of the newest tag is looked up too; `Always` needs an `interval`.
   *
   * @default - Flux's, Never
   * @see https://fluxcd.io/flux/components/image/imagepolicies/#digest-reflection-policy
   */
  readonly digestReflectionPolicy?: 'Always' | 'IfNotPresent' | 'Never';
  /** How often the digest is looked up, a Go duration; only with digestReflectionPolicy `Always`. */
  readonly interval?: string;
  /**
   * Stops judging; written only when true, so that a `flux suspend` on the cluster is not undone.
   *
   * @default false
   */
  readonly suspend?: boolean;
}

const ORDERS = ['semver', 'alphabetical', 'numerical'] as const;

/**
 * An `ImagePolicy` of image.toolkit.fluxcd.io/v1: which of an image's tags is the newest. Needs the component
 * image-reflector-controller.
 *
 * @see https://fluxcd.io/flux/components/image/imagepolicies/
 */
export class ImagePolicy extends SpecObject<Record<string, unknown>> {
  declare readonly kind: 'ImagePolicy';

  /**
   * An ImagePolicy that others make; `Cluster.exists` takes it.
   *
   * @param namespace its namespace, where it is not that of its user
   */
  static fromName(name: string, namespace?: string): ImagePolicyRef & ExternalObject {
    return { kind: 'ImagePolicy', name, ...(namespace !== undefined && { namespace }) };
  }

  /** @throws FleetError for none or several of the orders, and for a digest policy or interval that Flux would refuse */
  constructor(scope: Construct, id: string, props: ImagePolicyProps) {
    checkPolicy(new Args(scope, id), props);
    const { imageRepository, ...fields } = props;
    const imageRepositoryRef = refFrom(imageRepository, props.namespace ?? defaultNamespace(scope));
    super(scope, id, 'image.toolkit.fluxcd.io/v1', 'ImagePolicy', compact({ ...fields, imageRepositoryRef }), {
      refs: [imageRepository],
    });
  }
}

function checkPolicy(args: Args, props: ImagePolicyProps): void {
  const { policy, filterTags, digestReflectionPolicy, interval } = props;
  const said = Object.entries(policy ?? {}).flatMap(([order, value]) => (value == null ? [] : order));
  if (said.length !== 1 || !ORDERS.some((order) => order === said[0])) {
    args.fail({
      rule: 'image-policy',
      what: 'an ImagePolicy does not say which tag is the newest',
      expected: `exactly one of ${ORDERS.join(', ')}`,
      given: said.length === 0 ? 'none' : said.join(', '),
      fix: "say policy: { semver: { range: '1.x' } }, or { numerical: { order: 'asc' } } for build numbers and times",
    });
  }
  if (said[0] === 'semver') {
    const { semver } = policy as { readonly semver: { readonly range?: string } };
    checkVersionRange(args, 'policy.semver.range', semver.range ?? '');
  }
  checkFilter(args, filterTags);
  args.oneOf('digestReflectionPolicy', digestReflectionPolicy, ['Always', 'IfNotPresent', 'Never']);
  if ((digestReflectionPolicy === 'Always') === (interval !== undefined)) return;
  args.fail({
    rule: 'image-policy',
    what:
      interval === undefined
        ? 'an ImagePolicy always looks up the digest, but does not say how often'
        : 'an ImagePolicy has an interval, but does not always look up the digest',
    expected: "digestReflectionPolicy 'Always' and an interval, or neither",
    given: `digestReflectionPolicy: ${show(digestReflectionPolicy)}, interval: ${show(interval)}`,
    fix: interval === undefined ? "say how often, such as interval: '10m'" : "add digestReflectionPolicy: 'Always'",
  });
}

function checkFilter(args: Args, filter: ImagePolicyProps['filterTags']): void {
  if (!filter) return;
  const { pattern, extract } = filter;
  if (pattern !== undefined && !isGoPattern(pattern)) {
    args.fail({
      rule: 'image-policy',
      what: "'filterTags.pattern' is no regular expression",
      expected: 'a regular expression of Go, such as ^main-(?P<ts>[0-9]+)$',
      given: show(pattern),
    });
  }
  const groups = [...(pattern ?? '').matchAll(/\(\?P?<(\w+)>/g)].map((m) => m[1]!);
  const names = [...(extract ?? '').matchAll(/\$(?:\{(\w+)\}|(\w+))/g)].map((m) => (m[1] ?? m[2])!);
  const missing = names.find((name) => !/^\d+$/.test(name) && !groups.includes(name));
  if (missing === undefined) return;
  args.fail({
    rule: 'image-policy',
    what: `'filterTags.extract' takes the group "${missing}", which the pattern does not have`,
    expected: groups.length > 0 ? groups.map((g) => `$${g}`).join(', ') : 'a pattern with that group',
    given: show(extract),
    fix: `write (?P<${missing}>…) in the pattern`,
  });
}
