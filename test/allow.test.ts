import { expect, test } from '@jest/globals';
import { Construct } from 'constructs';
import { allow, Cluster, Layer, Secret } from 'cdk8s-flux-fleet';
import { parse } from 'yaml';
import { Surroundings } from '../lib/synth/surroundings.js';
import { filesOf, findingsOf, testCluster, testFleet } from './support/fleet.js';
import { errorOf } from './flux/objects.js';

const PLAIN = { namespace: 'apps', stringData: { password: 'guest' } };
const ALLOWED = { rule: 'plaintext-secret', reason: 'a demo' };

/** What flux-fleet.yaml says is allowed. */
function allowedIn(cluster: Cluster): unknown {
  return (parse(filesOf(cluster)['flux-fleet.yaml']!) as { allowed?: unknown }).allowed;
}

test('what is allowed for a construct holds for everything below it, and for nothing else', () => {
  const cluster = testCluster();
  const inside = new Layer(cluster, 'inside');
  const group = new Construct(inside, 'group');
  allow(inside, ALLOWED);
  new Secret(group, 'a', PLAIN);
  new Secret(new Layer(cluster, 'outside'), 'b', PLAIN);
  expect(findingsOf(() => filesOf(cluster))).toMatchObject([
    { rule: 'plaintext-secret', where: { construct: 'test/outside/b' } },
  ]);
});

test('another rule stays in force', () => {
  const cluster = testCluster();
  const layer = new Layer(cluster, 'layer');
  allow(layer, { ...ALLOWED, rule: 'invalid-field' });
  new Secret(layer, 'login', PLAIN);
  expect(findingsOf(() => filesOf(cluster))).toMatchObject([{ rule: 'plaintext-secret' }]);
});

test('a whole cluster, and a whole fleet, may be allowed something', () => {
  const fleet = testFleet();
  allow(fleet, ALLOWED);
  const cluster = new Cluster(fleet, 'test');
  new Secret(new Layer(cluster, 'layer'), 'login', PLAIN);
  expect(findingsOf(() => filesOf(cluster))).toEqual([]);
});

test('what is allowed stands in flux-fleet.yaml with its reason and the object', () => {
  const cluster = testCluster();
  const layer = new Layer(cluster, 'layer');
  allow(new Secret(layer, 'b', PLAIN), { ...ALLOWED, reason: 'it is public' });
  allow(new Secret(layer, 'a', PLAIN), ALLOWED);
  expect(allowedIn(cluster)).toEqual([
    { rule: 'plaintext-secret', reason: 'a demo', object: 'Secret/apps/a' },
    { rule: 'plaintext-secret', reason: 'it is public', object: 'Secret/apps/b' },
  ]);
});

test('nothing allowed is not mentioned', () => {
  const cluster = testCluster();
  new Secret(new Layer(cluster, 'layer'), 'login', { namespace: 'apps' });
  expect(allowedIn(cluster)).toBeUndefined();
});

test('the nearest allowances come first', () => {
  const cluster = testCluster();
  const layer = new Layer(cluster, 'layer');
  allow(cluster, { rule: 'a', reason: 'of the cluster' });
  allow(layer, { rule: 'b', reason: 'of the layer' });
  allow(layer, { rule: 'c', reason: 'also' });
  expect(new Surroundings().below(layer).allowed.map((a) => a.rule)).toEqual(['b', 'c', 'a']);
});

test('a later change of what was given changes nothing', () => {
  const layer = new Layer(testCluster(), 'layer');
  const allowance = { ...ALLOWED };
  allow(layer, allowance);
  allowance.reason = 'another one';
  expect(new Surroundings().below(layer).allowed).toEqual([ALLOWED]);
});

test('refuses to turn a rule off without a reason', () => {
  const layer = new Layer(testCluster(), 'layer');
  expect(errorOf(() => allow(layer, { rule: 'plaintext-secret', reason: '' }))).toMatchInlineSnapshot(`
   "the rule "plaintext-secret" is turned off without a reason [allow-without-reason]
     expected  a sentence that a reviewer can judge
     given     ""
     construct test/layer
     at        test/allow.test.ts:<line>, called from test/allow.test.ts:<line>"
  `);
});

test.each([['   '], ['\n'], [undefined], [true]])('refuses the reason %j', (reason) => {
  const layer = new Layer(testCluster(), 'layer');
  const given = { rule: 'plaintext-secret', reason } as unknown as typeof ALLOWED;
  expect(findingsOf(() => allow(layer, given))).toMatchObject([{ rule: 'allow-without-reason' }]);
  expect(new Surroundings().below(layer).allowed).toEqual([]);
});

