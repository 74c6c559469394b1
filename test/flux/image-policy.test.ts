import { expect, test } from '@jest/globals';
import { ImagePolicy, ImageRepository, Layer } from 'cdk8s-flux-fleet';
import type { ImagePolicyProps, Fleet } from 'cdk8s-flux-fleet';
import { parse } from 'yaml';
import { ALL_CONTROLLERS, filesOf, findingsOf, testCluster, yamlOf } from '../support/fleet.js';
import { errorOf, objectIn, specOf } from './objects.js';

const MINIMAL: ImagePolicyProps = {
  namespace: 'apps',
  imageRepository: ImageRepository.fromName('app'),
  policy: { semver: { range: '1.x' } },
};

/** The spec of a policy with these props over the minimal ones. */
function spec(props: Partial<ImagePolicyProps> = {}): Record<string, unknown> {
  return specOf((layer) => new ImagePolicy(layer, 'app', { ...MINIMAL, ...props }), { lockdown: false });
}

test('defaults', () => {
  expect(
    yamlOf((layer) => {
      const imageRepository = ImageRepository.fromName('app');
      new ImagePolicy(layer, 'app', { namespace: 'apps', imageRepository, policy: { semver: { range: '1.x' } } });
    }),
  ).toMatchInlineSnapshot(`
   "apiVersion: image.toolkit.fluxcd.io/v1
   kind: ImagePolicy
   metadata:
     name: app
     namespace: apps
   spec:
     imageRepositoryRef:
       name: app
     policy:
       semver:
         range: "1.x"
   "
  `);
});

test('every prop lands in its field', () => {
  expect(
    spec({
      policy: { numerical: { order: 'asc' } },
      filterTags: { pattern: '^main-(?P<ts>[0-9]+)$', extract: '$ts' },
      digestReflectionPolicy: 'Always',
      interval: '10m',
      suspend: true,
    }),
  ).toEqual({
    imageRepositoryRef: { name: 'app' },
    policy: { numerical: { order: 'asc' } },
    filterTags: { pattern: '^main-(?P<ts>[0-9]+)$', extract: '$ts' },
    digestReflectionPolicy: 'Always',
    interval: '10m',
    suspend: true,
  });
});

test('a repository of its own namespace is referred to by name', () => {
  const cluster = testCluster({ flux: ALL_CONTROLLERS });
  const layer = new Layer(cluster, 'layer', { namespace: 'apps' });
  const imageRepository = new ImageRepository(layer, 'app-tags', { name: 'app', image: 'ghcr.io/acme/app' });
  new ImagePolicy(layer, 'app', { imageRepository, policy: { alphabetical: {} } });
  const files = filesOf(cluster);
  expect(objectIn(files['layers/layer/layer.yaml'], 'ImagePolicy').spec).toEqual({
    imageRepositoryRef: { name: 'app' },
    policy: { alphabetical: {} },
  });
  expect(parse(files['flux-fleet.yaml']!)).not.toHaveProperty('exists');
});

test('a repository of another namespace is referred to with its namespace', () => {
  const cluster = testCluster({ flux: ALL_CONTROLLERS, lockdown: false });
  const layer = new Layer(cluster, 'layer', { namespace: 'apps' });
  const imageRepository = new ImageRepository(layer, 'tags', { namespace: 'images', image: 'ghcr.io/acme/app' });
  new ImagePolicy(layer, 'app', { imageRepository, policy: { alphabetical: {} } });
  expect(objectIn(filesOf(cluster)['layers/layer/layer.yaml'], 'ImagePolicy').spec).toMatchObject({
    imageRepositoryRef: { name: 'tags', namespace: 'images' },
  });
});

