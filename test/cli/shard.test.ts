import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { misuseOf } from '../../lib/cli/misuse.js';
import { shardOf } from '../../lib/cli/shard.js';

const fail = misuseOf('test');

/** The names that each of so many shards takes. */
function shards(names: readonly string[], count: number): string[][] {
  return Array.from({ length: count }, (_, i) => names.filter(shardOf(`${i + 1}/${count}`, fail)));
}

const names = fc.uniqueArray(fc.stringMatching(/^[a-z]([a-z0-9-]{0,8}[a-z0-9])?$/), { maxLength: 40 });
const count = fc.integer({ min: 1, max: 9 });

test('each cluster is in exactly one shard', () => {
  fc.assert(
    fc.property(names, count, (all, n) => {
      expect(shards(all, n).flat().sort()).toEqual([...all].sort());
    }),
  );
});

test('a cluster stays in its shard when others come and go', () => {
  fc.assert(
    fc.property(names, count, fc.func(fc.boolean()), (all, n, stays) => {
      const left = all.filter((name) => stays(name));
      expect(shards(left, n)).toEqual(shards(all, n).map((shard) => shard.filter((name) => left.includes(name))));
    }),
  );
});

test('with one shard more, what moves goes to the new one', () => {
  fc.assert(
    fc.property(names, count, (all, n) => {
      const [before, after] = [shards(all, n), shards(all, n + 1)];
      before.forEach((shard, i) => expect(shard).toEqual(expect.arrayContaining(after[i]!)));
    }),
  );
});

test('the one shard of one has all', () => {
  expect(shards(['a', 'b', 'c'], 1)).toEqual([['a', 'b', 'c']]);
});

test.each(['0/8', '9/8', '1/0', '0/0'])('there is no shard %s', (text) => {
  expect(() => shardOf(text, fail)).toThrow('--shard names a shard that is not there [test]');
});

test.each(['', '2', '2/', '/8', '-1/8', '1.5/8', '2/8/9', ' 2/8', 'a/b', '1/1000000'])('%j is no shard', (text) => {
  expect(() => shardOf(text, fail)).toThrow('--shard is not understood [test]');
});

test('a shard that is not there is told with those that are', () => {
  expect(() => shardOf('9/8', fail)).toThrow(
    [
      '--shard names a shard that is not there [test]',
      '  expected  a shard and how many there are, counted from 1, such as 2/8',
      '  given     9/8',
      '  fix       the shards are 1/8 to 8/8',
    ].join('\n'),
  );
});
