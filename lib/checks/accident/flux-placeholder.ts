import type { LayerModel, ObjectModel, SystemFile } from '../../model/cluster-model.js';
import { buildsGuard } from '../../model/prune.js';
import type { Rule } from '../rule.js';

/**
 * Flux's own manifests are not emptied: one commit without them makes Flux delete itself, unless all that is built there
 * is guarded. Before the first bootstrap placeholders do no harm, so they are told only where Flux's manifests were: the
 * other file still has them, or Git's history does.
 */
export const fluxPlaceholder: Rule = {
  id: 'flux-placeholder',
  title: 'No placeholder stands where Flux’s own manifests were.',
  *check(cluster) {
    const { files, kustomization } = cluster.system;
    const { resources } = kustomization;
    const listed = (Array.isArray(resources) ? (resources as readonly unknown[]) : []).filter(
      (r): r is string => typeof r === 'string' && /^gotk-\w+\.yaml$/.test(r),
    );
    const empty = listed.filter((name) => isPlaceholder(files[name]));
    const [root] = cluster.layers;
    if (root === undefined || empty.length === 0 || buildsGuard(kustomization)) return;
    const [real] = listed.filter((name) => !empty.includes(name));
    const replaced = empty.find((name) => hadManifests(files[name]));
    if (real === undefined && replaced === undefined) return;
    const [hold, they] = empty.length === 1 ? ['holds', 'it'] : ['hold', 'they'];
    yield {
      on: placeOf(root, files[empty[0]!]!),
      what: `${empty.join(' and ')} of ${cluster.label} ${hold} nothing, although Flux is installed: with the next commit it deletes itself, and everything that it has applied`,
      expected: 'what flux bootstrap wrote',
      given:
        real === undefined
          ? `a file without objects, where Git has manifests in ${replaced}`
          : `a file without objects, beside a ${real} that has them`,
      fix: `take ${they === 'it' ? 'the file' : 'the files'} back from Git: git log -- '*/flux-system/${empty[0]}', then git restore --source=<commit> …`,
    };
  },
};

function isPlaceholder(file: SystemFile | undefined): boolean {
  return file !== undefined && 'placeholder' in file;
}

function hadManifests(file: SystemFile | undefined): boolean {
  return file !== undefined && 'placeholder' in file && file.hadManifests?.() === true;
}

/** The file, where one was read; else the cluster. */
function placeOf(root: LayerModel, placeholder: SystemFile): LayerModel | ObjectModel {
  const { construct, code, allowed } = root;
  const file = 'placeholder' in placeholder ? placeholder.file : undefined;
  return file === undefined ? root : { object: {}, construct, code, allowed, namespace: undefined, file };
}
