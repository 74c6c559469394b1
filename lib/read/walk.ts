import { join, relative, resolve, sep } from 'node:path';
import type { Kustomize } from '../kustomize/command.js';
import { buildDirectory } from '../kustomize/directory.js';
import type { Build, BuiltObject, BuiltText } from '../kustomize/directory.js';
import { applyOptions, changesObjects } from '../kustomize/options.js';
import type { KustomizationSpec } from '../kustomize/options.js';
import { postBuildOf, sourceOf, substituteObject, variablesFrom } from '../kustomize/substitute.js';
import type { Variables } from '../kustomize/substitute.js';
import type { ClusterModel, DirectoryFacts, ExistingObject, LayerModel, ObjectModel } from '../model/cluster-model.js';
import { kustomizationId } from '../model/cluster-state.js';
import { identityOf, isKind } from '../model/identity.js';
import type { JsonObject } from '../yaml/normalize.js';
import type { AllowedIn } from './allowed.js';
import type { FoundCluster, Tree } from './discover.js';
import type { Files } from '../kustomize/files.js';
import { contentOf, normalizedUrl, SOURCE_GROUP, sourceKey } from './sources.js';
import type { SourceContent, SourceId } from './sources.js';

const FLUX = 'kustomize.toolkit.fluxcd.io';
const ROOT = 'flux-system';

/** What all clusters of a directory have in common while they are read. */
export interface Reading {
  readonly files: Files;
  readonly kustomize: Kustomize | undefined;
  /** Where the content of other sources lies. */
  readonly sources: Readonly<Record<string, string>>;
  /** What a directory holds, each asked for once. */
  readonly treeOf: (directory: string) => Tree;
  /** What was built before: clusters share directories. */
  readonly builds: Map<string, Build>;
  /** What files were built to: the same text lies in many directories. */
  readonly builtTexts: Map<string, readonly BuiltText[]>;
  readonly notes: Set<string>;
  /** Sources of which the content is not here, for people. */
  readonly absent: Set<string>;
  /** The given sources that something is taken from. */
  readonly used: Set<string>;
}

/** What a walk through a cluster finds. */
export interface Walked {
  readonly layers: readonly LayerModel[];
  readonly source: ClusterModel['source'];
  /** Every file that was read for it, absolute. */
  readonly files: ReadonlySet<string>;
}

/** A layer while the walk goes on. */
interface Open extends Omit<LayerModel, 'objects'> {
  readonly objects: ObjectModel[];
}

/** Builds a cluster's root, finds the Kustomizations in it, builds what they point to, and so on. */
export function walkCluster(
  found: FoundCluster,
  reading: Reading,
  allowed: AllowedIn,
  exists: readonly ExistingObject[],
): Walked {
  return new Walk(found, reading, allowed, exists).run();
}

class Walk {
  private readonly layers: Open[] = [];
  private readonly names = new Set<string>();
  /** Kustomizations by cluster and name, each looked into once: directories may lead to each other. */
  private readonly seen = new Set<string>();
  private readonly read = new Set<string>();
  /** ConfigMaps and Secrets only, because they are looked up again and again. */
  private readonly variableLayers: LayerModel[] = [];
  /** Sources by target and id. */
  private readonly sourceObjects = new Map<string, JsonObject>();
  private readonly contents = new Map<string, SourceContent>();
  private own: { readonly id: SourceId | undefined; readonly object: JsonObject | undefined } = {
    id: undefined,
    object: undefined,
  };

  constructor(
    private readonly found: FoundCluster,
    private readonly reading: Reading,
    private readonly allowed: AllowedIn,
    private readonly exists: readonly ExistingObject[],
  ) {}

