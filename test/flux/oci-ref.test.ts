import { expect, test } from '@jest/globals';
import { OCIRef, Source } from 'cdk8s-flux-fleet';
import { findingsOf } from '../support/fleet.js';
import { errorOf } from './objects.js';

const DIGEST = `sha256:${'0'.repeat(64)}`;

/** What comes out for a reference that untyped code gives. */
function untyped(ref: unknown): unknown {
  return Source.oci({ url: 'oci://example.com/r', ref: ref as OCIRef }).spec['ref'];
}

test.each([
  ['a tag', OCIRef.tag('v1.2.3'), { tag: 'v1.2.3' }],
  ['a range of versions', OCIRef.semver('>=1.0.0 <2.0.0'), { semver: '>=1.0.0 <2.0.0' }],
  ['a range with a filter', OCIRef.semver('*', '.*-rc.*'), { semver: '*', semverFilter: '.*-rc.*' }],
  ['a digest', OCIRef.digest(DIGEST), { digest: DIGEST }],
])('%s becomes the field of the same name', (_what, ref, spec) => {
  expect(ref.toSpec()).toEqual(spec);
});

test('only a tag is one that the Flux Operator can sync from', () => {
  expect(OCIRef.tag('latest').toTag()).toBe('latest');
  expect(OCIRef.semver('1.x').toTag()).toBeUndefined();
  expect(OCIRef.digest(DIGEST).toTag()).toBeUndefined();
});

test.each([[{ tag: 'v1' }], [{ semver: '1.x' }], [{ semver: '1.x', semverFilter: '-rc' }], [{ digest: DIGEST }]])(
  'a plain object with one kind is taken: %j',
  (ref) => {
    expect(untyped(ref)).toEqual(ref);
  },
);

test('refuses nothing at all', () => {
  expect(errorOf(() => untyped(undefined))).toMatchInlineSnapshot(`
   "an OCI reference has no kind [oci-ref]
     expected  exactly one of tag, semver, digest (semver may have a semverFilter)
     given     nothing
     at        test/flux/oci-ref.test.ts:<line>, called from test/flux/oci-ref.test.ts:<line>
     fix       say what to pull, for example OCIRef.tag('latest')"
  `);
});

test.each([
  ['two kinds', { tag: 'v1', digest: DIGEST }],
  ['a filter for what is no range', { tag: 'v1', semverFilter: '-rc' }],
  ['a filter alone', { semverFilter: '-rc' }],
  ['no kind', {}],
  ['a kind that Flux does not know', { version: '1.x' }],
  ['a value that is no text', { tag: 1 }],
  ['a bare name', 'latest'],
])('refuses %s', (_what, ref) => {
  expect(findingsOf(() => untyped(ref))).toMatchObject([{ rule: 'oci-ref' }]);
});

test('tells two kinds from none', () => {
  expect(findingsOf(() => untyped({ tag: 'v1', digest: DIGEST }))[0]!.what).toBe('an OCI reference has two kinds');
  expect(findingsOf(() => untyped({ version: '1.x', tg: 'v1' }))[0]!.what).toBe('an OCI reference has no kind');
  expect(findingsOf(() => untyped({ tag: '', digest: DIGEST }))[0]!.what).toBe('an OCI reference has no kind');
});

test.each([
  ['a tag', (v: string) => OCIRef.tag(v)],
  ['a range', (v: string) => OCIRef.semver(v)],
  ['a range with a filter', (v: string) => OCIRef.semver(v, '-rc')],
  ['a digest', (v: string) => OCIRef.digest(v)],
])('refuses %s that is missing: without one Flux would pull "latest"', (_what, make) => {
  const missing = process.env['A_VARIABLE_THAT_NOBODY_SETS'] as string;
  expect(findingsOf(() => make(missing))).toMatchObject([{ rule: 'oci-ref' }]);
  expect(findingsOf(() => make(''))).toMatchObject([{ rule: 'oci-ref' }]);
});
