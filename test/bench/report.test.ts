import { expect, test } from '@jest/globals';
import { markdownReport, textReport } from '../../bench/report.js';
import type { BenchResult } from '../../bench/report.js';

const RESULT: BenchResult = {
  machine: { cpu: 'a CPU', cores: 2, memoryGiB: 24, system: 'Linux', node: '20.20.2', fileSystem: 'tmpfs' },
  size: { clusters: 1, components: 20, tenants: 200 },
  runs: 3,
  sections: [
    {
      id: 'contenders',
      title: 'The same objects',
      skipped: ['kubectl kustomize: kubectl is not installed'],
      rows: [
        {
          id: 'library',
          title: 'cdk8s-flux-fleet',
          ...{ seconds: [4.1, 4, 5], median: 4.1, least: 4, most: 5, cpuSeconds: 6.25, peakMiB: 187.4 },
          ...{ objects: 136_100, files: 72_700, bytes: 45_678_901, touched: 10 },
        },
        {
          id: 'floor',
          title: 'the floor',
          ...{ seconds: [0.082], median: 0.082, least: 0.082, most: 0.082, cpuSeconds: undefined, peakMiB: undefined },
          ...{ objects: 0, files: 50, bytes: 24_000, touched: 50 },
        },
      ],
    },
  ],
  goals: [{ goal: 'in that of kosko', limit: '≤ 1', measured: '1.200', met: false }],
};

test('the report for a terminal', () => {
  expect(textReport(RESULT)).toMatchInlineSnapshot(`
   "1 cluster × 20 components × 200 tenants; 3 runs of each. 2 cores (a CPU), 24 GiB, Linux, Node.js 20.20.2, files on tmpfs.

   The same objects

                     median      min–max  to the first     CPU  peak memory  objects   files  written    bytes
   ────────────────  ──────  ───────────  ────────────  ──────  ───────────  ───────  ──────  ───────  ───────
   cdk8s-flux-fleet  4.10 s  4.00–5.00 s          1.00  6.25 s      187 MiB  136,100  72,700       10  45.7 MB
   the floor          82 ms      one run          0.02       –            –        –      50       50    24 kB

   Left out: kubectl kustomize: kubectl is not installed.

   goal, for the large fleet  limit  measured  met
   ─────────────────────────  ─────  ────────  ───
   in that of kosko             ≤ 1     1.200  no"
  `);
});

test('the report for a page has the same cells', () => {
  const cells = (text: string): string[] => text.match(/[\p{L}\p{N}.%≤/]+/gu)!;
  expect(cells(markdownReport(RESULT).replace('### Goals', ''))).toEqual(cells(textReport(RESULT)));
});

test('what was not judged needs no table', () => {
  expect(textReport({ ...RESULT, goals: [] })).not.toContain('limit');
  expect(markdownReport({ ...RESULT, goals: [] })).not.toContain('limit');
});
