import { expect, test } from '@jest/globals';
import { ConfigMap } from 'cdk8s-flux-fleet';
import type { Finding } from 'cdk8s-flux-fleet';
import { variableUnmeant } from '../../../lib/checks/ready/variable-unmeant.js';
import { kustomization, yamlFindings } from '../../support/yaml-cluster.js';
import { findingsInLayer } from '../support.js';

const SUBSTITUTE = { DOMAIN: 'example.com', retries: '3' };

test('a script is told with what keeps it as it is', () => {
  const findings = findingsInLayer(
    (layer) => {
      new ConfigMap(layer, 'backup', { data: { 'run.sh': '#!/bin/sh\nd=$(date)\ntar c ${d}\n' } });
    },
    { postBuild: { substitute: SUBSTITUTE } },
  );
  expect(findings).toMatchObject([
    {
      rule: 'variable-unmeant',
      what: 'ConfigMap "base/backup" has ${d} in a script, and the layer "base" substitutes variables: Flux fails on that, and applies nothing of the layer',
      given: '${d}',
      fix: 'annotate it with kustomize.toolkit.fluxcd.io/substitute: disabled, or write $${d}, with two dollars',
      where: { construct: 'test/base/backup' },
    },
  ]);
});

test.each([
  ['a script by its first line', 'run', '#!/bin/bash\necho ${d}', 'a script'],
  ['a script by its words', 'run', 'set -e\nif [ -f x ]; then\n  echo ${d}\nfi', 'a script'],
  ['a script by the name of its file', 'run.py', 'print(f"${d}")', 'a script'],
  ['a dashboard', 'a.json', '{"panels": [], "title": "${d}"}', 'a dashboard'],
  ['nginx', 'nginx.conf', 'server {\n  return 301 https://${d};\n}', 'a server’s configuration'],
  ['an argument of a script', 'run', 'echo ${1}', 'a script'],
])('%s is known', (_, file, text, of) => {
  expect(whatOf({ [file]: text })).toEqual([expect.stringContaining(` in ${of}, and`)]);
});

test.each([
  ['${X-y}', 'missing closing brace'],
  ['${X[0]}', 'missing closing brace'],
  ['${foo.bar}', 'missing closing brace'],
  ['${!X}', 'unable to parse variable name'],
  ['${{ github.ref }}', 'unable to parse variable name'],
  ['${}', 'unable to parse variable name'],
  ['${DOMAIN', 'missing closing brace'],
])('what envsubst cannot read is told with its words: %s', (text, given) => {
  expect(findingsWith({ a: text })).toMatchObject([{ given }]);
});

test('all of an object is one finding', () => {
  const findings = findingsWith({ a: 'echo ${1} ${2}', b: 'echo ${3}' });
  expect(findings).toMatchObject([{ what: expect.stringContaining('${1}, ${2} and 1 more') }]);
});

test('an object with a variable of Flux is told to escape the other ones', () => {
  expect(findingsWith({ 'a.sh': '#!/bin/sh\necho ${DOMAIN} ${x}' })).toMatchObject([
    { fix: expect.stringMatching(/^write \$\$\{x\}, with two dollars;/) },
  ]);
});

test('a name that a script sets is told although Flux has a value or a default', () => {
  expect(whatOf({ run: '#!/bin/sh\nretries=$1\nx --retry ${retries}' })).toEqual([
    expect.stringContaining('${retries} in a script that sets it itself'),
  ]);
  expect(whatOf({ run: '#!/bin/sh\nexport n=$1\nx ${n:-3}' })).toEqual([
    expect.stringContaining('Flux writes its own value, or the default, in their place'),
  ]);
});

test.each([
  ['a variable that Flux defines', { run: '#!/bin/sh\necho ${DOMAIN}' }],
  ['a default in a script that sets nothing', { run: '#!/bin/sh\necho ${x:=1}' }],
  ['a script that takes its value from Flux', { run: '#!/bin/sh\nretries=${retries}\necho ok' }],
  ['an escape', { run: '#!/bin/sh\nx=1\necho $${x}' }],
  ['a dollar without braces', { run: '#!/bin/sh\nx=1\necho $x $(date) $$' }],
  ['an undefined variable in plain text, of which another rule speaks', { a: 'https://${x}' }],
])('%s is fine', (_, data) => {
  expect(findingsWith(data)).toEqual([]);
});

test('where nothing is substituted, nothing is told', () => {
  const layer = { 'flux-system': kustomization('apps'), apps: configMap({ a: 'echo ${1}' }) };
  expect(yamlFindings(variableUnmeant, layer)).toEqual([]);
});

test('before Flux 2.9 what is not defined is empty, and what cannot be read still fails', () => {
  const told = (text: string) => findingsWith({ a: text }, { fluxVersion: '2.8.0' }).map((f) => f.what);
  expect(told('echo ${1}')).toEqual([expect.stringContaining('Flux writes nothing in their place')]);
  expect(told('${a-b}')).toEqual([expect.stringContaining('Flux fails on that')]);
});

function whatOf(data: Record<string, string>): string[] {
  return findingsWith(data).map((f) => f.what);
}

function findingsWith(data: Record<string, string>, more: { fluxVersion?: string } = {}): readonly Finding[] {
  const apps = kustomization('apps', { postBuild: { substitute: SUBSTITUTE } });
  return yamlFindings(variableUnmeant, { 'flux-system': apps, apps: configMap(data) }, more);
}

function configMap(data: Record<string, string>): string {
  return JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a', namespace: 'a' }, data });
}
