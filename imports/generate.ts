/**
 * Writes `schemas/*.json`, all but source-watcher's, and `types/` from the releases that `inputs.json` pins.
 * The same inputs give the same bytes: what is read is sorted, and nothing of the machine or the moment is written.
 */
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { compile } from 'json-schema-to-typescript';
import type { JSONSchema } from 'json-schema-to-typescript';
import { format, resolveConfig } from 'prettier';
import { parseAllDocuments } from 'yaml';
import { cleanRoot, cleanSchema } from '../lib/model/clean-schema.js';
import type { Cleaning } from '../lib/model/clean-schema.js';

type Modules = Record<string, string>;
interface Input {
  release: string;
  modules: Modules;
  /** Directories of the modules that hold the CRDs. */
  crds?: string[];
  /** Modules whose Go sources say when API versions came and went, oldest first: the newest that says it counts. */
  lifecycle?: Record<string, string[]>;
  /** Whether schemas that occur several times in the CRDs become definitions. */
  shareRepeated?: boolean;
  /** Whether the descriptions in the CRDs become doc comments of the types. */
  docComments?: boolean;
}
type Inputs = Record<string, Input> & Record<'flux-operator' | 'kubernetes', Input>;

/** A JSON schema, as far as this file looks into it. */
interface Schema {
  $ref?: string;
  type?: string | string[];
  properties?: Record<string, Schema>;
  items?: Schema;
  additionalProperties?: Schema | boolean;
  required?: string[];
  [keyword: string]: unknown;
}

interface Kind {
  scope: 'Namespaced' | 'Cluster';
  schema: Schema;
}

interface SchemaFile {
  generatedFrom: Modules;
  kinds: Record<string, Kind>;
  definitions: Record<string, Schema>;
}

interface LifecycleFile {
  generatedFrom: Record<string, string[]>;
  kinds: Record<string, Lifetime>;
}

interface Crd {
  kind: string;
  spec: {
    group: string;
    scope: Kind['scope'];
    names: { kind: string };
    versions: { name: string; served: boolean; storage: boolean; schema: { openAPIV3Schema: Schema } }[];
  };
}

interface Gvk {
  group: string;
  version: string;
  kind: string;
}

interface Operation {
  'x-kubernetes-action'?: string;
  'x-kubernetes-group-version-kind'?: Gvk;
}

interface Swagger {
  definitions: Record<string, Schema & { 'x-kubernetes-group-version-kind'?: Gvk[] }>;
  paths: Record<string, Record<string, Operation>>;
}

const here = fileURLToPath(new URL('.', import.meta.url));

// ---- download -----------------------------------------------------------------------------------------------------

/** The directories of the modules in Go's module cache; downloaded and checked against Go's checksums where needed. */
async function download(modules: Modules): Promise<string[]> {
  const cwd = await mkdtemp(join(tmpdir(), 'imports-'));
  try {
    const dirs: string[] = [];
    for (const [name, version] of Object.entries(modules)) {
      const { stdout } = await promisify(execFile)('go', ['mod', 'download', '-json', `${name}@${version}`], { cwd });
      dirs.push((JSON.parse(stdout) as { Dir: string }).Dir);
    }
    return dirs;
  } finally {
    await rm(cwd, { recursive: true });
  }
}

