import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { stringify } from 'yaml';
import { plainCluster } from './objects.js';
import type { PlainObject } from './objects.js';
import type { BenchSize } from './sizes.js';

/** Stands in the base for the name of the cluster, as a part of paths. */
const PLACE = 'CLUSTER';

/**
 * The fleet as a team writes it for kustomize: one base with everything that clusters share, and an overlay for each
 * that puts its name into the paths.
 */
export function writeOverlays(directory: string, size: BenchSize): void {
  const base = [...plainCluster(PLACE, size)].map(([path, objects]) => [path === '' ? 'root' : path, objects] as const);
  for (const [path, objects] of base) write(directory, `base/${path}/objects.yaml`, ...objects);
  write(directory, 'base/kustomization.yaml', list({ resources: base.map(([path]) => `${path}/objects.yaml`) }));
  for (let c = 0; c < size.clusters; c++) {
    const overlay = `clusters/cluster-${c}`;
    write(directory, `${overlay}/cluster.yaml`, nameOf(`cluster-${c}`));
    write(directory, `${overlay}/kustomization.yaml`, overlayList());
  }
}

/** The name of a cluster as an object that replacements read, and that is not applied. */
function nameOf(cluster: string): PlainObject {
  const annotations = { 'config.kubernetes.io/local-config': 'true' };
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'cluster', annotations }, data: { name: cluster } };
}

function overlayList(): object {
  return list({
    resources: ['../../base', 'cluster.yaml'],
    replacements: [
      {
        source: { kind: 'ConfigMap', name: 'cluster', fieldPath: 'data.name' },
        targets: [
          {
            // ./dist/clusters/CLUSTER/…
            select: { kind: 'Kustomization', namespace: 'flux-system' },
            fieldPaths: ['spec.path'],
            options: { delimiter: '/', index: 3 },
          },
        ],
      },
    ],
  });
}

function list(fields: object): object {
  return { apiVersion: 'kustomize.config.k8s.io/v1beta1', kind: 'Kustomization', ...fields };
}

function write(directory: string, path: string, ...documents: readonly object[]): void {
  const file = join(directory, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, documents.map((document) => stringify(document)).join('---\n'));
}
