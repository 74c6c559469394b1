import { expect, test } from '@jest/globals';
import { Flux, fluxAnnotations, Layer, Namespace } from 'cdk8s-flux-fleet';
import { fluxPrunable } from '../../../lib/checks/accident/flux-prunable.js';
import type { ClusterModel } from '../../../lib/model/cluster-model.js';
import type { JsonObject } from '../../../lib/yaml/normalize.js';
import { object } from '../support.js';
import { toldBy } from './support.js';

const INSTANCE = {
  apiVersion: 'fluxcd.controlplane.io/v1',
  kind: 'FluxInstance',
  metadata: { name: 'flux', namespace: 'flux-system' },
};
const GUARD = fluxAnnotations({ prune: false });

/** The model with these objects at its root, as a repository that was written by hand has them. */
function atRoot(...objects: JsonObject[]): (model: ClusterModel) => ClusterModel {
  return (model) => {
    const [root, ...layers] = model.layers;
    const on = { construct: undefined, code: () => undefined, allowed: [], namespace: undefined };
    return {
      ...model,
      layers: [{ ...root!, objects: [...root!.objects, ...objects.map((o) => ({ ...on, object: o }))] }, ...layers],
    };
  };
}

test('a FluxInstance without a guard is told, at the root too', () => {
  expect(toldBy(fluxPrunable, () => undefined, {}, atRoot(INSTANCE))).toMatchObject([
    {
      rule: 'flux-prunable',
      severity: 'warning',
      what: 'Flux deletes FluxInstance "flux-system/flux" when it leaves the files of the layer "flux-system", and with it Flux: the operator uninstalls its controllers, its CRDs and every object of theirs',
    },
  ]);
});

test('a FluxInstance with a guard is fine', () => {
  const guarded = { ...INSTANCE, metadata: { ...INSTANCE.metadata, annotations: GUARD } };
  expect(toldBy(fluxPrunable, () => undefined, {}, atRoot(guarded))).toEqual([]);
});

test('a FluxInstance in a layer that does not prune is fine', () => {
  const told = toldBy(fluxPrunable, (cluster) => {
    for (const prune of [true, false]) object(new Layer(cluster, `prune-${prune}`, { prune }), 'flux', INSTANCE);
  });
  expect(told).toHaveLength(1);
  expect(told[0]!.what).toContain('"prune-true"');
});

test('the ResourceSet of the operator itself is told, another one is not', () => {
  const set = (name: string) => ({
    apiVersion: 'fluxcd.controlplane.io/v1',
    kind: 'ResourceSet',
    metadata: { name, namespace: 'flux-system' },
    spec: { resources: [{ apiVersion: 'helm.toolkit.fluxcd.io/v2', kind: 'HelmRelease', metadata: { name } }] },
  });
  const told = toldBy(fluxPrunable, () => undefined, {}, atRoot(set('flux-operator'), set('previews')));
  expect(told.map((f) => f.what)).toEqual([
    'Flux deletes ResourceSet "flux-system/flux-operator" when it leaves the files of the layer "flux-system", and with it the Flux Operator, which no longer looks after Flux',
  ]);
});

const CRD = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'kustomizations.kustomize.toolkit.fluxcd.io' },
  spec: { group: 'kustomize.toolkit.fluxcd.io', names: { kind: 'Kustomization' } },
};

test('a layer that holds Flux’s namespace or CRDs is told', () => {
  const told = toldBy(fluxPrunable, (cluster) => {
    const layer = new Layer(cluster, 'base');
    new Namespace(layer, 'flux-system', { prune: true });
    object(layer, 'kustomizations', CRD);
  });
  expect(told).toHaveLength(2);
});

test('what flux bootstrap wrote is pruned by Flux’s own design, and not told', () => {
  const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'flux-system' } };
  expect(toldBy(fluxPrunable, () => undefined, {}, atRoot(namespace, CRD))).toEqual([]);
});

test.each([
  ['bootstrap', Flux.bootstrap({})],
  ['operator', Flux.operator({})],
])('what this library installs by %s is guarded', (_, flux) => {
  const told = toldBy(
    fluxPrunable,
    () => undefined,
    { flux },
    (model) => {
      const system = Object.values(model.system.files).flatMap((file) => ('objects' in file ? file.objects : []));
      return atRoot(...system)(model);
    },
  );
  expect(told).toEqual([]);
});

test('another namespace and other CRDs are fine', () => {
  const told = toldBy(fluxPrunable, (cluster) => {
    const layer = new Layer(cluster, 'base');
    new Namespace(layer, 'apps', { prune: true });
    object(layer, 'widgets', { ...CRD, metadata: { name: 'widgets.example.com' }, spec: { group: 'example.com' } });
  });
  expect(told).toEqual([]);
});
