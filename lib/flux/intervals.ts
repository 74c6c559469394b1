import type { IConstruct } from 'constructs';
import type { Args } from '../argument.js';
import { scopeInfo } from '../scope.js';

/**
 * How often Flux looks at objects that say no `interval` themselves, by kind, as Go durations. For a webhook that wakes
 * Flux at once there is `Receiver`; the intervals can then be long.
 *
 * @see https://fluxcd.io/flux/components/kustomize/kustomizations/#interval
 */
export interface Intervals {
  /**
   * How often files are applied again and drift is undone: layers, the root, and what Flux applies for tenants.
   *
   * @default '10m'
   * @see https://fluxcd.io/flux/components/kustomize/kustomizations/#interval
   */
  readonly Kustomization?: string;
  /**
   * How often releases are reconciled.
   *
   * @default '30m'
   * @see https://fluxcd.io/flux/components/helm/helmreleases/#interval
   */
  readonly HelmRelease?: string;
  /**
   * How often Git servers are asked for a new commit, the cluster's own source included.
   *
   * @default - '5m'; for the source of a bootstrapped cluster what `flux bootstrap --interval` says
   * @see https://fluxcd.io/flux/components/source/gitrepositories/#interval
   */
  readonly GitRepository?: string;
  /**
   * How often registries are asked for a new artifact, the cluster's own source included.
   *
   * @default '5m'
   * @see https://fluxcd.io/flux/components/source/ocirepositories/#interval
   */
  readonly OCIRepository?: string;
  /**
   * How often object stores are asked for changes, the cluster's own source included.
   *
   * @default '5m'
   * @see https://fluxcd.io/flux/components/source/buckets/#interval
   */
  readonly Bucket?: string;
  /**
   * How often the index of a Helm repository is read.
   *
   * @default '1h'
   * @see https://fluxcd.io/flux/components/source/helmrepositories/#interval
   */
  readonly HelmRepository?: string;
  /**
   * How often registries are asked for new tags.
   *
   * @default '5m'
   * @see https://fluxcd.io/flux/components/image/imagerepositories/#interval
   */
  readonly ImageRepository?: string;
  /**
   * How often image updates are written to Git.
   *
   * @default '30m'
   * @see https://fluxcd.io/flux/components/image/imageupdateautomations/#interval
   */
  readonly ImageUpdateAutomation?: string;
}

/** A kind whose objects have an interval of the fleet's or cluster's. */
export type IntervalKind = keyof Intervals;

/** The intervals where nobody says any. */
export const DEFAULT_INTERVALS: Readonly<Required<Intervals>> = {
  Kustomization: '10m',
  HelmRelease: '30m',
  GitRepository: '5m',
  OCIRepository: '5m',
  Bucket: '5m',
  HelmRepository: '1h',
  ImageRepository: '5m',
  ImageUpdateAutomation: '30m',
};

/** The interval that is said for a kind around a construct: by its cluster, else by the fleet. */
export function saidInterval(construct: IConstruct | undefined, kind: IntervalKind): string | undefined {
  for (let c = construct; c; c = c.node.scope) {
    const interval = scopeInfo(c)?.intervals?.[kind];
    if (interval !== undefined) return interval;
  }
  return undefined;
}

/** The interval of an object that says none. */
export function intervalOf(construct: IConstruct | undefined, kind: IntervalKind): string {
  return saidInterval(construct, kind) ?? DEFAULT_INTERVALS[kind];
}

/** Props with the interval that they mean. */
export function withInterval<P extends { readonly interval?: string }>(
  construct: IConstruct,
  kind: IntervalKind,
  props: P,
): P & { readonly interval: string } {
  return { ...props, interval: props.interval ?? intervalOf(construct, kind) };
}

/** Checks intervals where the user's code gives them. */
export function checkIntervals(args: Args, intervals: Intervals = {}): void {
  for (const [kind, interval] of Object.entries(intervals)) {
    args.oneOf('intervals', kind, Object.keys(DEFAULT_INTERVALS));
    args.duration(`intervals.${kind}`, interval);
  }
}
