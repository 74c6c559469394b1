import { expect, test } from '@jest/globals';
import {
  ArtifactGenerator,
  GitRef,
  GitRepository,
  HelmRelease,
  Kustomization,
  Layer,
  OCIRef,
  Source,
  Tenant,
} from 'cdk8s-flux-fleet';
import type { ArtifactGeneratorProps } from 'cdk8s-flux-fleet';
import { parse } from 'yaml';
import { ALL_CONTROLLERS, filesOf, findingsOf, testCluster, yamlOf } from '../support/fleet.js';
import { errorOf, objectIn, objectsIn, specOf } from './objects.js';

const GIT = { url: 'https://github.com/acme/shop', ref: GitRef.branch('main') };
const SHOP = Source.fromName('GitRepository', 'shop');

const MINIMAL: ArtifactGeneratorProps = {
  namespace: 'flux-system',
  sources: { shop: SHOP },
  artifacts: [{ name: 'shop-deploy', copy: [{ from: '@shop/deploy/**', to: '@artifact/' }] }],
};

/** The spec of a generator with these props over the minimal ones. */
function spec(props: Partial<ArtifactGeneratorProps> = {}): Record<string, unknown> {
  return specOf((layer) => new ArtifactGenerator(layer, 'shop', { ...MINIMAL, ...props }), { lockdown: false });
}

/** A generator in flux-system, in a layer `generators` of a cluster with all controllers. */
function generatorOn(props: Partial<ArtifactGeneratorProps> = {}): ArtifactGenerator {
  const cluster = testCluster({ flux: ALL_CONTROLLERS, lockdown: false });
  return new ArtifactGenerator(new Layer(cluster, 'generators'), 'shop', { ...MINIMAL, ...props });
}

test('defaults', () => {
  expect(
    yamlOf(
      (layer) =>
        new ArtifactGenerator(layer, 'shop', {
          namespace: 'flux-system',
          sources: { shop: Source.fromName('GitRepository', 'shop') },
          artifacts: [{ name: 'shop-deploy', copy: [{ from: '@shop/deploy/**', to: '@artifact/' }] }],
        }),
    ),
  ).toMatchInlineSnapshot(`
   "apiVersion: source.extensions.fluxcd.io/v1beta1
   kind: ArtifactGenerator
   metadata:
     name: shop
     namespace: flux-system
   spec:
     artifacts:
       - copy:
           - from: "@shop/deploy/**"
             to: "@artifact/"
         name: shop-deploy
     sources:
       - alias: shop
         kind: GitRepository
         name: shop
   "
  `);
});

test('every prop lands in its field', () => {
  const props: Partial<ArtifactGeneratorProps> = {
    sources: { shop: SHOP, charts: Source.fromName('OCIRepository', 'charts', 'platform') },
    artifacts: [
      {
        name: '{app}-deploy',
        copy: [
          { from: '@shop/apps/{app}/**', to: '@artifact/', exclude: ['*.md'] },
          { from: '@charts/values.yaml', to: '@artifact/values.yaml', strategy: 'Merge' },
        ],
        revision: '@shop',
        originRevision: '@shop',
      },
    ],
    pathPattern: '@shop/apps/{app}',
    commonMetadata: { labels: { team: 'a' } },
  };
  expect(spec(props)).toEqual({
    sources: [
      { alias: 'shop', kind: 'GitRepository', name: 'shop' },
      { alias: 'charts', kind: 'OCIRepository', name: 'charts', namespace: 'platform' },
    ],
    artifacts: props.artifacts,
    pathPattern: '@shop/apps/{app}',
    commonMetadata: { labels: { team: 'a' } },
  });
});

test('sources that are values are emitted beside it, named after it and the alias', () => {
  const yaml = yamlOf(
    (layer) =>
      new ArtifactGenerator(layer, 'shop', {
        namespace: 'apps',
        sources: { code: Source.git(GIT), config: Source.git({ ...GIT, name: 'shop-config' }) },
        artifacts: [
          {
            name: 'shop-deploy',
            copy: [
              { from: '@code/deploy/**', to: '@artifact/' },
              { from: '@config/**', to: '@artifact/' },
            ],
          },
        ],
      }),
  );
  expect(objectIn(yaml, 'ArtifactGenerator').spec['sources']).toEqual([
    { alias: 'code', kind: 'GitRepository', name: 'shop-code' },
    { alias: 'config', kind: 'GitRepository', name: 'shop-config' },
  ]);
  expect(
    objectsIn(yaml)
      .filter((o) => o.kind === 'GitRepository')
      .map((o) => o.metadata),
  ).toEqual([
    { name: 'shop-code', namespace: 'apps' },
    { name: 'shop-config', namespace: 'apps' },
  ]);
});

