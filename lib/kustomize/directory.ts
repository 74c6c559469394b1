import { mkdirSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import type { JsonObject, JsonValue } from '../yaml/normalize.js';
import { annotationOf, withoutAnnotation } from './annotations.js';
import { API_VERSION, shortened, writeKustomization } from './command.js';
import type { Kustomize } from './command.js';
import { readDocuments } from './documents.js';
import { KUSTOMIZATION_FILES } from './files.js';
import type { FileObject, Files } from './files.js';
import { listOf, merged, withCommonMetadata } from './options.js';
import type { KustomizationSpec } from './options.js';

/** An object that was built, and the one of a file that it was built from. */
export interface BuiltObject {
  readonly object: JsonObject;
  /** Undefined where nothing was read for it: a generator made it. */
  readonly from: FileObject | undefined;
  /** The file that says how it is made, absolute, where a generator made it. */
  readonly configuredIn?: string;
}

/** What a directory builds to. */
export interface Build {
  readonly objects: readonly BuiltObject[];
  /** What Flux would say where it cannot build it. */
  readonly error?: string;
  /** What it loads from other places. */
  readonly remote: readonly string[];
  /** Every file that it reads, absolute. */
  readonly files: ReadonlySet<string>;
  /** Whether some of its objects are not known. */
  readonly incomplete: boolean;
  /** Whether that is because kustomize is not here. */
  readonly unbuilt: boolean;
}

/** What a build needs of its surroundings. */
export interface BuildContext {
  readonly files: Files;
  /** The kustomize that is there; undefined where there is none. */
  readonly kustomize: Kustomize | undefined;
  /** The root of the source, absolute; without it, files may lie anywhere. */
  readonly root?: string;
  /** Files that the artifact of the source does not have. */
  readonly ignored?: (path: string, isDirectory: boolean) => boolean;
  /** What files of the same text were built to before: the clusters of a fleet have Flux's own in common. */
  readonly builtTexts?: Map<string, readonly BuiltText[]>;
}

/** An object of a file that was built by itself. */
export interface BuiltText {
  readonly object: JsonObject;
  /** Place of the one that it was built from among the objects of the file. */
  readonly index: number;
}

const ORIGIN = 'config.kubernetes.io/origin';
/** Objects with it are read, and never built. */
const LOCAL_CONFIG = 'config.kubernetes.io/local-config';

/** Builds a directory as Flux does for a Kustomization. */
export function buildDirectory(directory: string, spec: KustomizationSpec, context: BuildContext): Build {
  const run = new Run(context, directory);
  const kustomization = { ...merged(run.kustomizationOf(directory), spec) };
  const components = run.components(directory, spec);
  if (components.length > 0) kustomization.components = [...textsOf(kustomization.components), ...components];
  const objects = run.build(directory, kustomization, new Set([directory]));
  return {
    objects: objects.map((o) => ({ ...o, object: withCommonMetadata(o.object, spec) })),
    ...(run.error !== undefined && { error: run.error }),
    remote: [...run.remote],
    files: run.read,
    incomplete: run.incomplete,
    unbuilt: run.unbuilt,
  };
}

function textsOf(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((v) => typeof v === 'string') : [];
}

/** What kustomize fetches from elsewhere. */
export function isRemote(path: string): boolean {
  return /^(?:git::|gh:|ssh:\/\/|https?:\/\/|git@|github\.com[:/])/i.test(path) || /^[\w.-]+@[\w.-]+:/.test(path);
}

/** Fields that hold names of files, beside those that have a way of their own. */
const FILE_LISTS = ['crds', 'configurations', 'patchesStrategicMerge', 'generators', 'transformers', 'validators'];

/** One build of one directory. */
class Run {
  error: string | undefined;
  incomplete = false;
  unbuilt = false;
  readonly remote = new Set<string>();
  readonly read = new Set<string>();
  private readonly temporary = new Map<string, string>();
  /** Directories of the overlay, and whose kustomization.yaml each holds. */
  private readonly originals = new Map<string, string>();

  /** @param rewrites the directory whose kustomization.yaml Flux reads and writes anew before it builds */
  constructor(
    private readonly context: BuildContext,
    private readonly rewrites?: string,
  ) {}

  /** What a directory's kustomization.yaml says; where it has none, the one that Flux generates. */
  kustomizationOf(directory: string): JsonObject {
    const { files } = this.context;
    const file = files.kustomizationIn(directory);
    if (file === undefined) return { resources: this.manifestsBelow(directory, '') };
    this.read.add(file);
    const { objects, broken } = files.objects(file);
    if (broken || objects.length !== 1) {
      this.fail(broken ? undefined : `${files.display(file)} holds ${objects.length} documents instead of one`);
      return {};
    }
    const { bases, ...said } = objects[0]!.object;
    if (bases === undefined) return said;
    return { ...said, resources: [...textsOf(said.resources), ...textsOf(bases)] };
  }

  /** The components of the Flux Kustomization that are there. */
  components(directory: string, spec: KustomizationSpec): string[] {
    return textsOf(spec.components).filter((path) => {
      if (spec.ignoreMissingComponents !== true || isRemote(path)) return true;
      return this.context.files.kindOf(join(directory, path)) !== undefined;
    });
  }

  /** Flux's generator: all manifests below a directory, and directories that have a kustomization.yaml. */
  private manifestsBelow(directory: string, below: string): string[] {
    const { files, ignored } = this.context;
    return files.list(join(directory, below)).flatMap((name) => {
      const path = `${below}${name}`;
      const at = join(directory, path);
      if (ignored?.(at, name.endsWith('/'))) return [];
      if (!name.endsWith('/')) return /\.ya?ml$/.test(name) ? [path] : [];
      return files.kustomizationIn(at) === undefined ? this.manifestsBelow(directory, path) : [path.slice(0, -1)];
    });
  }

  /** The objects of a directory: read, where that is the same as building it. */
  build(directory: string, kustomization: JsonObject, around: ReadonlySet<string>): BuiltObject[] {
    if (!isPlain(kustomization)) return this.kustomize(directory, kustomization);
    return textsOf(kustomization.resources).flatMap((path) => {
      if (isRemote(path)) {
        this.skip(path);
        return [];
      }
      const at = resolve(directory, path);
      const kind = this.kindOf(at);
      if (kind === 'file') return this.fileObjects(at);
      if (kind === undefined) return this.missing(directory, path);
      if (around.has(at))
        return this.fail(`cycle: ${this.context.files.display(directory)} leads to itself by ${path}`);
      if (this.context.files.kustomizationIn(at) === undefined) return this.fail(this.noKustomization(at));
      return this.build(at, this.kustomizationOf(at), new Set([...around, at]));
    });
  }

  private kindOf(path: string): 'file' | 'directory' | undefined {
    if (this.isOutside(path)) return undefined;
    const kind = this.context.files.kindOf(path);
    return kind === 'file' && this.context.ignored?.(path, false) ? undefined : kind;
  }

  private missing(directory: string, path: string): [] {
    const by = this.context.files.kustomizationIn(directory) ?? directory;
    return this.fail(
      `${this.context.files.display(by)} names ${path}, which ${this.whyMissing(resolve(directory, path))}`,
    );
  }

  private whyMissing(path: string): string {
    if (this.isOutside(path)) return 'is not in or below the source that Flux builds it from';
    return this.context.files.isLink(path)
      ? 'is a link, and Flux’s artifacts have none: it is not there'
      : 'is not there';
  }

  /** Flux builds in the artifact of the source, and nothing leads out of it. */
  private isOutside(path: string): boolean {
    const { root } = this.context;
    if (root === undefined || path === root) return false;
    return !path.startsWith(root.endsWith(sep) ? root : `${root}${sep}`);
  }

  private noKustomization(directory: string): string {
    return `unable to find one of ${KUSTOMIZATION_FILES.map((n) => `'${n}'`).join(', ')} in ${this.context.files.display(directory)}`;
  }

  private noManifest(file: string): string {
    return `${this.context.files.display(file)} is no Kubernetes manifest: missing Resource metadata`;
  }

  private fileObjects(file: string): BuiltObject[] {
    this.read.add(file);
    const { objects, broken } = this.context.files.objects(file);
    if (broken) this.incomplete = true;
    return objects.flatMap((from) => {
      if (!hasKind(from.object)) return this.fail(this.noManifest(file));
      const local = annotationOf(from.object, LOCAL_CONFIG);
      return local === undefined || local === 'false' ? [{ object: from.object, from }] : [];
    });
  }

  private fail(error: string | undefined): [] {
    this.error ??= error;
    this.incomplete = true;
    return [];
  }

  private skip(remote: string): void {
    this.remote.add(remote);
    this.incomplete = true;
  }

  /** Builds with kustomize: file by file where that is the same, because a fleet has the same file many times. */
  private kustomize(directory: string, kustomization: JsonObject): BuiltObject[] {
    if (!this.context.kustomize) {
      this.unbuilt = true;
      return this.fail(undefined);
    }
    return this.fileByFile(directory, kustomization) ?? this.whole(directory, kustomization);
  }

  /** Each file by itself; undefined where files have to do with each other, or one cannot be built. */
  private fileByFile(directory: string, kustomization: JsonObject): BuiltObject[] | undefined {
    const { files, builtTexts } = this.context;
    const { resources, ...rest } = kustomization;
    if (!builtTexts || !Array.isArray(resources) || !isByObject(rest)) return undefined;
    const paths = textsOf(resources).map((path) => resolve(directory, path));
    if (!paths.every((path) => this.kindOf(path) === 'file' && !files.objects(path).broken)) return undefined;
    const all: BuiltObject[] = [];
    for (const path of paths) {
      this.read.add(path);
      const { objects } = files.objects(path);
      if (objects.length === 0) continue;
      const { key, restore } = commonText(JSON.stringify(rest), objects);
      let built = builtTexts.get(key);
      if (!built) {
        const alone = new Run({ ...this.context, builtTexts: undefined });
        const made = alone.whole(directory, { ...rest, resources: [path] });
        if (alone.incomplete) return undefined;
        built = made.map(({ object, from }) => ({ object, index: objects.indexOf(from!) }));
        builtTexts.set(
          key,
          built.map(({ object, index }) => ({ object: restore(object, true), index })),
        );
        all.push(...made);
      } else all.push(...built.map(({ object, index }) => ({ object: restore(object), from: objects[index] })));
    }
    const ids = all.map(({ object }) => idOf(object));
    return new Set(ids).size === ids.length ? all : undefined;
  }

  /** Builds in a directory of its own that leads to the files where they are. */
  private whole(directory: string, kustomization: JsonObject): BuiltObject[] {
    const kustomize = this.context.kustomize!;
    let top = '';
    this.temporary.clear();
    const built = kustomize.overlay((overlay) => {
      top = overlay;
      this.temporary.set(directory, overlay);
      this.originals.set(overlay, directory);
      const rewritten = this.rewritten(directory, overlay, kustomization, new Set([directory]), overlay);
      // Flux keeps the order of the files, which kubectl does not by itself.
      return { sortOptions: { order: 'fifo' }, ...rewritten, buildMetadata: ['originAnnotations'] };
    });
    if ('error' in built) {
      const field = directory === this.rewrites ? UNKNOWN_FIELD.exec(built.error)?.[1] : undefined;
      // What Flux does not know is gone when it has written the file.
      if (field !== undefined) return this.whole(directory, withoutField(kustomization, field) as JsonObject);
      return this.fail(this.readable(built.error, top));
    }
    return built.objects.map((object) => this.located(object, top));
  }

  /** A kustomization.yaml whose paths lead from the overlay to where the files are; without what is remote. */
  private rewritten(
    directory: string,
    overlay: string,
    kustomization: JsonObject,
    around: ReadonlySet<string>,
    top: string,
  ): JsonObject {
    const { files } = this.context;
    const lead = (path: string): string => {
      const at = resolve(directory, path);
      if (this.isOutside(at)) this.missing(directory, path);
      if (this.kindOf(at) === 'file') this.read.add(at);
      return posix(relative(overlay, at));
    };
    const leadIfThere = (text: string): string =>
      !text.includes('\n') && files.kindOf(resolve(directory, text)) !== undefined ? lead(text) : text;
    const place = (path: string): string[] => {
      if (isRemote(path)) {
        this.skip(path);
        return [];
      }
      const at = resolve(directory, path);
      const kind = this.kindOf(at);
      if (kind === undefined) return this.missing(directory, path);
      if (kind === 'file') {
        // What cannot be read is told, and the rest is built without it.
        const { objects, broken } = files.objects(at);
        const stranger = objects.find((o) => !hasKind(o.object));
        if (!broken && !stranger) return [lead(path)];
        this.read.add(at);
        return this.fail(stranger && this.noManifest(at));
      }
      if (around.has(at)) return this.fail(`cycle: ${files.display(directory)} leads to itself by ${path}`);
      if (files.kustomizationIn(at) === undefined) return this.fail(this.noKustomization(at));
      return [posix(relative(overlay, this.copy(at, around, top)))];
    };
    const result: JsonObject = { apiVersion: API_VERSION, kind: 'Kustomization', ...kustomization };
    for (const field of ['resources', 'components']) {
      if (Array.isArray(kustomization[field])) result[field] = textsOf(kustomization[field]).flatMap(place);
    }
    for (const field of FILE_LISTS) {
      const list = kustomization[field];
      if (!Array.isArray(list)) continue;
      result[field] = list.map((entry) => {
        if (typeof entry !== 'string') return entry;
        const at = resolve(directory, entry);
        const isDirectory = !entry.includes('\n') && files.kindOf(at) === 'directory';
        return isDirectory ? (place(entry)[0] ?? entry) : leadIfThere(entry);
      });
    }
    for (const field of ['patches', 'patchesJson6902', 'replacements']) {
      const list = kustomization[field];
      if (!Array.isArray(list)) continue;
      result[field] = listOf(list).map((entry) => ({
        ...entry,
        ...(typeof entry.path === 'string' && { path: lead(entry.path) }),
      }));
    }
    for (const field of ['configMapGenerator', 'secretGenerator']) {
      const list = kustomization[field];
      if (!Array.isArray(list)) continue;
      result[field] = listOf(list).map((entry) => ({
        ...entry,
        ...(Array.isArray(entry.files) && { files: textsOf(entry.files).map((f) => leadKeyed(f, lead)) }),
        ...(Array.isArray(entry.envs) && { envs: textsOf(entry.envs).map(lead) }),
        ...(typeof entry.env === 'string' && { env: lead(entry.env) }),
      }));
    }
    const { openapi } = kustomization;
    if (
      typeof openapi === 'object' &&
      openapi !== null &&
      !Array.isArray(openapi) &&
      typeof openapi.path === 'string'
    ) {
      result.openapi = { ...openapi, path: lead(openapi.path) };
    }
    return result;
  }

  /** A directory of the overlay for one below: its kustomization.yaml with other paths. */
  private copy(directory: string, around: ReadonlySet<string>, top: string): string {
    const known = this.temporary.get(directory);
    if (known !== undefined) return known;
    const overlay = join(top, `d${this.temporary.size}`);
    mkdirSync(overlay);
    this.temporary.set(directory, overlay);
    this.originals.set(overlay, directory);
    const kustomization = this.kustomizationOf(directory);
    const rewritten = this.rewritten(directory, overlay, kustomization, new Set([...around, directory]), top);
    writeKustomization(overlay, rewritten);
    return overlay;
  }

  /** The object without the annotation that says where it comes from, and where that is. */
  private located(object: JsonObject, top: string): BuiltObject {
    const text = annotationOf(object, ORIGIN);
    const plain = text === undefined ? object : withoutAnnotation(object, ORIGIN);
    const origin = (text === undefined ? {} : readDocuments(text).documents[0]?.value) as JsonObject | undefined;
    if (typeof origin?.path === 'string') {
      const file = resolve(top, origin.path);
      return { object: plain, from: original(plain, this.context.files.objects(file).objects) };
    }
    if (typeof origin?.configuredIn === 'string') {
      const directory = this.originals.get(dirname(resolve(top, origin.configuredIn)));
      const configuredIn = directory === undefined ? undefined : this.context.files.kustomizationIn(directory);
      return { object: plain, from: undefined, ...(configuredIn !== undefined && { configuredIn }) };
    }
    return { object: plain, from: this.searched(plain) };
  }

  /** For what lost its annotation: among all files that were read. */
  private searched(object: JsonObject): FileObject | undefined {
    const all = [...this.read]
      .filter((f) => /\.(?:ya?ml|json)$/.test(f))
      .flatMap((f) => this.context.files.objects(f).objects);
    return all.find((o) => likeness(o.object, object) >= 3);
  }

  /** What kustomize says, with the names of the files that are meant. */
  private readable(error: string, top: string): string {
    let text = error;
    const names = [...this.originals].sort(([a], [b]) => b.length - a.length);
    for (const [overlay, directory] of names) text = text.replaceAll(overlay, this.context.files.display(directory));
    const named = text.replace(/(?:\.\.\/)+[^\s'":]+/g, (path) => {
      // Directories of the overlay lie side by side, so that all ways out of them are one of two.
      const shown = [top, join(top, 'd')].map((from) => this.context.files.display(resolve(from, path)));
      return shown.find((at) => !at.startsWith('..')) ?? path;
    });
    return shortened(named);
  }
}

/** What kustomize says of the kustomization.yaml that it was told to build, and not of one that this lists. */
const UNKNOWN_FIELD = /^invalid Kustomization: json: unknown field "([^"]+)"$/;

