import { readFileSync } from 'node:fs';
import { basename, dirname, join, posix, resolve, sep } from 'node:path';
import type { Finding } from '../finding.js';
import { identityOf, isKind } from '../model/identity.js';
import type { JsonObject } from '../yaml/normalize.js';
import { declarationsOf } from './declarations.js';
import type { Declarations } from './declarations.js';
import type { FileObject, Files } from '../kustomize/files.js';

/** What is known of where a cluster's files lie. */
export interface FoundCluster {
  readonly name: string;
  /** Directory of its files, absolute. */
  readonly directory: string;
  /** Root of the source, absolute: what `spec.path` of its Kustomizations is relative to. */
  readonly root: string;
  /** Place of the directory in the source, as somebody says it. */
  readonly path: string;
  readonly declarations: Declarations | undefined;
}

/** What lies in a directory, without Git's own files and packages of npm. */
export interface Tree {
  /** YAML files, absolute. */
  readonly yaml: readonly string[];
  /** Directories with a .sourceignore, absolute. */
  readonly sourceignores: readonly string[];
}

const SKIPPED = new Set(['.git/', 'node_modules/', '.cdk8s/', '.terraform/']);
export const DECLARATIONS = 'flux-fleet.yaml';

/** Everything in a directory that may matter. */
export function treeOf(directory: string, files: Files): Tree {
  const yaml: string[] = [];
  const sourceignores: string[] = [];
  const waiting = [directory];
  for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
    for (const name of files.list(at)) {
      if (name.endsWith('/')) {
        if (!SKIPPED.has(name)) waiting.push(join(at, name.slice(0, -1)));
      } else if (/\.ya?ml$/.test(name)) yaml.push(join(at, name));
      else if (name === '.sourceignore') sourceignores.push(at);
    }
  }
  return { yaml: yaml.sort(), sourceignores: sourceignores.sort() };
}

/** The clusters of a directory, and what is wrong with what says where they are. */
export function findClusters(
  directory: string,
  tree: Tree,
  given: readonly string[],
  files: Files,
): { readonly clusters: readonly FoundCluster[]; readonly findings: readonly Finding[] } {
  const findings: Finding[] = [];
  const found = new Map<string, FoundCluster>();
  let declared = 0;
  for (const file of tree.yaml.filter((f) => basename(f) === DECLARATIONS)) {
    for (const from of files.objects(file).objects) {
      declared++;
      const said = declarationsOf(from, files);
      if (!('cluster' in said)) {
        findings.push(...said);
        continue;
      }
      const cluster = placeDeclared(dirname(file), said);
      if (files.kindOf(cluster.directory) !== 'directory') {
        findings.push(notDeclared(from, cluster, files));
        continue;
      }
      found.set(cluster.directory, cluster);
    }
  }
  const known = [...found.keys()].map((d) => `${d}${sep}`);
  for (const file of tree.yaml) {
    if (known.some((d) => file.startsWith(d)) || !mayInstall(readFileSync(file, 'utf8'))) continue;
    for (const { object } of files.objects(file).objects) {
      const path = pathOfRoot(object);
      if (path === undefined) continue;
      const cluster = placeInstalled(directory, dirname(file), path, files);
      if (cluster && !found.has(cluster.directory)) found.set(cluster.directory, cluster);
    }
  }
  for (const path of given) {
    const at = resolve(directory, path);
    if (found.has(at)) continue;
    if (files.kindOf(at) !== 'directory') findings.push(notThere(path));
    else
      found.set(at, {
        name: basename(at),
        directory: at,
        root: directory,
        path: `./${stepsOf(path).join('/')}`,
        declarations: undefined,
      });
  }
  const clusters = [...found.values()].sort((a, b) => (a.directory < b.directory ? -1 : 1));
  if (clusters.length === 0 && declared === 0 && findings.length === 0) findings.push(noCluster());
  return { clusters, findings };
}