  run(): Walked {
    let waiting = this.root();
    while (waiting.length > 0) {
      // What reads variables of an object that is not there yet waits for the others.
      const ready = waiting.filter(({ on, parent }) => this.variablesKnown(on.object, parent.target));
      const now = ready.length > 0 ? ready : waiting;
      const later = ready.length > 0 ? waiting.filter((w) => !ready.includes(w)) : [];
      waiting = [...later, ...now.flatMap(({ on, parent }) => this.layer(on, parent))];
    }
    return { layers: this.layers, source: this.ownSource(), files: this.read };
  }

  // ---- the root ---------------------------------------------------------------------------------------------------

  private root(): Waiting[] {
    const { directory } = this.found;
    const first = this.build(this.content(this.found.root, undefined), directory, {});
    this.own = ownOf(first.objects);
    const content = this.content(this.found.root, this.own.object);
    const spec = this.rootSpec(first.objects);
    const again = changesObjects(spec) || this.own.object?.spec !== undefined;
    const build = again ? this.build(content, directory, spec) : first;
    const variables = spec.postBuild === undefined ? undefined : this.rootVariables(spec, build);
    return this.add(
      {
        name: ROOT,
        parent: undefined,
        directory: '',
        target: '',
        namespace: undefined,
        kustomization: undefined,
        facts: this.facts(content, directory, build),
      },
      build,
      variables,
      undefined,
    );
  }

  /** The spec of the root's Kustomization: from its file, or as the operator makes it. */
  private rootSpec(objects: readonly BuiltObject[]): KustomizationSpec {
    const root = objects.map((o) => o.object).find(isRoot);
    if (root) return (root.spec ?? {}) as KustomizationSpec;
    const instance = objects.map((o) => o.object).find(isInstance);
    const spec = (instance?.spec ?? {}) as { kustomize?: { patches?: { target?: { kind?: string } }[] } };
    const patches = (spec.kustomize?.patches ?? []).filter((p) => p.target?.kind === 'Kustomization');
    if (patches.length === 0) return {};
    const made: JsonObject = {
      apiVersion: `${FLUX}/v1`,
      kind: 'Kustomization',
      metadata: { name: ROOT, namespace: ROOT },
      spec: { path: this.found.path, interval: '10m', prune: true, sourceRef: { kind: 'GitRepository', name: ROOT } },
    };
    const patched = applyOptions([made], { patches });
    return Array.isArray(patched) ? ((patched[0]?.spec ?? {}) as KustomizationSpec) : {};
  }

  private rootVariables(spec: KustomizationSpec, build: Build): Variables | undefined {
    const target = '';
    const layer = { target, objects: build.objects.map((o) => ({ object: o.object })) } as unknown as LayerModel;
    const kustomization = { spec } as unknown as JsonObject;
    return variablesFrom(kustomization, (ref) => sourceOf({ layers: [layer], exists: this.exists }, ref, ROOT, target));
  }

  private ownSource(): ClusterModel['source'] {
    const { id, object } = this.own;
    const spec = (object?.spec ?? {}) as Readonly<Record<string, unknown>>;
    return id && object ? { kind: id.kind, spec } : undefined;
  }

  // ---- layers -----------------------------------------------------------------------------------------------------

  /** The layer of a Kustomization, and the Kustomizations in it; nothing where its content is not here. */
  private layer(on: ObjectModel, parent: LayerModel): Waiting[] {
    const { object } = on;
    const { name, namespace } = identityOf(object);
    const key = [parent.target, namespace ?? '', name].join('\n');
    if (this.seen.has(key)) return [];
    this.seen.add(key);
    const spec = (object.spec ?? {}) as KustomizationSpec;
    const content = this.sourceOf(object, parent.target);
    if (!content) return [];
    const path = typeof spec.path === 'string' ? spec.path : './';
    // Flux keeps what climbs out of the source in it.
    const directory = resolve(content.root, join(sep, path).slice(1));
    const build = this.build(content, directory, spec);
    return this.add(
      {
        name: this.unique(kustomizationId(namespace, name)),
        parent: parent.name,
        directory: posix(relative(this.found.directory, directory)),
        target: targetOf(spec, namespace) ?? parent.target,
        namespace: undefined,
        kustomization: on,
        facts: this.facts(content, directory, build),
      },
      build,
      this.variables(object, parent.target),
      on,
    );
  }

