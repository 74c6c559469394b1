import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { schemaFile } from '../../lib/model/kinds.js';
import type { JsonSchema } from '../../lib/model/kinds.js';
import { validateAgainst as problemsAgainst, validateObject as problemsOf } from '../../lib/model/schema.js';
import type { SchemaProblem } from '../../lib/model/schema.js';

/** What a person reads of problems; their paths have a test of their own. */
function said(problems: readonly SchemaProblem[]): Omit<SchemaProblem, 'path'>[] {
  return problems.map(({ pointer, expected, given }) => ({ pointer, expected, given }));
}

function validateObject(object: unknown): Omit<SchemaProblem, 'path'>[] {
  return said(problemsOf(object));
}

function validateAgainst(schema: JsonSchema, object: unknown): Omit<SchemaProblem, 'path'>[] {
  return said(problemsAgainst(schema, object));
}

const DURATION = 'a Go duration such as "10m" or "1h30m" (units ms, s, m, h)';

function kustomization(spec: object, metadata: object = {}): object {
  return {
    apiVersion: 'kustomize.toolkit.fluxcd.io/v1',
    kind: 'Kustomization',
    metadata: { name: 'apps', namespace: 'flux-system', ...metadata },
    spec: { interval: '10m', prune: true, sourceRef: { kind: 'GitRepository', name: 'flux-system' }, ...spec },
  };
}

function core(kind: string, fields: object): object {
  return { apiVersion: 'v1', kind, metadata: { name: 'x', namespace: 'apps' }, ...fields };
}

function deployment(spec: object, container: object = {}): object {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web', namespace: 'apps' },
    spec: {
      selector: { matchLabels: { app: 'web' } },
      template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'web', ...container }] } },
      ...spec,
    },
  };
}

// ---- Flux

test('a good Kustomization has no problems', () => {
  const spec = {
    path: './apps',
    dependsOn: [{ name: 'infra' }],
    postBuild: { substitute: { A: 'b' } },
    timeout: '1.5h',
  };
  expect(validateObject(kustomization(spec))).toEqual([]);
});

test('fails when an interval is no Go duration', () => {
  expect(validateObject(kustomization({ interval: 'banana' }))).toEqual([
    { pointer: 'spec.interval', expected: DURATION, given: '"banana" (a string)' },
  ]);
});

test('fails when an interval is a number', () => {
  expect(validateObject(kustomization({ interval: 5 }))).toEqual([
    { pointer: 'spec.interval', expected: DURATION, given: '5 (a number)' },
  ]);
});

test('names the units where days and hours are not among them', () => {
  const object = {
    apiVersion: 'source.toolkit.fluxcd.io/v1',
    kind: 'GitRepository',
    metadata: { name: 'fleet' },
    spec: { interval: '1m', url: 'fleet.git', timeout: '1h' },
  };
  expect(validateObject(object)).toEqual([
    {
      pointer: 'spec.timeout',
      expected: 'a Go duration such as "90s" or "5m" (units ms, s, m)',
      given: '"1h" (a string)',
    },
    {
      pointer: 'spec.url',
      expected: 'a URL that begins with http:// or https:// or ssh://',
      given: '"fleet.git" (a string)',
    },
  ]);
});

test('fails when there is no field of a name', () => {
  expect(validateObject(kustomization({ colour: 'red' }))).toEqual([
    { pointer: 'spec.colour', expected: 'no field of this name', given: '"red" (a string)' },
  ]);
});

test('suggests the field that was meant, and does not report it as missing too', () => {
  const object = kustomization({ interval: undefined, intervall: '10m' });
  expect(validateObject(object)).toEqual([
    {
      pointer: 'spec.intervall',
      expected: "no field of this name; did you mean 'interval'?",
      given: '"10m" (a string)',
    },
  ]);
});

test('suggests the place further down where a field belongs', () => {
  expect(validateObject(kustomization({ substitute: { A: 'b' } }))).toEqual([
    {
      pointer: 'spec.substitute',
      expected: "no field of this name; did you mean 'postBuild.substitute'?",
      given: '{"A":"b"} (an object)',
    },
  ]);
});

test('suggests no place further down where there are several', () => {
  const [problem] = validateObject(kustomization({ name: 'apps' }));
  expect(problem?.expected).toBe('no field of this name');
});