/** All files of a name in a directory and below it, sorted. */
async function filesNamed(dir: string, name: string): Promise<string[]> {
  const found = await readdir(dir, { recursive: true, withFileTypes: true });
  return found
    .filter((entry) => entry.name === name)
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

async function readCrds({ modules, crds: places = [] }: Input): Promise<Crd[]> {
  const crds: Crd[] = [];
  const dirs = await download(modules);
  for (const dir of dirs.flatMap((d) => places.map((place) => join(d, place)))) {
    for (const file of (await readdir(dir)).filter((name) => name.endsWith('.yaml')).sort()) {
      const documents = parseAllDocuments(await readFile(join(dir, file), 'utf8')).map((d) => d.toJS() as Crd | null);
      crds.push(...documents.filter((d) => d?.kind === 'CustomResourceDefinition').map((d) => d!));
    }
  }
  return crds;
}

// ---- schemas ------------------------------------------------------------------------------------------------------

const quantity: Schema = {
  type: ['number', 'string'],
  pattern: '^[+-]?([0-9]+[.]?[0-9]*|[.][0-9]+)([KMGTPE]i|[numkMGTPE]|[eE][+-]?[0-9]+)?$',
};

const HOW: Cleaning = {
  definition: shortName,
  onUnknown: (keyword) => {
    throw new Error(
      `schema keyword '${keyword}' is new: say in lib/model/clean-schema.ts whether it is kept or dropped`,
    );
  },
};

function clean(schema: Schema): Schema {
  return cleanSchema(schema, HOW) as Schema;
}

function rootOf(schema: Schema): Schema {
  return cleanRoot(schema, HOW) as Schema;
}

function kindsOfCrds(crds: Crd[]): Record<string, Kind> {
  const kinds: Record<string, Kind> = {};
  for (const { spec } of crds) {
    for (const version of spec.versions.filter((v) => v.served)) {
      const schema = rootOf(version.schema.openAPIV3Schema);
      kinds[`${spec.group}/${version.name}/${spec.names.kind}`] = { scope: spec.scope, schema };
    }
  }
  return kinds;
}

const PACKAGES =
  /^io\.k8s\.(kube-aggregator\.pkg\.apis|apiextensions-apiserver\.pkg\.apis|apimachinery\.pkg(\.apis)?|api)\./;

function shortName(definition: string): string {
  return definition.replace(PACKAGES, '');
}

function cleanDefinitions(swagger: Swagger): Record<string, Schema> {
  const definitions: Record<string, Schema> = {};
  for (const [name, schema] of Object.entries(swagger.definitions)) {
    const short = shortName(name);
    if (definitions[short]) throw new Error(`two definitions would be called '${short}'`);
    definitions[short] = clean(schema);
  }
  definitions['api.resource.Quantity'] = quantity;
  return definitions;
}

/**
 * The kinds that are stored, hence can be applied: those that a path creates and another one deletes. Reviews, Binding,
 * Eviction, Scale and the lists lack one or the other.
 */
function storedKinds(swagger: Swagger): Map<string, Kind['scope']> {
  const actions = new Map<string, Set<string>>();
  const namespaced = new Set<string>();
  for (const [path, operations] of Object.entries(swagger.paths)) {
    for (const operation of Object.values(operations)) {
      const gvk = operation['x-kubernetes-group-version-kind'];
      if (!gvk) continue;
      const key = keyOf(gvk);
      actions.set(key, (actions.get(key) ?? new Set()).add(operation['x-kubernetes-action'] ?? ''));
      if (path.includes('/namespaces/{namespace}/')) namespaced.add(key);
    }
  }
  const stored = [...actions].filter(([, done]) => done.has('post') && done.has('delete'));
  return new Map(stored.map(([key]) => [key, namespaced.has(key) ? 'Namespaced' : 'Cluster']));
}

function keyOf({ group, version, kind }: Gvk): string {
  return [group, version, kind].filter((part) => part !== '').join('/');
}

function kindsOfSwagger(swagger: Swagger): Record<string, Kind> {
  const scopes = storedKinds(swagger);
  const kinds: Record<string, Kind> = {};
  for (const schema of Object.values(swagger.definitions)) {
    const gvks = schema['x-kubernetes-group-version-kind'] ?? [];
    const gvk = gvks.length === 1 ? gvks[0] : undefined;
    const scope = gvk && scopes.get(keyOf(gvk));
    if (gvk && scope && schema.properties?.['metadata']) kinds[keyOf(gvk)] = { scope, schema: rootOf(schema) };
  }
  const missing = [...scopes.keys()].filter((key) => !kinds[key]);
  if (missing.length > 0) throw new Error(`stored kinds without a schema: ${missing.join(', ')}`);
  return kinds;
}

/** The definitions that the kinds need, directly or through others. */
function reachable(kinds: Record<string, Kind>, all: Record<string, Schema>): Record<string, Schema> {
  const found: Record<string, Schema> = {};
  const visit = (value: unknown): void => {
    for (const [, name = ''] of JSON.stringify(value).matchAll(/"\$ref":"#\/definitions\/([^"]+)"/g)) {
      if (found[name]) continue;
      const definition = all[name];
      if (!definition) throw new Error(`no definition '${name}'`);
      found[name] = definition;
      visit(definition);
    }
  };
  visit(kinds);
  return found;
}

/** Below this length a definition, its name and the references to it take more room than they save. */
const WORTH_SHARING = 160;

/**
 * Writes each schema that occurs several times once: as a definition that is called like the first place where it stands.
 * Not inside of anyOf and the like, whose errors are told apart by where their schema stands.
 */
