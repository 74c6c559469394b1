import { expect, test } from '@jest/globals';
import { LimitRange } from 'cdk8s-flux-fleet';
import type { Limit } from 'cdk8s-flux-fleet';
import { parse } from 'yaml';
import { findingsOf, yamlOf } from '../support/fleet.js';
import { errorOf, specOf } from '../flux/objects.js';

/** The limits as the YAML has them. */
function limits(...given: Limit[]): unknown {
  return specOf((layer) => new LimitRange(layer, 'limits', { namespace: 'apps', limits: given }))['limits'];
}

test('defaults', () => {
  expect(
    yamlOf(
      (layer) =>
        new LimitRange(layer, 'limits', {
          namespace: 'apps',
          limits: [{ default: { cpu: 1, memory: '512Mi' }, defaultRequest: { cpu: '100m' } }],
        }),
    ),
  ).toMatchInlineSnapshot(`
   "apiVersion: v1
   kind: LimitRange
   metadata:
     name: limits
     namespace: apps
   spec:
     limits:
       - default:
           cpu: "1"
           memory: "512Mi"
         defaultRequest:
           cpu: 100m
         type: Container
   "
  `);
});

test('every prop lands in its field', () => {
  const meta = { name: 'the-limits', namespace: 'apps', labels: { team: 'a' }, annotations: { note: 'b' } };
  const all: Limit = {
    type: 'Container',
    default: { cpu: '1' },
    defaultRequest: { cpu: '100m' },
    max: { cpu: '2' },
    min: { cpu: '10m' },
    maxLimitRequestRatio: { cpu: '10' },
  };
  expect(parse(yamlOf((layer) => new LimitRange(layer, 'limits', { ...meta, limits: [all] })))).toEqual({
    apiVersion: 'v1',
    kind: 'LimitRange',
    metadata: meta,
    spec: { limits: [all] },
  });
});

test('holds for containers unless the type says otherwise', () => {
  expect(limits({ max: { cpu: '1' } }, { type: 'PersistentVolumeClaim', max: { storage: '10Gi' } })).toEqual([
    { type: 'Container', max: { cpu: '1' } },
    { type: 'PersistentVolumeClaim', max: { storage: '10Gi' } },
  ]);
});

test('numbers become text, as the API server stores them', () => {
  expect(limits({ max: { cpu: 2 }, min: { cpu: 0.1 }, maxLimitRequestRatio: { cpu: 4 } })).toEqual([
    { type: 'Container', max: { cpu: '2' }, min: { cpu: '0.1' }, maxLimitRequestRatio: { cpu: '4' } },
  ]);
});

test('a list that is undefined is left out', () => {
  expect(limits({ max: { cpu: '1' }, min: undefined })).toEqual([{ type: 'Container', max: { cpu: '1' } }]);
});

test('refuses to stand in no namespace', () => {
  expect(errorOf(() => yamlOf((layer) => new LimitRange(layer, 'limits', { limits: [] })))).toMatchInlineSnapshot(`
   "LimitRange "limits" has no namespace [object-without-namespace]
     expected  metadata.namespace, or a namespace of the layer, component or tenant around it
     given     nothing
     construct test/layer/limits
     at        test/support/fleet.ts:<line>, called from test/kubernetes/limit-range.test.ts:<line>
     fix       write the namespace: where Flux would put it depends on who applies it"
  `);
});

test('refuses a field that limits do not have', () => {
  const typo = { maximum: { cpu: '1' } } as unknown as Limit;
  expect(findingsOf(() => limits(typo))).toMatchObject([{ rule: 'invalid-field' }]);
});
