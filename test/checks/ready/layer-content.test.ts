import { expect, test } from '@jest/globals';
import { ConfigMap, InfraComponent, Layer, Namespace, OCIRef, Source, Tenant } from 'cdk8s-flux-fleet';
import { layerContent } from '../../../lib/checks/ready/layer-content.js';
import { kustomization, yamlFindings } from '../../support/yaml-cluster.js';
import { findingsIn, rulesOf } from '../support.js';

const SOURCE = Source.oci({ url: 'oci://ghcr.io/acme/policies', ref: OCIRef.tag('v1') });

test('an empty layer is told', () => {
  expect(findingsIn((cluster) => new Layer(cluster, 'base'))).toMatchObject([
    { rule: 'layer-content', what: 'the layer "base" is empty', where: { construct: 'test/base' } },
  ]);
});

test('a layer with a source and an object is told', () => {
  const findings = findingsIn((cluster) => {
    new Namespace(new Layer(cluster, 'base', { source: SOURCE, path: './' }), 'extra');
  });
  expect(findings).toMatchObject([
    {
      rule: 'layer-content',
      what: 'the layer "base" has both a source and content of its own',
      given: 'a source, and 1 object such as test/base/extra',
      where: { construct: 'test/base' },
    },
  ]);
});

test('a layer with a source and a layer in it is told', () => {
  const findings = findingsIn((cluster) => {
    const outer = new Layer(cluster, 'outer', { source: SOURCE, path: './' });
    new Namespace(new Layer(outer, 'inner'), 'inner');
  });
  expect(rulesOf(findings)).toEqual(['layer-content']);
});

test('all empty layers are told', () => {
  const findings = findingsIn((cluster) => {
    const outer = new Layer(cluster, 'outer');
    new Layer(outer, 'inner');
    new Layer(cluster, 'other');
  });
  // The outer one is not empty: it has the Kustomization of the inner one.
  expect(findings.map((f) => f.where?.construct)).toEqual(['test/outer/inner', 'test/other']);
});

test('what is left of a tenant that leaves is no empty layer', () => {
  const findings = findingsIn((cluster) => {
    const tenants = new Layer(cluster, 'tenants');
    new Tenant(tenants, 'dev-team', { namespaces: ['apps'], offboarding: true });
  });
  expect(findings).toEqual([]);
});

test('objects, layers below, or a source are content', () => {
  const findings = findingsIn((cluster) => {
    new Namespace(new Layer(cluster, 'objects'), 'objects');
    new Namespace(new Layer(new Layer(cluster, 'outer'), 'inner'), 'inner');
    new Layer(cluster, 'remote', { source: SOURCE, path: './' });
    new ConfigMap(new InfraComponent(new Layer(cluster, 'more'), 'component', { namespace: 'a' }).configs, 'settings');
  });
  expect(findings).toEqual([]);
});

test('of an empty directory among files another rule speaks', () => {
  expect(yamlFindings(layerContent, { 'flux-system': kustomization('base'), base: '' })).toEqual([]);
});
