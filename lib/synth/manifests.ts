import { ApiObject } from 'cdk8s';
import type { IConstruct } from 'constructs';
import type { Cluster } from '../cluster.js';
import type { Finding } from '../finding.js';
import { groupBy } from '../group-by.js';
import { intervalOf } from '../flux/intervals.js';
import { kustomizationRefs, kustomizationSpec } from '../flux/kustomization-options.js';
import { referTo } from '../flux/source.js';
import type { InfraComponent } from '../infra-component.js';
import type { Layer } from '../layer.js';
import { Manifest } from '../manifest.js';
import type { ClusterModel, ExistingObject, LayerModel, ObjectModel } from '../model/cluster-model.js';
import { isExternal } from '../reference.js';
import type { NamedObject } from '../reference.js';
import { generatedName } from '../layer.js';
import { clusterOf, isOffboarding, layerOf, scopeInfo, tenantOf } from '../scope.js';
import { shardingKey } from '../shard.js';
import type { JsonObject } from '../yaml/normalize.js';
import { placeNamespaces } from './namespaces.js';
import { KnownObjects, UnitObjects } from './known-objects.js';
import { draft, inNamespace, layerDraft, modelOf, ROOT, whereOf } from './draft.js';
import type { Draft, Needs, PlacedUse } from './draft.js';
import { renderObject, saidName } from './render.js';
import { isFluxGroup, shardCharts } from './shards.js';
import { placeSources } from './sources.js';
import { installationFiles } from './system.js';
import { runtimeInfo, watchReferenced } from './runtime-info.js';
import { Surroundings } from './surroundings.js';
import type { Around } from './surroundings.js';

/** Everything of one cluster, from its constructs; what is wrong with them is added to the findings. */
export function clusterManifests(
  cluster: Cluster,
  fleet: string,
  findings: Finding[],
  crds: readonly JsonObject[] = [],
  known = new KnownObjects(),
): ClusterModel {
  const around = new Surroundings();
  const gathered = gather(around, cluster, findings);
  const drafts = draftLayers(around, cluster);
  const uses: PlacedUse[] = [];
  const external: ExistingObject[] = [...cluster.exists, ...inNamespace(cluster.source.refs, ROOT)];
  const objects = new UnitObjects(known, cluster);
  const needs: Needs = { around, objects, key: shardingKey(cluster), uses, external, findings };
  const dependents = layersWithDependents([...drafts.byLayer.keys()]);

  for (const [layer, own] of drafts.byLayer) {
    const parent = (layer.parent && drafts.byLayer.get(layer.parent)) ?? drafts.all[0]!;
    own.kustomization = layerKustomization(cluster, layer, dependents.has(layer.name), parent, needs);
    parent.objects.push(own.kustomization);
    const refs = kustomizationRefs(layer.options);
    findings.push(...elsewhere(layer, parent.target, refs));
    external.push(...inNamespace(refs, ROOT, parent.target));
  }
  fill(drafts.byLayer, gathered, needs);
  placeNamespaces(drafts.all, needs, crds);
  placeSources(drafts.all, needs);
  shardCharts(drafts.all, needs.key);
  runtimeInfo(cluster, drafts.all, needs);
  watchReferenced(drafts.all);
  return {
    name: cluster.name,
    label: `the cluster "${cluster.name}"`,
    fleet,
    environment: cluster.environment,
    labels: cluster.selectors,
    variables: { ...cluster.variables },
    kubernetesVersion: cluster.kubernetesVersion,
    fluxVersion: cluster.fluxVersion,
    components: cluster.components,
    lockdown: cluster.lockdown,
    path: cluster.path,
    source: { kind: cluster.source.kind, spec: cluster.source.spec },
    layers: drafts.all,
    system: installationFiles(cluster),
    exists: external,
    provides: gathered.components.flatMap((c) => c.provides),
    crds,
    partial: false,
  };
}

