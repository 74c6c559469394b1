import { readFileSync } from 'node:fs';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import { ApiObject } from 'cdk8s';
import { Construct } from 'constructs';
import { Cluster, ConfigMap, InfraComponent, Kustomization, Layer, Source, Tenant } from 'cdk8s-flux-fleet';
import { captureOrigin, codeAt, codeOf, currentCode, recordOrigin, traceEverything } from '../lib/origin.js';
import { filesOf, findingsOf, testCluster, testFleet } from './support/fleet.js';

/** Line of this file that runs now, or one that many lines after it. */
function line(offset = 0): number {
  const frame = new Error().stack!.split('\n')[2]!;
  return Number(/:(\d+):\d+\)?$/.exec(frame)![1]) + offset;
}

/** The code that the one finding of an operation names; the outermost line is that of the call of this function. */
function codeIn(run: () => unknown): string | undefined {
  const [only, ...others] = findingsOf(run);
  expect(others).toEqual([]);
  return only?.where?.code;
}

test('a wrong argument is told with the line that gives it', () => {
  const layer = new Layer(testCluster(), 'layer');
  let at = 0;
  const code = codeIn(() => {
    at = line(1);
    new Kustomization(layer, 'app', { source: Source.fromName('GitRepository', 'a'), path: '/', namespace: 'apps' });
  });
  expect(code).toMatch(new RegExp(`^test/origin\\.test\\.ts:${at}:5, called from test/origin\\.test\\.ts:\\d+:\\d+$`));
});

test('what only the whole shows is told with the line of the noun that it stands in', () => {
  const cluster = testCluster();
  const at = line(1);
  const layer = new Layer(cluster, 'layer');
  new ConfigMap(layer, 'settings');
  expect(codeIn(() => filesOf(cluster))).toBe(`test/origin.test.ts:${at}:17`);
});

test('a noun that stands where another one of its name does is told with both lines', () => {
  const cluster = testCluster();
  const first = line(1);
  new Layer(cluster, 'one', { name: 'same' });
  const [finding] = findingsOf(() => new Layer(cluster, 'two', { name: 'same' }));
  expect(finding!.given).toContain(`test/origin.test.ts:${first}:3`);
  expect(finding!.where!.code).toMatch(new RegExp(`^test/origin\\.test\\.ts:${first + 1}:`));
});

// What a platform team writes once, and others use.
class Dns extends InfraComponent {
  constructor(scope: Construct, id: string, interval: string) {
    super(scope, id, { interval, namespace: 'dns' }); // in Dns
  }
}

class Team extends Construct {
  constructor(scope: Construct, id: string) {
    super(scope, id);
    new Tenant(scope, `${id}-team`, { namespaces: [] }); // in Team
  }
}

const SOURCE = readFileSync(new URL(import.meta.url), 'utf8').split('\n');
const IN_DNS = SOURCE.findIndex((text) => text.endsWith('// in Dns')) + 1;
const IN_TEAM = SOURCE.findIndex((text) => text.endsWith('// in Team')) + 1;

test('a mistake in a construct of the user is told with its line and with that of its caller', () => {
  const cluster = testCluster();
  const at = line(1);
  const inSubclass = codeIn(() => new Dns(cluster, 'dns', '10 minutes'));
  expect(inSubclass).toBe(`test/origin.test.ts:${IN_DNS}:5, called from test/origin.test.ts:${at}:22`);
  const inConstruct = codeIn(() => new Team(cluster, 'dev'));
  expect(inConstruct).toBe(`test/origin.test.ts:${IN_TEAM}:5, called from test/origin.test.ts:${at + 2}:23`);
});

test('a noun that was made by a construct of the user remembers both lines', () => {
  const cluster = testCluster();
  const at = line(1);
  const dns = new Dns(cluster, 'dns', '10m');
  expect(codeOf(dns)).toBe(`test/origin.test.ts:${IN_DNS}:5, called from test/origin.test.ts:${at}:15`);
});

test('a construct that remembers no line has that of the nearest one around it which does', () => {
  const at = line(1);
  const cluster = new Cluster(testFleet(), 'test');
  const inside = new Construct(new Construct(cluster, 'a'), 'b');
  expect(codeOf(inside)).toBe(`test/origin.test.ts:${at}:19`);
  expect(codeOf(undefined)).toBeUndefined();
});

test('the line that runs now, and one that was remembered for later', () => {
  const at = line(1);
  expect(currentCode()).toBe(`test/origin.test.ts:${at}:10`);
  const origin = captureOrigin();
  const construct = new Construct(testFleet(), 'x');
  recordOrigin(construct, origin);
  expect(codeAt(origin)).toBe(`test/origin.test.ts:${at + 1}:18`);
  expect(codeOf(construct)).toBe(codeAt(origin));
});

