import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { fluxFleet, project } from './cli/support.js';

const PAGE = readFileSync(join(import.meta.dirname, '../docs/rules/own-rules.md'), 'utf8');

/** The block of a language that begins with a line. */
function block(language: string, first: string): string {
  const blocks = [...PAGE.matchAll(/^```(\w+)\n([^]*?)^```/gm)].filter((m) => m[1] === language).map((m) => m[2]!);
  return blocks.find((text) => text.startsWith(`${first}\n`))!.slice(first.length + 1);
}

test('the rule of the page says what the page shows, at synth and of the files that come out', () => {
  const directory = project({
    'rules.ts': block('ts', '// rules.ts'),
    'apps/staging.ts': block('ts', '// apps/staging.ts'),
  });
  const synth = fluxFleet(directory, ['synth', 'apps/staging.ts']);
  expect(synth).toMatchObject({ code: 0, stdout: '' });
  expect(synth.stderr.replace(/\(\d+\.\d s\)/, '(0.3 s)')).toBe(block('text', '$ flux-fleet synth apps/staging.ts'));

  const check = fluxFleet(directory, ['check', '--rules', 'rules.ts']);
  const said = check.stderr.replace(/: .*\/docs\/rules\//, ': node_modules/cdk8s-flux-fleet/docs/rules/');
  expect(check.stdout + said).toBe(block('text', '$ flux-fleet check --rules rules.ts'));
  expect(check.code).toBe(1);
});

test('the rule of the page has ten lines', () => {
  const text = block('ts', '// rules.ts');
  const rule = text.slice(text.indexOf('*check'), text.lastIndexOf('};'));
  expect(rule.trim().split('\n').length).toBeLessThanOrEqual(10);
});