function noCluster(): Finding {
  return {
    rule: 'no-cluster',
    what: 'no cluster is found in these files',
    expected: `a ${DECLARATIONS}, a Kustomization "flux-system" in flux-system (gotk-sync.yaml), or a FluxInstance with spec.sync`,
    given: 'none of them',
    fix: 'say which directories Flux applies: --cluster clusters/production, the directory that `flux bootstrap --path` names',
  };
}

function notDeclared(from: FileObject, { name, path, directory }: FoundCluster, files: Files): Finding {
  return {
    rule: 'no-cluster',
    what: `the directory of the cluster "${name}" is not there, so nothing of it is judged`,
    expected: `the path of the cluster's directory in the source, as \`flux bootstrap --path\` names it`,
    given: `${path}, which is ${files.display(directory)} here`,
    fix: `mend path in ${files.display(from.file)}`,
    where: { file: `${files.display(from.file)}:${files.lineOf(from, ['path']) ?? 1}` },
  };
}

function notThere(path: string): Finding {
  return {
    rule: 'no-cluster',
    what: `the cluster's directory "${path}" is not there`,
    expected: 'a directory, relative to the one that is read',
    given: path,
  };
}

/** Whether a text can hold a Kustomization or FluxInstance that is a cluster's root; to look at few files only. */
function mayInstall(text: string): boolean {
  return (
    (text.includes('kustomize.toolkit.fluxcd.io/') &&
      /name:\s*["']?flux-system/.test(text) &&
      text.includes('sourceRef')) ||
    (text.includes('fluxcd.controlplane.io/') && text.includes('FluxInstance'))
  );
}

/** The path in the source that an object makes the cluster's root. */
function pathOfRoot(object: JsonObject): string | undefined {
  const { name, namespace } = identityOf(object);
  const spec = (object.spec ?? {}) as { path?: unknown; sync?: { path?: unknown } };
  if (isKind(object, 'kustomize.toolkit.fluxcd.io', 'Kustomization')) {
    return name === 'flux-system' && namespace === 'flux-system' ? textOf(spec.path) : undefined;
  }
  return isKind(object, 'fluxcd.controlplane.io', 'FluxInstance') && spec.sync ? textOf(spec.sync.path) : undefined;
}

function textOf(path: unknown): string {
  return typeof path === 'string' ? path : './';
}

/** The steps of a path of Flux: none for the root, and none that climb out of it. */
export function stepsOf(path: string): string[] {
  return posix
    .join('/', path)
    .split('/')
    .filter((step) => step !== '');
}

function placeDeclared(at: string, said: Declarations): FoundCluster {
  const path = said.path ?? './';
  const steps = stepsOf(path);
  const root = rootOf(at, steps);
  // A flux-fleet.yaml that lies elsewhere, such as at the root of the repository, names the directory.
  return {
    name: said.cluster,
    directory: root === undefined ? join(at, ...steps) : at,
    root: root ?? at,
    path,
    declarations: said,
  };
}

/** Where the steps of a path begin if they lead to a directory. */
function rootOf(directory: string, steps: readonly string[]): string | undefined {
  const here = directory.split(sep);
  const tail = here.slice(here.length - steps.length);
  if (steps.length > here.length || tail.join('/') !== steps.join('/')) return undefined;
  return here.slice(0, here.length - steps.length).join(sep) || sep;
}

/** The cluster whose root stands in a file of a directory: above it, where the path leads. */
function placeInstalled(top: string, at: string, path: string, files: Files): FoundCluster | undefined {
  const steps = stepsOf(path);
  const of = (directory: string, root: string) => ({
    name: basename(directory),
    directory,
    root,
    path,
    declarations: undefined,
  });
  if (steps.length === 0) {
    const directory = basename(at) === 'flux-system' ? dirname(at) : at;
    return of(directory, directory);
  }
  for (let up = at; up.length >= top.length; up = dirname(up)) {
    const root = rootOf(up, steps);
    if (root !== undefined) return of(up, root);
    if (up === dirname(up)) break;
  }
  const directory = join(top, ...steps);
  return files.kindOf(directory) === 'directory' ? of(directory, top) : undefined;
}