test('capturing a line leaves the depth of other stacks as it was', () => {
  const before = Error.stackTraceLimit;
  captureOrigin();
  expect(Error.stackTraceLimit).toBe(before);
});

test('a line of the user is found behind many frames of others', () => {
  const nested = (depth: number): string | undefined => (depth === 0 ? currentCode() : nested(depth - 1));
  expect(nested(20)).toMatch(/^test\/origin\.test\.ts:\d+:\d+, called from test\/origin\.test\.ts:\d+:\d+$/);
});

// ---- The forms that frames have --------------------------------------------------------------------------------

const library = fileURLToPath(new URL('../lib/layer.ts', import.meta.url));

test.each([
  ['a function in a module', '    at build (file:///srv/fleet/apps/a.ts:3:5)', '/srv/fleet/apps/a.ts:3:5'],
  ['the module itself', '    at file:///srv/fleet/apps/a.ts:3:5', '/srv/fleet/apps/a.ts:3:5'],
  ['a constructor', '    at new Kyverno (file:///srv/fleet/k.ts:8:1)', '/srv/fleet/k.ts:8:1'],
  ['a method under another name', '    at Object.a [as b] (/srv/fleet/a.ts:3:5)', '/srv/fleet/a.ts:3:5'],
  ['an asynchronous function', '    at async build (file:///srv/fleet/a.ts:3:5)', '/srv/fleet/a.ts:3:5'],
  ['an asynchronous module', '    at async file:///srv/fleet/a.ts:3:5', '/srv/fleet/a.ts:3:5'],
  ['CommonJS', '    at Object.<anonymous> (/srv/fleet/a.cjs:3:5)', '/srv/fleet/a.cjs:3:5'],
  ['a space', '    at file:///srv/my%20fleet/a.ts:3:5', '/srv/my fleet/a.ts:3:5'],
  ['a letter outside of ASCII', '    at file:///srv/fl%C3%B6tte/a.ts:3:5', '/srv/flötte/a.ts:3:5'],
  ['a number sign', '    at file:///srv/c%23/a.ts:3:5', '/srv/c#/a.ts:3:5'],
  ['a percent sign', '    at /srv/100%/a.cjs:3:5', '/srv/100%/a.cjs:3:5'],
  ['parentheses', '    at new A (file:///srv/fleet%20(copy)/a.ts:3:5)', '/srv/fleet (copy)/a.ts:3:5'],
  ['parentheses without a function', '    at file:///srv/fleet%20(copy)/a.ts:3:5', '/srv/fleet (copy)/a.ts:3:5'],
  ['what a loader adds', '    at file:///srv/fleet/a.ts?namespace=17:3:5', '/srv/fleet/a.ts:3:5'],
])('a frame of %s', (_what, frame, code) => {
  expect(codeAt({ stack: `Error\n${frame}` })).toBe(code);
});

test.each([
  ['this library', `    at new Layer (file://${library}:3:5)`],
  ['a package', '    at new App (file:///srv/fleet/node_modules/cdk8s/lib/app.js:3:5)'],
  ['Node.js', '    at ModuleJob.run (node:internal/modules/esm/module_job:274:25)'],
  ['the engine', '    at new Promise (<anonymous>)'],
  ['code that was made at run time', '    at eval (eval at x (/srv/fleet/a.ts:1:1), <anonymous>:1:1)'],
  ['nothing', 'Error'],
])('%s is not the user', (_what, frame) => {
  expect(codeAt({ stack: `Error\n${frame}` })).toBeUndefined();
  expect(codeAt({ stack: `Error\n${frame}\n    at file:///srv/fleet/a.ts:3:5` })).toBe('/srv/fleet/a.ts:3:5');
});

test('a file inside of the working directory is named relative to it', () => {
  const here = fileURLToPath(import.meta.url);
  expect(codeAt({ stack: `Error\n    at ${here}:3:5` })).toBe(`${relative(process.cwd(), here)}:3:5`);
});

test('the innermost line comes first, then the outermost; what is in between is left out', () => {
  const stack = ['k.ts:8:5', 'platform.ts:4:4', 'app.ts:1:1'].map((f) => `    at x (/srv/fleet/${f})`).join('\n');
  expect(codeAt({ stack: `Error\n${stack}` })).toBe('/srv/fleet/k.ts:8:5, called from /srv/fleet/app.ts:1:1');
});

test('a line that is gone is none', () => {
  expect(codeAt({})).toBeUndefined();
});

// Last, because it changes the constructs of this whole file.
test('with tracing every object remembers its own line', () => {
  const layer = new Layer(testCluster(), 'layer');
  const untraced = new ApiObject(layer, 'a', { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' } });
  expect(codeOf(untraced)).toBe(codeOf(layer));
  traceEverything();
  const at = line(1);
  const traced = new ApiObject(layer, 'b', { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'b' } });
  expect(codeOf(traced)).toBe(`test/origin.test.ts:${at}:18`);
});