test('lists the fields where there are only a few', () => {
  const [problem] = validateObject(kustomization({ decryption: { provider: 'sops', key: 'a' } }));
  expect(problem?.expected).toBe('no field of this name; there are provider, secretRef, serviceAccountName');
});

test('fails when a value is none of those allowed', () => {
  expect(validateObject(kustomization({ deletionPolicy: 'Keep' }))).toEqual([
    {
      pointer: 'spec.deletionPolicy',
      expected: 'one of MirrorPrune, Delete, WaitForTermination, Orphan',
      given: '"Keep" (a string)',
    },
  ]);
});

test('suggests the allowed value that was meant', () => {
  const [problem] = validateObject(kustomization({ deletionPolicy: 'delete' }));
  expect(problem?.expected).toMatch(/; did you mean 'Delete'\?$/);
});

test('fails when a required field is missing', () => {
  expect(validateObject(kustomization({ sourceRef: { kind: 'GitRepository' } }))).toEqual([
    { pointer: 'spec.sourceRef.name', expected: 'a string', given: 'nothing' },
  ]);
});

test('fails when a boolean is written as a string', () => {
  expect(validateObject(kustomization({ prune: 'true' }))).toEqual([
    { pointer: 'spec.prune', expected: 'true or false', given: '"true" (a string)' },
  ]);
});

test('reports all problems of an object, sorted by place', () => {
  const object = kustomization({ wait: 1, prune: 'no', dependsOn: [{ name: 'a' }, {}] });
  expect(validateObject(object).map((problem) => problem.pointer)).toEqual([
    'spec.dependsOn[1].name',
    'spec.prune',
    'spec.wait',
  ]);
});

test('accepts any values of a HelmRelease, nulls too', () => {
  const values = { replicas: 2, nested: { list: [1, 'a', null], off: null } };
  const chart = { spec: { chart: 'podinfo', sourceRef: { kind: 'HelmRepository', name: 'podinfo' } } };
  const object = {
    apiVersion: 'helm.toolkit.fluxcd.io/v2',
    kind: 'HelmRelease',
    metadata: { name: 'podinfo', namespace: 'apps' },
    spec: { interval: '1h', chart, values },
  };
  expect(validateObject(object)).toEqual([]);
});

test('accepts any objects as resources of a ResourceSet', () => {
  const object = {
    apiVersion: 'fluxcd.controlplane.io/v1',
    kind: 'ResourceSet',
    metadata: { name: 'tenants', namespace: 'flux-system' },
    spec: { inputs: [{ tenant: 'a', replicas: 2 }], resources: [core('ConfigMap', { data: { a: 1 } })] },
  };
  expect(validateObject(object)).toEqual([]);
});

test('fails when an ArtifactGenerator copies out of its artifact', () => {
  const copy = [{ from: '@fleet/apps/**', to: '@artifact/../up' }];
  const object = {
    apiVersion: 'source.extensions.fluxcd.io/v1beta1',
    kind: 'ArtifactGenerator',
    metadata: { name: 'apps' },
    spec: { sources: [{ alias: 'fleet', kind: 'GitRepository', name: 'fleet' }], artifacts: [{ name: 'a', copy }] },
  };
  expect(validateObject(object).map((problem) => problem.pointer)).toEqual(['spec.artifacts[0].copy[0].to']);
});

// ---- metadata

test('fails when a label is a number', () => {
  expect(validateObject(kustomization({}, { labels: { 'example.com/team': 3, tier: 'a' } }))).toEqual([
    { pointer: 'metadata.labels."example.com/team"', expected: 'a string', given: '3 (a number)' },
  ]);
});

test('fails when an annotation is a boolean', () => {
  expect(validateObject(core('ConfigMap', { metadata: { name: 'x', annotations: { a: true } } }))).toEqual([
    { pointer: 'metadata.annotations.a', expected: 'a string', given: 'true (a boolean)' },
  ]);
});

test('fails when a name is a number', () => {
  expect(validateObject(kustomization({}, { name: 7 })).map((problem) => problem.pointer)).toEqual(['metadata.name']);
});

test('fails when a metadata field is misspelt', () => {
  expect(validateObject(kustomization({}, { lables: {} }))).toEqual([
    { pointer: 'metadata.lables', expected: "no field of this name; did you mean 'labels'?", given: '{} (an object)' },
  ]);
});

