import { expect, test } from '@jest/globals';
import { jsonReport } from '../../lib/report/json.js';
import { reportOf } from '../../lib/report/report.js';
import { cluster, finding } from './fixture.js';

test('the report is one line, with the clusters of each finding and the place of the first', () => {
  const clusters = ['a', 'b'].map((n) => cluster(n, [finding('x', { where: { file: `clusters/${n}/f.yaml:4` } })]));
  const unchecked = { 'example.com/v1 Thing': 2 };
  const text = jsonReport(reportOf({ clusters, read: [], unchecked, notes: ['a source is not here'] }));
  expect(text).not.toContain('\n');
  expect(JSON.parse(text)).toEqual({
    clusters: [
      { name: 'a', objects: 10 },
      { name: 'b', objects: 10 },
    ],
    findings: [
      {
        rule: 'x',
        severity: 'error',
        what: 'something of x is wrong',
        expected: 'right',
        given: 'wrong',
        fix: 'mend it',
        clusters: ['a', 'b'],
        places: [
          { cluster: 'a', file: 'clusters/a/f.yaml', line: 4 },
          { cluster: 'b', file: 'clusters/b/f.yaml', line: 4 },
        ],
        file: 'clusters/a/f.yaml',
        line: 4,
      },
    ],
    allowed: [],
    unchecked,
    notes: ['a source is not here'],
    summary: { clusters: 2, objects: 20, errors: 1, warnings: 0, allowed: 0 },
  });
});
