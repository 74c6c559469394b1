import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { ClusterState } from '../../lib/model/cluster-state.js';
import { orderOf } from '../../lib/model/order.js';
import type { Order } from '../../lib/model/order.js';
import { helmRelease, kustomization, yamlCluster } from '../support/yaml-cluster.js';

test('what a layer depends on is ready before it', () => {
  const order = orderIn({
    'flux-system': kustomization('a') + kustomization('b', { dependsOn: [{ name: 'a' }] }),
    a: '',
    b: '',
  });
  expect(isBefore(order, 'a', 'b')).toBe(true);
  expect(isBefore(order, 'b', 'a')).toBe(false);
});

test('what is depended on by way of others is ready before too', () => {
  const order = orderIn({
    'flux-system': ['a', 'b', 'c']
      .map((n, i) => kustomization(n, i > 0 ? { dependsOn: [{ name: 'abc'[i - 1] }] } : {}))
      .join(''),
    a: '',
    b: '',
    c: '',
  });
  expect(isBefore(order, 'a', 'c')).toBe(true);
});

test('layers side by side have no order', () => {
  const order = orderIn({ 'flux-system': kustomization('a') + kustomization('b'), a: '', b: '' });
  expect(isBefore(order, 'a', 'b')).toBe(false);
});

test('a layer inherits what its parent waits for', () => {
  const order = orderIn({
    'flux-system': kustomization('a') + kustomization('outer', { dependsOn: [{ name: 'a' }] }),
    a: '',
    outer: kustomization('inner'),
    inner: '',
  });
  expect(isBefore(order, 'a', 'inner')).toBe(true);
  expect(isBefore(order, 'outer', 'inner')).toBe(false);
});

test.each([
  ['with wait', { wait: true }, true],
  ['without', {}, false],
  ['with a health check that names it', { healthChecks: [check('inner')] }, true],
  ['with a health check that names another one', { healthChecks: [check('other')] }, false],
])('what a layer contains is ready with it %s: %s', (_, spec, expected) => {
  const order = orderIn({
    'flux-system': kustomization('outer', spec) + kustomization('last', { dependsOn: [{ name: 'outer' }] }),
    outer: kustomization('inner') + kustomization('other'),
    inner: '',
    last: '',
  });
  expect(isBefore(order, 'inner', 'last')).toBe(expected);
});

test('with wait, Flux reads no healthChecks', () => {
  const order = orderIn({
    'flux-system':
      kustomization('outer', { wait: true, healthChecks: [check('far')] }) +
      kustomization('far') +
      kustomization('last', { dependsOn: [{ name: 'outer' }] }),
    outer: '',
    far: '',
    last: '',
  });
  expect(isBefore(order, 'far', 'last')).toBe(false);
});

test.each([
  ['kustomize.toolkit.fluxcd.io/reconcile', 'disabled'],
  ['kustomize.toolkit.fluxcd.io/ssa', 'Ignore'],
])('what Flux leaves alone is not waited for: %s %s', (key, value) => {
  const order = orderIn({
    'flux-system': kustomization('outer', { wait: true }) + kustomization('last', { dependsOn: [{ name: 'outer' }] }),
    outer: kustomization('inner', {}, { annotations: { [key]: value } }),
    inner: '',
    last: '',
  });
  expect(isBefore(order, 'inner', 'last')).toBe(false);
});

test('a dependency without a namespace is in that of who depends', () => {
  const order = orderIn({
    'flux-system':
      kustomization('a') +
      kustomization('a', {}, { namespace: 'apps' }) +
      kustomization('b', { dependsOn: [{ name: 'a' }] }, { namespace: 'apps' }),
  });
  const b = order.find('Kustomization', '', 'apps', 'b')!;
  expect(b.dependsOn.map((d) => d.on?.label)).toEqual(['"apps/a"']);
});

test('a HelmRelease finds HelmReleases only', () => {
  const order = orderIn({
    'flux-system':
      kustomization('a', {}, { namespace: 'apps' }) +
      helmRelease('a') +
      helmRelease('b', { dependsOn: [{ name: 'a' }] }),
  });
  const b = order.find('HelmRelease', '', 'apps', 'b')!;
  expect(b.dependsOn.map((d) => d.on?.label)).toEqual(['HelmRelease "apps/a"']);
});

test('a dependency whose name Flux substitutes is nobody’s', () => {
  const order = orderIn({ 'flux-system': kustomization('a', { dependsOn: [{ name: '${BEFORE}' }] }) });
  expect(order.find('Kustomization', '', 'flux-system', 'a')!.dependsOn).toEqual([]);
});

test('the root is named like any other', () => {
  const order = orderIn({ 'flux-system': kustomization('a', { dependsOn: [{ name: 'flux-system' }] }), a: '' });
  expect(isBefore(order, 'flux-system', 'a')).toBe(true);
  expect(order.cycles()).toEqual([]);
});

test('a root that waits, as its manifest says, waits for what depends on it', () => {
  const order = orderIn({
    'flux-system':
      kustomization('flux-system', { wait: true }) + kustomization('a', { dependsOn: [{ name: 'flux-system' }] }),
    a: '',
  });
  expect(order.cycles().map((c) => c.map((s) => s.why))).toEqual([
    ['"flux-system" waits for "a", which it contains', '"a" depends on "flux-system"'],
  ]);
});

// Against a second implementation

