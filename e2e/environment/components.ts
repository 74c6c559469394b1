import { readFileSync } from 'node:fs';
import { join } from 'node:path';
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
  Record<string, { readonly crds?: string; readonly kinds?: readonly string[]; readonly workloads?: readonly string[] }>
> = {
  'cert-manager': { crds: 'cert-manager' },
  'kube-prometheus-stack': { crds: 'prometheus-operator' },
  kyverno: { crds: 'kyverno' },
  metallb: { crds: 'metallb', workloads: ['Deployment/metallb-controller'] },
  'rook-ceph': { kinds: ['CephBlockPool.ceph.rook.io'] },
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

/** The CRDs of a component as objects. */
export async function crdObjects(component: string): Promise<KubeObject[]> {
  return objectsIn(await crdsOf(component)).filter(({ kind }) => kind === 'CustomResourceDefinition');
}

/** Gives charts under the names of real ones what those bring. */
export async function provideCharts(sources: Sources): Promise<void> {
  for (const [chart, { crds, kinds = [], workloads = [] }] of Object.entries(CHARTS)) {
    const own = crds === undefined ? [] : (await crdObjects(crds)).map(withoutDescriptions);
    sources.setChart(chart, { crds: [...own, ...kinds.map(openCrd)], workloads });
  }
}

/** A CRD of a kind that may say anything. */
function openCrd(kindAndGroup: string): KubeObject {
  const [kind = '', ...rest] = kindAndGroup.split('.');
  const group = rest.join('.');
  const names = { kind, singular: kind.toLowerCase(), plural: `${kind.toLowerCase()}s`, listKind: `${kind}List` };
  const schema = { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } };
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${names.plural}.${group}` },
    spec: { group, names, scope: 'Namespaced', versions: [{ name: 'v1', served: true, storage: true, schema }] },
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