test('what is allowed until a day holds up to the end of that day', () => {
  const cluster = testCluster();
  const layer = new Layer(cluster, 'layer');
  allow(new Secret(layer, 'login', PLAIN), { ...ALLOWED, until: new Date().toISOString().slice(0, 10) });
  expect(findingsOf(() => filesOf(cluster))).toEqual([]);
});

test('after its last day the finding is told again, with what was allowed', () => {
  const cluster = testCluster();
  allow(new Secret(new Layer(cluster, 'layer'), 'login', PLAIN), { ...ALLOWED, until: '2020-02-29' });
  expect(findingsOf(() => filesOf(cluster))).toMatchObject([
    { rule: 'plaintext-secret', given: expect.stringMatching(/^[^\n]*\n?allowed until 2020-02-29: a demo$/) },
  ]);
});

test('another reason that still holds allows it all the same', () => {
  const cluster = testCluster();
  const layer = new Layer(cluster, 'layer');
  allow(layer, ALLOWED);
  allow(new Secret(layer, 'login', PLAIN), { ...ALLOWED, until: '2020-02-29' });
  expect(findingsOf(() => filesOf(cluster))).toEqual([]);
});

test('its last day stands in flux-fleet.yaml', () => {
  const cluster = testCluster();
  allow(new Secret(new Layer(cluster, 'layer'), 'a', PLAIN), { ...ALLOWED, until: '2999-12-31' });
  expect(allowedIn(cluster)).toEqual([
    { rule: 'plaintext-secret', reason: 'a demo', until: '2999-12-31', object: 'Secret/apps/a' },
  ]);
});

test('a day that has passed is no error of its own: only what it allowed is told again', () => {
  const cluster = testCluster();
  allow(new Layer(cluster, 'layer'), { ...ALLOWED, until: '2020-02-29' });
  new Secret(new Layer(cluster, 'other'), 'login', { namespace: 'apps' });
  expect(findingsOf(() => filesOf(cluster)).map((f) => f.rule)).toEqual(['layer-content']);
});

test('refuses a day that is none', () => {
  const layer = new Layer(testCluster(), 'layer');
  expect(errorOf(() => allow(layer, { ...ALLOWED, until: 'next week' }))).toMatchInlineSnapshot(`
   "the day until which the rule "plaintext-secret" is turned off is none [allow-until]
     expected  a day as YYYY-MM-DD
     given     "next week"
     construct test/layer
     at        test/allow.test.ts:<line>, called from test/allow.test.ts:<line>"
  `);
});

test.each([['2025-02-29'], ['2025-13-01'], ['2025-1-1'], ['31.12.2025'], ['2025-12-31T00:00:00Z'], [20251231], [null]])(
  'refuses the day %j',
  (until) => {
    const layer = new Layer(testCluster(), 'layer');
    expect(findingsOf(() => allow(layer, { ...ALLOWED, until: until as string }))).toMatchObject([
      { rule: 'allow-until' },
    ]);
    expect(new Surroundings().below(layer).allowed).toEqual([]);
  },
);

test('what is allowed for one object is allowed for no other', () => {
  const cluster = testCluster();
  const layer = new Layer(cluster, 'layer');
  allow(cluster, { ...ALLOWED, object: 'Secret/apps/a' });
  new Secret(layer, 'a', PLAIN);
  new Secret(layer, 'b', PLAIN);
  expect(findingsOf(() => filesOf(cluster))).toMatchObject([
    { rule: 'plaintext-secret', where: { construct: 'test/layer/b' } },
  ]);
});

test('what is allowed for an object of another repository stands in flux-fleet.yaml, for whoever judges it there', () => {
  const cluster = testCluster();
  allow(cluster, { ...ALLOWED, object: 'Secret/apps/elsewhere', until: '2999-12-31' });
  expect(allowedIn(cluster)).toEqual([{ ...ALLOWED, object: 'Secret/apps/elsewhere', until: '2999-12-31' }]);
});

test.each(['apps', 'secret/apps/a', 'Secret/apps/a/b', 'Secret/', '', 7])('refuses the object %j', (object) => {
  const given = { ...ALLOWED, object } as typeof ALLOWED;
  expect(findingsOf(() => allow(testCluster(), given))).toMatchObject([
    { rule: 'allow-object', expected: 'Kind/namespace/name, or Kind/name of what has no namespace' },
  ]);
});
