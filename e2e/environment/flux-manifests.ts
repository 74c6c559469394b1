import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import type { KubeObject } from './api.js';
import { GIT_REPOSITORY, KUSTOMIZATION } from './flux-object.js';
import { moduleDirectories, moduleDirectory } from './modules.js';

/** Flux's own manifests: its kustomizations name the controllers' by release, and all but the versions stays the same. */
const FLUX = { module: 'github.com/fluxcd/flux2/v2', version: 'v2.9.5' };
/** Not to be had as a module; nothing in the tests needs it. */
const ABSENT = 'source-watcher';

/**
 * For controllers that run in a cluster: none that fetches sources, whose part the tests play, and the patience that the
 * tests have. Those that run as processes beside the tests have it from whoever starts them.
 */
const IN_CLUSTER = `patches:
  - target: { kind: Deployment, name: source-controller }
    patch: |
      - { op: replace, path: /spec/replicas, value: 0 }
  - target: { kind: Deployment, name: (kustomize-controller|helm-controller) }
    patch: |
      - { op: add, path: /spec/template/spec/containers/0/args/-, value: --requeue-dependency=2s }
`;

/** Text of gotk-components.yaml: what `flux install --export` prints, of Flux's own manifests. */
export async function fluxComponents(kubectl: string, inCluster: boolean): Promise<string> {
  const [flux, controllers] = await Promise.all([
    moduleDirectory(FLUX.module, FLUX.version),
    moduleDirectories('flux'),
  ]);
  const directory = mkdtempSync(join(tmpdir(), 'flux-manifests-'));
  try {
    // The module cache is read-only.
    cpSync(join(flux, 'manifests'), directory, { recursive: true, mode: 0 });
    execFileSync('chmod', ['-R', 'u+w', directory]);
    for (const [module, from] of Object.entries(controllers)) take(directory, basename(module), from);
    appendFileSync(join(directory, 'rbac/kustomization.yaml'), 'nameSuffix: -flux-system\n');
    const install = join(directory, 'install/kustomization.yaml');
    const text = readFileSync(install, 'utf8').replace(`  - ../bases/${ABSENT}\n`, '');
    writeFileSync(install, inCluster ? `${text}${IN_CLUSTER}` : text);
    const options = { encoding: 'utf8', maxBuffer: 1 << 26 } as const;
    return execFileSync(kubectl, ['kustomize', join(directory, 'install')], options);
  } finally {
    rmSync(directory, { recursive: true });
  }
}

/** Puts a controller's own manifests where Flux's kustomization names its release. */
function take(directory: string, controller: string, from: string): void {
  const base = join(directory, 'bases', controller);
  mkdirSync(base, { recursive: true });
  for (const part of ['crd', 'manager']) {
    const config = join(from, 'config', part);
    if (existsSync(config)) cpSync(config, join(base, part), { recursive: true });
  }
  execFileSync('chmod', ['-R', 'u+w', base]);
  const file = join(base, 'kustomization.yaml');
  const text = readFileSync(file, 'utf8')
    .replace(/^- https:\S+\.crds\.yaml$/m, '- crd')
    .replace(/^- https:\S+\.deployment\.yaml$/m, '- manager');
  if (text.includes('https:')) throw new Error(`${controller}: Flux's kustomization names something else:\n${text}`);
  writeFileSync(file, text);
}

/** What Flux pulls on a cluster, and which of its directories it applies. */
export interface Sync {
  readonly url: string;
  readonly ref: { readonly branch: string } | { readonly name: string };
  readonly path: string;
  readonly interval?: string;
  /** Name of the Secret by which it pulls. */
  readonly secret?: string | undefined;
  readonly serviceAccountName?: string | undefined;
  /** Name of both, where they are not the root's. */
  readonly name?: string;
  readonly namespace?: string | undefined;
}

/** The source and the Kustomization of a cluster's root, as `flux bootstrap git` and Flux Operator make them. */
export function syncObjects(sync: Sync): KubeObject[] {
  const { url, ref, path, interval = '1m0s', secret, serviceAccountName } = sync;
  const { name = 'flux-system', namespace = 'flux-system' } = sync;
  const metadata = { name, namespace };
  const pulls = { interval, ref, ...(secret !== undefined && { secretRef: { name: secret } }), url };
  const applies = {
    interval: '10m0s',
    path,
    prune: true,
    ...(serviceAccountName !== undefined && { serviceAccountName }),
    sourceRef: { kind: GIT_REPOSITORY.kind, name },
  };
  return [
    { ...GIT_REPOSITORY, metadata, spec: pulls },
    { ...KUSTOMIZATION, metadata, spec: applies },
  ];
}
