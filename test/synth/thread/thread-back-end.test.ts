import * as fs from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from '@jest/globals';
import { ConfigMap, Layer, Namespace, Repository, Tenant } from 'cdk8s-flux-fleet';
import type { Cluster, Finding, Fleet, Rule } from 'cdk8s-flux-fleet';
import type { SynthApp } from '../../../lib/synth/app.js';
import { synthesize } from '../../../lib/synth/synthesize.js';
import type { SynthResult } from '../../../lib/synth/synthesize.js';
import { ThreadBackEnd } from '../../../lib/synth/thread/thread-back-end.js';
import { findingsOf, testFleet } from '../../support/fleet.js';
import { readFiles, stateOf, tempDir } from '../../support/temp-dir.js';

/** More clusters than wait at a time. */
const CLUSTERS = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];

type Options = ConstructorParameters<typeof ThreadBackEnd>[1];

/** The second thread from the sources, which it can load only so. */
const WORKER = new URL('../../support/thread-worker.mjs', import.meta.url);

function inThread(
  apps: readonly SynthApp[],
  outdir: string,
  options: Options = { worker: WORKER, startMs: 60_000 },
): SynthResult {
  return synthesize(apps, { outdir, backEnd: (o) => new ThreadBackEnd(o, options) });
}

function fleetOf(fill: (cluster: Cluster, name: string) => void, rules: readonly Rule[] = []): Fleet {
  const fleet = testFleet({ rules });
  for (const name of CLUSTERS) fleet.addCluster(name, {}, (cluster) => fill(cluster, name));
  return fleet;
}

const good = (cluster: Cluster, name: string): void => {
  const layer = new Layer(cluster, 'base');
  new Namespace(layer, 'apps');
  new ConfigMap(layer, 'settings', { namespace: 'apps', data: { name } });
  new Tenant(cluster, 'team', { namespaces: ['team'], dependsOn: [layer] });
};

/** Something is wrong with every second cluster, in its objects and in what is around them. */
const bad = (cluster: Cluster, name: string): void => {
  good(cluster, name);
  if (CLUSTERS.indexOf(name) % 2 === 0) return;
  new ConfigMap(new Layer(cluster, 'lost'), 'lost', { namespace: 'nowhere', data: { 'not a key': 'x' } });
};

function repository(): Repository {
  const infra = new Repository({ name: 'infra' });
  new Namespace(new Layer(infra, 'base'), 'a');
  return infra;
}

test('what comes out is, byte for byte, what one thread writes', () => {
  const [one, two] = [tempDir(), tempDir()];
  const first = synthesize([fleetOf(good)], { outdir: one });
  const second = inThread([fleetOf(good)], two);
  expect(readFiles(two)).toEqual(readFiles(one));
  expect({ ...second, outdir: one }).toEqual(first);
});

test('a repository makes no difference', () => {
  const [one, two] = [tempDir(), tempDir()];
  expect({ ...inThread([repository()], two), outdir: one }).toEqual(synthesize([repository()], { outdir: one }));
  expect(readFiles(two)).toEqual(readFiles(one));
});

test('rules of the user’s own make no difference', () => {
  const [one, two] = [tempDir(), tempDir()];
  const seen: string[] = [];
  const rule: Rule = {
    id: 'own',
    severity: 'warning',
    *check(cluster) {
      seen.push(cluster.name);
      yield { on: cluster.layers[0]!, what: 'it is so' };
    },
  };
  const fleet = fleetOf(good, [rule]);
  const first = synthesize([fleet], { outdir: one });
  const second = inThread([fleet], two);
  expect(readFiles(two)).toEqual(readFiles(one));
  expect(second.warnings).toEqual(first.warnings);
  expect(second.warnings).toHaveLength(CLUSTERS.length);
  expect(seen).toEqual([...CLUSTERS, ...CLUSTERS]);
});

test('nothing is touched where nothing changes', () => {
  const out = tempDir();
  inThread([fleetOf(good)], out);
  const before = stateOf(out);
  expect(inThread([fleetOf(good)], out)).toMatchObject({ written: 0, removed: 0 });
  expect(stateOf(out)).toEqual(before);
});

test('everything that is wrong is told alike, in the same order and with its line of code, and nothing is written', () => {
  const out = tempDir();
  const direct = (apps: readonly SynthApp[], outdir: string) => synthesize(apps, { outdir });
  const [first, second] = [direct, inThread].map((synth) => findingsOf(() => synth([fleetOf(bad)], out))) as [
    readonly Finding[],
    readonly Finding[],
  ];
  expect(second).toEqual(first);
  expect(new Set(first.map((f) => f.cluster))).toEqual(new Set(['b', 'd', 'f']));
  expect(first.every((f) => f.where?.code?.includes('thread-back-end.test.ts:'))).toBe(true);
  expect(fs.readdirSync(out)).toEqual([]);
});

test('what the disk refuses is told alike', () => {
  const out = tempDir();
  fs.mkdirSync(join(out, 'clusters'));
  fs.writeFileSync(join(out, 'clusters/c'), 'in the way');
  const first = findingsOf(() => synthesize([fleetOf(good)], { outdir: out }));
  expect(findingsOf(() => inThread([fleetOf(good)], out))).toEqual(first);
  expect(first).toHaveLength(1);
  expect(readFiles(out)).toEqual({ 'clusters/c': 'in the way' });
});

test('an app that fails in the middle leaves nothing behind', () => {
  const out = tempDir();
  const failing = fleetOf((cluster, name) => {
    if (name === 'f') throw new Error('no such thing');
    good(cluster, name);
  });
  expect(() => inThread([failing], out)).toThrow('no such thing');
  expect(fs.readdirSync(out)).toEqual([]);
});

test('where no second thread comes, the first one does all of it', () => {
  const [one, two] = [tempDir(), tempDir()];
  synthesize([fleetOf(good)], { outdir: one });
  inThread([fleetOf(good)], two, { worker: pathToFileURL(join(two, 'none.js')), startMs: 100 });
  expect(readFiles(two)).toEqual(readFiles(one));
});

test('what is wrong by a rule of the user’s own is told alike, with a second thread or without', () => {
  const rule: Rule = {
    id: 'own',
    *check(cluster) {
      if (cluster.name > 'c') yield { on: cluster.layers[0]!, what: `${cluster.name} comes late` };
    },
  };
  const fleet = fleetOf(good, [rule]);
  const out = tempDir();
  const first = findingsOf(() => synthesize([fleet], { outdir: out }));
  expect(findingsOf(() => inThread([fleet], out))).toEqual(first);
  const none = { worker: pathToFileURL(join(out, 'none.js')), startMs: 100 };
  expect(findingsOf(() => inThread([fleet], out, none))).toEqual(first);
  expect(first).toHaveLength(4);
  expect(fs.readdirSync(out)).toEqual([]);
});

test('a second thread that ends before its work is done is an error, and no output', () => {
  const [out, lib] = [tempDir(), tempDir()];
  const worker = join(lib, 'worker.mjs');
  fs.writeFileSync(
    worker,
    `import { workerData } from 'node:worker_threads';
     const { slots } = workerData;
     Atomics.store(slots, 0, 1);
     process.on('exit', () => { Atomics.store(slots, 0, 3); Atomics.notify(slots, 1); });
     setTimeout(() => process.exit(), 50);`,
  );
  expect(() => inThread([fleetOf(good)], out, { worker: pathToFileURL(worker) })).toThrow(
    'the thread that writes the output has ended before its work was done',
  );
  expect(fs.readdirSync(out)).toEqual([]);
});
