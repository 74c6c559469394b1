import { expect, test } from '@jest/globals';
import { Cluster, ConfigMap, GitRef, HelmRelease, Kustomization, Layer, Source, variable } from 'cdk8s-flux-fleet';
import { Args } from '../lib/argument.js';
import { strictVariables } from '../lib/variables.js';
import { objectIn } from './flux/objects.js';
import { filesOf, findingsOf, testFleet } from './support/fleet.js';

const NONE = new Args(undefined, 'test');

test('one variable known at synth, one that Flux substitutes', () => {
  const cluster = new Cluster(testFleet(), 'test', { variables: { DOMAIN: 'example.com' } });
  const layer = new Layer(cluster, 'base', { namespace: 'base', runtimeInfo: true });
  new ConfigMap(layer, 'settings', {
    data: { known: cluster.variables.DOMAIN, later: variable('DOMAIN'), guess: variable('REGION', 'eu') },
  });
  expect(filesOf(cluster)['layers/base/base.yaml']).toMatchInlineSnapshot(`
   "apiVersion: v1
   kind: ConfigMap
   metadata:
     name: settings
     namespace: base
   data:
     guess: "\${REGION:=eu}"
     known: example.com
     later: "\${DOMAIN}"
   "
  `);
});

test('a path, a branch and a value of a chart may hold a variable', () => {
  const variables = { ENVIRONMENT: 'staging', BRANCH: 'main', DOMAIN: 'example.com' };
  const cluster = new Cluster(testFleet(), 'test', { variables });
  const layer = new Layer(cluster, 'apps', { namespace: 'apps', runtimeInfo: true });
  const ref = GitRef.branch(variable('BRANCH'));
  const source = Source.git({ name: 'apps', url: 'https://github.com/acme/apps', ref });
  new Kustomization(layer, 'web', { source, path: `./components/${variable('ENVIRONMENT')}` });
  new HelmRelease(layer, 'api', { chart: { chart: './api', source }, values: { host: `api.${variable('DOMAIN')}` } });
  const text = filesOf(cluster)['layers/apps/apps.yaml'];
  expect(objectIn(text, 'GitRepository').spec['ref']).toEqual({ branch: '${BRANCH}' });
  expect(objectIn(text, 'Kustomization').spec['path']).toBe('./components/${ENVIRONMENT}');
  expect(objectIn(text, 'HelmRelease').spec['values']).toEqual({ host: 'api.${DOMAIN}' });
});

test('a variable comes out as Flux reads it', () => {
  expect(variable('CLUSTER_DOMAIN')).toBe('${CLUSTER_DOMAIN}');
});

test('a variable may have a fallback, also an empty one', () => {
  expect([variable('REGION', 'eu-west-1'), variable('SUFFIX', '')]).toEqual(['${REGION:=eu-west-1}', '${SUFFIX:=}']);
});

test.each(['CLUSTER-DOMAIN', '1ST', '', 'a b', 'a.b', '${A}'])('Flux cannot substitute the name %j', (name) => {
  expect(findingsOf(() => variable(name)).map((f) => f.rule)).toEqual(['variable-name']);
});

test('a wrong name is told with the one to write', () => {
  expect(findingsOf(() => variable('1ST-DOMAIN'))).toMatchObject([
    { given: '"1ST-DOMAIN"', fix: 'write "_1ST_DOMAIN"' },
  ]);
});

test('a fallback that would end the expression early is refused', () => {
  expect(findingsOf(() => variable('CONFIG', '{"a":{}}'))).toHaveLength(1);
});

test('strict variables read like the plain ones', () => {
  const plain = { DOMAIN: 'example.com', REGION: 'eu' };
  const variables = strictVariables(NONE, plain);
  expect({ ...variables }).toEqual(plain);
  expect(Object.entries(variables)).toEqual(Object.entries(plain));
  expect('DOMAIN' in variables).toBe(true);
  expect('TYPO' in variables).toBe(false);
});

test('strict variables may be awaited, serialized and printed', async () => {
  const variables = strictVariables(NONE, { DOMAIN: 'example.com' });
  expect(await Promise.resolve(variables)).toEqual({ DOMAIN: 'example.com' });
  expect(JSON.stringify({ variables })).toBe('{"variables":{"DOMAIN":"example.com"}}');
});

test('where nothing is near what was asked for, the fix is to add it', () => {
  const variables = strictVariables(NONE, { DOMAIN: 'example.com' }) as Record<string, string>;
  expect(findingsOf(() => variables['REPLICAS'])).toMatchObject([
    { rule: 'unknown-variable', expected: 'DOMAIN', fix: 'add it to the cluster’s variables' },
  ]);
});

test('where there are no variables at all, that is what is said', () => {
  const variables = strictVariables(NONE, {}) as Record<string, string>;
  expect(findingsOf(() => variables['DOMAIN'])).toMatchObject([{ expected: 'none: the cluster has no variables' }]);
});

test.each([
  [3, 'write "3"'],
  [true, 'write "true"'],
])('the value %j is refused, with the text to write', (value, fix) => {
  expect(findingsOf(() => strictVariables(NONE, { REPLICAS: value as never }))).toMatchObject([
    { rule: 'variable-value', what: 'the variable REPLICAS is no text', fix },
  ]);
});

test('a value that no text stands for is refused, and no text is made up', () => {
  const [finding] = findingsOf(() => strictVariables(NONE, { LIST: { a: 1 } as never }));
  expect(finding).toMatchObject({ rule: 'variable-value', given: '{"a":1}' });
  expect(finding!.fix ?? '').not.toContain('[object Object]');
});
