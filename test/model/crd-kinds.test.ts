import { expect, test } from '@jest/globals';
import { kindsOf } from '../../lib/model/crd-kinds.js';
import type { JsonObject } from '../../lib/yaml/normalize.js';

/** A CRD of `example.com/v1` with a schema for the spec. */
function crd(
  spec: object,
  { kind = 'Widget', group = 'example.com', ...more }: Record<string, unknown> & { kind?: string; group?: string } = {},
): JsonObject {
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `widgets.${group}` },
    spec: {
      group,
      scope: 'Namespaced',
      names: { kind, plural: 'widgets' },
      versions: [
        { name: 'v1beta1', served: true, storage: false, schema: { openAPIV3Schema: { type: 'object' } } },
        {
          name: 'v1',
          served: true,
          storage: true,
          schema: { openAPIV3Schema: { type: 'object', required: ['spec'], properties: { spec } } },
        },
        { name: 'v1alpha1', served: false, storage: false },
      ],
      ...more,
    },
  } as unknown as JsonObject;
}

function widget(spec: object, apiVersion = 'example.com/v1'): JsonObject {
  return { apiVersion, kind: 'Widget', metadata: { name: 'web', namespace: 'apps' }, spec } as unknown as JsonObject;
}

/** What is wrong with a widget whose spec has this schema: places, and what would be right. */
function wrong(spec: object, value: object): [string, string][] {
  return kindsOf([crd(spec)])
    .validate(widget(value))
    .map((p) => [p.pointer, p.expected]);
}

const SIZE = { type: 'object', required: ['size'], properties: { size: { type: 'integer', minimum: 1 } } };

test('objects of a kind that a CRD makes are checked', () => {
  expect(wrong(SIZE, { size: 1 })).toEqual([]);
  expect(wrong(SIZE, { size: 0 })).toEqual([['spec.size', 'at least 1']]);
  expect(wrong(SIZE, { size: 'big' })).toEqual([['spec.size', 'a whole number']]);
  expect(wrong(SIZE, {})).toEqual([['spec.size', 'a whole number']]);
});

test('a field that the schema does not have is told, as the API server would drop it', () => {
  expect(wrong(SIZE, { size: 1, siez: 2 })).toEqual([['spec.siez', "no field of this name; did you mean 'size'?"]]);
});

test('served versions and scope are those of the CRD', () => {
  const kinds = kindsOf([crd(SIZE)]);
  expect(kinds.lookup('example.com/v1', 'Widget')).toBe('served');
  expect(kinds.lookup('example.com/v1alpha1', 'Widget')).toEqual({
    served: ['example.com/v1', 'example.com/v1beta1'],
  });
  expect(kinds.scopeOf('example.com/v1', 'Widget')).toBe('Namespaced');
  expect(kinds.isChecked('example.com/v1', 'Widget')).toBe(true);
  expect(kinds.isChecked('example.com/v1alpha1', 'Widget')).toBe(false);
});

test('of other kinds of the group nothing is known', () => {
  expect(kindsOf([crd(SIZE)]).lookup('example.com/v1', 'Gadget')).toBe('unknown-group');
});

test('without CRDs there is what the library knows', () => {
  const kinds = kindsOf([]);
  expect(kinds.lookup('example.com/v1', 'Widget')).toBe('unknown-group');
  expect(kinds.lookup('v1', 'ConfigMap')).toBe('served');
  expect(kinds.scopeOf('v1', 'Namespace')).toBe('Cluster');
});

test('a CRD of the cluster wins over what the library knows of the kind', () => {
  const own = crd(SIZE, { group: 'cert-manager.io', kind: 'Certificate' });
  const certificate = { ...widget({ size: 0 }, 'cert-manager.io/v1'), kind: 'Certificate' };
  expect(
    kindsOf([own])
      .validate(certificate)
      .map((p) => p.pointer),
  ).toEqual(['spec.size']);
  expect(kindsOf([own]).lookup('cert-manager.io/v1alpha2', 'Certificate')).toEqual({
    served: ['cert-manager.io/v1', 'cert-manager.io/v1beta1'],
  });
});

test('what one fleet brings is not there for another', () => {
  kindsOf([crd(SIZE)]).validate(widget({ size: 0 }));
  expect(kindsOf([]).validate(widget({ size: 0 }))).toEqual([]);
  const looser = crd({ type: 'object', properties: { size: { type: 'integer' } } });
  expect(kindsOf([looser]).validate(widget({ size: 0 }))).toEqual([]);
});

test('unknown fields are kept where the schema says so', () => {
  const open = {
    type: 'object',
    'x-kubernetes-preserve-unknown-fields': true,
    properties: { size: { type: 'integer' } },
  };
  expect(wrong(open, { size: 1, more: { a: [1] } })).toEqual([]);
  expect(wrong(open, { size: 'x' })).toEqual([['spec.size', 'a whole number']]);
  expect(kindsOf([crd(SIZE, { preserveUnknownFields: true })]).validate({ ...widget({ size: 1 }), more: 1 })).toEqual(
    [],
  );
});

test('a whole object in a field has what every object has', () => {
  const template = { type: 'object', 'x-kubernetes-embedded-resource': true, properties: { spec: { type: 'object' } } };
  const spec = { type: 'object', properties: { template } };
  const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a', labels: { a: 'b' } }, spec: {} };
  expect(wrong(spec, { template: pod })).toEqual([]);
  expect(wrong(spec, { template: { ...pod, kind: undefined } })).toEqual([['spec.template.kind', 'a string']]);
  expect(wrong(spec, { template: { ...pod, extra: 1 } })).toMatchObject([['spec.template.extra', expect.anything()]]);
});

test('a number or a text may be either, within its limits', () => {
  const spec = { type: 'object', properties: { port: { 'x-kubernetes-int-or-string': true, pattern: '^[a-z]+$' } } };
  expect(wrong(spec, { port: 80 })).toEqual([]);
  expect(wrong(spec, { port: 'http' })).toEqual([]);
  expect(wrong(spec, { port: '80' })).toHaveLength(1);
  expect(wrong(spec, { port: true })).toHaveLength(1);
});

test('a field with a default may be left out, and a nullable one may be null', () => {
  const properties = { size: { type: 'integer', default: 3 }, note: { type: 'string', nullable: true } };
  expect(wrong({ type: 'object', required: ['size'], properties }, { note: null })).toEqual([]);
});

test('the rules of a CRD are evaluated', () => {
  const rule = { rule: 'self.size < 10', message: 'at most 9' };
  const kinds = kindsOf([crd({ ...SIZE, 'x-kubernetes-validations': [rule] })]);
  expect(kinds.rules(widget({ size: 9 })).problems).toEqual([]);
  expect(kinds.rules(widget({ size: 10 })).problems).toMatchObject([{ path: ['spec'], message: 'at most 9' }]);
});

test.each([
  ['no spec', { apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition' }],
  ['the old version', { ...crd(SIZE), apiVersion: 'apiextensions.k8s.io/v1beta1' }],
  ['versions that are no list', crd(SIZE, { versions: 'v1' })],
  ['a version that is nothing', crd(SIZE, { versions: [null] })],
])('a CRD with %s does no harm', (_, broken) => {
  expect(kindsOf([broken]).validate(widget({ size: 'x' }))).toEqual([]);
});
