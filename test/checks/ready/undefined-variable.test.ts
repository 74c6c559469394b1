import { expect, test } from '@jest/globals';
import { ConfigMap, Layer, Secret, variable } from 'cdk8s-flux-fleet';
import type { ClusterProps, Finding, LayerProps } from 'cdk8s-flux-fleet';
import { findingsIn, findingsInLayer, object, rulesOf } from '../support.js';

const SUBSTITUTES: LayerProps = { postBuild: { substitute: { DOMAIN: 'example.com' } } };

test('a variable that nobody defines is told with what was meant', () => {
  expect(findingsWith('${DOMAIM}')).toMatchObject([
    {
      rule: 'undefined-variable',
      what: '${DOMAIM} in ConfigMap "base/settings" is defined nowhere, and the layer "base" substitutes variables: Flux applies nothing of the layer',
      expected: 'one that is defined: DOMAIN',
      given: 'DOMAIM',
      fix: 'write ${DOMAIN}; write $${DOMAIM} where it is no variable of Flux',
      where: { construct: 'test/base/settings' },
    },
  ]);
});

test('a variable that is like no other is told with where to define it', () => {
  expect(findingsWith('${REPLICAS}')).toMatchObject([
    { fix: 'define it in postBuild or in the cluster’s variables; write $${REPLICAS} where it is no variable of Flux' },
  ]);
});

test('each variable is told once for an object, however often it stands there', () => {
  const findings = findingsInLayer((layer) => {
    new ConfigMap(layer, 'settings', { data: { a: '${A} and ${A}', b: '${A}', c: '${B}' } });
  }, SUBSTITUTES);
  expect(findings.map((f) => f.given)).toEqual(['A', 'B']);
});

test('a variable in a key is told', () => {
  const findings = findingsInLayer((layer) => {
    new ConfigMap(layer, 'settings', { data: { '${KEY}': 'x' } });
  }, SUBSTITUTES);
  expect(rulesOf(findings)).toContain('undefined-variable');
});

test('a variable in a layer below is a matter of that layer', () => {
  const findings = findingsIn((cluster) => {
    const outer = new Layer(cluster, 'outer', SUBSTITUTES);
    new ConfigMap(new Layer(outer, 'inner', { namespace: 'base' }), 'settings', { data: { a: '${A}' } });
  });
  expect(findings).toEqual([]);
});

test('where nothing is substituted, nothing is a variable', () => {
  expect(findingsWith('${ANYTHING}', {})).toEqual([]);
});

// What defines

test('substitute defines', () => {
  expect(findingsWith('${DOMAIN}')).toEqual([]);
});

test('variables of the cluster are defined where runtimeInfo brings them', () => {
  const cluster = { variables: { DOMAIN: 'example.com' } };
  expect(findingsWith('${DOMAIN}', { runtimeInfo: true }, cluster)).toEqual([]);
  const always: LayerProps = { postBuild: { substituteStrategy: 'Always' } };
  expect(findingsWith('${DOMAIN}', always, cluster).map((f) => f.given)).toEqual(['DOMAIN']);
});

test('where postBuild defines nothing, Flux substitutes nothing, unless it always does', () => {
  expect(findingsWith('${DOMAIN}', { postBuild: {} })).toEqual([]);
  expect(findingsWith('${DOMAIN}', { postBuild: { substituteStrategy: 'Always' } }).map((f) => f.given)).toEqual([
    'DOMAIN',
  ]);
});

test('before Flux 2.9 the text is told to be empty', () => {
  expect(findingsWith('${X}', SUBSTITUTES, { fluxVersion: '2.8.3' })).toMatchObject([
    { what: expect.stringContaining('Flux writes nothing in its place') },
  ]);
});

test('a ConfigMap that a layer emits defines its keys', () => {
  const findings = findingsIn((cluster) => {
    const first = new Layer(cluster, 'first', { namespace: 'flux-system' });
    const from = new ConfigMap(first, 'facts', { data: { DOMAIN: 'example.com' } });
    const base = new Layer(cluster, 'base', {
      namespace: 'base',
      postBuild: { substituteFrom: [{ from }] },
      dependsOn: [first],
    });
    new ConfigMap(base, 'settings', { data: { a: '${DOMAIN}', b: '${REGION}' } });
  });
  expect(findings.map((f) => f.given)).toEqual(['REGION']);
});

test('a ConfigMap of the same name in another namespace defines nothing', () => {
  const findings = findingsIn((cluster) => {
    new ConfigMap(new Layer(cluster, 'other', { namespace: 'other' }), 'facts', { data: { REGION: 'eu' } });
    const from = ConfigMap.fromName('facts', ['DOMAIN']);
    const base = new Layer(cluster, 'base', { namespace: 'base', postBuild: { substituteFrom: [{ from }] } });
    new ConfigMap(base, 'settings', { data: { a: '${DOMAIN}', b: '${REGION}' } });
  });
  expect(findings.map((f) => f.given)).toEqual(['REGION']);
});

