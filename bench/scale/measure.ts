import { gzipSync } from 'node:zlib';
import { parseAllDocuments } from 'yaml';

/** The files of a directory by path, as text. */
export type Files = Readonly<Record<string, string>>;

/** What one Flux Kustomization costs each time that it reconciles. */
export interface KustomizationMeasure {
  readonly name: string;
  /** Objects that it applies: entries of its inventory. */
  readonly objects: number;
  /** Bytes of `status.inventory`, as JSON. */
  readonly inventoryBytes: number;
  /** Kustomizations that it waits for. */
  readonly dependsOn: number;
  /** Whether the readiness of all that it applies is read. */
  readonly wait: boolean;
  /** Whether it applies as a service account, and not with the controller's own rights. */
  readonly impersonates: boolean;
  /** How often it reconciles by itself, in an hour. */
  readonly perHour: number;
  /** Bytes of its directory alone, as a gzipped tar. */
  readonly artifactBytes: number;
}

/** What is on one cluster. */
export interface ClusterMeasure {
  readonly files: number;
  readonly bytes: number;
  /** Bytes of the cluster's directory as a gzipped tar: an artifact. */
  readonly artifactBytes: number;
  readonly objects: number;
  /** The Kustomizations that apply the cluster's own directory, the root first. */
  readonly kustomizations: readonly KustomizationMeasure[];
  /** Kustomizations of tenants, which apply other repositories. */
  readonly tenantKustomizations: number;
  /** Requests an hour to the sources of tenants and charts, by kind: each asks once an interval. */
  readonly otherSourceRequests: Readonly<Record<string, number>>;
}

interface KubeObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly spec?: Readonly<Record<string, unknown>>;
}

/** The root Kustomization, as `flux bootstrap` and the Flux Operator make it. */
const ROOT_INTERVAL = '10m';
const POLLED = new Set(['GitRepository', 'OCIRepository', 'Bucket', 'HelmRepository']);

/**
 * Measures one cluster.
 *
 * @param files of the cluster, by path relative to its directory
 * @param path the cluster's directory in the source, such as `./dist/clusters/prod`
 */
export function measureCluster(files: Files, path: string): ClusterMeasure {
  const objects = Object.keys(files).flatMap((file) => objectsOf(files, file));
  const kustomizations = objects.filter((o) => o.apiVersion.startsWith('kustomize.toolkit.fluxcd.io/'));
  const own = kustomizations.filter((o) => String(o.spec!.path).startsWith(`${path}/`));
  const lockdown = own.some((o) => o.spec!.serviceAccountName !== undefined);
  const root = { interval: ROOT_INTERVAL, serviceAccountName: lockdown ? 'kustomize-controller' : undefined };
  return {
    files: Object.keys(files).length,
    bytes: Object.values(files).reduce((sum, text) => sum + Buffer.byteLength(text), 0),
    artifactBytes: artifactBytes(files),
    objects: objects.length,
    kustomizations: [
      measureKustomization('flux-system', root, files, ''),
      ...own.map((o) =>
        measureKustomization(o.metadata.name, o.spec!, files, String(o.spec!.path).slice(path.length + 1)),
      ),
    ],
    tenantKustomizations: kustomizations.length - own.length,
    otherSourceRequests: requestsByKind(objects),
  };
}

function measureKustomization(
  name: string,
  spec: Readonly<Record<string, unknown>>,
  files: Files,
  directory: string,
): KustomizationMeasure {
  const objects = applied(files, directory);
  return {
    name,
    objects: objects.length,
    inventoryBytes: Buffer.byteLength(JSON.stringify({ entries: objects.map(inventoryEntry) })),
    dependsOn: ((spec.dependsOn as unknown[] | undefined) ?? []).length,
    wait: spec.wait === true,
    impersonates: spec.serviceAccountName !== undefined,
    perHour: 3600 / seconds(String(spec.interval)),
    artifactBytes: artifactBytes(below(files, directory)),
  };
}

