import { expect, test } from '@jest/globals';
import { effectiveCluster } from '../../lib/kustomize/effective.js';
import { findKustomize } from '../../lib/kustomize/command.js';
import type { ClusterModel } from '../../lib/model/cluster-model.js';
import type { JsonObject } from '../../lib/yaml/normalize.js';
import { kustomization, manifest, yamlCluster } from '../support/yaml-cluster.js';

const withKustomize = findKustomize() ? test : test.skip;

test('objects have the values of their variables, and remember the variables', () => {
  const model = clusterWith({ postBuild: { substitute: { HOST: 'example.com' } } }, { url: 'https://${HOST}' });
  const [on] = effectiveCluster(model).layers[1]!.objects;
  expect(on!.object.spec).toEqual({ url: 'https://example.com' });
  expect(on!.unsubstituted).toBe(model.layers[1]!.objects[0]!.object);
});

test.each([
  ['no variables', { postBuild: { substitute: { A: '1' } } }, { a: 'b' }],
  ['variables that nobody substitutes', {}, { a: '${A}' }],
  ['a dollar that stays', { postBuild: { substitute: { A: '1' } } }, { a: '$5' }],
])('a cluster with %s is the very same', (_, spec, content) => {
  const model = clusterWith(spec, content);
  expect(effectiveCluster(model)).toBe(model);
});

test('what a parent substitutes in the Kustomization of its child counts for the child', () => {
  const child = kustomization('child', { postBuild: { substitute: { HOST: 'www.${DOMAIN}' } } });
  const model = yamlCluster({
    'flux-system': kustomization('parent', { postBuild: { substitute: { DOMAIN: 'example.com' } } }),
    parent: child,
    child: manifest('v1', 'ConfigMap', 'a', { url: '${HOST}' }),
  });
  const { layers } = effectiveCluster(model);
  expect(layers[2]!.objects[0]!.object.spec).toEqual({ url: 'www.example.com' });
  expect(layers[2]!.kustomization).toBe(layers[1]!.objects[0]);
});

test('common metadata comes last, and has no variables', () => {
  const labels = { team: '${TEAM}' };
  const model = clusterWith(
    { commonMetadata: { labels }, postBuild: { substitute: { TEAM: 'web' } } },
    { a: '${TEAM}' },
  );
  expect(firstOf(effectiveCluster(model))).toMatchObject({ metadata: { labels }, spec: { a: 'web' } });
});

test('what nothing changes is the object that was emitted', () => {
  const model = yamlCluster({
    'flux-system': kustomization('apps', { postBuild: { substitute: { A: '1' } } }),
    apps: manifest('v1', 'ConfigMap', 'a', { a: 'x${A}' }) + manifest('v1', 'ConfigMap', 'b', { a: 'x' }),
  });
  const { layers } = effectiveCluster(model);
  expect(layers[0]).toBe(model.layers[0]);
  expect(layers[1]!.objects[1]).toBe(model.layers[1]!.objects[1]);
});

withKustomize('options of the Kustomization are applied before variables', () => {
  const patch = JSON.stringify([{ op: 'add', path: '/spec/b', value: '${A}' }]);
  const spec = { targetNamespace: 'web', patches: [{ patch, target: { kind: 'ConfigMap' } }] };
  const model = clusterWith({ ...spec, postBuild: { substitute: { A: 'x' } } }, { a: '${A}' });
  expect(firstOf(effectiveCluster(model))).toMatchObject({ metadata: { namespace: 'web' }, spec: { a: 'x', b: 'x' } });
});

withKustomize('an object that a patch deletes is gone, and the others keep their place', () => {
  const patch = '$patch: delete\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n  namespace: flux-system\n';
  const model = yamlCluster({
    'flux-system': kustomization('apps', { patches: [{ patch }] }),
    apps: manifest('v1', 'ConfigMap', 'a') + manifest('v1', 'ConfigMap', 'b'),
  });
  const { objects } = effectiveCluster(model).layers[1]!;
  expect(objects).toEqual([model.layers[1]!.objects[1]]);
});

withKustomize('where kustomize fails the objects stay, and the layer says why', () => {
  const patch = 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: other\n  namespace: flux-system\ndata: {}\n';
  const model = clusterWith({ patches: [{ patch }] }, { a: 'b' });
  const layer = effectiveCluster(model).layers[1]!;
  expect(layer.objects).toEqual(model.layers[1]!.objects);
  expect(layer.facts?.error).toContain('no matches for Id');
});

/** A layer `apps` with one ConfigMap. */
function clusterWith(spec: object, content: object): ClusterModel {
  return yamlCluster({ 'flux-system': kustomization('apps', spec), apps: manifest('v1', 'ConfigMap', 'a', content) });
}

function firstOf({ layers }: ClusterModel): JsonObject {
  return layers[1]!.objects[0]!.object;
}