function shareRepeated(kinds: Record<string, Kind>): { kinds: Record<string, Kind>; shared: Record<string, Schema> } {
  const uses = new Map<string, number>();
  const textOf = (schema: Schema): string => JSON.stringify(sorted(schema));
  const count = (schema: Schema): Schema => {
    const text = textOf(schema);
    uses.set(text, (uses.get(text) ?? 0) + 1);
    // Of a schema that was seen before, the parts are not repeated any more.
    return uses.get(text) === 1 ? mapParts(schema, '', count) : schema;
  };
  const names = new Map<string, string>();
  const shared: Record<string, Schema> = {};
  const share = (schema: Schema, place: string): Schema => {
    const text = textOf(schema);
    if (text.length < WORTH_SHARING || (uses.get(text) ?? 0) < 2) return mapParts(schema, place, share);
    if (!names.has(text)) {
      if (shared[place]) throw new Error(`two definitions would be called '${place}'`);
      names.set(text, place);
      shared[place] = mapParts(schema, place, share);
    }
    return { $ref: `#/definitions/${names.get(text)}` };
  };
  for (const key of Object.keys(kinds).sort()) mapParts(kinds[key]!.schema, '', count);
  const result: Record<string, Kind> = {};
  for (const key of Object.keys(kinds).sort()) {
    const kind = kinds[key]!;
    result[key] = { ...kind, schema: mapParts(kind.schema, key.replaceAll('/', '.'), share) };
  }
  return { kinds: result, shared };
}

/** The schema with its properties, items and additionalProperties changed, each with the place where it stands. */
function mapParts(schema: Schema, place: string, change: (part: Schema, place: string) => Schema): Schema {
  const result = { ...schema };
  if (schema.properties) {
    const names = Object.keys(schema.properties).sort();
    result.properties = Object.fromEntries(names.map((n) => [n, change(schema.properties![n]!, `${place}.${n}`)]));
  }
  if (schema.items) result.items = change(schema.items, `${place}.items`);
  if (typeof schema.additionalProperties === 'object') {
    result.additionalProperties = change(schema.additionalProperties, `${place}.values`);
  }
  return result;
}

// ---- lifecycles ---------------------------------------------------------------------------------------------------

interface Lifetime {
  introduced?: string;
  removed?: string;
}

const LIFECYCLE =
  /^func \(in \*(\w+)\) APILifecycle(Introduced|Removed)\(\) \(major, minor int\) \{\n\treturn (\d+), (\d+)$/gm;

/** When built-in kinds came and went, by apiVersion and kind: the API server decides by the same functions. */
async function lifetimes(modules: Record<string, string[]>): Promise<Record<string, Lifetime>> {
  const kinds: Record<string, Lifetime> = {};
  for (const [name, version] of Object.entries(modules).flatMap(([n, versions]) => versions.map((v) => [n, v]))) {
    const [dir = ''] = await download({ [name!]: version! });
    for (const file of await filesNamed(dir, 'zz_generated.prerelease-lifecycle.go')) {
      const register = await readFile(join(file, '../register.go'), 'utf8');
      const [, group = ''] = /GroupName = "([^"]*)"/.exec(register) ?? [];
      const source = await readFile(file, 'utf8');
      for (const [, kind = '', what = '', major, minor] of source.matchAll(LIFECYCLE)) {
        if (kind.endsWith('List')) continue;
        const key = keyOf({ group, version: basename(dirname(file)), kind });
        kinds[key] = { ...kinds[key], [what.toLowerCase()]: `${major}.${minor}` };
      }
    }
  }
  return kinds;
}

// ---- types --------------------------------------------------------------------------------------------------------

/**
 * The TypeScript interfaces of a CRD's spec. Every object in it gets a name made of the kind and its place, so that
 * users can name the parts, and parts of two kinds never meet.
 */
async function typesOf(crd: Crd, input: Input): Promise<{ text: string; names: string[] }> {
  const kind = crd.spec.names.kind;
  const spec = crd.spec.versions.find((v) => v.storage)?.schema.openAPIV3Schema.properties?.['spec'];
  if (!spec) throw new Error(`${kind} has no spec`);
  const dropped = ['title', 'default', 'x-kubernetes-validations', ...(input.docComments ? [] : ['description'])];
  const text = await compile(titled(spec, dropped, kind, `${kind}Spec`) as JSONSchema, `${kind}Spec`, {
    additionalProperties: false,
    bannerComment: `// Generated by imports/generate.ts from flux-operator ${input.release}; do not edit.`,
    format: false,
    ignoreMinAndMaxItems: true,
    unknownAny: true,
  });
  const names = [...text.matchAll(/^export (?:interface|type) (\w+)/gm)].map((match) => match[1] ?? '');
  return { text, names };
}

