import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** An object of the cluster, as JSON. */
export interface KubeObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly uid?: string;
    readonly generation?: number;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
    readonly finalizers?: readonly string[];
    readonly deletionTimestamp?: string;
    readonly ownerReferences?: readonly { readonly kind: string; readonly name: string }[];
  };
  readonly [field: string]: unknown;
}

/** What names an object; without a name, all objects of the kind. */
export interface Ref {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace?: string | undefined;
  readonly name?: string;
}

/** A kind that the API server serves. */
export interface Kind extends Ref {
  readonly namespaced: boolean;
}

/** What is said with a request. */
export interface Saying {
  readonly subresource?: string;
  readonly fieldManager?: string;
  /** Whether nothing is to be written: the answer is what would be. */
  readonly dryRun?: boolean;
}

interface Resource {
  readonly name: string;
  readonly kind: string;
  readonly namespaced: boolean;
  readonly verbs: readonly string[];
}

const RETRIES = 50;
const RETRY_MS = 200;

/** A request that the API server refused. */
export class Refused extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

/** A client of the Kubernetes API, through the plain HTTP of `kubectl proxy`, which knows every way to log in. */
export class Api {
  private readonly resources = new Map<string, readonly Resource[]>();

  constructor(private readonly url: string) {}

  /** An object; undefined where there is none, or no such kind. */
  async get<T extends KubeObject = KubeObject>(ref: Ref & { readonly name: string }): Promise<T | undefined> {
    try {
      return (await this.request('GET', await this.path(ref))) as T;
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  }

  /** All objects of a kind; none where there is no such kind. */
  async list<T extends KubeObject = KubeObject>(ref: Ref): Promise<T[]> {
    try {
      const { items } = (await this.request('GET', await this.path(ref))) as { items: T[] };
      return items.map((item) => ({ ...item, apiVersion: ref.apiVersion, kind: ref.kind }));
    } catch (error) {
      if (isMissing(error)) return [];
      throw error;
    }
  }

  /** Applies an object, or part of one, on the server's side; what others have set is taken over. */
  async apply(object: object, { subresource, fieldManager = 'e2e', dryRun = false }: Saying = {}): Promise<KubeObject> {
    const { apiVersion, kind, metadata } = object as KubeObject;
    const path = await this.path({ apiVersion, kind, namespace: metadata.namespace, name: metadata.name });
    const query = `fieldManager=${fieldManager}&force=true&fieldValidation=Strict${dryRun ? '&dryRun=All' : ''}`;
    const at = `${path}${subresource === undefined ? '' : `/${subresource}`}?${query}`;
    return (await this.request('PATCH', at, object, 'application/apply-patch+yaml')) as KubeObject;
  }

  /** Merges fields into an object that is there. */
  async merge(ref: Ref & { readonly name: string }, fields: object, subresource?: string): Promise<KubeObject> {
    const at = `${await this.path(ref)}${subresource === undefined ? '' : `/${subresource}`}`;
    return (await this.request('PATCH', at, fields, 'application/merge-patch+json')) as KubeObject;
  }

  /** Creates an object, or asks something of a subresource of one. */
  async create(ref: Ref, object: object, subresource?: string): Promise<KubeObject> {
    const at = `${await this.path(ref)}${subresource === undefined ? '' : `/${subresource}`}`;
    return (await this.request('POST', at, object)) as KubeObject;
  }

  /** Deletes an object; it is no error where there is none. */
  async delete(ref: Ref & { readonly name: string }): Promise<void> {
    try {
      await this.request('DELETE', await this.path(ref));
    } catch (error) {
      if (!isMissing(error)) throw error;
    }
  }

  /** Each object of a kind, and again each time that one changes, until it is aborted. */
  async *watch(ref: Ref, signal: AbortSignal): AsyncGenerator<{ readonly type: string; readonly object: KubeObject }> {
    const path = await this.path(ref);
    const response = await fetch(`${this.url}${path}?watch=true&allowWatchBookmarks=false`, { signal });
    if (!response.ok || response.body === null) throw new Refused(response.status, await response.text());
    let rest = '';
    for await (const text of response.body.pipeThrough(new TextDecoderStream())) {
      const lines = (rest + text).split('\n');
      rest = lines.pop()!;
      for (const line of lines) yield JSON.parse(line) as { type: string; object: KubeObject };
    }
  }

  /** All kinds that the API server serves whose objects can be listed and deleted, each in one version. */
  private async kinds(): Promise<Kind[]> {
    const groups = (await this.request('GET', '/apis')) as { groups: { preferredVersion: { groupVersion: string } }[] };
    const versions = ['v1', ...groups.groups.map((group) => group.preferredVersion.groupVersion)];
    const kinds = await Promise.all(
      versions.map(async (apiVersion) => {
        this.resources.delete(apiVersion);
        const resources = await this.resourcesOf(apiVersion);
        return resources
          .filter((r) => !r.name.includes('/') && r.verbs.includes('list') && r.verbs.includes('delete'))
          .map(({ kind, namespaced }) => ({ apiVersion, kind, namespaced }));
      }),
    );
    return kinds.flat();
  }

  /** All that is on the cluster, but of some kinds, each with what its kind is. */
  async objects(except: ReadonlySet<string>): Promise<(readonly [Kind, KubeObject])[]> {
    const kinds = (await this.kinds()).filter(({ kind }) => !except.has(kind));
    const lists = kinds.map(async (ref) => (await this.list(ref)).map((object) => [ref, object] as const));
    return (await Promise.all(lists)).flat();
  }

  private async path({ apiVersion, kind, namespace, name }: Ref): Promise<string> {
    let resource = (await this.resourcesOf(apiVersion)).find((r) => r.kind === kind && !r.name.includes('/'));
    if (resource === undefined) {
      // A CRD may have come since.
      this.resources.delete(apiVersion);
      resource = (await this.resourcesOf(apiVersion)).find((r) => r.kind === kind && !r.name.includes('/'));
    }
    if (resource === undefined) throw new Refused(404, `${apiVersion} has no kind ${kind}`);
    const steps = [root(apiVersion)];
    if (resource.namespaced && namespace !== undefined) steps.push('namespaces', namespace);
    steps.push(resource.name);
    if (name !== undefined) steps.push(name);
    return steps.join('/');
  }

  private async resourcesOf(apiVersion: string): Promise<readonly Resource[]> {
    const known = this.resources.get(apiVersion);
    if (known !== undefined) return known;
    const { resources } = (await this.request('GET', root(apiVersion))) as { resources: Resource[] };
    this.resources.set(apiVersion, resources);
    return resources;
  }

  private async request(
    method: string,
    path: string,
    body?: object,
    type = 'application/json',
    tries = RETRIES,
  ): Promise<unknown> {
    const response = await fetch(`${this.url}${path}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': type } }),
    });
    const text = await response.text();
    // A kind whose CRD has just come is not served at once.
    if (response.status === 429 && tries > 0) {
      await sleep(RETRY_MS);
      return this.request(method, path, body, type, tries - 1);
    }
    if (!response.ok) throw new Refused(response.status, messageOf(text));
    return JSON.parse(text);
  }
}

/** `Kind namespace/name`. */
export function nameOf({ kind, metadata }: KubeObject): string {
  return `${kind} ${metadata.namespace ?? ''}/${metadata.name}`;
}

function root(apiVersion: string): string {
  return apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
}

function messageOf(text: string): string {
  try {
    return (JSON.parse(text) as { message: string }).message;
  } catch {
    return text;
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Refused && error.status === 404;
}

/** Lines of a file of JSON objects. */
export function jsonLines<T>(file: string): T[] {
  const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line) as T);
}
