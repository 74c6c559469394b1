import { expect, test } from '@jest/globals';
import { ConfigMap, Layer } from 'cdk8s-flux-fleet';
import { variableName } from '../../../lib/checks/ready/variable-name.js';
import { kustomization, manifest, yamlFindings } from '../../support/yaml-cluster.js';
import { findingsIn } from '../support.js';

test('a key that is no name of a variable is told', () => {
  const findings = findingsIn(
    (cluster) => {
      const first = new Layer(cluster, 'first', { namespace: 'flux-system' });
      const from = new ConfigMap(first, 'values', { data: { 'values.yaml': 'a', DOMAIN: 'example.com' } });
      const postBuild = { substituteFrom: [{ from }] };
      const base = new Layer(cluster, 'base', { namespace: 'base', postBuild, dependsOn: [first] });
      new ConfigMap(base, 'settings', { data: { a: 'https://${DOMAIN}' } });
    },
    { exists: [{ kind: 'Namespace', name: 'base' }] },
  );
  expect(findings).toMatchObject([
    {
      rule: 'variable-name',
      what: 'the layer "base" substitutes from keys that are no names of variables: Flux applies nothing of it',
      given: 'values.yaml',
      where: { construct: 'test/base' },
    },
  ]);
});

test.each([
  [{ a: '1', _b: '2', C3: '4' }, []],
  [{ 'a-b': '1', '3c': '2', ä: '3' }, ['3c, a-b, ä']],
])('of %j it tells %j', (substitute, given) => {
  const apps = kustomization('apps', { postBuild: { substitute } });
  const findings = yamlFindings(variableName, { 'flux-system': apps, apps: manifest('v1', 'ConfigMap', 'a') });
  expect(findings.map((f) => f.given)).toEqual(given);
});

test('where there is nothing to substitute in, Flux does not look at the names', () => {
  const apps = kustomization('apps', { postBuild: { substitute: { 'a-b': '1' } } });
  expect(yamlFindings(variableName, { 'flux-system': apps, apps: '' })).toEqual([]);
});
