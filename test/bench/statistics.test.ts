import { expect, test } from '@jest/globals';
import { median, range } from '../../bench/statistics.js';

test('the median is the middle value, whatever the order', () => {
  expect(median([3, 1, 10])).toBe(3);
});

test('of an even number of values it is the mean of the two in the middle', () => {
  expect(median([1, 2, 4, 100])).toBe(3);
});

test('there is none of nothing', () => {
  expect(() => median([])).toThrow('there is no median of nothing');
});

test('the values are left in their order', () => {
  const values = [3, 1, 2];
  expect([median(values), range(values), values]).toEqual([2, [1, 3], [3, 1, 2]]);
});
