import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pluralOf } from '../../lib/model/plural.js';
import type { KubeObject } from './api.js';
import { objectsIn } from './manifests.js';
import { crdDirectories, moduleDirectory, yamlFiles } from './modules.js';
import type { Sources } from './sources.js';

/** Components whose CRDs are in none of imports/: module, version, and the directory or file that has them. */
const OTHERS: Readonly<Record<string, readonly [string, string, string]>> = {
  flagger: ['github.com/fluxcd/flagger', 'v1.36.1', 'artifacts/flagger/crd.yaml'],
  metallb: ['go.universe.tf/metallb', 'v0.16.2', 'config/crd/bases'],
  'prometheus-operator': [
    'github.com/prometheus-operator/prometheus-operator',
    'v0.85.0',
    'example/prometheus-operator-crd',
  ],
};

/** What charts bring that fleets wait for: the CRDs of a component, kinds without a schema, and workloads by their names. */
const CHARTS: Readonly<
  Record<
    string,
    {
      readonly crds?: string;
      readonly kinds?: readonly { readonly kind: string; readonly group: string }[];
      readonly workloads?: readonly string[];
    }
  >
> = {
  'cert-manager': { crds: 'cert-manager' },
  'kube-prometheus-stack': { crds: 'prometheus-operator' },
  kyverno: { crds: 'kyverno' },
  metallb: { crds: 'metallb', workloads: ['Deployment/metallb-controller'] },
  'rook-ceph': { kinds: [{ kind: 'CephBlockPool', group: 'ceph.rook.io' }] },
  'sealed-secrets': { crds: 'sealed-secrets' },
  topolvm: {
    workloads: [
      'Deployment/topolvm-controller',
      'DaemonSet/topolvm-lvmd-0',
      'DaemonSet/topolvm-node',
      'DaemonSet/topolvm-scheduler',
    ],
  },
};

/** Text of the CRDs of a component: its own, so that what its objects say is judged by them. */
export async function crdsOf(component: string): Promise<string> {
  const files = (await placesOf(component)).flatMap((at) => (at.endsWith('.yaml') ? [at] : yamlFiles(at)));
  return files.map((file) => `---\n${readFileSync(file, 'utf8').replace(/^---\n/, '')}`).join('\n');
}

const read = new Map<string, Promise<readonly KubeObject[]>>();

/** The CRDs of a component as objects; they are megabytes of YAML, and read once. */
export function crdObjects(component: string): Promise<readonly KubeObject[]> {
  let objects = read.get(component);
  if (objects === undefined) {
    objects = crdsOf(component).then((text) =>
      objectsIn(text).filter(({ kind }) => kind === 'CustomResourceDefinition'),
    );
    read.set(component, objects);
  }
  return objects;
}

/** Gives charts under the names of real ones what those bring. */
export async function provideCharts(sources: Sources): Promise<void> {
  for (const [chart, { crds, kinds = [], workloads = [] }] of Object.entries(CHARTS)) {
    const own = crds === undefined ? [] : (await crdObjects(crds)).map(withoutDescriptions);
    sources.setChart(chart, {
      crds: [...own, ...kinds.map(({ kind, group }) => openCrd({ kind, group, scope: 'Namespaced' }))],
      workloads,
    });
  }
}

/** A kind of which nobody has the CRD. */
interface OpenKind {
  readonly kind: string;
  readonly group: string;
  readonly scope: 'Namespaced' | 'Cluster';
  /** The versions that are served; the first one is stored. */
  readonly versions?: readonly string[];
}

/** A CRD of a kind that may say anything. */
export function openCrd({ kind, group, scope, versions = ['v1'] }: OpenKind): KubeObject {
  const names = { kind, singular: kind.toLowerCase(), plural: pluralOf(kind), listKind: `${kind}List` };
  const schema = { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } };
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${names.plural}.${group}` },
    spec: {
      group,
      scope,
      names,
      versions: versions.map((name, n) => ({ name, served: true, storage: n === 0, schema })),
    },
  };
}

/** Helm keeps a chart in a Secret, CRDs included: descriptions alone would be too large for that. */
export function withoutDescriptions(value: KubeObject): KubeObject {
  const text = JSON.stringify(value, (key, part: unknown) =>
    key === 'description' && typeof part === 'string' ? undefined : part,
  );
  return JSON.parse(text) as KubeObject;
}

async function placesOf(component: string): Promise<string[]> {
  const [module, version, place] = OTHERS[component] ?? [];
  if (module === undefined) return crdDirectories(component);
  return [join(await moduleDirectory(module, version!), place!)];
}
