import type { ClusterState, ObjectState } from '../../model/cluster-state.js';
import { nameOf } from '../rule.js';
import type { Rule } from '../rule.js';

interface Spec {
  readonly releaseName?: string;
  readonly targetNamespace?: string;
  readonly storageNamespace?: string;
  readonly kubeConfig?: unknown;
  readonly suspend?: boolean;
}

/** A Helm release, as Helm tells one from another. */
interface Release {
  readonly name: string;
  /** Where its objects are. */
  readonly namespace: string;
  /** Where Helm keeps its history. */
  readonly storage: string;
}

/**
 * Each Helm release has one HelmRelease: two of them upgrade it in turn for ever, and when one goes, it uninstalls the
 * release of the other.
 *
 * @see https://fluxcd.io/flux/components/helm/helmreleases/#release-name
 */
export const releaseTwoOwners: Rule = {
  id: 'release-two-owners',
  title: 'Each Helm release has one HelmRelease.',
  *check(cluster) {
    const owners = new Map<string, ObjectState>();
    for (const [state, release] of releasesIn(cluster)) {
      const { name, namespace, storage } = release;
      const keys = new Set(
        [`history ${storage}`, `objects ${namespace}`].map((k) => `${targetOf(state)}\n${k}\n${name}`),
      );
      const first = [...keys].map((key) => owners.get(key)).find((owner) => owner !== undefined);
      for (const key of keys) if (!owners.has(key)) owners.set(key, state);
      // One object that is there twice is told as such.
      if (first === undefined || nameOf(first.on) === nameOf(state.on)) continue;
      yield {
        on: state.on,
        what: `${nameOf(state.on)} installs the Helm release "${namespace}/${name}", which is that of ${nameOf(first.on)}: each overwrites what the other has installed, and uninstalls it when it goes`,
        expected: 'one HelmRelease for a release',
        given: `releaseName ${name} of both, in ${first.layer === state.layer ? nameOf(state.layer) : `${nameOf(first.layer)} and ${nameOf(state.layer)}`}`,
        fix: 'give one of them another releaseName, or leave it out',
        field: ['spec', 'releaseName'],
      };
    }
  },
};

/** The releases whose names are known; a suspended HelmRelease touches none. */
function* releasesIn(cluster: ClusterState): Generator<[ObjectState, Release]> {
  for (const state of cluster.ofKind('helm.toolkit.fluxcd.io', 'HelmRelease')) {
    const { releaseName, targetNamespace, storageNamespace, suspend } = (state.object.spec ?? {}) as Spec;
    const own = state.id.namespace;
    if (own === undefined || suspend === true) continue;
    const name = text(releaseName) ?? [text(targetNamespace), state.id.name].filter((n) => n !== undefined).join('-');
    const release = { name, namespace: text(targetNamespace) ?? own, storage: text(storageNamespace) ?? own };
    if (!Object.values(release).some((value) => String(value).includes('${'))) yield [state, release];
  }
}

/** A HelmRelease with a kubeConfig of its own, which names something in its namespace, installs elsewhere. */
function targetOf({ object, target, id }: ObjectState): string {
  const { kubeConfig } = (object.spec ?? {}) as Spec;
  return kubeConfig === undefined ? target : `${target}\n${id.namespace}\n${JSON.stringify(kubeConfig)}`;
}

/** To helm-controller an empty field is one that is not there. */
function text(value: string | undefined): string | undefined {
  return value === '' ? undefined : value;
}
