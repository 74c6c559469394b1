import { expect, test } from '@jest/globals';
import { Layer, Secret } from 'cdk8s-flux-fleet';
import type { Cluster } from 'cdk8s-flux-fleet';
import { releaseTwoOwners } from '../../../lib/checks/accident/release-two-owners.js';
import { object } from '../support.js';
import { toldBy } from './support.js';

interface Release {
  readonly name: string;
  readonly namespace?: string;
  readonly spec?: object;
}

/** What is said of HelmReleases in one layer. */
function toldOf(...releases: readonly Release[]) {
  return toldBy(releaseTwoOwners, (cluster) => {
    const layer = new Layer(cluster, 'base');
    for (const [i, release] of releases.entries()) add(layer, `release-${i}`, release);
  });
}

function add(layer: Layer, id: string, { name, namespace = 'apps', spec = {} }: Release): void {
  object(layer, id, {
    apiVersion: 'helm.toolkit.fluxcd.io/v2',
    kind: 'HelmRelease',
    metadata: { name, namespace },
    spec,
  });
}

test('two HelmReleases of one release are told', () => {
  expect(toldOf({ name: 'web' }, { name: 'site', spec: { releaseName: 'web' } })).toMatchObject([
    {
      rule: 'release-two-owners',
      what: 'HelmRelease "apps/site" installs the Helm release "apps/web", which is that of HelmRelease "apps/web": each overwrites what the other has installed, and uninstalls it when it goes',
      given: 'releaseName web of both, in the layer "base"',
      where: { construct: 'test/base/release-1' },
    },
  ]);
});

test('the name that helm-controller makes of targetNamespace and name counts', () => {
  const told = toldOf(
    { name: 'web', namespace: 'flux-system', spec: { targetNamespace: 'apps' } },
    { name: 'apps-web', namespace: 'apps' },
  );
  expect(told).toHaveLength(1);
});

test('one history in one storage namespace is told, though the objects are elsewhere', () => {
  const told = toldOf(
    { name: 'a', namespace: 'flux-system', spec: { releaseName: 'web', targetNamespace: 'a' } },
    { name: 'b', namespace: 'flux-system', spec: { releaseName: 'web', targetNamespace: 'b' } },
  );
  expect(told).toHaveLength(1);
});

test('an empty releaseName is none', () => {
  expect(toldOf({ name: 'web', spec: { releaseName: '' } }, { name: 'api', spec: { releaseName: '' } })).toEqual([]);
});

test('releases that differ in name, or in both namespaces, are fine', () => {
  const told = toldOf(
    { name: 'web' },
    { name: 'api' },
    { name: 'web', namespace: 'other' },
    { name: 'x', namespace: 'flux-system', spec: { releaseName: 'web', targetNamespace: 'c', storageNamespace: 'c' } },
  );
  expect(told).toEqual([]);
});

test('a suspended HelmRelease touches no release', () => {
  expect(toldOf({ name: 'web' }, { name: 'site', spec: { releaseName: 'web', suspend: true } })).toEqual([]);
});

test('a name that is made on the cluster is not judged', () => {
  const spec = { releaseName: '${NAME}' };
  expect(toldOf({ name: 'web', spec }, { name: 'site', spec })).toEqual([]);
});

test('releases on different clusters of a hub are fine, on one cluster they are not', () => {
  const on = (cluster: Cluster, id: string, secret: string, name: string) =>
    add(new Layer(cluster, id, { kubeConfig: { secretRef: Secret.fromName(secret) } }), id, {
      name,
      spec: { releaseName: 'web' },
    });
  const told = toldBy(releaseTwoOwners, (cluster) => {
    on(cluster, 'one', 'shop-1', 'a');
    on(cluster, 'two', 'shop-2', 'b');
    on(cluster, 'three', 'shop-1', 'c');
  });
  expect(told.map((f) => f.where?.construct)).toEqual(['test/three/three']);
});

test('a HelmRelease with a kubeConfig of its own installs elsewhere', () => {
  const kubeConfig = { secretRef: { name: 'shop' } };
  expect(toldOf({ name: 'web' }, { name: 'site', spec: { releaseName: 'web', kubeConfig } })).toEqual([]);
});

test('one HelmRelease that is there twice is told by duplicate-object', () => {
  expect(toldOf({ name: 'web' }, { name: 'web' })).toEqual([]);
});
