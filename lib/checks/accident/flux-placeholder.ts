import type { LayerModel, ObjectModel, SystemFile } from '../../model/cluster-model.js';
import { buildsGuard } from '../../model/prune.js';
import type { Rule } from '../rule.js';

/**
 * Where a placeholder stands in for a file of `flux bootstrap`, nothing that was applied from there is pruned. Before the
 * first bootstrap a placeholder does no harm; after it, one commit with it makes Flux delete itself.
 */
export const fluxPlaceholder: Rule = {
  id: 'flux-placeholder',
  title: 'A placeholder for Flux’s own manifests cannot make Flux delete itself.',
  severity: 'warning',
  *check(cluster) {
    const { files, kustomization } = cluster.system;
    const listed = (kustomization.resources ?? []) as readonly unknown[];
    const empty = Object.entries(files)
      .filter(([name, file]) => /^gotk-\w+\.yaml$/.test(name) && 'placeholder' in file && listed.includes(name))
      .map(([name]) => name);
    const [root] = cluster.layers;
    if (root === undefined || empty.length === 0 || buildsGuard(kustomization)) return;
    yield {
      on: placeOf(root, files[empty[0]!]!),
      what: `${empty.join(' and ')} of ${cluster.label} ${empty.length === 1 ? 'holds' : 'hold'} nothing: where Flux is installed already, it would delete itself`,
      expected:
        'what flux bootstrap wrote; or a guard against pruning on all that flux-system/kustomization.yaml builds',
      given: 'a file without objects, and no guard',
      fix: `take ${empty.length === 1 ? 'the file' : 'the files'} back from Git (git restore), or add an AnnotationsTransformer with kustomize.toolkit.fluxcd.io/prune: disabled before the first bootstrap`,
    };
  },
};

/** The file, where one was read; else the cluster. */
function placeOf(root: LayerModel, placeholder: SystemFile & { readonly file?: string }): LayerModel | ObjectModel {
  const { construct, code, allowed } = root;
  const { file } = placeholder;
  return file === undefined ? root : { object: {}, construct, code, allowed, namespace: undefined, file };
}
