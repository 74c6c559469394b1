import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DEFAULT_COMPONENTS, FLUX_COMPONENTS } from '../flux/controllers.js';
import type { ClusterModel, LayerModel } from '../model/cluster-model.js';
import { identityOf, isKind } from '../model/identity.js';
import type { JsonObject } from '../yaml/normalize.js';
import type { FoundCluster } from './discover.js';
import type { Files } from '../kustomize/files.js';

/** How Flux is installed, as a cluster's own files show it. */
export type Installation = Pick<ClusterModel, 'components' | 'fluxVersion' | 'lockdown'>;

const LOCKDOWN = /--no-cross-namespace-refs(?:=true)?(?![=\w])/;
const EXACT = /^v?(\d+\.\d+\.\d+(?:-[\w.]+)?)$/;

/** What the objects of the root say of Flux itself; what they do not say is unknown: no components, no version. */
export function installationOf(found: FoundCluster, root: LayerModel, files: Files): Installation {
  const objects = root.objects.map((o) => o.object);
  const instance = objects.find((o) => isKind(o, 'fluxcd.controlplane.io', 'FluxInstance'));
  if (instance) return byOperator(instance);
  const deployments = objects.filter((o) => isKind(o, 'apps', 'Deployment') && isComponent(o));
  const kustomizeController = deployments.find((o) => identityOf(o).name === 'kustomize-controller');
  const parts = objects.filter((o) => labelsOf(o)['app.kubernetes.io/part-of'] === 'flux');
  const version = [...deployments, ...parts].map((o) => labelsOf(o)['app.kubernetes.io/version']).find((v) => v);
  return {
    components: deployments.map((o) => identityOf(o).name),
    fluxVersion: EXACT.exec(version ?? '')?.[1],
    lockdown: kustomizeController
      ? LOCKDOWN.test(JSON.stringify(kustomizeController.spec ?? {}))
      : patched(found, files),
  };
}

function byOperator(instance: JsonObject): Installation {
  const spec = (instance.spec ?? {}) as {
    components?: string[];
    distribution?: { version?: string };
    cluster?: { multitenant?: boolean };
  };
  return {
    components: spec.components ?? DEFAULT_COMPONENTS,
    fluxVersion: EXACT.exec(spec.distribution?.version ?? '')?.[1],
    lockdown: spec.cluster?.multitenant === true,
  };
}

/** Before `flux bootstrap` has written the controllers, only the patches for them are there. */
function patched({ directory }: FoundCluster, files: Files): boolean {
  const system = join(directory, 'flux-system');
  const file = files.kindOf(system) === 'directory' ? files.kustomizationIn(system) : undefined;
  return file !== undefined && LOCKDOWN.test(readFileSync(file, 'utf8'));
}

function isComponent(object: JsonObject): boolean {
  const { name, namespace } = identityOf(object);
  return namespace === 'flux-system' && (FLUX_COMPONENTS as readonly string[]).includes(name);
}

function labelsOf(object: JsonObject): Readonly<Record<string, string | undefined>> {
  return ((object.metadata ?? {}) as { labels?: Record<string, string> }).labels ?? {};
}
