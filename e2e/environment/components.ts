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

/** Charts that bring CRDs along, and whose. */
const CHARTS: Readonly<Record<string, string>> = {
  'cert-manager': 'cert-manager',
  'kube-prometheus-stack': 'prometheus-operator',
  kyverno: 'kyverno',
  metallb: 'metallb',
  'sealed-secrets': 'sealed-secrets',
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

/** Gives charts that bring CRDs under their real names those that they really bring. */
export async function provideCharts(sources: Sources): Promise<void> {
  for (const [chart, component] of Object.entries(CHARTS)) {
    sources.setChart(chart, { crds: (await crdObjects(component)).map(withoutDescriptions) });
  }
}

/** Helm keeps a chart in a Secret, CRDs included: descriptions alone would be too large for that. */
function withoutDescriptions(value: KubeObject): KubeObject {
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
