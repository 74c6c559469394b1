import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { fluxFleet, project } from './cli/support.js';

const PAGE = readFileSync(join(import.meta.dirname, '../docs/allow.md'), 'utf8');

/** The block that begins with this comment. */
function block(first: string): string {
  const blocks = [...PAGE.matchAll(/^```\w+\n([^]*?)^```/gm)].map((m) => m[1]!);
  return blocks.find((text) => text.startsWith(`${first}\n`))!;
}

const SECRET = `apiVersion: v1
kind: Secret
metadata: { name: demo-login, namespace: apps }
stringData: { password: demo }
---
apiVersion: v1
kind: Namespace
metadata: { name: apps }
`;

test('what the code of the page allows stands in flux-fleet.yaml as the page shows it, and a check reads it', () => {
  const directory = project({ 'apps/staging.ts': block('// apps/staging.ts') });
  const { code, stderr } = fluxFleet(directory, ['synth', 'apps/staging.ts']);
  expect([code, stderr]).toEqual([0, expect.stringMatching(/^dist: 1 cluster/)]);
  const written = readFileSync(join(directory, 'dist/clusters/staging/flux-fleet.yaml'), 'utf8');
  const shown = parse(block('# dist/clusters/staging/flux-fleet.yaml (excerpt)')) as object;
  expect(parse(written)).toMatchObject(shown);
  expect(fluxFleet(directory, ['check'])).toMatchObject({
    code: 0,
    stderr: expect.stringContaining('1 allowed with a reason'),
  });
});

test.each([
  ['beside the files', 'clusters/production/flux-fleet.yaml', true],
  ['at the root of the repository', 'flux-fleet.yaml', false],
])('the flux-fleet.yaml of the page allows it %s', (_, path, listed) => {
  const kustomization = 'apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources: [login.yaml]\n';
  const directory = project({
    'clusters/production/login.yaml': SECRET,
    ...(listed && { 'clusters/production/kustomization.yaml': kustomization }),
    [path]: block('# clusters/production/flux-fleet.yaml'),
  });
  const { code, stdout } = fluxFleet(directory, ['check', '--json']);
  expect(JSON.parse(stdout)).toMatchObject({
    findings: [],
    allowed: [{ rule: 'plaintext-secret', object: 'Secret/apps/demo-login', until: '2999-12-31' }],
  });
  expect(code).toBe(0);
});