/** The directories of a repository, which clusters elsewhere apply. */
export function repositoryManifests(
  repository: IConstruct,
  layers: readonly Layer[],
  findings: Finding[],
  crds: readonly JsonObject[] = [],
  known = new KnownObjects(),
): readonly LayerModel[] {
  const around = new Surroundings();
  const unitObjects = new UnitObjects(known, repository);
  const { objects, broken } = gather(around, repository, findings);
  const byLayer = groupBy(objects, ({ layer }) => layer);
  return layers.map((layer) => {
    const draft = layerDraft(around, layer, undefined);
    const needs: Needs = { around, objects: unitObjects, key: shardingKey(layer), uses: [], external: [], findings };
    fill(new Map([[layer, draft]]), { objects: byLayer.get(layer) ?? [], broken }, needs);
    // Directories know nothing of each other: they may be for different clusters.
    placeNamespaces([draft], needs, crds);
    placeSources([draft], needs);
    shardCharts([draft], needs.key);
    watchReferenced([draft]);
    return draft;
  });
}

/** Puts objects into their layers; gathers the sources that they bring along and the objects that others make. */
function fill(
  drafts: ReadonlyMap<Layer, Draft>,
  { objects, broken }: Pick<Gathered, 'objects' | 'broken'>,
  needs: Needs,
): void {
  const { uses, external, findings } = needs;
  for (const [layer, draft] of drafts) draft.incomplete = broken.has(layer);
  for (const { object, layer } of objects) {
    const draft = drafts.get(layer);
    if (!draft) continue;
    const model = objectModel(object, needs);
    if (!model) {
      draft.incomplete = true;
      continue;
    }
    draft.objects.push(model);
    if (!Manifest.isManifest(object)) continue;
    const { refs = [], sources = [] } = object.needs;
    if (refs.length + sources.length === 0) continue;
    const namespace = object.namespace ?? ROOT;
    findings.push(...elsewhere(object, draft.target, refs));
    external.push(...inNamespace(refs, namespace, draft.target));
    for (const { source, name } of sources)
      uses.push({ source, name, layer: draft.name, target: draft.target, namespace, user: object });
  }
}

/**
 * What is wrong with references to objects of ours: those of another cluster or repository would not be found, and those
 * of a tenant that leaves not for long.
 */
function elsewhere(user: IConstruct, target: string, refs: readonly (NamedObject | undefined)[]): Finding[] {
  if (refs.length === 0) return [];
  const placeOfAll = (construct: IConstruct) => clusterOf(construct) ?? construct.node.root;
  return refs
    .filter((ref): ref is NamedObject & IConstruct => ref !== undefined && !isExternal(ref))
    .flatMap((ref): Finding[] => {
      const refTarget = layerOf(ref)?.target ?? '';
      if (placeOfAll(ref) === placeOfAll(user) && refTarget === target) {
        const goes = isLeaving(ref, { offboarding: isOffboarding(ref) }) || isOffboarding(layerOf(ref)?.node.scope);
        return goes ? [leaving(user, ref)] : [];
      }
      return [
        {
          rule: 'reference-elsewhere',
          what: `"${user.node.id}" refers to ${withArticle(ref.kind)} that is not of its cluster`,
          expected: `an object of ${clusterOf(user) ? placeName(user, target) : 'the same repository'}`,
          given: `${ref.kind} "${ref.name}" of ${placeName(ref, refTarget)}`,
          fix: 'make the object for each cluster, or name one that others make: fromName',
          where: whereOf(user),
        },
      ];
    });
}

function withArticle(kind: string): string {
  return `${/^[AEIOU]/.test(kind) ? 'an' : 'a'} ${kind}`;
}

function placeName(construct: IConstruct, target: string): string {
  if (target !== '') return `the cluster behind the kubeConfig ${target}`;
  const cluster = clusterOf(construct);
  return cluster ? `the cluster "${cluster.name}"` : 'no cluster';
}

function leaving(user: IConstruct, ref: NamedObject & IConstruct): Finding {
  return {
    rule: 'reference-leaving',
    what: `"${user.node.id}" refers to ${withArticle(ref.kind)} that goes, because its tenant is offboarding`,
    expected: 'an object that stays',
    given: `${ref.kind} "${ref.name}" of the tenant "${tenantOf(ref)!.node.id}"`,
    fix: 'take the reference away in the same commit, or before',
    where: whereOf(user),
  };
}

