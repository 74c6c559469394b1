import { expect, test } from '@jest/globals';
import { allow, GitRef, Layer, Namespace, Source, Tenant, TenantPolicies } from 'cdk8s-flux-fleet';
import type { Cluster, Finding } from 'cdk8s-flux-fleet';
import { findingsIn, object, rulesOf } from '../support.js';

const OTHERS = Source.git({ url: 'https://github.com/acme-evil/shop', ref: GitRef.branch('main') });
const OURS = Source.git({ url: 'https://github.com/acme/shop', ref: GitRef.branch('main') });
const SOURCE_API = 'source.toolkit.fluxcd.io/v1';

/** What is wrong with a cluster whose tenants may take sources of acme only. */
function findings(fill: (cluster: Cluster) => unknown): readonly Finding[] {
  return findingsIn((cluster) => {
    new TenantPolicies(cluster, 'policies', { allowedSources: ['https://github.com/acme', 'oci://ghcr.io/acme'] });
    fill(cluster);
  });
}

test('a source of a tenant from elsewhere is told', () => {
  const found = findings((cluster) => {
    new Tenant(cluster, 'shop', { namespaces: ['shop'], source: OTHERS, path: './' });
  });
  expect(found).toMatchObject([
    {
      rule: 'source-not-allowed',
      what: 'GitRepository "shop/shop" comes from where tenants of the cluster "test" may not take sources',
      expected: 'an address below https://github.com/acme/, oci://ghcr.io/acme/',
      given: 'https://github.com/acme-evil/shop',
    },
  ]);
});

test('a source from where it is allowed is fine', () => {
  const tenant = (cluster: Cluster) => new Tenant(cluster, 'shop', { namespaces: ['shop'], source: OURS, path: './' });
  expect(findings(tenant)).toEqual([]);
});

test('charts and images are sources too, and an image has no scheme', () => {
  const found = findings((cluster) => {
    const tenant = new Tenant(cluster, 'shop', { namespaces: ['shop'] });
    const source = (id: string, kind: string, spec: object) =>
      object(tenant, id, { apiVersion: SOURCE_API, kind, spec });
    source('charts', 'HelmRepository', { url: 'https://charts.bitnami.com/bitnami' });
    source('artifact', 'OCIRepository', { url: 'oci://ghcr.io/acme/shop' });
    const image = (id: string, name: string) => {
      const spec = { image: name, interval: '5m' };
      object(tenant, id, { apiVersion: 'image.toolkit.fluxcd.io/v1', kind: 'ImageRepository', spec });
    };
    image('ours', 'ghcr.io/acme/shop');
    image('theirs', 'ghcr.io/acme-evil/shop');
  });
  const judged = found.filter((f) => f.rule === 'source-not-allowed').map((f) => f.given);
  expect(judged.sort()).toEqual(['https://charts.bitnami.com/bitnami', 'oci://ghcr.io/acme-evil/shop']);
});

test('the platform’s own sources may come from anywhere', () => {
  const found = findings((cluster) => {
    const layer = new Layer(cluster, 'infra', { namespace: 'infra' });
    new Namespace(layer, 'infra');
    object(layer, 'git', {
      apiVersion: SOURCE_API,
      kind: 'GitRepository',
      spec: { url: OTHERS.props.url, interval: '5m' },
    });
    new Layer(cluster, 'elsewhere', { source: OTHERS, path: './' });
  });
  expect(found).toEqual([]);
});

test('without policies for tenants nothing is judged', () => {
  const tenant = (cluster: Cluster) =>
    new Tenant(cluster, 'shop', { namespaces: ['shop'], source: OTHERS, path: './' });
  expect(findingsIn(tenant)).toEqual([]);
});

test('an address that is substituted on the cluster is judged there', () => {
  const found = findings((cluster) => {
    const tenant = new Tenant(cluster, 'shop', { namespaces: ['shop'] });
    const spec = { url: 'https://${GIT_HOST}/acme/shop', interval: '5m' };
    object(tenant, 'git', { apiVersion: SOURCE_API, kind: 'GitRepository', spec });
  });
  expect(rulesOf(found)).not.toContain('source-not-allowed');
});

test('with two packs of policies a source has to please both', () => {
  const found = findings((cluster) => {
    new TenantPolicies(cluster, 'more-policies', { allowedSources: ['https://github.com/acme/shop'] });
    new Tenant(cluster, 'shop', { namespaces: ['shop'], source: OURS, path: './' });
    const other = Source.git({ url: 'https://github.com/acme/other', ref: GitRef.branch('main') });
    new Tenant(cluster, 'other', { namespaces: ['other'], source: other, path: './' });
  });
  expect(found.map((f) => [f.given, f.expected])).toEqual([
    ['https://github.com/acme/other', 'an address below https://github.com/acme/shop/'],
  ]);
});

test('it can be allowed for one tenant, with a reason', () => {
  const found = findings((cluster) => {
    const tenant = new Tenant(cluster, 'shop', { namespaces: ['shop'], source: OTHERS, path: './' });
    allow(tenant, { rule: 'source-not-allowed', reason: 'It moves to our organisation next month.' });
  });
  expect(found).toEqual([]);
});

test('a prefix that is substituted on the cluster is judged there', () => {
  const found = findingsIn((cluster) => {
    new TenantPolicies(cluster, 'policies', { allowedSources: ['https://${GIT_HOST}/acme'] });
    new Tenant(cluster, 'shop', { namespaces: ['shop'], source: OTHERS, path: './' });
  });
  expect(rulesOf(found)).not.toContain('source-not-allowed');
});
