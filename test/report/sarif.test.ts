import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { Ajv } from 'ajv';
import type { Rule } from 'cdk8s-flux-fleet';
import { reportOf } from '../../lib/report/report.js';
import type { Report } from '../../lib/report/report.js';
import { sarifReport } from '../../lib/report/sarif.js';
import type { SarifOptions } from '../../lib/report/sarif.js';
import { cluster, finding, report } from './fixture.js';

/** OASIS' schema of the final standard, draft 4 of JSON schema; its own address is none that Ajv takes. */
const {
  id: _id,
  $schema: _schema,
  ...schema
} = JSON.parse(readFileSync(join(import.meta.dirname, 'sarif-schema-2.1.0.json'), 'utf8')) as Record<string, unknown>;
const validate = new Ajv({ strict: false, validateFormats: false, allErrors: true }).compile(schema);

const RULE: Rule = { id: 'x', title: 'Nothing is x.', severity: 'warning', check: () => [] };

interface Sarif {
  readonly runs: readonly [
    {
      readonly tool: { readonly driver: { readonly rules: readonly Record<string, unknown>[] } };
      readonly results: readonly Record<string, unknown>[];
    },
  ];
}

/** The report as SARIF, held against the schema. */
function sarif(of: Report, options: Partial<SarifOptions> = {}): Sarif['runs'][0] {
  const text = sarifReport(of, {
    version: '1.0.0',
    rules: [RULE],
    pageOf: () => undefined,
    fromTop: (file) => file,
    homeOf: (name) => `clusters/${name}/flux-fleet.yaml`,
    ...options,
  });
  const log = JSON.parse(text) as Sarif;
  validate(log);
  expect(validate.errors ?? []).toEqual([]);
  return log.runs[0];
}

test('the schema refuses what is no SARIF', () => {
  expect(validate({ version: '2.1.0', runs: [{ tool: { driver: {} } }] })).toBe(false);
});

test('a finding is a result with its rule, level, text, place and fingerprint', () => {
  const run = sarif(report(cluster('prod', [finding('x', { severity: 'warning', where: { file: 'a/b.yaml:12' } })])));
  expect(run.results).toEqual([
    {
      ruleId: 'x',
      ruleIndex: 0,
      level: 'warning',
      message: { text: 'something of x is wrong\nExpected: right\nGiven: wrong\nFix: mend it\nOn: prod' },
      locations: [
        {
          physicalLocation: {
            artifactLocation: { uri: 'a/b.yaml', uriBaseId: '%SRCROOT%' },
            region: { startLine: 12 },
          },
          logicalLocations: [{ name: 'prod', kind: 'module' }],
        },
      ],
      partialFingerprints: { 'fluxFleetFinding/v1': expect.stringMatching(/^[0-9a-f]{32}$/) },
    },
  ]);
});

test('a rule has its title, its severity and its page', () => {
  const pageOf = (rule: string) => ({
    text: `# ${rule}\n\nSee [another](other.md) and [Flux](https://fluxcd.io).`,
    uri: `https://example.com/${rule}.md`,
  });
  expect(sarif(report(cluster('prod')), { pageOf }).tool.driver.rules).toEqual([
    {
      id: 'x',
      shortDescription: { text: 'Nothing is x.' },
      help: { text: 'Nothing is x.', markdown: '# x\n\nSee another and [Flux](https://fluxcd.io).' },
      helpUri: 'https://example.com/x.md',
      defaultConfiguration: { level: 'warning' },
    },
  ]);
});

test('a rule without a page has no address', () => {
  const [rule] = sarif(report(cluster('prod'))).tool.driver.rules;
  expect(rule).not.toHaveProperty('helpUri');
});

test('what the reader says is a rule as well', () => {
  const read = [finding('file-unreadable', { where: { file: 'a.yaml:1' } })];
  const run = sarif(reportOf({ clusters: [], read, unchecked: {}, notes: [] }));
  expect(run.tool.driver.rules.map((r) => r.id)).toEqual(['x', 'file-unreadable']);
  expect(run.results).toMatchObject([{ ruleId: 'file-unreadable', ruleIndex: 1, level: 'error' }]);
});

test('paths are percent-encoded', () => {
  const run = sarif(report(cluster('prod', [finding('x', { where: { file: 'a b/ü#1%.yaml:3' } })])));
  expect(JSON.stringify(run.results)).toContain('"uri":"a%20b/%C3%BC%231%25.yaml"');
});

test('clusters that share a file have one result there, those with their own one each', () => {
  const shared = (name: string) => [
    finding('x', { where: { file: 'base/all.yaml:3' } }),
    finding('x', { what: 'own', where: { file: `clusters/${name}/own.yaml:3` } }),
  ];
  const { results } = sarif(report(cluster('a', shared('a')), cluster('b', shared('b'))));
  expect(results.map((r) => (r.message as { text: string }).text.replace(/\n[^]*\n/, ' '))).toEqual([
    'something of x is wrong On: a and b',
    'own On: a',
    'own On: b',
  ]);
});

test('a finding without a file is shown at the file that stands for its cluster', () => {
  const run = sarif(report(cluster('prod', [finding('x')])));
  expect(JSON.stringify(run.results)).toContain('"uri":"clusters/prod/flux-fleet.yaml"');
});

test('a file outside of the repository has no place in it', () => {
  const run = sarif(report(cluster('prod', [finding('x', { where: { file: '../a.yaml:3' } })])), {
    fromTop: () => undefined,
  });
  expect(run.results).toMatchObject([{ locations: [{ logicalLocations: [{ name: 'prod' }] }] }]);
});

/** The fingerprints of some findings of one cluster. */
function prints(...findings: Parameters<typeof finding>[]): unknown[] {
  const run = sarif(
    report(
      cluster(
        'prod',
        findings.map((f) => finding(...f)),
      ),
    ),
  );
  return run.results.map((r) => (r.partialFingerprints as Record<string, unknown>)['fluxFleetFinding/v1']);
}

test('a fingerprint stays when lines move, and is another one for anything else', () => {
  const [first] = prints(['x', { where: { file: 'a.yaml:1' } }]);
  expect(prints(['x', { where: { file: 'a.yaml:99' } }])).toEqual([first]);
  expect(prints(['y', { where: { file: 'a.yaml:1' } }])).not.toEqual([first]);
  expect(prints(['x', { where: { file: 'b.yaml:1' } }])).not.toEqual([first]);
  expect(prints(['x', { what: 'else', where: { file: 'a.yaml:1' } }])).not.toEqual([first]);
});

test('two alike in one file have fingerprints of their own', () => {
  const both = prints(['x', { where: { file: 'a.yaml:1' } }], ['x', { where: { file: 'a.yaml:5' } }]);
  expect(new Set(both).size).toBe(2);
});

test('what is allowed is suppressed, with its reason and its end', () => {
  const on = {
    object: { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'demo', namespace: 'apps' } },
    construct: undefined,
    code: () => undefined,
    file: 'a.yaml',
    lineOf: () => 7,
    allowed: [],
    namespace: undefined,
  };
  const allowed = [{ rule: 'x', reason: 'a demo', until: '2030-01-31', on, what: 'the Secret is in clear' }];
  const run = sarif(report({ ...cluster('prod'), allowed }));
  expect(run.results).toMatchObject([
    {
      ruleId: 'x',
      message: { text: 'the Secret is in clear\nOn: prod' },
      locations: [{ physicalLocation: { region: { startLine: 7 } } }],
      suppressions: [{ kind: 'external', justification: 'a demo (until 2030-01-31)' }],
    },
  ]);
});
