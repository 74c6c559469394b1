import type { ObjectState } from '../../model/cluster-state.js';
import { isKind } from '../../model/identity.js';
import { madeSecret } from '../../model/made-secret.js';
import { keepsOthersFields } from '../../model/prune.js';
import type { JsonObject } from '../../yaml/normalize.js';
import { nameOf } from '../rule.js';
import type { Rule } from '../rule.js';

const PATCHED = ['sealedsecrets.bitnami.com/managed', 'sealedsecrets.bitnami.com/patch'];

/** What happens to an object whose Secret is somebody else's. */
const LOSES: Readonly<Record<string, string>> = {
  Certificate: 'cert-manager issues a certificate for one of them only',
  SealedSecret: 'sealed-secrets refuses to write a Secret that it has not made',
  ExternalSecret: 'external-secrets refuses to write a Secret that it has not made',
};

/** Each Secret is written by one: of two controllers, one refuses or both overwrite each other. */
export const secretTwoOwners: Rule = {
  id: 'secret-two-owners',
  title: 'Each Secret is written by one object.',
  *check(cluster) {
    const owners = new Map<string, ObjectState>();
    for (const state of cluster.objects) {
      const secret = writtenBy(state.object);
      if (secret === undefined || `${secret.namespace}/${secret.name}`.includes('${')) continue;
      const key = [state.target, secret.namespace ?? '', secret.name].join('\n');
      const first = owners.get(key);
      if (first === undefined) owners.set(key, state);
      // One object that is there twice is told as such.
      if (first === undefined || nameOf(first.on) === nameOf(state.on)) continue;
      const why = LOSES[state.id.kind] ?? LOSES[first.id.kind] ?? 'they overwrite each other';
      yield {
        on: state.on,
        what: `${nameOf(state.on)} writes the Secret "${secret.namespace}/${secret.name}", and so does ${nameOf(first.on)}: ${why}`,
        expected: 'one object that writes a Secret',
        given: `${nameOf(first.on)} in ${nameOf(first.layer)}, ${nameOf(state.on)} in ${nameOf(state.layer)}`,
        fix: 'give one of them another name of a Secret',
        field: fieldOf(state.object),
      };
    }
  },
};

interface Written {
  readonly namespace: string | undefined;
  readonly name: string;
}

/** The Secret that an object is, or that a controller makes of it and calls its own. */
function writtenBy(object: JsonObject): Written | undefined {
  const { name, namespace } = (object.metadata ?? {}) as { name?: unknown; namespace?: string };
  if (typeof name !== 'string' || keepsOthersFields(object)) return undefined;
  if (isKind(object, '', 'Secret')) return mayBePatched(object) ? undefined : { namespace, name };
  if (isKind(object, 'external-secrets.io', 'ExternalSecret')) {
    const { target } = (object.spec ?? {}) as { target?: { name?: string; creationPolicy?: string } };
    return (target?.creationPolicy ?? 'Owner') === 'Owner' ? { namespace, name: target?.name ?? name } : undefined;
  }
  return madeSecret(object);
}

function fieldOf(object: JsonObject): string[] {
  if (isKind(object, 'cert-manager.io', 'Certificate')) return ['spec', 'secretName'];
  return isKind(object, 'external-secrets.io', 'ExternalSecret') ? ['spec', 'target', 'name'] : ['metadata', 'name'];
}

/** True for a Secret that a SealedSecret is told to take over or to add to. */
function mayBePatched({ metadata }: JsonObject): boolean {
  const { annotations } = (metadata ?? {}) as { annotations?: Record<string, unknown> };
  return PATCHED.some((key) => annotations?.[key] === 'true');
}
