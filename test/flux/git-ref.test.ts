import { expect, test } from '@jest/globals';
import { GitRef, Source } from 'cdk8s-flux-fleet';
import { findingsOf } from '../support/fleet.js';
import { errorOf } from './objects.js';

const SHA = '0123456789abcdef0123456789abcdef01234567';

/** What comes out for a reference that untyped code gives. */
function untyped(ref: unknown): unknown {
  return Source.git({ url: 'https://example.com/r', ref: ref as GitRef }).spec['ref'];
}

test.each([
  ['a branch', GitRef.branch('main'), { branch: 'main' }],
  ['a tag', GitRef.tag('v1.2.3'), { tag: 'v1.2.3' }],
  ['a range of versions', GitRef.semver('>=1.0.0 <2.0.0'), { semver: '>=1.0.0 <2.0.0' }],
  ['a commit', GitRef.commit(SHA), { commit: SHA }],
  ['a commit with its branch', GitRef.commit(SHA, 'main'), { commit: SHA, branch: 'main' }],
  ['a full name', GitRef.name('refs/pull/420/head'), { name: 'refs/pull/420/head' }],
])('%s becomes the field of the same name', (_what, ref, spec) => {
  expect(ref.toSpec()).toEqual(spec);
});

test.each([
  ['a branch', GitRef.branch('main'), 'refs/heads/main'],
  ['a tag', GitRef.tag('v1.2.3'), 'refs/tags/v1.2.3'],
  ['a full name', GitRef.name('refs/pull/420/head'), 'refs/pull/420/head'],
  ['a range of versions', GitRef.semver('1.x'), undefined],
  ['a commit', GitRef.commit(SHA), undefined],
  ['a commit with its branch', GitRef.commit(SHA, 'main'), undefined],
])('%s as one full name', (_what, ref, name) => {
  expect(ref.toRefName()).toBe(name);
});

test('what it became cannot be changed through the copy', () => {
  const ref = GitRef.branch('main');
  ref.toSpec()['branch'] = 'other';
  expect(ref.toSpec()).toEqual({ branch: 'main' });
});

test.each([
  [{ branch: 'main' }],
  [{ tag: 'v1' }],
  [{ semver: '1.x' }],
  [{ commit: SHA }],
  [{ commit: SHA, branch: 'main' }],
  [{ name: 'refs/heads/main' }],
])('a plain object with one kind is taken: %j', (ref) => {
  expect(untyped(ref)).toEqual(ref);
});

test('a kind that is undefined counts as not said', () => {
  expect(untyped({ branch: 'main', tag: undefined })).toEqual({ branch: 'main' });
});

test('refuses two kinds, with what is allowed and what was given', () => {
  expect(errorOf(() => untyped({ branch: 'main', tag: 'v1' }))).toMatchInlineSnapshot(`
   "a Git reference has two kinds [git-ref]
     expected  exactly one of branch, tag, semver, commit, name (a commit may name its branch too)
     given     {"branch":"main","tag":"v1"}
     at        test/flux/git-ref.test.ts:<line>, called from test/flux/git-ref.test.ts:<line>
     fix       say what to follow, for example GitRef.branch('main')"
  `);
});

test.each([
  ['two kinds', { branch: 'main', semver: '1.x' }],
  ['a tag and a commit', { tag: 'v1', commit: SHA }],
  ['a tag and a commit beside a branch that is undefined', { tag: 'v1', commit: SHA, branch: undefined }],
  ['three kinds', { branch: 'main', commit: SHA, tag: 'v1' }],
  ['no kind', {}],
  ['nothing', undefined],
  ['null', null],
  ['a kind that Flux does not know', { brnch: 'main' }],
  ['a value that is no text', { branch: 1 }],
  ['a value that is empty', { branch: '' }],
  ['a bare name', 'main'],
])('refuses %s', (_what, ref) => {
  expect(findingsOf(() => untyped(ref))).toMatchObject([{ rule: 'git-ref' }]);
});

test('tells two kinds from none', () => {
  expect(findingsOf(() => untyped({ tag: 'v1', commit: SHA }))[0]!.what).toBe('a Git reference has two kinds');
  expect(findingsOf(() => untyped({ brnch: 'main', tg: 'v1' }))[0]!.what).toBe('a Git reference has no kind');
  expect(findingsOf(() => untyped({ brnch: 'main' }))[0]!.what).toBe('a Git reference has no kind');
});

test.each([
  ['a branch', (v: string) => GitRef.branch(v)],
  ['a tag', (v: string) => GitRef.tag(v)],
  ['a range', (v: string) => GitRef.semver(v)],
  ['a commit', (v: string) => GitRef.commit(v)],
  ['a full name', (v: string) => GitRef.name(v)],
])('refuses %s that is missing: without one Flux would check out "master"', (_what, make) => {
  const missing = process.env['A_VARIABLE_THAT_NOBODY_SETS'] as string;
  expect(findingsOf(() => make(missing))).toMatchObject([{ rule: 'git-ref', given: 'nothing' }]);
  expect(findingsOf(() => make(''))).toMatchObject([{ rule: 'git-ref' }]);
});

test('refuses a commit that is missing also where its branch is there: the branch alone is something else', () => {
  const missing = process.env['A_VARIABLE_THAT_NOBODY_SETS'] as string;
  expect(findingsOf(() => GitRef.commit(missing, 'main'))).toMatchObject([{ rule: 'git-ref', given: 'nothing' }]);
});
