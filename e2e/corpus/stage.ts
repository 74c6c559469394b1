import { parse } from 'yaml';
import { pluralOf } from '../../lib/model/plural.js';
import { lockdownPatches } from '../../lib/policy/lockdown.js';
import type { DeclaredObject, Declarations } from '../../lib/read/declarations.js';
import type { CorpusCase } from '../../test/support/corpus.js';
import type { KubeObject } from '../environment/api.js';
import { objectsIn } from '../environment/manifests.js';
import type { TestCluster } from '../environment/cluster.js';
import { chartFiles } from '../environment/charts.js';
import { BY_HAND, declaredObjects } from '../environment/declared.js';
import { crdObjects, openCrd, withoutDescriptions } from '../environment/components.js';
import { ANY_CHART } from '../environment/sources.js';
import { until } from '../environment/until.js';
import { syncObjects } from '../environment/flux-manifests.js';
import { Hearsay } from './hearsay.js';
import { serveRepositories } from './repositories.js';
import type { Said } from './word.js';

const NAMESPACE = 'flux-system';
const PATH = './clusters/prod';
const URL = 'https://github.com/acme/fleet';
/** What `flux bootstrap` is told. */
const BOOTSTRAP = { url: URL, ref: { branch: 'main' }, secret: 'flux-system' };
const SYNC = 'flux-system/gotk-sync.yaml';
const OTHERS = /^sources\/([^/]+)\/(.+)$/;
const EVENTS_GO_TO = 'notification-controller';
const RUNS = /^ *healthChecks:\n(?:.*\n)*?.*kind: Deployment/m;
const COMPONENT = 'app.kubernetes.io/component';

/** Projects of imports/ by the end of their API groups. */
const PROJECTS = { 'cert-manager.io': 'cert-manager', 'bitnami.com': 'sealed-secrets' } as const;
/** Groups of kinds that a case declares without their CRD. */
const GROUPS: Readonly<Record<string, string>> = {
  ClusterIssuer: 'clusterissuers.cert-manager.io',
  ClusterSecretStore: 'clustersecretstores.external-secrets.io',
};

type Files = CorpusCase['files'];
type Surroundings = Pick<Said, 'byHand' | 'provides' | 'charts' | 'sources' | 'repositories'>;

/** Brings cases of the corpus on a cluster, one after the other. */
export class Stage {
  /** Memories of a cluster on which there is Flux and nothing else. */
  private readonly memories = new Set<string>();

  private hearsay: Hearsay | undefined;

  constructor(private readonly cluster: TestCluster) {}

  /** Ends it. */
  async end(): Promise<void> {
    await this.hearsay?.end();
  }

  /** Whether Flux holds tenants in where a case is. */
  static isLockedDown({ files }: Pick<CorpusCase, 'files'>): boolean {
    return declarationsIn(files).lockdown === true;
  }

  /** Takes the cluster back to Flux alone, and lets it reconcile a case from there on; remembers what it says. */
  async bring(
    files: Files,
    { byHand = '', provides = [], charts = {}, sources = {}, repositories }: Surroundings = {},
  ): Promise<Hearsay> {
    const declared = declarationsIn(files);
    const { lockdown = false, components, exists = [], path = PATH } = declared;
    await this.clear(lockdown);
    if (components !== undefined) await this.keepOnly(components);
    await this.make([...(declared.provides ?? []), ...provides], exists, files);
    // Health checks of some cases wait for what their charts run.
    const idle = !Object.values(files).some((text) => RUNS.test(text));
    this.cluster.sources.setChart(ANY_CHART, { idle });
    for (const [chart, names] of Object.entries(charts)) {
      const crds = await Promise.all(names.map((name) => crdOf(name, files)));
      this.cluster.sources.setChart(chart, { crds: crds.map(withoutDescriptions), idle });
    }
    for (const [name, content] of Object.entries(sources)) {
      this.cluster.sources.set(`https://github.com/acme/${name}`, { files: content });
    }
    if (repositories !== undefined) serveRepositories(this.cluster.checkout('repositories').directory, repositories);
    const sync = syncOf(files, path, lockdown);
    await this.cluster.applyAll(objectsIn(byHand));
    this.write(files, sync);
    await this.cluster.applyAll(sync);
    await this.cluster.startControllers();
    this.hearsay = new Hearsay(this.cluster.api);
    return this.hearsay;
  }

