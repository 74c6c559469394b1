import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import * as semver from 'semver';
import type { Api, KubeObject } from './api.js';
import { archive, digest, filesBelow } from './artifact.js';
import type { Files } from './artifact.js';
import { chartFiles } from './charts.js';
import type { Chart } from './charts.js';
import { readyCondition } from './flux-object.js';
import { Following } from './following.js';
import type { Event } from './following.js';

/** What is in a source: a directory, files, or what is said of it when it cannot be had. */
export type Content = { readonly directory: string } | { readonly files: Files } | { readonly failure: string };

interface Artifact {
  readonly revision: string;
  readonly path: string;
  readonly bytes: Buffer;
}

interface Source extends KubeObject {
  readonly spec: {
    readonly suspend?: boolean;
    readonly url?: string;
    readonly type?: string;
    readonly bucketName?: string;
    readonly ref?: Readonly<Record<string, string>>;
    readonly chart?: string;
    readonly version?: string;
    readonly sourceRef?: { readonly kind: string; readonly name: string };
    readonly layerSelector?: { readonly mediaType?: string };
  };
  readonly status?: {
    readonly observedGeneration?: number;
    readonly lastHandledReconcileAt?: string;
    readonly artifact?: { readonly digest: string };
    readonly conditions?: readonly { readonly status: string; readonly message: string }[];
  };
}

/** Stands for all charts of which nothing else is said. */
export const ANY_CHART = '*';
const GROUP = 'source.toolkit.fluxcd.io/v1';
const KINDS = ['GitRepository', 'OCIRepository', 'Bucket', 'HelmRepository', 'HelmChart'] as const;
const REQUESTED_AT = 'reconcile.fluxcd.io/requestedAt';
const CHART_LAYER = 'application/vnd.cncf.helm.chart';

/**
 * Plays the part of source-controller, which these tests do not have: it serves what the sources of a cluster name from
 * local directories, and says so in their status. It fetches nothing, and so verifies nothing and needs no credentials.
 */
export class Sources {
  private readonly contents = new Map<string, Content>();
  private readonly charts = new Map<string, Chart>();
  private readonly served = new Map<string, Buffer>();
  /** Artifacts of what has not changed since. */
  private readonly made = new Map<string, Buffer>();
  private server: Server | undefined;
  private following: readonly Following[] = [];

  /** @param host name under which the controllers reach this process */
  constructor(
    private readonly api: Api,
    private readonly host = '127.0.0.1',
  ) {}

  /** Says what a URL has; for one branch, tag or version of it only, if that is given. */
  set(url: string, content: Content, ref?: string): void {
    this.contents.set(keyOf(url, ref), content);
    this.made.clear();
  }

  /** Says what a chart of that name has, besides what every chart has; or what ANY_CHART has. */
  setChart(name: string, chart: Chart): void {
    this.charts.set(name, chart);
    this.made.clear();
  }

  /** Forgets all contents. */
  clear(): void {
    this.contents.clear();
    this.charts.clear();
    this.made.clear();
  }

  /** Looks at all sources again: what has changed becomes a new revision. */
  async publish(): Promise<void> {
    this.made.clear();
    for (const kind of KINDS) {
      for (const source of await this.api.list<Source>({ apiVersion: GROUP, kind })) await this.reconcile(source);
    }
  }

  /** Begins to serve, and to follow the sources of the cluster. */
  async start(): Promise<void> {
    const server = createServer((request, response) => {
      const bytes = this.served.get(request.url ?? '');
      response.writeHead(bytes === undefined ? 404 : 200, { 'content-type': 'application/gzip' }).end(bytes);
    });
    this.server = server;
    await new Promise<void>((resolve) => server.listen(0, '0.0.0.0', resolve));
    const see = async (object: KubeObject, event: Event) => {
      if (event !== 'DELETED') await this.reconcile(object as Source);
    };
    this.following = KINDS.map((kind) => new Following(this.api, { apiVersion: GROUP, kind }, see));
  }

  /** Ends it. */
  async stop(): Promise<void> {
    await Promise.all(this.following.map((each) => each.end()));
    this.server?.closeAllConnections();
    this.server?.close();
  }

