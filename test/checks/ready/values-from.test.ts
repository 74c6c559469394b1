import { expect, test } from '@jest/globals';
import { ConfigMap, HelmRelease, Layer, Namespace, OCIRef, Secret, Source } from 'cdk8s-flux-fleet';
import type { Finding, HelmValuesFrom } from 'cdk8s-flux-fleet';
import { findingsIn, findingsInLayer } from '../support.js';

const chartRef = Source.oci({ url: 'oci://ghcr.io/acme/charts/web', ref: OCIRef.semver('1.x') });

/** What is wrong with a release that reads its values from a ConfigMap. */
function findings(data: Record<string, string>, reference: Partial<HelmValuesFrom> = {}): readonly Finding[] {
  return findingsInLayer((layer) => {
    const from = new ConfigMap(layer, 'values', { data });
    new HelmRelease(layer, 'web', { chartRef, serviceAccountName: 'default', valuesFrom: [{ from, ...reference }] });
  });
}

test.each([
  ['a map', 'replicas: 1\n'],
  ['comments only', '# nothing yet\n'],
  ['a map with a variable', 'host: web.${DOMAIN}\n'],
])('%s is values', (_, text) => {
  expect(findings({ 'values.yaml': text })).toEqual([]);
});

test('a key that the ConfigMap does not have is told with those that it has', () => {
  expect(findings({ 'web.yaml': 'replicas: 1\n' })).toMatchObject([
    { rule: 'values-from', expected: 'web.yaml', given: 'values.yaml' },
  ]);
  expect(findings({ 'web.yaml': 'replicas: 1\n' }, { valuesKey: 'web.yaml' })).toEqual([]);
});

test('an optional key may be missing', () => {
  expect(findings({ 'web.yaml': 'replicas: 1\n' }, { optional: true })).toEqual([]);
});

test.each([
  ['a list', '- 1\n', 'YAML that is no map'],
  ['a text', 'hello\n', 'YAML that is no map'],
  ['a key twice', 'a: 1\na: 2\n', 'Map keys must be unique at line 2, column 1'],
  ['what is no YAML', 'a: [\n', 'Flow sequence in block collection must be sufficiently indented and end with a ]'],
])('%s is told', (_, text, given) => {
  const [finding, ...others] = findings({ 'values.yaml': text });
  expect(others).toEqual([]);
  expect(finding).toMatchObject({ rule: 'values-from', expected: 'a YAML map under the key values.yaml' });
  expect(finding!.given).toContain(given);
});

test('one value for a path is no document', () => {
  expect(findings({ 'values.yaml': '- 1\n' }, { targetPath: 'replicas' })).toEqual([]);
});

test('a ConfigMap that others make is not judged', () => {
  const from = ConfigMap.fromName('values');
  const of = () =>
    findingsInLayer((layer) => {
      new HelmRelease(layer, 'web', { chartRef, serviceAccountName: 'default', valuesFrom: [{ from }] });
    });
  expect(of()).toEqual([]);
});

test('a ConfigMap of another cluster of the hub is not the one that is read', () => {
  const found = findingsIn((cluster) => {
    for (const [target, text] of Object.entries({ a: 'replicas: 1\n', b: '- 1\n' })) {
      const kubeConfig = { secretRef: Secret.fromName(target) };
      const layer = new Layer(cluster, target, { namespace: 'base', kubeConfig });
      new Namespace(layer, 'base');
      const from = new ConfigMap(layer, 'values', { data: { 'values.yaml': text } });
      const release = { chartRef, serviceAccountName: 'default', valuesFrom: [{ from }] };
      new HelmRelease(layer, 'web', release);
    }
  });
  expect(found).toMatchObject([{ rule: 'values-from', where: { construct: 'test/b/web' } }]);
});