  /** A commit: the files are these from now on. */
  async commit(files: Files): Promise<void> {
    const { lockdown = false, path = PATH } = declarationsIn(files);
    this.write(files, syncOf(files, path, lockdown));
    await this.cluster.sources.publish();
  }

  private write(files: Files, sync: readonly KubeObject[]): void {
    const { spec } = sync.find(({ kind }) => kind === 'GitRepository')!;
    const sources = new Map([[(spec as { url: string }).url, new Map<string, string>()]]);
    const own = [...sources.values()][0]!;
    for (const [path, text] of Object.entries(files)) {
      const [, name, below] = OTHERS.exec(path) ?? [];
      if (name === undefined) {
        own.set(path, text);
        continue;
      }
      const url = `https://github.com/acme/${name}`;
      if (!sources.has(url)) sources.set(url, new Map());
      sources.get(url)!.set(below!, text);
    }
    for (const [url, content] of sources) this.cluster.sources.set(url, { files: Object.fromEntries(content) });
    // Charts that are pulled as such, and not through a HelmRepository.
    for (const [url, chart] of Object.values(files)
      .join('\n')
      .matchAll(/oci:\/\/\S+\/charts\/([\w-]+)/g)) {
      this.cluster.sources.set(url, { files: chartFiles(chart!, '1.0.0', { idle: true }) });
    }
  }

  /** Flux as `flux bootstrap` installs it, locked down or not, and nothing else. */
  private async clear(lockdown: boolean): Promise<void> {
    await this.hearsay?.end();
    const memory = lockdown ? 'flux-locked-down' : 'flux';
    if (this.memories.has(memory)) return this.cluster.restore(memory);
    await this.cluster.restore();
    const checkout = this.cluster.checkout('flux');
    checkout.write('components.yaml', this.cluster.components);
    const patches = lockdown ? lockdownPatches('default') : [];
    checkout.write('kustomization.yaml', JSON.stringify({ resources: ['components.yaml'], patches }));
    await this.cluster.applyAll(await this.cluster.build(checkout.directory));
    // The scheduler does not bear that a pod which it has placed is without a place again.
    await until('the pods of Flux', () => this.runs(), { seconds: 60 });
    await this.cluster.remember(memory);
    this.memories.add(memory);
  }

  private async runs(): Promise<boolean> {
    const pods = await this.cluster.api.list({ apiVersion: 'v1', kind: 'Pod', namespace: NAMESPACE });
    const deployments = await this.cluster.api.list({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      namespace: NAMESPACE,
    });
    const ready = deployments.map((d) => (d['status'] as { availableReplicas?: number }).availableReplicas ?? 0);
    return pods.length === deployments.length && ready.every((replicas) => replicas > 0);
  }

  /** Takes away what `flux bootstrap --components` does not install. */
  private async keepOnly(components: readonly string[]): Promise<void> {
    for (const object of this.cluster.fluxComponents()) {
      const { apiVersion, kind, metadata } = object;
      const component = metadata.labels?.[COMPONENT];
      if (component === undefined) continue;
      if (components.includes(component)) {
        if (kind === 'Deployment' && !components.includes(EVENTS_GO_TO)) await this.silence(object);
        continue;
      }
      const ref = { apiVersion, kind, ...metadata };
      await this.cluster.api.delete(ref);
      const gone = async () => (await this.cluster.api.get(ref)) === undefined;
      if (kind === 'CustomResourceDefinition') await until(`the end of ${metadata.name}`, gone, { seconds: 30 });
    }
  }