test('layers are ready before others exactly where the slow way says so', () => {
  fc.assert(
    fc.property(GRAPH, (graph) => {
      const order = orderIn(yamlOf(graph));
      const slow = slowly(graph);
      for (const [i] of graph.entries()) {
        for (const [j] of graph.entries()) {
          expect([i, j, isBefore(order, `l${i}`, `l${j}`)]).toEqual([i, j, slow.isReadyBefore(i, j)]);
        }
      }
    }),
    { numRuns: 300 },
  );
});

test('cycles are told exactly where the slow way finds one', () => {
  fc.assert(
    fc.property(GRAPH, (graph) => {
      expect(orderIn(yamlOf(graph)).cycles().length > 0).toBe(slowly(graph).hasCycle);
    }),
    { numRuns: 300 },
  );
});

test('each step of a cycle leads to the next one, and the last to the first', () => {
  fc.assert(
    fc.property(GRAPH, (graph) => {
      for (const cycle of orderIn(yamlOf(graph)).cycles()) {
        for (const [i, { why }] of cycle.entries()) {
          const [from, to] = namesIn(why);
          expect(from).toBe(namesIn(cycle.at(i - 1)!.why)[1]);
          expect(to).toBe(namesIn(cycle[(i + 1) % cycle.length]!.why)[0]);
        }
      }
    }),
    { numRuns: 300 },
  );
});

test('a long chain has an order, and a long ring is one cycle', () => {
  const names = Array.from({ length: 3000 }, (_, i) => `l${i}`);
  const ring = (first: object) =>
    orderIn({
      'flux-system': names
        .map((n, i) => kustomization(n, i > 0 ? { dependsOn: [{ name: names[i - 1] }] } : first))
        .join(''),
      ...Object.fromEntries(names.map((n) => [n, ''])),
    });
  const chain = ring({});
  expect(chain.cycles()).toEqual([]);
  expect(isBefore(chain, 'l0', 'l2999')).toBe(true);
  expect(
    ring({ dependsOn: [{ name: 'l2999' }] })
      .cycles()
      .map((c) => c.length),
  ).toEqual([3000]);
});

interface Vertex {
  /** The one that contains it, always one before it; none where it is itself. */
  readonly parent: number;
  readonly wait: boolean;
  readonly checks: readonly number[];
  readonly dependsOn: readonly number[];
}

const SIZE = 7;
const GRAPH: fc.Arbitrary<readonly Vertex[]> = fc.tuple(
  ...Array.from({ length: SIZE }, (_, i) =>
    fc.record({
      parent: fc.oneof(fc.constant(i), fc.nat(i)),
      wait: fc.boolean(),
      checks: fc.uniqueArray(fc.nat(SIZE - 1), { maxLength: 1 }),
      dependsOn: fc.uniqueArray(fc.nat(SIZE - 1), { maxLength: 2 }),
    }),
  ),
);

function yamlOf(graph: readonly Vertex[]): Record<string, string> {
  const yaml: Record<string, string> = { 'flux-system': '' };
  for (const [i] of graph.entries()) yaml[`l${i}`] = '';
  for (const [i, { parent, wait, checks, dependsOn }] of graph.entries()) {
    yaml[parent === i ? 'flux-system' : `l${parent}`] += kustomization(`l${i}`, {
      wait,
      healthChecks: checks.map((c) => check(`l${c}`)),
      dependsOn: dependsOn.map((d) => ({ name: `l${d}` })),
    });
  }
  return yaml;
}

/** All pairs of moments by Warshall's algorithm. The moments of i are 2i (it begins) and 2i + 1 (it is ready). */
function slowly(graph: readonly Vertex[]) {
  const n = 2 * graph.length;
  const before = Array.from({ length: n }, () => Array.from({ length: n }, () => false));
  for (const [i, { parent, wait, checks, dependsOn }] of graph.entries()) {
    before[2 * i + 1]![2 * i] = true;
    for (const d of dependsOn) before[2 * i]![2 * d + 1] = true;
    if (parent !== i) before[2 * i]![2 * parent] = true;
    if (parent !== i && graph[parent]!.wait) before[2 * parent + 1]![2 * i + 1] = true;
    // Flux takes itself out of what it checks.
    if (!wait) for (const c of checks.filter((c) => c !== i)) before[2 * i + 1]![2 * c + 1] = true;
  }
  for (let k = 0; k < n; k++) {
    for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) before[i]![j] ||= before[i]![k]! && before[k]![j]!;
  }
  return {
    isReadyBefore: (i: number, j: number) => before[2 * j]![2 * i + 1]!,
    hasCycle: before.some((row, i) => row[i]),
  };
}

function namesIn(why: string): [string, string] {
  const [, from, to] = /"(l\d+)".*"(l\d+)"/.exec(why)!;
  return [from!, to!];
}

function check(name: string): object {
  return { apiVersion: 'kustomize.toolkit.fluxcd.io/v1', kind: 'Kustomization', name, namespace: 'flux-system' };
}

function orderIn(yaml: Readonly<Record<string, string>>): Order {
  return orderOf(new ClusterState(yamlCluster(yaml)));
}

function isBefore(order: Order, first: string, second: string): boolean {
  const layer = (name: string) => order.find('Kustomization', '', 'flux-system', name)!.layer!;
  return order.isReadyBefore(layer(first), layer(second));
}