/** A value without the fields of that name, wherever they are. */
function withoutField(value: JsonValue, field: string): JsonValue {
  if (Array.isArray(value)) return value.map((item) => withoutField(item, field));
  if (typeof value !== 'object' || value === null) return value;
  const kept = Object.entries(value).filter(([name]) => name !== field);
  return Object.fromEntries(kept.map(([name, own]) => [name, withoutField(own, field)]));
}

/** Transformers that look at one object at a time. */
const BY_OBJECT = /^kind: (?:AnnotationsTransformer|LabelTransformer)$/m;
const BY_OBJECT_FIELDS = ['apiVersion', 'kind', 'commonAnnotations', 'patches', 'transformers'];

/** Whether what a kustomization.yaml does to an object has nothing to do with the others. */
function isByObject({ patches, transformers, ...rest }: JsonObject): boolean {
  return (
    Object.keys(rest).every((field) => BY_OBJECT_FIELDS.includes(field)) &&
    // A patch without a target must find its object.
    listOf(patches).every((p) => p.target !== undefined && p.path === undefined) &&
    (transformers === undefined || textsOf(transformers).every((t) => t.includes('\n') && BY_OBJECT.test(t)))
  );
}

/** Stands for the path of a cluster, in which alone the files of most clusters differ. */
const PATH = 'flux-fleet/path-of-the-cluster';