test('sources that stand in the tree are referred to, and those of others are declared', () => {
  const cluster = testCluster({ flux: ALL_CONTROLLERS });
  const layer = new Layer(cluster, 'layer', { namespace: 'apps' });
  const code = new GitRepository(layer, 'code', GIT);
  new ArtifactGenerator(layer, 'shop', {
    sources: { code, charts: Source.fromName('OCIRepository', 'charts') },
    artifacts: [{ name: 'shop-deploy', copy: [{ from: '@code/**', to: '@artifact/' }] }],
  });
  const files = filesOf(cluster);
  expect(objectIn(files['layers/layer/layer.yaml'], 'ArtifactGenerator').spec['sources']).toEqual([
    { alias: 'code', kind: 'GitRepository', name: 'code' },
    { alias: 'charts', kind: 'OCIRepository', name: 'charts' },
  ]);
  expect(parse(files['flux-fleet.yaml']!)).toMatchObject({
    exists: [{ kind: 'OCIRepository', namespace: 'apps', name: 'charts' }],
  });
});

test('what it makes is a source for layers, Kustomizations, tenants and charts, and not declared to exist', () => {
  const cluster = testCluster({ flux: ALL_CONTROLLERS });
  const layer = new Layer(cluster, 'layer', { namespace: 'apps' });
  const sources = { code: new GitRepository(layer, 'code', GIT) };
  const artifacts = (['manifests', 'chart'] as const).map((name) => ({
    name,
    copy: [{ from: `@code/${name}/**`, to: '@artifact/' }] as const,
  }));
  const generator = new ArtifactGenerator(layer, 'shop', { sources, artifacts });
  new Kustomization(layer, 'web', { source: generator.artifact('manifests'), path: './' });
  new HelmRelease(layer, 'api', { chartRef: generator.artifact('chart') });
  new Tenant(cluster, 'dev-team', { namespaces: ['apps'], source: generator.artifact('manifests'), path: './team' });
  const files = filesOf(cluster);
  const file = files['layers/layer/layer.yaml'];
  expect(objectIn(file, 'Kustomization').spec['sourceRef']).toEqual({ kind: 'ExternalArtifact', name: 'manifests' });
  expect(objectIn(file, 'HelmRelease').spec['chartRef']).toEqual({ kind: 'ExternalArtifact', name: 'chart' });
  expect(objectIn(files['tenants/dev-team/dev-team.yaml'], 'Kustomization').spec['sourceRef']).toEqual({
    kind: 'ExternalArtifact',
    name: 'manifests',
  });
  expect(parse(files['flux-fleet.yaml']!)).not.toHaveProperty('exists');
});

test('a layer of another namespace names that of the generator', () => {
  const cluster = testCluster({ flux: ALL_CONTROLLERS, lockdown: false });
  const generator = new ArtifactGenerator(new Layer(cluster, 'generators'), 'shop', { ...MINIMAL, namespace: 'apps' });
  new Layer(cluster, 'shop', { source: generator.artifact('shop-deploy'), path: './' });
  expect(objectIn(filesOf(cluster)['shop.yaml'], 'Kustomization').spec['sourceRef']).toEqual({
    kind: 'ExternalArtifact',
    name: 'shop-deploy',
    namespace: 'apps',
  });
});

test('what one generator makes can be a source of another', () => {
  const yaml = yamlOf((layer) => {
    const first = new ArtifactGenerator(layer, 'shop', MINIMAL);
    const chart = Source.oci({ url: 'oci://ghcr.io/acme/chart', ref: OCIRef.tag('1.0.0') });
    const sources = { shop: first.artifact('shop-deploy'), chart };
    new ArtifactGenerator(layer, 'second', { ...MINIMAL, sources });
  });
  expect(objectIn(yaml, 'ArtifactGenerator', 'second').spec['sources']).toEqual([
    { alias: 'shop', kind: 'ExternalArtifact', name: 'shop-deploy' },
    { alias: 'chart', kind: 'OCIRepository', name: 'second-chart' },
  ]);
});

