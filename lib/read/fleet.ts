import { execFileSync } from 'node:child_process';
import { existsSync, realpathSync, statSync } from 'node:fs';
import { dirname, join, resolve, sep } from 'node:path';
import { findKustomize } from '../kustomize/command.js';
import type { Finding } from '../finding.js';
import type { ClusterModel, ExistingObject } from '../model/cluster-model.js';
import type { JsonValue } from '../yaml/normalize.js';
import { allowedIn } from './allowed.js';
import { findClusters, treeOf } from './discover.js';
import type { FoundCluster, Tree } from './discover.js';
import { Files, KUSTOMIZATION_FILES } from '../kustomize/files.js';
import { installationOf } from './installation.js';
import { walkCluster } from './walk.js';
import type { Reading, Walked } from './walk.js';

/** What a reader cannot find by itself. */
export interface ReadOptions {
  /** Where the content of other sources lies: url, or Kind/namespace/name of the source object → directory. */
  readonly sources?: Readonly<Record<string, string>>;
  /** Root directories of clusters, relative to the directory, where they are not found by themselves. */
  readonly clusters?: readonly string[];
  /** Called before each cluster is read, with how many were and how many there are. */
  readonly onCluster?: (name: string, read: number, total: number) => void;
}

/** Clusters that were read from files. */
export interface ReadFleet {
  readonly clusters: readonly ClusterModel[];
  /** What is wrong with the files themselves. */
  readonly findings: readonly Finding[];
  /** What could not be looked at, for people. */
  readonly notes: readonly string[];
  /** The sources of which the content is not here, for people. */
  readonly absent: readonly string[];
}

/** Reads what Flux would apply on the clusters of a directory. */
export function readFleet(directory: string, options: ReadOptions = {}): ReadFleet {
  const base = realDirectory(directory);
  if (base === undefined) return { clusters: [], findings: [notThere(directory)], notes: [], absent: [] };
  const files = new Files(base);
  const trees = new Map<string, Tree>();
  const reading: Reading = {
    files,
    kustomize: findKustomize(),
    sources: directoriesOf(options.sources ?? {}),
    treeOf: (at) => {
      let tree = trees.get(at);
      if (!tree) trees.set(at, (tree = treeOf(at, files)));
      return tree;
    },
    builds: new Map(),
    builtTexts: new Map(),
    notes: new Set(),
    absent: new Set(),
    used: new Set(),
  };
  const { clusters, findings } = findClusters(base, reading.treeOf(base), options.clusters ?? [], files);
  const models = clusters.map((found, n) => {
    options.onCluster?.(found.name, n, clusters.length);
    return readCluster(found, reading);
  });
  const unused = Object.keys(reading.sources).filter((source) => models.length > 0 && !reading.used.has(source));
  return {
    clusters: models,
    findings: [...findings, ...files.findings],
    notes: [
      ...reading.notes,
      ...unused.map((s) => `nothing takes its content from ${s}, for which a directory is given`),
    ],
    absent: [...reading.absent],
  };
}

function realDirectory(path: string): string | undefined {
  return existsSync(path) && statSync(path).isDirectory() ? realpathSync(path) : undefined;
}

function notThere(directory: string): Finding {
  return {
    rule: 'no-cluster',
    what: `the directory "${directory}" is not there`,
    expected: 'a directory with the files that Flux applies',
    given: directory,
  };
}

/** Where other sources lie, without links on the way. */
function directoriesOf(sources: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(sources).map(([key, path]) => [key, realDirectory(path) ?? resolve(path)]));
}

function readCluster(found: FoundCluster, reading: Reading): ClusterModel {
  const { declarations } = found;
  const exists = (declarations?.exists ?? []).map(({ kubeConfig, ...object }): ExistingObject => ({
    ...object,
    ...(kubeConfig !== undefined && { target: kubeConfig }),
  }));
  const walked = walkCluster(found, reading, allowedIn(declarations?.allowed ?? []), exists);
  const installed = installationOf(found, walked.layers[0]!, reading.files);
  return {
    name: found.name,
    label: `the cluster "${found.name}"`,
    fleet: declarations?.fleet ?? '',
    environment: declarations?.environment ?? '',
    labels: declarations?.labels ?? {},
    variables: declarations?.variables ?? {},
    kubernetesVersion: declarations?.kubernetesVersion,
    fluxVersion: declarations?.fluxVersion ?? installed.fluxVersion,
    components: declarations?.components ?? installed.components,
    lockdown: declarations?.lockdown ?? installed.lockdown,
    path: found.path,
    source: walked.source,
    layers: walked.layers,
    system: placeholders(found, reading.files),
    exists,
    provides: declarations?.provides ?? [],
    partial: false,
    unreached: unreached(found, walked, reading),
  };
}

/** Of the directory flux-system only what holds nothing: its objects stand among the others. */
function placeholders({ directory }: FoundCluster, files: Files): ClusterModel['system'] {
  const system = join(directory, 'flux-system');
  const file = files.kindOf(system) === 'directory' ? files.kustomizationIn(system) : undefined;
  const kustomization = file === undefined ? undefined : files.objects(file).objects[0]?.object;
  const names = Array.isArray(kustomization?.resources)
    ? kustomization.resources.filter((r) => typeof r === 'string')
    : [];
  const empty = names.filter((name) => {
    const at = join(system, name);
    return files.kindOf(at) === 'file' && files.objects(at).objects.length === 0;
  });
  return {
    files: Object.fromEntries(
      empty.map((name) => [
        name,
        { placeholder: '', file: files.display(join(system, name)), hadManifests: () => hadManifests(system, name) },
      ]),
    ),
    kustomization: kustomization ?? {},
  };
}

/** Whether any commit had manifests in the file; false where Git knows nothing. */
function hadManifests(directory: string, name: string): boolean {
  try {
    const args = ['-C', directory, 'log', '-1', '--format=%h', '-Skind:', '--', name];
    return execFileSync('git', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim() !== '';
  } catch {
    return false;
  }
}

/** Files with manifests in the cluster's directory that nothing builds. */
function unreached({ directory }: FoundCluster, { files: read, layers }: Walked, reading: Reading): string[] {
  const { files } = reading;
  const own = reading.treeOf(directory).yaml;
  const unread = own.filter((file) => !read.has(file));
  if (unread.length === 0) return [];
  const listed = new Set(own.filter(isKustomization).flatMap((file) => namedIn(file, files)));
  const gone = layers
    .filter((l) => l.facts?.ignoredBy !== undefined)
    .map((l) => `${join(directory, l.directory!)}${sep}`);
  return unread
    .filter((file) => !isKustomization(file) && !file.endsWith(`${sep}flux-fleet.yaml`) && !listed.has(file))
    .filter((file) => !gone.some((d) => file.startsWith(d)) && files.holdsManifests(file))
    .map((file) => files.display(file));
}

function isKustomization(file: string): boolean {
  return KUSTOMIZATION_FILES.some((name) => file.endsWith(`${sep}${name}`));
}

/** All files that a kustomization.yaml names in any of its fields. */
function namedIn(file: string, files: Files): string[] {
  const directory = dirname(file);
  const texts = files.objects(file).objects.flatMap((o) => textsIn(o.object));
  return texts
    .flatMap((text) => [text, text.slice(text.indexOf('=') + 1)])
    .filter((text) => text !== '' && text.length < 500 && !text.includes('\n'))
    .map((text) => resolve(directory, text))
    .filter((at) => files.kindOf(at) === 'file');
}

function textsIn(value: JsonValue): string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : [];
}
