import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Api } from './api.js';
import type { KubeObject, Ref } from './api.js';
import { Chronicle } from './chronicle.js';
import { Checkout } from './checkout.js';
import { crdObjects } from './components.js';
import { environment, memoryOf, processesOf } from './environment.js';
import { GIT_REPOSITORY, HELM_RELEASE, KUSTOMIZATION, verdictOf } from './flux-object.js';
import type { Condition, FluxObject } from './flux-object.js';
import { syncObjects } from './flux-manifests.js';
import { Images } from './images.js';
import { Kubelet } from './kubelet.js';
import { objectsIn, textOf } from './manifests.js';
import { installedBy } from './operator.js';
import type { FluxInstance } from './operator.js';
import { Sources } from './sources.js';
import { until } from './until.js';

const NAMESPACE = 'flux-system';
const OWN_SOURCE = { ...GIT_REPOSITORY, namespace: NAMESPACE, name: 'flux-system' };
const REQUESTED_AT = 'reconcile.fluxcd.io/requestedAt';
const SETTLE_SECONDS = 180;

/** A cluster with Flux, for the tests of one file. */
export class TestCluster {
  readonly api: Api;
  readonly sources: Sources;
  private readonly images: Images;
  private readonly environment = environment();
  private readonly checkouts: Checkout[] = [];
  private readonly chronicles: Chronicle[] = [];
  private kubelet: Kubelet | undefined;

  private constructor() {
    this.api = new Api(this.environment.proxy);
    this.sources = new Sources(this.api, this.environment.host);
    this.images = new Images(this.api);
  }

  /** An empty cluster: what a test before has left is gone. */
  static async empty(): Promise<TestCluster> {
    const cluster = new TestCluster();
    await memoryOf(cluster.environment).restore();
    await cluster.sources.start();
    cluster.images.start();
    return cluster;
  }

  /** Begins to record in which order Kustomizations become ready. */
  chronicle(): Chronicle {
    const chronicle = new Chronicle(this.api);
    this.chronicles.push(chronicle);
    return chronicle;
  }

  /** Takes everything off the cluster again, Flux included; or back to what was remembered by that name. */
  async restore(memory?: string): Promise<void> {
    await Promise.all(this.chronicles.splice(0).map((chronicle) => chronicle.end()));
    await this.kubelet?.stop();
    this.kubelet = undefined;
    this.sources.clear();
    for (const checkout of this.checkouts.splice(0)) rmSync(checkout.directory, { recursive: true, force: true });
    await memoryOf(this.environment, memory).restore();
  }

  /** Remembers what is on the cluster now, to take it back to that. */
  async remember(memory: string): Promise<void> {
    await memoryOf(this.environment, memory).remember();
  }

  /** Ends what runs for this cluster. */
  async stop(): Promise<void> {
    await Promise.all(this.chronicles.map((chronicle) => chronicle.end()));
    await this.kubelet?.stop();
    await this.sources.stop();
    await this.images.stop();
    for (const { directory } of this.checkouts) rmSync(directory, { recursive: true, force: true });
  }

  /** An empty directory that is what a repository has, on one branch or tag if that is given. */
  checkout(url: string, { branch }: { readonly branch?: string } = {}): Checkout {
    const checkout = new Checkout(mkdtempSync(join(this.environment.directory, 'checkout-')));
    this.checkouts.push(checkout);
    this.sources.set(url, { directory: checkout.directory }, branch);
    return checkout;
  }

  /**
   * Does what `flux bootstrap git` does: writes the two files of Flux into the cluster's directory, and applies them once.
   * From then on Flux reconciles the directory, its own manifests included.
   */
  async bootstrap(
    checkout: Checkout,
    path: string,
    { url, branch = 'main' }: { url: string; branch?: string },
  ): Promise<void> {
    const flux = `${path}/flux-system`;
    const sync = syncObjects({ url, ref: { branch }, path: `./${path}`, secret: 'flux-system' });
    checkout.write(`${flux}/gotk-components.yaml`, this.components);
    checkout.write(`${flux}/gotk-sync.yaml`, textOf(sync));
    const objects = await this.build(join(checkout.directory, flux));
    await this.applyAll(objects);
    await this.startControllers();
  }

  /** Does what Flux Operator does for the FluxInstance in a cluster's directory; and applies what else is needed first. */
  async bootstrapOperator(checkout: Checkout, path: string): Promise<void> {
    const [instance] = objectsIn(checkout.read(`${path}/flux-system/flux-instance.yaml`));
    await this.applyAll(await crdObjects('flux-operator'));
    await this.applyAll(installedBy(this.environment.kubectl, this.components, instance as FluxInstance));
    await this.startControllers();
  }

  /** Begins to run the controllers whose Deployments are on the cluster. */
  async startControllers(): Promise<void> {
    const { own, directory } = this.environment;
    // Elsewhere the cluster's own kubelets do.
    if (own === undefined) return;
    const { controlPlane, binaries } = own;
    const processes = processesOf(this.environment);
    this.kubelet = new Kubelet(this.api, controlPlane, processes, binaries, join(directory, 'controllers'));
    await this.kubelet.start();
  }