function titled(schema: Schema, dropped: string[], path: string, title = path): Schema {
  const result: Schema = without(schema, ...dropped);
  const part = (inner: Schema, name: string): Schema => titled(inner, dropped, name);
  if (schema.properties) {
    result.title = title;
    result.properties = mapValues(schema.properties, (property, name) => part(property, path + pascal(name)));
  }
  if (schema.items) result.items = part(schema.items, singular(path));
  if (typeof schema.additionalProperties === 'object') {
    result.additionalProperties = part(schema.additionalProperties, `${path}Value`);
  }
  if (schema.type === undefined) result.tsType = 'unknown';
  // An object that lists no fields takes any.
  if (schema.type === 'object' && !schema.properties) result.additionalProperties ??= true;
  return result;
}

function pascal(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1);
}

function singular(name: string): string {
  return name.replace(/([^s])s$/, '$1').replace(/(ch|sh|x)e$/, '$1');
}

// ---- files --------------------------------------------------------------------------------------------------------

function mapValues<A, B>(object: Record<string, A>, change: (value: A, key: string) => B): Record<string, B> {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, change(value, key)]));
}

function without<T>(object: Record<string, T>, ...names: string[]): Record<string, T> {
  return Object.fromEntries(Object.entries(object).filter(([name]) => !names.includes(name)));
}

/** Sorts the keys of all objects; the order of lists is left alone. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, part]) => [key, sorted(part)]));
}

/** JSON with one line per kind and per definition: short, and a diff names what changed. */
function toText(file: SchemaFile | LifecycleFile): string {
  const section = (name: string, entries: object): string => {
    const lines = Object.entries(sorted(entries) as object).map(
      ([k, v]) => `    ${JSON.stringify(k)}: ${JSON.stringify(v)}`,
    );
    return `  ${JSON.stringify(name)}: {\n${lines.join(',\n')}\n  }`;
  };
  return `{\n${Object.entries(file)
    .map(([name, entries]) => section(name, entries as object))
    .join(',\n')}\n}\n`;
}

async function write(path: string, text: string): Promise<void> {
  await mkdir(join(here, path, '..'), { recursive: true });
  await writeFile(join(here, path), text);
  console.error(`${path}  ${(text.length / 1024).toFixed(0)} KiB`);
}

async function writeTypes(crds: Crd[], input: Input): Promise<void> {
  const style = { ...(await resolveConfig(here)), parser: 'typescript' };
  const exported = new Map<string, string[]>();
  await rm(join(here, 'types'), { recursive: true, force: true });
  for (const crd of crds.filter((c) => c.spec.names.kind !== 'FluxReport')) {
    const { text, names } = await typesOf(crd, input);
    exported.set(crd.spec.names.kind.toLowerCase(), names.sort());
    await write(`types/${crd.spec.names.kind.toLowerCase()}.ts`, await format(text, style));
  }
  const all = [...exported.values()].flat();
  const twice = all.filter((name, i) => all.indexOf(name) !== i);
  if (twice.length > 0) throw new Error(`types of the same name: ${twice.join(', ')}`);
  const lines = [...exported].map(([file, names]) => `export type { ${names.join(', ')} } from './${file}.js';`);
  const index = ['// Generated by imports/generate.ts; do not edit.', ...lines].join('\n');
  await write('types/index.ts', await format(index, style));
}

const inputs = JSON.parse(await readFile(join(here, 'inputs.json'), 'utf8')) as Inputs;

const [kubernetesDir = ''] = await download(inputs.kubernetes.modules);
const swagger = JSON.parse(await readFile(join(kubernetesDir, 'api/openapi-spec/swagger.json'), 'utf8')) as Swagger;
const definitions = cleanDefinitions(swagger);

for (const [name, input] of Object.entries(inputs)) {
  const crds = await readCrds(input);
  const all = name === 'kubernetes' ? kindsOfSwagger(swagger) : kindsOfCrds(crds);
  const { kinds, shared } = input.shareRepeated ? shareRepeated(all) : { kinds: all, shared: {} };
  const file = { generatedFrom: input.modules, kinds, definitions: reachable(kinds, { ...definitions, ...shared }) };
  await write(`schemas/${name}.json`, toText(file));
  if (name === 'flux-operator') await writeTypes(crds, input);
}

const modules = inputs.kubernetes.lifecycle ?? {};
const lifecycle = { generatedFrom: modules, kinds: await lifetimes(modules) };
await write('schemas/kubernetes-lifecycle.json', toText(lifecycle));
