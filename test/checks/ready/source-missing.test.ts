import { expect, test } from '@jest/globals';
import { GitRef, GitRepository, Source, Kustomization, Layer, Namespace, Secret } from 'cdk8s-flux-fleet';
import { ALL_CONTROLLERS } from '../../support/fleet.js';
import { findingsIn, findingsInLayer, object, rulesOf } from '../support.js';

const url = 'https://github.com/acme/web';
const ref = GitRef.branch('main');

/** A Kustomization with a source by name, as hand-written code has it. */
function kustomization(name: string, more: object = {}): object {
  return {
    apiVersion: 'kustomize.toolkit.fluxcd.io/v1',
    kind: 'Kustomization',
    spec: {
      interval: '10m',
      path: './',
      prune: true,
      serviceAccountName: 'default',
      sourceRef: { kind: 'GitRepository', name },
      ...more,
    },
  };
}

test('a source that is not there is told with what was meant', () => {
  const found = findingsInLayer((layer) => {
    new GitRepository(layer, 'web', { url, ref });
    object(layer, 'apps', kustomization('wep'));
  });
  expect(found).toMatchObject([
    {
      rule: 'source-missing',
      what: expect.stringContaining(
        `Kustomization "base/apps" needs the GitRepository "base/wep", which nothing makes: Flux reports 'GitRepository.source.toolkit.fluxcd.io "wep" not found'`,
      ),
      expected: 'a GitRepository that is there in base: did you mean "web"?',
      given: 'wep',
      where: { construct: 'test/base/apps' },
    },
  ]);
  expect(found[0]!.fix).toContain('exists:\n  - kind: GitRepository\n    name: wep\n    namespace: base');
});

test('a source that is there, and one that is declared, are fine', () => {
  const found = findingsInLayer((layer) => {
    new GitRepository(layer, 'web', { url, ref });
    object(layer, 'apps', kustomization('web'));
    new Kustomization(layer, 'more', {
      source: Source.fromName('GitRepository', 'others'),
      path: './',
      serviceAccountName: 'default',
    });
  });
  expect(found).toEqual([]);
});

test('a source of another namespace is not looked for, and that is told', () => {
  const found = findingsIn((cluster) => {
    new GitRepository(new Layer(cluster, 'first', { namespace: 'other' }), 'web', { url, ref });
    object(new Layer(cluster, 'second', { namespace: 'base' }), 'apps', kustomization('web'));
  });
  expect(found).toMatchObject([
    {
      rule: 'source-missing',
      expected: 'a GitRepository in base: there is one of this name in other, and it is not looked for there',
    },
  ]);
});

test('the source of the cluster itself needs no object', () => {
  const found = findingsInLayer(
    (layer) => {
      const apps = kustomization('flux-system', { serviceAccountName: 'kustomize-controller' });
      object(layer, 'apps', { ...apps, metadata: { name: 'apps', namespace: 'flux-system' } });
    },
    { namespace: 'flux-system' },
  );
  expect(found).toEqual([]);
});

test('what an ImagePolicy chooses from is a source, too', () => {
  const found = findingsIn(
    (cluster) => {
      object(new Layer(cluster, 'base', { namespace: 'base' }), 'web', {
        apiVersion: 'image.toolkit.fluxcd.io/v1',
        kind: 'ImagePolicy',
        spec: { imageRepositoryRef: { name: 'web' }, policy: { semver: { range: '1.x' } } },
      });
    },
    { flux: ALL_CONTROLLERS },
  );
  expect(rulesOf(found)).toEqual(['source-missing']);
});

test('on a hub each cluster has sources of its own', () => {
  const found = findingsIn((cluster) => {
    const kubeConfig = { secretRef: Secret.fromName('edge') };
    const edge = new Layer(cluster, 'edge', { namespace: 'edge', kubeConfig });
    new Namespace(edge, 'edge');
    new GitRepository(edge, 'web', { url, ref });
    object(edge, 'there', kustomization('web'));
    object(new Layer(cluster, 'home', { namespace: 'base' }), 'here', kustomization('web'));
  });
  expect(found).toMatchObject([{ rule: 'source-missing', where: { construct: 'test/home/here' } }]);
});

test('a name that Flux fills in is not judged', () => {
  const substitute = { SOURCE: '${NAME}' };
  const found = findingsInLayer((layer) => object(layer, 'apps', kustomization('${SOURCE}')), {
    postBuild: { substitute },
  });
  expect(rulesOf(found)).not.toContain('source-missing');
});
