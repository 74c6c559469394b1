import { expect, test } from '@jest/globals';
import { layerTooLarge } from '../../../lib/checks/apply/layer-too-large.js';
import { checkCluster } from '../../../lib/checks/index.js';
import type { ClusterModel, LayerModel } from '../../../lib/model/cluster-model.js';

/** A layer of so many ConfigMaps, each of which takes 100 bytes of the inventory. */
function layer(name: string, count: number): LayerModel {
  const length = 100 - '{"id":"apps_'.length - '__ConfigMap","v":"v1"},'.length;
  return {
    name,
    parent: undefined,
    directory: name,
    target: '',
    namespace: undefined,
    objects: Array.from({ length: count }, (_, i) => ({
      object: {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name: String(i).padStart(length, 'x'), namespace: 'apps' },
      },
      construct: undefined,
      code: () => undefined,
      allowed: [],
      namespace: undefined,
    })),
    kustomization: undefined,
    construct: name,
    code: () => undefined,
    allowed: [],
    incomplete: false,
  };
}

function said(...layers: LayerModel[]): object[] {
  const model = { name: 'test', layers, system: { files: {}, kustomization: {} }, exists: [], partial: false };
  return [...checkCluster(model as unknown as ClusterModel, [layerTooLarge]).findings];
}

/** What etcd takes: 1.5 MiB. */
const LIMIT = Math.floor((1.5 * 1024 * 1024) / 100);

test('a layer with more objects than its Kustomization can note is told', () => {
  expect(said(layer('tenants', LIMIT + 1))).toMatchObject([
    {
      rule: 'layer-too-large',
      what: 'the layer "tenants" has more objects than status.inventory can hold: Flux applies them, fails to write what it applied, and is never ready',
      given: `${LIMIT + 1} objects, 1.50 MiB in status.inventory`,
      fix: 'divide the layer',
      where: { construct: 'tenants' },
    },
  ]);
});

test('layers are measured one by one', () => {
  expect(said(layer('a', LIMIT), layer('b', LIMIT))).toEqual([]);
});