/** An object, and the layer that it stands in. */
interface Placed {
  readonly object: ApiObject;
  readonly layer: Layer;
}

/** What was found in a tree. */
interface Gathered {
  readonly objects: readonly Placed[];
  readonly components: readonly InfraComponent[];
  /** Layers of which something was refused already. */
  readonly broken: ReadonlySet<IConstruct>;
}

/** All objects with the layer that each stands in; runs the validations that users' constructs bring. */
function gather(around: Surroundings, root: IConstruct, findings: Finding[]): Gathered {
  const objects: Placed[] = [];
  const components: InfraComponent[] = [];
  const broken = new Set<IConstruct>();
  for (const construct of root.node.findAll()) {
    for (const message of construct.node.validate()) {
      findings.push({ rule: 'validation', what: message, where: whereOf(construct) });
    }
    if (scopeInfo(construct)?.noun === 'component') components.push(construct as InfraComponent);
    const above = around.below(construct.node.scope);
    const misuse = ApiObject.isApiObject(construct)
      ? (misplaced(construct, above) ?? nameless(construct))
      : cdk8sDependency(construct);
    if (misuse) {
      findings.push({ ...misuse, where: whereOf(construct) });
      broken.add(above.place ?? construct);
    } else if (ApiObject.isApiObject(construct)) {
      if (!isLeaving(construct, above)) objects.push({ object: construct, layer: above.place as Layer });
    } else if (scopeInfo(construct)?.noun === 'component' && (construct as InfraComponent).layers.length === 0) {
      findings.push({
        rule: 'empty-layer',
        what: `the component "${construct.node.id}" has nothing in it`,
        expected: 'objects in its controllers or configs, or a source and a path',
        given: 'nothing',
        fix: 'put something into component.controllers or component.configs, or leave the component out',
        where: whereOf(construct),
      });
    }
  }
  return { objects, components, broken };
}

function misplaced(object: ApiObject, { place, placeNoun: noun }: Around): Omit<Finding, 'where'> | undefined {
  if (noun === 'layer') return undefined;
  return {
    rule: 'object-without-layer',
    what: `${object.kind} "${object.name}" stands in no layer, so nothing would apply it`,
    expected: 'a Layer, or the controllers or configs of a component, as its scope',
    given: place ? `the ${noun} "${place.node.path}"` : 'no scope of a fleet',
    fix:
      noun === 'component'
        ? 'use component.controllers or component.configs as its scope'
        : 'make a Layer and use it as its scope',
  };
}

/** A chart of cdk8s inside of a layer would make up a name from the place in the tree. */
function nameless(object: ApiObject): Omit<Finding, 'where'> | undefined {
  return saidName(object) === undefined ? generatedName(object.kind, object.name) : undefined;
}

/** cdk8s only orders documents by its dependencies, and at a cost that grows exponentially. */
function cdk8sDependency(construct: IConstruct): Omit<Finding, 'where'> | undefined {
  const [on] = scopeInfo(construct) ? construct.node.dependencies : [];
  if (!on) return undefined;
  return {
    rule: 'cdk8s-dependency',
    what: `"${construct.node.path}" has a dependency that Flux would not see`,
    expected: 'dependsOn, or addDependsOn',
    given: `node.addDependency(${on.node.path})`,
    fix: 'say dependsOn: [ … ] where the layer, component or tenant is made',
  };
}

/** What goes in the first of the two commits by which a tenant leaves: everything that reconciles for it. */
function isLeaving(object: IConstruct, { offboarding }: Pick<Around, 'offboarding'>): boolean {
  return offboarding && ApiObject.isApiObject(object) && /(^|\.)fluxcd\.(io|controlplane\.io)$/.test(object.apiGroup);
}

interface Drafts {
  /** The root first. */
  readonly all: Draft[];
  readonly byLayer: ReadonlyMap<Layer, Draft>;
}

