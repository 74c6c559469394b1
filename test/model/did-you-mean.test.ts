import { expect, test } from '@jest/globals';
import { didYouMean } from '../../lib/model/did-you-mean.js';

const fields = ['interval', 'retryInterval', 'timeout', 'prune', 'path'];

test.each([
  ['intervall', 'interval'],
  ['intreval', 'interval'],
  ['Prune', 'prune'],
  ['retryinterval', 'retryInterval'],
  ['timout', 'timeout'],
])('%s means %s', (word, meant) => {
  expect(didYouMean(word, fields)).toBe(meant);
});

test('the nearest candidate wins', () => {
  expect(didYouMean('label', ['table', 'labels'])).toBe('labels');
});

test('a word that is like none of the candidates means none of them', () => {
  expect(didYouMean('serviceAccountName', fields)).toBeUndefined();
});

test('a short word is not taken for another short word', () => {
  expect(didYouMean('a', ['b', 'c'])).toBeUndefined();
});

test('a candidate is not suggested for itself', () => {
  expect(didYouMean('path', ['path'])).toBeUndefined();
});

test('nothing is suggested where there are no candidates', () => {
  expect(didYouMean('path', [])).toBeUndefined();
});
