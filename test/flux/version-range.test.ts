import { expect, test } from '@jest/globals';
import { Flux, GitRef, HelmRelease, ImagePolicy, ImageRepository, OCIRef, Source } from 'cdk8s-flux-fleet';
import { Args } from '../../lib/argument.js';
import { checkVersionRange } from '../../lib/flux/version-range.js';
import { findingsOf, yamlOf } from '../support/fleet.js';
import { errorOf } from './objects.js';

test.each(
  [
    ['1.2.3', 'v1.6.x', '10.x', '4.X.X', '*', '3.10', '~1.2', '^1', '0.1.0-rc.1+build.5'],
    ['>=1.0.0-alpha', '>=1.0.0 <2.0.0', '>=1.0.0,<2.0.0', '1.x || 2.x', '1.2 - 1.4', '=>1.0', '=<2.1'],
    ['>=1.2, !=1.3.1', '!=1.3.1', '${VERSION}', '>=${OLDEST}'],
  ].flat(),
)('%s is a range', (range) => {
  expect(findingsOf(() => checkVersionRange(new Args(undefined), 'version', range))).toEqual([]);
});

test.each(['latest', '1.2.3.4', '', ' ', 'v', '>=', '1.2.3 and newer', '1.x ||', '|| 1.x', '>=1.0.0,', 1.2 as never])(
  '%p is no range',
  (range) => {
    expect(findingsOf(() => checkVersionRange(new Args(undefined), 'version', range))).toMatchObject([
      { rule: 'version-range' },
    ]);
  },
);

test('the text tells what is a range', () => {
  expect(errorOf(() => OCIRef.semver('latest'))).toMatchInlineSnapshot(`
   "'ref.semver' is no version and no range of versions [version-range]
     expected  such as "1.2.3", "1.x", "~1.2", ">=1.0.0 <2.0.0" or ">=1.0.0-0" (with pre-releases)
     given     "latest"
     at        test/flux/version-range.test.ts:<line>, called from test/flux/version-range.test.ts:<line>"
  `);
});

const chart = (version: string) => ({
  chart: 'web',
  version,
  source: Source.helm({ url: 'https://charts.example.com' }),
});

test.each<[string, () => unknown]>([
  ['a tag of Git', () => GitRef.semver('main')],
  ['a tag of an OCI repository', () => OCIRef.from({ semver: 'latest' })],
  ['Flux', () => Flux.operator({ version: 'newest' })],
  ['the operator’s own chart', () => Flux.operator({ upgrade: { version: 'newest' } })],
  ['a chart', () => yamlOf((l) => new HelmRelease(l, 'web', { namespace: 'apps', chart: chart('newest') }))],
  [
    'an image',
    () =>
      yamlOf((l) => {
        const imageRepository = ImageRepository.fromName('web');
        new ImagePolicy(l, 'web', { namespace: 'apps', imageRepository, policy: { semver: { range: 'newest' } } });
      }),
  ],
])('the range of %s is looked at', (_, make) => {
  expect(findingsOf(make).map((f) => f.rule)).toEqual(['version-range']);
});
