import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { allow, ConfigMap, Layer, Secret } from 'cdk8s-flux-fleet';
import { RULE_GROUPS, RULES } from '../../lib/checks/index.js';
import { findingsOf, testCluster } from '../support/fleet.js';
import { findingsIn, findingsInLayer, object, rulesOf } from './support.js';

const GROUPS: Readonly<Record<string, string>> = {
  'It will apply': 'apply',
  'It will become ready': 'ready',
  'Nobody reaches further than they may': 'reach',
  'Nothing dies by accident': 'accident',
};
const PER_GROUP = Object.entries(RULE_GROUPS);
const EACH = PER_GROUP.flatMap(([group, rules]) => rules.map((rule) => [rule.id, rule, group] as const));

test('each group of rules has a folder', () => {
  expect(Object.keys(RULE_GROUPS)).toEqual(Object.keys(GROUPS));
});

test.each(EACH)('%s has its code and its test in the folder of its group', (id, _, group) => {
  const filesWith = (directory: string, texts: readonly string[]) =>
    readdirSync(directory).filter((file) => {
      const code = readFileSync(join(directory, file), 'utf8');
      return texts.some((text) => code.includes(text));
    });
  const code = filesWith(`lib/checks/${GROUPS[group]!}`, [`'${id}'`]);
  expect(code).toHaveLength(1);
  const module = `/lib/checks/${GROUPS[group]!}/${code[0]!.replace('.ts', '.js')}'`;
  expect(filesWith(`test/checks/${GROUPS[group]!}`, [`'${id}'`, module])).not.toEqual([]);
});

test('every rule has an identifier of its own, in kebab-case', () => {
  const ids = RULES.map((rule) => rule.id);
  expect(ids).toEqual([...new Set(ids)]);
  expect(ids.filter((id) => !/^[a-z]+(-[a-z]+)*$/.test(id))).toEqual([]);
});

test.each(EACH)('%s has a title and a page that says its severity', (id, rule) => {
  expect(rule.title).toMatch(/^[A-Z].*\w/);
  expect(existsSync(`docs/rules/${id}.md`)).toBe(true);
  const lines = readFileSync(`docs/rules/${id}.md`, 'utf8').split('\n');
  expect(lines[0]).toBe(`# ${id}`);
  expect(lines).toContain(`**Severity:** ${rule.severity ?? 'error'}`);
  expect(lines.join('\n')).toMatch(/^```text\n/m);
});

test.each(PER_GROUP)('%s: the table of rules has a row for each, in their order', (group, rules) => {
  const page = readFileSync('docs/rules/README.md', 'utf8');
  const section = page.split(/^## /m).find((text) => text.startsWith(`${group}\n`)) ?? '';
  const rows = section.split('\n').filter((line) => line.startsWith('| ['));
  const expected = rules.map(
    ({ id, title, severity }) => `| [${id}](${id}.md) | ${title?.replace(/\.?$/, '.')} | ${severity ?? 'error'} |`,
  );
  expect(rows.map((row) => row.replace(/ +/g, ' ').trim())).toEqual(expected);
});

test('there is no page of a rule that does not exist', () => {
  const ids = new Set(RULES.map((rule) => rule.id));
  const pages = readdirSync('docs/rules').map((file) => file.replace('.md', ''));
  expect(pages.filter((page) => !ids.has(page) && page !== 'README' && page !== 'own-rules')).toEqual([]);
});

test('findings of all rules are told together, in the order of the rules', () => {
  const findings = findingsIn((cluster) => {
    const layer = new Layer(cluster, 'base', { namespace: 'base', postBuild: { substitute: { A: '1' } } });
    new ConfigMap(layer, 'settings', { data: { a: '${B}' } });
    new ConfigMap(layer, 'twice', { name: 'settings' });
    new Layer(cluster, 'nothing');
    layer.addDependsOn(layer);
    object(layer, 'token', { apiVersion: 'v1', kind: 'Secret', stringData: { a: 'x' } });
    object(layer, 'number', { apiVersion: 'v1', kind: 'ConfigMap', data: { a: 1 } });
    object(layer, 'old', { apiVersion: 'batch/v1beta1', kind: 'CronJob' });
    object(layer, 'kindless', { apiVersion: 'v1' });
  });
  expect(rulesOf(findings)).toEqual([
    'object-identity',
    'api-version-not-served',
    'invalid-field',
    'layer-content',
    'dependency-cycle',
    'undefined-variable',
    'duplicate-object',
    'plaintext-secret',
  ]);
});

test('what is allowed is not told', () => {
  const findings = findingsInLayer((layer) => {
    const settings = new ConfigMap(layer, 'settings', { data: { PORT: 80 as never } });
    allow(settings, { rule: 'invalid-field', reason: 'An API server of our own takes it.' });
  });
  expect(findings).toEqual([]);
});

test('what is allowed for a layer is allowed for its objects', () => {
  const findings = findingsInLayer((layer) => {
    allow(layer, { rule: 'plaintext-secret', reason: 'A demo.' });
    new Secret(layer, 'token', { stringData: { token: 'x' } });
  });
  expect(findings).toEqual([]);
});

test('what is told of a layer itself can be allowed there', () => {
  const findings = findingsIn((cluster) => {
    const layer = new Layer(cluster, 'empty');
    allow(layer, { rule: 'layer-content', reason: 'Filled by a job.' });
  });
  expect(findings).toEqual([]);
});

test.each(['', '   ', undefined as never])('to allow without a reason (%j) is refused at once', (reason) => {
  expect(findingsOf(() => allow(testCluster(), { rule: 'plaintext-secret', reason })).map((f) => f.rule)).toEqual([
    'allow-without-reason',
  ]);
});
