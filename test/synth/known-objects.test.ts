import { expect, test } from '@jest/globals';
import { Construct } from 'constructs';
import { KnownObjects, KnownPlace, UnitObjects } from '../../lib/synth/known-objects.js';

test('an object that is equal to one of its place from before is that very one', () => {
  const place = new KnownPlace();
  const [a, b] = [place.normalize({ kind: 'A' }), place.normalize({ kind: 'B' })];
  expect(place.normalize({ kind: 'A' })).toBe(a);
  expect(place.normalize({ kind: 'B' })).toBe(b);
  expect(a).toEqual({ kind: 'A' });
});

test('so is one that is recognized only when it is plain', () => {
  const place = new KnownPlace();
  const model = { toJSON: () => ({ kind: 'A' }) };
  expect(place.normalize(model)).toBe(place.normalize(model));
});

test('what differs every time is not looked for any more', () => {
  const place = new KnownPlace();
  for (let n = 0; n < 20; n++) place.normalize({ n });
  expect(place.normalize({ n: 19 })).not.toBe(place.normalize({ n: 19 }));
});

test('a place is the same in every unit, whatever the unit is called', () => {
  const known = new KnownObjects();
  const root = new Construct(undefined as unknown as Construct, '');
  const [one, another] = ['one', 'another'].map((name) => new Construct(root, name));
  const at = (unit: Construct) => new UnitObjects(known, unit).at(`${unit.node.path}/layer/a`);
  expect(at(one!)).toBe(at(another!));
  expect(at(root)).not.toBe(known.at('/layer/b'));
});

test('places that nobody asks for any more are forgotten, and the others are not', () => {
  const known = new KnownObjects();
  const [kept, left] = [known.at('kept'), known.at('left')];
  for (let n = 0; n < 45_000; n++) {
    known.at(`place ${n}`);
    if (n % 1000 === 0) known.at('kept');
  }
  expect(known.at('kept')).toBe(kept);
  expect(known.at('left')).not.toBe(left);
});