test('accepts metadata fields that it does not know', () => {
  expect(validateObject(kustomization({}, { clusterName: 'a' }))).toEqual([]);
});

// ---- Kubernetes

test('fails when the data of a ConfigMap is a number', () => {
  expect(validateObject(core('ConfigMap', { data: { replicas: 3 } }))).toEqual([
    { pointer: 'data.replicas', expected: 'a string', given: '3 (a number)' },
  ]);
});

test('never repeats what is in a Secret', () => {
  const problems = validateObject(core('Secret', { stringData: { pin: 1234 }, stringdata: { password: 'hunter2' } }));
  expect(problems).toEqual([
    { pointer: 'stringData.pin', expected: 'a string', given: 'a number, not shown' },
    {
      pointer: 'stringdata',
      expected: "no field of this name; did you mean 'stringData'?",
      given: 'an object, not shown',
    },
  ]);
});

test('accepts numbers and names as ports of a NetworkPolicy, and nothing else', () => {
  const policy = (port: unknown): object => ({
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name: 'allow' },
    spec: { podSelector: {}, ingress: [{ ports: [{ port }] }] },
  });
  expect(validateObject(policy(8080))).toEqual([]);
  expect(validateObject(policy('http'))).toEqual([]);
  expect(validateObject(policy(true))).toEqual([
    { pointer: 'spec.ingress[0].ports[0].port', expected: 'a whole number or a string', given: 'true (a boolean)' },
  ]);
});

test.each([2, 0.5, '2', '500m', '1.5Gi', '1e3', '.5', '100k'])('accepts %p as a quantity', (quantity) => {
  expect(validateObject(core('ResourceQuota', { spec: { hard: { 'limits.memory': quantity } } }))).toEqual([]);
});

test.each(['1GiB', 'lots', '1 Gi', true, {}])('fails when a quantity is %p', (quantity) => {
  const problems = validateObject(core('ResourceQuota', { spec: { hard: { 'limits.memory': quantity } } }));
  expect(problems.map(({ pointer, expected }) => [pointer, expected])).toEqual([
    ['spec.hard."limits.memory"', 'a quantity such as "500m" or "2Gi"'],
  ]);
});

test('fails when something deep in a pod template is wrong', () => {
  const object = deployment({}, { env: [{ name: 'A', value: 1 }], ports: [{ containerPort: '80' }] });
  expect(validateObject(object)).toEqual([
    { pointer: 'spec.template.spec.containers[0].env[0].value', expected: 'a string', given: '1 (a number)' },
    {
      pointer: 'spec.template.spec.containers[0].ports[0].containerPort',
      expected: 'a whole number',
      given: '"80" (a string)',
    },
  ]);
});

test('accepts any status', () => {
  expect(validateObject({ ...deployment({}), status: { anything: 1 } })).toEqual([]);
});

test('accepts a CustomResourceDefinition with its own schema', () => {
  const openAPIV3Schema = { type: 'object', properties: { spec: { type: 'object', default: {} } } };
  const object = {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'widgets.example.com' },
    spec: {
      group: 'example.com',
      names: { kind: 'Widget', plural: 'widgets' },
      scope: 'Namespaced',
      versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema } }],
    },
  };
  expect(validateObject(object)).toEqual([]);
});

test('cuts a long value short', () => {
  const [problem] = validateObject(core('ConfigMap', { data: { a: Array.from({ length: 100 }, (_, i) => i) } }));
  expect(problem?.given).toBe('[0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,... (a list)');
});

// ---- what is left alone

test('a null counts as absent', () => {
  const object = deployment({ replicas: null, strategy: { rollingUpdate: null } });
  expect(validateObject(object)).toEqual([]);
});

test('fails when a required field is null', () => {
  expect(validateObject(kustomization({ interval: null }))).toEqual([
    { pointer: 'spec.interval', expected: DURATION, given: 'nothing' },
  ]);
});

test('fails when an item of a list is null', () => {
  const problems = validateObject(deployment({}, { args: [null] }));
  expect(problems).toEqual([
    { pointer: 'spec.template.spec.containers[0].args[0]', expected: 'a string', given: 'null' },
  ]);
});

test('a variable that Flux substitutes may stand for any value', () => {
  const spec = { interval: '${INTERVAL:=10m}', wait: '${WAIT}', deletionPolicy: '${POLICY}' };
  expect(validateObject(kustomization(spec))).toEqual([]);
});

