import { expect, test } from '@jest/globals';
import { ConfigMap, GitRef, Kustomization, Layer, Namespace, Repository, Source, Tenant } from 'cdk8s-flux-fleet';
import { findingsOf } from '../../support/fleet.js';
import { findingsIn, findingsInLayer, object, rulesOf } from '../support.js';

/** A source that names its Secret, as hand-written code has it. */
function repository(secret: string): object {
  return {
    apiVersion: 'source.toolkit.fluxcd.io/v1',
    kind: 'GitRepository',
    spec: { interval: '5m', url: 'https://github.com/acme/web', secretRef: { name: secret } },
  };
}

const source = Source.git({ url: 'https://github.com/acme/team', ref: GitRef.branch('main') });

test('a Secret that nobody makes is told, with the lines that declare it', () => {
  const [finding, ...others] = findingsInLayer((layer) => object(layer, 'web', repository('login')));
  expect(others).toEqual([]);
  expect(finding).toMatchObject({
    rule: 'secret-missing',
    what: 'GitRepository "base/web" needs the Secret "base/login", which nothing makes: Flux reports \'secrets "login" not found\', tries again for ever, and gets nothing new',
    expected: 'a Secret of this name in base: there is none',
  });
  expect(finding!.fix).toContain('exists:\n  - kind: Secret\n    name: login\n    namespace: base');
});

test('a Secret that is declared is there', () => {
  const exists = [{ kind: 'Secret', name: 'login', namespace: 'base' }];
  const fill = (layer: Layer) => object(layer, 'web', repository('login'));
  const found = findingsIn((cluster) => fill(new Layer(cluster, 'base', { namespace: 'base' })), { exists });
  expect(found).toEqual([]);
});

test('flux-system has the Secret that flux bootstrap makes, and no other', () => {
  const found = findingsInLayer(
    (layer) => {
      object(layer, 'own', repository('flux-system'));
      object(layer, 'web', repository('login'));
    },
    { namespace: 'flux-system' },
  );
  expect(found).toMatchObject([{ rule: 'secret-missing', where: { construct: 'test/base/web' } }]);
});

test('what a team applies may bring a Secret of its namespaces, but not the one that it comes by', () => {
  const found = findingsIn((cluster) => {
    new Tenant(cluster, 'team', { namespaces: ['team'], source, path: './deploy' });
    const platform = new Layer(cluster, 'platform', { namespace: 'flux-system' });
    new ConfigMap(platform, 'settings', {});
    object(platform, 'of-team', { ...repository('login'), metadata: { name: 'of-team', namespace: 'team' } });
    object(platform, 'of-flux', repository('login'));
  });
  expect(found).toMatchObject([{ rule: 'secret-missing', where: { construct: 'test/platform/of-flux' } }]);
});

test('a source does not get its Secret from what it fetches', () => {
  const found = findingsInLayer((layer) => {
    object(layer, 'web', repository('login'));
    const own = Source.fromName('GitRepository', 'web');
    new Kustomization(layer, 'web-apps', { source: own, path: './', serviceAccountName: 'kustomize-controller' });
  });
  expect(rulesOf(found)).toContain('secret-missing');
});

test('a layer of others that may write everywhere may bring it, except into flux-system', () => {
  const found = findingsIn((cluster) => {
    new Layer(cluster, 'vendor', { source, path: './' });
    object(new Layer(cluster, 'base', { namespace: 'base' }), 'web', repository('login'));
    object(new Layer(cluster, 'system', { namespace: 'flux-system' }), 'web', repository('login'));
  });
  expect(found).toMatchObject([{ rule: 'secret-missing', where: { construct: 'test/system/web' } }]);
});

test('an object of an unknown kind may make the Secret that it names', () => {
  const fill = (name: string) => (layer: Layer) => {
    object(layer, 'web', repository('login'));
    object(layer, 'x', { apiVersion: 'secrets.example.com/v1', kind: 'Vault', spec: { into: [{ name }] } });
  };
  expect(rulesOf(findingsInLayer(fill('login')))).not.toContain('secret-missing');
  expect(rulesOf(findingsInLayer(fill('other')))).toContain('secret-missing');
});

test('pods wait for a Secret that a chart may bring in its namespace only', () => {
  const pod = { containers: [{ name: 'web', image: 'web', envFrom: [{ secretRef: { name: 'login' } }] }] };
  const fill = (targetNamespace: string) => (layer: Layer) => {
    object(layer, 'web', { apiVersion: 'v1', kind: 'Pod', spec: pod });
    object(layer, 'chart', {
      apiVersion: 'helm.toolkit.fluxcd.io/v2',
      kind: 'HelmRelease',
      spec: { interval: '1h', targetNamespace, serviceAccountName: 'default' },
    });
  };
  expect(rulesOf(findingsInLayer(fill('base')))).not.toContain('secret-missing');
  expect(rulesOf(findingsInLayer(fill('other')))).toContain('secret-missing');
});

test('a Secret that may be missing is not asked for', () => {
  const volumes = [{ name: 'a', secret: { secretName: 'login', optional: true } }];
  const found = findingsInLayer((layer) => {
    const containers = [{ name: 'web', image: 'web', envFrom: [{ secretRef: { name: 'more', optional: true } }] }];
    object(layer, 'web', { apiVersion: 'v1', kind: 'Pod', spec: { containers, volumes } });
  });
  expect(rulesOf(found)).not.toContain('secret-missing');
});

test('of directories that others apply nothing is said', () => {
  const infra = new Repository({ name: 'infra' });
  const layer = new Layer(infra, 'web', { namespace: 'base' });
  new Namespace(layer, 'base');
  object(layer, 'repo', repository('login'));
  expect(findingsOf(() => infra.files())).toEqual([]);
});