/** What files that are the same but for the path of the cluster have in common, and the way back. */
function commonText(
  kustomization: string,
  objects: readonly FileObject[],
): { readonly key: string; readonly restore: (object: JsonObject, common?: boolean) => JsonObject } {
  const root = objects.find(({ object }) => object.kind === 'Kustomization');
  const path = (root?.object.spec as JsonObject | undefined)?.path;
  const exchange = (object: JsonObject, from: JsonValue | undefined, to: JsonValue | undefined): JsonObject => {
    const spec = object.spec as JsonObject | undefined;
    const isIt = object.kind === 'Kustomization' && spec?.path !== undefined && spec.path === from && to !== undefined;
    return isIt ? { ...object, spec: { ...spec, path: to } } : object;
  };
  return {
    key: `${kustomization}\n${JSON.stringify(objects.map(({ object }) => exchange(object, path, PATH)))}`,
    restore: (object, common = false) => (common ? exchange(object, path, PATH) : exchange(object, PATH, path)),
  };
}

/** What kustomize does not want to see twice. */
function idOf({ apiVersion, kind, metadata }: JsonObject): string {
  const { namespace, name } = (metadata ?? {}) as JsonObject;
  return JSON.stringify([apiVersion, kind, namespace, name]);
}

/** A file of a generator, `key=path` or just the path, whose last part is then the key. */
function leadKeyed(text: string, lead: (path: string) => string): string {
  const at = text.indexOf('=');
  return at === -1 ? lead(text) : `${text.slice(0, at + 1)}${lead(text.slice(at + 1))}`;
}

