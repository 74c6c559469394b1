import { expect, test } from '@jest/globals';
import { HelmRelease, OCIRef, Source } from 'cdk8s-flux-fleet';
import { object } from '../support.js';
import { applyFindings } from './support.js';

const CHART = Source.oci({ url: 'oci://ghcr.io/acme/charts/web', ref: OCIRef.semver('1.x') });

test('what the CRD refuses by a rule is told in its words, with the field', () => {
  const findings = applyFindings((layer) => {
    object(layer, 'web', {
      apiVersion: 'helm.toolkit.fluxcd.io/v2',
      kind: 'HelmRelease',
      spec: { interval: '10m' },
    });
  });
  expect(findings).toMatchObject([
    {
      rule: 'crd-rule',
      what: 'spec of HelmRelease "base/web" breaks a rule of its CRD, and the API server refuses it: either chart or chartRef must be set',
      where: { construct: 'test/base/web' },
    },
  ]);
});

test('a rule in the depth of an object names its place', () => {
  const findings = applyFindings((layer) => {
    new HelmRelease(layer, 'web', {
      chartRef: CHART,
      spec: { install: { strategy: { name: 'RemediateOnFailure', retryInterval: '5m' } } },
    });
  });
  expect(findings).toMatchObject([
    {
      rule: 'crd-rule',
      what: 'spec.install.strategy of HelmRelease "base/web" breaks a rule of its CRD, and the API server refuses it: .retryInterval cannot be set when .name is \'RemediateOnFailure\'',
    },
  ]);
});

test('what keeps the rules is fine', () => {
  const findings = applyFindings((layer) => {
    new HelmRelease(layer, 'web', {
      chartRef: CHART,
      spec: { install: { strategy: { name: 'RetryOnFailure', retryInterval: '5m' } } },
    });
  });
  expect(findings).toEqual([]);
});

test('rules see the defaults of the CRD, as on the cluster', () => {
  const provider = (spec: object): object => ({
    apiVersion: 'source.toolkit.fluxcd.io/v1',
    kind: 'Bucket',
    spec: { bucketName: 'b', endpoint: 's3.example.com', interval: '10m', ...spec },
  });
  const findings = applyFindings((layer) => {
    // The provider is "generic" where it is not said, and that one has no service account.
    object(layer, 'wrong', provider({ serviceAccountName: 'reader' }));
    object(layer, 'right', provider({ serviceAccountName: 'reader', provider: 'aws' }));
  });
  expect(findings.map((f) => [f.rule, f.where?.construct])).toEqual([['crd-rule', 'test/base/wrong']]);
});

test('an object with a field that is wrong in itself is told of that alone', () => {
  const findings = applyFindings((layer) => {
    object(layer, 'web', { apiVersion: 'helm.toolkit.fluxcd.io/v2', kind: 'HelmRelease', spec: { interval: 10 } });
  });
  expect(findings.map((f) => f.rule)).toEqual(['invalid-field']);
});