  private async reconcile(source: Source): Promise<void> {
    if (source.spec.suspend === true || source.metadata.deletionTimestamp !== undefined) return;
    const { generation = 1, annotations = {} } = source.metadata;
    const made = await this.artifactOf(source);
    const failure = typeof made === 'string' ? made : undefined;
    const artifact = typeof made === 'string' ? undefined : made;
    const requested = annotations[REQUESTED_AT];
    const { status } = source;
    const digested = artifact && `sha256:${digest('sha256', artifact.bytes)}`;
    const told =
      status?.observedGeneration === generation &&
      status.lastHandledReconcileAt === requested &&
      status.artifact?.digest === digested &&
      status.conditions?.some((c) => c.status === (failure === undefined ? 'True' : 'False')) &&
      (failure === undefined || status.conditions.some((c) => c.message === failure));
    if (told) return;
    const stored = `stored artifact for revision '${artifact?.revision}'`;
    const condition = readyCondition(generation, failure ?? stored, failure && 'GitOperationFailed');
    const { apiVersion, kind, metadata } = source;
    await this.api.apply(
      {
        apiVersion,
        kind,
        metadata: { name: metadata.name, namespace: metadata.namespace },
        status: {
          observedGeneration: generation,
          conditions: [condition],
          ...(requested === undefined ? {} : { lastHandledReconcileAt: requested }),
          ...(artifact === undefined ? {} : { artifact: this.serve(artifact) }),
        },
      },
      { subresource: 'status', fieldManager: 'source-controller' },
    );
  }

  /** What a source's status says of an artifact; serves it from then on. */
  private serve({ revision, path, bytes }: Artifact): object {
    const { port } = this.server!.address() as AddressInfo;
    this.served.set(`/${path}`, bytes);
    return {
      revision,
      path,
      url: `http://${this.host}:${port}/${path}`,
      digest: `sha256:${digest('sha256', bytes)}`,
      size: bytes.length,
      lastUpdateTime: new Date().toISOString(),
    };
  }

  /** The artifact of a source; undefined where it has none, a text where it cannot be made. */
  private async artifactOf(source: Source): Promise<Artifact | string | undefined> {
    const { kind, spec, metadata } = source;
    if (kind === 'HelmRepository') return undefined;
    const at = `${kind.toLowerCase()}/${metadata.namespace}/${metadata.name}`;
    if (kind === 'HelmChart') return this.chart(at, spec.chart!, spec.version);
    if (spec.layerSelector?.mediaType?.startsWith(CHART_LAYER)) {
      const made = await this.chart(at, spec.url!.split('/').at(-1)!, spec.ref?.['tag'] ?? spec.ref?.['semver']);
      const sha = digest('sha256', made.bytes);
      return { ...made, revision: `${made.revision}@sha256:${sha}` };
    }
    const url = spec.url ?? spec.bucketName!;
    const ref = refOf(spec.ref);
    const content = this.contents.get(keyOf(url, ref)) ?? this.contents.get(keyOf(url));
    if (content === undefined) return `nothing is known of ${url}`;
    if ('failure' in content) return content.failure;
    const key = `${url} ${ref}`;
    const files = () => ('files' in content ? content.files : filesBelow(content.directory));
    const bytes = this.made.get(key) ?? (await archive(files()));
    this.made.set(key, bytes);
    const [algorithm, name] =
      kind === 'GitRepository' ? (['sha1', 'master'] as const) : (['sha256', 'latest'] as const);
    const sha = digest(algorithm, bytes);
    return { revision: `${ref ?? name}@${algorithm}:${sha}`, path: `${at}/${sha}.tar.gz`, bytes };
  }

  /** A chart of that name, in the least version that is asked for. */
  private async chart(at: string, chart: string, range = '*'): Promise<Artifact> {
    const name = chart.split('/').at(-1)!;
    const version = semver.valid(range) ?? semver.minVersion(range)?.version ?? range;
    const bytes = await archive(chartFiles(name, version, this.charts.get(name) ?? this.charts.get(ANY_CHART)));
    return { revision: version, path: `${at}/${name}-${version}.tgz`, bytes };
  }
}

function keyOf(url: string, ref?: string): string {
  return ref === undefined ? url : `${url} ${ref}`;
}

/** The branch, tag or the like by which a reference is called in a revision. */
function refOf(ref: Readonly<Record<string, string>> = {}): string | undefined {
  return ref['branch'] ?? ref['tag'] ?? ref['semver'] ?? ref['name'] ?? ref['commit'] ?? ref['digest'];
}
