import { checkCluster } from '../../lib/checks/index.js';
import type { Rule } from '../../lib/checks/rule.js';
import type { Finding } from '../../lib/finding.js';
import type { ClusterModel, LayerModel, ObjectModel } from '../../lib/model/cluster-model.js';
import { isKind } from '../../lib/model/identity.js';
import { readDocuments } from '../../lib/kustomize/documents.js';
import type { JsonObject } from '../../lib/yaml/normalize.js';

/**
 * A cluster from the YAML of its layers by name, `flux-system` first. What applies a layer is the Kustomization of that
 * name in a layer before it; of other Kustomizations the content is not known. A kubeConfig's Secret names the target.
 */
export function yamlCluster(yaml: Readonly<Record<string, string>>, more: Partial<ClusterModel> = {}): ClusterModel {
  const layers: LayerModel[] = [];
  const found = new Map<string, { readonly kustomization: ObjectModel; readonly parent: LayerModel }>();
  for (const [name, text] of Object.entries(yaml)) {
    const by = found.get(name);
    const layer: LayerModel = {
      name,
      parent: by?.parent.name,
      directory: name === 'flux-system' ? '' : `layers/${name}`,
      target: targetOf(by?.kustomization.object) ?? by?.parent.target ?? '',
      namespace: undefined,
      objects: objectsOf(text),
      kustomization: by?.kustomization,
      construct: `test/${name}`,
      code: () => undefined,
      allowed: [],
      incomplete: false,
      ...(name !== 'flux-system' && { facts: { path: `layers/${name}`, exists: true, remote: [] } }),
    };
    layers.push(layer);
    for (const kustomization of layer.objects) {
      if (!isKind(kustomization.object, 'kustomize.toolkit.fluxcd.io', 'Kustomization')) continue;
      found.set((kustomization.object.metadata as { name: string }).name, { kustomization, parent: layer });
    }
  }
  return { ...EMPTY, layers, ...more };
}

/** What one rule says of such a cluster. */
export function yamlFindings(
  rule: Rule,
  yaml: Readonly<Record<string, string>>,
  more: Partial<ClusterModel> = {},
): readonly Finding[] {
  return checkCluster(yamlCluster(yaml, more), [rule]).findings;
}

/** A Kustomization of Flux in flux-system, with further fields of its spec. */
export function kustomization(name: string, spec: object = {}, metadata: object = {}): string {
  return manifest('kustomize.toolkit.fluxcd.io/v1', 'Kustomization', name, { ...SYNC, ...spec }, metadata);
}

/** A HelmRelease in the namespace `apps`, of a chart that has its name. */
export function helmRelease(name: string, spec: object = {}, metadata: object = {}): string {
  const chart = { spec: { chart: name, sourceRef: { kind: 'HelmRepository', name: 'charts' } } };
  return manifest(
    'helm.toolkit.fluxcd.io/v2',
    'HelmRelease',
    name,
    { interval: '10m', chart, ...spec },
    {
      namespace: 'apps',
      ...metadata,
    },
  );
}

/** One document; without other metadata it stands in flux-system. */
export function manifest(
  apiVersion: string,
  kind: string,
  name: string,
  spec: object = {},
  metadata: object = {},
): string {
  return `---\n${JSON.stringify({ apiVersion, kind, metadata: { name, namespace: 'flux-system', ...metadata }, spec })}\n`;
}

const SYNC = { interval: '10m', prune: true, path: './', sourceRef: { kind: 'GitRepository', name: 'flux-system' } };

const EMPTY: Omit<ClusterModel, 'layers'> = {
  name: 'test',
  label: 'the cluster "test"',
  fleet: 'test',
  environment: 'test',
  labels: {},
  variables: {},
  kubernetesVersion: undefined,
  fluxVersion: undefined,
  components: [],
  lockdown: false,
  path: './clusters/test',
  source: undefined,
  system: { files: {}, kustomization: {} },
  exists: [],
  provides: [],
  partial: false,
};

function objectsOf(text: string): ObjectModel[] {
  return readDocuments(text).documents.map(({ value }) => ({
    object: value as JsonObject,
    construct: undefined,
    code: () => undefined,
    allowed: [],
    namespace: undefined,
  }));
}

function targetOf(object: JsonObject | undefined): string | undefined {
  const spec = object?.spec as { kubeConfig?: { secretRef?: { name?: string } } } | undefined;
  return spec?.kubeConfig?.secretRef?.name;
}
