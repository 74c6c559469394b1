import type { ClusterState } from '../model/cluster-state.js';
import type { JsonObject } from '../yaml/normalize.js';
import type { Texts } from '../yaml/write.js';

/** Some 5 MiB of text; a fleet whose objects differ from cluster to cluster gains nothing by more. */
const MOST = 10_000;

/** What is known under the same circumstances. */
interface Known {
  readonly key: string;
  readonly texts: Set<string>;
}

/**
 * The objects of a run with which nothing is wrong by themselves. Most objects of a fleet are the same on many clusters,
 * and what a rule says of an object alone, it says of its like everywhere.
 */
export class Judged {
  private readonly known = new Map<string, Known>();
  private readonly crds: unknown[] = [];
  private size = 0;

  /** Spares a cluster the judgement of objects that are known. */
  spare(cluster: ClusterState, texts: Texts): void {
    const known = this.knownFor(cluster);
    if (!known) return;
    const { shared } = cluster;
    const isFine = (object: JsonObject) => {
      const facts = shared.factsOf(object);
      if (facts) return facts.fineIn === known.key;
      return !shared.isComplete && known.texts.has(texts.of(object));
    };
    cluster.leaveOut((state) => state.target === '' && isFine(state.object));
  }

  /** Remembers the objects of a cluster of which no rule has said anything. */
  remember(cluster: ClusterState, texts: Texts, told: ReadonlySet<unknown>): void {
    const known = this.knownFor(cluster);
    if (!known) return;
    for (const { on, object, target } of cluster.unjudged) {
      if (target !== '' || told.has(on)) continue;
      const facts = cluster.shared.factsOf(object);
      if (facts) facts.fineIn = known.key;
      else if (!cluster.shared.isComplete && this.size < MOST) {
        known.texts.add(texts.of(object));
        this.size++;
      }
    }
  }

  /**
   * What is known under the same circumstances: releases that decide which versions are served, and kinds. Undefined for
   * a cluster that brings kinds of its own.
   */
  private knownFor(cluster: ClusterState): Known | undefined {
    if (cluster.ofKind('apiextensions.k8s.io', 'CustomResourceDefinition').length > 0) return undefined;
    const { kubernetesVersion, fluxVersion, partial, crds = [] } = cluster;
    const key = JSON.stringify([kubernetesVersion, fluxVersion, partial, crds.map((crd) => this.numberOf(crd))]);
    let known = this.known.get(key);
    if (!known) {
      known = { key, texts: new Set() };
      this.known.set(key, known);
    }
    return known;
  }

  /** Clusters of a fleet are given the very same CRDs. */
  private numberOf(crd: unknown): number {
    const at = this.crds.indexOf(crd);
    return at === -1 ? this.crds.push(crd) - 1 : at;
  }
}