test('fails when what looks like a variable is escaped', () => {
  const problems = validateObject(kustomization({ interval: '$${INTERVAL}' }));
  expect(problems.map((problem) => problem.pointer)).toEqual(['spec.interval']);
});

test('what SOPS adds and encrypts is left alone', () => {
  const sops = { mac: 'ENC[AES256_GCM,data:abc]', version: '3.9.0' };
  const replicas = 'ENC[AES256_GCM,data:abc,type:int]';
  expect(validateObject({ ...deployment({ replicas }), sops })).toEqual([]);
});

test('fails when the rest of an object with a sops field is wrong', () => {
  const object = { ...deployment({ replicas: 'two' }), sops: {} };
  expect(validateObject(object).map((problem) => problem.pointer)).toEqual(['spec.replicas']);
});

test.each([
  { apiVersion: 'example.com/v1', kind: 'Widget', spec: 1 },
  { apiVersion: 'extensions/v1beta1', kind: 'Ingress', spec: 1 },
  { kind: 'ConfigMap' },
  { apiVersion: 1, kind: 2 },
  [],
  null,
  'text',
])('%j, of no known kind, has no problems', (object) => {
  expect(validateObject(object)).toEqual([]);
});

test('an object is not changed by being checked', () => {
  const object = kustomization({ wait: null, timeout: 3 });
  const before = structuredClone(object);
  validateObject(object);
  expect(object).toEqual(before);
});

// ---- cert-manager, Kyverno, sealed-secrets

function clusterPolicy(rule: object, spec: object = {}): object {
  return {
    apiVersion: 'kyverno.io/v1',
    kind: 'ClusterPolicy',
    metadata: { name: 'x' },
    spec: { rules: [{ name: 'a', match: { any: [{ resources: { kinds: ['Pod'] } }] }, ...rule }], ...spec },
  };
}

test('a route of the Gateway API is checked, to the depth of its matches', () => {
  const route = (type: string) => ({
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'HTTPRoute',
    metadata: { name: 'web', namespace: 'apps' },
    spec: {
      parentRefs: [{ name: 'public', namespace: 'gateway' }],
      hostnames: ['web.example.com'],
      rules: [{ matches: [{ path: { type, value: '/' } }], backendRefs: [{ name: 'web', port: 80 }] }],
    },
  });
  expect(validateObject(route('PathPrefix'))).toEqual([]);
  expect(validateObject(route('Prefix')).map((p) => p.pointer)).toEqual(['spec.rules[0].matches[0].path.type']);
});

test('a good ClusterPolicy has no problems', () => {
  const pattern = { spec: { '=(hostNetwork)': false, containers: [{ image: '!*:latest' }] } };
  const context = [{ name: 'team', apiCall: { urlPath: '/api/v1/namespaces', jmesPath: 'items[0]' } }];
  const validate = { failureAction: 'Enforce', message: 'no', pattern };
  expect(validateObject(clusterPolicy({ validate, context }, { background: true }))).toEqual([]);
});

test('a schema that several kinds and places share is told of by the place in the object', () => {
  const wrong = { resources: { kinds: 'Pod', selector: { matchLabels: { a: 1 } } } };
  const rule = { match: { any: [{ resources: {} }, wrong] }, exclude: { all: [wrong] } };
  const pointers = (object: object): string[] => validateObject(object).map((problem) => problem.pointer);
  const expected = ['exclude.all[0]', 'match.any[1]'].flatMap((place) => [
    `spec.rules[0].${place}.resources.kinds`,
    `spec.rules[0].${place}.resources.selector.matchLabels.a`,
  ]);
  expect(pointers(clusterPolicy(rule))).toEqual(expected);
  const policy = { ...clusterPolicy(rule), apiVersion: 'kyverno.io/v2beta1', kind: 'Policy' };
  expect(pointers(policy)).toEqual(expected);
});

test('a misspelt field is found in a shared schema too', () => {
  expect(validateObject(clusterPolicy({ validate: { mesage: 'no', pattern: {} } }))).toEqual([
    {
      pointer: 'spec.rules[0].validate.mesage',
      expected: "no field of this name; did you mean 'message'?",
      given: '"no" (a string)',
    },
  ]);
});

