import { expect, test } from '@jest/globals';
import { variableNotSubstituted } from '../../../lib/checks/ready/variable-not-substituted.js';
import type { Finding } from '../../../lib/finding.js';
import { kustomization, manifest, yamlFindings } from '../../support/yaml-cluster.js';

const SUBSTITUTES = { postBuild: { substitute: { DOMAIN: 'example.com' } } };

test('a variable that another layer defines is told', () => {
  expect(findingsWith({ url: 'https://${DOMAIN}' })).toMatchObject([
    {
      severity: 'warning',
      what: '${DOMAIN} in ConfigMap "flux-system/a" reaches the cluster as it stands: the Kustomization "web" substitutes nothing',
      expected: 'spec.postBuild in that Kustomization, because the Kustomization "apps" defines DOMAIN',
      given: 'spec.url: https://${DOMAIN}',
    },
  ]);
});

test('so is one of the cluster', () => {
  const yaml = { 'flux-system': kustomization('web'), web: manifest('v1', 'ConfigMap', 'a', { name: '${NAME}' }) };
  const findings = yamlFindings(variableNotSubstituted, yaml, { variables: { NAME: 'prod' } });
  expect(findings).toMatchObject([{ expected: expect.stringContaining('the cluster "test" defines NAME') }]);
});

test('each name is told once for an object', () => {
  expect(findingsWith({ a: '${DOMAIN}', b: '${DOMAIN}' })).toHaveLength(1);
});

test('an escape that stays doubled is told', () => {
  expect(findingsWith({ a: 'echo $${HOME}' })).toMatchObject([
    {
      what: '$${HOME} in ConfigMap "flux-system/a" keeps both dollars: the Kustomization "web" substitutes nothing',
      fix: 'write ${HOME}: two dollars are one only where Flux substitutes',
    },
  ]);
});

test.each([
  ['a name that nobody defines', { a: '${OTHER}' }],
  ['a script of several lines', { a: '#!/bin/sh\necho ${DOMAIN}' }],
  ['a variable of the container', { env: [{ name: 'DOMAIN', value: 'x' }], args: ['echo ${DOMAIN}'] }],
  ['a dollar without braces', { a: '$DOMAIN $(DOMAIN) $$5' }],
])('%s is fine', (_, spec) => {
  expect(findingsWith(spec)).toEqual([]);
});

test('an object that opts out means its text', () => {
  const annotations = { 'kustomize.toolkit.fluxcd.io/substitute': 'disabled' };
  expect(findingsWith({ a: '${DOMAIN}' }, { annotations })).toEqual([]);
});

test('a cluster without variables says nothing', () => {
  const yaml = { 'flux-system': kustomization('web'), web: manifest('v1', 'ConfigMap', 'a', { a: '${X} $${Y}' }) };
  expect(yamlFindings(variableNotSubstituted, yaml)).toEqual([]);
});

test('of a directory that some cluster applies nothing is known', () => {
  const yaml = { web: manifest('v1', 'ConfigMap', 'a', { a: '${DOMAIN}' }) };
  expect(yamlFindings(variableNotSubstituted, yaml, { partial: true, variables: { DOMAIN: 'x' } })).toEqual([]);
});

/** What is said of an object in a layer that does not substitute, beside one that does. */
function findingsWith(spec: object, metadata: object = {}): readonly Finding[] {
  return yamlFindings(variableNotSubstituted, {
    'flux-system': kustomization('apps', SUBSTITUTES) + kustomization('web'),
    apps: manifest('v1', 'ConfigMap', 'b', { url: 'https://${DOMAIN}' }),
    web: manifest('v1', 'ConfigMap', 'a', spec, metadata),
  });
}
