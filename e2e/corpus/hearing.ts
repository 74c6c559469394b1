import { nameOf } from '../environment/api.js';
import type { Ref } from '../environment/api.js';
import type { TestCluster } from '../environment/cluster.js';
import { HELM_RELEASE, KUSTOMIZATION, verdictOf } from '../environment/flux-object.js';
import type { FluxObject } from '../environment/flux-object.js';
import { until } from '../environment/until.js';
import type { Hearsay } from './hearsay.js';
import type { Condition, Content, Log, Review, Word } from './word.js';

const ASK_MS = 2500;
const SECONDS = Number(process.env.E2E_SECONDS ?? 60);
/** Kinds that are looked at, besides those of Kubernetes' first group. */
const KINDS: Readonly<Record<string, string>> = {
  Kustomization: KUSTOMIZATION.apiVersion,
  HelmRelease: HELM_RELEASE.apiVersion,
  Deployment: 'apps/v1',
  Receiver: 'notification.toolkit.fluxcd.io/v1',
};
/** Conditions that tell of a failure when they are true. */
const FAILURES = ['ReplicaFailure', 'Stalled'];

/** Waits until a word is said of a case; returns it in full. */
export function heard(
  cluster: TestCluster,
  hearsay: Hearsay,
  word: Exclude<Word, { unheard: string }>,
): Promise<string> {
  if ('of' in word) return word.once ? remembered(hearsay, word) : saidOf(cluster, word);
  if ('object' in word) return contentOf(cluster, word);
  if ('account' in word) return reviewed(cluster, word);
  return logged(cluster, word);
}

/** Of whom or what a word is said. */
export function speaker(word: Exclude<Word, { unheard: string }>): string {
  if ('of' in word) return word.of;
  if ('object' in word) return word.field.length === 0 ? word.object : `${word.field.join('.')} of ${word.object}`;
  if ('account' in word) {
    return `${word.account}, which would ${word.does} in ${word.in ?? 'every namespace'}: ${word.may ? 'yes' : 'no'}`;
  }
  return `log of ${word.log}`;
}

async function remembered(hearsay: Hearsay, { of, says }: Condition): Promise<string> {
  return until(`${of} to say ${says}`, () => hearsay.of(of).find((text) => says.test(text)), { seconds: SECONDS });
}

async function saidOf(cluster: TestCluster, { of, says }: Condition): Promise<string> {
  let asked = performance.now();
  const said = async () => {
    if (performance.now() - asked > ASK_MS) {
      asked = performance.now();
      await askAgain(cluster, of);
    }
    const object = await cluster.api.get<FluxObject>(refOf(of));
    const messages = (object?.status?.conditions ?? [])
      .filter((c) => (c.type === 'Ready' && c.status === 'False') || isFailure(c))
      .map((c) => c.message);
    return messages.find((message) => says.test(message));
  };
  return until(`${of} to say ${says}`, said, { seconds: SECONDS, otherwise: () => cluster.report() });
}

/** Flux stops at any of several objects that are refused, and looks again seldom and more seldom. */
async function askAgain(cluster: TestCluster, of: string): Promise<void> {
  const ref = refOf(of);
  const isThere = (await cluster.api.get(ref)) !== undefined;
  if (isThere && ref.apiVersion.includes('toolkit.fluxcd.io')) await cluster.reconcile(ref);
}

function isFailure({ type, status }: { readonly type: string; readonly status: string }): boolean {
  return FAILURES.includes(type) && status === 'True';
}

async function contentOf(cluster: TestCluster, { object: name, field, says }: Content): Promise<string> {
  const there = async () => {
    const object = await cluster.api.get(refOf(name));
    let value: unknown = object;
    for (const step of field) value = (value as Record<string, unknown> | undefined)?.[step];
    const isEncoded = object?.kind === 'Secret' && field[0] === 'data' && typeof value === 'string';
    const text = JSON.stringify(isEncoded ? Buffer.from(value as string, 'base64').toString() : value) ?? 'nothing';
    return says.test(text) && text;
  };
  const otherwise = () => cluster.report();
  return until(`${field.join('.')} of ${name} to be ${says}`, there, { seconds: SECONDS, otherwise });
}