  /** Two of one name are possible on a hub: one on itself, one on a cluster that it reconciles. */
  private unique(name: string): string {
    let unique = name;
    for (let n = 2; this.names.has(unique); n++) unique = `${name} (${n})`;
    return unique;
  }

  private add(
    fields: Pick<LayerModel, 'name' | 'parent' | 'directory' | 'target' | 'namespace' | 'kustomization' | 'facts'>,
    build: Build,
    variables: Variables | undefined,
    on: ObjectModel | undefined,
  ): Waiting[] {
    this.names.add(fields.name);
    const { exists, ignoredBy } = fields.facts!;
    const objects = build.objects.map((o) => this.objectModel(o, variables));
    const layer: Open = {
      ...fields,
      objects,
      construct: undefined,
      code: on?.code ?? (() => undefined),
      allowed: this.allowed.layer(fields.name),
      incomplete: build.incomplete || !exists || ignoredBy !== undefined,
    };
    this.layers.push(layer);
    for (const file of build.files) this.read.add(file);
    const data = objects.filter(({ object }) => object.kind === 'ConfigMap' || object.kind === 'Secret');
    if (data.length > 0) this.variableLayers.push({ ...layer, objects: data });
    for (const { object } of objects) {
      const id = identityOf(object);
      if (id.group !== SOURCE_GROUP) continue;
      const key = `${layer.target}\n${sourceKey({ kind: id.kind, namespace: id.namespace ?? '', name: id.name })}`;
      this.sourceObjects.set(key, object);
    }
    return objects
      .filter(({ object }) => isKind(object, FLUX, 'Kustomization') && !(layer.target === '' && isRoot(object)))
      .map((o) => ({ on: o, parent: layer }));
  }

  private objectModel({ object, from, configuredIn }: BuiltObject, variables: Variables | undefined): ObjectModel {
    const { files } = this.reading;
    const substituted = variables ? substituteObject(object, variables).object : object;
    const place = from?.file ?? configuredIn;
    return {
      object: substituted,
      construct: undefined,
      code: () => undefined,
      ...(place !== undefined && { file: files.display(place) }),
      ...(from && { lineOf: (path) => files.lineOf(from, path) }),
      ...(configuredIn !== undefined && { lineOf: () => generatorLine(files, configuredIn, object) }),
      ...(substituted !== object && { unsubstituted: object }),
      ...(from && identityOf(from.object).name !== identityOf(object).name && { written: from.object }),
      allowed: this.allowed.object(substituted),
      namespace: undefined,
    };
  }

  private facts(content: SourceContent, directory: string, build: Build): DirectoryFacts {
    const { files } = this.reading;
    const kind = files.kindOf(directory);
    const exists = kind === 'directory';
    const ignoredBy = exists ? this.ignoredBy(content, directory) : undefined;
    return {
      path: posix(relative(content.root, directory)) || '.',
      exists,
      ...(kind === 'file' && { isFile: true }),
      ...(ignoredBy !== undefined && { ignoredBy }),
      ...(exists && ignoredBy === undefined && build.error !== undefined && { error: build.error }),
      remote: build.remote,
    };
  }

  /** What takes a whole directory away: nothing, where any file of it comes back. */
  private ignoredBy({ ignored }: SourceContent, directory: string): string | undefined {
    const by = ignored(directory, true);
    if (by === undefined) return undefined;
    const { yaml } = this.reading.treeOf(directory);
    return yaml.some((file) => ignored(file, false) === undefined) ? undefined : by;
  }

