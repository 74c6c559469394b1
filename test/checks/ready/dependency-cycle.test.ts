import { expect, test } from '@jest/globals';
import { GitRef, InfraComponent, Kustomization, Layer, Namespace, Source, Tenant } from 'cdk8s-flux-fleet';
import type { Cluster, Finding } from 'cdk8s-flux-fleet';
import * as fc from 'fast-check';
import { dependencyCycle } from '../../../lib/checks/ready/dependency-cycle.js';
import { helmRelease, kustomization, yamlFindings } from '../../support/yaml-cluster.js';
import { findingsIn, rulesOf } from '../support.js';

const SOURCE = Source.git({ url: 'https://github.com/acme/apps', ref: GitRef.branch('main') });

test('two layers that wait for each other are told, with the reason of each step', () => {
  const findings = findingsIn((cluster) => {
    const [a, b] = layers(cluster, 'a', 'b');
    a!.addDependsOn(b!);
    b!.addDependsOn(a!);
  });
  expect(findings).toMatchObject([
    {
      rule: 'dependency-cycle',
      what: 'the layer "a" and the layer "b" wait for each other: none of them would ever be ready',
      given: '"a" depends on "b"\n"b" depends on "a"',
      where: { construct: 'test/a' },
    },
  ]);
});

test('a layer that waits for itself is told', () => {
  const findings = findingsIn((cluster) => {
    const [a] = layers(cluster, 'a');
    a!.addDependsOn(a!);
  });
  expect(findings).toMatchObject([{ rule: 'dependency-cycle', given: '"a" depends on "a"' }]);
});

test('a long cycle is told whole, and what only leads to it is not', () => {
  const findings = findingsIn((cluster) => {
    const chain = layers(cluster, 'start', ...Array.from({ length: 50 }, (_, i) => `layer-${i}`), 'end');
    for (const [i, layer] of chain.entries()) if (i > 0) chain[i - 1]!.addDependsOn(layer);
    chain[50]!.addDependsOn(chain[1]!);
  });
  expect(findings[0]!.given!.split('\n')).toHaveLength(50);
  expect(findings[0]!.given).not.toMatch(/"(start|end)"/);
});

test('each of several cycles is told', () => {
  const findings = findingsIn((cluster) => {
    const [a, b, c, d] = layers(cluster, 'a', 'b', 'c', 'd');
    a!.addDependsOn(b!);
    b!.addDependsOn(a!);
    c!.addDependsOn(d!);
    d!.addDependsOn(c!);
  });
  expect(rulesOf(findings)).toEqual(['dependency-cycle', 'dependency-cycle']);
});

test('a component that waits for what waits for it is told', () => {
  const findings = findingsIn((cluster) => {
    const a = new InfraComponent(cluster, 'a', { namespace: 'a' });
    const b = new InfraComponent(cluster, 'b', { namespace: 'b', dependsOn: [a] });
    new Namespace(a.configs, 'more');
    a.addDependsOn(b);
  });
  expect(findings).toMatchObject([
    {
      rule: 'dependency-cycle',
      given: [
        '"a-controllers" depends on "b-controllers"',
        '"b-controllers" depends on "a-configs"',
        '"a-configs" depends on "a-controllers"',
      ].join('\n'),
    },
  ]);
});

// Layers in layers

test('a layer in another one cannot wait for what waits for the outer one', () => {
  const findings = findingsIn((cluster) => insideOut(cluster));
  expect(findings).toMatchObject([
    {
      rule: 'dependency-cycle',
      what: 'the layer "outer", the layer "inner" and the layer "other" wait for each other: none of them would ever be ready',
      given: [
        '"outer" waits for "inner", which it contains',
        '"inner" depends on "other"',
        '"other" depends on "outer"',
      ].join('\n'),
    },
  ]);
});

test('it can where the outer one does not wait for what it contains', () => {
  expect(findingsIn((cluster) => insideOut(cluster, false))).toEqual([]);
});

test('a layer cannot wait for the one that contains it', () => {
  const findings = findingsIn((cluster) => {
    const [outer] = layers(cluster, 'outer');
    const [inner] = layers(outer!, 'inner');
    inner!.addDependsOn(outer!);
  });
  expect(findings).toMatchObject([
    {
      rule: 'dependency-cycle',
      given: '"outer" waits for "inner", which it contains\n"inner" depends on "outer"',
    },
  ]);
});

