import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { loadAll } from 'js-yaml';
import { isApplied } from './compare.js';
import { filesBelow } from './tree.js';

/**
 * An app for cdk8s alone that makes the objects of an output, written out as literals: one App per cluster, one Chart per
 * file.
 */
export function literalApp(output: string): string {
  const clusters = readdirSync(join(output, 'clusters')).sort();
  const calls = clusters.map((cluster) => {
    const charts = chartsOf(join(output, 'clusters', cluster));
    return `cluster(${JSON.stringify(cluster)}, ${JSON.stringify(charts, undefined, 2)});\n`;
  });
  return `${PROLOGUE}\n${calls.join('\n')}`;
}

const PROLOGUE = `import { ApiObject, App, Chart } from 'cdk8s';
import type { ApiObjectProps } from 'cdk8s';

function cluster(name: string, charts: Record<string, ApiObjectProps[]>): void {
  const app = new App({ outdir: 'dist/' + name });
  for (const [id, objects] of Object.entries(charts)) {
    const chart = new Chart(app, id);
    objects.forEach((object, i) => new ApiObject(chart, String(i), object));
  }
  app.synth();
}
`;

/** The objects of each file that has some, under a name that a Chart may have. */
function chartsOf(directory: string): Record<string, unknown[]> {
  const charts = filesBelow(directory).map((file) => {
    const objects = loadAll(readFileSync(join(directory, file), 'utf8')).filter(isApplied);
    return [file.replace(/\.yaml$/, '').replaceAll('/', '-'), objects] as const;
  });
  return Object.fromEntries(charts.filter(([, objects]) => objects.length > 0));
}