function draftLayers(around: Surroundings, cluster: Cluster): Drafts {
  const layers = cluster.layers.filter((l) => !isOffboarding(l.node.scope));
  const root = draft(around, cluster, { name: ROOT, parent: undefined, directory: '', namespace: ROOT, target: '' });
  const byLayer = new Map(layers.map((l) => [l, layerDraft(around, l, ROOT)]));
  return { all: [root, ...byLayer.values()], byLayer };
}

/** Names of the layers that something waits for. */
function layersWithDependents(layers: readonly Layer[]): Set<string> {
  return new Set(
    layers.flatMap((l) => l.dependencies.map((d) => d.on.dependableLayer?.name)).filter((n) => n !== undefined),
  );
}

function layerKustomization(
  cluster: Cluster,
  layer: Layer,
  hasDependents: boolean,
  parent: Draft,
  { around, objects, key, uses, external, findings }: Needs,
): ObjectModel {
  const own = { ref: { kind: cluster.source.kind, name: ROOT }, uses: [], refs: [] };
  const { ref, uses: needed, refs } = layer.source ? referTo(layer.source.source, layer.name, ROOT) : own;
  findings.push(...elsewhere(layer, parent.target, refs));
  external.push(...inNamespace(refs, ROOT, parent.target));
  uses.push(...needed.map((u) => ({ ...u, layer: parent.name, target: parent.target, namespace: ROOT, user: layer })));
  const dependsOn = layer.dependencies.flatMap((d) => {
    const name = d.on.dependableLayer?.name;
    return name === undefined ? [] : [{ name, ...(d.readyExpr !== undefined && { readyExpr: d.readyExpr }) }];
  });
  const said = inherited(around.below(layer), key);
  const labels = said && Object.keys(said).length > 0 ? said : undefined;
  const object = objects.at(layer.node.path).normalize({
    apiVersion: 'kustomize.toolkit.fluxcd.io/v1',
    kind: 'Kustomization',
    metadata: { ...(labels && { labels }), name: layer.name, namespace: ROOT },
    spec: kustomizationSpec(layer.options, {
      sourceRef: ref,
      path: layer.source?.path ?? joinPath(cluster.path, layer.directory!),
      interval: intervalOf(layer, 'Kustomization'),
      dependsOn: unique(dependsOn),
      hasDependents,
      serviceAccountName: cluster.lockdown ? 'kustomize-controller' : undefined,
    }),
  });
  return modelOf(around, layer, object, `${layer.name}.yaml`);
}

/** Each once, in the order in which the code says them. */
function unique<T extends { name: string }>(dependencies: readonly T[]): T[] {
  return [...new Map(dependencies.map((d) => [d.name, d])).values()];
}

function joinPath(base: string, directory: string): string {
  return `${base.replace(/\/+$/, '')}/${directory}`;
}

/** An object with its place in the tree; undefined, and a finding, where it cannot be rendered. */
function objectModel(object: ApiObject, { around, objects, key, findings }: Needs): ObjectModel | undefined {
  const { verbatim } = object as { verbatim?: string };
  const above = around.below(object.node.scope);
  const labels = verbatim === undefined ? inherited(above, isFluxGroup(object.apiGroup) ? key : undefined) : undefined;
  const rendered = renderObject(object, labels, objects.at(object.node.path));
  if (isFinding(rendered)) {
    findings.push({ ...rendered, where: whereOf(object) });
    return undefined;
  }
  const model = modelOf(around, object, rendered);
  return verbatim === undefined ? model : { ...model, verbatim };
}

/** The labels that the nouns around decide; of a shard only where its key is given. */
function inherited({ labels, shard }: Around, key: string | undefined): Around['labels'] {
  return shard === undefined || key === undefined ? labels : { ...labels, [key]: shard };
}

function isFinding(x: JsonObject | Omit<Finding, 'where'>): x is Omit<Finding, 'where'> {
  return typeof x.rule === 'string' && typeof x.what === 'string' && !('apiVersion' in x);
}
