import type { ClusterState } from '../../model/cluster-state.js';
import type { LayerModel, ObjectModel } from '../../model/cluster-model.js';
import { identityOf, isKind } from '../../model/identity.js';
import { isSopsEnvelope } from '../../model/sops.js';
import type { JsonObject } from '../../yaml/normalize.js';
import { nameOf } from '../rule.js';
import { undecrypted } from '../shared/undecrypted.js';
import type { Rule } from '../rule.js';

/**
 * What SOPS has encrypted stands in a layer whose Kustomization decrypts: else Flux refuses it, and with it everything else
 * of the layer, or applies the ciphertext.
 *
 * @see https://fluxcd.io/flux/components/kustomize/kustomizations/#decryption
 */
export const decryptionMissing: Rule = {
  id: 'decryption-missing',
  title: 'What SOPS has encrypted is applied by a Kustomization that decrypts.',
  *check(cluster) {
    for (const layer of cluster.layers) {
      const kustomization = kustomizationOf(layer);
      if (!kustomization || decrypts(kustomization)) continue;
      for (const on of layer.objects.filter(isEncrypted)) {
        yield {
          on,
          field: ['sops'],
          what: `${nameOf(on)} is encrypted, and ${nameOf(layer)} does not decrypt: ${undecrypted(on.object)}`,
          expected: 'spec.decryption with the provider sops in the Kustomization that applies it',
          given: 'no decryption',
          fix: fixFor(cluster, layer),
        };
      }
    }
  },
};

/** The Kustomization of a layer; that of the root only where the cluster's own files have it. */
function kustomizationOf({ kustomization, parent, objects }: LayerModel): JsonObject | undefined {
  if (kustomization || parent !== undefined) return kustomization?.object;
  const root = objects.find(({ object }) => {
    const { name, namespace } = identityOf(object);
    return (
      isKind(object, 'kustomize.toolkit.fluxcd.io', 'Kustomization') &&
      `${namespace}/${name}` === 'flux-system/flux-system'
    );
  });
  return root?.object;
}

function decrypts({ spec }: JsonObject): boolean {
  const { decryption } = (spec ?? {}) as { decryption?: { provider?: unknown } };
  return typeof decryption?.provider === 'string';
}

/** True for a Secret with what SOPS writes beside it, and for any object with all of that. */
function isEncrypted({ object }: ObjectModel): boolean {
  const { annotations } = (object.metadata ?? {}) as { annotations?: Record<string, unknown> };
  if (String(annotations?.['kustomize.toolkit.fluxcd.io/decrypt']).toLowerCase() === 'disabled') return false;
  return isKind(object, '', 'Secret') ? object.sops !== undefined && object.sops !== null : isSopsEnvelope(object.sops);
}

/** Names the keys that another layer of the cluster decrypts with. */
function fixFor(cluster: ClusterState, layer: LayerModel): string {
  const other = cluster.layers.find((l) => l !== layer && l.kustomization && decrypts(l.kustomization.object));
  return other
    ? `give it the decryption of ${nameOf(other)}`
    : layer.facts === undefined
      ? "give the layer `decryption`, with the Secret that has the key: decryption: { secretRef: Secret.fromName('sops-age') }"
      : `write spec.decryption: { provider: sops, secretRef: { name: sops-age } }, with the name of the Secret that has the key${layer.parent === undefined ? '; for the root by a patch in flux-system/kustomization.yaml' : ''}`;
}
