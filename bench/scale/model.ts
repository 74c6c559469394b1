import type { ClusterMeasure, KustomizationMeasure } from './measure.js';

/** The fleet and its traffic that the figures are for. */
export interface Load {
  readonly clusters: number;
  readonly commitsPerHour: number;
  /** How often the cluster's own source is looked at. */
  readonly pollsPerHour: number;
}

/** Sizes that only a fleet of several clusters shows, in bytes. */
export interface FleetSizes {
  /** All clusters' directories as one gzipped tar: the artifact of a repository that is checked out whole. */
  readonly wholeArtifact: number;
  /** What a shallow clone of the repository fetches. */
  readonly wholePack: number;
  /** What a shallow clone of a branch with one cluster fetches. */
  readonly branchPack: number;
  /** The list of references that a Git server sends, with one branch a cluster. */
  readonly branchRefs: number;
}

/** One way of publishing a fleet. */
export type Publication = 'git' | 'sparse' | 'branches' | 'oci' | 'generator';

/** What one way of publishing costs. Of a pair, the first is where a commit changes one cluster, the second where it changes all. */
export interface Cost {
  /** Bytes that source-controller fetches for a new revision. */
  readonly fetchBytes: number;
  /** Bytes of the artifact that every Kustomization reads each time that it reconciles; of the largest, where they differ. */
  readonly artifactBytes: number;
  /** Clusters that a commit wakes. */
  readonly wokenClusters: Pair;
  /** Kustomizations that a commit wakes, on all clusters. */
  readonly wokenKustomizations: Pair;
  /** Requests an hour to the server of the source, by all clusters. */
  readonly sourceRequests: Pair;
  /** Bytes an hour from the server of the source, to all clusters. */
  readonly sourceBytes: Pair;
  /** Reconciliations an hour, on all clusters: by interval and woken. */
  readonly reconciles: Pair;
  /** Requests an hour to the API server of one cluster, on average over the clusters. */
  readonly apiRequests: Pair;
  /** Bytes of artifacts an hour that kustomize-controller reads on one cluster, on average over the clusters. */
  readonly artifactReads: Pair;
}

export type Pair = readonly [one: number, all: number];

/**
 * Requests to the API server of a reconciliation that finds nothing to change, as kustomize-controller 1.8 makes them.
 * The words are those of docs/scale.md, which names the places in its source.
 */
export function apiRequests(k: KustomizationMeasure): number {
  const discovery = k.impersonates ? 2 : 0;
  const readAndDryRun = 2 * k.objects;
  const health = k.wait ? k.objects : 0;
  const status = k.wait ? 7 : 5;
  const event = 1;
  return discovery + k.dependsOn + readAndDryRun + health + status + event;
}

/** The same for one that a new revision wakes: the attempted revision is written too. */
function wokenRequests(k: KustomizationMeasure): number {
  return apiRequests(k) + 1;
}

/** Requests to a registry for a new revision: the manifest, and its one layer. To a Git server: references, then the pack. */
const FETCH_REQUESTS = 2;

/** What a way of publishing costs a fleet whose clusters are all as the one that was measured. */
export function costOf(publication: Publication, cluster: ClusterMeasure, sizes: FleetSizes, load: Load): Cost {
  const { clusters, commitsPerHour: commits, pollsPerHour: polls } = load;
  const ks = cluster.kustomizations;
  const isShared = publication === 'git' || publication === 'sparse' || publication === 'generator';
  const byPiece = publication === 'generator';
  const fetchBytes = {
    git: sizes.wholePack,
    sparse: sizes.wholePack,
    generator: sizes.wholePack,
    branches: sizes.branchPack,
    oci: cluster.artifactBytes,
  }[publication];
  const readOf = (k: KustomizationMeasure) =>
    publication === 'git' ? sizes.wholeArtifact : byPiece && k !== ks[0] ? k.artifactBytes : cluster.artifactBytes;

  // Commits an hour that bring a cluster a new revision, and those that change it; on average over the clusters.
  const changes: Pair = [commits / clusters, commits];
  const revisions: Pair = isShared ? [commits, commits] : changes;

  // One Kustomization's object changes at a time. Pieces wake the root, and the Kustomization of the piece that changed.
  const average = (of: (k: KustomizationMeasure) => number) => sum(ks.slice(1).map(of)) / (ks.length - 1);
  const woken = (i: 0 | 1, of: (k: KustomizationMeasure) => number): number =>
    byPiece ? revisions[i] * of(ks[0]!) + changes[i] * average(of) : revisions[i] * sum(ks.map(of));
  const pair = (of: (i: 0 | 1) => number): Pair => [of(0), of(1)];
  const byInterval = (of: (k: KustomizationMeasure) => number) => sum(ks.map((k) => k.perHour * of(k)));

  // A poll sees what has come since the last one, however many commits that are.
  const fetches = pair((i) => Math.min(polls, revisions[i]));
  const pollBytes = publication === 'branches' ? sizes.branchRefs : 0;
  return {
    fetchBytes,
    artifactBytes: Math.max(...ks.slice(1).map(readOf)),
    wokenClusters: pair((i) => (clusters * revisions[i]) / commits),
    wokenKustomizations: pair((i) => (clusters * woken(i, () => 1)) / commits),
    sourceRequests: pair((i) => clusters * (polls + FETCH_REQUESTS * fetches[i])),
    sourceBytes: pair((i) => clusters * (polls * pollBytes + fetches[i] * fetchBytes)),
    reconciles: pair((i) => clusters * (byInterval(() => 1) + woken(i, () => 1))),
    apiRequests: pair((i) => byInterval(apiRequests) + woken(i, wokenRequests) + changes[i]),
    artifactReads: pair((i) => byInterval(readOf) + woken(i, readOf)),
  };
}

/** API requests an hour of one cluster by intervals alone, where all Kustomizations reconcile so often in an hour. */
export function requestsByInterval(cluster: ClusterMeasure, perHour: number): number {
  return sum(cluster.kustomizations.map((k) => perHour * apiRequests(k)));
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((a, b) => a + b, 0);
}