async function reviewed(cluster: TestCluster, { account, does, in: namespace, may, says }: Review): Promise<string> {
  const [of, name] = account.split('/');
  const [verb, what] = does.split(' ') as [string, string];
  const [resource, ...group] = what.split('.');
  const asked = { verb, resource, group: group.join('.'), ...(namespace === undefined ? {} : { namespace }) };
  const user = `system:serviceaccount:${of}:${name}`;
  const groups = ['system:serviceaccounts', `system:serviceaccounts:${of}`, 'system:authenticated'];
  const review = { apiVersion: 'authorization.k8s.io/v1', kind: 'SubjectAccessReview' };
  const answered = async () => {
    const spec = { user, groups, resourceAttributes: asked };
    const { status } = (await cluster.api.create(review, { ...review, spec })) as unknown as { status: Answer };
    const said = status.reason ?? status.evaluationError ?? '';
    return status.allowed === may && says.test(said) && said;
  };
  return until(`the API server to say ${says}`, answered, { seconds: SECONDS });
}

interface Answer {
  readonly allowed: boolean;
  readonly reason?: string;
  readonly evaluationError?: string;
}

async function logged(cluster: TestCluster, { log, says }: Log): Promise<string> {
  const line = () => cluster.log(log).find((text) => says.test(text));
  return until(`${log} to log ${says}`, line, { seconds: SECONDS });
}

/** Waits until everything is ready but what is named, and what waits for that or for a source that nobody has. */
export async function othersReady(cluster: TestCluster, except: readonly string[]): Promise<void> {
  const unready = async () => {
    const pending = await cluster.pending();
    const names = new Set(except);
    for (const object of pending) {
      // There is no other cluster.
      if ('kubeConfig' in object.spec || (await hasNoSource(cluster, object))) names.add(nameOf(object));
    }
    for (let before = -1; before !== names.size;) {
      before = names.size;
      for (const object of pending) {
        if ([...dependencies(object), ...waitsFor(object)].some((name) => names.has(name))) names.add(nameOf(object));
      }
    }
    return pending.map(nameOf).filter((name) => !names.has(name));
  };
  let asked = performance.now();
  const done = async () => {
    const names = await unready();
    if (performance.now() - asked > ASK_MS) {
      asked = performance.now();
      for (const name of names) if (!(await isBusy(cluster, name))) await askAgain(cluster, name);
    }
    return names.length === 0;
  };
  const otherwise = async () => `${(await unready()).join(', ')} should be ready\n${await cluster.report()}`;
  await until('the others to be ready', done, { seconds: SECONDS, otherwise });
}

/** Whether Flux has no verdict yet: what it does it would begin anew. */
async function isBusy(cluster: TestCluster, name: string): Promise<boolean> {
  const object = await cluster.api.get<FluxObject>(refOf(name));
  return object === undefined || verdictOf(object) === undefined;
}

function refOf(name: string): Ref & { readonly name: string } {
  const [, kind, namespace, own] = /^(\w+) (?:(.+)\/)?(.+)$/.exec(name)!;
  return { apiVersion: KINDS[kind!] ?? 'v1', kind: kind!, namespace, name: own! };
}

/** What a Kustomization that waits for all that it has applied waits for. */
function waitsFor({ spec, status }: FluxObject): string[] {
  if ((spec as { wait?: boolean }).wait !== true) return [];
  const ids = (status?.inventory?.entries ?? []).map(({ id }) => id.split('_'));
  return ids.map(([namespace, name, , kind]) => `${kind} ${namespace}/${name}`);
}

function dependencies({ kind, metadata, spec }: FluxObject): string[] {
  return (spec.dependsOn ?? []).map(({ name, namespace = metadata.namespace }) => `${kind} ${namespace}/${name}`);
}

/** Whether the content of its source is known to nobody here. */
async function hasNoSource(cluster: TestCluster, { metadata, spec }: FluxObject): Promise<boolean> {
  if (spec.sourceRef === undefined) return false;
  const { kind, name, namespace = metadata.namespace } = spec.sourceRef;
  const source = await cluster.api.get<FluxObject>({ apiVersion: SOURCES, kind, namespace, name });
  const ready = source && verdictOf(source);
  return ready?.ready === false && ready.message.startsWith('nothing is known of ');
}

const SOURCES = 'source.toolkit.fluxcd.io/v1';