test.each([
  ['policies.kyverno.io/v1', 'ValidatingPolicy', { validations: [{ expression: 'true' }] }],
  ['kyverno.io/v2', 'PolicyException', { match: {}, exceptions: [{ policyName: 'a', ruleNames: ['b'] }] }],
  ['cert-manager.io/v1', 'Issuer', { selfSigned: {} }],
  ['cert-manager.io/v1', 'Certificate', { secretName: 'a', issuerRef: { name: 'b' } }],
  ['bitnami.com/v1alpha1', 'SealedSecret', { encryptedData: { a: 'b' }, template: { data: { c: null } } }],
])('a good %s %s has no problems, and a bad one has', (apiVersion, kind, spec) => {
  const object = { apiVersion, kind, metadata: { name: 'x' }, spec };
  expect(validateObject(object)).toEqual([]);
  expect(validateObject({ ...object, spec: { ...spec, nonsense: 1 } })).toMatchObject([{ pointer: 'spec.nonsense' }]);
});

/** A schema with its shared definitions written out; metadata, which refers to itself, is left as it is. */
function writtenOut(schema: unknown, definitions: Readonly<Record<string, unknown>>): unknown {
  if (Array.isArray(schema)) return schema.map((part) => writtenOut(part, definitions));
  if (typeof schema !== 'object' || schema === null) return schema;
  const name = '$ref' in schema ? String(schema.$ref).replace('#/definitions/', '') : '';
  if (name === 'meta.v1.ObjectMeta') return {};
  if (name !== '') return writtenOut(definitions[name], definitions);
  return Object.fromEntries(Object.entries(schema).map(([key, part]) => [key, writtenOut(part, definitions)]));
}

test('no definition is shared inside of a union, where its errors could not be told apart', () => {
  const inUnions = (schema: unknown): unknown[] => {
    if (typeof schema !== 'object' || schema === null) return [];
    const { anyOf = [], oneOf = [], allOf = [] } = schema as Record<string, unknown[]>;
    return [anyOf, oneOf, allOf].filter(Array.isArray).flat().concat(Object.values(schema).flatMap(inUnions));
  };
  const branches = inUnions([schemaFile('kyverno'), schemaFile('cert-manager')]);
  expect(branches.length).toBeGreaterThan(0);
  expect(JSON.stringify(branches)).not.toContain('$ref');
});

test('what shares definitions is judged as if it were written out', () => {
  const { kinds, definitions = {} } = schemaFile('kyverno');
  const schema = writtenOut(kinds['kyverno.io/v1/ClusterPolicy']!.schema, definitions) as JsonSchema;
  const any = fc.constantFrom<unknown>(1, 'a', true, [], {}, ['a'], { a: 1 }, undefined);
  const values = fc.record({ kinds: any, names: any, selector: any, namespaceSelector: any });
  const rules = fc.record({ exclude: fc.record({ any: fc.array(fc.record({ resources: values })) }), context: any });
  const withUnion = fc.record({
    context: fc.array(fc.record({ name: any, configMap: any, apiCall: any, variable: any })),
  });
  fc.assert(
    fc.property(fc.oneof(rules, withUnion), (rule) => {
      const object = clusterPolicy(rule);
      expect(validateObject(object)).toEqual(validateAgainst(schema, object));
    }),
  );
});

// ---- unions, which a CRD may have

test('of a union only the branch that was meant speaks', () => {
  const branches = [{ type: 'string' }, { type: 'object', properties: { port: { type: 'integer' } } }];
  const schema = { properties: { backend: { anyOf: branches } } };
  expect(validateAgainst(schema, { backend: { port: 'http' } })).toEqual([
    { pointer: 'backend.port', expected: 'a whole number', given: '"http" (a string)' },
  ]);
});

test('the items of a list have each their own union', () => {
  const branches = [{ type: 'string' }, { type: 'object', properties: { port: { type: 'integer' } } }];
  const schema = { properties: { backends: { items: { anyOf: branches } } } };
  expect(validateAgainst(schema, { backends: [{ port: 'http' }, 3, 'ok'] })).toEqual([
    { pointer: 'backends[0].port', expected: 'a whole number', given: '"http" (a string)' },
    { pointer: 'backends[1]', expected: 'a string or an object', given: '3 (a number)' },
  ]);
});

