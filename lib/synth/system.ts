import type { Cluster } from '../cluster.js';
import type { InstallationFile } from '../flux/installation.js';
import type { ClusterModel, SystemFile } from '../model/cluster-model.js';
import { compact } from '../compact.js';
import { normalizeObject } from '../yaml/normalize.js';

/** The directory flux-system of a cluster. */
export function installationFiles(cluster: Cluster): ClusterModel['system'] {
  const target = cluster.installationTarget;
  const files = Object.entries(cluster.flux.files(target)).map(([name, file]) => [name, systemFile(file)] as const);
  const { patches, transformers } = cluster.flux.kustomization(target);
  return {
    files: Object.fromEntries(files),
    kustomization: normalizeObject({
      apiVersion: 'kustomize.config.k8s.io/v1beta1',
      kind: 'Kustomization',
      resources: files.map(([name]) => name).sort(),
      ...compact({ patches: nonEmpty(patches), transformers: nonEmpty(transformers) }),
    }),
  };
}

function nonEmpty<T>(list: readonly T[] | undefined): readonly T[] | undefined {
  return list && list.length > 0 ? list : undefined;
}

function systemFile(file: InstallationFile): SystemFile {
  return 'placeholder' in file ? file : { objects: file.objects.map((o) => normalizeObject(o)) };
}