  /** Takes away where a controller sends its events. */
  private async silence({ apiVersion, kind, metadata, spec }: KubeObject): Promise<void> {
    const { template } = spec as { template: { spec: { containers: { args: string[] }[] } } };
    const containers = template.spec.containers.map((container) => ({
      ...container,
      args: container.args.filter((arg) => !arg.startsWith('--events-addr=')),
    }));
    await this.cluster.api.merge({ apiVersion, kind, ...metadata }, { spec: { template: { spec: { containers } } } });
  }

  /** Makes what the case says is there although no file has it. */
  private async make(provides: readonly string[], exists: readonly DeclaredObject[], files: Files): Promise<void> {
    const crds = [
      ...provides,
      ...exists.filter(({ kind }) => kind === 'CustomResourceDefinition').map(({ name }) => name),
      ...exists.flatMap(({ kind }) => GROUPS[kind] ?? []),
    ];
    const objects = exists.filter(({ kind }) => kind !== 'CustomResourceDefinition');
    await this.cluster.applyAll([
      ...(await Promise.all([...new Set(crds)].map((name) => crdOf(name, files)))),
      ...declaredObjects(objects),
    ]);
    if (objects.some(({ kind }) => kind === 'Kustomization')) {
      this.cluster.sources.set(BY_HAND, { files: { 'namespace.yaml': NOTHING } });
    }
  }
}

const NOTHING = 'apiVersion: v1\nkind: Namespace\nmetadata: { name: by-hand }\n';

/** The files of a case without an object, `Kind/name`. */
export function withoutObject(files: Files, object: string): Files {
  const isIt = ({ kind, metadata }: KubeObject) => `${kind}/${metadata?.name}` === object;
  const entries = Object.entries(files).map(([path, text]) => {
    if (!path.endsWith('.yaml') || !objectsIn(text).some(isIt)) return [path, text];
    const kept = text.split(/^---$/m).filter((document) => !objectsIn(document).some(isIt));
    return [path, kept.join('---')];
  });
  return Object.fromEntries(entries) as Files;
}

/** What a flux-fleet.yaml of a case says. */
function declarationsIn(files: Files): Partial<Declarations> {
  const path = Object.keys(files).find((file) => file.split('/').at(-1) === 'flux-fleet.yaml');
  return path === undefined ? {} : (parse(files[path]!) as Declarations);
}

/** What makes Flux reconcile a case: its own gotk-sync.yaml, or what `flux bootstrap` would write. */
function syncOf(files: Files, path: string, lockdown: boolean): KubeObject[] {
  const own = Object.keys(files).find((file) => file.endsWith(SYNC) && files[file]!.trim() !== '');
  if (own !== undefined) return objectsIn(files[own]!);
  return syncObjects({ ...BOOTSTRAP, path, serviceAccountName: lockdown ? 'kustomize-controller' : undefined });
}

/** A CRD by its name: the real one where imports/ has it, else one that takes everything. */
async function crdOf(name: string, files: Files): Promise<KubeObject> {
  const [plural, ...rest] = name.split('.');
  const group = rest.join('.');
  const project = Object.entries(PROJECTS).find(([end]) => group.endsWith(end))?.[1];
  if (project !== undefined) {
    const found = (await crdObjects(project)).find(({ metadata }) => metadata.name === name);
    if (found === undefined) throw new Error(`${project} has no CRD ${name}`);
    return found;
  }
  const own = Object.entries(files)
    .filter(([path]) => path.endsWith('.yaml'))
    .flatMap(([, text]) => objectsIn(text))
    .filter(({ apiVersion, kind }) => apiVersion?.startsWith(`${group}/`) && pluralOf(kind) === plural);
  const kind = own[0]?.kind ?? KINDS[plural!];
  if (kind === undefined) throw new Error(`of what kind is the CRD ${name}?`);
  const versions = [...new Set(own.map(({ apiVersion }) => apiVersion.split('/')[1]!))];
  const scope = own.some(({ metadata }) => metadata.namespace !== undefined) ? 'Namespaced' : 'Cluster';
  return openCrd({ kind, group, scope, ...(versions.length > 0 && { versions }) });
}

/** Kinds of which a case has no object. */
const KINDS: Readonly<Record<string, string>> = {
  clustersecretstores: 'ClusterSecretStore',
};
