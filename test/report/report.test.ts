import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { reportOf } from '../../lib/report/report.js';
import { cluster, finding, report } from './fixture.js';

test('a finding of one cluster is told with its place', () => {
  const where = { file: 'clusters/prod/apps.yaml:12' };
  expect(report(cluster('prod', [finding('a', { where })])).findings).toEqual([
    {
      rule: 'a',
      severity: 'error',
      what: 'something of a is wrong',
      expected: 'right',
      given: 'wrong',
      fix: 'mend it',
      clusters: ['prod'],
      places: [{ cluster: 'prod', file: 'clusters/prod/apps.yaml', line: 12 }],
    },
  ]);
});

test('what several clusters have alike is one finding, whatever directory and line it is in', () => {
  const { findings, summary } = report(
    cluster('a', [finding('x', { where: { file: 'clusters/a/apps.yaml:3' } })]),
    cluster('b', [finding('x', { where: { file: 'clusters/b/apps.yaml:9' } })]),
  );
  expect(findings).toMatchObject([{ clusters: ['a', 'b'], places: [{ line: 3 }, { line: 9 }] }]);
  expect(summary).toEqual({ clusters: 2, objects: 20, errors: 1, warnings: 0, allowed: 0 });
});

test('a directory that is named after the cluster elsewhere is its own as well', () => {
  const { findings } = report(
    cluster('a', [finding('x', { where: { file: 'infrastructure/a/kustomization.yaml' } })]),
    cluster('b', [finding('x', { where: { file: 'infrastructure/b/kustomization.yaml' } })]),
  );
  expect(findings).toHaveLength(1);
});

test.each([
  ['another text', { given: 'something else' }],
  ['another file', { where: { file: 'clusters/b/other.yaml:3' } }],
  ['another severity', { severity: 'warning' as const }],
])('%s makes another finding', (_, more) => {
  const { findings } = report(
    cluster('a', [finding('x', { where: { file: 'clusters/a/apps.yaml:3' } })]),
    cluster('b', [finding('x', { where: { file: 'clusters/b/apps.yaml:3' }, ...more })]),
  );
  expect(findings).toHaveLength(2);
});

test('what one cluster has twice stays two, and those of the next cluster go with them', () => {
  const twice = [finding('x'), finding('x')];
  const { findings } = report(cluster('a', twice), cluster('b', twice), cluster('c', [finding('x')]));
  expect(findings.map((f) => f.clusters)).toEqual([
    ['a', 'b', 'c'],
    ['a', 'b'],
  ]);
});

test('errors come before warnings, and each in the order of the rules', () => {
  const { findings } = report(
    cluster('a', [
      finding('w', { severity: 'warning' }),
      finding('b'),
      finding('v', { severity: 'warning' }),
      finding('a'),
    ]),
  );
  expect(findings.map((f) => f.rule)).toEqual(['b', 'a', 'w', 'v']);
});

test('what was found while reading is told first, with no cluster where it is about none', () => {
  const read = [finding('file-unreadable', { where: { file: 'broken.yaml:7' } })];
  const { findings } = reportOf({ clusters: [cluster('a', [finding('x')])], read, unchecked: {}, notes: [] });
  expect(findings.map((f) => [f.rule, f.clusters])).toEqual([
    ['file-unreadable', []],
    ['x', ['a']],
  ]);
});

test('files are told as they are to be shown, and folded as they were read', () => {
  const clusters = ['a', 'b'].map((n) => cluster(n, [finding('x', { where: { file: `clusters/${n}/f.yaml:1` } })]));
  const shown = (file: string): string => `dist/${file}`;
  const [only] = reportOf({ clusters, read: [], unchecked: {}, notes: [], shown }).findings;
  expect(only?.places.map((p) => p.file)).toEqual(['dist/clusters/a/f.yaml', 'dist/clusters/b/f.yaml']);
});

test('no finding is lost or told twice, however they are folded', () => {
  const anyFinding = fc.record({ rule: fc.constantFrom('x', 'y'), given: fc.constantFrom('1', '2') });
  const anyFleet = fc.array(fc.array(anyFinding, { maxLength: 5 }), { maxLength: 5 });
  fc.assert(
    fc.property(anyFleet, (fleet) => {
      const clusters = fleet.map((findings, n) =>
        cluster(
          `c${n}`,
          findings.map((f) => finding(f.rule, { given: f.given })),
        ),
      );
      const told = report(...clusters).findings.flatMap((f) => f.clusters.map((c) => `${c} ${f.rule} ${f.given}`));
      const found = fleet.flatMap((findings, n) => findings.map((f) => `c${n} ${f.rule} ${f.given}`));
      expect(told.sort()).toEqual(found.sort());
    }),
  );
});