test('of two branches that may be meant the one with fewer problems speaks', () => {
  const fields = (...names: string[]): object => ({
    properties: Object.fromEntries(names.map((name) => [name, { type: 'string' }])),
  });
  const schema = { properties: { backend: { anyOf: [fields('a', 'b'), fields('a')] } } };
  expect(validateAgainst(schema, { backend: { a: 1, b: 2 } }).map((problem) => problem.pointer)).toEqual(['backend.a']);
});

test('where no branch of a union was meant, all are named', () => {
  const schema = { properties: { backend: { anyOf: [{ type: 'string' }, { type: 'object' }] } } };
  expect(validateAgainst(schema, { backend: 3 })).toEqual([
    { pointer: 'backend', expected: 'a string or an object', given: '3 (a number)' },
  ]);
});

test('fields of which one must be set are named together', () => {
  const schema = { properties: { ref: { oneOf: [{ required: ['tag'] }, { required: ['digest'] }] } } };
  expect(validateAgainst(schema, { ref: {} }).map((problem) => problem.expected)).toEqual([
    'one of the fields tag, digest',
  ]);
  expect(validateAgainst(schema, { ref: { tag: 'a', digest: 'b' } }).map((problem) => problem.expected)).toEqual([
    'only one of the fields tag, digest',
  ]);
});

test('of a union that holds twice no branch that fails speaks', () => {
  const branches = [{ properties: { tag: { type: 'number' } } }, { required: ['tag'] }, { required: ['digest'] }];
  const problems = validateAgainst({ properties: { ref: { oneOf: branches } } }, { ref: { tag: 'a', digest: 'b' } });
  expect(problems.map(({ pointer, expected }) => [pointer, expected])).toEqual([
    ['ref', 'only one of the fields tag, digest'],
  ]);
});

test('accepts patterns with escapes that only Go needs', () => {
  const schema = { properties: { field: { pattern: '^[a\\_]+$' } } };
  expect(validateAgainst(schema, { field: 'a_' })).toEqual([]);
});

test('fields that exclude each other are named together', () => {
  const schema = { properties: { ref: { not: { required: ['tag', 'digest'] } } } };
  expect(validateAgainst(schema, { ref: { tag: 'a', digest: 'b' } }).map((problem) => problem.expected)).toEqual([
    'not all of the fields tag, digest together',
  ]);
});

test.each([
  [{ minLength: 1 }, '', 'a string that is not empty'],
  [{ minLength: 3 }, 'a', 'at least 3 characters'],
  [{ maxLength: 1 }, 'ab', 'at most 1 character'],
  [{ minItems: 1 }, [], 'a list that is not empty'],
  [{ minItems: 2 }, [1], 'at least 2 items'],
  [{ maxItems: 1 }, [1, 2], 'at most 1 item'],
  [{ minimum: 1 }, 0, 'at least 1'],
  [{ maximum: 1 }, 2, 'at most 1'],
  [{ exclusiveMinimum: 1 }, 1, 'more than 1'],
  [{ exclusiveMaximum: 1 }, 1, 'less than 1'],
  [{ pattern: '^a$' }, 'b', 'a string that matches ^a$'],
  [{ pattern: '^oci://.*$' }, 'b', 'a URL that begins with oci://'],
  [{ pattern: '^https?://' }, 'b', 'a URL that begins with http:// or https://'],
  [{ type: 'array', items: { type: 'string' } }, 'b', 'a list of strings'],
  [{ type: 'object', additionalProperties: { type: 'string' } }, 'b', 'a map of strings'],
  [{ uniqueItems: true }, [1, 1], 'a value that fits uniqueItems: true'],
])('%j is said in words', (schema, value, expected) => {
  expect(validateAgainst({ properties: { field: schema } }, { field: value }).map((p) => p.expected)).toEqual([
    expected,
  ]);
});

test('the path of a problem leads to the very field, also to one that is missing or has a name of its own', () => {
  const problems = problemsOf({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'web', labels: { 'example.com/tier': 3 } },
    spec: { ports: [{ port: 80 }, { name: 'http' }], tpye: 'NodePort' },
  });
  expect(problems.map((p) => p.path)).toEqual([
    ['metadata', 'labels', 'example.com/tier'],
    ['spec', 'ports', 1, 'port'],
    ['spec', 'tpye'],
  ]);
});