function posix(path: string): string {
  return path === '' ? '.' : path.split(sep).join('/');
}

function hasKind({ kind }: JsonObject): boolean {
  return typeof kind === 'string' && kind !== '';
}

/** Whether reading the resources is the same as building them. */
function isPlain(kustomization: JsonObject): boolean {
  const fields = Object.keys(kustomization).filter((f) => f !== 'apiVersion' && f !== 'kind' && f !== 'resources');
  const { resources = [], kind } = kustomization;
  return (
    fields.length === 0 &&
    kind !== 'Component' &&
    (resources === null || (Array.isArray(resources) && resources.every((r) => typeof r === 'string')))
  );
}

/** The object of a file that another was built from: patches change what it says, seldom what it is. */
function original(built: JsonObject, candidates: readonly FileObject[]): FileObject | undefined {
  let best: FileObject | undefined;
  let most = 0;
  for (const candidate of candidates) {
    const n = likeness(candidate.object, built);
    if (n > most) [best, most] = [candidate, n];
  }
  return best;
}

function likeness(a: JsonObject, b: JsonObject): number {
  const [x, y] = [a, b].map((o) => (o.metadata ?? {}) as { name?: string; namespace?: string });
  if (a.kind !== b.kind) return 0;
  const [from, to] = [x!.name ?? '', y!.name ?? ''];
  const name = from === to ? 4 : to.includes(from) ? 2 : 0;
  return 1 + name + (x!.namespace === y!.namespace ? 1 : 0);
}
