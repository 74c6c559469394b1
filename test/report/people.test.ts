import { expect, test } from '@jest/globals';
import pc from 'picocolors';
import { namesOf, peopleReport } from '../../lib/report/people.js';
import { reportOf } from '../../lib/report/report.js';
import { cluster, finding, report } from './fixture.js';

const colors = pc.createColors(false);

test('a cluster is a heading, and below it each finding as a synth tells it', () => {
  const findings = [
    finding('late', { severity: 'warning', fix: undefined }),
    finding('early', { where: { file: 'clusters/prod/apps.yaml:12' } }),
  ];
  expect(peopleReport(report(cluster('prod', findings)), { colors })).toMatchInlineSnapshot(`
   "prod
   ────

   error: something of early is wrong [early]
     expected  right
     given     wrong
     file      clusters/prod/apps.yaml:12
     fix       mend it

   warning: something of late is wrong [late]
     expected  right
     given     wrong"
  `);
});

test('a hundred clusters with the same three findings are three blocks', () => {
  const names = Array.from({ length: 100 }, (_, n) => `edge-${String(n + 1).padStart(3, '0')}`);
  const of = (name: string) =>
    ['a', 'b', 'c'].map((rule) => finding(rule, { where: { file: `clusters/${name}/apps.yaml:3` } }));
  const text = peopleReport(report(...names.map((n) => cluster(n, of(n)))), { colors });
  expect(text.match(/^error:/gm)).toHaveLength(3);
  expect(text).toMatch(/^all 100 clusters: edge-001, edge-002 and 98 others\n─+\n\nerror: /);
  expect(text).toContain('  file      clusters/edge-001/apps.yaml:3, and 99 more like it\n');
});

test('what is about no cluster comes first, then what most clusters have', () => {
  const read = [finding('broken', { where: { file: 'a.yaml:1' } })];
  const clusters = [
    cluster('a', [finding('x'), finding('y')]),
    cluster('b', [finding('x'), finding('z')]),
    cluster('c', [finding('x')]),
    cluster('d'),
  ];
  const text = peopleReport(reportOf({ clusters, read, unchecked: {}, notes: [] }), { colors });
  const lines = text.split('\n').filter((line) => /^\S/.test(line) && !line.startsWith('─'));
  expect(lines).toEqual([
    'error: something of broken is wrong [broken]',
    'a, b and c',
    'error: something of x is wrong [x]',
    'a',
    'error: something of y is wrong [y]',
    'b',
    'error: something of z is wrong [z]',
  ]);
});

test('in a terminal no line is longer than it is wide, and what goes on is indented', () => {
  const what = `the Kustomization "apps" ${'waits for something that never comes '.repeat(3)}`.trim();
  const given = `one ${'word after another '.repeat(8)}`.trim();
  const text = peopleReport(report(cluster('prod', [finding('x', { what, given })])), { colors, width: 60 });
  expect(text).toMatchInlineSnapshot(`
   "prod
   ────

   error: the Kustomization "apps" waits for something that
     never comes waits for something that never comes waits for
     something that never comes [x]
     expected  right
     given     one word after another word after another word
               after another word after another word after
               another word after another word after another
               word after another
     fix       mend it"
  `);
  expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(60);
});

test('colours are for the severity, the heading and what is secondary', () => {
  const text = peopleReport(report(cluster('prod', [finding('x')])), { colors: pc.createColors(true) });
  expect(text).toContain('\u001b[1mprod\n────\u001b[22m');
  expect(text).toContain('\u001b[31merror\u001b[39m: something of x is wrong \u001b[2m[x]\u001b[22m');
});

test.each([
  [['a'], 'a'],
  [['a', 'b'], 'a and b'],
  [['a', 'b', 'c'], 'a, b and c'],
  [['a', 'b', 'c', 'd'], 'a, b and 2 others'],
])('%j is %s', (names, text) => {
  expect(namesOf(names)).toBe(text);
});
