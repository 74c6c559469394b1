import { expect, test } from '@jest/globals';
import { ResourceQuota } from 'cdk8s-flux-fleet';
import { parse } from 'yaml';
import { findingsOf, yamlOf } from '../support/fleet.js';
import { errorOf, specOf } from '../flux/objects.js';

test('defaults', () => {
  expect(
    yamlOf(
      (layer) =>
        new ResourceQuota(layer, 'quota', {
          namespace: 'apps',
          hard: { 'limits.memory': '64Gi', 'requests.cpu': 8, pods: 50 },
        }),
    ),
  ).toMatchInlineSnapshot(`
   "apiVersion: v1
   kind: ResourceQuota
   metadata:
     name: quota
     namespace: apps
   spec:
     hard:
       limits.memory: "64Gi"
       pods: "50"
       requests.cpu: "8"
   "
  `);
});

test('every prop lands in its field', () => {
  const meta = { name: 'the-quota', namespace: 'apps', labels: { team: 'a' }, annotations: { note: 'b' } };
  expect(
    parse(
      yamlOf(
        (layer) =>
          new ResourceQuota(layer, 'quota', { ...meta, hard: { pods: '5' }, scopes: ['BestEffort', 'NotTerminating'] }),
      ),
    ),
  ).toEqual({
    apiVersion: 'v1',
    kind: 'ResourceQuota',
    metadata: meta,
    spec: { hard: { pods: '5' }, scopes: ['BestEffort', 'NotTerminating'] },
  });
});

test('numbers become text, as the API server stores them', () => {
  const hard = { pods: 0, 'requests.cpu': 1.5, 'count/jobs.batch': 100, 'limits.memory': '1Gi' };
  expect(specOf((layer) => new ResourceQuota(layer, 'quota', { namespace: 'apps', hard }))['hard']).toEqual({
    pods: '0',
    'requests.cpu': '1.5',
    'count/jobs.batch': '100',
    'limits.memory': '1Gi',
  });
});

test('refuses to stand in no namespace', () => {
  expect(errorOf(() => yamlOf((layer) => new ResourceQuota(layer, 'quota', { hard: {} })))).toMatchInlineSnapshot(`
   "ResourceQuota "quota" has no namespace [object-without-namespace]
     expected  metadata.namespace, or a namespace of the layer, component or tenant around it
     given     nothing
     construct test/layer/quota
     at        test/support/fleet.ts:<line>, called from test/kubernetes/resource-quota.test.ts:<line>
     fix       write the namespace: where Flux would put it depends on who applies it"
  `);
});

test.each([['1 Gi'], ['lots'], [Number.NaN]])('refuses the quantity %j', (memory) => {
  const hard = { 'limits.memory': memory };
  expect(findingsOf(() => yamlOf((l) => new ResourceQuota(l, 'quota', { namespace: 'apps', hard })))).toMatchObject([
    { rule: 'invalid-field', given: expect.stringContaining(JSON.stringify(String(memory))) },
  ]);
});
