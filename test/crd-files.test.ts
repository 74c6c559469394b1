import { expect, test } from '@jest/globals';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ApiObject } from 'cdk8s';
import { Cluster, Fleet, GitRef, Layer, Repository, Source } from 'cdk8s-flux-fleet';
import type { Finding } from 'cdk8s-flux-fleet';
import { findingsOf } from './support/fleet.js';
import { tempDir } from './support/temp-dir.js';

const CRD = `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: { name: widgets.example.com }
spec:
  group: example.com
  scope: Cluster
  names: { kind: Widget, plural: widgets }
  versions:
    - name: v1
      served: true
      storage: true
      schema:
        openAPIV3Schema:
          type: object
          properties: { spec: { type: object, properties: { size: { type: integer } } } }
`;
const SOURCE = Source.git({ url: 'ssh://git@github.com/acme/fleet', ref: GitRef.branch('main') });

function file(text: string): string {
  const path = join(tempDir(), 'crds.yaml');
  writeFileSync(path, text);
  return path;
}

function widget(layer: Layer, size: unknown): void {
  new ApiObject(layer, 'web', {
    apiVersion: 'example.com/v1',
    kind: 'Widget',
    metadata: { name: 'web' },
    spec: { size },
  });
}

/** The pairs of rule and text for what is said of a widget's fields. */
function said(findings: readonly Finding[]): string[] {
  return findings.filter((f) => f.rule === 'invalid-field').map((f) => f.what);
}

test('a fleet checks the kinds of CRDs that it is given', () => {
  const fleet = new Fleet({ environment: 'test', source: SOURCE, crds: [file(CRD)] });
  const cluster = new Cluster(fleet, 'test', {
    exists: [{ kind: 'CustomResourceDefinition', name: 'widgets.example.com' }],
  });
  widget(new Layer(cluster, 'base', { namespace: 'base' }), 'big');
  const findings = findingsOf(() => fleet.files());
  expect(said(findings)).toEqual(['spec.size of Widget "web" is not what its kind takes: the API server refuses it']);
  // The CRD says that the kind has no namespace.
  expect(findings.map((f) => f.rule)).not.toContain('scope-unknown');
});

test('so does a repository', () => {
  const repository = new Repository({ name: 'infra', crds: [file(CRD)] });
  widget(new Layer(repository, 'base', { namespace: 'base' }), 'big');
  expect(said(findingsOf(() => repository.files()))).toHaveLength(1);
});

test('a fleet checks the kinds of CRDs that its layers emit', () => {
  const fleet = new Fleet({ environment: 'test', source: SOURCE });
  const layer = new Layer(new Cluster(fleet, 'test'), 'base', { namespace: 'base' });
  const versions = [
    {
      name: 'v1',
      served: true,
      storage: true,
      schema: {
        openAPIV3Schema: {
          type: 'object',
          properties: { spec: { type: 'object', properties: { size: { type: 'integer' } } } },
        },
      },
    },
  ];
  new ApiObject(layer, 'crd', {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'widgets.example.com' },
    spec: { group: 'example.com', scope: 'Cluster', names: { kind: 'Widget', plural: 'widgets' }, versions },
  });
  widget(layer, 'big');
  expect(said(findingsOf(() => fleet.files()))).toEqual([
    'spec.size of Widget "web" is not what its kind takes: the API server refuses it',
  ]);
});

test('several CRDs in a file, a list of them, and what stands between them', () => {
  const list = `kind: List\napiVersion: v1\nitems:\n  - ${CRD.trimEnd().replaceAll('\n', '\n    ')}\n`;
  const other = 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: other }\n';
  const fleet = new Fleet({ environment: 'test', source: SOURCE, crds: [file(`${other}---\n${list}`)] });
  const cluster = new Cluster(fleet, 'test', {
    exists: [{ kind: 'CustomResourceDefinition', name: 'widgets.example.com' }],
  });
  widget(new Layer(cluster, 'base', { namespace: 'base' }), 'big');
  expect(said(findingsOf(() => fleet.files()))).toHaveLength(1);
});

test('a file without CRDs is told at once', () => {
  const crds = [file('apiVersion: v1\nkind: ConfigMap\nmetadata: { name: other }\n')];
  expect(() => new Fleet({ environment: 'test', source: SOURCE, crds })).toThrow('the file with CRDs holds none');
});