/** The objects that the kustomization.yaml of a directory lists, and those of the directories that it lists. */
function applied(files: Files, directory: string): KubeObject[] {
  const at = (name: string) => (directory === '' ? name : `${directory}/${name}`);
  const [kustomization] = documentsOf(files[at('kustomization.yaml')]) as { resources?: string[] }[];
  return (kustomization?.resources ?? []).flatMap((resource) =>
    files[at(resource)] === undefined ? applied(files, at(resource)) : objectsOf(files, at(resource)),
  );
}

/**
 * An entry as kustomize-controller writes it.
 *
 * @see https://fluxcd.io/flux/components/kustomize/kustomizations/#inventory
 */
function inventoryEntry({ apiVersion, kind, metadata }: KubeObject): { id: string; v: string } {
  const [version, group = ''] = apiVersion.split('/').reverse();
  return { id: [metadata.namespace ?? '', metadata.name, group, kind].join('_'), v: version! };
}

/** The objects of a file; those of kustomize's own files are none. */
function objectsOf(files: Files, file: string): KubeObject[] {
  if (/(^|\/)(kustomization|flux-fleet)\.yaml$/.test(file)) return [];
  return (documentsOf(files[file]) as (KubeObject | null)[]).filter((o) => o !== null);
}

function documentsOf(text: string | undefined): unknown[] {
  return parseAllDocuments(text ?? '').map((document) => document.toJS() as unknown);
}

function below(files: Files, directory: string): Files {
  const prefix = directory === '' ? '' : `${directory}/`;
  return Object.fromEntries(Object.entries(files).filter(([path]) => path.startsWith(prefix)));
}

function requestsByKind(objects: readonly KubeObject[]): Record<string, number> {
  const sum: Record<string, number> = {};
  for (const { kind, spec } of objects) {
    if (POLLED.has(kind)) sum[kind] = (sum[kind] ?? 0) + 3600 / seconds(String(spec!.interval));
  }
  return sum;
}

/** Seconds of a Go duration. */
export function seconds(duration: string): number {
  const unit = { h: 3600, m: 60, s: 1 } as const;
  return [...duration.matchAll(/([\d.]+)(h|m|s)/g)].reduce((sum, [, n, u]) => sum + Number(n) * unit[u as 'h'], 0);
}

/** How large files are as an artifact. */
export function artifactBytes(files: Files): number {
  return artifactOf(files).length;
}

/** Files as a gzipped tar, as source-controller and `flux push artifact` make one: no times, no owners. */
export function artifactOf(files: Files): Buffer {
  const blocks: Buffer[] = [];
  const directories = new Set(Object.keys(files).flatMap(parents));
  for (const directory of [...directories].sort()) blocks.push(header(directory, 0, '5'));
  for (const [path, text] of Object.entries(files)) {
    const content = Buffer.from(text);
    blocks.push(header(path, content.length, '0'), content, Buffer.alloc(-content.length & 511));
  }
  blocks.push(Buffer.alloc(1024));
  return gzipSync(Buffer.concat(blocks));
}

function parents(path: string): string[] {
  const steps = path.split('/').slice(0, -1);
  return steps.map((_, i) => steps.slice(0, i + 1).join('/'));
}

/** The 512 bytes before a file in a tar. */
function header(path: string, size: number, type: '0' | '5'): Buffer {
  const block = Buffer.alloc(512);
  const octal = (n: number, digits: number) => n.toString(8).padStart(digits, '0');
  block.write(path.slice(0, 100), 0);
  block.write(type === '5' ? '0000755\0' : '0000644\0', 100);
  block.write('0000000\x000000000\0', 108);
  block.write(`${octal(size, 11)}\0${octal(0, 11)}\0        ${type}`, 124);
  block.write('ustar\x0000', 257);
  block.write(
    `${octal(
      block.reduce((sum, byte) => sum + byte, 0),
      6,
    )}\0 `,
    148,
  );
  return block;
}