test('a repository of others is declared, in the namespace that it is in', () => {
  const cluster = testCluster({ flux: ALL_CONTROLLERS, lockdown: false });
  const layer = new Layer(cluster, 'layer', { namespace: 'apps' });
  const policy = { semver: { range: '1.x' } };
  new ImagePolicy(layer, 'near', { imageRepository: ImageRepository.fromName('near'), policy });
  new ImagePolicy(layer, 'far', { imageRepository: ImageRepository.fromName('far', 'images'), policy });
  expect(parse(filesOf(cluster)['flux-fleet.yaml']!)).toMatchObject({
    exists: [
      { kind: 'ImageRepository', namespace: 'apps', name: 'near' },
      { kind: 'ImageRepository', namespace: 'images', name: 'far' },
    ],
  });
});

test('a policy of others can be declared for a cluster', () => {
  const cluster = testCluster({ exists: [ImagePolicy.fromName('app', 'flux-system')] });
  expect(parse((cluster.node.scope as Fleet).files()['clusters/test/flux-fleet.yaml']!)).toMatchObject({
    exists: [{ kind: 'ImagePolicy', namespace: 'flux-system', name: 'app' }],
  });
});

test('"suspend: false" is not written: it would undo a "flux suspend" on the cluster', () => {
  expect(spec({ suspend: false })).not.toHaveProperty('suspend');
});

test('refuses two orders', () => {
  const policy = { semver: { range: '1.x' }, numerical: {} };
  expect(errorOf(() => spec({ policy }))).toMatchInlineSnapshot(`
   "an ImagePolicy does not say which tag is the newest [image-policy]
     expected  exactly one of semver, alphabetical, numerical
     given     semver, numerical
     construct test/layer/app
     at        test/flux/image-policy.test.ts:<line>, called from test/flux/image-policy.test.ts:<line>
     fix       say policy: { semver: { range: '1.x' } }, or { numerical: { order: 'asc' } } for build numbers and times"
  `);
});

test.each([[{}], [undefined], [{ newest: {} }]])('refuses the policy %j', (policy) => {
  expect(findingsOf(() => spec({ policy: policy as never }))).toMatchObject([{ rule: 'image-policy' }]);
});

test.each([
  [{ interval: '10m' }],
  [{ interval: '10m', digestReflectionPolicy: 'IfNotPresent' as const }],
  [{ digestReflectionPolicy: 'Always' as const }],
])('refuses a digest policy without its interval, or the other way round: %j', (props) => {
  expect(findingsOf(() => spec(props))).toMatchObject([{ rule: 'image-policy' }]);
});

test('refuses an interval that is no Go duration', () => {
  expect(findingsOf(() => spec({ digestReflectionPolicy: 'Always', interval: '5 minutes' }))).toMatchObject([
    { rule: 'invalid-duration', fix: 'write "5m"' },
  ]);
});

test('an order that is undefined is not said', () => {
  const policy = { semver: { range: '1.x' }, alphabetical: undefined };
  expect(spec({ policy }).policy).toEqual({ semver: { range: '1.x' } });
  expect(errorOf(() => spec({ policy: { numerical: null } as never }))).toContain('[image-policy]');
});

test.each([
  [{ pattern: '(' }],
  [{ pattern: '^(?!main)' }],
  [{ pattern: '^main-(?P<ts>[0-9]+)$', extract: '$time' }],
  [{ pattern: '^main', extract: '${ts}' }],
])('the filter %j finds no tag, and is refused', (filterTags) => {
  expect(errorOf(() => spec({ filterTags }))).toContain('[image-policy]');
});

test.each([
  [{ pattern: '^main-(?P<ts>[0-9]+)$', extract: '$ts' }],
  [{ pattern: '^v(?<a>[0-9]+)-(?P<b>[0-9]+)$', extract: '${a}.$b' }],
  [{ pattern: '^v(.*)$', extract: '$1' }],
  [{ extract: '$0' } as never],
])('the filter %j is taken', (filterTags) => {
  expect(spec({ filterTags }).filterTags).toEqual(filterTags);
});

test('a repository by its bare name is refused', () => {
  expect(errorOf(() => spec({ imageRepository: 'app' as never }))).toContain(
    'a reference is no object [invalid-value]',
  );
});
