import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { assign } from '../lib/assign.js';

const name = fc.string({ minLength: 1 });
const places = fc.uniqueArray(fc.string({ minLength: 1 }), { minLength: 1, maxLength: 12 });

test('the places of these names never change: who changes them moves everything', () => {
  const names = ['staging', 'prod-eu', 'prod-us', 'store-1', 'store-2', 'store-3'];
  expect(names.map((n) => assign(n, ['1', '2', '3'])).join(' ')).toBe('3 2 1 2 3 2');
});

test('a name has one of the places, in whatever order they come', () => {
  fc.assert(
    fc.property(name, places, (n, all) => {
      const place = assign(n, all);
      expect(all).toContain(place);
      expect(assign(n, [...all].reverse())).toBe(place);
    }),
  );
});

test('where a place is added, a name stays or moves there; where one goes, only its own names move', () => {
  fc.assert(
    fc.property(name, places, fc.string({ minLength: 1 }), (n, all, added) => {
      fc.pre(!all.includes(added));
      expect([assign(n, all), added]).toContain(assign(n, [...all, added]));
    }),
  );
});

test('names are spread over the places about evenly', () => {
  const all = Array.from({ length: 8 }, (_, i) => String(i + 1));
  const counts = new Map(all.map((place) => [place, 0]));
  for (let n = 0; n < 4000; n++) counts.set(assign(`store-${n}`, all), counts.get(assign(`store-${n}`, all))! + 1);
  expect(Math.min(...counts.values())).toBeGreaterThan(400);
  expect(Math.max(...counts.values())).toBeLessThan(600);
});

test('without a place there is nothing to assign to', () => {
  expect(() => assign('staging', [])).toThrow('There is no place to which "staging" could be assigned.');
});
