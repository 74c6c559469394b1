import type { AllowedFinding } from '../checks/index.js';
import type { Finding } from '../finding.js';
import { whereIs } from '../model/cluster-model.js';
import type { ClusterModel, LayerModel, ObjectModel } from '../model/cluster-model.js';
import { identityOf } from '../model/identity.js';
import { pluralOf } from '../model/plural.js';
import type { FileLayout } from './app.js';
import { declarations } from './declarations.js';
import type { OutputFile } from './disk/output.js';
import type { JsonObject } from '../yaml/normalize.js';
import { toYaml } from '../yaml/write.js';
import type { Texts } from '../yaml/write.js';

/** Kinds that readers expect first, because the others stand on them. */
const FIRST = [
  'Namespace',
  'CustomResourceDefinition',
  'ServiceAccount',
  'Role',
  'ClusterRole',
  'RoleBinding',
  'ClusterRoleBinding',
];

/** The files of a cluster's directory, by path. */
export function clusterFiles(
  cluster: ClusterModel,
  layout: FileLayout,
  allowed: readonly AllowedFinding[],
  texts: Texts,
  findings: Finding[],
): Map<string, OutputFile> {
  const files = layerFiles(cluster.layers, layout, texts, findings);
  files.set('flux-fleet.yaml', { text: toYaml([declarations(cluster, allowed)]) });
  for (const [name, file] of Object.entries(cluster.system.files)) {
    files.set(
      `flux-system/${name}`,
      'placeholder' in file ? { text: file.placeholder, placeholder: true } : { text: toYaml(file.objects) },
    );
  }
  files.set('flux-system/kustomization.yaml', { text: toYaml([cluster.system.kustomization]) });
  return files;
}

/** The files of layers, each directory with the kustomization.yaml that lists them; a cluster's root lists flux-system too. */
export function layerFiles(
  layers: readonly LayerModel[],
  layout: FileLayout,
  texts: Texts,
  findings: Finding[],
): Map<string, OutputFile> {
  const files = new Map<string, OutputFile>();
  for (const layer of layers) {
    if (layer.directory === undefined) continue;
    const prefix = layer.directory === '' ? '' : `${layer.directory}/`;
    const byName = divide(layer, layout, findings);
    const resources = [...byName.keys(), ...(prefix === '' ? ['flux-system'] : [])];
    for (const [name, objects] of byName) files.set(`${prefix}${name}`, { text: textOf(objects, texts) });
    files.set(`${prefix}kustomization.yaml`, { text: toYaml([kustomizationOf(resources)]) });
  }
  return files;
}

function kustomizationOf(resources: readonly string[]): JsonObject {
  return { apiVersion: 'kustomize.config.k8s.io/v1beta1', kind: 'Kustomization', resources: [...resources].sort() };
}

/** The objects of a layer by file; two that want one file are a finding. */
function divide(layer: LayerModel, layout: FileLayout, findings: Finding[]): Map<string, ObjectModel[]> {
  const files = new Map<string, ObjectModel[]>();
  for (const model of sorted(layer.objects)) {
    const alone = layout !== 'layer' || model.verbatim !== undefined;
    const directory = layout === 'kind' ? `${pluralOf(identityOf(model.object).kind)}/` : '';
    const name = alone ? `${directory}${objectFile(model, layer)}` : (model.fileName ?? `${layer.name}.yaml`);
    const there = files.get(name);
    if (there && (alone || there[0]!.verbatim !== undefined)) {
      findings.push(sameFile(layer, name, there[0]!, model));
      continue;
    }
    if (there) there.push(model);
    else files.set(name, [model]);
  }
  return files;
}

/**
 * `<kind>-<name>.yaml`; with the namespace where it is not the layer's own, so that a name depends on nothing but the
 * object and its layer.
 */
function objectFile({ object }: ObjectModel, layer: LayerModel): string {
  const { kind, name, namespace } = identityOf(object);
  const suffix = namespace === undefined || namespace === (layer.namespace ?? 'flux-system') ? '' : `_${namespace}`;
  return `${kind.toLowerCase()}-${name.replaceAll(/[^A-Za-z0-9.-]/g, '-')}${suffix}.yaml`;
}

function sameFile(layer: LayerModel, name: string, a: ObjectModel, b: ObjectModel): Finding {
  return {
    rule: 'duplicate-file',
    what: `two objects of the layer "${layer.name}" want the file ${name}`,
    expected: 'a file for each',
    given: `${a.construct} and ${b.construct}`,
    fix: 'rename one of them, or put it into another layer',
    where: whereIs(b),
  };
}

function textOf(objects: readonly ObjectModel[], texts: Texts): string {
  return objects[0]?.verbatim ?? objects.map((o) => texts.of(o.object)).join('---\n');
}

/** The objects in an order that does not depend on that of the code: what others stand on first, then by name. */
function sorted(objects: readonly ObjectModel[]): ObjectModel[] {
  if (objects.length === 1) return [...objects];
  return objects
    .map((o) => [keyOf(o), o] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, o]) => o);
}

function keyOf({ object }: ObjectModel): string {
  const { apiVersion, kind, name, namespace } = identityOf(object);
  const rank = FIRST.indexOf(kind);
  return `${rank === -1 ? FIRST.length : rank}\n${kind}\n${namespace ?? ''}\n${name}\n${apiVersion}`;
}