  /** Applies objects as an administrator: first CRDs and namespaces. */
  async applyAll(objects: readonly KubeObject[]): Promise<void> {
    const first = objects.filter(({ kind }) => kind === 'CustomResourceDefinition' || kind === 'Namespace');
    const rest = objects.filter((object) => !first.includes(object));
    await Promise.all(first.map((object) => this.api.apply(object, { fieldManager: 'flux' })));
    for (const crd of first.filter(({ kind }) => kind === 'CustomResourceDefinition')) {
      await until(`the CRD ${crd.metadata.name}`, () => this.isEstablished(crd), { seconds: 60, everyMs: 50 });
    }
    for (const object of rest) {
      // A kind is served a moment after its CRD says so.
      const apply = () => this.api.apply(object, { fieldManager: 'flux' });
      await until(`${object.kind} ${object.metadata.name}`, apply, { seconds: 30 });
    }
  }

  /** What `kubectl kustomize` makes of a directory. */
  async build(directory: string): Promise<KubeObject[]> {
    const options = { maxBuffer: 1 << 28 };
    const { stdout } = await promisify(execFile)(this.environment.kubectl, ['kustomize', directory], options);
    return objectsIn(stdout);
  }

  /** Runs kubectl as an administrator and returns what it printed. */
  async kubectl(args: readonly string[], input = ''): Promise<string> {
    const all = ['--kubeconfig', this.environment.kubeconfig, ...args];
    const running = promisify(execFile)(this.environment.kubectl, all, { maxBuffer: 1 << 28 });
    running.child.stdin!.end(input);
    return (await running).stdout;
  }

  /** Flux's own manifests: gotk-components.yaml. */
  get components(): string {
    return readFileSync(this.environment.components, 'utf8');
  }

  /** The objects of Flux itself, as its manifests have them. */
  fluxComponents(): KubeObject[] {
    return objectsIn(this.components);
  }

  /** Waits until Flux says of an object that it is not ready, with a message like that; returns the message. */
  async failed(ref: Ref & { readonly name: string }, message: RegExp, seconds = SETTLE_SECONDS): Promise<string> {
    const said = async () => {
      const object = await this.api.get<FluxObject>({ namespace: NAMESPACE, ...ref });
      const verdict = object && verdictOf(object);
      return verdict !== undefined && !verdict.ready && message.test(verdict.message) && verdict.message;
    };
    const otherwise = () => this.report();
    return until(`${ref.kind} ${ref.name} to fail with ${message}`, said, { seconds, otherwise });
  }

  /** Waits until all that Flux applies on this cluster is ready, in the revision that its source has now. */
  async settled(seconds = SETTLE_SECONDS): Promise<void> {
    const pending = async () => (await this.pending()).length === 0;
    await until('everything to be ready', pending, { seconds, everyMs: 300, otherwise: () => this.report() });
  }

  /** The revision that a source has, by default the cluster's own. */
  async revision(source: Ref & { readonly name: string } = OWN_SOURCE): Promise<string | undefined> {
    const { status } = ((await this.api.get(source)) ?? {}) as { status?: { artifact?: { revision: string } } };
    return status?.artifact?.revision;
  }

  /** Kustomizations and HelmReleases that are not ready, or not yet what their source has. */
  async pending(): Promise<FluxObject[]> {
    const kustomizations = await this.api.list<FluxObject>(KUSTOMIZATION);
    const releases = await this.api.list<FluxObject>(HELM_RELEASE);
    const pending: FluxObject[] = [];
    for (const object of [...kustomizations, ...releases]) {
      if (object.spec.suspend === true) continue;
      const current = object.kind === 'HelmRelease' || (await this.isCurrent(object));
      if (verdictOf(object)?.ready !== true || !current) pending.push(object);
    }
    return pending.length > 0 || kustomizations.length > 0 ? pending : [{ ...NOTHING }];
  }

  /** All that is not ready, as a text. */
  async report(): Promise<string> {
    const lines = (await this.pending()).map((object) => {
      const { kind, metadata } = object;
      const said = object.status?.conditions?.map((c) => `${c.type}=${c.status} ${c.reason}: ${c.message}`);
      return `${kind} ${metadata.namespace}/${metadata.name}\n  ${said?.join('\n  ') ?? 'nothing is said of it'}`;
    });
    return [...(this.kubelet?.lastWords() ?? []), ...lines].join('\n');
  }

  /** What a controller has logged: the message of each line, and the error. */
  log(controller: string): string[] {
    const lines = readFileSync(processesOf(this.environment).log(controller), 'utf8').split('\n');
    return lines
      .filter((line) => line.startsWith('{'))
      .map((line) => {
        const { msg, error } = JSON.parse(line) as { msg?: string; error?: string };
        return error === undefined ? (msg ?? '') : `${msg}: ${error}`;
      });
  }

  /** Asks Flux to look at an object at once. */
  async reconcile(ref: Ref & { readonly name: string }): Promise<void> {
    const annotations = { [REQUESTED_AT]: new Date().toISOString() };
    await this.api.merge({ namespace: NAMESPACE, ...ref }, { metadata: { annotations } });
  }

  private async isCurrent({ metadata, spec, status }: FluxObject): Promise<boolean> {
    const { kind, name, namespace = metadata.namespace } = spec.sourceRef!;
    const source = { apiVersion: GIT_REPOSITORY.apiVersion, kind, namespace, name };
    return status?.lastAppliedRevision === (await this.revision(source));
  }

  private async isEstablished(crd: KubeObject): Promise<boolean> {
    const found = await this.api.get({ ...crd, name: crd.metadata.name });
    const { conditions = [] } = (found?.['status'] ?? {}) as { conditions?: Condition[] };
    return conditions.some((c) => c.type === 'Established' && c.status === 'True');
  }
}

const NOTHING: FluxObject = { ...KUSTOMIZATION, metadata: { name: 'none yet' }, spec: {} };
