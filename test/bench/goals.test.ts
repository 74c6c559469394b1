import { expect, test } from '@jest/globals';
import { judge } from '../../bench/goals.js';
import type { Row } from '../../bench/runner.js';
import { SIZES } from '../../bench/sizes.js';

/** A row with what a goal reads. */
function row(id: string, seconds: number, more: Partial<Row> = {}): Row {
  const numbers = { seconds: [seconds], median: seconds, least: seconds, most: seconds };
  const found = { objects: 0, files: 0, bytes: 0, touched: 0, peakMiB: undefined, cpuSeconds: undefined };
  return { id, title: id, ...numbers, ...found, ...more };
}

/** The verdicts on rows of a section, by goal. */
function verdicts(section: string, ...rows: Row[]): Record<string, string> {
  const results = judge([{ id: section, title: section, rows, skipped: [] }], SIZES.large);
  return Object.fromEntries(results.map((r) => [r.goal, `${r.measured}: ${r.met ? 'yes' : 'no'}`]));
}

test('a synth is held against the others', () => {
  const rows = [row('library', 3), row('raw', 20), row('kosko', 2.5), row('floor', 0.5)];
  expect(verdicts('contenders', ...rows)).toEqual({
    'Time of a synth, in that of cdk8s alone: an eighth': '0.150: no',
    'The least of it: a fifth': '0.150: yes',
    'Time of a synth, in that of kosko': '1.200: no',
    'Time of a synth, in that of the floor': '6.000: yes',
  });
});

test('a second synth is held against the first', () => {
  const rows = [row('library', 3), row('library-unchanged', 2, { touched: 1 })];
  expect(verdicts('contenders', ...rows)).toEqual({
    'Time where nothing has changed, in that of the first synth': '0.667: yes',
    'Files written where nothing has changed': '1: no',
  });
});

test('few clusters are held against many, less what every synth takes', () => {
  const rows = [
    row('smallest', 1, { objects: 10 }),
    row('clusters-9', 2, { objects: 10_010, peakMiB: 150 }),
    row('clusters-25', 3.5, { objects: 25_010, peakMiB: 200 }),
    row('clusters-100', 14, { objects: 100_010, peakMiB: 310 }),
  ];
  expect(verdicts('scale', ...rows)).toEqual({
    'Most memory of any synth': '310 MiB: no',
    'Memory with four times as many clusters': '1.55: no',
    'Time per object, few clusters and many, less that of the smallest fleet: how far apart':
      '30 % (100 µs, 130 µs): no',
  });
});

test('what cdk8s adds is held against what it adds to a small fleet', () => {
  const goal = 'What npx cdk8s synth adds here beyond what it adds to a small fleet, in the time of the synth';
  const rows = (full: number): Row[] => [
    row('small-direct', 1),
    row('small-cdk8s', 3),
    row('full-direct', 10),
    row('full-cdk8s', full),
  ];
  expect(verdicts('cdk8s', ...rows(12.5))).toEqual({ [goal]: '0.05 (2.50 s, 2.00 s): yes' });
  expect(verdicts('cdk8s', ...rows(14))).toEqual({ [goal]: '0.20 (4.00 s, 2.00 s): no' });
});

test('what was not measured is not judged', () => {
  expect(verdicts('contenders', row('raw', 1))).toEqual({});
});
