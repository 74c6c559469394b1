import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { FleetError } from '../../lib/finding.js';
import { misuseOf } from '../../lib/cli/misuse.js';
import { checkOnly, selectFrom, selectionOf } from '../../lib/cli/selection.js';
import type { Selectable } from '../../lib/cli/selection.js';
import type { ReadFleet } from '../../lib/read/fleet.js';
import { testFleet } from '../support/fleet.js';

const fail = misuseOf('test');

const ALL: readonly Selectable[] = [
  { name: 'prod-eu', labels: { environment: 'production', region: 'eu' } },
  { name: 'prod-us', labels: { environment: 'production', region: 'us', gpu: '' } },
  { name: 'staging', labels: { environment: 'staging', region: 'eu' } },
  // Its name is also the key of a label.
  { name: 'gpu', labels: { environment: 'lab' } },
  { name: 'infra' },
];

function selected(...values: string[]): string[] {
  return ALL.filter(selectionOf(values, ALL, fail)).map(({ name }) => name);
}

test.each([
  ['a name', ['staging'], ['staging']],
  ['several names', ['staging', 'prod-eu'], ['prod-eu', 'staging']],
  ['a selector', ['environment=production'], ['prod-eu', 'prod-us']],
  ['a selector of several requirements', ['environment=production,region!=us'], ['prod-eu']],
  ['a set', ['region in (eu, us), environment notin (staging)'], ['prod-eu', 'prod-us']],
  ['a name that is the key of a label', ['gpu'], ['gpu']],
  ['the key of a label', ['region'], ['prod-eu', 'prod-us', 'staging']],
  ['the union of both', ['region=us', 'staging'], ['prod-us', 'staging']],
  ['what meets two values', ['region=eu', 'staging'], ['prod-eu', 'staging']],
  ['what has no labels', ['infra'], ['infra']],
  // As in kubectl, what has no such label is not equal; what has no labels at all is no cluster.
  ['what is not', ['region!=eu'], ['prod-us', 'gpu']],
  ['what lacks a label', ['!region'], ['gpu']],
  ['what lacks a label that there is not', ['!nowhere'], ['prod-eu', 'prod-us', 'staging', 'gpu']],
])('%s selects', (_, values, names) => {
  expect(selected(...values)).toEqual(names);
});

/** What a person reads. */
function textOf(...values: string[]): string {
  try {
    return selected(...values).join();
  } catch (e) {
    if (e instanceof FleetError) return e.message;
    throw e;
  }
}

test('a word that is neither is told with what was meant, and with all there is', () => {
  expect(textOf('staging', 'prod-ue')).toMatchInlineSnapshot(`
   "--only names neither a cluster nor a label [test]
     expected  names: gpu, infra, prod-eu, prod-us, staging; labels: environment, gpu, region
     given     prod-ue
     fix       write --only prod-eu"
  `);
  expect(textOf('regoin')).toContain('  fix       write --only region');
  expect(textOf('elsewhere')).not.toContain('fix');
});

test('a selector that selects nothing is told with the values or labels that there are', () => {
  expect(textOf('region=ue')).toMatchInlineSnapshot(`
   "--only selects no cluster [test]
     expected  region: eu, us
     given     region=ue
     fix       did you mean region=eu?"
  `);
  expect(textOf('environment=production,regin=eu')).toMatchInlineSnapshot(`
   "--only selects no cluster [test]
     expected  one of the labels environment, gpu, region
     given     environment=production,regin=eu
     fix       did you mean region?"
  `);
  expect(() => selectionOf(['a=b'], [{ name: 'infra' }], fail)).toThrow('a name: nothing here has labels');
  expect(textOf('region=eu,gpu')).toMatchInlineSnapshot(`
   "--only selects no cluster [test]
     expected  requirements that one cluster meets all
     given     region=eu,gpu"
  `);
});

test('several names in one value are told as such', () => {
  expect(textOf('staging,prod-eu')).toMatchInlineSnapshot(`
   "--only names several clusters at once [test]
     expected  one name, or a label selector
     given     staging,prod-eu
     fix       repeat it: --only staging --only prod-eu"
  `);
});

test('what is no selector is told with what is wrong with it', () => {
  expect(textOf('region=eu,')).toMatchInlineSnapshot(`
   "--only is not understood [test]
     expected  the name of a cluster, or a label selector such as "region=eu,tier!=edge" or "tier in (a,b)"
     given     region=eu,: it ends behind ",", where the key of a label should be"
  `);
  expect(textOf('')).toContain('  given     nothing');
  expect(() => checkOnly(['staging', 'region in eu'], fail)).toThrow('"eu" stands behind "in", where "(" should be');
  expect(() => checkOnly(['staging', 'region in (eu)'], fail)).not.toThrow();
});

test('of many names some are told', () => {
  const many = Array.from({ length: 100 }, (_, n) => ({ name: `store-${n}`, labels: {} }));
  expect(() => selectionOf(['shop'], many, fail)).toThrow(/names: store-0, store-1, .*store-17 and 90 more/);
});

test('a name selects what has it and nothing else, whatever the labels are', () => {
  const word = fc.stringMatching(/^[a-z][a-z0-9]{0,3}$/);
  const labels = fc.dictionary(word, word, { noNullPrototype: true });
  const all = fc.uniqueArray(fc.record({ name: word, labels }), { minLength: 1, selector: ({ name }) => name });
  fc.assert(
    fc.property(all, fc.nat(), (units, n) => {
      const { name } = units[n % units.length]!;
      expect(units.filter(selectionOf([name], units, fail)).map((u) => u.name)).toEqual([name]);
    }),
  );
});

describe('the labels of a cluster', () => {
  const labelsOf = (labels: Readonly<Record<string, string>>) => {
    const fleet = testFleet({ name: 'shops' });
    fleet.addCluster('store-1', { environment: 'production', labels }, () => undefined);
    fleet.addCluster('store-2', {}, () => undefined);
    return [...fleet.units()].map((unit) => unit.labels);
  };

  test('are its own, and what flux-fleet.yaml says of it', () => {
    expect(labelsOf({ region: 'eu' })).toEqual([
      { cluster: 'store-1', environment: 'production', fleet: 'shops', region: 'eu' },
      { cluster: 'store-2', environment: 'test', fleet: 'shops' },
    ]);
  });

  test('its own win', () => {
    expect(labelsOf({ fleet: 'north' })[0]).toMatchObject({ fleet: 'north' });
  });
});

test('of a fleet that was read, what is told of other clusters goes with them', () => {
  const cluster = (name: string, labels = {}) => ({ name, labels, environment: '', fleet: '' });
  const finding = (what: string, of?: string) => ({ rule: 'test', what, ...(of !== undefined && { cluster: of }) });
  const read = {
    ...{ notes: ['a note'], absent: [] },
    clusters: [cluster('one', { region: 'eu' }), cluster('two')],
    findings: [finding('of one', 'one'), finding('of two', 'two'), finding('of all')],
  } as unknown as ReadFleet;
  const names = (values: string[]) => {
    const { clusters, findings, notes } = selectFrom(read, values, fail);
    return [clusters.map((c) => c.name), findings.map((f) => f.what), notes];
  };
  expect(names([])).toEqual([['one', 'two'], ['of one', 'of two', 'of all'], ['a note']]);
  expect(names(['region=eu'])).toEqual([['one'], ['of one', 'of all'], ['a note']]);
  expect(names(['cluster=two'])).toEqual([['two'], ['of two', 'of all'], ['a note']]);
  // A repository that says nothing of environments has no such label.
  expect(() => names(['environment'])).toThrow('--only names neither a cluster nor a label');
});