test('an artifact that is not made is refused, and the nearest one named', () => {
  const generator = generatorOn();
  expect(errorOf(() => generator.artifact('shop-deply'))).toMatchInlineSnapshot(`
   "this ArtifactGenerator makes no artifact "shop-deply" [artifact-name]
     expected  shop-deploy
     given     "shop-deply"
     construct test/generators/shop
     at        test/flux/artifact-generator.test.ts:<line>, called from test/flux/artifact-generator.test.ts:<line>
     fix       write "shop-deploy""
  `);
});

test('with a path pattern an artifact is any name that can come of it', () => {
  const generator = generatorOn({
    pathPattern: '@shop/apps/{app}/{env}',
    artifacts: [{ name: '{app}.x-{env}', copy: [{ from: '@shop/apps/{app}/{env}/**', to: '@artifact/' }] }],
  });
  expect(generator.artifact('cart.x-prod')).toMatchObject({ kind: 'ExternalArtifact', name: 'cart.x-prod' });
  for (const name of ['cart', 'cartyx-prod', '.x-prod', 'cart.x-', '']) {
    expect(findingsOf(() => generator.artifact(name)).map((f) => f.rule)).toEqual(['artifact-name']);
  }
});

test('refuses to copy from a source that it does not have, and names the nearest one', () => {
  const artifacts = [{ name: 'a', copy: [{ from: '@shpo/deploy/**', to: '@artifact/' }] }] as const;
  expect(errorOf(() => spec({ artifacts }))).toMatchInlineSnapshot(`
   "from of "a" names no source of this ArtifactGenerator [artifact-alias]
     expected  @shop
     given     "@shpo/deploy/**"
     construct test/layer/shop
     at        test/flux/artifact-generator.test.ts:<line>, called from test/flux/artifact-generator.test.ts:<line>
     fix       write "@shop""
  `);
});

test.each([
  [{ pathPattern: '@other/apps/{app}' as const }],
  [{ artifacts: [{ ...MINIMAL.artifacts[0]!, revision: '@other' as const }] }],
  [{ artifacts: [{ ...MINIMAL.artifacts[0]!, originRevision: '@other' as const }] }],
  [{ artifacts: [{ name: 'a', copy: [{ from: 'deploy/**' as never, to: '@artifact/' as const }] }] }],
  [{ sources: { 'The Shop': SHOP } }],
])('refuses an alias that is none: %j', (props) => {
  expect(findingsOf(() => spec(props))).toMatchObject([{ rule: 'artifact-alias' }]);
});

test('refuses to copy to elsewhere than the artifact', () => {
  const artifacts = [{ name: 'a', copy: [{ from: '@shop/**', to: '@shop/' as never }] }] as const;
  expect(findingsOf(() => spec({ artifacts }))).toMatchObject([{ rule: 'invalid-field' }]);
});

test('refuses two artifacts of one name', () => {
  const [artifact] = MINIMAL.artifacts;
  expect(findingsOf(() => spec({ artifacts: [artifact!, artifact!] }))).toMatchObject([{ rule: 'artifact-name' }]);
});

test('refuses an artifact whose name is none', () => {
  const artifacts = [{ ...MINIMAL.artifacts[0]!, name: 'Shop' }];
  expect(findingsOf(() => spec({ artifacts }))).toMatchObject([{ rule: 'invalid-name', given: '"Shop"' }]);
});

test('refuses a source that holds charts and no files', () => {
  const sources = { shop: Source.fromName('HelmRepository', 'charts') };
  expect(findingsOf(() => spec({ sources }))).toMatchObject([{ rule: 'artifact-source', given: 'HelmRepository' }]);
});

test('refuses a capture that the pattern does not have', () => {
  const copy = [{ from: '@shop/apps/{app}/**', to: '@artifact/' }] as const;
  const pathPattern = '@shop/apps/{app}';
  expect(errorOf(() => spec({ pathPattern, artifacts: [{ name: '{ap}', copy }] }))).toContain('write "{app}"');
  expect(errorOf(() => spec({ pathPattern: '@shop/apps/*', artifacts: [{ name: 'a', copy }] }))).toContain(
    'an artifact uses "{app}", which the pathPattern does not capture [artifact-capture]',
  );
});
