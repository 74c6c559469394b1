import { readFileSync, writeFileSync } from 'node:fs';
import type { Memory } from './memory.js';

interface KeyValue {
  readonly key: string;
  readonly value?: string;
  readonly mod_revision: string;
}

/** What a cluster holds, by key: the revision of the last write, and the value. */
type Snapshot = Record<string, { readonly revision: string; readonly value: string }>;

const ALL = '/registry/';
/** What the control plane keeps for itself, and what follows from the rest. */
const KEPT = ['leases/', 'masterleases/', 'minions/', 'csinodes/', 'ranges/', 'apiregistration.k8s.io/'];
const AT_ONCE = 16;

/**
 * The way back for a control plane of the tests' own: through its store. The API server learns of it as of
 * any other write; deleting thousands of objects through it, finalizers included, would take minutes.
 */
export class EtcdMemory implements Memory {
  /** @param file that keeps what the cluster held at first */
  constructor(
    private readonly url: string,
    private readonly file: string,
  ) {}

  async remember(): Promise<void> {
    const { kvs = [] } = await this.ask('range', { range_end: encode(end(ALL)) });
    this.save(Object.fromEntries(kvs.map((kv) => [kv.key, { revision: kv.mod_revision, value: kv.value ?? '' }])));
  }

  async restore(): Promise<void> {
    const before = JSON.parse(readFileSync(this.file, 'utf8')) as Snapshot;
    const { kvs = [] } = await this.ask('range', { range_end: encode(end(ALL)), keys_only: true });
    const now = new Map(kvs.map((kv) => [kv.key, kv.mod_revision]));
    const added = [...now.keys()].filter((key) => !(key in before) && !isKept(key));
    // Objects before the CRDs that say what they are.
    added.sort((a, b) => Number(isCrd(a)) - Number(isCrd(b)));
    await inTurns(added, (key) => this.ask('deleterange', { key }));
    const changed = Object.entries(before).filter(([key, { revision }]) => now.get(key) !== revision && !isKept(key));
    await inTurns(changed, ([key, { value }]) => this.ask('put', { key, value }));
    const after = await this.ask('range', { range_end: encode(end(ALL)), keys_only: true });
    const revisions = new Map((after.kvs ?? []).map((kv) => [kv.key, kv.mod_revision]));
    for (const [key, { value }] of changed) before[key] = { revision: revisions.get(key) ?? '', value };
    this.save(before);
  }

  private save(snapshot: Snapshot): void {
    writeFileSync(this.file, JSON.stringify(snapshot));
  }

  private async ask(
    what: 'range' | 'deleterange' | 'put',
    body: object,
  ): Promise<{ readonly kvs?: readonly KeyValue[] }> {
    const response = await fetch(`${this.url}/v3/kv/${what}`, {
      method: 'POST',
      body: JSON.stringify({ key: encode(ALL), ...body }),
    });
    if (!response.ok) throw new Error(`etcd: ${await response.text()}`);
    return (await response.json()) as { kvs?: KeyValue[] };
  }
}

async function inTurns<T>(items: readonly T[], work: (item: T) => Promise<unknown>): Promise<void> {
  for (let i = 0; i < items.length; i += AT_ONCE) await Promise.all(items.slice(i, i + AT_ONCE).map(work));
}

function isKept(key: string): boolean {
  const name = decode(key).slice(ALL.length);
  return KEPT.some((prefix) => name.startsWith(prefix));
}

function isCrd(key: string): boolean {
  return decode(key).startsWith(`${ALL}apiextensions.k8s.io/`);
}

function encode(text: string): string {
  return Buffer.from(text).toString('base64');
}

function decode(text: string): string {
  return Buffer.from(text, 'base64').toString();
}

/** The first key after all that begin with a prefix. */
function end(prefix: string): string {
  return prefix.slice(0, -1) + String.fromCharCode(prefix.charCodeAt(prefix.length - 1) + 1);
}
