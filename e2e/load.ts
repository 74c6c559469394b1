/** `npm run bench:cluster`: what a large cluster costs Flux and the API server, measured with the real ones. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { format, resolveConfig } from 'prettier';
import { Fleet, Flux, GitRef, Source } from 'cdk8s-flux-fleet';
import { populate } from '../bench/fleet.js';
import { markdownTable } from '../bench/table.js';
import type { Column } from '../bench/table.js';
import { jsonLines } from './environment/api.js';
import type { Checkout } from './environment/checkout.js';
import { TestCluster } from './environment/cluster.js';
import { processesOf, startEnvironment } from './environment/environment.js';
import type { Environment } from './environment/environment.js';

const URL = 'https://github.com/acme/fleet';
const PATH = 'dist/clusters/large';
const SETTLE_SECONDS = 1800;

/** What is measured: how many shards, and what Flux then takes. */
interface Measured {
  readonly shards: number;
  /** Seconds until all is ready, from nothing but Flux. */
  readonly install: number;
  /** Seconds until all is ready again after a commit that changes one ConfigMap. */
  readonly commit: number;
  /** Requests of the controllers to the API server in each of the two. */
  readonly requests: { readonly install: number; readonly commit: number };
  /** The most memory of all kustomize- and of all helm-controllers together, in MiB. */
  readonly memory: { readonly kustomize: number; readonly helm: number };
}

const { values } = parseArgs({
  options: {
    components: { type: 'string', default: '20' },
    tenants: { type: 'string', default: '200' },
    shards: { type: 'string', multiple: true, default: ['0', '3'] },
    json: { type: 'boolean' },
    write: { type: 'boolean' },
  },
});
const [components, tenants] = [Number(values.components), Number(values.tenants)];
const say = (what: string) => process.stderr.write(`load: ${what}\n`);

const started = await startEnvironment(say);
let measured: Measured[];
const interrupt = () => void started.stop().finally(() => process.exit(130));
process.on('SIGINT', interrupt).on('SIGTERM', interrupt);
try {
  Object.assign(process.env, started.variables);
  measured = [];
  for (const shards of values.shards) measured.push(await measure(started.environment, Number(shards)));
} finally {
  await started.stop();
}
const table = markdownTable(columns(), measured.map(row));
if (values.json) console.log(JSON.stringify({ components, tenants, measured }, undefined, 2));
else if (values.write) await writePage(table);
else console.log(table);

async function measure(environment: Environment, shards: number): Promise<Measured> {
  const cluster = await TestCluster.empty();
  try {
    const fleet = cluster.checkout(URL);
    for (let t = 0; t < tenants; t++) {
      const files = { 'deploy/settings.yaml': settings(`tenant-${t}`) };
      cluster.sources.set(`https://github.com/acme/tenant-${t}`, { files });
    }
    synthesize(fleet, shards, 'info');
    say(`${shards} shards: Flux begins`);
    let from = performance.now();
    let before = requests(environment);
    await cluster.bootstrapOperator(fleet, PATH);
    await cluster.settled(SETTLE_SECONDS);
    const [install, installRequests] = [seconds(from), requests(environment) - before];
    say(`${shards} shards: ready after ${install} s`);

    synthesize(fleet, shards, 'debug');
    [from, before] = [performance.now(), requests(environment)];
    await cluster.sources.publish();
    await cluster.settled(SETTLE_SECONDS);
    const [commit, commitRequests] = [seconds(from), requests(environment) - before];
    say(`${shards} shards: a commit arrived after ${commit} s`);
    const memory = { kustomize: peak(environment, 'kustomize-controller'), helm: peak(environment, 'helm-controller') };
    return { shards, install, commit, requests: { install: installRequests, commit: commitRequests }, memory };
  } finally {
    await cluster.stop();
  }
}

/** The cluster of the other measurements, sharded or not. */
function synthesize(fleet: Checkout, shards: number, level: string): void {
  const names = Array.from({ length: shards }, (_, n) => `shard${n + 1}`);
  const app = new Fleet({
    environment: 'load',
    outdir: join(fleet.directory, 'dist'),
    source: Source.git({ url: URL, ref: GitRef.branch('main') }),
  });
  const sharded = { flux: Flux.operator({ sharding: { shards: names } }), shards: names };
  app.addCluster('large', shards > 0 ? sharded : { flux: Flux.operator({}) }, (cluster) => {
    populate(cluster, { components, tenants }, { level });
  });
  app.synth();
}

function settings(namespace: string): string {
  return `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: settings, namespace: ${namespace} }\ndata: { key: value }\n`;
}

/** How many requests the controllers have made; the audit log has no others. */
function requests({ directory }: Environment): number {
  return jsonLines(join(directory, 'control-plane/audit.log')).length;
}

/** The most memory that all processes of a controller have held, added up. */
function peak(environment: Environment, controller: string): number {
  const processes = processesOf(environment);
  const own = processes.names().filter((name) => name.startsWith(controller) && processes.runs(name));
  const sizes = own.map((name) => {
    const status = readFileSync(`/proc/${processes.pid(name)}/status`, 'utf8');
    return Number(/^VmHWM:\s*(\d+) kB$/m.exec(status)![1]) / 1024;
  });
  return Math.round(sizes.reduce((sum, size) => sum + size, 0));
}

function seconds(from: number): number {
  return Math.round((performance.now() - from) / 1000);
}

function columns(): Column[] {
  const numbers = [
    'all ready after',
    'requests',
    'a commit arrives after',
    'requests',
    'kustomize-controller',
    'helm-controller',
  ];
  return [{ title: 'shards' }, ...numbers.map((title) => ({ title, number: true }))];
}

function row({ shards, install, commit, requests: asked, memory }: Measured): string[] {
  const count = (n: number) => n.toLocaleString('en');
  return [
    shards === 0 ? 'none' : String(shards),
    `${install} s`,
    count(asked.install),
    `${commit} s`,
    count(asked.commit),
    `${memory.kustomize} MiB`,
    `${memory.helm} MiB`,
  ];
}

async function writePage(text: string): Promise<void> {
  const path = join(import.meta.dirname, '../docs/scale.md');
  const page = readFileSync(path, 'utf8').replace(
    /<!-- measured: load -->\n[^]*?<!-- end of what was measured -->/,
    `<!-- measured: load -->\n\n${text}\n\n<!-- end of what was measured -->`,
  );
  writeFileSync(path, await format(page, { ...(await resolveConfig(path)), filepath: path }));
  say(`wrote ${path}`);
}
