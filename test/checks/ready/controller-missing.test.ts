import { expect, test } from '@jest/globals';
import { ApiObject } from 'cdk8s';
import { allow, Flux, ImagePolicy, ImageRepository, Layer, Namespace, Repository, Secret } from 'cdk8s-flux-fleet';
import type { Cluster, FluxComponent } from 'cdk8s-flux-fleet';
import { findingsOf } from '../../support/fleet.js';
import { findingsIn, findingsInLayer, object } from '../support.js';

const CORE: readonly FluxComponent[] = ['source-controller', 'kustomize-controller'];

const KINDS = [
  ['source.toolkit.fluxcd.io/v1', 'ExternalArtifact', 'source-watcher'],
  ['helm.toolkit.fluxcd.io/v2', 'HelmRelease', 'helm-controller'],
  ['notification.toolkit.fluxcd.io/v1beta3', 'Provider', 'notification-controller'],
  ['notification.toolkit.fluxcd.io/v1beta3', 'Alert', 'notification-controller'],
  ['notification.toolkit.fluxcd.io/v1', 'Receiver', 'notification-controller'],
  ['image.toolkit.fluxcd.io/v1', 'ImageRepository', 'image-reflector-controller'],
  ['image.toolkit.fluxcd.io/v1', 'ImagePolicy', 'image-reflector-controller'],
  ['image.toolkit.fluxcd.io/v1', 'ImageUpdateAutomation', 'image-automation-controller'],
  ['source.extensions.fluxcd.io/v1beta1', 'ArtifactGenerator', 'source-watcher'],
] as const;

/** The controllers that are said to be missing, on a cluster with these and one object of a kind. */
function missing(components: readonly FluxComponent[], apiVersion: string, kind: string): string[] {
  const findings = findingsIn(
    (cluster) => object(new Layer(cluster, 'base', { namespace: 'base' }), 'x', { apiVersion, kind }),
    { flux: Flux.bootstrap({ components }) },
  );
  return findings.filter((f) => f.rule === 'controller-missing').map((f) => f.what);
}

test.each(KINDS)('%s %s needs %s', (apiVersion, kind, controller) => {
  expect(missing(CORE, apiVersion, kind)).toEqual([
    `${kind} "base/x" needs ${controller}, which the cluster does not have: ${
      kind === 'ExternalArtifact'
        ? 'nothing acts on it'
        : `neither is the CRD there, and Flux gets 'no matches for kind "${kind}"' and applies nothing of the layer "base"`
    }`,
  ]);
  expect(missing([...CORE, controller], apiVersion, kind)).toEqual([]);
});

test('the layers themselves need their two controllers', () => {
  expect(missing(['helm-controller'], 'source.toolkit.fluxcd.io/v1', 'GitRepository')).toEqual([
    expect.stringMatching(
      /^Kustomization "flux-system\/base" needs kustomize-controller, which the cluster does not have: /,
    ),
    expect.stringMatching(/^GitRepository "base\/x" needs source-controller, which the cluster does not have: /),
  ]);
});

test('a cluster has four controllers where nothing is said', () => {
  const findings = findingsInLayer((layer) => new ImageRepository(layer, 'app', { image: 'ghcr.io/acme/app' }));
  expect(findings).toMatchObject([
    {
      rule: 'controller-missing',
      given: 'source-controller, kustomize-controller, helm-controller, notification-controller',
      where: { construct: 'test/base/app' },
    },
  ]);
});

test('other kinds than those of Flux need none of its controllers', () => {
  expect(missing(CORE, 'example.com/v1', 'Provider')).toEqual([]);
});

test('the kinds of the Flux Operator are not judged', () => {
  expect(missing(CORE, 'fluxcd.controlplane.io/v1', 'ResourceSet')).toEqual([]);
});

test('what a hub applies to another cluster is not judged', () => {
  const kubeConfig = { secretRef: Secret.fromName('remote') };
  const fill = (layer: Layer) => {
    new Namespace(layer, 'base');
    new ImageRepository(layer, 'app', { image: 'ghcr.io/acme/app' });
  };
  expect(findingsInLayer(fill, { kubeConfig })).toEqual([]);
});

test('a repository does not know the clusters that apply it', () => {
  const repository = new Repository({ name: 'apps' });
  const layer = new Layer(repository, 'images', { namespace: 'apps' });
  const imageRepository = new ImageRepository(layer, 'tags', { image: 'ghcr.io/acme/app' });
  new ImagePolicy(layer, 'app', { imageRepository, policy: { semver: { range: '1.x' } } });
  expect(findingsOf(() => repository.files())).toEqual([]);
});

test('a controller that is installed in another way can be allowed', () => {
  const exists = [{ kind: 'ImageRepository', namespace: 'base', name: 'app' }];
  const fill = (cluster: Cluster) => {
    const layer = new Layer(cluster, 'base', { namespace: 'base' });
    const data = { apiVersion: 'image.toolkit.fluxcd.io/v1', kind: 'ImagePolicy', metadata: { name: 'app' } };
    const spec = { imageRepositoryRef: { name: 'app' }, policy: { semver: { range: '1.x' } } };
    const policy = new ApiObject(layer, 'app', { ...data, spec });
    allow(policy, { rule: 'controller-missing', reason: 'Installed by its own chart.' });
  };
  expect(findingsIn(fill, { exists })).toEqual([]);
});
