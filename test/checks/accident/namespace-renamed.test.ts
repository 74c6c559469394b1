import { expect, test } from '@jest/globals';
import { Layer, Namespace } from 'cdk8s-flux-fleet';
import type { LayerProps } from 'cdk8s-flux-fleet';
import { namespaceRenamed } from '../../../lib/checks/accident/namespace-renamed.js';
import type { ClusterModel } from '../../../lib/model/cluster-model.js';
import { object } from '../support.js';
import { toldBy } from './support.js';

/** What is said of a Namespace `shop` in a layer, as it is written and not built yet. */
function toldOf(props: LayerProps) {
  return toldBy(namespaceRenamed, (cluster) => new Namespace(new Layer(cluster, 'apps', props), 'shop'));
}

/** The model after kustomize has given its Namespaces another name. */
function renamedTo(name: string): (model: ClusterModel) => ClusterModel {
  return (model) => ({
    ...model,
    layers: model.layers.map((layer) => ({
      ...layer,
      objects: layer.objects.map((on) =>
        on.object.kind === 'Namespace'
          ? { ...on, written: on.object, object: { ...on.object, metadata: { name } } }
          : on,
      ),
    })),
  });
}

test('a Namespace under another targetNamespace is told', () => {
  expect(toldOf({ targetNamespace: 'flux-system' })).toMatchObject([
    {
      rule: 'namespace-renamed',
      what: 'Namespace "shop" becomes the namespace "flux-system": the targetNamespace of the layer "apps" renames Namespaces too',
      given: 'Namespace "shop", and targetNamespace: flux-system',
      where: { construct: 'test/apps/shop' },
    },
  ]);
});

test('a Namespace that was renamed by the build is told by the name in its file', () => {
  const told = toldBy(
    namespaceRenamed,
    (cluster) => new Namespace(new Layer(cluster, 'apps', { targetNamespace: 'flux-system' }), 'shop'),
    {},
    renamedTo('flux-system'),
  );
  expect(told.map((f) => f.what)).toEqual([
    'Namespace "shop" becomes the namespace "flux-system": the targetNamespace of the layer "apps" renames Namespaces too',
  ]);
});

test('a Namespace that a kustomization.yaml renames beside it is often meant, and not told', () => {
  const told = toldBy(
    namespaceRenamed,
    (cluster) => new Namespace(new Layer(cluster, 'apps'), 'not-used'),
    {},
    renamedTo('shop'),
  );
  expect(told).toEqual([]);
});

test('the Namespace that targetNamespace names is fine', () => {
  expect(toldOf({ targetNamespace: 'shop' })).toEqual([]);
});

test('a Namespace without a targetNamespace is fine', () => {
  expect(toldOf({})).toEqual([]);
});

test('another kind of that name keeps its name', () => {
  const told = toldBy(namespaceRenamed, (cluster) => {
    const metadata = { name: 'other', namespace: 'shop' };
    const layer = new Layer(cluster, 'apps', { targetNamespace: 'shop' });
    object(layer, 'other', { apiVersion: 'example.com/v1', kind: 'Namespace', metadata });
  });
  expect(told).toEqual([]);
});