  private build(content: SourceContent, directory: string, spec: KustomizationSpec): Build {
    const { files, kustomize, builds, builtTexts } = this.reading;
    if (files.kindOf(directory) !== 'directory') return NOTHING;
    const { postBuild: _, dependsOn: __, interval: ___, ...options } = spec;
    const key = `${content.key}\n${directory}\n${JSON.stringify(options)}`;
    let build = builds.get(key);
    if (!build) {
      const ignored = (path: string, isDirectory: boolean) => content.ignored(path, isDirectory) !== undefined;
      build = buildDirectory(directory, spec, { files, kustomize, root: content.root, ignored, builtTexts });
      builds.set(key, build);
    }
    if (build.unbuilt) {
      this.reading.notes.add('neither kubectl nor kustomize is here, so directories that need building are not judged');
    }
    if (build.remote.length > 0) {
      this.reading.notes.add(`not fetched, so nothing is known of it: ${build.remote.join(', ')}`);
    }
    return build;
  }

  // ---- variables --------------------------------------------------------------------------------------------------

  private variables(kustomization: JsonObject, target: string): Variables | undefined {
    const namespace = identityOf(kustomization).namespace ?? ROOT;
    return variablesFrom(kustomization, (ref) =>
      sourceOf({ layers: this.variableLayers, exists: this.exists }, ref, namespace, target),
    );
  }

  private variablesKnown(kustomization: JsonObject, target: string): boolean {
    const namespace = identityOf(kustomization).namespace ?? ROOT;
    const refs = postBuildOf(kustomization)?.substituteFrom ?? [];
    const sources = { layers: this.variableLayers, exists: this.exists };
    return refs.every((ref) => sourceOf(sources, ref, namespace, target) !== undefined);
  }

  // ---- sources ----------------------------------------------------------------------------------------------------

  private sourceOf(kustomization: JsonObject, target: string): SourceContent | undefined {
    const spec = (kustomization.spec ?? {}) as { sourceRef?: Partial<SourceId> };
    const { kind = '', name = '', namespace = identityOf(kustomization).namespace ?? ROOT } = spec.sourceRef ?? {};
    const id = { kind, name, namespace };
    if (target === '' && this.isOwn(id)) return this.content(this.found.root, this.own.object);
    const key = sourceKey(id);
    const object = this.sourceObjects.get(`${target}\n${key}`);
    const { url, ref } = (object?.spec ?? {}) as { url?: unknown; ref?: unknown };
    if (kind === '' || name === '') return undefined;
    const root = this.mapped(key, url);
    if (root !== undefined && this.reading.files.kindOf(root) === 'directory') return this.content(root, object);
    if (root !== undefined) {
      this.reading.notes.add(`the content of ${key} is said to lie in ${root}, which is no directory`);
      return undefined;
    }
    const own = (this.own.object?.spec ?? {}) as { url?: unknown; ref?: unknown };
    if (typeof url === 'string' && typeof own.url === 'string' && normalizedUrl(url) === normalizedUrl(own.url)) {
      if (JSON.stringify(ref) === JSON.stringify(own.ref)) return this.content(this.found.root, object);
    }
    const where = typeof url === 'string' ? ` (${url})` : '';
    this.reading.absent.add(`${key}${where}`);
    return undefined;
  }

  /** Where no file says what the cluster pulls from, it is what Flux calls so. */
  private isOwn(id: SourceId): boolean {
    const own = this.own.id;
    if (!own) return id.name === ROOT && id.namespace === ROOT;
    return sourceKey(own) === sourceKey(id);
  }

  private mapped(key: string, url: unknown): string | undefined {
    const { sources, used } = this.reading;
    const isIt = (given: string): boolean => typeof url === 'string' && normalizedUrl(given) === normalizedUrl(url);
    const given = Object.hasOwn(sources, key) ? key : Object.keys(sources).find(isIt);
    if (given === undefined) return undefined;
    used.add(given);
    return sources[given];
  }

  private content(root: string, object: JsonObject | undefined): SourceContent {
    const key = `${root}\n${object ? JSON.stringify(object.spec) : ''}`;
    let content = this.contents.get(key);
    if (!content) {
      content = contentOf(root, this.reading.treeOf(root), object, this.reading.files);
      this.contents.set(key, content);
    }
    return content;
  }
}