test('a layer cannot wait for one that it contains: it is what applies it', () => {
  const findings = findingsIn((cluster) => {
    const outer = new Layer(cluster, 'outer', { wait: false });
    const [inner] = layers(outer, 'inner');
    outer.addDependsOn(inner!);
  });
  expect(findings).toMatchObject([
    { rule: 'dependency-cycle', given: '"outer" depends on "inner"\n"inner" is applied by "outer"' },
  ]);
});

test('a layer may wait for its sister, and both for what their parent waits for', () => {
  const findings = findingsIn((cluster) => {
    const [base, outer] = layers(cluster, 'base', 'outer');
    outer!.addDependsOn(base!);
    const [one, two] = layers(outer!, 'one', 'two');
    two!.addDependsOn(one!, base!);
    one!.addDependsOn(base!);
    const [last] = layers(cluster, 'last');
    last!.addDependsOn(outer!, two!);
  });
  expect(findings).toEqual([]);
});

test('many ways to one layer are no cycle', () => {
  const findings = findingsIn((cluster) => {
    const all = layers(cluster, ...Array.from({ length: 40 }, (_, i) => `layer-${i}`));
    for (const [i, layer] of all.entries()) layer.addDependsOn(...all.slice(0, i));
  });
  expect(findings).toEqual([]);
});

// Kustomizations that are objects

test('Kustomizations of a tenant that wait for each other are told', () => {
  const findings = findingsIn((cluster) => {
    const tenant = new Tenant(cluster, 'dev-team', { namespaces: ['apps'] });
    const a = new Kustomization(tenant, 'a', { source: SOURCE, path: './a' });
    const b = new Kustomization(tenant, 'b', { source: SOURCE, path: './b', dependsOn: [a] });
    a.addDependsOn(b);
  });
  expect(findings).toMatchObject([
    { rule: 'dependency-cycle', given: '"apps/a" depends on "apps/b"\n"apps/b" depends on "apps/a"' },
  ]);
});

test('Kustomizations of one name in two namespaces are two', () => {
  const findings = findingsIn((cluster) => {
    const tenant = new Tenant(cluster, 'dev-team', { namespaces: ['apps', 'jobs'] });
    const there = new Kustomization(tenant, 'there', { name: 'a', namespace: 'jobs', source: SOURCE, path: './a' });
    new Kustomization(tenant, 'here', { name: 'a', source: SOURCE, path: './a', dependsOn: [there] });
  });
  expect(findings).toEqual([]);
});

// HelmReleases

test('HelmReleases that wait for each other are told', () => {
  const findings = yamlFindings(dependencyCycle, {
    'flux-system':
      helmRelease('app', { dependsOn: [{ name: 'db' }] }) + helmRelease('db', { dependsOn: [{ name: 'app' }] }),
  });
  expect(findings).toMatchObject([
    {
      what: 'HelmRelease "apps/app" and HelmRelease "apps/db" wait for each other: none of them would ever be ready',
      given:
        'HelmRelease "apps/app" depends on HelmRelease "apps/db"\nHelmRelease "apps/db" depends on HelmRelease "apps/app"',
    },
  ]);
});

test('a layer cannot wait for a HelmRelease that waits for one after it', () => {
  const yaml = (wait: boolean) => ({
    'flux-system': kustomization('apps', { wait }) + kustomization('data', { dependsOn: [{ name: 'apps' }] }),
    apps: helmRelease('app', { dependsOn: [{ name: 'db' }] }),
    data: helmRelease('db'),
  });
  expect(yamlFindings(dependencyCycle, yaml(true))).toMatchObject([
    {
      given: [
        '"apps" waits for HelmRelease "apps/app", which it contains',
        'HelmRelease "apps/app" depends on HelmRelease "apps/db"',
        'HelmRelease "apps/db" is applied by "data"',
        '"data" depends on "apps"',
      ].join('\n'),
    },
  ]);
  expect(yamlFindings(dependencyCycle, yaml(false))).toEqual([]);
});

test('a layer cannot check the health of one that waits for it', () => {
  const healthChecks = [
    { apiVersion: 'kustomize.toolkit.fluxcd.io/v1', kind: 'Kustomization', name: 'b', namespace: 'flux-system' },
  ];
  const findings = yamlFindings(dependencyCycle, {
    'flux-system': kustomization('a', { healthChecks }) + kustomization('b', { dependsOn: [{ name: 'a' }] }),
  });
  expect(findings).toMatchObject([{ given: '"a" checks the health of "b"\n"b" depends on "a"' }]);
});

