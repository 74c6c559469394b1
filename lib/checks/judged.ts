import type { ClusterState } from '../model/cluster-state.js';
import type { Texts } from '../yaml/write.js';

/** Some 5 MiB of text; a fleet whose objects differ from cluster to cluster gains nothing by more. */
const MOST = 10_000;

/**
 * The objects of a run with which nothing is wrong by themselves. Most objects of a fleet are the same on many clusters,
 * and what a rule says of an object alone, it says of its like everywhere.
 */
export class Judged {
  private readonly texts = new Map<string, Set<string>>();
  private readonly crds: unknown[] = [];
  private size = 0;

  /** Spares a cluster the judgement of objects that are known. */
  spare(cluster: ClusterState, texts: Texts): void {
    const known = this.knownFor(cluster);
    if (known) cluster.leaveOut((state) => state.target === '' && known.has(texts.of(state.object)));
  }

  /** Remembers the objects of a cluster of which no rule has said anything. */
  remember(cluster: ClusterState, texts: Texts, told: ReadonlySet<unknown>): void {
    const known = this.knownFor(cluster);
    if (!known) return;
    for (const { on, object, target } of cluster.unjudged) {
      if (this.size === MOST) return;
      if (target !== '' || told.has(on)) continue;
      known.add(texts.of(object));
      this.size++;
    }
  }

  /**
   * What is known under the same circumstances: releases that decide which versions are served, and kinds. Undefined for
   * a cluster that brings kinds of its own.
   */
  private knownFor(cluster: ClusterState): Set<string> | undefined {
    if (cluster.ofKind('apiextensions.k8s.io', 'CustomResourceDefinition').length > 0) return undefined;
    const { kubernetesVersion, fluxVersion, partial, crds = [] } = cluster;
    const key = JSON.stringify([kubernetesVersion, fluxVersion, partial, crds.map((crd) => this.numberOf(crd))]);
    let known = this.texts.get(key);
    if (!known) {
      known = new Set();
      this.texts.set(key, known);
    }
    return known;
  }

  /** Clusters of a fleet are given the very same CRDs. */
  private numberOf(crd: unknown): number {
    const at = this.crds.indexOf(crd);
    return at === -1 ? this.crds.push(crd) - 1 : at;
  }
}