const NOTHING: Build = { objects: [], remote: [], files: new Set(), incomplete: false, unbuilt: false };

/** A Kustomization whose content is to be looked for, and the layer that applies it. */
interface Waiting {
  readonly on: ObjectModel;
  readonly parent: LayerModel;
}

function isRoot(object: JsonObject): boolean {
  const { name, namespace } = identityOf(object);
  return isKind(object, FLUX, 'Kustomization') && name === ROOT && namespace === ROOT;
}

function isInstance(object: JsonObject): boolean {
  return isKind(object, 'fluxcd.controlplane.io', 'FluxInstance');
}

/** What the cluster pulls from, as its own files say it. */
function ownOf(built: readonly BuiltObject[]): { id: SourceId | undefined; object: JsonObject | undefined } {
  const objects = built.map((o) => o.object);
  const root = objects.find(isRoot);
  if (root) {
    const { sourceRef } = (root.spec ?? {}) as { sourceRef?: Partial<SourceId> };
    const id = {
      kind: sourceRef?.kind ?? 'GitRepository',
      namespace: sourceRef?.namespace ?? ROOT,
      name: sourceRef?.name ?? ROOT,
    };
    const object = objects.find((o) => {
      const it = identityOf(o);
      return it.group === SOURCE_GROUP && it.kind === id.kind && it.name === id.name && it.namespace === id.namespace;
    });
    return { id, object };
  }
  const instance = objects.find(isInstance);
  const sync = (instance?.spec as { sync?: { kind?: string; name?: string; url?: string; ref?: string } } | undefined)
    ?.sync;
  if (!instance || !sync) return { id: undefined, object: undefined };
  const namespace = identityOf(instance).namespace ?? ROOT;
  const id = { kind: sync.kind ?? 'GitRepository', namespace, name: sync.name ?? namespace };
  const spec = { url: sync.url ?? '', ...(sync.ref !== undefined && { ref: refOf(id.kind, sync.ref) }) };
  const object: JsonObject = {
    apiVersion: `${SOURCE_GROUP}/v1`,
    kind: id.kind,
    metadata: { name: id.name, namespace },
    spec: id.kind === 'Bucket' ? { endpoint: sync.url ?? '', bucketName: sync.ref ?? '' } : spec,
  };
  return { id, object };
}

function refOf(kind: string, ref: string): JsonObject {
  if (kind === 'OCIRepository') return ref.startsWith('sha256:') ? { digest: ref } : { tag: ref };
  return ref.startsWith('refs/') ? { name: ref } : { branch: ref };
}

/** The kubeConfig that leads to another cluster: as a layer says it, and with its namespace where that is another one. */
function targetOf(spec: KustomizationSpec, namespace = 'flux-system'): string | undefined {
  const { secretRef, configMapRef } = (spec.kubeConfig ?? {}) as Record<
    string,
    { name?: string; key?: string } | undefined
  >;
  const ref = secretRef ?? configMapRef;
  if (!ref) return undefined;
  const kind = secretRef ? 'Secret' : 'ConfigMap';
  const name = [kind, ref.name ?? '', ...(ref.key === undefined ? [] : [ref.key])].join('/');
  return namespace === 'flux-system' ? name : `${name} in ${namespace}`;
}

/** Line of a generator in the kustomization.yaml that has it. */
function generatorLine(files: Files, file: string, object: JsonObject): number | undefined {
  const from = files.objects(file).objects[0];
  if (!from) return undefined;
  const field = object.kind === 'Secret' ? 'secretGenerator' : 'configMapGenerator';
  const list = from.object[field];
  const { name } = identityOf(object);
  const index = Array.isArray(list) ? list.findIndex((g) => name.includes((g as { name: string }).name)) : -1;
  return files.lineOf(from, index === -1 ? [] : [field, index]);
}

function posix(path: string): string {
  return path.split(sep).join('/');
}
