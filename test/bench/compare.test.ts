import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { assertSameObjects, canonical, difference } from '../../bench/compare.js';
import { tempDir, writeFiles } from '../support/temp-dir.js';
import type { Files } from '../support/temp-dir.js';

const A = 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n';
const B = 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: b\n';

/** Compares two outputs. */
function compare(left: Files, right: Files): number {
  const directory = tempDir();
  writeFiles(join(directory, 'left'), left);
  writeFiles(join(directory, 'right'), right);
  const [ours, theirs] = ['left', 'right'].map((name) => ({ name, directory: join(directory, name) }));
  return assertSameObjects(ours!, theirs!);
}

test('the order of keys does not count, at any depth', () => {
  expect(canonical({ b: [{ d: 1, c: null }], a: 'x' })).toBe('{"a":"x","b":[{"c":null,"d":1}]}');
});

test('the order of a list does', () => {
  expect(canonical({ a: [1, 2] })).not.toBe(canonical({ a: [2, 1] }));
});

test('objects are compared as often as they are there', () => {
  expect(difference(['a', 'b', 'a'], ['a', 'b', 'c'])).toEqual({ onlyLeft: ['a'], onlyRight: ['c'] });
  expect(difference(['a', 'b'], ['b', 'a'])).toEqual({ onlyLeft: [], onlyRight: [] });
});

test('it does not matter how objects are divided into files, and in which order they come', () => {
  expect(compare({ 'clusters/eu/a.yaml': A, 'clusters/eu/b/b.yaml': B }, { 'eu.yaml': `${B}---\n${A}` })).toBe(2);
  expect(compare({ 'eu/a.yaml': `${A}---\n${B}` }, { 'eu/x.k8s.yaml': B, 'eu/y.k8s.yaml': A })).toBe(2);
});

test('lists for kustomize, what the code declares and placeholders are no objects', () => {
  const others = {
    'clusters/eu/kustomization.yaml':
      'apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources: []\n',
    'clusters/eu/flux-fleet.yaml': 'fluxFleet: v1\ncluster: eu\n',
    'clusters/eu/flux-system/gotk-sync.yaml': '# A placeholder\n',
  };
  expect(compare({ 'clusters/eu/a.yaml': A, ...others }, { 'eu.yaml': A })).toBe(1);
});

test('an object that is missing is shown', () => {
  expect(() => compare({ 'eu.yaml': `${A}---\n${B}` }, { 'eu.yaml': A })).toThrow(
    [
      'left and right do not have the same objects of eu',
      '  only in left (1), the first: {"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"b"}}',
    ].join('\n'),
  );
});

test('an object of another cluster does not count', () => {
  const text = /do not have the same objects of eu\n {2}only in left \(1\)/;
  expect(() => compare({ 'eu.yaml': A, 'us.yaml': B }, { 'eu.yaml': B, 'us.yaml': A })).toThrow(text);
});

test('two empty outputs are a mistake', () => {
  expect(() => compare({ 'eu.yaml': '' }, { 'eu.yaml': '' })).toThrow('there are no objects');
});
