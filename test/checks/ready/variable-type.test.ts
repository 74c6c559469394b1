import { expect, test } from '@jest/globals';
import { ConfigMap, Layer, Secret } from 'cdk8s-flux-fleet';
import { variableType } from '../../../lib/checks/ready/variable-type.js';
import type { Finding } from '../../../lib/finding.js';
import type { JsonObject } from '../../../lib/yaml/normalize.js';
import { kustomization, yamlFindings } from '../../support/yaml-cluster.js';
import { findingsIn } from '../support.js';

test('text that becomes a number is told, by this rule alone', () => {
  const findings = findingsIn(
    (cluster) => {
      const postBuild = { substitute: { PORT: '8080' } };
      const base = new Layer(cluster, 'base', { namespace: 'base', postBuild });
      new ConfigMap(base, 'settings', { data: { port: '${PORT}', ports: '${PORT},8443' } });
    },
    { exists: [{ kind: 'Namespace', name: 'base' }] },
  );
  expect(findings).toMatchObject([
    {
      rule: 'variable-type',
      what: 'data.port of ConfigMap "base/settings" becomes a number when Flux substitutes its variable, whatever its quotes: the API server refuses it, and with it everything else that the Kustomization applies',
      given: '${PORT}, which becomes 8080',
      fix: `write '\${quote:="}\${PORT}\${quote:="}', which puts the quotes around the value on the cluster`,
      where: { construct: 'test/base/settings' },
    },
  ]);
});

test('the advice is right: with quotes from a variable it stays text', () => {
  expect(findingsWith({ data: { port: '${quote:="}${PORT}${quote:="}', on: '${quote:="}${ON}${quote:="}' } })).toEqual(
    [],
  );
});

test.each([
  ['${PORT}', 'becomes a number'],
  ['${ON}', 'becomes true or false'],
  ['${YES}', 'becomes true or false'],
  ['${LIST}', 'becomes a list'],
  ['${X:=off}', 'becomes true or false'],
  ['${X:=1e3}', 'becomes a number'],
  ['${COLON}', 'is no YAML any more'],
])('%s as data of a ConfigMap %s', (text, what) => {
  expect(findingsWith({ data: { a: text } }).map((f) => f.what)).toEqual([expect.stringContaining(what)]);
});

test.each(['v${PORT}', '${NAME}', '${PORT}\n', "'${ON}'", '${DATE}', '${EMPTY}', 'on ${ON}', '$${PORT}'])(
  '%j is still text',
  (text) => {
    expect(findingsWith({ data: { a: text } })).toEqual([]);
  },
);

test('a label of another type costs all labels, an annotation the layer', () => {
  const [label, annotation, ...others] = findingsWith({
    metadata: { name: 'a', labels: { a: '${PORT}' }, annotations: { b: '${PORT}', c: '${EMPTY}' } },
  });
  expect(others).toEqual([]);
  expect(label!.what).toContain('Flux then drops all labels of the object');
  expect(annotation!.what).toContain('the API server refuses it');
});

test('a label that is empty is an empty label', () => {
  expect(findingsWith({ metadata: { name: 'a', labels: { a: '${EMPTY}' } } })).toEqual([]);
});

test('a number where the kind wants one is fine, and anything in a kind that is not known', () => {
  const service = { kind: 'Service', spec: { ports: [{ port: '${PORT}', targetPort: '${PORT}' }] } };
  expect(findingsWith(service)).toEqual([]);
  expect(findingsWith({ apiVersion: 'example.com/v1', kind: 'Widget', spec: { a: '${PORT}' } })).toEqual([]);
});

test('of a value that is not known nothing is told', () => {
  const findings = findingsIn(
    (cluster) => {
      const postBuild = { substituteFrom: [{ from: Secret.fromName('facts', ['PORT']) }] };
      const base = new Layer(cluster, 'base', { namespace: 'base', postBuild });
      new ConfigMap(base, 'settings', { data: { port: '${PORT}' } });
    },
    { exists: [{ kind: 'Namespace', name: 'base' }] },
  );
  expect(findings).toEqual([]);
});

const SUBSTITUTE = {
  PORT: '8080',
  ON: 'true',
  YES: 'yes',
  LIST: '[a, b]',
  NAME: 'web',
  DATE: '2026-01-01',
  COLON: 'a: b',
  EMPTY: '',
};

function findingsWith(object: JsonObject): readonly Finding[] {
  const apps = kustomization('apps', { postBuild: { substitute: SUBSTITUTE } });
  const json = JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' }, ...object });
  return yamlFindings(variableType, { 'flux-system': apps, apps: json });
}
