import type { ClusterState, ObjectState, Wanted } from './cluster-state.js';
import { madeSecret } from './made-secret.js';

/** How it is known that an object is on a cluster. */
export type Presence =
  /** The fleet emits it. */
  | { readonly by: 'fleet'; readonly state: ObjectState }
  /** A controller makes it of an object that the fleet emits. */
  | { readonly by: 'controller'; readonly of: ObjectState }
  /** Somebody declares it: `fromName`, or flux-fleet.yaml. */
  | { readonly by: 'declaration' };

/** How it is known that an object is on a cluster; undefined where nobody says that it is. */
export function presenceOf(cluster: ClusterState, wanted: Wanted): Presence | undefined {
  const state = cluster.find(wanted);
  if (state) return { by: 'fleet', state };
  if (wanted.kind === 'Secret') {
    const of = madeSecrets(cluster).get([wanted.target, wanted.namespace ?? '', wanted.name].join('\n'));
    if (of) return { by: 'controller', of };
  }
  return cluster.declared(wanted) ? { by: 'declaration' } : undefined;
}

/** The keys of a ConfigMap or Secret; undefined where they are not known. */
export function keysOf(cluster: ClusterState, wanted: Wanted): readonly string[] | undefined {
  const state = cluster.find(wanted);
  if (!state) return cluster.declared(wanted)?.keys;
  return ['data', 'stringData', 'binaryData'].flatMap((field) => Object.keys(state.object[field] ?? {}));
}

function madeSecrets(cluster: ClusterState): ReadonlyMap<string, ObjectState> {
  return cluster.once('made secrets', () => {
    const made = new Map<string, ObjectState>();
    for (const state of cluster.objects) {
      const secret = madeSecret(state.object);
      if (secret) made.set([state.target, secret.namespace ?? '', secret.name].join('\n'), state);
    }
    return made;
  });
}
