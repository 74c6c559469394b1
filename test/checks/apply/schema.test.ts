import { expect, test } from '@jest/globals';
import { ConfigMap, Flux, HelmRelease, Layer, Namespace, OCIRef, Source, variable } from 'cdk8s-flux-fleet';
import { object, rulesOf } from '../support.js';
import { applyFindings, applyFindingsIn } from './support.js';

const CHART = Source.oci({ url: 'oci://ghcr.io/acme/charts/web', ref: OCIRef.semver('1.x') });

test('a value of the wrong type is told with its place', () => {
  const findings = applyFindings((layer) => new ConfigMap(layer, 'settings', { data: { PORT: 8080 as never } }));
  expect(findings).toMatchObject([
    {
      rule: 'invalid-field',
      what: 'data.PORT of ConfigMap "base/settings" is not what its kind takes: the API server refuses it',
      expected: 'a string',
      given: '8080 (a number)',
      where: { construct: 'test/base/settings' },
    },
  ]);
});

test('a field that the kind has not is told with what was meant', () => {
  const findings = applyFindings((layer) => {
    new HelmRelease(layer, 'web', { chartRef: CHART, spec: { valuesForm: [] } });
  });
  expect(findings).toMatchObject([
    { rule: 'invalid-field', expected: "no field of this name; did you mean 'valuesFrom'?" },
  ]);
});

test('the escape hatch of a layer is held against the schema too', () => {
  const findings = applyFindingsIn((cluster) => {
    new Namespace(new Layer(cluster, 'base', { spec: { wait: 'yes' } }), 'base');
  });
  expect(findings).toMatchObject([{ rule: 'invalid-field', where: { construct: 'test/base' } }]);
});

test('so is what the installation of Flux says', () => {
  const flux = Flux.operator({ cluster: { type: 'mainframe' as never } });
  expect(applyFindingsIn(() => undefined, { flux })).toMatchObject([
    { rule: 'invalid-field', what: expect.stringContaining('spec.cluster.type of FluxInstance') },
  ]);
});

test('several fields of one object are told one by one', () => {
  const findings = applyFindings((layer) => {
    object(layer, 'web', { apiVersion: 'v1', kind: 'Service', spec: { ports: [{ port: 'http' }], type: 5 } });
  });
  expect(rulesOf(findings)).toEqual(['invalid-field', 'invalid-field']);
});

test('a variable where Flux will put a number is fine', () => {
  const findings = applyFindings(
    (layer) =>
      object(layer, 'web', {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        spec: {
          replicas: variable('REPLICAS'),
          selector: { matchLabels: { app: 'web' } },
          template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'web', image: 'nginx' }] } },
        },
      }),
    { postBuild: { substitute: { REPLICAS: '3' } } },
  );
  expect(findings).toEqual([]);
});

test('null deletes a default of a chart, and is fine wherever Helm values stand', () => {
  const findings = applyFindings((layer) => {
    new HelmRelease(layer, 'web', { chartRef: CHART, values: { resources: null, list: [null] } });
  });
  expect(findings).toEqual([]);
});

test('kinds that nothing is known of are fine', () => {
  const findings = applyFindings((layer) => {
    object(layer, 'thing', {
      apiVersion: 'example.com/v1',
      kind: 'ClusterThing',
      spec: { anything: [1, 'a', { b: true }] },
    });
  });
  expect(findings).toEqual([]);
});