test.each([
  ['ConfigMap', ConfigMap.fromName('facts', ['DOMAIN'])],
  ['Secret', Secret.fromName('facts', ['DOMAIN'])],
])('a %s of others defines the keys that are declared', (_, from) => {
  const layer = { postBuild: { substituteFrom: [{ from }] } };
  expect(findingsWith('${DOMAIN}', layer)).toEqual([]);
  expect(findingsWith('${REGION}', layer).map((f) => f.given)).toEqual(['REGION']);
});

test('keys of others may be declared for the cluster', () => {
  const layer = { postBuild: { substituteFrom: [{ from: Secret.fromName('facts') }] } };
  const exists = [{ kind: 'Secret', name: 'facts', namespace: 'flux-system', keys: ['DOMAIN'] }];
  expect(findingsWith('${DOMAIN}', layer, { exists })).toEqual([]);
  expect(findingsWith('${REGION}', layer, { exists }).map((f) => f.given)).toEqual(['REGION']);
});

test.each([
  ['a Secret of others', { from: Secret.fromName('facts') }],
  ['one that may be missing', { from: Secret.fromName('facts'), optional: true }],
])('where the keys of %s are not declared, nothing is told', (_, from) => {
  expect(findingsWith('${ANYTHING}', { postBuild: { substitute: { A: '1' }, substituteFrom: [from] } })).toEqual([]);
});

// What is no undefined variable

test.each([
  ['a default', '${X:=b}'],
  ['an empty default', '${X:=}'],
  ['a default that is not assigned', '${X:-b}'],
  ['what a shell writes where it is set, and Flux where it is not', '${X:+b}'],
  ['an escape', '$${X}'],
  ['a variable of a shell without braces', '$X and $(X)'],
  ['a dollar in front of something else', 'costs $5 {X}'],
  ['an expression of another language', '{{ $X }} and $${{ github.ref }}'],
  ['what variable() writes with a fallback', variable('X', 'b')],
])('%s is fine: %s', (_, text) => {
  expect(findingsWith(text)).toEqual([]);
});

test.each(['${X}', 'a ${X} b', '${X}${DOMAIN}', '$$$${X} ${X}', '${X//a/b}', '${#X}'])('%s is told', (text) => {
  expect(findingsWith(text).map((f) => f.given)).toEqual(['X']);
});

test('a variable in the default of another one is told', () => {
  expect(findingsWith('${DOMAIN:=${X}}').map((f) => f.given)).toEqual(['X']);
});

test.each([
  ['annotation', 'annotations'],
  ['label', 'labels'],
] as const)('an object that opts out by %s is left alone', (_, field) => {
  const findings = findingsInLayer((layer) => {
    new ConfigMap(layer, 'dashboard', {
      [field]: { 'kustomize.toolkit.fluxcd.io/substitute': 'disabled' },
      data: { 'dashboard.json': '{"datasource":"${DS_PROMETHEUS}"}' },
    });
    object(layer, 'other', { apiVersion: 'v1', kind: 'ConfigMap', data: { a: '${X}' } });
  }, SUBSTITUTES);
  expect(findings.map((f) => f.given)).toEqual(['X']);
});

/** What is wrong with one ConfigMap that holds a text. */
function findingsWith(text: string, layer: LayerProps = SUBSTITUTES, cluster: ClusterProps = {}): readonly Finding[] {
  return findingsIn((c) => {
    new ConfigMap(new Layer(c, 'base', { namespace: 'base', ...layer }), 'settings', { data: { text } });
  }, cluster);
}

test('a ConfigMap that a hub applies elsewhere defines nothing for its own layers', () => {
  const findings = findingsIn((cluster) => {
    const kubeConfig = { secretRef: Secret.fromName('edge') };
    const edge = new Layer(cluster, 'edge', { namespace: 'flux-system', kubeConfig });
    const home = new Layer(cluster, 'home', { namespace: 'flux-system' });
    new ConfigMap(edge, 'settings', { data: { REGION: 'eu' } });
    const from = new ConfigMap(home, 'settings', { data: { DOMAIN: 'example.com' } });
    const apps = new Layer(cluster, 'apps', { namespace: 'apps', postBuild: { substituteFrom: [{ from }] } });
    new ConfigMap(apps, 'urls', { data: { url: '${DOMAIN}' } });
  });
  expect(findings).toEqual([]);
});