test('what is missing is no cycle', () => {
  expect(yamlFindings(dependencyCycle, { 'flux-system': kustomization('a', { dependsOn: [{ name: 'b' }] }) })).toEqual(
    [],
  );
});

// Against a reference

test('a cycle is told exactly where Flux would never be done', () => {
  fc.assert(
    fc.property(GRAPH, (graph) => {
      const findings = findingsIn((cluster) => build(cluster, graph));
      expect(rulesOf(findings).includes('dependency-cycle')).toBe(!comesToAnEnd(graph));
    }),
    { numRuns: 200 },
  );
});

test('every step of a cycle that is told is one that the code says', () => {
  fc.assert(
    fc.property(GRAPH, (graph) => {
      const [finding] = findingsIn((cluster) => build(cluster, graph));
      for (const step of stepsOf(finding)) expect(allSteps(graph)).toContain(step);
    }),
    { numRuns: 100 },
  );
});

/** A layer of a random graph. */
interface Vertex {
  /** The one that contains it, always one before it; none where it is itself. */
  readonly parent: number;
  readonly wait: boolean;
  readonly dependsOn: readonly number[];
}

const SIZE = 6;
const GRAPH: fc.Arbitrary<readonly Vertex[]> = fc.tuple(
  ...Array.from({ length: SIZE }, (_, i) =>
    fc.record({
      parent: fc.oneof(fc.constant(i), fc.nat(i)),
      wait: fc.boolean(),
      dependsOn: fc.uniqueArray(fc.nat(SIZE - 1), { maxLength: 2 }),
    }),
  ),
);

function build(cluster: Cluster, graph: readonly Vertex[]): void {
  const made: Layer[] = [];
  for (const [i, { parent, wait }] of graph.entries()) {
    const layer = new Layer(parent === i ? cluster : made[parent]!, `layer-${i}`, { wait });
    new Namespace(layer, `namespace-${i}`);
    made.push(layer);
  }
  for (const [i, { dependsOn }] of graph.entries()) made[i]!.addDependsOn(...dependsOn.map((d) => made[d]!));
}

/** Does what Flux does, until nothing changes any more: is everything ready then? */
function comesToAnEnd(graph: readonly Vertex[]): boolean {
  const applied = graph.map(() => false);
  const ready = graph.map(() => false);
  for (let round = 0; round < 2 * graph.length; round++) {
    for (const [i, { parent, wait, dependsOn }] of graph.entries()) {
      applied[i] ||= (parent === i || applied[parent]!) && dependsOn.every((d) => ready[d]);
      const contained = graph.flatMap((v, j) => (v.parent === i && j !== i ? [ready[j]] : []));
      ready[i] ||= applied[i] && (!wait || contained.every(Boolean));
    }
  }
  return ready.every(Boolean);
}

function allSteps(graph: readonly Vertex[]): string[] {
  return graph.flatMap(({ parent, wait, dependsOn }, i) => [
    ...dependsOn.map((d) => `"layer-${i}" depends on "layer-${d}"`),
    ...(parent === i ? [] : [`"layer-${i}" is applied by "layer-${parent}"`]),
    ...graph.flatMap((v, j) =>
      wait && v.parent === i && j !== i ? [`"layer-${i}" waits for "layer-${j}", which it contains`] : [],
    ),
  ]);
}

function stepsOf(finding: Finding | undefined): string[] {
  return finding?.given?.split('\n') ?? [];
}

/** Layers side by side, each with something in it. */
function layers(scope: Cluster | Layer, ...names: string[]): Layer[] {
  return names.map((name) => {
    const layer = new Layer(scope, name);
    new Namespace(layer, `namespace-of-${name}`);
    return layer;
  });
}

/** `outer` contains `inner`, which depends on `other`, which depends on `outer`. */
function insideOut(cluster: Cluster, wait?: boolean): void {
  const outer = new Layer(cluster, 'outer', { wait });
  const [inner] = layers(outer, 'inner');
  const [other] = layers(cluster, 'other');
  other!.addDependsOn(outer);
  inner!.addDependsOn(other!);
}
